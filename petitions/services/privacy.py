"""Storing a version of the notice whenever what it says has changed."""

from core.db import upsert
from core.work import Work
from petitions.domain.notice import plain
from petitions.models.privacy import NoticeVersion
from petitions.queries import privacy


def store_notice(w: Work) -> str:
    """Store what the notice says now, if that is new; returns the version in force, for the consent at hand."""
    known = privacy.stored_now(w)
    if known is not None:
        return known
    now = privacy.in_force(w)
    if now.since is None:
        last = privacy.newest(w)
        row = {
            "id": now.id,
            "number": (last.number if last else 0) + 1,
            "stored_at": w.now,
            "hash": privacy.present_hash(w.settings),
            "content": plain(now.content),
        }
        w.session.execute(upsert(w.session, NoticeVersion).values(**row).on_conflict_do_nothing())
    return now.id
