"""What the pages of signing show: the form's sheet, what a confirmed signer is told, what is held of a signature."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from auth.queries import own_account
from authorities.queries import area, area_choices, authority
from core.i18n import language, localised
from core.refusal import Refusal
from core.switches import Switch, is_on, refuse_if_read_only
from core.work import Work
from petitions.domain.deadlines import TermKind, TermState
from petitions.domain.eligibility import confirmable, signing_closed_because, signing_limit
from petitions.domain.lifecycle import State
from petitions.domain.rulebook import HandOver, Rulebook, Span
from petitions.models.keys import identity_key, open_field, opened
from petitions.models.petition import Petition, PetitionText
from petitions.models.signature import Signature
from petitions.models.tokens import Purpose, is_join_token, read_token
from petitions.queries import rules
from petitions.queries.access import is_listed, keyless, require_listed, require_published
from petitions.queries.coauthors import CoAuthorRow, named
from petitions.queries.gate import Addressed, Case, Entry, Gate, addressed, entry_of, refuse_while_off
from petitions.queries.kept_entries import require_held, waits
from petitions.queries.terms import latest_term, standing_of

Places = Mapping[str, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a form says before anybody signs; `closed` is the code of why nobody can, or None."""

    id: int
    title: str
    language: str
    author: str
    co_authors: tuple[CoAuthorRow, ...]
    authority: str
    closed: str | None
    closes_at: datetime | None
    limit: datetime | None
    frozen_at: datetime | None
    frozen_reason: str | None
    legal_gap: str
    min_age: int | None
    places: Places


@dataclass(frozen=True, slots=True)
class Startup:
    """What a petition needs before it is checked: so many joiners until this day."""

    signatures: int
    until: date | None


@dataclass(frozen=True, slots=True)
class JoinSheet:
    """The sheet of a private link, with the text that its readers are asked to join."""

    sheet: Sheet
    html: str
    startup: Startup | None
    listed: bool


@dataclass(frozen=True, slots=True)
class KnownSigner:
    """What a signed-in person's form is filled with; the signature itself never knows the account."""

    full_name: str
    email: str
    area: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What happens next with a petition, and when."""

    id: int
    title: str
    language: str
    state: State
    authority: str
    joiner: bool
    startup: Startup | None
    closes_at: datetime | None
    threshold: int | None
    residents_only: bool
    at_close: bool
    handed_over_at: datetime | None
    answer: Span


@dataclass(frozen=True, slots=True)
class Again:
    """The corrected text that somebody who had joined is asked to confirm, and what its author says of the change."""

    title: str
    html: str
    reason: str
    author: str
    co_authors: tuple[CoAuthorRow, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that is held of one signature; the same before and for seven days after its withdrawal."""

    petition_id: int
    listed: bool
    title: str | None
    title_language: str
    full_name: str | None
    email: str | None
    area: str
    area_name: str
    updates: bool
    language: str
    channel: str
    signed_at: datetime
    confirmed_at: datetime | None
    consent_at: datetime
    notice: str
    notice_language: str


def sheet(w: Work, petition_id: int) -> Sheet:
    """The form of a listed petition. Refusals: `not-found`; `gone` for one that was taken down."""
    petition = require_listed(w.session.get(Petition, petition_id))
    return _sheet(w, petition, closed_because(w, petition))


def letter_sheet(w: Work, petition_id: int) -> Sheet:
    """The petition to whose author a stranger may write: one that was published and can be read.

    Refusals: `not-found` for all that never was published, refused ones among them; `gone` for one taken down.
    """
    petition = require_published(w.session.get(Petition, petition_id))
    return _sheet(w, petition, closed_because(w, petition))


def require_form(w: Work, petition_id: int) -> None:
    """Refusals `not-found`, `gone` where there is no form and never was one."""
    require_listed(w.session.get(Petition, petition_id))


def join_sheet(w: Work, petition_id: int, token: str) -> JoinSheet:
    """The form behind a private link. Refusals: `not-found` for a wrong one; `gone` for one taken down."""
    petition = joined_petition(w, petition_id, token)
    if petition.state is State.TAKEN_DOWN:
        raise Refusal("gone")
    closed = joining_closed_because(w, petition)
    text = None if closed else w.session.get(PetitionText, (petition.id, petition.text_number))
    sheet_ = _sheet(w, petition, closed)
    return JoinSheet(sheet_, text.html if text else "", startup_of(w, petition), is_listed(petition))


def joined_petition(w: Work, petition_id: int, token: str) -> Petition:
    """The petition that a private link leads to. Refusal `not-found`."""
    petition = w.session.get(Petition, petition_id) if is_join_token(w, petition_id, token) else None
    if petition is None:
        raise Refusal("not-found")
    return petition


def closed_because(w: Work, petition: Petition) -> str | None:
    """Why nobody can sign now, as the code of `signing_closed_because`, `no-controller`, `switched-off`; or None."""
    frozen, opened = petition.frozen_at is not None, petition.opened_at
    gone = bool(keyless(w, [petition.id]))
    closed = signing_closed_because(
        petition.state, petition.closes_at, w.now, frozen=frozen, opened_at=opened, keyless=gone
    )
    return closed or paused_because(w)


def gate_closed_because(w: Work, gate: Gate) -> str | None:
    """The same from what one statement read of the petition."""
    closed = signing_closed_because(
        gate.state,
        gate.closes_at,
        w.now,
        frozen=gate.frozen_at is not None,
        opened_at=gate.opened_at,
        keyless=gate.keyless,
    )
    if closed is None and not w.settings.controller.named:
        return "no-controller"
    return closed or ("switched-off" if gate.off else None)


def paused_because(w: Work) -> str | None:
    """Why nobody can sign anything here: `no-controller`, `switched-off`; None otherwise."""
    if not w.settings.controller.named:
        return "no-controller"
    return "switched-off" if is_on(w, Switch.NO_SIGNING) else None


def joining_closed_because(w: Work, petition: Petition) -> str | None:
    """Why nobody can join now: `corrected`, `checked`, `published`, `ended`, or as for signing; None while open."""
    reasons = {State.DRAFT: "corrected", State.SCREENING: "checked"}
    if petition.state is State.GATHERING:
        term = latest_term(w, petition.id, TermKind.STARTUP)
        over = term is not None and standing_of(w, term, petition).state is TermState.LATE
        return "ended" if over else paused_because(w)
    return reasons.get(petition.state, "published" if is_listed(petition) else "ended")


def known_signer(w: Work) -> KnownSigner | None:
    """What the form of the signed-in person is filled with; None for everybody else."""
    if w.actor.account_id is None:
        return None
    account = own_account(w, w.actor.account_id)
    return KnownSigner(account.full_name, account.email, account.place or "")


def startup_of(w: Work, petition: Petition | Case) -> Startup | None:
    """How many joiners a petition needs until when; None where the rulebook asks for none."""
    startup = rules.tier_of(w, petition).startup if petition.tier else None
    if startup is None:
        return None
    term = latest_term(w, petition.id, TermKind.STARTUP)
    return Startup(startup.signatures, term.due_on if term else None)


def confirm_link(
    w: Work, token: str, *, lock: bool = False, refusing: bool = False
) -> tuple[Case, Entry, bool]:
    """The signature of a confirmation link, and whether it still waits for it.

    A signature that was withdrawn lately looks like a counted one. Refusals: `not-found`;
    `signature-link-expired` for an old or superseded link; `confirmation-over` after closing and its grace; and
    if `refusing`, `read-only` and `switched-off` while that is so.
    """
    try:
        link = read_token(w, Purpose.CONFIRM, token)
    except Refusal:
        if refusing:
            refuse_if_read_only(w)
        raise
    found = entry_of(w, link.petition_id, link.subject_id, lock=lock)
    if refusing and (found is None or found[0].off):
        refuse_while_off(w)
    if found is None:
        raise Refusal("not-found")
    case, row = found
    if row.entry != link.entry:
        raise Refusal("signature-link-expired")
    if waits(row):
        grace = rules.tier_of(w, case).collection.confirm_grace.duration()
        if not confirmable(case.state, case.closes_at, grace, w.now):
            raise Refusal("confirmation-over")
        return case, row, True
    require_held(w, row)
    return case, row, False


def again_text(w: Work, case: Case, row: Entry) -> Again:
    """The corrected text for who is asked again."""
    text = w.session.get_one(PetitionText, (case.id, row.text_number))
    return Again(text.title, text.html, text.reason, case.author_name, named(w, case.id))


def manage_link(w: Work, token: str, *, lock: bool = False) -> tuple[Petition, Signature]:
    """The signature of a manage link. Refusals: `not-found`, `signature-link-expired`."""
    link = read_token(w, Purpose.MANAGE, token)
    petition, row = _row(w, link.petition_id, link.subject_id, lock=lock)
    if row.entry != link.entry:
        raise Refusal("signature-link-expired")
    require_held(w, row)
    return petition, row


def held(w: Work, token: str) -> Held:
    """What is held, for the one who has the manage link. Refusals: `not-found`, `signature-link-expired`."""
    petition, row = manage_link(w, token)
    place = area(w, row.area)
    return Held(
        petition_id=petition.id,
        listed=is_listed(petition),
        title=None if petition.state is State.TAKEN_DOWN else petition.title,
        title_language=petition.language,
        full_name=name_of(w, row),
        email=contact_of(w, row),
        area=row.area,
        area_name=place.name if place else row.area,
        updates=row.updates,
        language=row.language,
        channel=row.channel,
        signed_at=row.created_at,
        confirmed_at=row.confirmed_at,
        consent_at=row.consent_at,
        notice=row.notice,
        notice_language=row.notice_language,
    )


def name_of(w: Work, row: Signature) -> str | None:
    """The signer's name; None once it or its key is destroyed."""
    try:
        key = identity_key(w, row.petition_id)
    except Refusal:
        return None
    return None if row.name is None else open_field(key, row.name, row.petition_id, row.id, "name")


def contact_of(w: Work, row: Signature) -> str | None:
    """Where mail to the signer goes; None once it or its key is destroyed. For mails and self-service only."""
    found = addressed(w, row.petition_id, row.id)
    return None if found is None else address_of(w, found)


def address_of(w: Work, row: Addressed) -> str | None:
    """The same of a row that was read for a mail."""
    if row.contact is None or row.key is None:
        return None
    key = opened(w, row.key, row.petition_id, "contact")
    return open_field(key, row.contact, row.petition_id, row.id, "contact")


def outlook(w: Work, case: Case, *, joiner: bool) -> Outlook:
    """What a person who has just signed wants to know."""
    tier = rules.tier_of(w, case)
    before = case.state in {State.GATHERING, State.SCREENING}
    return Outlook(
        id=case.id,
        title=case.title,
        language=case.language,
        state=case.state,
        authority=localised(case.names or {}),
        joiner=joiner,
        startup=startup_of(w, case) if before else None,
        closes_at=case.closes_at,
        threshold=case.threshold,
        residents_only=case.residents_only,
        at_close=tier.collection.hand_over is HandOver.ON_CLOSE,
        handed_over_at=case.handed_over_at,
        answer=tier.response.answer,
    )


def _sheet(w: Work, petition: Petition, closed: str | None) -> Sheet:
    rulebook: Rulebook = rules.rulebook_of(w, petition)
    body = authority(w, petition.authority or "")
    return Sheet(
        id=petition.id,
        title=petition.title,
        language=petition.language,
        author=petition.author_name,
        co_authors=named(w, petition.id),
        authority=body.name if body else "",
        closed=closed,
        closes_at=petition.closes_at,
        limit=signing_limit(petition.opened_at) if petition.opened_at else None,
        frozen_at=petition.frozen_at,
        frozen_reason=petition.frozen_reason,
        legal_gap=rulebook.text(rulebook.identity.legal_gap or {}, language()),
        min_age=rulebook.identity.min_age,
        places={} if closed else area_choices(w),
    )


def _row(w: Work, petition_id: int, signature_id: int, *, lock: bool) -> tuple[Petition, Signature]:
    key = (petition_id, signature_id)
    row = w.session.get(Signature, key, with_for_update=lock, populate_existing=lock)
    petition = w.session.get(Petition, petition_id)
    if row is None or petition is None:
        raise Refusal("not-found")
    return petition, row
