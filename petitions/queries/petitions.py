"""Petitions as strangers see them: cards of a list and views of one case, built in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import aliased

from authorities.models import Area, Authority
from core.i18n import localised
from core.switches import Switch, is_on
from core.work import Work
from petitions.domain.deadlines import TermKind
from petitions.domain.disclosure import rounded_down
from petitions.domain.eligibility import signing_closed_because
from petitions.domain.lifecycle import State
from petitions.models.case import Decision
from petitions.models.petition import FrozenCount, Petition, PetitionCount, PetitionText
from petitions.queries.access import keyless, require_listed
from petitions.queries.answers import AnswerVersion, current_answers
from petitions.queries.coauthors import CoAuthorRow, named_of
from petitions.queries.goals import Goal, goals_of
from petitions.queries.terms import TermRow, terms_of

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PetitionCard:
    """What a list shows of a petition. `total` is exact; `counted` is what counts towards the threshold:
    the total, or in a tier of residents only the frozen residents rounded down (None: fewer than 10)."""

    id: int
    title: str
    language: str
    state: State
    author_id: int
    author: str
    author_place: str | None
    author_place_names: Names
    co_authors: tuple[CoAuthorRow, ...]
    authority_code: str | None
    authority_names: Names
    authority_branch: str
    area: str | None
    area_kind: str
    area_names: Names
    tier: str | None
    rulebook: str
    rulebook_version: str
    residents_only: bool
    threshold: int | None
    total: int
    counted: int | None
    opened_at: datetime | None
    closing: datetime | None
    closes_at: date | None
    days_left: int | None
    handed_over_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    frozen: bool
    text_number: int
    terms: tuple[TermRow, ...]

    @property
    def authority(self) -> str:
        """The addressee's name in the reader's language."""
        return localised(self.authority_names)

    @property
    def place(self) -> str:
        """The name of the addressee's area in the reader's language."""
        return localised(self.area_names)

    @property
    def term(self) -> TermRow | None:
        """The last answer clock, once there is one."""
        return self.last_term(TermKind.ANSWER)

    def last_term(self, kind: TermKind) -> TermRow | None:
        """The last term of a kind, or None."""
        return next((term for term in reversed(self.terms) if term.kind is kind), None)


@dataclass(frozen=True, slots=True)
class PetitionView:
    """One case in full: card, milestones, answer, and whether it can be signed now (else why not)."""

    card: PetitionCard
    goals: tuple[Goal, ...]
    answer: AnswerVersion | None
    corrected: bool
    signing_closed: str | None


@dataclass(frozen=True, slots=True)
class TextVersion:
    """One version of a text, with the reason of the change (empty for the first)."""

    number: int
    title: str
    html: str
    markdown: str
    hash: str
    frozen_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """The last decision about admissibility or display, with its coded ground and its reasons."""

    ground: str | None
    reason: str
    hides_text: bool
    decided_at: datetime


def base_rows(*more: Any) -> Select[Any]:
    """The petitions with all that a card needs and no terms; `more` columns follow for the caller."""
    place = aliased(Area)
    return (
        select(
            Petition,
            Authority.names.label("authority_names"),
            Authority.branch.label("authority_branch"),
            Area.names.label("area_names"),
            Area.kind.label("area_kind"),
            place.names.label("place_names"),
            PetitionCount.counted,
            frozen_residents().label("residents"),
            *more,
        )
        .outerjoin(Authority, Authority.code == Petition.authority)
        .outerjoin(Area, Area.code == Petition.area)
        .outerjoin(place, place.code == Petition.author_place)
        .outerjoin(PetitionCount, PetitionCount.petition_id == Petition.id)
    )


def rows_in_order(w: Work, ids: Sequence[int]) -> list[Row[Any]]:
    """The rows of `base_rows` of some petitions, in the order of the ids: only these are read in their whole width."""
    if not ids:
        return []
    found = {row.Petition.id: row for row in w.session.execute(base_rows().where(Petition.id.in_(ids)))}
    return [found[id_] for id_ in ids]


def frozen_residents() -> Any:
    """The residents of the last frozen table: nothing younger may be published of them (TRUST rule 9)."""
    newest = select(FrozenCount.residents).where(FrozenCount.petition_id == Petition.id)
    return newest.order_by(FrozenCount.day.desc()).limit(1).correlate(Petition).scalar_subquery()


def cards(w: Work, rows: Sequence[Row[Any]]) -> list[PetitionCard]:
    """Cards of the rows of `base_rows`, in their order, with one query for all their terms."""
    terms = terms_of(w, [row.Petition.id for row in rows]) if rows else {}
    beside = named_of(w, [row.Petition.id for row in rows])
    return [_card(w, row, terms[row.Petition.id], beside.get(row.Petition.id, ())) for row in rows]


def views(w: Work, rows: Sequence[Row[Any]]) -> list[PetitionView]:
    """Views of the rows of `base_rows`, in their order; the number of queries does not depend on them."""
    ids = [row.Petition.id for row in rows]
    goals = goals_of(w, ids)
    answers = current_answers(w, ids)
    paused, gone = _paused(w), keyless(w, ids)
    found = []
    for card in cards(w, rows):
        closed = signing_closed_because(
            card.state,
            card.closing,
            w.now,
            frozen=card.frozen,
            opened_at=card.opened_at,
            keyless=card.id in gone,
        )
        found.append(_view(card, goals.get(card.id, []), answers.get(card.id), closed or paused))
    return found


def listed_petition(w: Work, petition_id: int) -> PetitionView:
    """One case for a stranger. Refusals: `not-found`; `gone` for one that was taken down."""
    row = w.session.execute(base_rows().where(Petition.id == petition_id)).one_or_none()
    require_listed(row.Petition if row else None)
    return views(w, [row] if row else [])[0]


def text_versions(w: Work, petition_id: int) -> tuple[TextVersion, ...]:
    """The public versions of a petition's text, the newest first; drafts that nobody joined are not public."""
    query = select(PetitionText).where(PetitionText.petition_id == petition_id)
    rows = w.session.scalars(
        query.where(PetitionText.frozen_at.is_not(None)).order_by(PetitionText.number.desc())
    )
    return tuple(
        TextVersion(row.number, row.title, row.html, row.markdown, row.hash, row.frozen_at, row.reason)
        for row in rows
    )


def last_decision(w: Work, petition_id: int) -> DecisionRow | None:
    """The decision that stands, or None."""
    query = select(Decision).where(Decision.petition_id == petition_id).order_by(Decision.id.desc()).limit(1)
    row = w.session.scalar(query)
    return None if row is None else DecisionRow(row.ground, row.reason, row.hides_text, row.decided_at)


def local_date(w: Work, moment: datetime | None) -> date | None:
    """The date of a moment where the instance is."""
    return None if moment is None else moment.astimezone(w.kernel.zone).date()


def _card(
    w: Work, row: Row[Any], terms: Sequence[TermRow], co_authors: tuple[CoAuthorRow, ...]
) -> PetitionCard:
    petition: Petition = row.Petition
    closes_on = local_date(w, petition.closes_at)
    # Joiners become signatures at publication: before it, and in a refused case, nothing is counted.
    total = (row.counted or 0) if petition.opened_at is not None else 0
    return PetitionCard(
        id=petition.id,
        title=petition.title,
        language=petition.language,
        state=petition.state,
        author_id=petition.author_id,
        author=petition.author_name,
        author_place=petition.author_place,
        author_place_names=row.place_names or {},
        co_authors=co_authors,
        authority_code=petition.authority,
        authority_names=row.authority_names or {},
        authority_branch=row.authority_branch or "",
        area=petition.area,
        area_kind=row.area_kind or "",
        area_names=row.area_names or {},
        tier=petition.tier,
        rulebook=petition.rulebook,
        rulebook_version=petition.rulebook_version,
        residents_only=petition.residents_only,
        threshold=petition.threshold,
        total=total,
        counted=rounded_down(row.residents) if petition.residents_only else total,
        opened_at=petition.opened_at,
        closing=petition.closes_at,
        closes_at=closes_on,
        days_left=None if closes_on is None else max(0, (closes_on - w.today).days),
        handed_over_at=petition.handed_over_at,
        answered_at=petition.answered_at,
        ended_at=petition.ended_at,
        frozen=petition.frozen_at is not None,
        text_number=petition.text_number,
        terms=tuple(terms),
    )


def _view(
    card: PetitionCard,
    goals: Sequence[Goal],
    answer: tuple[AnswerVersion, bool] | None,
    closed: str | None,
) -> PetitionView:
    current, corrected = answer or (None, False)
    return PetitionView(card, tuple(goals), current, corrected, closed)


def _paused(w: Work) -> str | None:
    """Why nobody can sign anything here for the moment, or None."""
    if not w.settings.controller.named:
        return "no-controller"
    return "switched-off" if is_on(w, Switch.NO_SIGNING) else None
