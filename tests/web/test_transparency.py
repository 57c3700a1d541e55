"""The table of moderation by month: public, and equal to a recount in SQL."""

import csv
import io
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text as sql

from core.switches import Switch, turn
from core.work import SYSTEM, reading, work
from petitions.domain.moderation import Verdict
from petitions.services.screening import decide
from petitions.services.takedowns import put_back
from petitions.web.transparency import MEASURES
from tests.conftest import Clock
from tests.factories import a_moderator
from tests.web.test_appeals import Case, appeal, rule
from tests.web.test_moderation import text
from tests.web.test_reports import WHY, report
from tests.writing import REASON, in_screening, moderator, version_of

# The instance is five hours ahead of UTC, and so a month of its own begins five hours earlier.
LOCAL = "strftime('%Y-%m', datetime({column}, '+5 hours'))"
RECOUNTS = {
    "received": ("select min(at) as at from journal where event = 'submitted' group by petition_id", "at"),
    "published": ("select at from journal where event = 'published'", "at"),
    "returned": ("select decided_at as at from decisions where kind = 'return'", "at"),
    "refused": ("select decided_at as at from decisions where kind = 'refuse'", "at"),
    "takedowns": ("select decided_at as at from decisions where kind = 'take_down'", "at"),
    "appeals": ("select filed_at as at from appeals", "at"),
    "appeals_upheld": ("select decided_at as at from appeals where outcome = 'upheld'", "at"),
    "appeals_restored": ("select decided_at as at from appeals where outcome = 'restored'", "at"),
    "appeals_silence": ("select decided_at as at from appeals where outcome = 'silence'", "at"),
    "reports": ("select filed_at as at from reports", "at"),
    "restores": ("select restored_at as at from takedowns where restored_at is not null", "at"),
    "updates": ("select published_at as at from author_updates", "at"),
    "updates_taken_down": ("select at from author_update_acts where act = 'hide'", "at"),
    "updates_restored": ("select at from author_update_acts where act = 'restore'", "at"),
}


def table(client: FlaskClient) -> list[dict[str, str]]:
    answer = client.get("/transparency.csv")
    assert answer.status_code == 200 and answer.mimetype == "text/csv" and "Set-Cookie" not in answer.headers
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def make(number: int, account: int, verdict: Verdict, ground: str = "") -> None:
    version = version_of(number)
    with work(moderator(account)) as w:
        decide(
            w, number, version, verdict, reason="" if verdict is Verdict.PUBLISH else REASON, ground=ground
        )


def some_months(app: Flask, clock: Clock) -> None:
    """Two months with every kind of act in them; one falls in the hours between the months of UTC and the instance."""
    one = a_moderator()
    shown, _author = in_screening()
    back, _author = in_screening()
    clock.now += timedelta(days=2)
    make(shown, one, Verdict.PUBLISH)
    make(back, one, Verdict.RETURN)
    stands, opened = Case(), Case("order-morals-honour", "b@mail.example")
    assert appeal(app, stands) == appeal(app, opened) == 303
    rule(app, stands, "upheld")
    clock.now = clock.now.replace(month=11, day=30, hour=20)
    rule(app, opened, "restored")
    clock.now += timedelta(days=9)
    assert report(app, shown) == 303
    make(shown, one, Verdict.TAKE_DOWN, "duplicate")
    version = version_of(shown)
    with work(moderator(one)) as w:
        put_back(w, shown, version, WHY)


@pytest.fixture
def counted(app: Flask, clock: Clock, client: FlaskClient) -> list[dict[str, str]]:
    some_months(app, clock)
    return table(client)


def test_the_table_is_equal_to_a_recount_in_sql(app: Flask, counted: list[dict[str, str]]) -> None:
    told = {
        (row["month"], row["measure"]): int(row["value"]) for row in counted if row["measure"] in MEASURES
    }
    found: Counter[tuple[str, str]] = Counter()
    with reading() as w:
        for measure, (inner, column) in RECOUNTS.items():
            month = LOCAL.format(column=column)
            query = sql(f"select {month}, count(*) from ({inner}) group by 1")
            found.update({(at, measure): n for at, n in w.session.execute(query)})
    assert set(RECOUNTS) == set(MEASURES)
    assert {key: n for key, n in told.items() if n} == dict(found)
    assert told["2026-12", "appeals_restored"] == 1 and told["2026-12", "restores"] == 1
    assert sum(n for (_month, measure), n in told.items() if measure == "received") == 4


def test_grounds_and_the_length_of_the_check_are_there(app: Flask, counted: list[dict[str, str]]) -> None:
    grounds = {(row["measure"], row["ground"]): row["value"] for row in counted if row["ground"]}
    assert grounds == {
        ("refused_on_ground", "duplicate"): "1",
        ("refused_on_ground", "order-morals-honour"): "1",
        ("takedowns_on_ground", "duplicate"): "1",
    }
    checks = {row["measure"]: row["value"] for row in counted if row["month"] == "2026-11"}
    assert (checks["checks_finished"], checks["check_median_working_days"]) == ("4", "1.0")


def test_the_page_is_public_and_names_nobody(app: Flask, client: FlaskClient, clock: Clock) -> None:
    assert "Nothing has happened yet." in text(client.get("/transparency?lang=en"))
    some_months(app, clock)
    answer = client.get("/transparency?lang=en")
    page = text(answer)
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    assert "November 2026" in page and "December 2026" in page and "already in an open petition" in page
    assert "/transparency.csv" in page and "/privacy/handover" in page
    assert "Айгүл" not in page and WHY not in page and REASON not in page
    assert 'href="/transparency' in text(client.get("/petitions?lang=en"))


def test_turns_of_the_switches_are_public(app: Flask, client: FlaskClient, clock: Clock) -> None:
    assert "None was used" in text(client.get("/transparency?lang=en"))
    with work(SYSTEM) as w:
        turn(w, Switch.NO_SIGNING, True)
    page = text(client.get("/transparency?lang=en"))
    assert "On now" in page and "switched on" in page
    clock.now += timedelta(hours=2)
    with work(SYSTEM) as w:
        turn(w, Switch.NO_SIGNING, False)
    page = text(client.get("/transparency?lang=en"))
    assert "No switch is on now." in page and page.index("switched off") < page.index("switched on")
