"""Managing one's signature by its link: withdraw, erase, correct, updates; and the end of mails by a click."""

from collections.abc import Callable, Mapping

from sqlalchemy import update

from auth.names import check_signer_name
from authorities.queries import is_within
from core.db import upsert
from core.refusal import Refusal
from core.work import Work
from petitions.models.contacts import CaseMute
from petitions.models.keys import identity_key, seal_field
from petitions.models.petition import Petition
from petitions.models.signature import Signature, SignatureState
from petitions.models.tokens import Link, Purpose, read_token
from petitions.queries.signing import manage_link
from petitions.services import tally
from petitions.services.freezing_days import note_move
from petitions.services.signing import require_area

_LEAVES = frozenset({SignatureState.COUNTED, SignatureState.QUARANTINED})


def withdraw_signature(w: Work, token: str) -> None:
    """Withdraw, silently: mails end, and before the hand-over the total falls; after it the row counts on.

    Name and contact stay sealed for seven days, so that the page looks the same. Repeating changes nothing.
    Refusals: `not-found`, `signature-link-expired`.
    """
    petition, row = manage_link(w, token, lock=True)
    _withdraw(w, petition, row)


def erase_signature(w: Work, token: str) -> None:
    """Withdraw and erase name and contact at once; the link ends with it. Refusals as `withdraw_signature`."""
    petition, row = manage_link(w, token, lock=True)
    _withdraw(w, petition, row)
    erase(w, row)


def switch_updates(w: Work, token: str, *, on: bool) -> None:
    """Ask for news by mail, or stop them. Refusals as `withdraw_signature`."""
    _petition, row = manage_link(w, token, lock=True)
    row.updates = on


def correct_signature(w: Work, token: str, full_name: str, area: str) -> None:
    """Correct name and area; until the hand-over the number of residents follows, after it the totals stand.

    Refusals: as `withdraw_signature`, and on their fields `name-...`, `area-unknown`.
    """
    petition, row = manage_link(w, token, lock=True)
    name = check_signer_name(full_name)
    require_area(w, area)
    row.name = seal_field(identity_key(w, petition.id), name, petition.id, row.id, "name")
    if area != row.area:
        note_move(w, petition.id)
    row.area = area
    resident = is_within(w, area, petition.area or "")
    if petition.handed_over_at is None and resident != row.resident:
        if row.state is SignatureState.COUNTED:
            tally.add(w, petition.id, residents=1 if resident else -1)
        row.resident = resident


def erase(w: Work, row: Signature) -> None:
    """Erase what points at the person; the uid stays, so that nobody is counted twice."""
    row.name = row.contact = None
    row.updates, row.renewal, row.erased_at = False, False, w.now


def stop_mails(w: Work, token: str) -> None:
    """End the mails that an unsubscribe link came with, of a signer or of an author; may be repeated.

    Refusals: `not-found`, `signature-link-expired`.
    """
    purpose, link = unsubscribe_link(w, token)
    _STOPS[purpose](w, link)


def unsubscribe_link(w: Work, token: str) -> tuple[Purpose, Link]:
    """What an unsubscribe link says. Refusals: `not-found`, `signature-link-expired`."""
    try:
        return Purpose.UNSUBSCRIBE, read_token(w, Purpose.UNSUBSCRIBE, token)
    except Refusal as refusal:
        if refusal.code != "not-found":
            raise
    return Purpose.MUTE, read_token(w, Purpose.MUTE, token)


def _withdraw(w: Work, petition: Petition, row: Signature) -> None:
    if row.withdrawn_at is not None:
        return
    row.withdrawn_at = w.now
    if petition.handed_over_at is None and row.state in _LEAVES:
        residents = -int(row.resident) if row.state is SignatureState.COUNTED else 0
        tally.add(w, petition.id, withdrawn=1, residents=residents, **{row.state.value: -1})
        row.state = SignatureState.WITHDRAWN


def let_withdrawn_go(w: Work, petition_id: int) -> None:
    """A petition that had been handed over collects again: who withdrew meanwhile is counted no more."""
    for state in _LEAVES:
        stayed = (
            Signature.petition_id == petition_id,
            Signature.withdrawn_at.is_not(None),
            Signature.state == state,
        )
        gone = (
            update(Signature)
            .where(*stayed)
            .values(state=SignatureState.WITHDRAWN)
            .returning(Signature.resident)
        )
        residents = list(w.session.scalars(gone.execution_options(synchronize_session=False)))
        if residents:
            counted = sum(residents) if state is SignatureState.COUNTED else 0
            changes = {state.value: -len(residents), "withdrawn": len(residents), "residents": -counted}
            tally.add(w, petition_id, **changes)


def _stop_updates(w: Work, link: Link) -> None:
    row = w.session.get(Signature, (link.petition_id, link.subject_id), with_for_update=True)
    if row is None:
        raise Refusal("not-found")
    row.updates = False


def _mute(w: Work, link: Link) -> None:
    row = {"petition_id": link.petition_id, "account_id": link.subject_id, "muted_at": w.now}
    w.session.execute(upsert(w.session, CaseMute).values(**row).on_conflict_do_nothing())


_STOPS: Mapping[Purpose, Callable[[Work, Link], None]] = {
    Purpose.UNSUBSCRIBE: _stop_updates,
    Purpose.MUTE: _mute,
}
