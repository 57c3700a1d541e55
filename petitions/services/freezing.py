"""Freezing: an author under pressure pauses signing, in public and with a reason, and lets it go on."""

from core.refusal import Refusal
from core.work import Work
from petitions.domain.events import Event
from petitions.domain.lifecycle import Action, Party
from petitions.notices import announce
from petitions.services import cases
from petitions.services.drafts import owned

LONGEST_REASON = 300


def freeze(w: Work, petition_id: int, version: int, reason: str) -> None:
    """Pause signing. Nothing that was counted is lost, no date moves, and the reason is public.

    Refusals: those of `owned`, `not-your-move`, `not-now` where nobody can sign; `freeze-reason-missing` on `reason`.
    """
    petition = owned(w, petition_id, version)
    if not reason:
        raise Refusal("freeze-reason-missing", field="reason")
    cases.move(w, petition, Action.FREEZE, Party.AUTHOR)
    petition.frozen_at, petition.frozen_reason = w.now, reason
    announce(w, petition, Event.FROZEN, why=reason)
    cases.flush(w)


def unfreeze(w: Work, petition_id: int, version: int) -> None:
    """Let signing go on. Refusals: those of `owned`, `not-your-move`, `not-now` for what is not frozen."""
    petition = owned(w, petition_id, version)
    cases.move(w, petition, Action.UNFREEZE, Party.AUTHOR)
    petition.frozen_at = petition.frozen_reason = None
    announce(w, petition, Event.UNFROZEN)
    cases.flush(w)
