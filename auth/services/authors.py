"""Authors: a citizen who knows what being named means, and consents to it."""

from auth.names import check_author_name
from auth.permissions import Permission, demand
from auth.services.accounts import check_place, own
from core.i18n import language
from core.refusal import Refusal
from core.work import Work

# The version of the page on what being named means; a change of its words is a new version.
NOTICE_VERSION = "author-1"


def become_author(w: Work, full_name: str, place: str, consent: bool) -> None:
    """Record that the actor agreed to be named in public, with the page's version, language and time.

    Refusals: `consent-missing`, `place-unknown`, those of `check_author_name`, `author-name-fixed`.
    """
    demand(w.actor, Permission.AUTHOR_BECOME)
    account = own(w)
    name, code = check_author_name(full_name), check_place(w, place)
    if not consent:
        raise Refusal("consent-missing", field="consent")
    if account.author_since is not None and name != account.full_name:
        raise Refusal("author-name-fixed", field="full_name")
    account.full_name, account.place = name, code
    account.author_since = account.author_since or w.now
    account.author_notice_version, account.author_consent_at = NOTICE_VERSION, w.now
    account.author_consent_language = language()
