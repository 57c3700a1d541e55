"""S6: machines are slowed down, towns behind one address are not, and who is limited sees what everybody sees."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits import parse
from sqlalchemy import func, select

from auth.mailbox import canonical_mailbox
from core.contacts import PER_DAY, PER_HOUR, ContactMail
from core.limits import daily_key, limiter, network_key, noted
from core.work import reading
from petitions.services.abuse import FROM_ONE_NETWORK, TO_ONE_PETITION
from tests.accounts import submit
from tests.conftest import Clock
from tests.factories import a_petition
from tests.signing import rows, sign
from tests.signing_pages import FORM, csrf, mails, page_of

CARRIER = {"REMOTE_ADDR": "192.0.2.77"}


@pytest.fixture(autouse=True)
def limits(app: Flask) -> Iterator[None]:
    """Limits count, from nothing."""
    app.config["RATELIMIT_ENABLED"] = True
    limiter.reset()
    yield
    app.config["RATELIMIT_ENABLED"] = False


class Browser:
    """One browser that sends the form of a petition again and again."""

    def __init__(self, client: FlaskClient, petition_id: int, address: str = "192.0.2.77") -> None:
        self.client, self.page = client, page_of(petition_id)
        self.where = {"REMOTE_ADDR": address}
        self.token = csrf(client.get(self.page, environ_base=self.where).text)

    def send(self, email: str, **changes: str) -> tuple[int, str, int]:
        """Status, where it leads and length of the answer."""
        fields = {**FORM, "email": email, "csrf_token": self.token} | changes
        answer = self.client.post(self.page, data=fields, environ_base=self.where)
        return answer.status_code, answer.location, len(answer.data)


def _test(rule: str, purpose: str, n: int, key: str) -> None:
    """Use a limit up, as `n` earlier requests would have."""
    limiter.limiter.hit(parse(rule), purpose, key, cost=n)


def _used(app: Flask, rules: tuple[str, ...], purpose: str, per: str, left: int) -> None:
    with app.test_request_context(environ_base=CARRIER):
        key = daily_key(CARRIER["REMOTE_ADDR"])
    (rule,) = [rule for rule in rules if rule.endswith(per)]
    _test(rule, purpose, int(rule.split()[0]) - left, key)


@pytest.mark.parametrize(("per", "people"), [("minute", 120), ("hour", 300)])
def test_the_limits_let_a_town_behind_one_address_through(per: str, people: int) -> None:
    for rules in (FROM_ONE_NETWORK, TO_ONE_PETITION):
        (rule,) = [rule for rule in rules if rule.endswith(per)]
        assert int(rule.split()[0]) > people


def test_a_hundred_and_twenty_people_behind_one_address_sign_within_a_minute(
    app: Flask, client: FlaskClient
) -> None:
    petition_id = a_petition()
    browser = Browser(client, petition_id)
    answers = {browser.send(f"person{n}@mail.example") for n in range(120)}
    assert len(answers) == 1 and next(iter(answers))[0] == 303
    assert len(rows(petition_id)) == 120
    assert (noted("entries"), noted("held")) == (120, 0)


@pytest.mark.parametrize("rules", [FROM_ONE_NETWORK, TO_ONE_PETITION])
@pytest.mark.parametrize("per", ["minute", "hour"])
def test_a_machine_is_held_back_and_sees_what_everybody_sees(
    app: Flask, client: FlaskClient, rules: tuple[str, ...], per: str
) -> None:
    petition_id = a_petition()
    purpose = "entries" if rules is FROM_ONE_NETWORK else f"entries|{petition_id}"
    browser, other = Browser(client, petition_id), Browser(app.test_client(), petition_id, "192.0.2.78")
    _used(app, rules, purpose, per, left=1)
    taken, held = browser.send("first@mail.example"), browser.send("second@mail.example")
    assert taken == held and taken[0] == 303
    assert [len(rows(petition_id)), noted("held")] == [1, 1]
    assert browser.send("no mailbox")[0] == 422, "what is held is checked like everything"
    assert other.send("third@mail.example") == taken
    assert len(rows(petition_id)) == 2 and len(mails(app)) == 2
    figures = client.get("/metrics").text
    assert 'dauys_entries_today{kind="held"} 1.0' in figures
    assert "192.0.2" not in figures and "mail.example" not in figures


def test_what_is_held_uses_nothing_up(app: Flask, client: FlaskClient) -> None:
    petition_id = a_petition()
    browser, other = Browser(client, petition_id), Browser(client, a_petition())
    _used(app, TO_ONE_PETITION, f"entries|{petition_id}", "minute", left=0)
    for n in range(3):
        browser.send(f"held{n}@mail.example")
    other.send("taken@mail.example")
    with app.test_request_context(environ_base=CARRIER):
        key = network_key()
    hour = parse(TO_ONE_PETITION[1])
    assert limiter.limiter.test(hour, f"entries|{petition_id}", key, cost=hour.amount), (
        "a minute costs no hour"
    )
    of_site = parse(FROM_ONE_NETWORK[1])
    assert limiter.limiter.get_window_stats(of_site, "entries", key).remaining == of_site.amount - 4
    assert (noted("entries"), noted("held")) == (4, 3)


def test_an_entry_that_is_held_leaves_the_last_link_good(app: Flask, client: FlaskClient) -> None:
    petition_id = a_petition()
    browser = Browser(client, petition_id)
    browser.send("first@mail.example")
    before = rows(petition_id)[0].entry
    _used(app, FROM_ONE_NETWORK, "entries", "hour", left=0)
    browser.send("first@mail.example", full_name="Басқа Сынақұлы")
    assert rows(petition_id)[0].entry == before


def _claims() -> int:
    with reading() as w:
        return w.session.scalar(select(func.count()).select_from(ContactMail)) or 0


def test_one_mailbox_gets_three_mails_an_hour_whatever_form_it_is_typed_into(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    petition_id, mailbox = a_petition(), "ainur.synaq@gmail.com"
    spellings = ("Ainur.Synaq@gmail.com", "ainursynaq+1@googlemail.com", "a.i.nursynaq@gmail.com")
    start, total = clock.now, 0
    for hour in range(26):
        clock.now = start + timedelta(hours=hour, seconds=hour)
        for spelling in spellings:
            sign(petition_id, spelling)
        submit(client, "/account/register", email=mailbox, password="seven quiet rivers of glass")
        submit(client, "/account/reset", email=spellings[0])
        submit(client, "/my-data", email=mailbox, kind="see")
        sent = len(mails(app))
        assert sent - total <= PER_HOUR
        total = sent
        if hour == 23:
            # A mail that a later one has overtaken is dropped when it is due, so that fewer may have gone out.
            assert 0 < total <= PER_DAY and _claims() == PER_DAY


def test_whoever_asks_the_api_too_often_is_told_when_to_come_back(client: FlaskClient) -> None:
    statuses = set()
    for _n in range(601):
        answer = client.get("/api/v1/petitions?cursor=none", environ_base=CARRIER)
        statuses.add(answer.status_code)
    assert statuses == {400, 429}
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    assert answer.mimetype == "application/problem+json"


def test_an_ipv6_network_is_one_reader(app: Flask, client: FlaskClient) -> None:
    petition_id = a_petition()
    near, far = (Browser(client, petition_id, a) for a in ("2001:db8::1", "2001:db8:0:1::1"))
    with app.test_request_context(environ_base={"REMOTE_ADDR": "2001:db8::99"}):
        key = network_key()
    _test(FROM_ONE_NETWORK[0], "entries", 240, key)
    near.send("near@mail.example")
    far.send("far@mail.example")
    assert len(rows(petition_id)) == 1


def test_a_throw_away_mailbox_is_a_figure_and_no_obstacle(app: Flask, client: FlaskClient) -> None:
    petition_id = a_petition()
    browser = Browser(client, petition_id)
    answers = {browser.send("a.person@mailinator.com"), browser.send("b.person@mail.example")}
    assert len(answers) == 1
    assert len(rows(petition_id)) == 2
    assert noted("disposable") == 1


def test_spellings_of_one_mailbox_are_one() -> None:
    same = ("A.b.C@gmail.com", "abc+news@googlemail.com", "abc@gmail.com")
    assert {canonical_mailbox(text) for text in same} == {"abc@gmail.com"}
    assert canonical_mailbox("a.b@mail.ru") != canonical_mailbox("ab@mail.ru")
