"""What moderators see: the queue by age, one case with its grounds, and the decisions that were made."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from authorities import queries as register
from authorities.queries import AuthorityRow
from core.i18n import language, localised
from core.work import Work
from petitions.domain.deadlines import TermKind, TermState
from petitions.domain.lifecycle import Party, State
from petitions.domain.moderation import Verdict
from petitions.domain.rulebook import Rulebook
from petitions.models.case import Decision
from petitions.models.petition import Petition, PetitionCount
from petitions.queries import rules
from petitions.queries.access import parties, require_moderator
from petitions.queries.coauthors import CoAuthorRow, named, petitions_of
from petitions.queries.offers import Offer, addressee_of, offers
from petitions.queries.petitions import TextVersion, text_versions
from petitions.queries.terms import TermRow, terms_of

BANDS = ("late", "soon", "later")
SOON_DAYS = 3
RECENT = 20


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A petition that waits for its check; `own` marks the reader's own, which somebody else decides."""

    id: int
    title: str
    language: str
    author: str
    authority: str
    place: str
    submitted_at: datetime | None
    term: TermRow | None
    band: str
    own: bool


@dataclass(frozen=True, slots=True)
class GroundRow:
    """One ground of refusal in the reader's language."""

    id: str
    title: str
    article: str
    basis: str
    hides_text: bool


@dataclass(frozen=True, slots=True)
class Ruling:
    """One decision with its ground in words."""

    id: int
    petition: int
    kind: str
    ground: GroundRow | None
    reason: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """A line of the list of late decisions; `can_open` is false for what is a draft again and for one's own."""

    petition: int
    title: str
    language: str
    kind: str
    decided_at: datetime
    can_open: bool


@dataclass(frozen=True, slots=True)
class ModeratedCase:
    """All that a decision needs: the frozen text, author and addressee, the clock, the grounds, the goal."""

    id: int
    version: int
    state: State
    title: str
    language: str
    html: str
    hash: str
    author: str
    author_place: str
    co_authors: tuple[CoAuthorRow, ...]
    addressee: AuthorityRow | None
    rulebook: str
    joined: int
    submitted_at: datetime | None
    term: TermRow | None
    grounds: tuple[GroundRow, ...]
    rulings: tuple[Ruling, ...]
    versions: tuple[TextVersion, ...]
    offer: Offer | None


def queue(w: Work) -> tuple[QueueRow, ...]:
    """Every petition in screening, the one that has waited longest first."""
    found = w.session.scalars(select(Petition).where(Petition.state == State.SCREENING)).all()
    terms = terms_of(w, [petition.id for petition in found])
    codes = {petition.authority for petition in found if petition.authority}
    names = register.authority_names(w, codes)
    places = register.area_names(w, {petition.area for petition in found if petition.area})
    beside = petitions_of(w, w.actor.account_id)
    rows = [
        QueueRow(
            id=petition.id,
            title=petition.title,
            language=petition.language,
            author=petition.author_name,
            authority=localised(names.get(petition.authority or "", {})),
            place=localised(places.get(petition.area or "", {})),
            submitted_at=petition.submitted_at,
            term=(term := last_term(terms[petition.id], TermKind.SCREENING)),
            band=band_of(term),
            own=petition.author_id == w.actor.account_id or petition.id in beside,
        )
        for petition in found
    ]
    return tuple(sorted(rows, key=lambda row: (row.term.started_on if row.term else w.today, row.id)))


def decided_lately(w: Work) -> tuple[Decided, ...]:
    """The last decisions, the newest first."""
    query = select(Decision, Petition).join(Petition, Petition.id == Decision.petition_id)
    rows = w.session.execute(query.order_by(Decision.id.desc()).limit(RECENT))
    return tuple(
        Decided(
            petition=petition.id,
            title=petition.title,
            language=petition.language,
            kind=decision.kind,
            decided_at=decision.decided_at,
            can_open=petition.state is not State.DRAFT and Party.MODERATOR in parties(w, petition),
        )
        for decision, petition in rows
    )


def moderated_case(w: Work, petition_id: int) -> ModeratedCase:
    """One case for a moderator. Refusal `not-found`, also for a draft and for one's own petition."""
    petition = require_moderator(w, w.session.get(Petition, petition_id))
    rulebook = rules.rulebook_of(w, petition)
    versions = text_versions(w, petition.id)
    shown = versions[0] if versions else None
    counts = w.session.get(PetitionCount, petition.id)
    body = register.authority(w, petition.authority or "")
    places = register.area_names(w, [petition.author_place or ""])
    return ModeratedCase(
        id=petition.id,
        version=petition.version,
        state=petition.state,
        title=petition.title,
        language=petition.language,
        html=shown.html if shown else "",
        hash=shown.hash if shown else "",
        author=petition.author_name,
        author_place=localised(places.get(petition.author_place or "", {})),
        co_authors=named(w, petition.id),
        addressee=body,
        rulebook=rulebook.text(rulebook.title, language()),
        joined=counts.counted if counts else 0,
        submitted_at=petition.submitted_at,
        term=last_term(terms_of(w, [petition.id])[petition.id], TermKind.SCREENING),
        grounds=grounds_of(rulebook),
        rulings=rulings(w, petition),
        versions=versions,
        offer=_offer(w, petition, body),
    )


def rulings(w: Work, petition: Petition) -> tuple[Ruling, ...]:
    """The decisions on a petition, the newest first."""
    rulebook = rules.rulebook_of(w, petition)
    known = {ground.id: ground for ground in grounds_of(rulebook)}
    query = select(Decision).where(Decision.petition_id == petition.id).order_by(Decision.id.desc())
    return tuple(
        Ruling(row.id, petition.id, row.kind, known.get(row.ground or ""), row.reason, row.decided_at)
        for row in w.session.scalars(query)
    )


def last_refusal(w: Work, petition_id: int) -> Decision | None:
    """The decision with which a petition was refused."""
    query = select(Decision).where(Decision.petition_id == petition_id, Decision.kind == Verdict.REFUSE.value)
    return w.session.scalar(query.order_by(Decision.id.desc()).limit(1))


def grounds_of(rulebook: Rulebook) -> tuple[GroundRow, ...]:
    """The only grounds of refusal, in the reader's language."""
    return tuple(
        GroundRow(
            ground.id,
            rulebook.text(ground.title, language()),
            ground.article,
            ground.basis.value,
            ground.hide_text,
        )
        for ground in rulebook.grounds
    )


def last_term(terms: list[TermRow], kind: TermKind) -> TermRow | None:
    """The last term of a kind, or None."""
    return next((term for term in reversed(terms) if term.kind is kind), None)


def _offer(w: Work, petition: Petition, body: AuthorityRow | None) -> Offer | None:
    addressee = addressee_of(w, body.area, body.branch) if body else None
    found = offers(w, addressee, w.today) if addressee else []
    return next((offer for offer in found if offer.rulebook.id == petition.rulebook), None)


def band_of(term: TermRow | None) -> str:
    """The age band of what waits: late, due soon, or later."""
    if term is not None and term.state is TermState.LATE:
        return "late"
    soon = term is not None and term.days_left is not None and term.days_left <= SOON_DAYS
    return "soon" if soon else "later"
