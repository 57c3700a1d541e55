"""How a body shares its work: who has a case in hand, and what the officers note for each other."""

from sqlalchemy import delete

from auth.permissions import Permission, Role, demand
from auth.queries import holders
from core.audit import record
from core.db import upsert
from core.refusal import Refusal
from core.work import Work
from petitions.models.casework import CaseAssignment, CaseNote
from petitions.models.petition import Petition
from petitions.queries.access import require_officer

LONGEST_NOTE = 2000


def assign_case(w: Work, petition_id: int, account_id: int | None) -> None:
    """Give a case to an officer of the same body, or to nobody (None).

    Refusals: `not-found` for officers of other bodies; `no-such-colleague` on `assignee`.
    """
    petition = case_of(w, petition_id)
    if account_id is not None and account_id not in holders(w, Role.OFFICER, petition.authority):
        raise Refusal("no-such-colleague", field="assignee")
    if account_id is None:
        w.session.execute(delete(CaseAssignment).where(CaseAssignment.petition_id == petition.id))
    else:
        given = {"authority": petition.authority, "account_id": account_id}
        values = given | {"assigned_at": w.now, "assigned_by": w.actor.account_id}
        insert = upsert(w.session, CaseAssignment).values(petition_id=petition.id, **values)
        w.session.execute(insert.on_conflict_do_update(index_elements=["petition_id"], set_=values))
    record(w, "case.assign", f"petition:{petition.id}", after={"to": account_id})


def add_note(w: Work, petition_id: int, text: str) -> None:
    """Leave a note for the colleagues of the same body.

    Refusals: `not-found` for officers of other bodies; `note-empty` and `note-too-long` on `note`.
    """
    petition = case_of(w, petition_id)
    if not text.strip():
        raise Refusal("note-empty", field="note")
    if len(text) > LONGEST_NOTE:
        raise Refusal("note-too-long", field="note", most=LONGEST_NOTE)
    note = CaseNote(
        petition_id=petition.id,
        authority=petition.authority,
        account_id=w.actor.account_id,
        at=w.now,
        text=text.strip(),
    )
    w.session.add(note)


def case_of(w: Work, petition_id: int) -> Petition:
    """The case for an act of an officer of its body. Refusals: `not-allowed`, `not-found`."""
    demand(w.actor, Permission.DESK_ANSWER)
    return require_officer(w, w.session.get(Petition, petition_id))
