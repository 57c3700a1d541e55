"""The desk of an authority: its cases by urgency, and one case with its terms. Officers see no signer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Exists, Row, Select, and_, exists, func, or_, select

from authorities.models import Area
from authorities.queries import authority as authority_of
from core.i18n import localised
from core.refusal import Refusal
from core.work import Work
from petitions.domain.deadlines import TermKind, TermState
from petitions.domain.lifecycle import State
from petitions.models.case import Answer, Referral
from petitions.models.casework import CaseAssignment, Stage
from petitions.models.petition import Petition
from petitions.queries import rules
from petitions.queries.access import require_officer
from petitions.queries.allowances import (
    ExtensionLeft,
    extension_left,
    may_extend,
    may_transfer,
    transfer_until,
)
from petitions.queries.answers import REPLY, AnswerView, answer_of, reply_of
from petitions.queries.casework import Colleague, Room, assignees, room_of, stages_of
from petitions.queries.referrals import ReferralView, referral_of
from petitions.queries.search import matches
from petitions.queries.terms import TermRow, terms_of

SOON_DAYS = 5
Cases = Select[Petition, Referral, dict[str, str], bool]
DONE_PER_PAGE = 50


class Group(StrEnum):
    """The parts of the inbox; every case is in exactly one of them."""

    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    ANSWERED = "answered"


URGENCY = (Group.OVERDUE, Group.DUE_SOON, Group.WAITING, Group.IN_PROGRESS, Group.ANSWERED)


class Step(StrEnum):
    """What the body has to do next."""

    REGISTER = "register"
    ANSWER = "answer"
    REPLY = "reply"
    NONE = "none"


CLOCK_OF: Mapping[Step, TermKind] = {
    Step.REGISTER: TermKind.REGISTRATION,
    Step.ANSWER: TermKind.ANSWER,
    Step.REPLY: TermKind.ORDINARY_REPLY,
}


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One case in the inbox; `term` is the clock of the next step, None once nothing is owed."""

    id: int
    receipt: str
    registration_number: str | None
    title: str
    language: str
    place_names: Mapping[str, str]
    counted: int
    handed_over_at: datetime
    step: Step
    group: Group
    term: TermRow | None
    assignee: Colleague | None
    stage: Stage | None

    @property
    def place(self) -> str:
        """The area of the petition in the reader's language."""
        return localised(self.place_names)


@dataclass(frozen=True, slots=True)
class Inbox:
    """The cases of one group, how many are in each, and where the list of done cases goes on."""

    group: Group
    rows: tuple[DeskRow, ...]
    counts: Mapping[Group, int]
    next_before: int | None


@dataclass(frozen=True, slots=True)
class DeskCase:
    """One case as its officer sees it."""

    id: int
    version: int
    state: State
    step: Step
    referral: ReferralView
    terms: tuple[TermRow, ...]
    answer: AnswerView | None
    reply: AnswerView | None
    outcomes: tuple[str, ...]
    languages: tuple[str, ...]
    room: Room
    extension: ExtensionLeft | None
    transfer_until: date | None

    def term(self, kind: TermKind) -> TermRow | None:
        """The last term of a kind."""
        return next((term for term in reversed(self.terms) if term.kind is kind), None)

    @property
    def clock(self) -> TermRow | None:
        """The clock of the next step."""
        kind = CLOCK_OF.get(self.step)
        return None if kind is None else self.term(kind)


def body_name(w: Work) -> str:
    """The name of the body that the officer acts for. Refusal `not-found` for who acts for none."""
    body = authority_of(w, w.actor.body or "")
    if body is None:
        raise Refusal("not-found")
    return body.name


def inbox(
    w: Work, asked: Group | None, q: str = "", before: int | None = None, *, own: bool = False
) -> Inbox:
    """The cases of the actor's body in one group: the most urgent first, done ones newest first.

    Without a group it is the most urgent one that is not empty. `own`: only those that the actor has in hand.
    """
    mine = _cases(w, q, own=own)
    open_rows = _rows(w, mine.where(_is_open()))
    counts = {each: sum(row.group is each for row in open_rows) for each in Group}
    counts[Group.ANSWERED] = (
        w.session.scalar(select(func.count()).select_from(mine.where(~_is_open()).subquery())) or 0
    )
    group = asked or next((each for each in URGENCY if counts[each]), Group.DUE_SOON)
    if group is Group.ANSWERED:
        return _done(w, mine, counts, before)
    shown = sorted((row for row in open_rows if row.group is group), key=_due_first)
    return Inbox(group, tuple(shown), counts, None)


def open_cases(w: Work, q: str = "", *, own: bool = False) -> tuple[DeskRow, ...]:
    """Everything that is owed, by urgency and due date: for paper and for tables."""
    rows = _rows(w, _cases(w, q, own=own).where(_is_open()))
    return tuple(sorted(rows, key=lambda row: (URGENCY.index(row.group), *_due_first(row))))


def _done(w: Work, mine: Cases, counts: Mapping[Group, int], before: int | None) -> Inbox:
    query = mine.where(~_is_open()).order_by(Petition.id.desc()).limit(DONE_PER_PAGE + 1)
    rows = _rows(w, query if before is None else query.where(Petition.id < before))
    more = rows[DONE_PER_PAGE - 1].id if len(rows) > DONE_PER_PAGE else None
    return Inbox(Group.ANSWERED, tuple(rows[:DONE_PER_PAGE]), counts, more)


def desk_case(w: Work, petition_id: int) -> DeskCase:
    """One case for an officer of its body. Refusals: `not-found` for every other; `gone` once taken down."""
    petition = require_officer(w, w.session.get(Petition, petition_id))
    referral = referral_of(w, petition)
    if referral is None or petition.state is State.TAKEN_DOWN:
        raise Refusal("gone" if petition.state is State.TAKEN_DOWN else "not-found")
    rulebook = rules.rulebook_of(w, petition)
    reply = reply_of(w, petition.id)
    return DeskCase(
        id=petition.id,
        version=petition.version,
        state=petition.state,
        step=_step(petition, replied=reply is not None),
        referral=referral,
        terms=tuple(terms_of(w, [petition.id])[petition.id]),
        answer=answer_of(w, petition.id),
        reply=reply,
        outcomes=rulebook.outcomes,
        languages=rulebook.languages,
        room=room_of(w, petition),
        extension=extension_left(w, petition) if may_extend(w, petition) else None,
        transfer_until=transfer_until(w, petition) if may_transfer(w, petition) else None,
    )


def _cases(w: Work, q: str, *, own: bool) -> Cases:
    body = w.actor.body or ""
    query: Cases = (
        select(Petition, Referral, Area.names, _replied().label("replied"))
        .join(Referral, Referral.petition_id == Petition.id)
        .join(Area, Area.code == Petition.area)
        .where(
            Petition.authority == body, Petition.state.in_([State.UNDER_REVIEW, State.ANSWERED, State.LAPSED])
        )
    )
    if own:
        mine = (CaseAssignment.account_id == w.actor.account_id, CaseAssignment.authority == body)
        query = query.where(exists().where(CaseAssignment.petition_id == Petition.id, *mine))
    if not q:
        return query
    number = or_(
        Referral.receipt.icontains(q, autoescape=True),
        Referral.registration_number.icontains(q, autoescape=True),
    )
    words = matches(w, q)
    return query.where(or_(number, and_(*words)) if words else number)


def _is_open() -> ColumnElement[bool]:
    return or_(Petition.state == State.UNDER_REVIEW, and_(Petition.state == State.LAPSED, ~_replied()))


def _replied() -> Exists:
    return exists().where(Answer.petition_id == Petition.id, Answer.kind == REPLY)


def _rows(w: Work, query: Cases) -> list[DeskRow]:
    found = w.session.execute(query).all()
    ids = [row.Petition.id for row in found]
    if not ids:
        return []
    terms, stages = terms_of(w, ids), stages_of(w, w.actor.body or "", ids)
    hands = assignees(w, w.actor.body or "", ids)
    return [_row(row, terms[row.Petition.id], hands, stages) for row in found]


def _row(
    row: Row[Petition, Referral, dict[str, str], bool],
    terms: Sequence[TermRow],
    hands: Mapping[int, Colleague],
    stages: Mapping[int, Stage],
) -> DeskRow:
    petition, referral, place_names, replied = row
    step = _step(petition, replied=replied)
    term = next((term for term in reversed(terms) if term.kind is CLOCK_OF.get(step)), None)
    return DeskRow(
        id=petition.id,
        receipt=referral.receipt,
        registration_number=referral.registration_number,
        title=petition.title,
        language=petition.language,
        place_names=place_names,
        counted=referral.counted,
        handed_over_at=referral.handed_over_at,
        step=step,
        group=_group(step, term),
        term=term,
        assignee=hands.get(petition.id),
        stage=stages.get(petition.id),
    )


def _step(petition: Petition, *, replied: bool) -> Step:
    if petition.state is State.LAPSED:
        return Step.NONE if replied else Step.REPLY
    if petition.state is State.ANSWERED:
        return Step.NONE
    return Step.REGISTER if petition.registered_at is None else Step.ANSWER


def _group(step: Step, term: TermRow | None) -> Group:
    if step is Step.NONE:
        return Group.ANSWERED
    if term is not None and term.state is TermState.LATE:
        return Group.OVERDUE
    if step is Step.REGISTER:
        return Group.WAITING
    soon = term is not None and term.days_left is not None and term.days_left <= SOON_DAYS
    return Group.DUE_SOON if soon else Group.IN_PROGRESS


def _due_first(row: DeskRow) -> tuple[date, int]:
    due_on = row.term.due_on if row.term else None
    return due_on or date.max, row.id
