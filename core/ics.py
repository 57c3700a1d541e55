"""Calendars as files (RFC 5545): events of whole days, folded and escaped; whole days need no time zone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LINE = 75
PRODUCT = "-//Dauys//Deadlines//EN"


@dataclass(frozen=True, slots=True)
class DayEvent:
    """Something on one whole day. `uid` stays the same when the day moves; each move raises `sequence`."""

    uid: str
    day: date
    title: str
    text: str
    link: str
    changed_at: datetime
    cancelled: bool = False
    sequence: int = 0


def calendar_file(name: str, events: Iterable[DayEvent]) -> bytes:
    """A calendar with its name, as bytes in UTF-8."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{escaped(name)}")
    for event in events:
        lines += _event(event)
    lines.append("END:VCALENDAR")
    return "".join(folded(line) for line in lines).encode()


def escaped(text: str) -> str:
    """A text as a value: backslash, semicolon, comma and line ends are marked (RFC 5545, 3.3.11)."""
    marked = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return marked.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def folded(line: str) -> str:
    """A line of at most 75 octets; what follows begins with a space, and no letter is cut (RFC 5545, 3.1)."""
    parts, rest = [""], LINE
    for sign in line:
        size = len(sign.encode())
        if size > rest:
            parts.append(" ")
            rest = LINE - 1
        parts[-1] += sign
        rest -= size
    return "".join(f"{part}\r\n" for part in parts)


def _event(event: DayEvent) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTAMP:{event.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(event.title)}",
        f"DESCRIPTION:{escaped(event.text)}",
        f"URL:{event.link}",
        "TRANSP:TRANSPARENT",
        f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}",
        "END:VEVENT",
    ]
