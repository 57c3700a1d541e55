"""What takes two people: one proposes with a reason, another one decides; a yes carries it out at once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from auth.models import Proposal
from auth.permissions import may
from auth.two_person import PURPOSE, Matter, kinds, place_of, sealed_text
from core.audit import record
from core.refusal import Refusal
from core.work import Work

LASTS = timedelta(days=7)
LEAST_REASON, MOST_REASON = 10, 500


def propose(w: Work, kind: str, payload: Mapping[str, Any], reason: str, *, sealed: str | None = None) -> int:
    """Ask for an act that a second person must agree to; returns the proposal's number.

    `payload` is plain and holds codes and numbers only (`account` is whom it is about); a contact goes into
    `sealed`. Where DAUYS_FOUR_EYES is off the act is carried out at once, and counted as done by one person.
    Refusals: `not-allowed`, `proposal-reason` on `reason`, those of the kind.
    """
    known = kinds()[kind]
    if not any(may(w.actor.roles, permission) for permission in known.proposers):
        raise Refusal("not-allowed")
    known.check(w, payload)
    row = _write(w, kind, payload, _checked(reason), sealed)
    record(w, "proposal:make", _name(row), after={"kind": kind, **payload})
    if w.settings.four_eyes == "off":
        row.alone = True
        _settle(w, row, yes=True)
    return row.id


def decide(w: Work, number: int, yes: bool) -> None:
    """Agree to a proposal of somebody else, which carries it out, or decline it.

    Refusals: `not-found`, `not-allowed`, `proposal-decided`, `proposal-expired`, `proposal-own`,
    `proposal-about-you`, those of the act.
    """
    row = w.session.scalar(select(Proposal).where(Proposal.id == number).with_for_update())
    if row is None:
        raise Refusal("not-found")
    if not any(may(w.actor.roles, permission) for permission in kinds()[row.kind].deciders):
        raise Refusal("not-allowed")
    _check_open(w, row)
    if row.proposed_by == w.actor.account_id:
        raise Refusal("proposal-own")
    if row.payload.get("account") == w.actor.account_id:
        raise Refusal("proposal-about-you")
    _settle(w, row, yes=yes)


def _write(w: Work, kind: str, payload: Mapping[str, Any], reason: str, sealed: str | None) -> Proposal:
    row = Proposal(
        kind=kind,
        payload=dict(payload),
        reason=reason,
        proposed_by=w.actor.account_id,
        proposed_at=w.now,
        expires_at=w.now + LASTS,
        alone=False,
    )
    w.session.add(row)
    w.session.flush()
    if sealed is not None:
        # The sealed text is bound to its row, whose number is known only now.
        row.sealed = w.keys.seal_text(PURPOSE, sealed, place_of(row))
    return row


def _settle(w: Work, row: Proposal, *, yes: bool) -> None:
    matter = Matter(row.id, row.payload, sealed_text(w, row), row.proposed_by)
    row.decided_by, row.decided_at, row.agreed, row.sealed = w.actor.account_id, w.now, yes, None
    w.session.flush()
    record(w, "proposal:agree" if yes else "proposal:decline", _name(row), after={"kind": row.kind})
    if yes:
        kinds()[row.kind].carry_out(w, matter)


def _check_open(w: Work, row: Proposal) -> None:
    if row.decided_at is not None:
        raise Refusal("proposal-decided")
    if row.expires_at <= w.now:
        raise Refusal("proposal-expired")


def _checked(reason: str) -> str:
    text = reason.strip()
    if not LEAST_REASON <= len(text) <= MOST_REASON:
        raise Refusal("proposal-reason", field="reason", least=LEAST_REASON, most=MOST_REASON)
    return text


def _name(row: Proposal) -> str:
    return f"proposal:{row.id}"
