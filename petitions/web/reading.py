"""Public reading pages: the front page, the list of petitions, and the page of one petition."""

from functools import partial
from typing import Any

from flask import Blueprint, Response, request

from authorities import queries as register
from core.access import public
from core.i18n import _, lazy, url
from core.refusal import Refusal
from core.refusals import refusal_text
from core.web import page
from core.work import Work, reading
from petitions.domain.lifecycle import State
from petitions.queries import rules
from petitions.queries.listing import Filters, Order, Page, Shown, highlights, how_many, petition_page
from petitions.queries.petitions import PetitionCard, last_decision, listed_petition
from petitions.queries.search import LONGEST_QUERY, says_nothing
from petitions.queries.stems import terms
from petitions.web.reading_facts import gone_facts, petition_facts
from petitions.web.reading_words import tier_words

PER_PAGE = 24
ON_FRONT_PAGE = 3
NARROWING = ("q", "state", "tier", "area", "authority")
bp = Blueprint("petitions", __name__)

STATES = {
    Shown.COLLECTING: lazy("Collecting signatures"),
    Shown.WAITING: lazy("Waiting for an answer"),
    Shown.OVERDUE: lazy("Answer overdue"),
    Shown.ANSWERED: lazy("Answered"),
    Shown.CLOSED: lazy("Closed without an answer: below the threshold, or withdrawn"),
    Shown.REFUSED: lazy("Not accepted"),
}
ORDERS = {
    Order.RELEVANCE: (
        lazy("What fits best"),
        lazy(
            "Petitions with your words in the title come first, then those with them in the name of author, addressee "
            "or place, then in the text; among equals the newest."
        ),
    ),
    Order.CLOSING: (
        lazy("Closing soon"),
        lazy("Petitions that can still be signed come first, those that close soonest at the top."),
    ),
    Order.NEWEST: (lazy("Newest"), lazy("Petitions that were published last come first.")),
    Order.ANSWERED: (
        lazy("Recently answered"),
        lazy("Petitions that were answered last come first, then those without an answer."),
    ),
}
PAGES = {
    State.REFUSED: "petitions/refused.html",
    State.LAPSED: "petitions/lapsed.html",
    State.WITHDRAWN: "petitions/withdrawn.html",
}


@public
def home() -> Response:
    """What is close to its threshold, what is overdue, the newest answers, and how to start."""
    with reading() as w:
        shown = highlights(w, ON_FRONT_PAGE)
    return page("home.html", shown=shown, words=STATES)


@bp.get("/petitions")
@public
def index() -> Response:
    """The list with its search, filters and orders; what cannot be read is said and left out."""
    with reading() as w:
        choices = _choices(w)
        filters, order, problems = _asked(choices)
        found = _page_of(w, filters, order, problems)
        total = how_many(w, filters, found.search)
        sought = _sought(w, found, filters)
    facts = {"filters": filters, "order": order, "problems": problems, "choices": choices, "total": total}
    facts |= sought | _links(found, filters)
    return page("petitions/index.html", items=found.items, orders=ORDERS, **facts)


@bp.get("/petitions/<id:petition_id>")
@public
def show(petition_id: int) -> Response:
    """One petition with its count, its clock, its text and its answer."""
    with reading() as w:
        try:
            view = listed_petition(w, petition_id)
        except Refusal as error:
            if error.code != "gone":
                raise
            decision = last_decision(w, petition_id)
            return page("petitions/gone.html", status=410, **gone_facts(w, petition_id, decision))
        facts = petition_facts(w, view)
    return page(PAGES.get(view.card.state, "petitions/show.html"), **facts)


def _page_of(w: Work, filters: Filters, order: Order, problems: dict[str, str]) -> Page[PetitionCard]:
    """The page that the cursor names, or the first one where the cursor cannot be read."""
    try:
        return petition_page(w, filters, order, request.args.get("cursor", ""), PER_PAGE)
    except Refusal as error:
        problems["cursor"] = refusal_text(error)
        return petition_page(w, filters, order, "", PER_PAGE)


def _links(found: Page[PetitionCard], filters: Filters) -> dict[str, Any]:
    """Where the list leads: the pages after it and before it, the same list as data."""
    return {
        "next_url": _list_url(cursor=found.next) if found.next else None,
        "first_url": _list_url() if "cursor" in request.args else None,
        "data_url": partial(url, "api.petitions", **_narrowing(filters)),
        "feed_url": url("feeds.petitions", **_narrowing(filters)),
        "narrowed": any((filters.q, filters.state, filters.tier, filters.area, filters.authority)),
    }


def _choices(w: Work) -> dict[str, Any]:
    """What each filter can be set to: pairs of code and words, areas in groups."""
    tiers = [(tier.id, tier_words(tier)) for tier in rules.instance_rulebook(w).rulebook.tiers]
    bodies = [(body.code, body.name) for body in register.authorities(w)]
    return {
        "state": [(shown.value, words) for shown, words in STATES.items()],
        "tier": tiers,
        "area": register.area_choices(w),
        "authority": bodies,
        "order": [(o.value, words) for o, (words, _why) in ORDERS.items() if o in _orders()],
    }


def _asked(choices: dict[str, Any]) -> tuple[Filters, Order, dict[str, str]]:
    """The filters and the order of the address, and a message for each value that means nothing here."""
    problems: dict[str, str] = {}
    q = request.args.get("q", "").strip()
    if says_nothing(q):
        problems["q"] = _("Type a word or a number: there is nothing to look for in what you typed.")
    elif len(q) > LONGEST_QUERY:
        problems["q"] = _("Only the first %(n)s characters were looked for.", n=LONGEST_QUERY)
    known = {
        "state": {value.value for value in Shown},
        "tier": {code for code, _words in choices["tier"]},
        "area": {code for options in choices["area"].values() for code, _name in options},
        "authority": {code for code, _name in choices["authority"]},
        "order": {code for code, _words in choices["order"]},
    }
    given = {name: _known(name, values, problems) for name, values in known.items()}
    state = Shown(given["state"]) if given["state"] else None
    filters = Filters(state, given["tier"], given["area"], given["authority"], q[:LONGEST_QUERY])
    return filters, Order(given["order"] or _orders()[0]), problems


def _orders() -> tuple[Order, ...]:
    """The orders that make sense now, the default one first; what fits best can only be said of a search."""
    searched = bool(terms(request.args.get("q", "")[:LONGEST_QUERY]))
    return tuple(Order) if searched else tuple(order for order in Order if order is not Order.RELEVANCE)


def _sought(w: Work, found: Page[PetitionCard], filters: Filters) -> dict[str, Any]:
    """How the words were read: what was meant by mistyped ones, and what the same words find without the filters."""
    search = found.search
    if search is None:
        return {"search": None, "meant_url": None, "elsewhere": 0, "everywhere_url": None}
    meant = " ".join(search.mended.get(word.typed, word.typed) for word in search.words)
    return {
        "search": search,
        "meant_url": url("petitions.index", q=meant) if search.mended else None,
        "elsewhere": 0 if found.items else how_many(w, Filters(q=filters.q), search),
        "everywhere_url": url("petitions.index", q=filters.q),
    }


def _known(name: str, values: set[str], problems: dict[str, str]) -> str:
    value = request.args.get(name, "").strip()
    if value and value not in values:
        problems[name] = _("There is no such choice here, so it was left out.")
        return ""
    return value


def _list_url(**more: str) -> str:
    """The address of the list with what it is narrowed to now."""
    return url("petitions.index", **_kept((*NARROWING, "order")), **more)


def _narrowing(filters: Filters) -> dict[str, str]:
    """What the list is narrowed to, as its data take it: only what means something."""
    return {name: str(value) for name in NARROWING if (value := getattr(filters, name))}


def _kept(names: tuple[str, ...]) -> dict[str, str]:
    return {name: request.args[name] for name in names if request.args.get(name)}
