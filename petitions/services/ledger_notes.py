"""A body's right of reply: its own word beside its figures, in versions, moderated after the fact."""

from auth.permissions import Permission, demand
from core.audit import record
from core.i18n import LANGUAGES
from core.refusal import Refusal
from core.work import Work
from petitions.models.reminders import LedgerNote

LEAST_REASON = 20


def write_note(w: Work, text: str, language: str) -> int:
    """Publish a new version of the note of the officer's body; an empty one takes it away. Returns its number.

    Refusals: `not-allowed`, and `language-unknown` on `language`.
    """
    demand(w.actor, Permission.DESK_ANSWER)
    if w.actor.body is None:
        raise Refusal("not-allowed")
    if language not in LANGUAGES:
        raise Refusal("language-unknown", field="language")
    body = w.actor.body
    row = LedgerNote(authority=body, text=text, language=language, at=w.now, account_id=w.actor.account_id)
    w.session.add(row)
    w.session.flush()
    record(w, "ledger.note", f"authority:{body}", after={"note": row.id})
    return row.id


def hide_note(w: Work, note_id: int, reason: str) -> None:
    """A moderator hides one version after the fact; the reason stands in its place.

    Refusals: `not-allowed`, `not-found`, and `reason-too-short` on `reason`.
    """
    demand(w.actor, Permission.PETITION_MODERATE)
    row = w.session.get(LedgerNote, note_id)
    if row is None:
        raise Refusal("not-found")
    if len(reason.strip()) < LEAST_REASON:
        raise Refusal("reason-too-short", field="reason", least=LEAST_REASON)
    row.hidden_at, row.hidden_why = w.now, reason.strip()
    record(w, "ledger.note-hidden", f"authority:{row.authority}", after={"note": row.id})
