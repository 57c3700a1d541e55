"""What staff see of staff: who holds which role, what waits for a second person, and the public numbers of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from auth.models import Account, Proposal, RoleGrant, SecondFactor
from auth.permissions import Role, may
from auth.queries import usable
from auth.two_person import kinds, sealed_text
from authorities.queries import authority_names
from core.audit import count_of
from core.i18n import localised
from core.work import Work

SHOWN_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody holds, with the body's name."""

    role: Role
    body: str | None
    body_name: str | None
    head: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One member of staff: no contact."""

    account_id: int
    full_name: str
    roles: tuple[Held, ...]
    factor_since: datetime | None
    long_password: bool
    disabled: bool


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One proposal as those who may decide it see it; `mailbox` is there while it waits."""

    number: int
    kind: str
    label: Any
    payload: Mapping[str, Any]
    facts: tuple[tuple[str, object], ...]
    body_name: str | None
    account_name: str | None
    mailbox: str | None
    reason: str
    proposed_by: int | None
    proposer_name: str | None
    proposed_at: datetime
    expires_at: datetime
    decided_by: int | None
    decided_at: datetime | None
    state: str
    own: bool
    decidable: bool


@dataclass(frozen=True, slots=True)
class Uses:
    """The public numbers of one kind of act that takes two people."""

    kind: str
    label: Any
    proposed: int
    agreed: int
    declined: int
    by_one: int


def staff(w: Work) -> list[StaffRow]:
    """Everybody with a role, and accounts that were stopped."""
    with_role = select(RoleGrant.account_id)
    return _staff(w, Account.id.in_(with_role) | Account.disabled)


def member(w: Work, account_id: int) -> StaffRow | None:
    """One of them, or None."""
    return next((row for row in staff(w) if row.account_id == account_id), None)


def officers_of(w: Work, body: str) -> list[StaffRow]:
    """The officers of one body, for its head."""
    return _staff(w, Account.id.in_(select(RoleGrant.account_id).where(RoleGrant.body == body)))


def deciders(w: Work) -> int:
    """How many usable accounts can decide about staff."""
    query = select(func.count()).select_from(RoleGrant).join(Account, Account.id == RoleGrant.account_id)
    return w.session.scalar(query.where(RoleGrant.role == Role.ADMINISTRATOR, usable())) or 0


def proposals(w: Work) -> list[ProposalRow]:
    """What the actor may decide or has proposed, the newest first."""
    mine = [name for name, kind in kinds().items() if any(may(w.actor.roles, p) for p in kind.deciders)]
    query = select(Proposal).where(Proposal.kind.in_(mine) | (Proposal.proposed_by == w.actor.account_id))
    rows = w.session.scalars(query.order_by(Proposal.id.desc()).limit(SHOWN_AT_MOST)).all()
    return _proposals(w, rows)


def own_proposals(w: Work) -> list[ProposalRow]:
    """What the actor has proposed, the newest first."""
    mine = select(Proposal).where(Proposal.proposed_by == w.actor.account_id)
    return _proposals(w, w.session.scalars(mine.order_by(Proposal.id.desc()).limit(SHOWN_AT_MOST)).all())


def proposal(w: Work, number: int) -> ProposalRow | None:
    """One proposal, if the actor may decide it or has made it."""
    row = w.session.get(Proposal, number)
    shown = _proposals(w, [row]) if row else []
    return next((one for one in shown if one.own or _may_decide(w, one.kind)), None)


def waiting(w: Work) -> int:
    """How many proposals wait for a decision."""
    query = select(func.count()).select_from(Proposal)
    return w.session.scalar(query.where(Proposal.decided_at.is_(None), Proposal.expires_at > w.now)) or 0


def two_person_uses(w: Work) -> list[Uses]:
    """For the public pages: how often each kind of act was proposed and decided, also where that is never."""
    agreed, declined = Proposal.agreed.is_(True), Proposal.agreed.is_(False)
    columns = (func.count(), _sum(agreed & ~Proposal.alone), _sum(declined), _sum(Proposal.alone))
    found = w.session.execute(select(Proposal.kind, *columns).group_by(Proposal.kind)).all()
    counts = {kind: tuple(int(n or 0) for n in numbers) for kind, *numbers in found}
    return [Uses(name, kind.label, *counts.get(name, (0, 0, 0, 0))) for name, kind in kinds().items()]


def accounts_stopped(w: Work) -> int:
    """For the public pages: how often one person stopped an account at once."""
    return count_of(w, "account:disable")


def _sum(condition: ColumnElement[bool]) -> Any:
    return func.count().filter(condition)


def _staff(w: Work, condition: ColumnElement[bool]) -> list[StaffRow]:
    found = select(Account, SecondFactor.enrolled_at).outerjoin(
        SecondFactor, SecondFactor.account_id == Account.id
    )
    rows = w.session.execute(found.where(condition, Account.closed_at.is_(None)).order_by(Account.id)).all()
    roles = _roles(w, [account.id for account, _since in rows])
    return [
        StaffRow(a.id, a.full_name, tuple(roles.get(a.id, ())), since, a.password_long, a.disabled)
        for a, since in rows
    ]


def _roles(w: Work, account_ids: Sequence[int]) -> dict[int, list[Held]]:
    query = select(RoleGrant).where(RoleGrant.account_id.in_(account_ids)).order_by(RoleGrant.id)
    grants = w.session.scalars(query).all()
    names = _body_names(w, [grant.body for grant in grants])
    held: dict[int, list[Held]] = {}
    for g in grants:
        row = Held(g.role, g.body, names.get(g.body or ""), g.head, g.granted_at)
        held.setdefault(g.account_id, []).append(row)
    return held


def _body_names(w: Work, codes: Sequence[str | None]) -> dict[str, str]:
    found = authority_names(w, {code for code in codes if code})
    return {code: localised(names) for code, names in found.items()}


def _proposals(w: Work, rows: Sequence[Proposal]) -> list[ProposalRow]:
    bodies = _body_names(w, [row.payload.get("body") for row in rows])
    ids = {row.payload.get("account") for row in rows} | {row.proposed_by for row in rows}
    people = select(Account.id, Account.full_name).where(Account.id.in_({i for i in ids if i is not None}))
    names = {account_id: name for account_id, name in w.session.execute(people)}
    return [_proposal(w, row, bodies, names) for row in rows]


def _proposal(w: Work, row: Proposal, bodies: Mapping[str, str], names: Mapping[int, str]) -> ProposalRow:
    state, own = _state(w, row), row.proposed_by == w.actor.account_id
    about_me = row.payload.get("account") == w.actor.account_id
    return ProposalRow(
        number=row.id,
        kind=row.kind,
        label=kinds()[row.kind].label,
        payload=row.payload,
        facts=tuple(kinds()[row.kind].describe(row.payload)),
        body_name=bodies.get(row.payload.get("body") or ""),
        account_name=names.get(row.payload.get("account") or 0),
        mailbox=sealed_text(w, row) if state == "waiting" else None,
        reason=row.reason,
        proposed_by=row.proposed_by,
        proposer_name=names.get(row.proposed_by or 0),
        proposed_at=row.proposed_at,
        expires_at=row.expires_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        state=state,
        own=own,
        decidable=state == "waiting" and not own and not about_me and _may_decide(w, row.kind),
    )


def _may_decide(w: Work, kind: str) -> bool:
    return any(may(w.actor.roles, permission) for permission in kinds()[kind].deciders)


def _state(w: Work, row: Proposal) -> str:
    if row.agreed is not None:
        return ("alone" if row.alone else "agreed") if row.agreed else "declined"
    return "expired" if row.expires_at <= w.now else "waiting"
