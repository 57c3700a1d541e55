"""Mailboxes: whether an address is one, and which spellings of it reach the same person."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from core.refusal import Refusal

MAX_LENGTH = 254
# What nearly everybody's looks like (the dot-atom of RFC 5322, up to 64 signs): nothing in it needs the library.
PLAIN_LOCAL = re.compile(r"(?=.{1,64}\Z)[A-Za-z0-9_'+-]+(?:\.[A-Za-z0-9_'+-]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Provider:
    """What a provider ignores in the part before the @, and the name it is counted under."""

    name: str
    ignored: str = ""
    alike: Mapping[str, str] | None = None


def _alike(domains: str, ignored: str = "", alike: Mapping[str, str] | None = None) -> dict[str, Provider]:
    # All these domains lead to the same mailbox; the first one stands for them.
    names = domains.split()
    return {name: Provider(names[0], ignored, alike) for name in names}


def _apart(domains: str) -> dict[str, Provider]:
    # Each domain has mailboxes of its own; only what follows a plus is ignored.
    return {name: Provider(name) for name in domains.split()}


# As the providers' own help pages describe it; a provider that is not listed ignores nothing but case.
PROVIDERS: Mapping[str, Provider] = {
    **_alike("gmail.com googlemail.com", ignored="."),
    **_alike(
        "yandex.ru ya.ru yandex.kz yandex.com yandex.by yandex.ua yandex.com.tr narod.ru", alike={"-": "."}
    ),
    **_alike("icloud.com me.com mac.com"),
    **_alike("proton.me protonmail.com pm.me protonmail.ch", ignored=".-_"),
    **_apart("outlook.com hotmail.com live.com msn.com live.ru hotmail.co.uk live.co.uk"),
    **_apart("mail.ru bk.ru inbox.ru list.ru internet.ru xmail.ru"),
    **_apart("fastmail.com fastmail.fm hey.com zoho.com zohomail.com zoho.eu"),
}


def check_mailbox(text: str) -> str:
    """The address as mail is sent to it; looked at only, never asked. Refusal: `email-invalid` on `email`."""
    return read_mailbox(text)[0]


def canonical_mailbox(text: str) -> str:
    """One spelling for all addresses of one mailbox: case, and dots and plus where the provider ignores them.

    Refusal: `email-invalid` on `email`.
    """
    return read_mailbox(text)[1]


def read_mailbox(text: str) -> tuple[str, str]:
    """Both from one look: the address that mail is sent to, and the one spelling of its mailbox.

    Refusal: `email-invalid` on `email`.
    """
    written, domain, address = _address(text)
    local, domain = written.lower(), domain.lower()
    provider = PROVIDERS.get(domain)
    canonical = f"{local}@{domain}" if provider is None else f"{_folded(local, provider)}@{provider.name}"
    return address, canonical


def _folded(local: str, provider: Provider) -> str:
    base, alike = local.split("+")[0], provider.alike or {}
    kept = "".join(alike.get(sign, sign) for sign in base if sign not in provider.ignored)
    return kept or local


def _address(text: str) -> tuple[str, str, str]:
    """The part before the @, the domain in ASCII, and the address that mail is sent to."""
    text = text.strip()
    if len(text) > MAX_LENGTH:
        raise Refusal("email-invalid", field="email")
    local, _, domain = text.rpartition("@")
    if PLAIN_LOCAL.fullmatch(local) and (known := _plain_domain(domain)):
        return local, known, f"{local}@{known}"
    found = _validated(text)
    return found.local_part, found.ascii_domain or "", found.ascii_email or ""


@lru_cache(maxsize=4096)
def _plain_domain(domain: str) -> str:
    """The domain as the library spells it, asked once; empty for one that it does not take or that is not ASCII."""
    if not domain.isascii():
        return ""
    try:
        return _validated(f"a@{domain}").ascii_domain or ""
    except Refusal:
        return ""


def _validated(text: str) -> ValidatedEmail:
    try:
        # `test_environment` lets the reserved test domains through (RFC 2606): they reach nobody.
        return validate_email(text, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except (EmailNotValidError, ValueError) as error:
        raise Refusal("email-invalid", field="email") from error
