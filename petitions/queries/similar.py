"""Similar petitions: what is already public about the same matter, with how much of it is the same.

Rare words weigh more than frequent ones. The index finds those with most of the rarest stems, and these few are then
compared stem by stem, on both databases alike.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from sqlalchemy import Row, select

from core import fulltext
from core.fulltext import Term
from core.work import Work
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition, PetitionText
from petitions.queries.access import listed
from petitions.queries.petitions import PetitionCard, base_rows, views
from petitions.queries.stems import COMMON_STEMS, stems_of, tokens

# With fewer words in common than this, two petitions have no matter in common.
LEAST_SCORE = 0.22
MOST_SHOWN, MOST_COMPARED = 5, 40
TITLE_KEYS, TEXT_KEYS = 10, 6
# How much each comparison says: title with title, this title in the whole of the other, all with all.
TITLES, TITLE_IN_ALL, ALL = 0.5, 0.3, 0.2
SAME_PLACE, SAME_LANGUAGE = 1.15, 1.05
Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Similar:
    """A public petition about the same matter: its card, whether it can be signed now, and a score of 0 to 1."""

    card: PetitionCard
    open: bool
    score: float


@dataclass(frozen=True, slots=True)
class Matter:
    """What a petition is about: the stems of its title, those of its text, its language and its area."""

    title: frozenset[str]
    text: frozenset[str]
    language: str = ""
    area: str = ""


def similar(
    w: Work, title: str, text: str, *, language: str = "", area: str = "", besides: int = 0
) -> tuple[Similar, ...]:
    """Public petitions about the same matter as these words, the most similar first; no refused ones.

    The same area and the same language count a little in favour. `besides` is left out.
    """
    return _similar(
        w, Matter(stems_of(title) - COMMON_STEMS, stems_of(text) - COMMON_STEMS, language, area), besides
    )


def similar_to(
    w: Work, petition_id: int, *, refused: bool = False, most: int = MOST_SHOWN
) -> tuple[Similar, ...]:
    """What is similar to a petition that is there; of a public one only what its page shows is compared."""
    petition = w.session.get_one(Petition, petition_id)
    row = fulltext.rows_of(w.session, [petition_id]).get(petition_id)
    if row is None:
        text = w.session.get(PetitionText, (petition.id, petition.text_number))
        row = fulltext.Row(tokens(petition.title), frozenset(), tokens(text.markdown if text else ""))
    matter = Matter(_bare(row.title), _bare(row.text), petition.language, petition.area or "")
    return _similar(w, matter, petition.id, refused=refused, most=most)


def _similar(
    w: Work, mine: Matter, besides: int, *, refused: bool = False, most: int = MOST_SHOWN
) -> tuple[Similar, ...]:
    weights = _weights(w, mine.title | mine.text)
    found = {row.Petition.id: row for row in _candidates(w, mine, weights, besides, refused=refused)}
    rows = fulltext.rows_of(w.session, found)
    others = {id_: Matter(_bare(row.title), _bare(row.text)) for id_, row in rows.items()}
    weights |= _weights(w, frozenset().union(*(other.title | other.text for other in others.values())))
    scores = {
        id_: _score(mine, other, weights) * _nearness(mine, found[id_]) for id_, other in others.items()
    }
    near = [id_ for id_, score in scores.items() if score >= LEAST_SCORE]
    best = sorted(near, key=lambda id_: (-scores[id_], -id_))[:most]
    seen = views(w, [found[id_] for id_ in best])
    return tuple(
        Similar(view.card, view.signing_closed is None, min(1.0, round(scores[view.card.id], 2)))
        for view in seen
    )


def _candidates(
    w: Work, mine: Matter, weights: Weights, besides: int, *, refused: bool
) -> Sequence[Row[Any]]:
    """The few petitions that share most of the rarest stems."""
    keys = _rarest(mine.title, weights, TITLE_KEYS) + _rarest(mine.text - mine.title, weights, TEXT_KEYS)
    if not keys:
        return []
    fulltext.plan_plainly(w.session)
    shared = [_points(w, key, weights[key]) for key in keys]
    anyone = fulltext.having(w.session, [[Term(f"_{key}") for key in keys]])
    query = select(Petition.id).where(listed(), Petition.id != besides, Petition.id.in_(anyone))
    if not refused:
        query = query.where(Petition.state != State.REFUSED)
    # Only numbers are sorted here; the rows themselves are read for the few that are left.
    most = query.order_by(sum(shared[1:], start=shared[0]).desc(), Petition.id.desc()).limit(MOST_COMPARED)
    ids = w.session.scalars(most).all()
    return w.session.execute(base_rows().where(Petition.id.in_(ids))).all()


def _points(w: Work, key: str, weight: float) -> Any:
    has = Petition.id.in_(fulltext.having(w.session, [[Term(f"_{key}")]]))
    return fulltext.points(has, round(weight * 10))


def _weights(w: Work, stems: Collection[str]) -> dict[str, float]:
    """How much each stem says: the rarer, the more. What no public petition has weighs as what one has."""
    total, known = fulltext.size(w.session), fulltext.counts(w.session, stems)
    return {stem: log(1 + total / max(1, known.get(stem, 1))) for stem in stems}


def _rarest(stems: Collection[str], weights: Weights, most: int) -> list[str]:
    return sorted(stems, key=lambda stem: (-weights[stem], stem))[:most]


def _bare(tokens: Collection[str]) -> frozenset[str]:
    return frozenset(token[1:] for token in tokens if token.startswith("_")) - COMMON_STEMS


def _score(mine: Matter, other: Matter, weights: Weights) -> float:
    def weight(stems: Collection[str]) -> float:
        return sum(weights[stem] for stem in stems)

    def dice(one: frozenset[str], two: frozenset[str]) -> float:
        return 2 * weight(one & two) / (weight(one) + weight(two)) if one and two else 0.0

    all_mine, all_other = mine.title | mine.text, other.title | other.text
    inside = weight(mine.title & all_other) / weight(mine.title) if mine.title else 0.0
    return TITLES * dice(mine.title, other.title) + TITLE_IN_ALL * inside + ALL * dice(all_mine, all_other)


def _nearness(mine: Matter, row: Row[Any]) -> float:
    place = SAME_PLACE if mine.area and mine.area == row.Petition.area else 1.0
    return place * (SAME_LANGUAGE if mine.language == row.Petition.language else 1.0)
