"""How bodies kept what they promised: one verdict for each promise whose date has come."""

from collections.abc import Sequence

from sqlalchemy import select

from core.work import Work
from petitions.models.case import Term
from petitions.models.casework import CasePromise
from petitions.models.petition import Petition
from petitions.queries.access import listed
from petitions.queries.casework import promise_row, voices

Verdict = bool | None


def promise_verdicts(w: Work, authorities: Sequence[str]) -> dict[str, list[Verdict]]:
    """For each body what people say of its promises that fell due: kept, not kept, or None for no word yet."""
    query = (
        select(CasePromise, Term.authority)
        .join(Term, Term.id == CasePromise.term_id)
        .join(Petition, Petition.id == CasePromise.petition_id)
        .where(listed(), Term.authority.in_(authorities), CasePromise.due_on <= w.today)
    )
    rows = w.session.execute(query.order_by(CasePromise.id)).all()
    said = voices(w, [row.id for row, _authority in rows])
    found: dict[str, list[Verdict]] = {code: [] for code in authorities}
    for row, authority in rows:
        found[authority or ""].append(promise_row(row, said.get(row.id, {})).verdict)
    return found
