"""What bodies say about their figures, in versions, with what moderators did to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from authorities.models import Authority
from core.i18n import localised
from core.work import Work
from petitions.models.reminders import LedgerNote, LedgerNoteAct, NoteAct


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act of a moderator with its public reason."""

    act: NoteAct
    at: datetime
    reason: str
    language: str


@dataclass(frozen=True, slots=True)
class Note:
    """One version of a body's note; a hidden one has no text, its last act says why."""

    id: int
    text: str
    language: str
    at: datetime
    hidden: bool
    acts: tuple[ActRow, ...]

    @property
    def why(self) -> ActRow | None:
        """Why it is hidden now."""
        return self.acts[-1] if self.hidden and self.acts else None

    @property
    def past_acts(self) -> tuple[ActRow, ...]:
        """What was done to it before: what hides it now is left out."""
        return self.acts[:-1] if self.hidden else self.acts


@dataclass(frozen=True, slots=True)
class ModeratedNote:
    """One version as moderators see it: with its text, hidden or not."""

    note: Note
    text: str
    authority: str


def notes_of(w: Work, authorities: Sequence[str]) -> dict[str, list[Note]]:
    """Every version of the notes of some bodies, the newest first."""
    found: dict[str, list[Note]] = {code: [] for code in authorities}
    query = select(LedgerNote).where(LedgerNote.authority.in_(authorities)).order_by(LedgerNote.id.desc())
    rows = w.session.scalars(query).all()
    acts = _acts(w, [row.id for row in rows])
    for row in rows:
        found[row.authority].append(_note(row, acts[row.id]))
    return found


def note_of(w: Work, authority: str) -> Note | None:
    """The note that stands."""
    versions = notes_of(w, [authority])[authority]
    return versions[0] if versions and versions[0].text else None


def moderated_notes(w: Work, before: int | None, limit: int) -> tuple[list[ModeratedNote], int | None]:
    """The versions that say something, the newest first, and where to go on (None: no more)."""
    query = (
        select(LedgerNote, Authority.names)
        .join(Authority, Authority.code == LedgerNote.authority)
        .where(LedgerNote.text != "")
    )
    if before is not None:
        query = query.where(LedgerNote.id < before)
    rows = w.session.execute(query.order_by(LedgerNote.id.desc()).limit(limit + 1)).all()
    acts = _acts(w, [row.id for row, _names in rows])
    found = [ModeratedNote(_note(row, acts[row.id]), row.text, localised(names)) for row, names in rows]
    return found[:limit], found[limit - 1].note.id if len(found) > limit else None


def moderated_note(w: Work, note_id: int) -> ModeratedNote | None:
    """One version; None where there is none that says something."""
    found, _more = moderated_notes(w, note_id + 1, 1)
    return found[0] if found and found[0].note.id == note_id else None


def _acts(w: Work, ids: Sequence[int]) -> dict[int, list[ActRow]]:
    found: dict[int, list[ActRow]] = {id_: [] for id_ in ids}
    query = select(LedgerNoteAct).where(LedgerNoteAct.note_id.in_(ids)).order_by(LedgerNoteAct.id)
    for row in w.session.scalars(query):
        found[row.note_id].append(ActRow(row.act, row.at, row.reason, row.language))
    return found


def _note(row: LedgerNote, acts: list[ActRow]) -> Note:
    hidden = row.hidden_at is not None
    return Note(row.id, "" if hidden else row.text, row.language, row.at, hidden, tuple(acts))
