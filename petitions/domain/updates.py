"""What an author may write to those who follow a petition: how long, and how often."""

from datetime import datetime, timedelta

from core.refusal import Refusal

TITLE_LEAST, TITLE_MOST = 5, 120
TEXT_LEAST, TEXT_MOST = 20, 5_000
WHY_LEAST, WHY_MOST = 5, 300
# Each update is a mail to everybody who follows: no more than one a week, and not without end.
EVERY = timedelta(days=7)
MOST = 24


def require_words(title: str, markdown: str) -> None:
    """Refusals: `update-title` on `title`; `update-short` and `update-long` on `text`."""
    if not TITLE_LEAST <= len(title) <= TITLE_MOST:
        raise Refusal("update-title", field="title", least=TITLE_LEAST, most=TITLE_MOST)
    if len(markdown) < TEXT_LEAST:
        raise Refusal("update-short", field="text", least=TEXT_LEAST)
    if len(markdown) > TEXT_MOST:
        raise Refusal("update-long", field="text", most=TEXT_MOST)


def next_at(written: int, last: datetime | None) -> datetime | None:
    """From when the next update may go out; None where one may go out at once, or none ever again."""
    return None if last is None or written >= MOST else last + EVERY


def require_room(written: int, last: datetime | None, now: datetime) -> None:
    """Refusals: `updates-too-many` after the last one that a petition may have, `update-too-soon` within a week."""
    if written >= MOST:
        raise Refusal("updates-too-many", most=MOST)
    opens = next_at(written, last)
    if opens is not None and now < opens:
        raise Refusal("update-too-soon", moment=opens)
