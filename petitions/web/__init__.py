"""The pages of petitions: their blueprints, put together for the app."""

from flask import Blueprint, Flask

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


def blueprints() -> tuple[Blueprint, ...]:
    """Every blueprint of this package."""
    return tuple(page.bp for page in PAGES)


def add_home(app: Flask) -> None:
    """The front page, under its short endpoint."""
    app.add_url_rule("/", "home", reading.home)
