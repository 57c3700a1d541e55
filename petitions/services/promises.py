"""Promises of an answer: made with it, asked about on their date, reported on by the body, judged by people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, update

from auth.permissions import Permission, demand
from core.audit import record
from core.db import upsert
from core.refusal import Refusal
from core.work import Work
from petitions.domain.deadlines import TermKind
from petitions.domain.events import Event
from petitions.domain.lifecycle import Action, Party, State
from petitions.domain.rulebook import Basis, Span, Unit
from petitions.models.case import Answer, Term
from petitions.models.casework import CasePromise, PromiseVote, Voter
from petitions.models.petition import Petition
from petitions.models.signature import Signature, SignatureState
from petitions.models.tokens import Purpose, read_token
from petitions.notices import announce
from petitions.queries import rules
from petitions.queries.access import require_officer
from petitions.queries.kept_entries import is_held
from petitions.services import cases
from petitions.services.deadlines import mark_late
from petitions.services.links import require_link
from petitions.services.terms import start_term

LEAST_PROMISE = 10
LEAST_REPORT = 20
LONGEST_AHEAD = timedelta(days=3 * 366)
PROMISED = "promised"


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised, and the date on which it is checked."""

    text: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Ballot:
    """What a link of a promise's mail opens: the promise, and in what part the reader speaks."""

    promise_id: int
    voter: str
    party: Voter
    counts: bool


def check_promises(w: Work, petition: Petition, promises: Sequence[Promise]) -> None:
    """Refuse what cannot be promised.

    Refusals: `promise-too-short` on `promise<n>_text`; `promise-date` on `promise<n>_due` unless it is a working
    day after today, within three years.
    """
    for n, promise in enumerate(promises, start=1):
        if len(promise.text) < LEAST_PROMISE:
            raise Refusal("promise-too-short", field=f"promise{n}_text", least=LEAST_PROMISE)
        require_working_day(w, petition, promise.due_on, f"promise{n}_due", "promise-date")


def require_working_day(w: Work, petition: Petition, day: date, field: str, code: str) -> None:
    """Refusal `code` on `field` unless the day is a working day ahead of today, within three years."""
    calendar = rules.calendar(rules.rulebook_of(w, petition))
    ahead = w.today < day <= min(w.today + LONGEST_AHEAD, calendar.last)
    if not ahead or not calendar.is_working(day):
        raise Refusal(code, field=field)


def days_until(w: Work, day: date) -> Span:
    """The length of a term that ends on a day that somebody named."""
    return Span((day - w.today).days, Unit.CALENDAR_DAYS, Basis.POLICY)


def make_promises(w: Work, petition: Petition, answer: Answer, promises: Sequence[Promise]) -> None:
    """Keep the promises of an answer, each with a term that ends on its date."""
    for promise in promises:
        term = start_term(w, petition, TermKind.PROMISE, days_until(w, promise.due_on), PROMISED)
        row = CasePromise(
            petition_id=petition.id,
            answer_id=answer.id,
            term_id=term.id,
            text=promise.text,
            language=answer.language,
            due_on=promise.due_on,
        )
        w.session.add(row)
    w.session.flush()


def due_promises(w: Work, after: int, limit: int) -> tuple[list[int], int | None]:
    """Promises whose date has come and about which nobody was asked yet, and where to go on (None: no more)."""
    wanted = (CasePromise.asked_at.is_(None), CasePromise.due_on <= w.today, CasePromise.id > after)
    ids = list(w.session.scalars(select(CasePromise.id).where(*wanted).order_by(CasePromise.id).limit(limit)))
    return ids, ids[-1] if len(ids) == limit else None


def ask_about(w: Work, promise_id: int) -> bool:
    """Ask author and followers whether a promise was kept; once for good, whoever is faster."""
    free = (CasePromise.id == promise_id, CasePromise.asked_at.is_(None), CasePromise.due_on <= w.today)
    claimed = w.session.scalar(
        update(CasePromise).where(*free).values(asked_at=w.now).returning(CasePromise.id)
    )
    if claimed is None:
        return False
    row = w.session.get_one(CasePromise, promise_id, populate_existing=True)
    petition = w.session.get_one(Petition, row.petition_id)
    if petition.state is not State.ANSWERED:
        return False
    announce(w, petition, Event.PROMISE_DUE, promise=row.id, what=row.text, due_on=row.due_on.isoformat())
    return True


def report_promise(w: Work, promise_id: int, report: str, evidence: str) -> None:
    """Say in public what became of a promise, with an address of the evidence or none.

    Refusals: `not-found` for officers of other bodies, `not-now` once there is a report; `report-too-short` on
    `report`, `link-faulty` on `evidence`.
    """
    demand(w.actor, Permission.DESK_ANSWER)
    row = w.session.get(CasePromise, promise_id)
    petition = require_officer(w, w.session.get(Petition, row.petition_id) if row else None)
    if row is None or row.reported_at is not None:
        raise Refusal("not-now")
    if len(report.strip()) < LEAST_REPORT:
        raise Refusal("report-too-short", field="report", least=LEAST_REPORT)
    require_link(evidence, "evidence")
    mark_late(w, petition)
    cases.move(w, petition, Action.REPORT_PROMISE, Party.OFFICER)
    row.reported_at, row.report, row.evidence = w.now, report, evidence
    w.session.get_one(Term, row.term_id).met_on = w.today
    record(w, "promise.report", f"petition:{petition.id}", after={"promise": row.id})
    announce(w, petition, Event.PROMISE_REPORTED, promise=row.id, what=row.text)


def open_ballot(w: Work, token: str) -> Ballot:
    """What the link of a mail opens. Refusals: `not-found`; `gone` once the signature or the page has ended."""
    for purpose, party in ((Purpose.PROMISE, Voter.FOLLOWER), (Purpose.PROMISE_AUTHOR, Voter.AUTHOR)):
        try:
            link = read_token(w, purpose, token)
        except Refusal as error:
            if error.code != "not-found":
                raise
            continue
        row = w.session.get(CasePromise, link.entry)
        if row is None or row.petition_id != link.petition_id:
            break
        counts = _has_voice(w, party, link.petition_id, link.subject_id)
        return Ballot(row.id, _voter(w, row.id, party, link.subject_id), party, counts)
    raise Refusal("not-found")


def say_kept(w: Work, token: str, *, kept: bool) -> None:
    """Count one voice; whoever speaks again changes what was said. Refusals: those of `open_ballot`.

    Who has withdrawn sees no difference for seven days, as on every other page, but counts no more.
    """
    ballot = open_ballot(w, token)
    if not ballot.counts:
        return
    values = {"kept": kept, "at": w.now}
    row = {"promise_id": ballot.promise_id, "voter": ballot.voter, "party": ballot.party}
    insert = upsert(w.session, PromiseVote).values(**row, **values)
    w.session.execute(insert.on_conflict_do_update(index_elements=["promise_id", "voter"], set_=values))


def _has_voice(w: Work, party: Voter, petition_id: int, subject_id: int) -> bool:
    petition = w.session.get_one(Petition, petition_id)
    if petition.state is State.TAKEN_DOWN:
        raise Refusal("gone")
    if party is Voter.AUTHOR:
        if petition.author_id != subject_id:
            raise Refusal("gone")
        return True
    row = w.session.get(Signature, (petition_id, subject_id))
    if row is None or row.state is not SignatureState.COUNTED or not is_held(w, row):
        raise Refusal("gone")
    return row.withdrawn_at is None


def _voter(w: Work, promise_id: int, party: Voter, subject_id: int) -> str:
    return w.keys.blind_index("promise", f"{promise_id}|{party.value}|{subject_id}").hex()
