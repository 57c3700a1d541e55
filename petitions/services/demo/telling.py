"""The authors of a demo petition beside its story: a co-author who agrees, and updates with what moderators do."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.work import at, work
from petitions.models.coauthors import CoAuthor
from petitions.models.tokens import Purpose, sign_token
from petitions.models.updates import AuthorUpdate
from petitions.services import coauthors
from petitions.services.demo.people import name_of
from petitions.services.term_acts import Reason
from petitions.services.updates import (
    UpdateDraft,
    correct_update,
    hide_update,
    leave_update,
    publish_update,
)

if TYPE_CHECKING:
    from petitions.services.demo.play import Stage

A_WHILE = timedelta(hours=9)
# What is younger waits in the queue of the moderators.
UNREAD = timedelta(days=4)


def join_author(stage: "Stage") -> None:
    """Somebody is invited to answer for the petition as well, and agrees."""
    who = stage.story.beside
    with stage.acting(stage.author, stage.ago(stage.story.begun - 0.15)) as (w, version):
        coauthors.invite(w, stage.petition_id, version, name_of(who), f"author{who}@people.example")
    with stage.acting(stage.cast.authors[who], stage.ago(stage.story.begun - 0.2)) as (w, _version):
        row = w.session.scalars(select(CoAuthor).where(CoAuthor.petition_id == stage.petition_id)).one()
        token = sign_token(w, Purpose.CO_AUTHOR, stage.petition_id, row.id, 0, row.expires_at)
        coauthors.accept(w, token)


def tell(stage: "Stage", update: Mapping[str, Any], moment: datetime) -> None:
    """One update at its moment, by the author or the co-author; later a moderator reads it, or it is corrected."""
    story = stage.story
    by = stage.cast.authors[story.beside] if update.get("by") == "beside" else stage.author
    words = UpdateDraft(update["title"], update["text"], story.language)
    with at(moment), work(by) as w:
        number = publish_update(w, stage.petition_id, words)
    if update.get("corrected"):
        fixed = UpdateDraft(update["title"], update["corrected"], story.language, update["why"])
        with at(moment + A_WHILE), work(by) as w:
            correct_update(w, stage.petition_id, number, fixed)
    if moment < stage.now - UNREAD:
        _moderate(stage, number, update.get("down", ""), moment + 2 * A_WHILE)


def _moderate(stage: "Stage", number: int, down: str, moment: datetime) -> None:
    with at(moment), work(stage.moderator) as w:
        mine = (AuthorUpdate.petition_id == stage.petition_id, AuthorUpdate.number == number)
        row = w.session.scalars(select(AuthorUpdate).where(*mine)).one()
        if down:
            hide_update(w, row.id, row.text_number, Reason(down, stage.story.language))
        else:
            leave_update(w, row.id, row.text_number)
