"""When keys are due: each end of a case, its limit, and what is not over yet."""

from datetime import UTC, datetime, timedelta

import pytest

from petitions.domain.keeping import Kept
from petitions.domain.lifecycle import State
from petitions.domain.retention import CaseDates, _due, contact_due, end_of_signing, identity_due, promise_due

START = datetime(2026, 1, 31, 5, tzinfo=UTC)
LIMIT = datetime(2027, 10, 31, 5, tzinfo=UTC)


def day(n: int) -> datetime:
    return START + timedelta(days=n)


CASES = {
    "collecting": (CaseDates(State.COLLECTING, START, day(90)), LIMIT, LIMIT),
    "held by a stop": (CaseDates(State.UNDER_REVIEW, START, None, handed_over_at=day(5)), LIMIT, LIMIT),
    "no answer": (
        CaseDates(State.UNDER_REVIEW, START, day(28), handed_over_at=day(5)),
        LIMIT,
        datetime(2026, 3, 28, 5, tzinfo=UTC),
    ),
    "answered before closing": (
        CaseDates(State.ANSWERED, START, day(90), handed_over_at=day(10), answered_at=day(28)),
        day(58),
        datetime(2026, 3, 28, 5, tzinfo=UTC),
    ),
    "answered late": (
        CaseDates(State.ANSWERED, START, day(28), handed_over_at=day(59), answered_at=day(200)),
        day(230),
        datetime(2026, 4, 30, 5, tzinfo=UTC),
    ),
    "answered very late": (
        CaseDates(State.ANSWERED, START, day(28), handed_over_at=day(30), answered_at=day(630)),
        LIMIT,
        datetime(2026, 4, 2, 5, tzinfo=UTC),
    ),
    "lapsed": (
        CaseDates(State.LAPSED, START, day(28), ended_at=day(30)),
        day(58),
        datetime(2026, 3, 28, 5, tzinfo=UTC),
    ),
    "lapsed, reply owed": (
        CaseDates(State.LAPSED, START, day(28), ended_at=day(30), reply_owed=True),
        LIMIT,
        datetime(2026, 3, 28, 5, tzinfo=UTC),
    ),
    "lapsed, replied": (
        CaseDates(State.LAPSED, START, day(28), ended_at=day(30), reply_owed=True, replied_at=day(50)),
        day(80),
        datetime(2026, 3, 28, 5, tzinfo=UTC),
    ),
    "start-up failed": (
        CaseDates(State.LAPSED, START, ended_at=day(28)),
        day(58),
        datetime(2026, 3, 28, 5, tzinfo=UTC),
    ),
    "withdrawn": (
        CaseDates(State.WITHDRAWN, START, day(90), ended_at=day(28)),
        day(58),
        datetime(2026, 3, 28, 5, tzinfo=UTC),
    ),
    "taken down after its window": (
        CaseDates(State.TAKEN_DOWN, START, day(28), ended_at=day(100)),
        day(130),
        datetime(2026, 3, 28, 5, tzinfo=UTC),
    ),
    "without any end": (CaseDates(State.REFUSED, START), LIMIT, LIMIT),
}


@pytest.mark.parametrize("name", CASES)
def test_keys_are_due(name: str) -> None:
    case, contact, identity = CASES[name]
    assert contact_due(case) == contact
    assert identity_due(case) == identity
    assert promise_due(case) is None


@pytest.mark.parametrize(
    ("promised", "due"),
    [(100, 130), (20, 58), (900, None)],
    ids=["after the answer's term", "before it", "beyond the limit"],
)
def test_a_promise_keeps_the_contacts_of_those_who_wait_for_news(promised: int, due: int | None) -> None:
    case = CaseDates(State.ANSWERED, START, day(20), None, day(10), day(28), promise_at=day(promised))
    assert promise_due(case) == (LIMIT if due is None else day(due))
    assert contact_due(case) == day(58)
    assert promise_due(CaseDates(State.UNDER_REVIEW, START, promise_at=day(1))) is None


def test_signing_ends_with_the_answer_or_the_window() -> None:
    assert end_of_signing(CaseDates(State.ANSWERED, START, None, answered_at=day(3))) == day(3)
    assert end_of_signing(CaseDates(State.COLLECTING, START)) is None


def test_a_class_without_a_limit_is_no_class_of_keys() -> None:
    with pytest.raises(ValueError, match="audit"):
        _due(Kept.AUDIT, CaseDates(State.DRAFT, START), None)
