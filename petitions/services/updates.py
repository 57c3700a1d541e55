"""What authors tell those who follow a petition: written, corrected in public, and moderated after the fact."""

from dataclasses import dataclass

from sqlalchemy import func, select

from auth.permissions import Permission, demand
from core.audit import record
from core.refusal import Refusal
from core.switches import Switch, refuse_if
from core.work import Work
from petitions.domain import texts, updates
from petitions.domain.events import Event
from petitions.domain.lifecycle import Action, Party, step
from petitions.models.petition import Petition
from petitions.models.reports import ReportOutcome
from petitions.models.updates import AuthorUpdate, AuthorUpdateAct, AuthorUpdateText, UpdateAct
from petitions.notices import announce
from petitions.queries.access import parties, require_moderator, require_named
from petitions.queries.updates import own_update, written
from petitions.services import cases
from petitions.services.markdown import render
from petitions.services.reports import close_reports
from petitions.services.term_acts import Reason, require_reason


@dataclass(frozen=True, slots=True)
class UpdateDraft:
    """The words of an update; `why` says what a correction changes."""

    title: str
    markdown: str
    language: str
    why: str = ""


def check_update(w: Work, petition_id: int, draft: UpdateDraft) -> str:
    """Whether the update could go out now; returns its safe HTML.

    Refusals: `switched-off`, `not-allowed`, `not-found` for who answers for nothing here, `not-your-move`, `not-now`
    once nobody's address is kept any more, `updates-too-many`, `update-too-soon`; those of the words on their fields.
    """
    petition = _mine(w, petition_id, Action.WRITE_UPDATE)
    updates.require_room(*written(w, petition.id), w.now)
    return _rendered(draft)


def publish_update(w: Work, petition_id: int, draft: UpdateDraft) -> int:
    """Publish an update under the actor's name and mail it to all who follow; returns its number.

    Refusals: those of `check_update`.
    """
    # Two authors at once: the second one waits, and is then too soon.
    w.session.get(Petition, petition_id, with_for_update=True)
    html = check_update(w, petition_id, draft)
    petition = w.session.get_one(Petition, petition_id)
    number = 1 + written(w, petition.id)[0]
    row = AuthorUpdate(
        petition_id=petition.id, number=number, account_id=w.actor.account_id, published_at=w.now
    )
    w.session.add(row)
    w.session.flush()
    _keep(w, row, 1, draft, html)
    announce(w, petition, Event.UPDATE_PUBLISHED, update=row.id)
    return number


def check_correction(w: Work, petition_id: int, number: int, draft: UpdateDraft) -> str:
    """Whether the update could be corrected so; returns its safe HTML.

    Refusals: `switched-off`, `not-allowed`, `not-your-move`, `not-found` (also for the update of another author);
    `update-unchanged`; those of the words, and `update-why` on `why`.
    """
    _mine(w, petition_id, Action.CORRECT_UPDATE)
    row = own_update(w, petition_id, number)
    if not updates.WHY_LEAST <= len(draft.why) <= updates.WHY_MOST:
        raise Refusal("update-why", field="why", least=updates.WHY_LEAST, most=updates.WHY_MOST)
    now = w.session.get_one(AuthorUpdateText, (row.id, row.text_number))
    if (now.title, now.markdown, now.language) == (draft.title, draft.markdown, draft.language):
        raise Refusal("update-unchanged", field="text")
    return _rendered(draft)


def correct_update(w: Work, petition_id: int, number: int, draft: UpdateDraft) -> None:
    """Replace the words of one's own update: the earlier ones stay readable, nobody is mailed, moderators look again.

    One that is taken down stays so until a moderator shows it again. Refusals: those of `check_correction`.
    """
    html = check_correction(w, petition_id, number, draft)
    row = own_update(w, petition_id, number, lock=True)
    row.text_number, row.looked_at = row.text_number + 1, None
    _keep(w, row, row.text_number, draft, html)
    petition = w.session.get_one(Petition, petition_id)
    announce(w, petition, Event.UPDATE_CORRECTED, update=row.id, version=row.text_number)


def leave_update(w: Work, update_id: int, text_number: int) -> None:
    """A moderator has read this version and leaves it as it is.

    Refusals: `switched-off`, `not-allowed`, `not-found` (also for one's own petition), `changed-meanwhile`, `not-now`.
    """
    row = _moderated(w, update_id, text_number)
    if row.looked_at is not None:
        raise Refusal("not-now")
    row.looked_at = w.now
    _log(w, row, UpdateAct.PASS)


def hide_update(w: Work, update_id: int, text_number: int, reason: Reason) -> None:
    """A moderator takes an update down, with its feed entry and the mails that are not sent yet; the reason is public.

    Refusals: those of `leave_update`, and of `require_reason` on `reason`.
    """
    row = _moderated(w, update_id, text_number)
    require_reason(reason)
    if row.hidden_at is not None:
        raise Refusal("not-now")
    row.hidden_at = row.looked_at = w.now
    _log(w, row, UpdateAct.HIDE, reason)
    close_reports(w, row.petition_id, ReportOutcome.TAKEN_DOWN, "", update=row.number)
    _tell(w, row, Event.UPDATE_TAKEN_DOWN, reason)


def restore_update(w: Work, update_id: int, text_number: int, reason: Reason) -> None:
    """A moderator shows an update again. What was taken down stays hidden where the author corrected it meanwhile.

    Refusals: those of `hide_update`.
    """
    row = _moderated(w, update_id, text_number)
    require_reason(reason)
    if row.hidden_at is None:
        raise Refusal("not-now")
    hidden = w.session.scalar(
        select(func.max(AuthorUpdateAct.text_number)).where(
            AuthorUpdateAct.update_id == row.id, AuthorUpdateAct.act == UpdateAct.HIDE
        )
    )
    if hidden is not None and hidden < row.text_number:
        row.shown_from = hidden + 1
    row.hidden_at, row.looked_at = None, w.now
    _log(w, row, UpdateAct.RESTORE, reason)
    _tell(w, row, Event.UPDATE_PUT_BACK, reason)


def _mine(w: Work, petition_id: int, action: Action) -> Petition:
    refuse_if(w, Switch.READ_ONLY)
    demand(w.actor, Permission.PETITION_WRITE)
    petition = require_named(w, w.session.get(Petition, petition_id))
    party = Party.AUTHOR if Party.AUTHOR in parties(w, petition) else Party.CO_AUTHOR
    step(petition.state, action, party, cases.facts_of(w, petition))
    return petition


def _rendered(draft: UpdateDraft) -> str:
    updates.require_words(draft.title, draft.markdown)
    texts.require_language(draft.language)
    return render(draft.markdown)


def _keep(w: Work, row: AuthorUpdate, number: int, draft: UpdateDraft, html: str) -> None:
    words = {"title": draft.title, "markdown": draft.markdown, "html": html, "language": draft.language}
    w.session.add(AuthorUpdateText(update_id=row.id, number=number, at=w.now, why=draft.why, **words))
    w.session.flush()


def _moderated(w: Work, update_id: int, text_number: int) -> AuthorUpdate:
    refuse_if(w, Switch.READ_ONLY)
    demand(w.actor, Permission.PETITION_MODERATE)
    row = w.session.get(AuthorUpdate, update_id, with_for_update=True)
    if row is None:
        raise Refusal("not-found")
    require_moderator(w, w.session.get(Petition, row.petition_id))
    if row.text_number != text_number:
        raise Refusal("changed-meanwhile")
    return row


def _log(w: Work, row: AuthorUpdate, act: UpdateAct, reason: Reason | None = None) -> None:
    words = reason.text.strip() if reason else ""
    kept = AuthorUpdateAct(update_id=row.id, at=w.now, act=act, text_number=row.text_number, reason=words)
    kept.language, kept.account_id = reason.language if reason else "", w.actor.account_id
    w.session.add(kept)
    shown = {"update": row.number, "version": row.text_number}
    hides, was = act is UpdateAct.HIDE, act is UpdateAct.RESTORE
    before, after = shown | {"hidden": was}, shown | {"hidden": hides}
    if act is UpdateAct.PASS:
        before, after = shown | {"looked_at": None}, shown | {"looked_at": f"{w.now:%Y-%m-%dT%H:%M:%SZ}"}
    record(w, f"update.{act.value}", f"petition:{row.petition_id}", before, after)


def _tell(w: Work, row: AuthorUpdate, event: Event, reason: Reason) -> None:
    petition = w.session.get_one(Petition, row.petition_id)
    announce(w, petition, event, update=row.id, why=reason.text.strip())
