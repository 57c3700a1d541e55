"""Appeals against refusals: what everybody reads, what moderators have before them, and what may still be done."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from authorities import queries as register
from core.i18n import localised
from core.refusal import Refusal
from core.work import Work
from petitions.domain.deadlines import TermKind
from petitions.domain.lifecycle import State
from petitions.models.appeals import Appeal, AppealOutcome
from petitions.models.case import Decision
from petitions.models.petition import Petition
from petitions.queries.access import require_moderator
from petitions.queries.coauthors import petitions_of
from petitions.queries.moderation import ModeratedCase, Ruling, band_of, last_term, moderated_case, rulings
from petitions.queries.terms import TermRow, terms_of

RECENT = 20


@dataclass(frozen=True, slots=True)
class AppealRow:
    """An appeal as everybody sees it: when, until when it is decided, and how it ended with which reason."""

    filed_at: datetime
    term: TermRow | None
    outcome: AppealOutcome | None
    reason: str
    language: str
    decided_at: datetime | None

    @property
    def restored(self) -> bool:
        """Whether it opened the petition."""
        return self.outcome in {AppealOutcome.RESTORED, AppealOutcome.SILENCE}


@dataclass(frozen=True, slots=True)
class WaitingAppeal:
    """A line of the moderators' list; `own_refusal` and `own` mark what the reader must leave to somebody else."""

    petition: int
    title: str
    language: str
    author: str
    authority: str
    filed_at: datetime
    term: TermRow | None
    band: str
    own_refusal: bool
    own: bool


@dataclass(frozen=True, slots=True)
class DecidedAppeal:
    """A line of the list of late outcomes."""

    petition: int
    title: str
    language: str
    outcome: AppealOutcome
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class AppealCase:
    """All that the second moderator needs: the case, the refusal, the author's words, the clock."""

    case: ModeratedCase
    refusal: Ruling
    text: str
    filed_at: datetime
    term: TermRow | None


def appeal_of(w: Work, petition_id: int) -> Appeal | None:
    """The row of a petition's appeal."""
    return w.session.get(Appeal, petition_id)


def shown_appeal(w: Work, petition_id: int) -> AppealRow | None:
    """A petition's appeal without the author's words: these are for the moderator who decides."""
    row = appeal_of(w, petition_id)
    if row is None:
        return None
    term = last_term(terms_of(w, [petition_id])[petition_id], TermKind.APPEAL)
    return AppealRow(row.filed_at, term, row.outcome, row.reason, row.language, row.decided_at)


def waiting(w: Work) -> tuple[WaitingAppeal, ...]:
    """Every appeal that waits for its decision, the oldest first."""
    query = (
        select(Appeal, Petition, Decision.account_id)
        .join(Petition, Petition.id == Appeal.petition_id)
        .join(Decision, Decision.id == Appeal.decision_id)
    )
    found = w.session.execute(query.where(Appeal.outcome.is_(None)).order_by(Appeal.filed_at)).all()
    terms = terms_of(w, [petition.id for _appeal, petition, _by in found])
    names = register.authority_names(w, {p.authority for _appeal, p, _by in found if p.authority})
    me, beside = w.actor.account_id, petitions_of(w, w.actor.account_id)
    return tuple(
        WaitingAppeal(
            petition=petition.id,
            title=petition.title,
            language=petition.language,
            author=petition.author_name,
            authority=localised(names.get(petition.authority or "", {})),
            filed_at=appeal.filed_at,
            term=(term := last_term(terms[petition.id], TermKind.APPEAL)),
            band=band_of(term),
            own_refusal=by is not None and by == me,
            own=petition.author_id == me or petition.id in beside,
        )
        for appeal, petition, by in found
    )


def decided_lately(w: Work) -> tuple[DecidedAppeal, ...]:
    """The last outcomes, the newest first; petitions that were taken down since are left out."""
    query = (
        select(Appeal, Petition)
        .join(Petition, Petition.id == Appeal.petition_id)
        .where(Appeal.outcome.is_not(None))
    )
    rows = w.session.execute(
        query.where(Petition.state != State.TAKEN_DOWN).order_by(Appeal.decided_at.desc()).limit(RECENT)
    )
    return tuple(
        DecidedAppeal(petition.id, petition.title, petition.language, appeal.outcome, appeal.decided_at)
        for appeal, petition in rows
        if appeal.outcome is not None and appeal.decided_at is not None
    )


def appeal_case(w: Work, petition_id: int) -> AppealCase:
    """One appeal for the moderator who may decide on it.

    Refusals: `not-found` (also for one's own petition, and where no appeal waits), `appeal-own-refusal`.
    """
    petition = require_moderator(w, w.session.get(Petition, petition_id))
    appeal = require_waiting(w, petition)
    refusal = next(row for row in rulings(w, petition) if row.id == appeal.decision_id)
    case = moderated_case(w, petition_id)
    term = last_term(terms_of(w, [petition_id])[petition_id], TermKind.APPEAL)
    return AppealCase(case, refusal, appeal.text, appeal.filed_at, term)


def require_waiting(w: Work, petition: Petition) -> Appeal:
    """The appeal that the actor may decide on. Refusals: `not-found`, `appeal-own-refusal`."""
    appeal = appeal_of(w, petition.id)
    if appeal is None or appeal.outcome is not None:
        raise Refusal("not-found")
    if w.session.get_one(Decision, appeal.decision_id).account_id == w.actor.account_id:
        raise Refusal("appeal-own-refusal")
    return appeal


def own_words(w: Work, petition_id: int) -> str:
    """What the author wrote against the refusal; empty where there is no appeal. For those who answer for the case."""
    row = appeal_of(w, petition_id)
    return row.text if row else ""
