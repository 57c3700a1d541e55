"""Atom feeds of petitions: a selection of the list, and the milestones of one."""

import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape

from flask import Blueprint, Response

from core.access import public
from core.i18n import _, format_date, format_number, ngettext
from core.links import absolute_url
from core.work import Work, reading
from opendata.atom import NEVER, Entry, feed, tongue
from opendata.parameters import Narrowed, require_known
from opendata.replies import asked
from petitions.domain.events import Event
from petitions.domain.lifecycle import State
from petitions.queries.feeds import last_changes
from petitions.queries.listing import Filters, view_page
from petitions.queries.petitions import PetitionCard, PetitionView, listed_petition
from petitions.queries.timeline import Line, timeline
from petitions.queries.updates import Update
from petitions.web.reading_words import event_words
from petitions.web.state_words import STATES

NEWEST = 50
TAG = re.compile(r"<[^>]*>")
bp = Blueprint("feeds", __name__)


@bp.get("/feeds/petitions.atom")
@public
def petitions() -> Response:
    """The newest petitions that the filters leave; a filter that means nothing is a mistake (400), as in the API."""
    given = asked(Narrowed)
    with reading() as w:
        require_known(w, tier=given.tier, area=given.area, authority=given.authority)
        filters = Filters(given.state, given.tier, given.area, given.authority, given.q)
        entries = _entries(w, view_page(w, filters, None, NEWEST).items)
    kept = given.model_dump(mode="json", exclude_defaults=True) | tongue()
    addresses = absolute_url("feeds.petitions", **kept), absolute_url("petitions.index", **kept)
    return feed(_("Petitions"), *addresses, entries)


@bp.get("/feeds/petitions/<id:petition_id>.atom")
@public
def petition(petition_id: int) -> Response:
    """What happened to one petition, the newest first."""
    with reading() as w:
        card = listed_petition(w, petition_id).card
        lines = timeline(w, petition_id)
    address = absolute_url("petitions.show", petition_id=petition_id)
    entries = [_event(card, line, address) for line in reversed(lines)]
    kept = tongue()
    own = absolute_url("feeds.petition", petition_id=petition_id, **kept)
    return feed(card.title, own, absolute_url("petitions.show", petition_id=petition_id, **kept), entries)


def _entries(w: Work, views: tuple[PetitionView, ...]) -> list[Entry]:
    changes = last_changes(w, [view.card.id for view in views])
    return [_petition(view.card, changes.get(view.card.id)) for view in views]


def _petition(card: PetitionCard, changed_at: datetime | None) -> Entry:
    """A petition as an entry: its id is its address, and it is new again when something public has happened."""
    link = absolute_url("petitions.show", petition_id=card.id)
    began = card.opened_at or card.ended_at or NEVER
    return Entry(
        id=link,
        title=card.title,
        text=" ".join(_said(card)),
        link=link,
        updated=max(changed_at or began, began),
        author=card.author,
        published=began,
        language=card.language,
    )


def _said(card: PetitionCard) -> Iterator[str]:
    """Whose it is, where it stands, its count, and until when it can be signed."""
    yield _("Petition of %(author)s to: %(authority)s.", author=card.author, authority=card.authority)
    yield f"{STATES[card.state]}."
    if card.state is not State.REFUSED:
        yield f"{_count(card)}."
    if card.state is State.COLLECTING and card.closes_at:
        yield f"{_('Closes:')} {format_date(card.closes_at)}."


def _count(card: PetitionCard) -> str:
    if card.threshold is None:
        return str(ngettext("%(n)s signature", "%(n)s signatures", card.total, n=format_number(card.total)))
    threshold = format_number(card.threshold)
    if card.counted is None:
        return _("fewer than 10 of %(threshold)s signatures", threshold=threshold)
    counted = format_number(card.counted)
    return _("%(counted)s of %(threshold)s signatures", counted=counted, threshold=threshold)


def _event(card: PetitionCard, line: Line, address: str) -> Entry:
    if line.update is not None and line.event is Event.UPDATE_PUBLISHED:
        return _update(line, line.update, f"{address}#event-{line.id}")
    words = event_words(line)
    text = words["text"] or card.title
    return Entry(f"{address}#event-{line.id}", words["title"], text, address, line.at, published=line.at)


def _update(line: Line, update: Update, id_: str) -> Entry:
    """What the authors wrote, in full; it is new again when it was corrected."""
    return Entry(
        id=id_,
        title=update.words.title,
        text=_plain(update.words.html),
        link=f"{absolute_url('updates.index', petition_id=update.petition)}#update-{update.number}",
        updated=update.corrected_at or line.at,
        author=update.by,
        published=line.at,
        language=update.words.language,
    )


def _plain(html: str) -> str:
    """The words of our own safe HTML without its marks, a paragraph to a line."""
    lines = unescape(TAG.sub("", html)).splitlines()
    return "\n".join(line for line in lines if line.strip())
