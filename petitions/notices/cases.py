"""The mails about a case, made when they are sent: for author, authority, supervisor, administrators, followers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template
from sqlalchemy import select

from auth.permissions import Role
from auth.queries import contact_of, heads, holders
from authorities import queries as register
from core.i18n import format_date, format_number, localised, speaking
from core.links import absolute_url
from core.mail import Message
from core.outbox import Recipient, expands, renders
from core.refusal import Refusal
from core.work import Work
from petitions.domain.deadlines import TermKind
from petitions.domain.events import Event
from petitions.domain.lifecycle import State
from petitions.models.case import Decision, JournalEntry, Referral
from petitions.models.contacts import CaseMute
from petitions.models.keys import contact_key, open_field
from petitions.models.petition import Petition
from petitions.models.signature import Signature, SignatureState
from petitions.models.tokens import LASTING, Purpose, sign_token
from petitions.notices.announcing import TOLD, Audience
from petitions.notices.words import MISSED, Words, words_for
from petitions.queries import rules
from petitions.queries.answers import outcome_words
from petitions.queries.coauthors import account_ids
from petitions.queries.updates import is_hidden

BALLOT = "casework.ballot"
Ref = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Notice:
    """A journal entry with its case, for one audience."""

    entry: JournalEntry
    petition: Petition
    words: Words


@renders("case_author")
def author_mail(w: Work, ref: Ref) -> Message | None:
    """To the author's mailbox in the author's language; None once the account is closed or the case muted."""
    notice = _notice(w, ref)
    return None if notice is None else _account_mail(w, notice, notice.petition.author_id)


@renders("case_co_authors")
def co_author_mail(w: Work, ref: Ref) -> Message | None:
    """To one co-author; None for who has left."""
    notice = _notice(w, ref)
    if notice is None or ref["account"] not in account_ids(w, notice.petition.id):
        return None
    return _account_mail(w, notice, ref["account"])


@renders("case_released")
def released_mail(w: Work, ref: Ref) -> Message | None:
    """To one with whom the author of a draft has parted; there is nothing left to end mails about."""
    notice, contact = _notice(w, ref), contact_of(w, ref["account"])
    return _case_mail(w, notice, contact.email, contact.language) if notice and contact else None


@renders("case_authority")
def authority_mail(w: Work, ref: Ref) -> Message | None:
    """To the addressed body's own address; None for a lapse that asks nothing of it."""
    notice = _notice(w, ref)
    if notice is None or (notice.entry.event == Event.LAPSED and not notice.entry.facts.get("reply_due")):
        return None
    return _body_mail(w, notice, notice.petition.authority)


@renders("case_supervisor")
def supervisor_mail(w: Work, ref: Ref) -> Message | None:
    """To the body that supervises the addressed one; None where there is none."""
    notice = _notice(w, ref)
    body = register.authority(w, notice.petition.authority or "") if notice else None
    return _body_mail(w, notice, body.supervisor) if notice and body else None


@expands("case_administrators")
def administrators(w: Work, ref: Ref, after: int, n: int) -> tuple[Sequence[Recipient], int | None]:
    """Every administrator."""
    return _those(w, ref, holders(w, Role.ADMINISTRATOR), after, n)


@expands("case_officers")
def officers(w: Work, ref: Ref, after: int, n: int) -> tuple[Sequence[Recipient], int | None]:
    """Every officer of the addressed body, without its heads where these have a mail of their own."""
    return _those(w, ref, _officers(w, ref), after, n)


@expands("case_heads")
def head_officers(w: Work, ref: Ref, after: int, n: int) -> tuple[Sequence[Recipient], int | None]:
    """Every head of the addressed body."""
    return _those(w, ref, heads(w, w.session.get_one(Petition, ref["petition"]).authority), after, n)


@renders("case_officers")
def officer_mail(w: Work, ref: Ref) -> Message | None:
    """To one officer; None for who no longer acts for the body."""
    notice = _notice(w, ref)
    if notice is None or ref["account"] not in holders(w, Role.OFFICER, notice.petition.authority):
        return None
    return _account_mail(w, notice, ref["account"])


@renders("case_heads")
def head_mail(w: Work, ref: Ref) -> Message | None:
    """To one head of the body; None for who no longer heads it."""
    notice = _notice(w, ref)
    if notice is None or ref["account"] not in heads(w, notice.petition.authority):
        return None
    return _account_mail(w, notice, ref["account"])


@renders("case_administrators")
def administrator_mail(w: Work, ref: Ref) -> Message | None:
    """To one administrator."""
    notice = _notice(w, ref)
    return None if notice is None else _account_mail(w, notice, ref["account"])


@expands("followers")
def followers(w: Work, ref: Ref, after: int, n: int) -> tuple[Sequence[Recipient], int | None]:
    """Those whose signature counts and who asked for news, by the signature's number."""
    if _notice(w, ref) is None:
        return [], None
    wanted = (
        Signature.petition_id == ref["petition"],
        Signature.id > after,
        Signature.state == SignatureState.COUNTED,
        Signature.updates,
        Signature.withdrawn_at.is_(None),
        Signature.contact.is_not(None),
    )
    query = select(Signature.id, Signature.language).where(*wanted).order_by(Signature.id).limit(n)
    rows = w.session.execute(query).all()
    found = [Recipient(str(id_), ref | {"signature": id_}, language) for id_, language in rows]
    return found, rows[-1][0] if len(rows) == n else None


@renders("followers")
def follower_mail(w: Work, ref: Ref) -> Message | None:
    """To one signer who asked for news. It names no petition anywhere; None once it is no longer wanted."""
    notice = _notice(w, ref)
    row = w.session.get(Signature, (ref["petition"], ref["signature"]))
    address = _address(w, row) if row else None
    if notice is None or row is None or address is None or notice.petition.state is State.TAKEN_DOWN:
        return None
    with speaking(row.language):
        return _follower_message(w, notice, row, address)


def _notice(w: Work, ref: Ref) -> _Notice | None:
    entry = w.session.get_one(JournalEntry, ref["journal"])
    if entry.event == Event.UPDATE_PUBLISHED and is_hidden(w, entry.facts["update"]):
        # Taken down between writing and sending: nobody is sent to words that are not there any more.
        return None
    words = words_for(Audience(ref["audience"]), Event(entry.event), entry.facts.get("kind"))
    return None if words is None else _Notice(entry, w.session.get_one(Petition, entry.petition_id), words)


def _body_mail(w: Work, notice: _Notice, code: str | None) -> Message | None:
    body = register.authority(w, code) if code else None
    if body is None or not body.email:
        return None
    # A body reads the petition's language if it is an official one; else the rulebook's first.
    languages = rules.rulebook_of(w, notice.petition).languages
    language = notice.petition.language if notice.petition.language in languages else languages[0]
    return _case_mail(w, notice, body.email, language)


def _account_mail(w: Work, notice: _Notice, account_id: int) -> Message | None:
    contact = contact_of(w, account_id)
    muted = w.session.get(CaseMute, (notice.petition.id, account_id))
    if contact is None or muted is not None:
        return None
    token = sign_token(w, Purpose.MUTE, notice.petition.id, account_id, 0, w.now + LASTING)
    return _case_mail(
        w, notice, contact.email, contact.language, absolute_url("signing.unsubscribe", token=token)
    )


def _case_mail(w: Work, notice: _Notice, to: str, language: str, stop: str = "") -> Message:
    with speaking(language):
        facts = _facts(w, notice)
        shown = {
            "sentences": notice.words.said(facts),
            "reason": facts["reason"] if notice.words.reasons else "",
            "reason_lang": notice.petition.language,
            "button": str(notice.words.button),
            "link": _ballot(w, notice, language) or _link(notice, language),
            "stop": f"{stop}?lang={language}" if stop else "",
        }
        subject = str(notice.words.subject) % facts
        return _message(w, "case_notice", to, subject, language, shown, _one_click(stop) if stop else {})


def _one_click(stop: str) -> dict[str, str]:
    # The two headers with which a mail program ends the mails by itself (RFC 8058).
    return {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _link(notice: _Notice, language: str) -> str:
    if not notice.words.endpoint:
        return ""
    return absolute_url(notice.words.endpoint, petition_id=notice.petition.id, lang=language)


def _follower_message(w: Work, notice: _Notice, row: Signature, address: str) -> Message:
    stop = _signer_link(w, "signing.unsubscribe", Purpose.UNSUBSCRIBE, row)
    shown = {
        "sentences": notice.words.said({}),
        "button": str(notice.words.button),
        "link": _follower_page(w, notice, row),
        "stop": f"{stop}?lang={row.language}",
    }
    return _message(
        w, "case_follower", address, str(notice.words.subject), row.language, shown, _one_click(stop)
    )


def _ballot(w: Work, notice: _Notice, language: str) -> str:
    """The author's link to say whether a promise was kept; empty for every other mail."""
    if notice.words.endpoint != BALLOT:
        return ""
    case, promise = notice.petition, notice.entry.facts["promise"]
    token = sign_token(w, Purpose.PROMISE_AUTHOR, case.id, case.author_id, promise, w.now + LASTING)
    return absolute_url(BALLOT, token=token, lang=language)


def _follower_page(w: Work, notice: _Notice, row: Signature) -> str:
    """A follower's link: the own page of the signature, or the question whether a promise was kept."""
    if notice.words.endpoint != BALLOT:
        return f"{_signer_link(w, 'signing.manage', Purpose.MANAGE, row)}?lang={row.language}"
    promise = notice.entry.facts["promise"]
    token = sign_token(w, Purpose.PROMISE, row.petition_id, row.id, promise, w.now + LASTING)
    return absolute_url(BALLOT, token=token, lang=row.language)


def _signer_link(w: Work, endpoint: str, purpose: Purpose, row: Signature) -> str:
    token = sign_token(w, purpose, row.petition_id, row.id, row.entry, w.now + LASTING)
    return absolute_url(endpoint, token=token)


def _message(
    w: Work,
    template: str,
    to: str,
    subject: str,
    language: str,
    shown: dict[str, Any],
    headers: dict[str, str],
) -> Message:
    facts = {"page_lang": language, "subject": subject, "controller": w.settings.controller, **shown}
    text = render_template(f"mail/{template}.txt", **facts)
    html = render_template(f"mail/{template}.html", **facts)
    return Message(to, subject, text, html, language, headers)


def _officers(w: Work, ref: Ref) -> list[int]:
    body = w.session.get_one(Petition, ref["petition"]).authority
    event = Event(w.session.get_one(JournalEntry, ref["journal"]).event)
    # Nobody gets the same news twice: a head is an officer as well.
    apart = set(heads(w, body)) if Audience.HEADS in TOLD[event] else set()
    return [id_ for id_ in holders(w, Role.OFFICER, body) if id_ not in apart]


def _those(
    w: Work, ref: Ref, accounts: Sequence[int], after: int, n: int
) -> tuple[list[Recipient], int | None]:
    """The next `n` of some accounts by their number, and where to go on; nobody where there is nothing to tell."""
    if _notice(w, ref) is None:
        return [], None
    ids = sorted(id_ for id_ in accounts if id_ > after)
    found = [_recipient(w, ref, account_id) for account_id in ids[:n]]
    return found, ids[n - 1] if len(ids) > n else None


def _recipient(w: Work, ref: Ref, account_id: int) -> Recipient:
    contact = contact_of(w, account_id)
    return Recipient(str(account_id), ref | {"account": account_id}, contact.language if contact else "kk")


def _address(w: Work, row: Signature) -> str | None:
    """Where a signer is written to, or None once there is no reason or no key for it any more."""
    wanted = row.state is SignatureState.COUNTED and row.updates and row.withdrawn_at is None
    if not wanted or row.contact is None:
        return None
    try:
        key = contact_key(w, row.petition_id)
    except Refusal:
        return None
    return open_field(key, row.contact, row.petition_id, row.id, "contact")


def _facts(w: Work, notice: _Notice) -> dict[str, str]:
    petition, entry = notice.petition, notice.entry
    referral = w.session.get(Referral, petition.id)
    names = register.authority_names(w, [petition.authority or ""]).get(petition.authority or "", {})
    said = {name: _said(value) for name, value in entry.facts.items()}
    return said | {
        "title": petition.title,
        "petition": str(petition.id),
        "authority": localised(names),
        "receipt": referral.receipt if referral else str(petition.id),
        "kind": str(MISSED.get(TermKind(entry.facts["kind"]), "")) if "kind" in entry.facts else "",
        "outcome": outcome_words(entry.facts.get("outcome")),
        **_decision_facts(w, notice),
    }


def _decision_facts(w: Work, notice: _Notice) -> dict[str, str]:
    number = notice.entry.facts.get("decision")
    decision = w.session.get(Decision, number) if number else None
    if decision is None:
        return {"reason": "", "ground": ""}
    ground = ""
    if decision.ground:
        ground = localised(rules.rulebook_of(w, notice.petition).ground(decision.ground).title)
    return {"reason": decision.reason, "ground": ground}


def _said(value: object) -> str:
    """A fact of the journal in local words: a day, a number or a text."""
    if value is None:
        return ""
    if isinstance(value, int):
        return format_number(value)
    try:
        return format_date(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)
