"""A body's right of reply: its own word beside its figures, in versions, moderated after the fact."""

from auth.permissions import Permission, demand
from core.audit import record
from core.i18n import LANGUAGES
from core.refusal import Refusal
from core.work import Work
from petitions.models.reminders import LedgerNote, LedgerNoteAct, NoteAct
from petitions.services.term_acts import Reason, require_reason


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


def hide_note(w: Work, note_id: int, reason: Reason) -> None:
    """A moderator hides one version after the fact; the reason stands in its place.

    Refusals: `not-allowed`, `not-found`, `not-now` for one that is hidden already or says nothing, and
    `reason-too-short` on `reason`.
    """
    row = _note(w, note_id, hidden=False)
    require_reason(reason)
    row.hidden_at, row.hidden_why = w.now, reason.text.strip()
    _log(w, row, NoteAct.HIDE, reason)


def restore_note(w: Work, note_id: int, reason: Reason) -> None:
    """A moderator shows a hidden version again; that it was hidden stays readable, with both reasons.

    Refusals: `not-allowed`, `not-found`, `not-now` for one that is not hidden, `reason-too-short` on `reason`.
    """
    row = _note(w, note_id, hidden=True)
    require_reason(reason)
    row.hidden_at, row.hidden_why = None, ""
    _log(w, row, NoteAct.RESTORE, reason)


def _note(w: Work, note_id: int, *, hidden: bool) -> LedgerNote:
    demand(w.actor, Permission.PETITION_MODERATE)
    row = w.session.get(LedgerNote, note_id)
    if row is None or not row.text:
        raise Refusal("not-found")
    if (row.hidden_at is not None) is not hidden:
        raise Refusal("not-now")
    return row


def _log(w: Work, row: LedgerNote, act: NoteAct, reason: Reason) -> None:
    kept = LedgerNoteAct(
        note_id=row.id,
        at=w.now,
        act=act,
        reason=reason.text.strip(),
        language=reason.language,
        account_id=w.actor.account_id,
    )
    w.session.add(kept)
    hides = act is NoteAct.HIDE
    before, after = ({"note": row.id, "hidden": hidden} for hidden in (not hides, hides))
    record(
        w, f"ledger.note-{act.value}", f"authority:{row.authority}", before, after | {"reason": kept.reason}
    )
