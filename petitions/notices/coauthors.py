"""The mail that invites somebody to be a co-author; on a locked phone it tells nothing (TRUST rule 5)."""

from typing import Any

from flask import render_template

from core.i18n import _, speaking
from core.links import absolute_url
from core.mail import Message
from core.outbox import renders
from core.work import Work
from petitions.domain.lifecycle import State
from petitions.models.coauthors import CoAuthor, CoAuthorState
from petitions.models.petition import Petition
from petitions.models.tokens import Purpose, sign_token
from petitions.queries.coauthors import opened

Ref = dict[str, Any]


@renders("co_author_invitation")
def invitation(w: Work, ref: Ref) -> Message | None:
    """The link under which the invited person reads the draft and answers; None once it is answered or over."""
    row = w.session.get(CoAuthor, ref["co_author"])
    if row is None or row.state is not CoAuthorState.INVITED or row.expires_at <= w.now:
        return None
    petition = w.session.get_one(Petition, row.petition_id)
    if petition.state is not State.DRAFT:
        return None
    name, mailbox = opened(w, row)
    token = sign_token(w, Purpose.CO_AUTHOR, row.petition_id, row.id, 0, row.expires_at)
    with speaking(row.language):
        facts = {
            "page_lang": row.language,
            "subject": str(_("An invitation on Dauys")),
            "controller": w.settings.controller,
            "name": name,
            "until": row.expires_at,
            "link": absolute_url("coauthors.invitation", token=token, lang=row.language),
        }
        text = render_template("mail/co_author_invitation.txt", **facts)
        html = render_template("mail/co_author_invitation.html", **facts)
    return Message(mailbox, facts["subject"], text, html, row.language)
