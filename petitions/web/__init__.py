"""The pages of petitions: their blueprints, put together for the app."""

from flask import Blueprint, Flask

from auth.permissions import Permission
from auth.sections import WorkLink, add_work_links
from core.consent import NoticeSource, install_notice
from core.i18n import lazy
from petitions import notices_cases, notices_letters, notices_signers
from petitions.services import closing
from petitions.services.privacy import store_notice
from petitions.web import (
    admin,
    casework,
    controlling,
    data_desk,
    desk,
    desk_terms,
    desk_work,
    keeping,
    language,
    moderation,
    my_data,
    privacy,
    reading,
    refusals_desk,
    refusals_keeping,
    refusals_privacy,
    refusals_reading,
    refusals_signing,
    refusals_stops,
    refusals_writing,
    rules,
    safety,
    signing,
    stops_page,
    terms_page,
    writing,
)

PAGES = (
    *(reading, signing, writing, moderation, desk, desk_terms, desk_work, casework, admin),
    *(rules, terms_page, stops_page, language, privacy, safety, controlling),
    *(keeping, my_data, data_desk),
)
# Words of refusals, mails and checks register themselves when their modules are read.
WORDS = (
    closing,
    notices_cases,
    notices_letters,
    notices_signers,
    refusals_desk,
    refusals_keeping,
    refusals_privacy,
    refusals_reading,
    refusals_signing,
    refusals_stops,
    refusals_writing,
)


add_work_links(
    WorkLink("controlling.orders", lazy("Orders of state bodies"), Permission.NOTICE_PUBLISH),
    WorkLink("controlling.breaches", lazy("Breaches of data"), Permission.NOTICE_PUBLISH),
    WorkLink("moderation.queue", lazy("Petitions to check"), Permission.PETITION_MODERATE),
    WorkLink("desk.inbox", lazy("Desk"), Permission.DESK_ANSWER),
    WorkLink("admin.index", lazy("Running this place"), Permission.JOBS_VIEW),
    WorkLink("data_desk.requests", lazy("Requests about data"), Permission.DATA_REQUEST_HANDLE),
    WorkLink("keeping.due", lazy("What is due for destruction"), Permission.RETENTION_VIEW),
)


def blueprints() -> tuple[Blueprint, ...]:
    """Every blueprint of this package."""
    return tuple(page.bp for page in PAGES)


def add_home(app: Flask) -> None:
    """The front page, under its short endpoint."""
    app.add_url_rule("/", "home", reading.home)


def add_notice(app: Flask) -> None:
    """The notice for authors, for the pages of accounts that ask for their data."""
    install_notice(app, NoticeSource(privacy.shown_to_authors, store_notice))
