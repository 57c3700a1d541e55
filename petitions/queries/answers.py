"""Answers and ordinary replies with all their versions, as readers see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from core.i18n import lazy
from core.work import Work
from petitions.domain.calendar import days_late
from petitions.domain.deadlines import TermKind, TermState
from petitions.domain.rulebook import Unit
from petitions.models.case import Answer, Term
from petitions.models.petition import Petition
from petitions.queries import rules
from petitions.queries.terms import latest_term, standing_of

ANSWER, REPLY = "answer", "reply"
TERM_OF: Mapping[str, TermKind] = {ANSWER: TermKind.ANSWER, REPLY: TermKind.ORDINARY_REPLY}

OUTCOMES: Mapping[str, Any] = {
    "satisfied": lazy("Satisfied in full"),
    "partly_satisfied": lazy("Satisfied in part"),
    "refused": lazy("Refused"),
}


@dataclass(frozen=True, slots=True)
class AnswerVersion:
    """One published version; `correction` says why it replaced the one before, and is empty for the first."""

    petition_id: int
    number: int
    outcome: str | None
    text: str
    html: str
    language: str
    correction: str
    acts: tuple[Mapping[str, str], ...]
    decided_on: date
    published_at: datetime


@dataclass(frozen=True, slots=True)
class AnswerView:
    """The answer that stands, the versions it replaced (newest first), and how long the first one took.

    `days_taken` is working days where the term counts these, else calendar days, from the term's start fact to
    the first publication.
    """

    current: AnswerVersion
    earlier: tuple[AnswerVersion, ...]
    days_taken: int | None
    unit: Unit | None
    late: bool
    due_on: date | None

    @property
    def outcome(self) -> str | None:
        """The code of the outcome; None for an ordinary reply."""
        return self.current.outcome

    @property
    def html(self) -> str:
        """The reasons, sanitised when they were published."""
        return self.current.html

    @property
    def text(self) -> str:
        """The reasons as the officer wrote them (Markdown)."""
        return self.current.text

    @property
    def language(self) -> str:
        """The language of the reasons."""
        return self.current.language

    @property
    def acts(self) -> tuple[Mapping[str, str], ...]:
        """The acts that it cites: `title` and `link`, which may be empty."""
        return self.current.acts

    @property
    def decided_on(self) -> date:
        """The date of the decision that stands."""
        return self.current.decided_on

    @property
    def published_at(self) -> datetime:
        """When the version that stands was published here."""
        return self.current.published_at

    @property
    def corrected(self) -> bool:
        """Whether an earlier version stands behind this one."""
        return bool(self.earlier)

    @property
    def versions(self) -> tuple[AnswerVersion, ...]:
        """Every version, the newest first."""
        return (self.current, *self.earlier)


def outcome_words(code: str | None) -> str:
    """The outcome in the reader's language; a rulebook's own outcome without words is shown as its code."""
    if code is None:
        return ""
    return str(OUTCOMES.get(code, code.replace("_", " ")))


def answer_of(w: Work, petition_id: int) -> AnswerView | None:
    """The addressed body's answer, or None while there is none."""
    return _view(w, petition_id, ANSWER)


def reply_of(w: Work, petition_id: int) -> AnswerView | None:
    """The ordinary reply to a petition that stayed below its threshold, or None."""
    return _view(w, petition_id, REPLY)


def current_answers(w: Work, petition_ids: Sequence[int]) -> dict[int, tuple[AnswerVersion, bool]]:
    """The standing answers of some petitions, each with whether it was corrected, in one query (API, files)."""
    query = select(Answer).where(Answer.petition_id.in_(petition_ids), Answer.kind == ANSWER)
    rows = w.session.scalars(query.order_by(Answer.petition_id, Answer.number))
    return {row.petition_id: (_version(row), row.number > 1) for row in rows}


def _view(w: Work, petition_id: int, kind: str) -> AnswerView | None:
    query = select(Answer).where(Answer.petition_id == petition_id, Answer.kind == kind)
    versions = [_version(row) for row in w.session.scalars(query.order_by(Answer.number.desc()))]
    if not versions:
        return None
    term = latest_term(w, petition_id, TERM_OF[kind])
    if term is None:
        return AnswerView(versions[0], tuple(versions[1:]), None, None, False, None)
    petition = w.session.get_one(Petition, petition_id)
    now = standing_of(w, term, petition)
    return AnswerView(
        current=versions[0],
        earlier=tuple(versions[1:]),
        days_taken=_days_taken(w, term, petition),
        unit=term.unit,
        late=term.missed_on is not None or now.state is TermState.MET_LATE,
        due_on=now.due_on,
    )


def _days_taken(w: Work, term: Term, petition: Petition) -> int | None:
    if term.met_on is None:
        return None
    calendar = rules.calendar(rules.rulebook_of(w, petition))
    return days_late(term.met_on, term.started_on, term.unit, calendar)


def _version(row: Answer) -> AnswerVersion:
    return AnswerVersion(
        petition_id=row.petition_id,
        number=row.number,
        outcome=row.outcome,
        text=row.markdown,
        html=row.html,
        language=row.language,
        correction=row.correction,
        acts=tuple(row.acts or ()),
        decided_on=row.decided_on,
        published_at=row.published_at,
    )
