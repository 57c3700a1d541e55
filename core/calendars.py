"""Calendar files with events of an hour: moments in UTC, so that no program can mistake the zone (RFC 5545)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from core.ics import PRODUCT, escaped, folded
from core.work import kernel


@dataclass(frozen=True, slots=True)
class Entry:
    """One event; `uid` names it for good within this site, and each change of it raises its `sequence`."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str = ""
    text: str = ""
    link: str = ""
    cancelled: bool = False
    sequence: int = 0


def as_calendar(entries: Iterable[Entry], now: datetime) -> bytes:
    """The file with the events, in UTF-8."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for entry in entries:
        lines += _event(entry, now)
    lines.append("END:VCALENDAR")
    return "".join(folded(line) for line in lines).encode()


def _event(entry: Entry, now: datetime) -> list[str]:
    host = urlsplit(kernel().settings.base_url).hostname or "dauys"
    known = {
        "LOCATION": escaped(entry.place),
        "DESCRIPTION": escaped(entry.text),
        "URL": entry.link,
        "STATUS": "CANCELLED" if entry.cancelled else "CONFIRMED",
    }
    return [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}@{host}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTAMP:{_moment(now)}",
        f"DTSTART:{_moment(entry.starts_at)}",
        f"DTEND:{_moment(entry.ends_at)}",
        f"SUMMARY:{escaped(entry.title)}",
        *(f"{name}:{value}" for name, value in known.items() if value),
        "END:VEVENT",
    ]


def _moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"
