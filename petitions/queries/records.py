"""How bodies kept the dates of their answers: the bare dates, from which the figures are made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from core.work import Work
from petitions.domain.deadlines import TermKind
from petitions.models.case import Term
from petitions.models.petition import Petition
from petitions.queries.access import listed


@dataclass(frozen=True, slots=True)
class AnswerDates:
    """One answer term of a body; `late` once its date has passed without an answer, and for good."""

    authority: str
    started_on: date
    due_on: date | None
    met_on: date | None
    late: bool

    @property
    def fell_due(self) -> bool:
        """Whether it says anything: it was given, or its date has passed."""
        return self.met_on is not None or self.late


def answer_dates(w: Work, authorities: Sequence[str]) -> dict[str, list[AnswerDates]]:
    """The answer terms of listed petitions by body, in one query; ended ones (`cancelled`) are left out."""
    query = (
        select(Term.authority, Term.started_on, Term.due_on, Term.met_on, Term.missed_on)
        .join(Petition, Petition.id == Term.petition_id)
        .where(Term.kind == TermKind.ANSWER, Term.cancelled_on.is_(None), listed())
        .where(Term.authority.in_(authorities))
    )
    found: dict[str, list[AnswerDates]] = {code: [] for code in authorities}
    for authority, started_on, due_on, met_on, missed_on in w.session.execute(query):
        late = is_late(w, due_on, met_on, missed_on)
        found[authority or ""].append(AnswerDates(authority or "", started_on, due_on, met_on, late))
    return found


def is_late(w: Work, due_on: date | None, met_on: date | None, missed_on: date | None) -> bool:
    """Whether the date has passed without what was due; what was missed once stays late."""
    return missed_on is not None or (due_on is not None and (met_on or w.today) > due_on)
