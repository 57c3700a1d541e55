"""What the page of one petition is made of: count, certificate, clocks, answer, texts, timeline, other rulebooks."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from core.i18n import _, format_number, language, localised
from core.links import absolute_url
from core.work import Work
from petitions.domain.deadlines import TermKind, TermState
from petitions.domain.events import Event
from petitions.domain.lifecycle import State
from petitions.domain.rulebook import Rulebook, Status
from petitions.domain.thresholds import AreaFigures
from petitions.queries import casework, duplicates, rules
from petitions.queries.answers import AnswerView, answer_of, outcome_words, reply_of
from petitions.queries.appeals import shown_appeal
from petitions.queries.coauthors import former
from petitions.queries.discussions import discussions
from petitions.queries.goals import Goal
from petitions.queries.offers import Offer, addressee_of, offers
from petitions.queries.petitions import (
    DecisionRow,
    PetitionCard,
    PetitionView,
    last_decision,
    local_date,
    text_versions,
)
from petitions.queries.similar import similar_to
from petitions.queries.stops import held_now
from petitions.queries.terms import TermRow
from petitions.queries.timeline import Line, timeline
from petitions.web import petition_figures
from petitions.web.reading_words import (
    CLOSED,
    TERM_KINDS,
    base_words,
    duration_words,
    event_words,
    formula_words,
    span_words,
)
from petitions.web.sharing import embed_code

ENDED = frozenset({State.LAPSED, State.WITHDRAWN, State.REFUSED})
OWN_CLOCK = frozenset({TermKind.ANSWER, TermKind.ORDINARY_REPLY})


def petition_facts(w: Work, view: PetitionView) -> dict[str, Any]:
    """Everything that the page of a listed petition shows; the number of queries is fixed."""
    card = view.card
    rulebook = rules.stored_rulebook(w, card.rulebook, card.rulebook_version)
    decision = last_decision(w, card.id) if card.state is State.REFUSED else None
    hidden = decision is not None and _hides_text(rulebook, decision)
    lines = timeline(w, card.id)
    newest = next((line.update for line in reversed(lines) if line.event is Event.UPDATE_PUBLISHED), None)
    return {
        "p": card,
        "former_authors": former(w, card.id),
        "view": view,
        "author_place": localised(card.author_place_names),
        "texts": () if hidden else text_versions(w, card.id),
        "hidden": hidden,
        "decision": _decision(rulebook, decision),
        "legal_gap": rulebook.text(rulebook.identity.legal_gap or {}, language()),
        "certificates": [_certificate(w, card, rulebook, goal) for goal in view.goals],
        "closed_because": str(CLOSED[view.signing_closed]) if view.signing_closed else None,
        "answer": _answer(answer_of(w, card.id)) if card.state is State.ANSWERED else None,
        "reply": _answer(reply_of(w, card.id)) if card.state is State.LAPSED else None,
        "clock": _clock(card),
        "held": held_now(w, card.id),
        "terms": [_term(term) for term in card.terms],
        "timeline": _timeline(w, lines, card),
        "update": newest,
        "promises": casework.promises(w, card.id) if card.state is State.ANSWERED else (),
        "discussions": discussions(w, card.id),
        "questions": casework.questions(w, card.id, public=True),
        "elsewhere": _elsewhere(w, view),
        "similar": similar_to(w, card.id, most=3),
        "original": duplicates.original_of(w, card.id),
        "copies": duplicates.copies_of(w, card.id),
        "appeal": shown_appeal(w, card.id),
        "address": absolute_url("petitions.show", petition_id=card.id),
        "summary": _summary(card),
        "embed": embed_code(card.id, card.title),
        "figures": petition_figures.in_short(w, card),
    }


def gone_facts(w: Work, petition_id: int, decision: DecisionRow | None) -> dict[str, Any]:
    """What is said of a petition that was taken down: when and why, and nothing of its text."""
    ground = ""
    if decision is not None and decision.ground:
        grounds = (g for loaded in rules.shipped_rulebooks(w) for g in loaded.rulebook.grounds)
        ground = next((localised(g.title) for g in grounds if g.id == decision.ground), "")
    return {"petition_id": petition_id, "reason": decision.reason if decision else "", "ground": ground,
            "on": local_date(w, decision.decided_at) if decision else None}  # fmt: skip


def _hides_text(rulebook: Rulebook, decision: DecisionRow) -> bool:
    named = any(ground.id == decision.ground and ground.hide_text for ground in rulebook.grounds)
    return decision.hides_text or named


def _decision(rulebook: Rulebook, decision: DecisionRow | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    ground = next((ground for ground in rulebook.grounds if ground.id == decision.ground), None)
    return {
        "reason": decision.reason,
        "at": decision.decided_at,
        "ground": rulebook.text(ground.title, language()) if ground else decision.ground or "",
        "article": ground.article if ground else "",
        "basis": ground.basis.value if ground else "law",
        "proposal": rulebook.status is Status.PROPOSAL,
    }


def _certificate(w: Work, card: PetitionCard, rulebook: Rulebook, goal: Goal) -> dict[str, Any]:
    return {
        **asdict(goal.proof),
        "formula": formula_words(goal.proof.formula),
        "base": base_words(goal.proof.base),
        "proposal": rulebook.status is Status.PROPOSAL,
        "rulebook": f"{rulebook.text(rulebook.title, language())} ({rulebook.id}, {card.rulebook_version})",
        "frozen_on": local_date(w, card.opened_at),
        "reached_on": local_date(w, goal.reached_at),
    }


def _answer(answer: AnswerView | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    taken = None
    if answer.days_taken is not None and answer.unit is not None:
        taken = _("taken: %(days)s", days=duration_words(answer.days_taken, answer.unit))
    return {
        "outcome": outcome_words(answer.outcome) or _("Ordinary reply"),
        "decided_on": answer.decided_on,
        "days": taken,
        "late": answer.late,
        "current": answer.current,
        "earlier": [{"row": row, "outcome": outcome_words(row.outcome)} for row in answer.earlier],
    }


def _clock(card: PetitionCard) -> dict[str, Any] | None:
    """The clock of the addressee that matters now: the answer's, else the ordinary reply's."""
    for kind in (TermKind.ANSWER, TermKind.ORDINARY_REPLY):
        term = card.last_term(kind)
        if term is not None:
            return _term(term)
    return None


def _term(term: TermRow) -> dict[str, Any]:
    return {"row": term, "title": str(TERM_KINDS[term.kind]), "own_clock": term.kind in OWN_CLOCK}


def _timeline(w: Work, lines: Sequence[Line], card: PetitionCard) -> list[dict[str, Any]]:
    """What happened, the oldest first, then what is to come with its date."""
    items = [event_words(line) for line in lines]
    for item in items:
        item["at"] = local_date(w, item["at"])
    ahead = [term for term in card.terms if term.state is TermState.RUNNING and term.due_on is not None]
    coming = sorted(ahead, key=lambda term: term.due_on or date.max)
    titles = {term.id: _("Last day: %(what)s", what=str(TERM_KINDS[term.kind])) for term in coming}
    return items + [{"at": term.due_on, "title": titles[term.id], "tone": "coming"} for term in coming]


def _elsewhere(w: Work, view: PetitionView) -> list[Mapping[str, Any]]:
    """What this petition would need under the other rulebooks at hand, on the figures of its publication."""
    card = view.card
    on = local_date(w, card.opened_at)
    addressee = addressee_of(w, card.area, card.authority_branch, on) if card.area else None
    if addressee is None:
        return []
    frozen = replace(addressee, figures=_as_published(addressee.figures, view.goals))
    found = [offer for offer in offers(w, frozen) if offer.rulebook.id != card.rulebook and offer.proofs]
    return [_other(offer) for offer in found]


def _as_published(figures: AreaFigures, goals: Sequence[Goal]) -> AreaFigures:
    """The figures with those that the certificate froze: a later correction of the register moves nothing here."""
    proof = next((goal.proof for goal in goals if goal.proof.base in {"population", "electorate"}), None)
    if proof is None or proof.base is None:
        return figures
    value = {proof.base: proof.base_value}
    return replace(figures, as_of=proof.base_as_of, source=proof.source or "", **value)


def _other(offer: Offer) -> Mapping[str, Any]:
    return {
        "rulebook": offer.rulebook.id,
        "title": offer.rulebook.text(offer.rulebook.title, language()),
        "status": offer.rulebook.status.value,
        "count": offer.proofs[0].count,
        "formula": formula_words(offer.proofs[0].formula),
        "residents_only": offer.tier.residents_only,
        "window": span_words(offer.tier.collection.window),
        "answer": span_words(offer.tier.response.answer),
    }


def _summary(card: PetitionCard) -> str:
    facts = {"author": card.author, "authority": card.authority}
    if card.state is State.REFUSED or card.threshold is None:
        return _("Petition of %(author)s to: %(authority)s.", **facts)
    counted = _("fewer than 10") if card.counted is None else format_number(card.counted)
    return _(
        "Petition of %(author)s to: %(authority)s. Signatures: %(counted)s of %(threshold)s.",
        counted=counted,
        threshold=format_number(card.threshold),
        **facts,
    )
