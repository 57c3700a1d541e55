"""Who may do what: one table of named permissions; what is not in it is refused."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from core.refusal import Refusal
from core.work import Actor


class Role(StrEnum):
    """What an account is. A citizen who consented to be named is an author; every other role is staff."""

    CITIZEN = "citizen"
    MODERATOR = "moderator"
    OFFICER = "officer"
    CONTROLLER = "controller"
    ADMINISTRATOR = "administrator"


STAFF = frozenset(Role) - {Role.CITIZEN}
# Whoever may switch a check off must not be the one it checks.
APART = frozenset({Role.MODERATOR, Role.OFFICER, Role.ADMINISTRATOR})


class Permission(StrEnum):
    """Everything that an account can be allowed to do."""

    ACCOUNT_SELF = "account:self"
    AUTHOR_BECOME = "author:become"
    PETITION_WRITE = "petition:write"
    PETITION_MODERATE = "petition:moderate"
    PETITION_TAKE_DOWN = "petition:take-down"
    REPORT_HANDLE = "report:handle"
    APPEAL_DECIDE = "appeal:decide"
    DESK_SEE = "desk:see"
    DESK_ANSWER = "desk:answer"
    OFFICERS_INVITE = "officers:invite"
    REGISTER_IMPORT = "register:import"
    JOBS_VIEW = "jobs:view"
    SWITCHES_SET = "switches:set"
    USERS_MANAGE = "users:manage"
    PROPOSALS_SEE = "proposals:see"
    STOPS_DECIDE = "stops:decide"
    AUDIT_VIEW = "audit:view"
    DATA_REQUEST_HANDLE = "data-request:handle"
    NOTICE_PUBLISH = "notice:publish"
    RETENTION_VIEW = "retention:view"
    EXPORT_MASS = "export:mass"


_CITIZEN = frozenset({Role.CITIZEN})
_MODERATOR = frozenset({Role.MODERATOR})
_OFFICER = frozenset({Role.OFFICER})
_CONTROLLER = frozenset({Role.CONTROLLER})
_ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})

PERMISSIONS: Mapping[str, frozenset[Role]] = {
    Permission.ACCOUNT_SELF: frozenset(Role),
    Permission.AUTHOR_BECOME: _CITIZEN,
    Permission.PETITION_WRITE: _CITIZEN,
    Permission.PETITION_MODERATE: _MODERATOR,
    Permission.PETITION_TAKE_DOWN: _MODERATOR,
    Permission.REPORT_HANDLE: _MODERATOR,
    Permission.APPEAL_DECIDE: _MODERATOR,
    Permission.DESK_SEE: _OFFICER,
    Permission.DESK_ANSWER: _OFFICER,
    Permission.OFFICERS_INVITE: _OFFICER,
    Permission.REGISTER_IMPORT: _ADMINISTRATOR,
    Permission.JOBS_VIEW: _ADMINISTRATOR | _CONTROLLER,
    Permission.SWITCHES_SET: _ADMINISTRATOR,
    Permission.USERS_MANAGE: _ADMINISTRATOR,
    Permission.PROPOSALS_SEE: _MODERATOR | _CONTROLLER | _ADMINISTRATOR,
    Permission.STOPS_DECIDE: _ADMINISTRATOR,
    Permission.AUDIT_VIEW: _ADMINISTRATOR | _CONTROLLER,
    Permission.DATA_REQUEST_HANDLE: _CONTROLLER,
    Permission.NOTICE_PUBLISH: _CONTROLLER,
    Permission.RETENTION_VIEW: _CONTROLLER,
    Permission.EXPORT_MASS: _CONTROLLER,
}


def may(roles: Iterable[str], permission: str) -> bool:
    """Whether one of the roles has the permission; an unknown permission is nobody's."""
    return not PERMISSIONS.get(permission, frozenset()).isdisjoint(roles)


def demand(actor: Actor, permission: str) -> None:
    """For use cases: the platform itself and who has the permission pass. Refusal: `not-allowed`."""
    if not actor.system and not may(actor.roles, permission):
        raise Refusal("not-allowed")
