"""Mailboxes: whether an address is one, and which spellings of it reach the same person."""

from collections.abc import Mapping
from dataclasses import dataclass

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from core.refusal import Refusal

MAX_LENGTH = 254


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
    return _address(text).ascii_email or ""


def canonical_mailbox(text: str) -> str:
    """One spelling for all addresses of one mailbox: case, and dots and plus where the provider ignores them.

    Refusal: `email-invalid` on `email`.
    """
    address = _address(text)
    local, domain = address.local_part.lower(), (address.ascii_domain or "").lower()
    provider = PROVIDERS.get(domain)
    if provider is None:
        return f"{local}@{domain}"
    return f"{_folded(local, provider)}@{provider.name}"


def _folded(local: str, provider: Provider) -> str:
    base, alike = local.split("+")[0], provider.alike or {}
    kept = "".join(alike.get(sign, sign) for sign in base if sign not in provider.ignored)
    return kept or local


def _address(text: str) -> ValidatedEmail:
    if len(text) > MAX_LENGTH:
        raise Refusal("email-invalid", field="email")
    try:
        # `test_environment` lets the reserved test domains through (RFC 2606): they reach nobody.
        return validate_email(
            text.strip(), check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except (EmailNotValidError, ValueError) as error:
        raise Refusal("email-invalid", field="email") from error
