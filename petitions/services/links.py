"""Addresses that officers give: only ordinary web addresses may stand on a public page."""

from urllib.parse import urlsplit

from core.refusal import Refusal

LONGEST_LINK = 500


def require_link(link: str, field: str) -> None:
    """Refusal `link-faulty` on `field` unless the address is empty or one of the web."""
    if link and not _is_web(link):
        raise Refusal("link-faulty", field=field)


def _is_web(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    clean = len(link) <= LONGEST_LINK and not any(sign.isspace() for sign in link)
    return clean and parts.scheme in {"http", "https"} and "." in (parts.hostname or "")
