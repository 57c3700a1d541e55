"""Helpers of the tests of cases: officers as actors, rows read back, mails read from the folder."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import func, select

from core.outbox import OutboxRow, sweep_broadcasts, sweep_outbox
from core.work import ANYONE, SYSTEM, Actor, Work, reading, work
from petitions.domain.deadlines import TermKind
from petitions.models.case import Answer, JournalEntry, Referral, Term
from petitions.models.petition import Petition, RulebookVersion
from petitions.services import hand_over as handing
from petitions.services.answering import AnswerDraft, publish_answer, register_petition
from petitions.services.cases import load
from tests.conftest import Clock
from tests.factories import VILLAGE_BODY, a_petition

REASONS = "Кітапхана келесі жылдың бюджетіне енгізілді. Құрылыс наурыз айында басталады, қаражат бөлінді."


def officer(body: str = VILLAGE_BODY, account_id: int | None = None) -> Actor:
    """An officer of a body as an actor."""
    return Actor(account_id=account_id, roles=frozenset({"officer"}), body=body)


@contextmanager
def _kept() -> Iterator[Work]:
    """A reading Work whose rows outlive it."""
    with reading(ANYONE) as w:
        yield w
        w.session.expunge_all()


def petition_row(petition_id: int) -> Petition:
    """The petition as it stands."""
    with _kept() as w:
        return w.session.get_one(Petition, petition_id)


def referral_row(petition_id: int) -> Referral | None:
    """The referral, if there is one."""
    with _kept() as w:
        return w.session.get(Referral, petition_id)


def term_row(petition_id: int, kind: TermKind) -> Term | None:
    """The last term of a kind."""
    with _kept() as w:
        query = select(Term).where(Term.petition_id == petition_id, Term.kind == kind)
        return w.session.scalar(query.order_by(Term.round.desc()).limit(1))


def events(petition_id: int) -> list[str]:
    """What the journal of a case says, in order."""
    with reading(ANYONE) as w:
        query = select(JournalEntry.event).where(JournalEntry.petition_id == petition_id)
        return list(w.session.scalars(query.order_by(JournalEntry.id)))


def answers(petition_id: int, kind: str = "answer") -> list[Answer]:
    """The versions of an answer, the first one first."""
    with _kept() as w:
        query = select(Answer).where(Answer.petition_id == petition_id, Answer.kind == kind)
        return list(w.session.scalars(query.order_by(Answer.number)))


def waiting() -> int:
    """A petition that was handed over today and is not registered."""
    petition_id = a_petition(signatures=21, reached=True)
    with work(SYSTEM) as w:
        handing.hand_over(w, load(w, petition_id))
    return petition_id


def at_closing(petition_id: int, clock: Clock, later: timedelta) -> None:
    """Go to some time after the window of a petition closes."""
    closes = petition_row(petition_id).closes_at
    assert closes is not None
    clock.now = closes + later


def lapsed(clock: Clock) -> int:
    """A petition that lapsed and is owed a reply."""
    petition_id = a_petition(signatures=3)
    at_closing(petition_id, clock, timedelta(days=2))
    with work(SYSTEM) as w:
        handing.lapse(w, load(w, petition_id))
    return petition_id


def draft(**changes: object) -> AnswerDraft:
    """A good answer, decided today."""
    with reading(ANYONE) as w:
        fields = {"text": REASONS, "decided_on": w.today, "language": "kk", "outcome": "satisfied"}
    return AnswerDraft(**(fields | changes))  # type: ignore[arg-type]


def registered(petition_id: int, number: str = "ҚР-17") -> None:
    """Register a case today."""
    with work(officer()) as w:
        register_petition(w, petition_id, number, w.today, petition_row(petition_id).version)


def answered(petition_id: int, **changes: object) -> None:
    """Answer a case now."""
    given = draft(**changes)
    with work(officer()) as w:
        publish_answer(w, petition_id, given, petition_row(petition_id).version)


def change(petition_id: int, **values: object) -> None:
    """Set columns of a petition."""
    with work(SYSTEM) as w:
        row = w.session.get_one(Petition, petition_id)
        for name, value in values.items():
            setattr(row, name, value)


def told(template: str) -> int:
    """How many mails of a template are written, sent or not."""
    with reading(ANYONE) as w:
        return w.session.scalar(select(func.count()).where(OutboxRow.template == template)) or 0


def done_by_two(app: Flask, sweep: Callable[[], int]) -> int:
    """Run a sweep twice at once; what both of them did."""

    def run(_number: int) -> int:
        with app.app_context():
            return sweep()

    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(run, range(2)))


def sent_mails() -> list[EmailMessage]:
    """Send everything that waits; the mails of the folder, parsed."""
    while sweep_broadcasts() + sweep_outbox():
        pass
    return mails_in(current_app)


def mails_in(app: Flask) -> list[EmailMessage]:
    """The mails of the app's folder."""
    folder: Path = app.extensions["dauys"].settings.var_dir / "mail"
    found = [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("*.eml"))
    ]
    return [mail for mail in found if isinstance(mail, EmailMessage)]


def words_of(mail: EmailMessage) -> str:
    """Both bodies of a mail together."""
    parts = [mail.get_body((kind,)) for kind in ("plain", "html")]
    return "\n".join(part.get_content() for part in parts if part is not None)


def under(petition_id: int, *changes: tuple[str, str]) -> None:
    """Put a case under a version of its rulebook in which some lines read otherwise."""
    with work(SYSTEM) as w:
        petition = w.session.get_one(Petition, petition_id)
        stored = w.session.get_one(RulebookVersion, (petition.rulebook, petition.rulebook_version))
        toml = stored.toml
        for old, new in changes:
            assert old in toml
            toml = toml.replace(old, new)
        version = f"test-{hashlib.sha256(toml.encode()).hexdigest()[:12]}"
        row = RulebookVersion(rulebook=petition.rulebook, version=version, toml=toml, stored_at=w.now)
        w.session.merge(row)
        w.session.flush()
        petition.rulebook_version = version
