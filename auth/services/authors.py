"""Authors: a citizen who knows what being named means, and consents to it."""

from auth.names import check_author_name
from auth.permissions import Permission, demand
from auth.services.accounts import check_place, own
from core.consent import given
from core.refusal import Refusal
from core.work import Work


def become_author(w: Work, full_name: str, place: str, consent: bool) -> None:
    """Record that the actor agreed to be named in public, with the notice's version, language, time and channel.

    Refusals: `consent-missing`, `place-unknown`, those of `check_author_name`, `author-name-fixed`.
    """
    demand(w.actor, Permission.AUTHOR_BECOME)
    account = own(w)
    name, code = check_author_name(full_name), check_place(w, place)
    if not consent:
        raise Refusal("consent-missing", field="consent")
    if account.author_since is not None and name != account.full_name:
        raise Refusal("author-name-fixed", field="full_name")
    agreed = given(w)  # before the account is touched: it may write a row of its own
    account.full_name, account.place = name, code
    account.author_since = account.author_since or w.now
    account.author_notice_version, account.author_consent_at = agreed.version, w.now
    account.author_consent_language, account.author_consent_channel = agreed.language, agreed.channel
