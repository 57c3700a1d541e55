"""Updates of authors: as everybody reads them, as one who wrote them, and as moderators see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, Select, exists, func, select

from core.refusal import Refusal
from core.work import Work
from petitions.domain.disclosure import rounded_down
from petitions.domain.lifecycle import FOLLOWED
from petitions.domain.updates import MOST
from petitions.models.coauthors import CoAuthor
from petitions.models.petition import Petition, PetitionKeys
from petitions.models.reports import Report
from petitions.models.signature import Signature, SignatureState
from petitions.models.updates import AuthorUpdate, AuthorUpdateAct, AuthorUpdateText, UpdateAct
from petitions.queries.access import is_listed, require_moderator, require_published
from petitions.queries.coauthors import petitions_of

BANDS = ("old", "waiting", "new")
# This platform's own measure, as for reports: no rulebook gives updates a term.
NEW, WAITING = timedelta(days=1), timedelta(days=3)
RECENT = 20


@dataclass(frozen=True, slots=True)
class Words:
    """One version of an update's words; `why` says what it corrects."""

    number: int
    title: str
    markdown: str
    html: str
    language: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Act:
    """A takedown of an update or its end, with the public reason."""

    act: UpdateAct
    at: datetime
    reason: str
    language: str


@dataclass(frozen=True, slots=True)
class Update:
    """One update. `words` are those that stand, also of one that is `hidden`: pages decide who reads them."""

    id: int
    number: int
    petition: int
    account: int
    by: str
    at: datetime
    hidden: bool
    looked_at: datetime | None
    words: Words
    earlier: tuple[Words, ...] = ()
    acts: tuple[Act, ...] = ()

    @property
    def corrected_at(self) -> datetime | None:
        """When its words were last corrected."""
        return self.words.at if self.words.number > 1 else None

    @property
    def why(self) -> Act | None:
        """Why it is hidden now."""
        return self.acts[-1] if self.hidden and self.acts else None


@dataclass(frozen=True, slots=True)
class Page:
    """The public page of a petition's updates, the newest first."""

    id: int
    title: str
    language: str
    updates: tuple[Update, ...]


@dataclass(frozen=True, slots=True)
class QueueRow:
    """An update that no moderator has read as it stands; `own` marks one of the reader's own petitions."""

    update: Update
    title: str
    language: str
    band: str
    own: bool


@dataclass(frozen=True, slots=True)
class ModeratedUpdate:
    """One update for a moderator, with its petition and how many reports about it wait."""

    update: Update
    title: str
    language: str
    listed: bool
    reports: int


def page_of(w: Work, petition_id: int) -> Page:
    """What everybody reads. Refusals: `not-found` for what was never published, `gone`."""
    petition = require_published(w.session.get(Petition, petition_id))
    return Page(petition.id, petition.title, petition.language, updates_of(w, petition_id))


def updates_of(w: Work, petition_id: int) -> tuple[Update, ...]:
    """Every update of a petition with its public versions and what moderators did, the newest first."""
    rows = _rows(w, _base().where(AuthorUpdate.petition_id == petition_id))
    return _full(w, rows)


def standing(w: Work, petition_id: int) -> dict[int, Update]:
    """The updates that are shown, by id, the newest first, without their earlier versions; one query."""
    query = _base().where(AuthorUpdate.petition_id == petition_id, AuthorUpdate.hidden_at.is_(None))
    return {row.AuthorUpdate.id: _update(row) for row in _rows(w, query)}


def require_shown(w: Work, petition_id: int, number: int) -> Update:
    """One update that everybody can read. Refusal `not-found`."""
    if not 1 <= number <= MOST:
        raise Refusal("not-found")
    query = _base().where(AuthorUpdate.petition_id == petition_id, AuthorUpdate.number == number)
    rows = _rows(w, query.where(AuthorUpdate.hidden_at.is_(None)))
    if not rows:
        raise Refusal("not-found")
    return _update(rows[0])


def is_hidden(w: Work, update_id: int) -> bool:
    """Whether an update is taken down now."""
    hidden = (AuthorUpdate.id == update_id, AuthorUpdate.hidden_at.is_not(None))
    return bool(w.session.scalar(select(exists().where(*hidden))))


def own_update(w: Work, petition_id: int, number: int, *, lock: bool = False) -> AuthorUpdate:
    """The row of an update for who wrote it. Refusal `not-found` for everybody else."""
    query = select(AuthorUpdate).where(AuthorUpdate.petition_id == petition_id, AuthorUpdate.number == number)
    row = w.session.scalar(query.with_for_update() if lock else query)
    if row is None or row.account_id != w.actor.account_id:
        raise Refusal("not-found")
    return row


def written(w: Work, petition_id: int) -> tuple[int, datetime | None]:
    """How many updates a petition has, taken down ones too, and when the last one was published."""
    query = select(func.count(), func.max(AuthorUpdate.published_at))
    n, last = w.session.execute(query.where(AuthorUpdate.petition_id == petition_id)).one()
    return n, last


def may_reach(w: Work, petition: Petition) -> bool:
    """Whether those who follow a published petition can still be written to: their addresses are not destroyed."""
    if petition.opened_at is None or petition.state not in FOLLOWED:
        return False
    kept = (PetitionKeys.petition_id == petition.id, PetitionKeys.contact.is_not(None))
    return bool(w.session.scalar(select(exists().where(*kept))))


def followers(w: Work, petition_id: int) -> int | None:
    """How many follow a petition, rounded down to tens; None stands for "fewer than 10"."""
    wanted = (
        Signature.petition_id == petition_id,
        Signature.state == SignatureState.COUNTED,
        Signature.updates,
        Signature.withdrawn_at.is_(None),
        Signature.contact.is_not(None),
    )
    return rounded_down(w.session.scalar(select(func.count()).select_from(Signature).where(*wanted)))


def queue(w: Work) -> tuple[QueueRow, ...]:
    """What no moderator has read as it stands, the oldest first."""
    waiting = _with_petition().where(AuthorUpdate.looked_at.is_(None))
    rows = w.session.execute(waiting.order_by(AuthorUpdateText.at, AuthorUpdate.id)).all()
    return _queue(w, rows)


def taken_down(w: Work) -> tuple[QueueRow, ...]:
    """The updates that are taken down now, the newest first."""
    down = _with_petition().where(AuthorUpdate.hidden_at.is_not(None))
    return _queue(w, w.session.execute(down.order_by(AuthorUpdate.hidden_at.desc()).limit(RECENT)).all())


def moderated_update(w: Work, update_id: int) -> ModeratedUpdate:
    """One update for a moderator. Refusal `not-found`, also for one of the reader's own petitions."""
    rows = w.session.execute(_base().where(AuthorUpdate.id == update_id)).all()
    if not rows:
        raise Refusal("not-found")
    update = _full(w, rows, withheld=True)[0]
    petition = require_moderator(w, w.session.get(Petition, update.petition))
    waiting = (
        Report.petition_id == petition.id,
        Report.update_number == update.number,
        Report.handled_at.is_(None),
    )
    reports = w.session.scalar(select(func.count()).select_from(Report).where(*waiting)) or 0
    return ModeratedUpdate(update, petition.title, petition.language, is_listed(petition), reports)


def _base() -> Select[tuple[AuthorUpdate, AuthorUpdateText, int, str, str | None]]:
    """Each update with the words that stand, and the names of who may have written it."""
    stands = (AuthorUpdateText.update_id == AuthorUpdate.id) & (
        AuthorUpdateText.number == AuthorUpdate.text_number
    )
    beside = (CoAuthor.petition_id == AuthorUpdate.petition_id) & (
        CoAuthor.account_id == AuthorUpdate.account_id
    )
    return (
        select(AuthorUpdate, AuthorUpdateText, Petition.author_id, Petition.author_name, CoAuthor.name)
        .join(AuthorUpdateText, stands)
        .join(Petition, Petition.id == AuthorUpdate.petition_id)
        .outerjoin(CoAuthor, beside)
    )


def _with_petition() -> Select[tuple[AuthorUpdate, AuthorUpdateText, int, str, str | None, str, str]]:
    return _base().add_columns(Petition.title, Petition.language)


def _rows(
    w: Work, query: Select[tuple[AuthorUpdate, AuthorUpdateText, int, str, str | None]]
) -> Sequence[Row[tuple[AuthorUpdate, AuthorUpdateText, int, str, str | None]]]:
    return w.session.execute(query.order_by(AuthorUpdate.number.desc())).all()


def _full(
    w: Work,
    rows: Sequence[Row[tuple[AuthorUpdate, AuthorUpdateText, int, str, str | None]]],
    *,
    withheld: bool = False,
) -> tuple[Update, ...]:
    """The updates of some rows with their earlier versions (for moderators the withheld ones too) and acts."""
    if not rows:
        return ()
    ids = [row.AuthorUpdate.id for row in rows]
    texts = w.session.scalars(
        select(AuthorUpdateText)
        .where(AuthorUpdateText.update_id.in_(ids))
        .order_by(AuthorUpdateText.number.desc())
    ).all()
    told = (AuthorUpdateAct.update_id.in_(ids), AuthorUpdateAct.act != UpdateAct.PASS)
    acts = w.session.scalars(select(AuthorUpdateAct).where(*told).order_by(AuthorUpdateAct.id)).all()
    found = []
    for row in rows:
        mine: AuthorUpdate = row.AuthorUpdate
        first = 1 if withheld else mine.shown_from
        earlier = (t for t in texts if t.update_id == mine.id and first <= t.number < mine.text_number)
        done = tuple(Act(a.act, a.at, a.reason, a.language) for a in acts if a.update_id == mine.id)
        found.append(_update(row, tuple(_words(t) for t in earlier), done))
    return tuple(found)


def _update(
    row: Row[tuple[AuthorUpdate, AuthorUpdateText, int, str, str | None]],
    earlier: tuple[Words, ...] = (),
    acts: tuple[Act, ...] = (),
) -> Update:
    update, text, author_id, author, beside = row[:5]
    return Update(
        id=update.id,
        number=update.number,
        petition=update.petition_id,
        account=update.account_id,
        by=author if update.account_id == author_id else beside or author,
        at=update.published_at,
        hidden=update.hidden_at is not None,
        looked_at=update.looked_at,
        words=_words(text),
        earlier=earlier,
        acts=acts,
    )


def _words(row: AuthorUpdateText) -> Words:
    return Words(row.number, row.title, row.markdown, row.html, row.language, row.at, row.why)


def _queue(
    w: Work, rows: Sequence[Row[tuple[AuthorUpdate, AuthorUpdateText, int, str, str | None, str, str]]]
) -> tuple[QueueRow, ...]:
    beside, me = petitions_of(w, w.actor.account_id), w.actor.account_id
    return tuple(
        QueueRow(
            update=_update(row),
            title=row[5],
            language=row[6],
            band=_band(w.now - row.AuthorUpdateText.at),
            own=row[2] == me or row.AuthorUpdate.petition_id in beside,
        )
        for row in rows
    )


def _band(age: timedelta) -> str:
    if age <= NEW:
        return "new"
    return "waiting" if age <= WAITING else "old"
