"""Acts of signers, shortened for tests."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from core.outbox import OutboxRow
from core.work import ANYONE, SYSTEM, Work, reading, work
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition, PetitionCount
from petitions.models.signature import Signature
from petitions.models.tokens import Purpose, sign_token
from petitions.services import tally
from petitions.services.signing import Confirmed, Consent, Signer, confirm_signature, sign_petition
from tests.factories import ALMATY

CONSENT = Consent("2026-11-1", "kk")


def a_signer(email: str = "daniyar@mail.example", **changes: Any) -> Signer:
    """A form as the page hands it on."""
    fields = {
        "full_name": "Данияр Сынақұлы",
        "email": email,
        "area": ALMATY,
        "updates": False,
        "language": "kk",
    }
    return Signer(**(fields | changes))


def sign(petition_id: int, email: str = "daniyar@mail.example", **changes: Any) -> None:
    """One accepted form."""
    with work(ANYONE) as w:
        sign_petition(w, petition_id, a_signer(email, **changes), CONSENT)


def signed(petition_id: int, email: str = "daniyar@mail.example", **changes: Any) -> Signature:
    """A counted signature, given and confirmed."""
    known = {row.id for row in rows(petition_id)}
    sign(petition_id, email, **changes)
    (new,) = [row for row in rows(petition_id) if row.id not in known]
    confirm(new)
    return next(row for row in rows(petition_id) if row.id == new.id)


def rows(petition_id: int) -> list[Signature]:
    """Every signature of a petition, by its number."""
    with reading() as w:
        query = select(Signature).where(Signature.petition_id == petition_id).order_by(Signature.id)
        found = list(w.session.scalars(query))
        w.session.expunge_all()
        return found


def the_row(petition_id: int) -> Signature:
    """The only signature of a petition."""
    (row,) = rows(petition_id)
    return row


def token_of(row: Signature, purpose: Purpose = Purpose.CONFIRM) -> str:
    """The token that a mail about this entry holds."""
    lasting = timedelta(0) if purpose is Purpose.CONFIRM else timedelta(days=400)
    with reading() as w:
        return sign_token(w, purpose, row.petition_id, row.id, row.entry, row.expires_at + lasting)


def confirm(row: Signature) -> Confirmed:
    """Press the button of the confirmation page."""
    with work(ANYONE) as w:
        return confirm_signature(w, token_of(row))


def act(do: Callable[..., Any], row: Signature, *args: Any, **options: Any) -> None:
    """Do something by the manage link."""
    with work(ANYONE) as w:
        do(w, token_of(row, Purpose.MANAGE), *args, **options)


def counts(petition_id: int) -> dict[str, int]:
    """The totals after the tally, without the zeros."""
    with work(SYSTEM) as w:
        while tally.fold(w):
            pass
        row = w.session.get_one(PetitionCount, petition_id)
        return {name: n for name in tally.FIELDS if (n := getattr(row, name))}


def posted(template: str) -> int:
    """How many mails of a template wait."""
    with reading() as w:
        found = select(func.count()).select_from(OutboxRow).where(OutboxRow.template == template)
        return w.session.scalar(found) or 0


def hand_over(petition_id: int) -> None:
    """Hand the petition over, as far as signatures can tell."""
    change(petition_id, lambda w: {"reached_at": w.now, "handed_over_at": w.now, "state": State.UNDER_REVIEW})


def change(petition_id: int, fields: Callable[[Work], dict[str, Any]]) -> None:
    """Set columns of a petition."""
    with work(SYSTEM) as w:
        petition = w.session.get_one(Petition, petition_id)
        for name, value in fields(w).items():
            setattr(petition, name, value)


def closes_at(petition_id: int) -> Any:
    """When the window of a petition ends."""
    with reading() as w:
        return w.session.get_one(Petition, petition_id).closes_at
