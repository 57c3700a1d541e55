"""How long an update may be, and how often one may go out; the quarters of a goal."""

from datetime import UTC, datetime, timedelta

import pytest

from core.refusal import Refusal
from petitions.domain.thresholds import quarters
from petitions.domain.updates import EVERY, MOST, next_at, require_room, require_words

NOW = datetime(2026, 12, 1, 6, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("title", "text", "code"),
    [
        ("Қадам", "ж" * 20, None),
        ("Адым", "ж" * 20, "update-title"),
        ("ж" * 121, "ж" * 20, "update-title"),
        ("ж" * 120, "ж" * 19, "update-short"),
        ("Қадам", "ж" * 5_000, None),
        ("Қадам", "ж" * 5_001, "update-long"),
    ],
)
def test_words_are_bounded(title: str, text: str, code: str | None) -> None:
    if code is None:
        require_words(title, text)
        return
    with pytest.raises(Refusal) as refused:
        require_words(title, text)
    assert refused.value.code == code


def test_one_update_a_week() -> None:
    require_room(0, None, NOW)
    assert next_at(0, None) is None and next_at(1, NOW) == NOW + EVERY
    require_room(1, NOW, NOW + EVERY)
    with pytest.raises(Refusal) as refused:
        require_room(1, NOW, NOW + EVERY - A_MINUTE)
    assert (refused.value.code, refused.value.facts) == ("update-too-soon", {"moment": NOW + EVERY})


def test_and_not_without_end() -> None:
    require_room(MOST - 1, NOW, NOW + EVERY)
    assert next_at(MOST, NOW) is None
    with pytest.raises(Refusal) as refused:
        require_room(MOST, NOW, NOW + 9 * EVERY)
    assert refused.value.code == "updates-too-many"


@pytest.mark.parametrize(
    ("counted", "threshold", "passed"),
    [
        (0, 50, ()),
        (12, 50, ()),
        (13, 50, (25,)),
        (25, 50, (25, 50)),
        (37, 50, (25, 50)),
        (38, 50, (25, 50, 75)),
        (400, 50, (25, 50, 75)),
        (1, 1, (25, 50, 75)),
    ],
)
def test_a_quarter_is_never_told_too_early(counted: int, threshold: int, passed: tuple[int, ...]) -> None:
    assert quarters(counted, threshold) == passed
