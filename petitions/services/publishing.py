"""Publication: the certificate of the threshold is frozen and the window of collection opens."""

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from authorities import queries as register
from core.i18n import localised
from core.refusal import Refusal
from core.work import Work
from petitions.domain.calendar import ends_at
from petitions.domain.deadlines import TermKind
from petitions.domain.events import Event
from petitions.domain.lifecycle import Action, Party
from petitions.domain.rulebook import Areas, Tier
from petitions.domain.thresholds import AreaFigures, ThresholdCertificate, certificates
from petitions.models.petition import Petition, PetitionThreshold
from petitions.notices import announce
from petitions.queries import rules
from petitions.queries.goals import FROZEN
from petitions.queries.offers import figures_of
from petitions.services import cases
from petitions.services.indexing import refresh
from petitions.services.tally import mark_reached
from petitions.services.terms import start_term


def open_collection(w: Work, petition: Petition, party: Party, action: Action = Action.PUBLISH) -> None:
    """Publish a petition that was checked, or whose refusal was overturned: its goal stands from now on.

    Refusals: `not-your-move`, `not-now`, `threshold-base-missing`, `threshold-areas-too-few`; each of them
    comes with a rolled-back Work and so changes nothing.
    """
    rulebook, tier = rules.rulebook_of(w, petition), rules.tier_of(w, petition)
    frozen = certify(w, tier, petition.area or "")
    with w.session.no_autoflush:
        term = start_term(w, petition, TermKind.COLLECTION, tier.collection.window, "published")
        petition.opened_at = w.now
        petition.closes_at = ends_at(term.due_on, rulebook.timezone) if term.due_on else None
        petition.threshold = frozen[0].count
        petition.residents_only = tier.residents_only
        cases.move(w, petition, action, party)
    w.session.add_all(_row(petition.id, position, proof) for position, proof in enumerate(frozen))
    facts = {"threshold": frozen[0].count, "closes_on": term.due_on.isoformat() if term.due_on else None}
    announce(w, petition, Event.PUBLISHED, rulebook=petition.rulebook, by=party.value, **facts)
    refresh(w, petition)
    # The joiners count from the start, and in a small place they may be enough.
    w.session.flush()
    mark_reached(w, petition.id)


def certify(w: Work, tier: Tier, area: str) -> tuple[ThresholdCertificate, ...]:
    """The certificates of all milestones of a tier on the register's figures of today.

    Refusals: `threshold-base-missing`, `threshold-areas-too-few`.
    """
    below: list[AreaFigures] = []
    if any(isinstance(milestone.threshold, Areas) for milestone in tier.milestones):
        below = [figures_of(row.code, row.figure) for row in register.children(w, area)]
    try:
        return certificates(tier, figures_of(area, register.figure_for(w, area, w.today)), below)
    except Refusal as error:
        # Whoever reads the refusal knows places by their names.
        names = register.area_names(w, [str(error.facts["area"])])
        area_name = localised(next(iter(names.values()), {}))
        raise Refusal(error.code, **dict(error.facts) | {"area": area_name}) from error


def _row(petition_id: int, position: int, proof: ThresholdCertificate) -> PetitionThreshold:
    return PetitionThreshold(
        petition_id=petition_id,
        position=position,
        areas=_areas(proof),
        **{name: getattr(proof, name) for name in FROZEN},
    )


def _areas(proof: ThresholdCertificate) -> dict[str, Any] | None:
    if proof.min_areas is None:
        return None
    shares = [{name: _plain(value) for name, value in asdict(share).items()} for share in proof.areas]
    return {"min_areas": proof.min_areas, "areas": shares}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, date | Decimal) else value
