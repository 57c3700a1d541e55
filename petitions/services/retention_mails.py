"""The weekly letter to the controllers: what comes due for destruction, and what is held back."""

from collections import Counter
from typing import Any

from flask import render_template

from auth.permissions import Role
from auth.queries import contact_of, holders
from core.i18n import _, speaking
from core.links import absolute_url
from core.mail import Message
from core.outbox import post, renders
from core.work import Work
from petitions.queries.retention_words import kept_name
from petitions.services.retention import TOLD_BEFORE, ClassDue, by_class, to_warn_of

Ref = dict[str, Any]


def warn(w: Work) -> int:
    """Write to every controller, once a week and only if there is something to say; returns how many letters."""
    if not to_warn_of(w) and not _coming(w):
        return 0
    year, week, _day = w.today.isocalendar()
    told = holders(w, Role.CONTROLLER)
    for account_id in told:
        post(w, "retention_warning", f"{account_id}:{year}-{week}", {"account": account_id}, "")
    return len(told)


@renders("retention_warning")
def warning_mail(w: Work, ref: Ref) -> Message | None:
    """The numbers by class, and the way to the list; None where there is nothing left to say."""
    contact, due, coming = contact_of(w, ref["account"]), to_warn_of(w), _coming(w)
    if contact is None or not (due or coming):
        return None
    with speaking(contact.language):
        rows = Counter(d.kept for d in due if d.held is None)
        facts = {
            "page_lang": contact.language,
            "subject": _("What comes due for destruction"),
            "rows": [(kept_name(kept), n) for kept, n in sorted(rows.items())],
            "classes": [(kept_name(one.kept), one.soon) for one in coming],
            "held": sum(d.held is not None for d in due),
            "link": absolute_url("keeping.due", lang=contact.language),
            "controller": w.settings.controller,
        }
        text, html = (render_template(f"mail/retention_warning.{kind}", **facts) for kind in ("txt", "html"))
        return Message(contact.email, facts["subject"], text, html, contact.language)


def _coming(w: Work) -> list[ClassDue]:
    """What comes due without a key, of the classes that are worth a letter."""
    return [one for one in by_class(w) if one.kept in TOLD_BEFORE and one.soon]
