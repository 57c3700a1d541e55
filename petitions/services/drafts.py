"""Drafts: begun with their addressee, saved as they grow, deleted by their author."""

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from auth.queries import Author, author_of
from authorities import queries as register
from authorities.queries import AuthorityRow
from core.refusal import Refusal
from core.switches import Switch, refuse_if
from core.work import Work
from petitions.domain import texts
from petitions.domain.events import Event
from petitions.domain.lifecycle import Action, Party, State
from petitions.domain.rulebook import Rulebook, Tier
from petitions.models.petition import Petition, PetitionText
from petitions.notices import announce
from petitions.queries import rules
from petitions.queries.access import require_author
from petitions.services import cases
from petitions.services.markdown import render

MOST_DRAFTS = 20


def begin_draft(w: Work, authority: str, language: str) -> int:
    """Begin a petition to a body under the instance's rulebook; returns its number.

    Refusals: `switched-off`, `author-consent-missing`, `drafts-too-many`; on `authority`:
    `addressee-missing`, `authority-unknown`, `no-tier`.
    """
    refuse_if(w, Switch.NO_NEW_PETITIONS)
    author = require_consent(w)
    _require_room(w, author)
    loaded = rules.instance_rulebook(w)
    body, tier = addressee(w, loaded.rulebook, authority)
    cases.remember_rulebook(w, loaded)
    petition = Petition(
        author_id=author.account_id,
        author_name=author.full_name,
        author_place=author.place,
        title="",
        language=language,
        authority=body.code,
        area=body.area,
        tier=tier.id,
        rulebook=loaded.rulebook.id,
        rulebook_version=loaded.rulebook.version,
        state=State.DRAFT,
        text_number=1,
        created_at=w.now,
        changed_at=w.now,
    )
    w.session.add(petition)
    w.session.flush()
    w.session.add(_text(petition, 1, "", ""))
    announce(w, petition, Event.DRAFT_BEGUN)
    return petition.id


def choose_addressee(w: Work, petition_id: int, version: int, authority: str) -> None:
    """Give a draft another addressee; where people have joined it, that is a new version of the text.

    Refusals: those of `begin_draft` on `authority`, of `edited`.
    """
    petition = edited(w, petition_id, version)
    body, tier = addressee(w, rules.rulebook_of(w, petition), authority)
    text = w.session.get_one(PetitionText, (petition.id, petition.text_number))
    if body.code != petition.authority and text.frozen_at is not None:
        _next_version(w, petition, text.title, text.markdown)
    petition.authority, petition.area, petition.tier = body.code, body.area, tier.id
    cases.flush(w)


def save_draft(
    w: Work,
    petition_id: int,
    version: int,
    *,
    title: str | None = None,
    markdown: str | None = None,
    language: str | None = None,
    reason: str | None = None,
) -> int:
    """Save some words of a draft, finished or not, and leave the others; returns the version that it has now.

    `reason` says what a correction changed. Refusals: `language-unknown`, `text-long`, those of `edited`.
    """
    if language is not None:
        texts.require_language(language)
    petition = edited(w, petition_id, version)
    text = w.session.get_one(PetitionText, (petition.id, petition.text_number))
    said = [text.title if title is None else title, text.markdown if markdown is None else markdown]
    petition.title, petition.language = said[0], petition.language if language is None else language
    _write(w, petition, text, *said, reason)
    # The words stand in a row of their own: every save is a new version of the case, be it in the same moment.
    flag_modified(petition, "changed_at")
    cases.flush(w)
    return petition.version


def delete_draft(w: Work, petition_id: int, version: int) -> None:
    """Delete a draft that was never submitted: its words go; only its number stays.

    Refusals: those of `owned`, `not-your-move`; `not-now` for one that was submitted before.
    """
    petition = owned(w, petition_id, version)
    if petition.submitted_at is not None:
        raise Refusal("not-now")
    cases.move(w, petition, Action.WITHDRAW, Party.AUTHOR)
    w.session.delete(w.session.get_one(PetitionText, (petition.id, petition.text_number)))
    petition.title, petition.ended_at = "", w.now
    cases.flush(w)


def require_consent(w: Work) -> Author:
    """The acting author's public name. Refusal `author-consent-missing` before the consent to be named."""
    author = author_of(w, w.actor.account_id) if w.actor.account_id is not None else None
    if author is None:
        raise Refusal("author-consent-missing")
    return author


def addressee(w: Work, rulebook: Rulebook, code: str) -> tuple[AuthorityRow, Tier]:
    """The body and its tier. Refusals on `authority`: `addressee-missing`, `authority-unknown`, `no-tier`."""
    if not code:
        raise Refusal("addressee-missing", field="authority")
    body = register.authority(w, code)
    if body is None or not body.valid_on(w.today):
        raise Refusal("authority-unknown", field="authority")
    tier = rulebook.tier_for(body.area_kind, body.branch)
    if tier is None:
        raise Refusal("no-tier", field="authority", authority=body.name)
    return body, tier


def owned(w: Work, petition_id: int, version: int) -> Petition:
    """The author's own petition, for an act on what the form showed.

    Refusals: `switched-off`, `not-found` for everybody else, `changed-meanwhile`.
    """
    refuse_if(w, Switch.READ_ONLY)
    petition = require_author(w, cases.load(w, petition_id))
    cases.require_version(petition, version)
    return petition


def edited(w: Work, petition_id: int, version: int) -> Petition:
    """A draft that its author changes now.

    Refusals: those of `owned`, `not-your-move` for what is no draft.
    """
    petition = owned(w, petition_id, version)
    with w.session.no_autoflush:
        cases.move(w, petition, Action.EDIT, Party.AUTHOR)
    return petition


def _write(
    w: Work, petition: Petition, text: PetitionText, title: str, markdown: str, reason: str | None
) -> None:
    if text.frozen_at is not None:
        if (text.title, text.markdown) == (title, markdown):
            return
        # A frozen text stays as it is: whoever read or joined it can see what was changed.
        text = _next_version(w, petition, title, markdown)
    text.title, text.markdown, text.html = title, markdown, render(markdown)
    text.hash = texts.text_hash(title, markdown)
    if reason is not None:
        text.reason = reason


def _next_version(w: Work, petition: Petition, title: str, markdown: str) -> PetitionText:
    petition.text_number += 1
    text = _text(petition, petition.text_number, title, markdown)
    w.session.add(text)
    return text


def _text(petition: Petition, number: int, title: str, markdown: str) -> PetitionText:
    return PetitionText(
        petition_id=petition.id,
        number=number,
        title=title,
        markdown=markdown,
        html=render(markdown),
        hash=texts.text_hash(title, markdown),
        reason="",
    )


def _require_room(w: Work, author: Author) -> None:
    mine = select(func.count()).where(Petition.author_id == author.account_id, Petition.state == State.DRAFT)
    if (w.session.scalar(mine) or 0) >= MOST_DRAFTS:
        raise Refusal("drafts-too-many", most=MOST_DRAFTS)
