"""The mail that passes a letter on to a petition's author; the sender's address only where the sender wants it."""

from typing import Any

from flask import render_template

from auth.queries import contact_of
from core.i18n import _, speaking
from core.links import absolute_url
from core.mail import Message
from core.outbox import renders
from core.work import Work
from petitions.models.contacts import CaseMute
from petitions.models.petition import Petition
from petitions.models.privacy import AuthorLetter
from petitions.models.tokens import LASTING, Purpose, sign_token

Ref = dict[str, Any]


@renders("author_letter")
def author_letter(w: Work, ref: Ref) -> Message | None:
    """To the author's mailbox; None once the letter is gone, the account closed or the case muted."""
    letter = w.session.get(AuthorLetter, ref["letter"])
    petition = w.session.get_one(Petition, ref["petition"])
    contact = contact_of(w, petition.author_id)
    muted = w.session.get(CaseMute, (petition.id, petition.author_id))
    if letter is None or contact is None or muted is not None:
        return None
    text = w.keys.open_text("letter", letter.text, f"author_letters|{letter.id}|text")
    with speaking(contact.language):
        return _message(w, petition, contact.email, contact.language, text, _reply_to(w, letter))


def _reply_to(w: Work, letter: AuthorLetter) -> str:
    if letter.reply_to is None:
        return ""
    return w.keys.open_text("letter", letter.reply_to, f"author_letters|{letter.id}|reply_to")


def _message(w: Work, petition: Petition, to: str, language: str, text: str, reply_to: str) -> Message:
    token = sign_token(w, Purpose.MUTE, petition.id, petition.author_id, 0, w.now + LASTING)
    subject = str(_("A letter about your petition"))
    facts = {
        "page_lang": language,
        "subject": subject,
        "controller": w.settings.controller,
        "title": petition.title,
        "title_lang": petition.language,
        "text": text,
        "reply_to": reply_to,
        "stop": absolute_url("signing.unsubscribe", token=token, lang=language),
    }
    html = render_template("mail/author_letter.html", **facts)
    headers = {"Reply-To": reply_to} if reply_to else {}
    return Message(to, subject, render_template("mail/author_letter.txt", **facts), html, language, headers)
