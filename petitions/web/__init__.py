"""The pages of petitions: their blueprints, put together for the app."""

from flask import Blueprint, Flask

from auth.permissions import Permission
from auth.sections import WorkLink, add_work_links
from core.i18n import lazy
from petitions import notices_cases, notices_signers
from petitions.web import (
    admin,
    desk,
    language,
    moderation,
    privacy,
    reading,
    refusals_desk,
    refusals_reading,
    refusals_signing,
    refusals_stops,
    refusals_writing,
    rules,
    signing,
    terms_page,
    writing,
)

PAGES = (reading, signing, writing, moderation, desk, admin, rules, terms_page, language, privacy)
# Words of refusals and mails register themselves when their modules are read.
WORDS = (
    notices_cases,
    notices_signers,
    refusals_desk,
    refusals_reading,
    refusals_signing,
    refusals_stops,
    refusals_writing,
)


add_work_links(
    WorkLink("moderation.queue", lazy("Petitions to check"), Permission.PETITION_MODERATE),
    WorkLink("desk.inbox", lazy("Desk"), Permission.DESK_ANSWER),
    WorkLink("admin.index", lazy("Running this place"), Permission.JOBS_VIEW),
)


def blueprints() -> tuple[Blueprint, ...]:
    """Every blueprint of this package."""
    return tuple(page.bp for page in PAGES)


def add_home(app: Flask) -> None:
    """The front page, under its short endpoint."""
    app.add_url_rule("/", "home", reading.home)
