"""The rulebooks in words, and the calculator: an addressee in, thresholds and dates out, side by side."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, request
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from authorities import queries as register
from authorities.words import branch_word, kind_word
from core.access import public
from core.forms import Form, line_field
from core.i18n import _, lazy
from core.refusal import Refusal
from core.web import page
from core.work import Work, reading
from petitions.domain.thresholds import AreaFigures
from petitions.queries import rules
from petitions.queries.offers import Addressee, Offer, addressee_of, offers
from petitions.web.rules_facts import book_facts, comparison

BRANCHES = ("executive", "representative")
MOST_PEOPLE = 2_000_000_000
FIRST_START = date(2015, 1, 1)
# The longest way from a start to an answer must stay within what the calendars know.
LAST_START = date(2042, 12, 31)
bp = Blueprint("rules", __name__)


def whole_number(form: Form, field: Any) -> None:
    """The text is a whole number of people, or empty; spaces between its digits do not matter."""
    text = "".join((field.data or "").split())
    if text and not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_PEOPLE))):
        raise ValidationError(_("Write a whole number of people, with digits only."))
    if text and not 0 < int(text) <= MOST_PEOPLE:
        raise ValidationError(_("No place has so many people. Check the number."))


def sensible_day(form: Form, field: Any) -> None:
    """The text is a date for which the calendars know every day off, or empty."""
    if not field.data:
        return
    try:
        day = date.fromisoformat(field.data)
    except ValueError:
        raise ValidationError(_("Write the date as year-month-day, for example 2026-05-14.")) from None
    if not FIRST_START <= day <= LAST_START:
        facts = {"first": FIRST_START.year, "last": LAST_START.year}
        raise ValidationError(
            _("The calendar of days off is known for the years %(first)s to %(last)s.", **facts)
        )


class Calculator(Form):
    """Whom a petition would address and when it would begin; it only asks, so it needs no token."""

    class Meta(Form.Meta):
        """A form that only asks."""

        csrf = False

    authority = SelectField(lazy("Authority"), validate_choice=False)
    kind = SelectField(lazy("Kind of place"), validate_choice=False)
    branch = SelectField(lazy("Branch"), validate_choice=False)
    population = line_field(lazy("Residents"), whole_number, max_length=20)
    electorate = line_field(lazy("Voters"), whole_number, max_length=20)
    start = line_field(lazy("First day"), sensible_day, max_length=10)

    def offer_choices(self, w: Work) -> None:
        """Fill the lists: every body of the register, and every kind of place that a rulebook knows."""
        bodies = [SelectChoice(body.code, body.name) for body in register.authorities(w)]
        books = [loaded.rulebook for loaded in rules.shipped_rulebooks(w)]
        kinds = dict.fromkeys(kind for book in books for tier in book.tiers for kind in tier.area_kinds)
        self.authority.choices = [SelectChoice("", _("Choose, or describe it below")), *bodies]
        self.kind.choices = [SelectChoice("", "—"), *(SelectChoice(kind, kind_word(kind)) for kind in kinds)]
        self.branch.choices = [SelectChoice(branch, branch_word(branch)) for branch in BRANCHES]

    def validate_authority(self, field: SelectField) -> None:
        """Either a body of the list, or a kind of place."""
        field.data = field.data or ""
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(_("There is no such authority in the register."))
        if not field.data and not self.kind.data:
            raise ValidationError(_("Choose an authority, or a kind of place below."))

    def validate_kind(self, field: SelectField) -> None:
        """A kind of the list, or nothing."""
        field.data = field.data or ""
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(_("No rulebook knows such a place."))

    def validate_branch(self, field: SelectField) -> None:
        """A branch of the list."""
        if field.data not in BRANCHES:
            raise ValidationError(_("Choose a branch of the list."))

    def addressee(self, w: Work) -> Addressee | None:
        """The body of the register with its figures, or the place that was described."""
        body = register.authority(w, self.authority.data) if self.authority.data else None
        if body is not None:
            return addressee_of(w, body.area, body.branch)
        figures = AreaFigures("", population=_people(self.population), electorate=_people(self.electorate))
        return Addressee(self.kind.data, self.branch.data, figures)


@bp.get("/rules")
@public
def index() -> Response:
    """Every rulebook at hand, and the calculator."""
    return _page("rules/index.html", None)


@bp.get("/rules/<rulebook>")
@public
def show(rulebook: str) -> Response:
    """One rulebook in words, with the calculator. 404 for one that does not ship."""
    return _page("rules/show.html", rulebook)


def _page(template: str, rulebook: str | None) -> Response:
    with reading() as w:
        books = [loaded.rulebook for loaded in rules.shipped_rulebooks(w)]
        book = next((book for book in books if book.id == rulebook), None)
        if rulebook is not None and book is None:
            abort(404)
        form, found = _calculated(w)
        facts = book_facts(book, rules.calendar(book), w.today) if book else {}
        result = comparison(found) if found else None
    status = 422 if form.errors else 200
    return page(template, form=form, status=status, books=books, book=book, result=result, **facts)


def _calculated(w: Work) -> tuple[Calculator, list[Offer]]:
    """The calculator as the address fills it, and what every rulebook offers."""
    asked = any(name in request.args for name in ("authority", "kind"))
    form = Calculator(
        formdata=request.args if asked else None, branch=request.args.get("branch", BRANCHES[0])
    )
    form.offer_choices(w)
    if not asked:
        form.start.data = w.today.isoformat()
        return form, []
    form.branch.data = form.branch.data or BRANCHES[0]
    addressee = form.addressee(w) if form.validate() else None
    return form, _offers(w, form, addressee) if addressee else []


def _offers(w: Work, form: Calculator, addressee: Addressee) -> list[Offer]:
    start = date.fromisoformat(form.start.data) if form.start.data else w.today
    try:
        found = offers(w, addressee, start)
    except Refusal:
        form.start.errors = [
            _("From this day on, some dates lie beyond the calendar. Choose an earlier one.")
        ]
        return []
    _say_what_is_missing(form, found)
    return found


def _say_what_is_missing(form: Calculator, found: list[Offer]) -> None:
    """Put a missing figure on its field; a body of the register has its own figures and no field for them."""
    for offer in found:
        base = str(offer.refusal.facts.get("base", "")) if offer.refusal else ""
        field = form._fields.get(base)
        if field is not None and not form.authority.data and not field.errors:
            field.errors = [_("“%(rules)s” needs this number.", rules=offer.rulebook.id)]


def _people(field: Any) -> int | None:
    text = "".join((field.data or "").split())
    return int(text) if text else None
