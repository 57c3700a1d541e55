"""Whether an entry waits for its confirmation, and whether anything of a signature is still kept."""

from typing import Protocol

from core.refusal import Refusal
from core.work import Work
from petitions.domain.keeping import TERMS, Kept
from petitions.models.signature import Signature, SignatureState
from petitions.queries.gate import Entry

# For so long a withdrawn signature looks as it did; then its name and contact are erased (TRUST rule 6).
AFTERGLOW = TERMS[Kept.WITHDRAWN].length.shortest


class Waiting(Protocol):
    """What tells whether an entry waits for its confirmation."""

    @property
    def state(self) -> SignatureState:
        """Where the signature is."""

    @property
    def renewal(self) -> bool:
        """Whether it counts still and was entered anew."""


def waits(row: Signature | Waiting) -> bool:
    """Whether the last accepted entry of a signature is not confirmed yet."""
    return row.state is SignatureState.PENDING or row.renewal


def require_held(w: Work, row: Signature | Entry) -> None:
    """Refusal `signature-link-expired` once there is nothing of a confirmed signature left to show."""
    if waits(row) or row.state is SignatureState.EXPIRED or not is_held(w, row):
        raise Refusal("signature-link-expired")


def is_held(w: Work, row: Signature | Entry) -> bool:
    """Whether name and contact are still kept: not erased, and withdrawn less than seven days ago if at all."""
    faded = row.withdrawn_at is not None and w.now >= row.withdrawn_at + AFTERGLOW
    return row.erased_at is None and not faded
