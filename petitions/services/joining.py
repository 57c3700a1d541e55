"""Joining: the private link of a petition that looks for its first supporters, and their signatures."""

from sqlalchemy import select

from authorities.queries import is_within
from core.links import absolute_url
from core.outbox import broadcast
from core.refusal import Refusal
from core.switches import Switch, refuse_if
from core.work import Work
from petitions.domain.lifecycle import Action, Party, step
from petitions.models.petition import Petition
from petitions.models.signature import Signature, SignatureState
from petitions.models.tokens import join_token
from petitions.queries.gate import gate_of
from petitions.queries.signing import joined_petition, joining_closed_because
from petitions.services import cases, tally
from petitions.services.signing import UNCONFIRMED, Consent, Signer, enter

_ASKED = (SignatureState.COUNTED, SignatureState.PENDING)


def join_url(w: Work, petition: Petition) -> str:
    """The private link that an author passes on; it can be made again at any time and is stored nowhere."""
    return join_address(w, petition.id)


def join_address(w: Work, petition_id: int) -> str:
    """The private link of the petition with this number."""
    return absolute_url("signing.join", petition_id=petition_id, token=join_token(w, petition_id))


def join_petition(
    w: Work, petition_id: int, token: str, signer: Signer, consent: Consent, *, held: bool = False
) -> None:
    """Enter a joiner's signature, confirmed by mail like every other; it counts on after publication.

    `held` as in `sign_petition`.

    Refusals: `not-found` for a wrong link, `joining-closed`, `switched-off`, and on their fields `name-...`,
    `email-invalid`, `area-unknown`.
    """
    refuse_if(w, Switch.NO_SIGNING)
    petition = joined_petition(w, petition_id, token)
    reason = joining_closed_because(w, petition)
    if reason is not None:
        raise Refusal("joining-closed", reason=reason)
    step(petition.state, Action.JOIN, Party.ANYONE, cases.facts_of(w, petition))
    gate = gate_of(w, petition.id, signer.area)
    if gate is not None:
        enter(w, gate, signer, consent, joiner=True, held=held)


def ask_again(w: Work, petition: Petition) -> int:
    """Ask everybody who joined an earlier text to confirm the present one by mail; returns how many.

    Until then they do not count. The row stays the same, so whoever confirms is one person with one signature;
    who does not is forgotten like every unconfirmed entry.
    """
    earlier = (Signature.petition_id == petition.id, Signature.text_number < petition.text_number)
    query = select(Signature).where(*earlier, Signature.state.in_(_ASKED)).order_by(Signature.id)
    rows = w.session.scalars(query.with_for_update()).all()
    counted = [row for row in rows if row.state is SignatureState.COUNTED]
    if counted:
        residents = sum(row.resident for row in counted)
        tally.add(w, petition.id, pending=len(counted), counted=-len(counted), residents=-residents)
    for row in rows:
        _unconfirm(w, petition, row)
    if rows:
        ref = {"petition": petition.id, "text": petition.text_number}
        broadcast(w, "joiner_again", f"{petition.id}.{petition.text_number}", ref)
    w.session.flush()
    return len(rows)


def _unconfirm(w: Work, petition: Petition, row: Signature) -> None:
    row.state, row.confirmed_at, row.entry = SignatureState.PENDING, None, row.entry + 1
    row.text_number, row.asked_again_at, row.expires_at = petition.text_number, w.now, w.now + UNCONFIRMED
    # The addressee may have changed with the text.
    row.resident = is_within(w, row.area, petition.area or "")
