"""Terms with where they stand today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select

from core.work import Work
from petitions.domain.calendar import Computation, Stop
from petitions.domain.deadlines import Standing, TermFacts, TermKind, TermState, compute, standing
from petitions.domain.rulebook import Span, Unit
from petitions.models.case import Term
from petitions.models.petition import Petition
from petitions.queries import rules
from petitions.queries.access import listed
from petitions.queries.pauses import pauses_of, prime_pauses
from petitions.queries.stops import prime_paths, stops_of


@dataclass(frozen=True, slots=True)
class TermRow:
    """One term as the API's contract shows it (PRODUCT.md, "Term")."""

    id: int
    petition: int
    authority: str | None
    kind: TermKind
    state: TermState
    started_on: date
    start_fact: str
    due_on: date | None
    days_left: int | None
    days_late: int
    unit: Unit
    n: int
    article: str
    basis: str
    stopped_since: date | None
    extended: bool
    met_on: date | None
    missed_on: date | None

    @property
    def ended(self) -> bool:
        """Whether the term ended without being met."""
        return self.state is TermState.CANCELLED


def facts_of(term: Term) -> TermFacts:
    """The stored facts of a term."""
    span = Span(term.n, term.unit)
    ends = (term.met_on, term.cancelled_on, term.missed_on)
    return TermFacts(term.kind, term.started_on, span, term.extended, *ends)


def standing_of(w: Work, term: Term, petition: Petition) -> Standing:
    """Where a term stands today, recomputed under the petition's rulebook and the recorded stops."""
    calendar = rules.calendar(rules.rulebook_of(w, petition))
    return standing(facts_of(term), w.today, calendar, _held(w, term, petition))


def computed_of(w: Work, term: Term, petition: Petition) -> Computation:
    """The due date of a term with its days, under the petition's rulebook and the recorded stops."""
    calendar = rules.calendar(rules.rulebook_of(w, petition))
    return compute(facts_of(term), calendar, _held(w, term, petition))


def terms_of(w: Work, petition_ids: Sequence[int]) -> dict[int, list[TermRow]]:
    """The terms of some petitions in their order, in one query."""
    found: dict[int, list[TermRow]] = {id_: [] for id_ in petition_ids}
    for row in _rows(
        w, _joined().where(Term.petition_id.in_(petition_ids)).order_by(Term.started_on, Term.id)
    ):
        found[row.petition].append(row)
    return found


def listed_terms(
    w: Work, *, state: str | None, authority: str | None, after: int | None, limit: int
) -> list[TermRow]:
    """Terms of listed petitions, newest first; `state` is worked out, so it filters after the query."""
    query = _joined().where(listed())
    if authority is not None:
        query = query.where(Term.authority == authority)
    found: list[TermRow] = []
    while len(found) < limit:
        page = query if after is None else query.where(Term.id < after)
        rows = _rows(w, page.order_by(Term.id.desc()).limit(limit * 2))
        if not rows:
            break
        found += [row for row in rows if state is None or row.state == state]
        after = rows[-1].id
    return found[:limit]


def term(w: Work, term_id: int) -> TermRow | None:
    """One term of a listed petition."""
    query = _joined().where(Term.id == term_id, listed())
    return next(iter(_rows(w, query)), None)


def rows_of(w: Work, found: Sequence[tuple[Term, Petition]]) -> list[TermRow]:
    """Terms that were read already, each with where it stands today."""
    prime_paths(w, found)
    prime_pauses(w, {petition.id for _term, petition in found})
    return [_row(w, term, petition) for term, petition in found]


def open_terms(w: Work, petition_id: int, kinds: Iterable[TermKind] | None = None) -> Sequence[Term]:
    """The rows of a petition's terms that are neither met nor cancelled."""
    query = select(Term).where(
        Term.petition_id == petition_id, Term.met_on.is_(None), Term.cancelled_on.is_(None)
    )
    if kinds is not None:
        query = query.where(Term.kind.in_(list(kinds)))
    return w.session.scalars(query.order_by(Term.id)).all()


def open_term(w: Work, petition_id: int, kind: TermKind) -> Term | None:
    """The open term of one kind, if there is one."""
    return next(iter(open_terms(w, petition_id, [kind])), None)


def latest_term(w: Work, petition_id: int, kind: TermKind) -> Term | None:
    """The last term of one kind, open or not."""
    query = select(Term).where(Term.petition_id == petition_id, Term.kind == kind)
    return w.session.scalar(query.order_by(Term.round.desc()).limit(1))


def _held(w: Work, term: Term, petition: Petition) -> tuple[Stop, ...]:
    """The days that do not count: recorded stops, and for an answer the wait for the author's reply."""
    return (*stops_of(w, term, petition), *pauses_of(w, term))


def _joined() -> Select[tuple[Term, Petition]]:
    return select(Term, Petition).join(Petition, Petition.id == Term.petition_id)


def _rows(w: Work, query: Select[tuple[Term, Petition]]) -> list[TermRow]:
    return rows_of(w, [(term, petition) for term, petition in w.session.execute(query)])


def _row(w: Work, term: Term, petition: Petition) -> TermRow:
    now = standing_of(w, term, petition)
    return TermRow(
        id=term.id,
        petition=term.petition_id,
        authority=term.authority,
        kind=term.kind,
        state=now.state,
        started_on=term.started_on,
        start_fact=term.start_fact,
        due_on=now.due_on,
        days_left=now.days_left,
        days_late=now.days_late,
        unit=term.unit,
        n=term.n,
        article=term.article,
        basis=term.basis,
        stopped_since=now.stopped_since,
        extended=now.extended,
        met_on=term.met_on,
        missed_on=term.missed_on,
    )
