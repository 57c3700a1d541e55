"""S3: each unsafe route without its token, with a wrong one and with another browser's: 400, and nothing is lost."""

import pytest
from flask import Flask

from tests.security.walk import Forms, Line, Walker, address, matrix, rules
from tests.security.world import ROLES, World

pytestmark = pytest.mark.xdist_group("walk")
MARK = "Қайтып келетін сөз"
# Routes that only take a POST, and the address below the same site on which their form stands.
STANDS_ON = {
    "/admin/<any(areas,authorities):name>/confirm": "/admin/areas",
    "/admin/contact-reads/<id:read_id>/file": "/admin/contact-reads",
    "/admin/contact-reads/<id:read_id>/open": "/admin/contact-reads",
    "/admin/retention/holds/<id:hold_id>/lift": "/admin/retention",
    "/admin/stops/<id:stop_id>/confirm": "/admin/stops/{stop}",
    "/admin/stops/<id:stop_id>/reject": "/admin/stops/{stop}",
    "/moderation/<id:petition_id>/decide": "/moderation/{screening}",
    "/moderation/<id:petition_id>/preview": "/moderation/{screening}",
    "/moderation/updates/<id:update_id>/leave": "/moderation/updates/{update}",
    "/account/sign-out": "/account/",
}
# What these routes do not accept comes back as the form before: the choice of a file, and the decision.
COMES_BACK_TO = {
    "/admin/<any(areas,authorities):name>/confirm": "/admin/areas",
    "/moderation/<id:petition_id>/decide": "/moderation/{screening}/preview",
}
# Where the author is let in and only sent on, because the act is the co-author's.
SENDER = {
    "/petitions/<id:petition_id>/leave": "co_author",
    "/petitions/<id:petition_id>/propose": "co_author",
}
# A draft that a script keeps while one types has no page of its own: its answer is read by the script alone.
WITHOUT_A_PAGE = {"/petitions/<id:petition_id>/keep/<step>"}
# Their answer hangs on a second step that is owed: tests/web/test_second_factor.py has them.
AT_THE_SECOND_STEP = {"/account/factor", "/account/factor/enrol"}


def _lines() -> list[Line]:
    return [line for line in matrix() if line.csrf == "form" and line.path not in AT_THE_SECOND_STEP]


def _at(places: dict[str, str], line: Line, url: str, world: World) -> str:
    where = places.get(line.path, url)
    stop = world.names["stops.one"]["stop_id"]
    update = world.names["moderation_updates.one"]["update_id"]
    return where.format(stop=stop, screening=world.petitions["screening"], update=update)


def _whose(line: Line) -> str:
    """The role that sends the form: nobody for the sign-in, which others do not see."""
    if line.path in SENDER:
        return SENDER[line.path]
    if line.path == "/account/sign-in":
        return "anonymous"
    order = [*ROLES[1:], "anonymous"]
    if line.path == "/petitions/new":
        order.remove("citizen")  # who is no author yet is led to another page first
    return next(role for role in order if line.cells[role] == "yes")


@pytest.mark.parametrize("line", _lines(), ids=lambda line: line.path)
def test_the_form_comes_back_with_what_was_typed(
    line: Line, site: Flask, world: World, walker: Walker
) -> None:
    rule = next(rule for method, rule in rules(site) if (method, rule.rule) == line.key)
    url, role = address(site, world, rule, line.object), _whose(line)
    shown = Forms()
    shown.feed(walker.send(role, "GET", _at(STANDS_ON, line, url, world))[0].text)
    fields, texts = shown.sent_to(url)
    back = _at(COMES_BACK_TO, line, url, world)
    stranger, _cookie = walker.token("anonymous" if role != "anonymous" else "citizen")
    for token in ({}, {"csrf_token": "wrong"}, {"csrf_token": stranger}):
        data = {n: v for n, v in fields.items() if n != "csrf_token"} | dict.fromkeys(texts, MARK) | token
        answer, changed = walker.send(role, line.method, url, data=data)
        assert (answer.status_code, changed) == (400, False)
        if line.path in WITHOUT_A_PAGE:
            continue
        again = Forms()
        again.feed(answer.text)
        given, _texts = again.sent_to(back)
        assert given.get("csrf_token") not in {None, "", "wrong", stranger}
        assert all(MARK in answer.text for _name in texts)
        assert set(texts) <= set(given), "the same form"
