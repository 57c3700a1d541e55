"""The help pages: each is a template of its own in each language, with the numbers of the rulebook in force."""

from datetime import date

from flask import Blueprint, Response

from core.access import public
from core.i18n import language
from core.web import page
from core.work import kernel, reading
from petitions.queries import rules
from petitions.web.help_facts import help_facts

PAGES = ("sign", "easy", "write", "next", "authorities", "accessibility")
# The page for those who work with the data belongs to the open data; it stands in the same list.
MENU = ("sign", "easy", "write", "next", "authorities", "data", "accessibility")
# The day on which the statement on accessibility was last compared with the site.
REVIEWED = date(2026, 11, 22)
bp = Blueprint("help", __name__, url_prefix="/help")


@bp.get("/")
@public
def index() -> Response:
    """Every help page with one line about it."""
    return page("help/index.html", name="index", menu=MENU)


@bp.get(f"/<any({','.join(PAGES)}):name>")
@public
def show(name: str) -> Response:
    """One help page in the reader's language. 404 for a name that there is not."""
    with reading() as w:
        facts = help_facts(rules.instance_rulebook(w).rulebook)
    return page(
        f"help/{language()}/{name}.html",
        name=name,
        menu=MENU,
        f=facts,
        reviewed=REVIEWED,
        alone=kernel().settings.four_eyes == "off",
    )
