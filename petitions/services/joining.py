"""Joining: the private link of a petition that looks for its first supporters, and their signatures."""

from core.links import absolute_url
from core.refusal import Refusal
from core.switches import Switch, refuse_if
from core.work import Work
from petitions.domain.lifecycle import Action, Party, step
from petitions.models.petition import Petition
from petitions.models.tokens import join_token
from petitions.queries.signing import joined_petition, joining_closed_because
from petitions.services import cases
from petitions.services.signing import Consent, Signer, enter


def join_url(w: Work, petition: Petition) -> str:
    """The private link that an author passes on; it can be made again at any time and is stored nowhere."""
    return join_address(w, petition.id)


def join_address(w: Work, petition_id: int) -> str:
    """The private link of the petition with this number."""
    return absolute_url("signing.join", petition_id=petition_id, token=join_token(w, petition_id))


def join_petition(w: Work, petition_id: int, token: str, signer: Signer, consent: Consent) -> None:
    """Enter a joiner's signature, confirmed by mail like every other; it counts on after publication.

    Refusals: `not-found` for a wrong link, `joining-closed`, `switched-off`, and on their fields `name-...`,
    `email-invalid`, `area-unknown`.
    """
    refuse_if(w, Switch.NO_SIGNING)
    petition = joined_petition(w, petition_id, token)
    reason = joining_closed_because(w, petition)
    if reason is not None:
        raise Refusal("joining-closed", reason=reason)
    step(petition.state, Action.JOIN, Party.ANYONE, cases.facts_of(w, petition))
    enter(w, petition, signer, consent, joiner=True)
