"""The pages of petitions: their blueprints, put together for the app."""

from flask import Blueprint, Flask

from auth.permissions import Permission
from auth.sections import WorkLink, add_work_links
from core.consent import NoticeSource, install_notice
from core.i18n import lazy
from petitions.notices import cases, letters, signers
from petitions.notices import coauthors as coauthors_mails
from petitions.services import closing
from petitions.services.privacy import store_notice
from petitions.web import (
    admin,
    appeals,
    casework,
    coauthors,
    controlling,
    data_desk,
    desk,
    desk_terms,
    desk_work,
    help,
    keeping,
    language,
    moderation,
    moderation_notes,
    moderation_updates,
    my_data,
    petition_statistics,
    privacy,
    reading,
    refusals_desk,
    refusals_keeping,
    refusals_privacy,
    refusals_reading,
    refusals_signing,
    refusals_similar,
    refusals_stops,
    refusals_writing,
    reports,
    rules,
    safety,
    sharing,
    signing,
    similar,
    steps,
    stops_page,
    switches_page,
    terms_page,
    transparency,
    updates,
    writing,
)

PAGES = (
    *(reading, petition_statistics, signing, writing, steps, similar, coauthors),
    *(updates, moderation_updates),
    *(moderation, moderation_notes, appeals, reports, desk, desk_terms, desk_work, casework, admin),
    *(rules, terms_page, stops_page, language, privacy, safety, sharing, controlling),
    *(keeping, my_data, data_desk, help),
    *(transparency, switches_page),
)
# Words of refusals, mails and checks register themselves when their modules are read.
WORDS = (
    closing,
    cases,
    coauthors_mails,
    letters,
    signers,
    refusals_desk,
    refusals_keeping,
    refusals_privacy,
    refusals_reading,
    refusals_signing,
    refusals_similar,
    refusals_stops,
    refusals_writing,
)


add_work_links(
    WorkLink("controlling.orders", lazy("Orders of state bodies"), Permission.NOTICE_PUBLISH),
    WorkLink("controlling.breaches", lazy("Breaches of data"), Permission.NOTICE_PUBLISH),
    WorkLink("moderation.queue", lazy("Petitions to check"), Permission.PETITION_MODERATE),
    WorkLink("reports.queue", lazy("Reports of readers"), Permission.REPORT_HANDLE),
    WorkLink("moderation_updates.queue", lazy("Updates of authors"), Permission.PETITION_MODERATE),
    WorkLink("appeals.queue", lazy("Appeals against refusals"), Permission.APPEAL_DECIDE),
    WorkLink(
        "moderation_notes.index",
        lazy("What authorities say about their figures"),
        Permission.PETITION_MODERATE,
    ),
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
