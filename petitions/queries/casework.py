"""What a body works with: notes, draft and its stage, questions, promises, colleagues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from auth.models import Account
from auth.permissions import Role
from auth.queries import holders
from core.work import Work
from petitions.domain.disclosure import LEAST, rounded_down
from petitions.domain.lifecycle import State
from petitions.models.case import Referral, Term
from petitions.models.casework import (
    AnswerWork,
    CaseAssignment,
    CaseNote,
    CasePromise,
    CaseQuestion,
    PromiseVote,
    Stage,
    Voter,
)
from petitions.models.petition import Petition
from petitions.queries import rules
from petitions.queries.discussions import DiscussionRow, discussions, may_discuss, recordable


@dataclass(frozen=True, slots=True)
class Colleague:
    """An officer of a body."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class NoteRow:
    """An internal note."""

    at: datetime
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A draft as the officers of its body see it."""

    kind: str
    stage: Stage
    version: int
    outcome: str | None
    text: str
    language: str
    decided_on: date
    correction: str
    acts: tuple[Mapping[str, str], ...]
    promises: tuple[Mapping[str, str], ...]
    others: tuple[int, ...]
    written_by: int | None
    writer: str
    checker: str
    changed_at: datetime
    checked_at: datetime | None
    remark: str


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question to the author; for strangers `text` and `reply` are empty where it is not public."""

    id: int
    asked_at: datetime
    text: str
    language: str
    private_because: str
    pauses: bool
    reply: str
    replied_at: datetime | None
    due_on: date | None
    open: bool


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise with what its author and its followers say; numbers of followers are rounded, and None under 10."""

    id: int
    petition: int
    text: str
    language: str
    due_on: date
    asked_at: datetime | None
    reported_at: datetime | None
    report: str
    evidence: str
    author_says: bool | None
    voices: int | None
    kept: int | None
    not_kept: int | None

    @property
    def verdict(self) -> bool | None:
        """Whether people say that it was kept, None without their word: judged from what is published only.

        The greater published number of followers decides; a tie or none leaves it to the author's word.
        The body's own report decides nothing.
        """
        kept, broken = self.kept or 0, self.not_kept or 0
        return self.author_says if kept == broken else kept > broken


@dataclass(frozen=True, slots=True)
class Room:
    """What surrounds one case at its desk; `me` is the officer who looks."""

    me: int | None
    four_eyes: bool
    assignee: Colleague | None
    colleagues: tuple[Colleague, ...]
    notes: tuple[NoteRow, ...]
    draft: WorkRow | None
    others: tuple[tuple[int, str], ...]
    questions: tuple[QuestionRow, ...]
    discussions: tuple[DiscussionRow, ...]
    promises: tuple[PromiseRow, ...]
    may_ask: bool
    may_discuss: bool
    may_record: bool

    @property
    def may_check(self) -> bool:
        """Whether the officer who looks may make the legal check."""
        return self.draft is not None and not (self.four_eyes and self.draft.written_by == self.me)


def room_of(w: Work, petition: Petition) -> Room:
    """Everything that the body keeps about a case, for one of its officers."""
    body = petition.authority or ""
    return Room(
        me=w.actor.account_id,
        four_eyes=w.settings.four_eyes == "required",
        assignee=assignees(w, body, [petition.id]).get(petition.id),
        colleagues=colleagues(w, body),
        notes=notes(w, petition),
        draft=work_of(w, petition),
        others=answerable(w, petition),
        questions=questions(w, petition.id, public=False),
        discussions=discussions(w, petition.id),
        promises=promises(w, petition.id),
        may_ask=may_ask(w, petition),
        may_discuss=may_discuss(w, petition),
        may_record=recordable(w, petition.id) is not None,
    )


def stages_of(w: Work, body: str, petition_ids: Sequence[int]) -> dict[int, Stage]:
    """How far the drafts of a body are."""
    wanted = (AnswerWork.petition_id.in_(petition_ids), AnswerWork.authority == body)
    rows = w.session.execute(select(AnswerWork.petition_id, AnswerWork.stage).where(*wanted))
    return {id_: stage for id_, stage in rows}


def colleagues(w: Work, body: str) -> tuple[Colleague, ...]:
    """The officers of a body, by name."""
    ids = holders(w, Role.OFFICER, body)
    rows = w.session.execute(select(Account.id, Account.full_name).where(Account.id.in_(ids))).all()
    return tuple(sorted((Colleague(*row) for row in rows), key=lambda who: (who.name, who.id)))


def assignees(w: Work, body: str, petition_ids: Sequence[int]) -> dict[int, Colleague]:
    """Who has each case in hand; an officer who left has none."""
    query = (
        select(CaseAssignment.petition_id, Account.id, Account.full_name)
        .join(Account, Account.id == CaseAssignment.account_id)
        .where(CaseAssignment.petition_id.in_(petition_ids), CaseAssignment.authority == body)
    )
    present = set(holders(w, Role.OFFICER, body))
    rows = w.session.execute(query).all()
    return {petition: Colleague(id_, name) for petition, id_, name in rows if id_ in present}


def notes(w: Work, petition: Petition) -> tuple[NoteRow, ...]:
    """The notes of the body that has the case now, the newest first."""
    query = (
        select(CaseNote.at, Account.full_name, CaseNote.text)
        .outerjoin(Account, Account.id == CaseNote.account_id)
        .where(CaseNote.petition_id == petition.id, CaseNote.authority == petition.authority)
    )
    rows = w.session.execute(query.order_by(CaseNote.id.desc()))
    return tuple(NoteRow(at, name or "", text) for at, name, text in rows)


def draft_row(w: Work, petition: Petition) -> AnswerWork | None:
    """The draft of the body that has the case now."""
    wanted = (AnswerWork.petition_id == petition.id, AnswerWork.authority == petition.authority)
    return w.session.scalar(select(AnswerWork).where(*wanted))


def work_of(w: Work, petition: Petition) -> WorkRow | None:
    """The same as its officers see it."""
    row = draft_row(w, petition)
    if row is None:
        return None
    names = _names(w, [row.written_by, row.checked_by])
    return WorkRow(
        kind=row.kind,
        stage=row.stage,
        version=row.version,
        outcome=row.outcome,
        text=row.markdown,
        language=row.language,
        decided_on=row.decided_on,
        correction=row.correction,
        acts=tuple(row.acts),
        promises=tuple(row.promises),
        others=tuple(row.others),
        written_by=row.written_by,
        writer=names.get(row.written_by or 0, ""),
        checker=names.get(row.checked_by or 0, ""),
        changed_at=row.changed_at,
        checked_at=row.checked_at,
        remark=row.remark,
    )


def answerable(w: Work, petition: Petition) -> tuple[tuple[int, str], ...]:
    """The other registered petitions of the same body that wait for an answer: number and title with receipt."""
    query = (
        select(Petition.id, Petition.title, Referral.receipt)
        .join(Referral, Referral.petition_id == Petition.id)
        .where(
            Petition.authority == petition.authority,
            Petition.state == State.UNDER_REVIEW,
            Petition.registered_at.is_not(None),
            Petition.id != petition.id,
        )
    )
    rows = w.session.execute(query.order_by(Petition.id)).all()
    return tuple((id_, f"{title} ({receipt})") for id_, title, receipt in rows)


def questions(w: Work, petition_id: int, *, public: bool) -> tuple[QuestionRow, ...]:
    """The questions to the author, the oldest first; a stranger gets no words of what is not public."""
    query = select(CaseQuestion, Term).join(Term, Term.id == CaseQuestion.term_id)
    rows = w.session.execute(query.where(CaseQuestion.petition_id == petition_id).order_by(CaseQuestion.id))
    return tuple(_question(row, term, hidden=public and row.private_because != "") for row, term in rows)


def open_question(w: Work, petition_id: int) -> CaseQuestion | None:
    """The question that waits for the author's reply."""
    query = select(CaseQuestion).join(Term, Term.id == CaseQuestion.term_id)
    waiting = (CaseQuestion.replied_at.is_(None), Term.cancelled_on.is_(None), Term.met_on.is_(None))
    return w.session.scalar(query.where(CaseQuestion.petition_id == petition_id, *waiting).limit(1))


def may_ask(w: Work, petition: Petition) -> bool:
    """Whether a question can be asked now."""
    if petition.state is not State.UNDER_REVIEW or petition.registered_at is None:
        return False
    return rules.tier_of(w, petition).response.question is not None and open_question(w, petition.id) is None


def promises(w: Work, petition_id: int) -> tuple[PromiseRow, ...]:
    """The promises of a petition's answer, with what people say of them."""
    query = select(CasePromise).where(CasePromise.petition_id == petition_id)
    rows = w.session.scalars(query.order_by(CasePromise.due_on, CasePromise.id)).all()
    if not rows:
        return ()
    said = voices(w, [row.id for row in rows])
    return tuple(promise_row(row, said.get(row.id, {})) for row in rows)


def promise_row(row: CasePromise, said: Mapping[tuple[Voter, bool], int]) -> PromiseRow:
    """A promise as everybody may see it: under ten voices of followers nothing is said of them."""
    kept, broken = said.get((Voter.FOLLOWER, True), 0), said.get((Voter.FOLLOWER, False), 0)
    enough = kept + broken >= LEAST
    author = True if said.get((Voter.AUTHOR, True)) else False if said.get((Voter.AUTHOR, False)) else None
    return PromiseRow(
        id=row.id,
        petition=row.petition_id,
        text=row.text,
        language=row.language,
        due_on=row.due_on,
        asked_at=row.asked_at,
        reported_at=row.reported_at,
        report=row.report,
        evidence=row.evidence,
        author_says=author,
        voices=rounded_down(kept + broken),
        kept=rounded_down(kept) if enough else None,
        not_kept=rounded_down(broken) if enough else None,
    )


def promise_named(w: Work, promise_id: int) -> PromiseRow:
    """One promise with what people say of it."""
    row = w.session.get_one(CasePromise, promise_id)
    return promise_row(row, voices(w, [row.id]).get(row.id, {}))


def voices(w: Work, ids: Sequence[int]) -> dict[int, dict[tuple[Voter, bool], int]]:
    """How many of each party say of each promise that it was kept, and that it was not."""
    found: dict[int, dict[tuple[Voter, bool], int]] = {}
    columns = (PromiseVote.promise_id, PromiseVote.party, PromiseVote.kept)
    query = select(*columns, func.count()).where(PromiseVote.promise_id.in_(ids)).group_by(*columns)
    for promise_id, party, kept, n in w.session.execute(query):
        found.setdefault(promise_id, {})[party, kept] = n
    return found


def open_promises(w: Work, petition_id: int) -> Sequence[CasePromise]:
    """The promises without a report."""
    wanted = (CasePromise.petition_id == petition_id, CasePromise.reported_at.is_(None))
    return w.session.scalars(select(CasePromise).where(*wanted).order_by(CasePromise.id)).all()


def _names(w: Work, ids: Sequence[int | None]) -> dict[int, str]:
    wanted = {id_ for id_ in ids if id_ is not None}
    rows = w.session.execute(select(Account.id, Account.full_name).where(Account.id.in_(wanted)))
    return {id_: name for id_, name in rows}


def _question(row: CaseQuestion, term: Term, *, hidden: bool) -> QuestionRow:
    return QuestionRow(
        id=row.id,
        asked_at=row.asked_at,
        text="" if hidden else row.text,
        language=row.language,
        private_because=row.private_because,
        pauses=row.pauses,
        reply="" if hidden else row.reply,
        replied_at=row.replied_at,
        due_on=term.due_on,
        open=row.replied_at is None and term.cancelled_on is None,
    )
