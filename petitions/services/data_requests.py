"""Requests over a whole mailbox: asked, proved by a mailed code, searched by a job, answered by mail."""

import hmac
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update

from auth.mailbox import canonical_mailbox, check_mailbox
from auth.permissions import Permission, Role, demand
from auth.queries import holders
from core.audit import record
from core.contacts import claim_mail
from core.outbox import post
from core.refusal import Refusal
from core.work import Work
from petitions.domain.calendar import days_late, days_left, due
from petitions.domain.deadlines import TermState
from petitions.domain.keeping import TERMS, Kept
from petitions.domain.rulebook import Span, Unit
from petitions.models.data_requests import DataRequest, RequestKind, RequestState
from petitions.models.keys import place_of, uid_under
from petitions.models.petition import PetitionKeys
from petitions.models.signature import Signature
from petitions.queries import rules
from petitions.services.signing import SCHEME

DIGITS = 8
MOST_TRIES = 5
SLICE = 100
LONGEST_TEXT, LEAST_ANSWER, MOST_ANSWER = 2000, 10, 4000
PURPOSE = "data-request"
# The law's days for an answer; a withdrawal needs no request and works at once.
DAYS: Mapping[RequestKind, Span] = {
    RequestKind.SEE: Span(1, Unit.WORKING_DAYS, article="PDL 24, 25"),
    RequestKind.RESTRICT: Span(1, Unit.WORKING_DAYS, article="PDL 24, 25"),
    RequestKind.OBJECT: Span(3, Unit.WORKING_DAYS, article="PDL 19-1"),
}
Found = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One request as the controller sees it: no mailbox.

    Its deadline stands as every term does, in working days; a late answer stays late.
    """

    id: int
    kind: RequestKind
    state: RequestState
    asked_at: datetime
    due_on: date | None
    term: TermState
    left: int
    late: int
    answered_at: datetime | None
    granted: bool | None
    text: str
    n: int | None


def ask(w: Work, email: str, kind: RequestKind, text: str, language: str) -> None:
    """Take a request and mail its code; every mailbox is answered alike, also one that is limited.

    Refusals: `email-invalid` on `email`.
    """
    mailbox, canonical = check_mailbox(email), canonical_mailbox(email)
    if not claim_mail(w, canonical):
        return
    row = DataRequest(
        kind=kind,
        state=RequestState.UNPROVED,
        language=language,
        contact=_contact(w, canonical),
        salt=secrets.token_bytes(16),
        tries=0,
        asked_at=w.now,
    )
    w.session.add(row)
    w.session.flush()
    row.mailbox = w.keys.seal_text(PURPOSE, mailbox, _place(row.id, "mailbox"))
    if text:
        row.text = w.keys.seal_text(PURPOSE, text, _place(row.id, "text"))
    post(w, "data_code", str(row.id), {"request": row.id}, language)


def code_of(w: Work, row: DataRequest) -> str:
    """The code that the mail of a request holds; made anew each time and stored nowhere."""
    digest = w.keys.blind_index("data-request-code", f"{row.id}|{(row.salt or b'').hex()}")
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}}"


def prove(w: Work, email: str, code: str) -> bool:
    """Take the code of a mail; False for a wrong or old one, which counts as a try of every open request.

    Refusals: `email-invalid` on `email`.
    """
    oldest = w.now - TERMS[Kept.REQUEST_OPEN].length.shortest
    mine = (DataRequest.contact == _contact(w, canonical_mailbox(email)), DataRequest.asked_at > oldest)
    open_ = (DataRequest.state == RequestState.UNPROVED, DataRequest.tries < MOST_TRIES)
    rows = w.session.scalars(select(DataRequest).where(*mine, *open_).with_for_update()).all()
    given = "".join(sign for sign in code if sign.isdecimal())
    for row in rows:
        if hmac.compare_digest(code_of(w, row).encode(), given.encode()):
            _accept(w, row)
            return True
        row.tries += 1
    return False


def next_unsearched(w: Work) -> int | None:
    """The oldest proved request that nobody has searched for yet."""
    waits = (DataRequest.state == RequestState.WAITING, DataRequest.searched_at.is_(None))
    return w.session.scalar(select(DataRequest.id).where(*waits).order_by(DataRequest.id).limit(1))


def search(w: Work, request_id: int) -> Found:
    """Every signature of the mailbox under the keys that still exist: one keyed hash for each petition."""
    canonical = canonical_mailbox(mailbox_of(w, w.session.get_one(DataRequest, request_id)) or "")
    found: Found = []
    for uids in _uids(w, canonical):
        mine = or_(*(and_(Signature.petition_id == id_, Signature.uid == uid) for id_, uid in uids))
        query = select(Signature.petition_id, Signature.id).where(Signature.scheme == SCHEME, mine)
        found += [(petition_id, id_) for petition_id, id_ in w.session.execute(query)]
    return sorted(found)


def keep_found(w: Work, request_id: int, found: Found) -> None:
    """Keep what was found, sealed; who asked to see it is answered now, the others by the controller."""
    row = w.session.get_one(DataRequest, request_id, with_for_update=True)
    if row.searched_at is not None:
        return
    row.found = w.keys.seal_text(PURPOSE, json.dumps(found), _place(row.id, "found"))
    row.searched_at = w.now
    if row.kind is RequestKind.SEE:
        _settle(w, row, granted=True)
    else:
        _tell_controllers(w, f"new:{row.id}")


def remind_controllers(w: Work) -> int:
    """Once a day, while a request is due today or late, a letter to every controller; returns how many are."""
    due_now = (DataRequest.state == RequestState.WAITING, DataRequest.due_on <= w.today)
    n = w.session.scalar(select(func.count()).select_from(DataRequest).where(*due_now)) or 0
    return _tell_controllers(w, w.today.isoformat()) if n else 0


def answer_request(w: Work, request_id: int, *, granted: bool, text: str) -> None:
    """Answer a request to restrict or to object; granted, no mail goes to its signatures any more.

    Refusals: `not-allowed`, `not-found`, `request-answered`, `answer-length` on `text`.
    """
    demand(w.actor, Permission.DATA_REQUEST_HANDLE)
    row = w.session.get(DataRequest, request_id, with_for_update=True)
    if row is None or row.state is RequestState.UNPROVED or row.kind is RequestKind.SEE:
        raise Refusal("not-found")
    if row.state is RequestState.ANSWERED:
        raise Refusal("request-answered")
    if not LEAST_ANSWER <= len(text.strip()) <= MOST_ANSWER:
        raise Refusal("answer-length", field="text", least=LEAST_ANSWER, most=MOST_ANSWER)
    row.answer = w.keys.seal_text(PURPOSE, text.strip(), _place(row.id, "answer"))
    if granted:
        _end_mails(w, found_of(w, row))
    _settle(w, row, granted=granted)
    row.answered_by = w.actor.account_id
    record(
        w, "data-request:answer", f"data-request:{row.id}", after={"kind": row.kind.value, "granted": granted}
    )


def queue(w: Work) -> list[QueueRow]:
    """What waits for the controller, the most urgent first, and the latest answers."""
    demand(w.actor, Permission.DATA_REQUEST_HANDLE)
    query = select(DataRequest).where(DataRequest.state != RequestState.UNPROVED)
    waiting = query.where(DataRequest.state == RequestState.WAITING).order_by(
        DataRequest.due_on, DataRequest.id
    )
    done = query.where(DataRequest.state == RequestState.ANSWERED).order_by(DataRequest.id.desc()).limit(50)
    return [_queue_row(w, row) for part in (waiting, done) for row in w.session.scalars(part)]


def queue_row(w: Work, request_id: int) -> QueueRow:
    """One of them. Refusals: `not-allowed`, `not-found`."""
    demand(w.actor, Permission.DATA_REQUEST_HANDLE)
    row = w.session.get(DataRequest, request_id)
    if row is None or row.state is RequestState.UNPROVED:
        raise Refusal("not-found")
    return _queue_row(w, row)


def next_due(w: Work) -> date | None:
    """The day on which the first of those that wait is due."""
    return w.session.scalar(
        select(func.min(DataRequest.due_on)).where(DataRequest.state == RequestState.WAITING)
    )


def waiting_numbers(w: Work) -> tuple[int, int]:
    """How many requests wait, and how many of them are late: numbers for the controller's page and letters."""
    late = func.count().filter(DataRequest.due_on < w.today)
    row = w.session.execute(select(func.count(), late).where(DataRequest.state == RequestState.WAITING)).one()
    return int(row[0]), int(row[1])


def mailbox_of(w: Work, row: DataRequest) -> str | None:
    """Where the answer goes; None once it is erased. For mails and the search only."""
    return _opened(w, row, "mailbox")


def answer_of(w: Work, row: DataRequest) -> str | None:
    """The controller's words."""
    return _opened(w, row, "answer")


def found_of(w: Work, row: DataRequest) -> Found:
    """What the search found, as petition and signature."""
    return [(int(a), int(b)) for a, b in json.loads(_opened(w, row, "found") or "[]")]


def _opened(w: Work, row: DataRequest, column: str) -> str | None:
    sealed: bytes | None = getattr(row, column)
    return None if sealed is None else w.keys.open_text(PURPOSE, sealed, _place(row.id, column))


def _place(request_id: int, column: str) -> str:
    return f"data_requests.{request_id}.{column}"


def _contact(w: Work, canonical: str) -> bytes:
    return w.keys.blind_index(PURPOSE, canonical)


def _accept(w: Work, row: DataRequest) -> None:
    row.state, row.proved_at, row.salt = RequestState.WAITING, w.now, None
    rulebook = rules.instance_rulebook(w).rulebook
    row.due_on = due(w.today, DAYS[row.kind], rules.calendar(rulebook)).due


def _uids(w: Work, canonical: str) -> Iterator[list[tuple[int, bytes]]]:
    after = 0
    while True:
        alive = (PetitionKeys.petition_id > after, PetitionKeys.identity.is_not(None))
        query = select(PetitionKeys.petition_id, PetitionKeys.identity).where(*alive)
        rows = w.session.execute(query.order_by(PetitionKeys.petition_id).limit(SLICE)).all()
        if not rows:
            return
        after = rows[-1][0]
        opened = ((id_, w.keys.unwrap(key or b"", place_of(id_, "identity"))) for id_, key in rows)
        yield [(id_, uid_under(key, SCHEME, canonical)) for id_, key in opened]


def _settle(w: Work, row: DataRequest, *, granted: bool) -> None:
    row.state, row.answered_at, row.granted = RequestState.ANSWERED, w.now, granted
    post(w, "data_answer", str(row.id), {"request": row.id}, row.language)


def _end_mails(w: Work, found: Found) -> None:
    for petition_id, id_ in found:
        mine = (Signature.petition_id == petition_id, Signature.id == id_)
        w.session.execute(update(Signature).where(*mine).values(updates=False))


def _queue_row(w: Work, row: DataRequest) -> QueueRow:
    return QueueRow(
        id=row.id,
        kind=row.kind,
        state=row.state,
        asked_at=row.asked_at,
        due_on=row.due_on,
        **_clock(w, row),
        answered_at=row.answered_at,
        granted=row.granted,
        text=_opened(w, row, "text") or "",
        n=None if row.searched_at is None or row.found is None else len(found_of(w, row)),
    )


def _clock(w: Work, row: DataRequest) -> dict[str, Any]:
    """Where the deadline stands, with the working days left or late; stops of the clocks do not touch it."""
    if row.due_on is None:
        return {"term": TermState.RUNNING, "left": 0, "late": 0}
    calendar, unit = rules.calendar(rules.instance_rulebook(w).rulebook), Unit.WORKING_DAYS
    met_on = row.answered_at.astimezone(w.kernel.zone).date() if row.answered_at else None
    over = (met_on or w.today) > row.due_on
    states = (TermState.RUNNING, TermState.LATE) if met_on is None else (TermState.MET, TermState.MET_LATE)
    # A day off after the due date is late too, though no working day has gone by.
    late = max(1, days_late(met_on or w.today, row.due_on, unit, calendar)) if over else 0
    left = days_left(w.today, row.due_on, unit, calendar) if met_on is None else 0
    return {"term": states[over], "left": left, "late": late}


def _tell_controllers(w: Work, why: str) -> int:
    told = holders(w, Role.CONTROLLER)
    for account_id in told:
        post(w, "data_waiting", f"{account_id}:{why}", {"account": account_id}, "")
    return len(told)
