"""The mails that signing causes, made when they are sent; none of them names a petition (TRUST rule 5)."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import current_app
from sqlalchemy import select

from core.alike import text_alike
from core.i18n import _, format_datetime, speaking
from core.links import absolute_url
from core.mail import Message
from core.outbox import Recipient, expands, renders
from core.work import Work
from petitions.models.signature import Signature, SignatureState
from petitions.models.tokens import LASTING, Purpose, sign_token
from petitions.queries.gate import Addressed, addressed
from petitions.queries.kept_entries import waits
from petitions.queries.signing import address_of

Ref = dict[str, Any]


@renders("signer_confirm")
def confirm_mail(w: Work, ref: Ref) -> Message | None:
    """The link that confirms an entry; None once a later entry was accepted, or its seven days are over."""
    row = addressed(w, ref["petition"], ref["signature"])
    if row is None or row.entry != ref["entry"] or not waits(row) or w.now >= row.expires_at:
        return None
    token = sign_token(w, Purpose.CONFIRM, row.petition_id, row.id, row.entry, row.expires_at)
    return _mail(w, row, ref["language"], "signer_confirm", "signing.confirm", token)


@renders("signer_already")
def already_mail(w: Work, ref: Ref) -> Message | None:
    """What a second entry of a counted signature brings: that it counts, and the manage link."""
    row = addressed(w, ref["petition"], ref["signature"])
    if row is None or row.state is not SignatureState.COUNTED or row.withdrawn_at is not None:
        return None
    token = sign_token(w, Purpose.MANAGE, row.petition_id, row.id, row.entry, w.now + LASTING)
    return _mail(w, row, ref["language"], "signer_already", "signing.manage", token)


@expands("joiner_again")
def asked_again(w: Work, ref: Ref, after: int, n: int) -> tuple[Sequence[Recipient], int | None]:
    """Those who joined an earlier text and have not answered about the corrected one, by the signature's number."""
    wanted = (
        Signature.petition_id == ref["petition"],
        Signature.id > after,
        Signature.state == SignatureState.PENDING,
        Signature.text_number == ref["text"],
        Signature.asked_again_at.is_not(None),
        Signature.contact.is_not(None),
    )
    query = select(Signature.id, Signature.entry, Signature.language).where(*wanted)
    rows = w.session.execute(query.order_by(Signature.id).limit(n)).all()
    found = [Recipient(str(id_), ref | {"signature": id_, "entry": entry}, lang) for id_, entry, lang in rows]
    return found, rows[-1][0] if len(rows) == n else None


@renders("joiner_again")
def again_mail(w: Work, ref: Ref) -> Message | None:
    """The link that confirms a corrected text; None once it was confirmed, entered anew or is over."""
    row = addressed(w, ref["petition"], ref["signature"])
    if row is None or row.entry != ref["entry"] or not waits(row) or w.now >= row.expires_at:
        return None
    token = sign_token(w, Purpose.CONFIRM, row.petition_id, row.id, row.entry, row.expires_at)
    return _mail(w, row, row.language, "joiner_again", "signing.confirm", token)


def _mail(w: Work, row: Addressed, language: str, template: str, endpoint: str, token: str) -> Message | None:
    address = address_of(w, row)
    if address is None:
        return None
    with speaking(language):
        facts = {
            "page_lang": language,
            # One subject for all, so that a locked phone does not tell who has signed already.
            "subject": _("Your signature"),
            "link": absolute_url(endpoint, token=token, lang=language),
            "until": row.expires_at,
        }
        until = format_datetime(row.expires_at)
        text, html = (
            text_alike(
                {"token": token}, partial(_rendered, f"mail/{template}.{kind}", facts), template, kind, until
            )
            for kind in ("txt", "html")
        )
    return Message(address, facts["subject"], text, html, language)


def _rendered(template: str, facts: dict[str, Any]) -> str:
    # Straight from the environment: what a page's frame adds needs a request, and there is none here.
    return current_app.jinja_env.get_template(template).render(facts)
