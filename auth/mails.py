"""Mails of accounts: made when they are sent, from a template and an account's number."""

from typing import Any

from flask import render_template

from auth.models import Account
from auth.queries import Contact, contact_of
from auth.services.invitations import invited
from auth.tokens import Purpose, make_token
from core.i18n import _, speaking
from core.links import absolute_url
from core.mail import Message
from core.outbox import renders
from core.work import Work

Ref = dict[str, Any]


@renders("auth-confirm")
def confirm_mail(w: Work, ref: Ref) -> Message | None:
    """The link that opens an account; no longer wanted once it is open."""
    account, contact = _receiver(w, ref)
    if account is None or contact is None or account.confirmed_at is not None:
        return None
    token = make_token(w, Purpose.CONFIRM, account)
    with speaking(ref["language"]):
        link = absolute_url("account.confirm", token=token, lang=ref["language"])
        return _message(w, ref, contact.email, "auth_confirm", _("Confirm your account"), link)


@renders("auth-exists")
def exists_mail(w: Work, ref: Ref) -> Message | None:
    """Told to the owner of an account whose mailbox somebody registers again."""
    _account, contact = _receiver(w, ref)
    if contact is None:
        return None
    with speaking(ref["language"]):
        link = absolute_url("account.reset", lang=ref["language"])
        return _message(w, ref, contact.email, "auth_exists", _("You have an account already"), link)


@renders("auth-reset")
def reset_mail(w: Work, ref: Ref) -> Message | None:
    """The link to set a new password; nothing is sent for a mailbox without an account."""
    account, contact = _receiver(w, ref)
    if account is None or contact is None:
        return None
    token = make_token(w, Purpose.RESET, account)
    with speaking(ref["language"]):
        link = absolute_url("account.new_password", token=token, lang=ref["language"])
        return _message(w, ref, contact.email, "auth_reset", _("Set a new password"), link)


@renders("auth-access")
def access_mail(w: Work, ref: Ref) -> Message | None:
    """Told to the owner when the way into an account or its role changed."""
    account, contact = _receiver(w, ref)
    if account is None or contact is None:
        return None
    with speaking(ref["language"]):
        link = absolute_url("account.home", lang=ref["language"])
        return _message(w, ref, contact.email, "auth_access", _("The access of your account changed"), link)


@renders("auth-invitation")
def invitation_mail(w: Work, ref: Ref) -> Message | None:
    """The link to a role for somebody without an account; no longer wanted once it was taken."""
    found = invited(w, ref["invitation"])
    if found is None:
        return None
    mailbox, token = found
    with speaking(ref["language"]):
        link = absolute_url("officers.invitation", token=token, lang=ref["language"])
        return _message(w, ref, mailbox, "auth_invitation", _("You are invited to work here"), link)


def _receiver(w: Work, ref: Ref) -> tuple[Account | None, Contact | None]:
    if ref["account"] is None:
        return None, None
    return w.session.get(Account, ref["account"]), contact_of(w, ref["account"])


def _message(w: Work, ref: Ref, mailbox: str, name: str, subject: str, link: str) -> Message:
    facts = {
        "page_lang": ref["language"],
        "subject": subject,
        "link": link,
        "controller": w.settings.controller,
    }
    text = render_template(f"mail/{name}.txt", **facts)
    html = render_template(f"mail/{name}.html", **facts)
    return Message(mailbox, subject, text, html, ref["language"])
