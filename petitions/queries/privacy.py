"""The notice in force and its earlier versions, with what changed between them."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select

from core.config import Settings
from core.i18n import language
from core.prepared import Prepared
from core.refusal import Refusal
from core.work import Work
from petitions.domain.notice import (
    Audience,
    Change,
    Content,
    Line,
    Text,
    changes,
    fingerprint,
    next_version,
    read,
)
from petitions.models.privacy import NoticeVersion
from petitions.queries.notice_text import content


@dataclass(frozen=True, slots=True)
class Version:
    """One version by its name and the moment from which it holds; None where it holds from now on."""

    id: str
    since: datetime | None
    content: Content

    def text(self, audience: Audience) -> Text:
        """What it says to an audience, in the reader's language."""
        return self.content[language()][audience.value]

    def short(self, audience: Audience) -> tuple[Line, ...]:
        """The short form, in the reader's language."""
        return self.text(audience).short


@dataclass(frozen=True, slots=True)
class Difference:
    """What a version changed for one audience."""

    audience: Audience
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A version with what it changed against the one before it; nothing for the first."""

    version: Version
    differences: tuple[Difference, ...]
    is_first: bool


def in_force(w: Work) -> Version:
    """The notice as it holds now.

    Where code or settings have moved on, that is the version that the next consent or job will store.
    """
    last = newest(w)
    now = content(w.settings)
    if last is not None and last.hash == present_hash(w.settings):
        return Version(last.id, last.stored_at, now)
    return Version(next_version(w.today, taken(w)), None, now)


_NEWEST = Prepared(
    lambda _insert: (
        select(NoticeVersion.id, NoticeVersion.hash).order_by(NoticeVersion.number.desc()).limit(1)
    )
)


def stored_now(w: Work) -> str | None:
    """The version in force where it is stored already; None where the next consent has to store it."""
    row = _NEWEST.first(w, {})
    return str(row[0]) if row is not None and row[1] == present_hash(w.settings) else None


@lru_cache(maxsize=8)
def present_hash(settings: Settings) -> str:
    """The fingerprint of the notice as code, data map and settings make it now."""
    return fingerprint(content(settings))


def version(w: Work, name: str) -> Version:
    """A version by its name. Refusal `not-found`."""
    row = w.session.get(NoticeVersion, name)
    if row is not None:
        return _version(row)
    now = in_force(w)
    if now.id != name:
        raise Refusal("not-found")
    return now


def steps(w: Work) -> list[Step]:
    """Every version from the newest to the oldest, with what it changed."""
    rows = w.session.scalars(select(NoticeVersion).order_by(NoticeVersion.number)).all()
    found = [_version(row) for row in rows]
    now = in_force(w)
    if now.since is None:
        found.append(now)
    pairs = zip([None, *found], found, strict=False)
    return [_step(old, new) for old, new in pairs][::-1]


def newest(w: Work) -> NoticeVersion | None:
    """The last version that was stored."""
    return w.session.scalar(select(NoticeVersion).order_by(NoticeVersion.number.desc()).limit(1))


def taken(w: Work) -> list[str]:
    """The names of all stored versions."""
    return list(w.session.scalars(select(NoticeVersion.id)))


def _step(old: Version | None, new: Version) -> Step:
    if old is None:
        return Step(new, (), True)
    found = [Difference(who, changes(old.text(who), new.text(who))) for who in Audience]
    return Step(new, tuple(d for d in found if d.changes), False)


def _version(row: NoticeVersion) -> Version:
    return Version(row.id, row.stored_at, read(row.content))
