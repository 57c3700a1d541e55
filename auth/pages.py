"""The pages of people: their blueprints, put together for the app."""

from flask import Blueprint

from auth import web, web_factor, web_officers, web_staff
from auth.permissions import Permission
from auth.sections import WorkLink, add_work_links
from core.i18n import lazy

add_work_links(
    WorkLink(
        "officers.officers", lazy("Officers of the authority"), Permission.OFFICERS_INVITE, heads_only=True
    ),
    WorkLink("staff.users", lazy("Staff"), Permission.USERS_MANAGE),
    WorkLink("staff.proposals", lazy("What waits for a second person"), Permission.PROPOSALS_SEE),
    WorkLink("staff.audit_page", lazy("Log of staff"), Permission.AUDIT_VIEW),
)


def blueprints() -> tuple[Blueprint, ...]:
    """Every blueprint of this package."""
    return web.bp, web_factor.bp, web_officers.bp, web_staff.bp
