"""What the controller's pages show: orders, and breaches with their clock and their letters in every language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from core.i18n import LANGUAGES, _, format_date, format_datetime, speaking
from core.refusal import Refusal
from core.work import Work
from petitions.domain.calendar import ends_at
from petitions.models.privacy import Breach, DataOrder
from petitions.queries.handover import BODY_KIND, OUTCOME, BodyKind, Outcome


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order as the controller wrote it down."""

    id: int
    received_on: date
    kind: str
    outcome: Outcome
    outcome_words: str


@dataclass(frozen=True, slots=True)
class BreachRow:
    """One breach with its clock: until when the competent body must be told, and what is left of it."""

    id: int
    known_at: datetime
    due_on: date
    left: timedelta
    what: str
    regulator_told_at: datetime | None
    people_told_at: datetime | None

    @property
    def is_late(self) -> bool:
        """Whether the competent body was not told in time, or is not yet though the time is over."""
        return self.regulator_told_at is None and self.left < timedelta(0)

    @property
    def hours_left(self) -> int:
        """Whole hours until the end of the due day; 0 once it is over."""
        return max(0, int(self.left.total_seconds() // 3600))


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to send, in one language."""

    language: str
    name: str
    subject: str
    text: str


def orders(w: Work) -> list[OrderRow]:
    """All orders, the newest first."""
    rows = w.session.scalars(select(DataOrder).order_by(DataOrder.received_on.desc(), DataOrder.id.desc()))
    return [_order(row) for row in rows]


def order(w: Work, order_id: int) -> OrderRow:
    """One order. Refusal `not-found`."""
    row = w.session.get(DataOrder, order_id)
    if row is None:
        raise Refusal("not-found")
    return _order(row)


def breaches(w: Work) -> list[BreachRow]:
    """All breaches, the newest first."""
    rows = w.session.scalars(select(Breach).order_by(Breach.known_at.desc()))
    return [_breach(w, row) for row in rows]


def breach(w: Work, breach_id: int) -> BreachRow:
    """One breach. Refusal `breach-unknown`."""
    row = w.session.get(Breach, breach_id)
    if row is None:
        raise Refusal("breach-unknown")
    return _breach(w, row)


def letters(w: Work, row: BreachRow) -> tuple[Sequence[Letter], Sequence[Letter]]:
    """The letters to the competent body and to the people, in every language, filled in as far as is known."""
    regulator, people = [], []
    for code, name in LANGUAGES.items():
        with speaking(code):
            regulator.append(
                Letter(code, name, _("Notice of a breach of personal data"), _to_regulator(w, row))
            )
            people.append(Letter(code, name, _("Your data on this site"), _to_people(w, row)))
    return regulator, people


def _to_regulator(w: Work, row: BreachRow) -> str:
    who = w.settings.controller
    moment = format_datetime(row.known_at)
    parts = (
        _(
            "%(body)s, %(address)s, gives notice of a breach of personal data.",
            body=who.body,
            address=who.address,
        ),
        _(
            "It became known on %(moment)s. This notice is due by %(day)s.",
            moment=moment,
            day=format_date(row.due_on),
        ),
        _("What has happened: %(what)s", what=row.what),
        _("Kinds of data and number of people concerned: ..."),
        _("What can follow for them: ..."),
        _("What was done, and what will be done: ..."),
        _(
            "Person in charge: %(person)s, %(email)s, %(phone)s.",
            person=who.person,
            email=who.email,
            phone=who.phone,
        ),
    )
    return "\n\n".join(parts)


def _to_people(w: Work, row: BreachRow) -> str:
    who = w.settings.controller
    parts = (
        _("Data that we keep about you may have got into wrong hands."),
        _("We learned of it on %(day)s.", day=format_date(row.known_at.astimezone(w.kernel.zone).date())),
        _("Which data: ..."),
        _("What can follow: ..."),
        _("What we have done: ..."),
        _("What you can do: trust no letter that asks for a password or for money."),
        _("Delete this letter if it puts you at risk."),
        _(
            "Questions: %(person)s, %(email)s, %(phone)s.",
            person=who.person,
            email=who.email,
            phone=who.phone,
        ),
    )
    return "\n\n".join(parts)


def _order(row: DataOrder) -> OrderRow:
    kind, outcome = BodyKind(row.body_kind), Outcome(row.outcome)
    return OrderRow(row.id, row.received_on, str(BODY_KIND[kind]), outcome, str(OUTCOME[outcome]))


def _breach(w: Work, row: Breach) -> BreachRow:
    left = ends_at(row.due_on, str(w.kernel.zone)) - w.now
    return BreachRow(
        row.id, row.known_at, row.due_on, left, row.what, row.regulator_told_at, row.people_told_at
    )
