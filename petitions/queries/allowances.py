"""What the rulebook still allows a body: how much its answer may be extended, and until when it may transfer."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, select

from core.work import Work
from petitions.domain.calendar import due
from petitions.domain.deadlines import TermKind
from petitions.domain.lifecycle import State
from petitions.domain.rulebook import Unit
from petitions.models.case import Term
from petitions.models.petition import Petition
from petitions.models.stops import TermExtension, Transfer
from petitions.queries import rules
from petitions.queries.stops import stops_of
from petitions.queries.terms import open_term, standing_of


@dataclass(frozen=True, slots=True)
class ExtensionLeft:
    """How much longer the answer may take: `most` units in `times` more steps."""

    most: int
    times: int
    unit: Unit


def extension_left(w: Work, petition: Petition) -> ExtensionLeft | None:
    """What is left of the rulebook's extension; None where there is none, or the due date has come."""
    allowed = rules.tier_of(w, petition).response.extension
    term = open_term(w, petition.id, TermKind.ANSWER) if allowed.times else None
    if term is None or term.unit is not allowed.max.unit or not _before_due(w, term, petition):
        return None
    used = w.session.scalar(select(func.count()).where(TermExtension.term_id == term.id)) or 0
    left = ExtensionLeft(allowed.max.n - term.extended, allowed.times - used, term.unit)
    return left if left.most > 0 and left.times > 0 else None


def may_extend(w: Work, petition: Petition) -> bool:
    """Whether the answer may be extended now."""
    return petition.state is State.UNDER_REVIEW and extension_left(w, petition) is not None


def transfer_until(w: Work, petition: Petition) -> date | None:
    """The last day on which the case may go to the competent body; None where it may not, or a stop holds it."""
    within = rules.tier_of(w, petition).response.transfer
    term = open_term(w, petition.id, TermKind.ANSWER)
    if within is None or term is None or petition.registered_at is None or _moved_before(w, petition):
        return None
    calendar = rules.calendar(rules.rulebook_of(w, petition))
    return due(term.started_on, within, calendar, stops_of(w, term, petition)).due


def may_transfer(w: Work, petition: Petition) -> bool:
    """Whether the case may go to another body now."""
    if petition.state is not State.UNDER_REVIEW:
        return False
    last = transfer_until(w, petition)
    return last is not None and w.today <= last


def _before_due(w: Work, term: Term, petition: Petition) -> bool:
    due_on = standing_of(w, term, petition).due_on
    return due_on is None or w.today < due_on


def _moved_before(w: Work, petition: Petition) -> bool:
    return bool(w.session.scalar(select(exists().where(Transfer.petition_id == petition.id))))
