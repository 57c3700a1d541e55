"""Duplicates: a moderator links a petition to the older one about the same matter, with a public reason."""

from datetime import datetime

from auth.permissions import Permission, demand
from core.audit import record
from core.i18n import LANGUAGES
from core.refusal import Refusal
from core.switches import Switch, refuse_if
from core.work import Work
from petitions.domain.events import Event
from petitions.domain.lifecycle import Party
from petitions.domain.moderation import REASON_LEAST, REASON_MOST
from petitions.models.duplicates import DuplicateLink
from petitions.models.petition import Petition
from petitions.notices import announce
from petitions.queries.access import is_listed, parties, require_moderator
from petitions.queries.duplicates import copies_of
from petitions.services import cases


def link_duplicate(w: Work, petition_id: int, original_id: int, reason: str, language: str) -> None:
    """Say in public that a petition repeats an older one. Both go on as they are; signers who asked for news are told.

    Refusals: `switched-off`, `not-allowed`, `not-found` for a case that is the moderator's own, `duplicate-private`
    while it is not public, `duplicate-linked`, `language-unknown`; on `original`: `duplicate-unknown`,
    `duplicate-own`, `duplicate-newer`, `duplicate-chain`; on `reason`: `reason-missing`, `reason-long`.
    """
    petition = _case(w, petition_id)
    if not is_listed(petition):
        raise Refusal("duplicate-private")
    if w.session.get(DuplicateLink, petition.id) is not None:
        raise Refusal("duplicate-linked")
    original = _original(w, petition, original_id)
    _require_reason(reason, language)
    row = DuplicateLink(
        petition_id=petition.id,
        original_id=original.id,
        reason=reason,
        language=language,
        linked_at=w.now,
        account_id=w.actor.account_id,
    )
    w.session.add(row)
    record(
        w, "petition.duplicate_link", f"petition:{petition.id}", {"original": None}, {"original": original.id}
    )
    announce(w, petition, Event.DUPLICATE_LINKED, original=str(original.id), why=reason)
    announce(w, original, Event.DUPLICATE_FOUND, duplicate=str(petition.id), why=reason)


def unlink_duplicate(w: Work, petition_id: int, reason: str, language: str) -> None:
    """Take a link back, with a public reason; the same people are told.

    Refusals: `switched-off`, `not-allowed`, `not-found`, `duplicate-unlinked`, `language-unknown`; on `reason`:
    `reason-missing`, `reason-long`.
    """
    petition = _case(w, petition_id)
    row = w.session.get(DuplicateLink, petition.id)
    if row is None:
        raise Refusal("duplicate-unlinked")
    _require_reason(reason, language)
    original = cases.load(w, row.original_id)
    w.session.delete(row)
    record(
        w,
        "petition.duplicate_unlink",
        f"petition:{petition.id}",
        {"original": original.id},
        {"original": None},
    )
    announce(w, petition, Event.DUPLICATE_UNLINKED, original=str(original.id), why=reason)
    announce(w, original, Event.DUPLICATE_GONE, duplicate=str(petition.id), why=reason)


def _case(w: Work, petition_id: int) -> Petition:
    refuse_if(w, Switch.READ_ONLY)
    demand(w.actor, Permission.PETITION_MODERATE)
    return require_moderator(w, cases.load(w, petition_id))


def _original(w: Work, petition: Petition, original_id: int) -> Petition:
    """The older public petition that is no duplicate itself, and of which none is a link of a chain."""
    found = w.session.get(Petition, original_id)
    if found is None or found.id == petition.id or not is_listed(found):
        raise Refusal("duplicate-unknown", field="original")
    if Party.MODERATOR not in parties(w, found):
        raise Refusal("duplicate-own", field="original")
    if _age(found) > _age(petition):
        raise Refusal("duplicate-newer", field="original")
    if w.session.get(DuplicateLink, found.id) is not None or copies_of(w, petition.id):
        raise Refusal("duplicate-chain", field="original")
    return found


def _age(petition: Petition) -> tuple[datetime, int]:
    return petition.opened_at or petition.created_at, petition.id


def _require_reason(reason: str, language: str) -> None:
    if language not in LANGUAGES:
        raise Refusal("language-unknown", field="language")
    if len(reason) < REASON_LEAST:
        raise Refusal("reason-missing", field="reason", least=REASON_LEAST)
    if len(reason) > REASON_MOST:
        raise Refusal("reason-long", field="reason", most=REASON_MOST)
