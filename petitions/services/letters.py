"""Letters to an author through the site: sealed until they are passed on, without telling either side an address."""

from sqlalchemy import ColumnElement, String, cast, delete, exists, func, literal, select

from auth.mailbox import canonical_mailbox, check_mailbox
from core.i18n import _, speaking
from core.limits import allowed
from core.outbox import OutboxRow, post
from core.refusal import Refusal
from core.work import Work
from petitions.domain.keeping import TERMS, Kept
from petitions.models.petition import Petition
from petitions.models.privacy import AuthorLetter
from petitions.queries.access import require_published
from petitions.services.signing import new_id

LEAST, MOST = 20, 3000
TEMPLATE = "author_letter"
# One author gets no more than this however many networks write; the rest is dropped, and nobody is told.
TO_ONE_AUTHOR = ("10 per hour", "40 per day")
FROM_ONE_MAILBOX = ("3 per hour", "10 per day")


def write_to_author(w: Work, petition_id: int, text: str, email: str, share: bool, language: str) -> None:
    """Take a letter to a published petition's author; the sender's address goes along only on consent.

    New, limited and undeliverable letters return alike. Refusals: `not-found`, `gone`; on their fields
    `letter-short`, `letter-long`, `email-invalid`, `letter-address-missing`.
    """
    petition = require_published(w.session.get(Petition, petition_id))
    _check(text, email, share)
    if not _may(petition, email):
        return
    reply_to = check_mailbox(email) if share else ""
    _pass_on(w, petition, text, reply_to, language)


def pass_proposal(w: Work, petition: Petition, name: str, text: str) -> None:
    """Pass a co-author's proposal on to the author, under the name that is known to both.

    Too many are dropped like other letters. Refusals on `text`: `letter-short`, `letter-long`.
    """
    _check(text, "", share=False)
    if _may(petition, ""):
        with speaking(petition.language):
            said = _("%(name)s, co-author, proposes:", name=name)
        _pass_on(w, petition, f"{said}\n{text}", "", petition.language)


def _pass_on(w: Work, petition: Petition, text: str, reply_to: str, language: str) -> None:
    letter_id = new_id(w.now)
    place = f"author_letters|{letter_id}"
    w.session.add(
        AuthorLetter(
            id=letter_id,
            petition_id=petition.id,
            text=w.keys.seal_text("letter", text, f"{place}|text"),
            reply_to=w.keys.seal_text("letter", reply_to, f"{place}|reply_to") if reply_to else None,
            created_at=w.now,
        )
    )
    post(w, TEMPLATE, str(letter_id), {"letter": letter_id, "petition": petition.id}, language)


def due_letters(w: Work) -> int:
    """How many letters were passed on or cannot be, or have come to the end of their time."""
    return w.session.scalar(select(func.count()).select_from(AuthorLetter).where(_over(w))) or 0


def forget_letters(w: Work, most: int) -> int:
    """Delete letters that were passed on or cannot be, and those whose time is over; returns how many."""
    ids = list(w.session.scalars(select(AuthorLetter.id).where(_over(w)).limit(most)))
    if ids:
        w.session.execute(delete(AuthorLetter).where(AuthorLetter.id.in_(ids)))
    return len(ids)


def _over(w: Work) -> ColumnElement[bool]:
    over = AuthorLetter.created_at <= w.now - TERMS[Kept.CONTACT_LETTER].length.shortest
    settled = OutboxRow.sent_at.is_not(None) | OutboxRow.parked_at.is_not(None)
    key = literal(f"{TEMPLATE}:").concat(cast(AuthorLetter.id, String))
    return over | exists().where(OutboxRow.key == key, settled)


def _check(text: str, email: str, share: bool) -> None:
    if len(text) < LEAST:
        raise Refusal("letter-short", field="text", n=LEAST)
    if len(text) > MOST:
        raise Refusal("letter-long", field="text", n=MOST)
    if share and not email:
        raise Refusal("letter-address-missing", field="email")
    if email:
        check_mailbox(email)


def _may(petition: Petition, email: str) -> bool:
    if email and not allowed(FROM_ONE_MAILBOX, "author-letter", canonical_mailbox(email)):
        return False
    return allowed(TO_ONE_AUTHOR, "author-letters", f"account:{petition.author_id}")
