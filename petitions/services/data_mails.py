"""The mails of requests about data: a code, and an answer that names no petition (TRUST rule 5)."""

from dataclasses import dataclass
from typing import Any

from flask import render_template

from auth.queries import contact_of
from auth.services.accounts import find_account
from core.i18n import _, speaking
from core.links import absolute_url
from core.mail import Message
from core.outbox import renders
from core.refusal import Refusal
from core.work import Work
from petitions.models.data_requests import DataRequest, RequestKind, RequestState
from petitions.models.signature import Signature, SignatureState
from petitions.queries.kept_entries import require_held
from petitions.services.data_requests import (
    Found,
    answer_of,
    code_of,
    found_of,
    mailbox_of,
    next_due,
    waiting_numbers,
)
from petitions.services.signing import manage_token

Ref = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Held:
    """What a search came to: links of private pages, and how many are open or only a mark."""

    links: tuple[str, ...]
    waiting: int
    marks: int


@renders("data_code")
def code_mail(w: Work, ref: Ref) -> Message | None:
    """The code of a request; None once it was given or its day is over."""
    row = w.session.get(DataRequest, ref["request"])
    mailbox = mailbox_of(w, row) if row else None
    if row is None or mailbox is None or row.state is not RequestState.UNPROVED:
        return None
    with speaking(ref["language"]):
        facts = {"code": code_of(w, row), "link": absolute_url("my_data.code", lang=ref["language"])}
        return _message(w, "data_code", mailbox, _("Your code"), ref["language"], facts)


@renders("data_answer")
def answer_mail(w: Work, ref: Ref) -> Message | None:
    """What is held with the mailbox, or what the controller decided; None once the mailbox is erased."""
    row = w.session.get(DataRequest, ref["request"])
    mailbox = mailbox_of(w, row) if row else None
    if row is None or mailbox is None:
        return None
    with speaking(ref["language"]):
        held = _held(w, found_of(w, row), ref["language"])
        facts = {
            "held": held,
            "account": find_account(w, mailbox) is not None,
            "account_link": absolute_url("account.home", lang=ref["language"]),
            "decided": row.kind is not RequestKind.SEE,
            "granted": row.granted,
            "answer": answer_of(w, row) or "",
        }
        return _message(w, "data_answer", mailbox, _("The answer to your request"), ref["language"], facts)


@renders("data_waiting")
def waiting_mail(w: Work, ref: Ref) -> Message | None:
    """To a controller: how many requests wait, and until when; None once nothing waits. It names nobody."""
    contact, (waiting, late) = contact_of(w, ref["account"]), waiting_numbers(w)
    if contact is None or not waiting:
        return None
    with speaking(contact.language):
        link = absolute_url("data_desk.requests", lang=contact.language)
        facts = {"waiting": waiting, "late": late, "next_due": next_due(w), "link": link}
        subject = _("Requests about data wait for you")
        return _message(w, "data_waiting", contact.email, subject, contact.language, facts)


def _held(w: Work, found: Found, language: str) -> _Held:
    links, waiting, marks = [], 0, 0
    for key in found:
        row = w.session.get(Signature, key)
        if row is not None and row.state is SignatureState.PENDING:
            waiting += 1
        elif row is not None and _shows(w, row):
            links.append(absolute_url("signing.manage", token=manage_token(w, row), lang=language))
        elif row is not None:
            marks += 1
    return _Held(tuple(links), waiting, marks)


def _shows(w: Work, row: Signature) -> bool:
    try:
        require_held(w, row)
    except Refusal:
        return False
    return True


def _message(w: Work, name: str, to: str, subject: str, language: str, facts: dict[str, Any]) -> Message:
    known = {"page_lang": language, "subject": subject, "controller": w.settings.controller, **facts}
    text, html = (render_template(f"mail/{name}.{kind}", **known) for kind in ("txt", "html"))
    return Message(to, subject, text, html, language)
