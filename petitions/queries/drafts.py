"""What authors see of their own petitions: the list, the draft, and where one case stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, select

from authorities import queries as register
from authorities.queries import AuthorityRow
from core.i18n import LANGUAGES, language, localised
from core.refusal import Refusal
from core.work import Work
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition, PetitionCount, PetitionText
from petitions.queries import rules
from petitions.queries.access import is_listed, require_author
from petitions.queries.moderation import GroundRow, Ruling, grounds_of, rulings
from petitions.queries.offers import Offer, addressee_of, offers
from petitions.queries.terms import TermRow, terms_of


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A line of the author's list."""

    id: int
    title: str
    language: str
    state: State
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """A text in the making with everything that the author answered so far.

    `again` says that an earlier version was frozen already: what changes now needs a reason.
    """

    id: int
    version: int
    state: State
    title: str
    markdown: str
    html: str
    language: str
    reason: str
    again: bool
    addressee: AuthorityRow | None
    rulebook: str
    author_name: str
    author_place: str
    grounds: tuple[GroundRow, ...]
    rulings: tuple[Ruling, ...]


@dataclass(frozen=True, slots=True)
class OwnCase:
    """Where the author's petition stands, in dates and numbers."""

    id: int
    version: int
    state: State
    title: str
    language: str
    html: str
    addressee: AuthorityRow | None
    listed: bool
    never_submitted: bool
    needed: int | None
    joined: int
    threshold: int | None
    closes_on: date | None
    ended_at: datetime | None
    terms: tuple[TermRow, ...]
    rulings: tuple[Ruling, ...]


def own_petitions(w: Work) -> tuple[OwnRow, ...]:
    """The actor's own petitions, the last changed first; deleted drafts are no more."""
    query = select(Petition).where(Petition.author_id == w.actor.account_id, ~_deleted())
    rows = w.session.scalars(query.order_by(Petition.changed_at.desc(), Petition.id.desc()))
    return tuple(OwnRow(row.id, row.title, row.language, row.state, row.changed_at) for row in rows)


def draft_of(w: Work, petition_id: int) -> Draft:
    """A petition as its author writes it. Refusal `not-found` for everybody else and for a deleted draft."""
    petition = _own(w, petition_id)
    text = w.session.get_one(PetitionText, (petition.id, petition.text_number))
    rulebook = rules.rulebook_of(w, petition)
    return Draft(
        id=petition.id,
        version=petition.version,
        state=petition.state,
        title=text.title,
        markdown=text.markdown,
        html=text.html,
        language=petition.language,
        reason="" if text.frozen_at else text.reason,
        again=text.number > 1 or text.frozen_at is not None,
        addressee=register.authority(w, petition.authority or ""),
        rulebook=rulebook.text(rulebook.title, language()),
        author_name=petition.author_name,
        author_place=_place(w, petition),
        grounds=grounds_of(rulebook),
        rulings=rulings(w, petition),
    )


def own_case(w: Work, petition_id: int) -> OwnCase:
    """The author's view of one case. Refusal `not-found` for everybody else and for a deleted draft."""
    petition = _own(w, petition_id)
    text = w.session.get_one(PetitionText, (petition.id, petition.text_number))
    counts = w.session.get(PetitionCount, petition.id)
    startup = rules.tier_of(w, petition).startup if petition.tier else None
    closes_at = petition.closes_at
    return OwnCase(
        id=petition.id,
        version=petition.version,
        state=petition.state,
        title=text.title,
        language=petition.language,
        html=text.html,
        addressee=register.authority(w, petition.authority or ""),
        listed=is_listed(petition),
        never_submitted=petition.submitted_at is None,
        needed=startup.signatures if startup else None,
        joined=counts.counted if counts else 0,
        threshold=petition.threshold,
        closes_on=closes_at.astimezone(w.kernel.zone).date() if closes_at else None,
        ended_at=petition.ended_at,
        terms=tuple(terms_of(w, [petition.id])[petition.id]),
        rulings=rulings(w, petition),
    )


def offers_of(w: Work, code: str) -> tuple[AuthorityRow | None, list[Offer]]:
    """A body, and what each rulebook at hand asks and promises for it, with dates from today."""
    body = register.authority(w, code) if code else None
    addressee = addressee_of(w, body.area, body.branch) if body else None
    return body, offers(w, addressee, w.today) if addressee else []


def addressees(w: Work) -> dict[str, list[tuple[str, str]]]:
    """The bodies that exist today for a select: national ones first, then a group for each region.

    A body below a region stands in that region's group with the name of its own area.
    """
    found = register.authorities(w, on=w.today)
    names = register.area_names(w, {_region(body) for body in found})
    groups: dict[str, list[tuple[str, str]]] = {}
    for body in sorted(found, key=lambda body: body.area_level > 0):
        groups.setdefault(localised(names[_region(body)]), []).append((body.code, _label(body)))
    return groups


def languages() -> Sequence[tuple[str, str]]:
    """The languages that a petition can be written in, each by its own name."""
    return list(LANGUAGES.items())


def _own(w: Work, petition_id: int) -> Petition:
    petition = require_author(w, w.session.get(Petition, petition_id))
    if petition.state is State.WITHDRAWN and petition.submitted_at is None:
        raise Refusal("not-found")
    return petition


def _deleted() -> ColumnElement[bool]:
    return and_(Petition.state == State.WITHDRAWN, Petition.submitted_at.is_(None))


def _place(w: Work, petition: Petition) -> str:
    code = petition.author_place or ""
    return localised(register.area_names(w, [code]).get(code, {}))


def _region(body: AuthorityRow) -> str:
    parts = body.area_path.strip("/").split("/")
    return parts[min(1, len(parts) - 1)]


def _label(body: AuthorityRow) -> str:
    below_region = body.area_level > 1
    return f"{body.name} ({body.area_name})" if below_region else body.name
