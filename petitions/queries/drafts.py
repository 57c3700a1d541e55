"""What authors see of their own petitions: the list, the draft, and where one case stands."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select

from authorities import queries as register
from authorities.queries import AuthorityRow
from core.i18n import language, localised
from core.refusal import Refusal
from core.work import Work
from petitions.domain.eligibility import SIGNABLE, signing_limit
from petitions.domain.events import Event
from petitions.domain.lifecycle import Party, State
from petitions.domain.moderation import Verdict
from petitions.models.case import JournalEntry
from petitions.models.petition import Petition, PetitionCount, PetitionText
from petitions.queries import coauthors, rules
from petitions.queries.access import is_listed, parties, require_author, require_named
from petitions.queries.coauthors import CoAuthorRow, Invited
from petitions.queries.moderation import GroundRow, Ruling, grounds_of, rulings
from petitions.queries.offers import Offer, addressee_of, offers
from petitions.queries.terms import TermRow, terms_of


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A line of the author's list; `beside` where somebody else is the main author."""

    id: int
    title: str
    language: str
    state: State
    changed_at: datetime
    beside: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A text in the making with everything that the author answered so far.

    `again` says that an earlier version was frozen already: what changes now needs a reason. `frozen` is a text that
    was submitted and has not been changed since.
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
    frozen: bool
    addressee: AuthorityRow | None
    rulebook: str
    author_name: str
    author_place: str
    co_authors: tuple[CoAuthorRow, ...]
    waiting: bool
    grounds: tuple[GroundRow, ...]
    rulings: tuple[Ruling, ...]

    @property
    def returned(self) -> bool:
        """Whether the last ruling sent it back for correction."""
        return _returned(self.rulings)

    @property
    def corrects(self) -> bool:
        """Whether it changes a text that was submitted before: then what was changed has to be said."""
        return self.again and not self.frozen


@dataclass(frozen=True, slots=True)
class OwnCase:
    """Where the author's petition stands, in dates and numbers; `party` is the part of the one who looks."""

    party: Party
    id: int
    version: int
    state: State
    title: str
    language: str
    html: str
    author: str
    co_authors: tuple[CoAuthorRow, ...]
    former: tuple[CoAuthorRow, ...]
    invited: tuple[Invited, ...]
    asked: int | None
    addressee: AuthorityRow | None
    listed: bool
    never_submitted: bool
    needed: int | None
    joined: int
    threshold: int | None
    closes_on: date | None
    signing_limit: datetime | None
    ended_at: datetime | None
    terms: tuple[TermRow, ...]
    rulings: tuple[Ruling, ...]

    @property
    def returned(self) -> bool:
        """Whether it is a draft again that the last ruling sent back for correction."""
        return self.state is State.DRAFT and _returned(self.rulings)


def _returned(found: tuple[Ruling, ...]) -> bool:
    return bool(found) and found[0].kind == Verdict.RETURN


def own_petitions(w: Work) -> tuple[OwnRow, ...]:
    """The petitions that the actor answers for, the last changed first; deleted drafts are no more."""
    me = w.actor.account_id
    mine = or_(Petition.author_id == me, Petition.id.in_(coauthors.petitions_of(w, me)))
    query = select(Petition).where(mine, ~_deleted())
    rows = w.session.scalars(query.order_by(Petition.changed_at.desc(), Petition.id.desc()))
    return tuple(
        OwnRow(row.id, row.title, row.language, row.state, row.changed_at, row.author_id != me)
        for row in rows
    )


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
        frozen=text.frozen_at is not None,
        again=text.number > 1 or text.frozen_at is not None,
        addressee=register.authority(w, petition.authority or ""),
        rulebook=rulebook.text(rulebook.title, language()),
        author_name=petition.author_name,
        author_place=_place(w, petition),
        co_authors=coauthors.named(w, petition.id),
        waiting=coauthors.waiting(w, petition.id),
        grounds=grounds_of(rulebook),
        rulings=rulings(w, petition),
    )


def own_case(w: Work, petition_id: int) -> OwnCase:
    """The author's view of one case. Refusal `not-found` for everybody else and for a deleted draft."""
    return _case(w, _own(w, petition_id), Party.AUTHOR)


def named_case(w: Work, petition_id: int) -> OwnCase:
    """The same for its author and its co-authors. Refusal `not-found` for everybody else."""
    petition = require_named(w, w.session.get(Petition, petition_id))
    party = Party.AUTHOR if Party.AUTHOR in parties(w, petition) else Party.CO_AUTHOR
    return _case(w, _there(petition), party)


def _case(w: Work, petition: Petition, party: Party) -> OwnCase:
    text = w.session.get_one(PetitionText, (petition.id, petition.text_number))
    counts = w.session.get(PetitionCount, petition.id)
    startup = rules.tier_of(w, petition).startup if petition.tier else None
    closes_at = petition.closes_at
    return OwnCase(
        party=party,
        id=petition.id,
        version=petition.version,
        state=petition.state,
        title=text.title,
        language=petition.language,
        html=text.html,
        author=petition.author_name,
        co_authors=coauthors.named(w, petition.id),
        former=coauthors.former(w, petition.id),
        asked=_asked(w, petition),
        invited=coauthors.invited(w, petition.id) if party is Party.AUTHOR else (),
        addressee=register.authority(w, petition.authority or ""),
        listed=is_listed(petition),
        never_submitted=petition.submitted_at is None,
        needed=startup.signatures if startup else None,
        joined=counts.counted if counts else 0,
        threshold=petition.threshold,
        closes_on=closes_at.astimezone(w.kernel.zone).date() if closes_at else None,
        signing_limit=_limit(petition),
        ended_at=petition.ended_at,
        terms=tuple(terms_of(w, [petition.id])[petition.id]),
        rulings=rulings(w, petition),
    )


def _asked(w: Work, petition: Petition) -> int | None:
    """How many were asked to confirm a corrected text, while the petition gathers; None where nobody was."""
    if petition.state is not State.GATHERING:
        return None
    mine = (JournalEntry.petition_id == petition.id, JournalEntry.event == Event.JOINERS_ASKED.value)
    facts = w.session.scalar(
        select(JournalEntry.facts).where(*mine).order_by(JournalEntry.id.desc()).limit(1)
    )
    return None if facts is None else int(facts["asked"])


def _limit(petition: Petition) -> datetime | None:
    """When signing ends because of the data of signers, where that comes before the end of the window."""
    if petition.opened_at is None or petition.state not in SIGNABLE:
        return None
    limit = signing_limit(petition.opened_at)
    return limit if petition.closes_at is None or petition.closes_at > limit else None


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


def _own(w: Work, petition_id: int) -> Petition:
    return _there(require_author(w, w.session.get(Petition, petition_id)))


def _there(petition: Petition) -> Petition:
    """Refusal `not-found` for a deleted draft."""
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
