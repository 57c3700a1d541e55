"""Co-authors: invited by mail while a petition is a draft, named by their own consent, free to leave."""

import json

from sqlalchemy import select

from auth.mailbox import canonical_mailbox, check_mailbox
from auth.names import check_author_name
from auth.permissions import Permission, demand
from auth.queries import contact_of
from auth.services.accounts import before_closing
from core.consent import given
from core.contacts import claim_mail
from core.limits import allowed
from core.outbox import post
from core.refusal import Refusal
from core.switches import Switch, refuse_if
from core.work import Work
from petitions.domain.events import Event
from petitions.domain.keeping import TERMS, Kept
from petitions.domain.lifecycle import Action, Party, step
from petitions.models.coauthors import CoAuthor, CoAuthorState
from petitions.models.petition import Petition
from petitions.notices import announce
from petitions.queries import coauthors as query
from petitions.queries.access import is_co_author
from petitions.services import cases, letters
from petitions.services.drafts import owned, require_consent
from petitions.services.indexing import refresh

LASTS = TERMS[Kept.INVITATION].length.shortest
FROM_ONE_AUTHOR = ("5 per hour", "15 per day")
Named = CoAuthorState.NAMED


def invite(w: Work, petition_id: int, version: int, full_name: str, email: str) -> int:
    """Ask the owner of a mailbox to answer for a draft together with its author; returns the invitation's number.

    A mailbox that may get no more mail for the moment gets none, and the author is not told.
    Refusals: those of `owned`, `not-your-move`, `co-authors-too-many`, `invitations-too-many`; on their fields
    the codes of `check_author_name`, `email-invalid`, `co-author-self`, `co-author-invited`.
    """
    petition = owned(w, petition_id, version)
    name, mailbox = check_author_name(full_name), check_mailbox(email)
    _require_new(w, petition, mailbox)
    if query.how_many(w, petition.id) >= query.MOST:
        raise Refusal("co-authors-too-many", most=query.MOST)
    cases.move(w, petition, Action.INVITE, Party.AUTHOR)
    if not allowed(FROM_ONE_AUTHOR, "co-author", f"account:{petition.author_id}"):
        raise Refusal("invitations-too-many")
    row = _invitation(w, petition, name, mailbox)
    if claim_mail(w, canonical_mailbox(email)):
        post(w, "co_author_invitation", str(row.id), {"co_author": row.id}, petition.language)
    announce(w, petition, Event.CO_AUTHOR_INVITED, co_author=row.id)
    return row.id


def accept(w: Work, token: str) -> int:
    """Agree to be named beside the author; returns the petition's number.

    Refusals: `not-allowed`, `switched-off`, `not-found`, `invitation-over`, `author-consent-missing`,
    `co-author-self`, `co-author-twice`, the codes of `check_author_name`.
    """
    refuse_if(w, Switch.READ_ONLY)
    demand(w.actor, Permission.PETITION_WRITE)
    row = query.invitation_row(w, token)
    petition, author = w.session.get_one(Petition, row.petition_id), require_consent(w)
    if author.account_id == petition.author_id:
        raise Refusal("co-author-self")
    if is_co_author(w, petition.id, author.account_id):
        raise Refusal("co-author-twice")
    step(petition.state, Action.ACCEPT, Party.ANYONE, cases.facts_of(w, petition))
    agreed = given(w)
    row.state, row.sealed, row.named_at = Named, None, w.now
    row.account_id, row.name, row.place = author.account_id, check_author_name(author.full_name), author.place
    row.notice, row.notice_language = agreed.version, agreed.language
    w.session.flush()
    announce(w, petition, Event.CO_AUTHOR_NAMED, co_author=row.id)
    return petition.id


def decline(w: Work, token: str) -> None:
    """Say no to an invitation: what was kept of it is erased at once. Refusals: `not-found`, `invitation-over`."""
    row = query.invitation_row(w, token)
    petition = w.session.get_one(Petition, row.petition_id)
    _forget(w, row, CoAuthorState.DECLINED)
    announce(w, petition, Event.CO_AUTHOR_DECLINED, co_author=row.id)


def release(w: Work, petition_id: int, version: int, row_id: int) -> None:
    """Take an invitation back, or part with a co-author, while it is a draft.

    Refusals: those of `owned`, `not-your-move`; `not-found` for what is no present co-author or invitation of it.
    """
    petition = owned(w, petition_id, version)
    row = w.session.get(CoAuthor, row_id)
    if row is None or row.petition_id != petition.id or row.ended_at is not None:
        raise Refusal("not-found")
    cases.move(w, petition, Action.RELEASE, Party.AUTHOR)
    account = row.account_id
    _forget(w, row, CoAuthorState.TAKEN_BACK)
    entry = announce(w, petition, Event.CO_AUTHOR_RELEASED, co_author=row.id)
    if account is not None:
        ref = {"journal": entry.id, "petition": petition.id, "audience": "co_authors", "account": account}
        post(w, "case_released", f"{entry.id}", ref, petition.language)


def leave(w: Work, petition_id: int) -> None:
    """Stop being a co-author: before publication without a trace, after it with a dated line on the page.

    Refusals: `switched-off`, `not-found` for who is none, `not-your-move` once the case has ended.
    """
    refuse_if(w, Switch.READ_ONLY)
    demand(w.actor, Permission.PETITION_WRITE)
    petition = cases.load(w, petition_id)
    mine = (CoAuthor.petition_id == petition.id, CoAuthor.account_id == w.actor.account_id)
    row = w.session.scalar(select(CoAuthor).where(*mine, CoAuthor.state == Named))
    if row is None:
        raise Refusal("not-found")
    step(petition.state, Action.LEAVE, Party.CO_AUTHOR, cases.facts_of(w, petition))
    _leave(w, petition, row)


def propose(w: Work, petition_id: int, text: str) -> None:
    """A co-author's proposal for the draft, sent to its author by mail under the co-author's name.

    Refusals: `not-found` for who is no co-author, `not-your-move` where it is no draft; on `text`
    `letter-short`, `letter-long`.
    """
    refuse_if(w, Switch.READ_ONLY)
    petition = cases.load(w, petition_id)
    if not is_co_author(w, petition.id, w.actor.account_id):
        raise Refusal("not-found")
    step(petition.state, Action.PROPOSE, Party.CO_AUTHOR, cases.facts_of(w, petition))
    letters.pass_proposal(w, petition, require_consent(w).full_name, text)


@before_closing
def leave_unseen(w: Work, account_id: int) -> None:
    """Whoever closes the account leaves what was not published; published petitions keep their names."""
    query_ = select(CoAuthor, Petition).join(Petition, Petition.id == CoAuthor.petition_id)
    mine = (CoAuthor.account_id == account_id, CoAuthor.state == Named, Petition.opened_at.is_(None))
    for row, petition in w.session.execute(query_.where(*mine).order_by(CoAuthor.id)).all():
        _leave(w, petition, row)


def _leave(w: Work, petition: Petition, row: CoAuthor) -> None:
    if petition.opened_at is None:
        _forget(w, row, CoAuthorState.LEFT)
        announce(w, petition, Event.CO_AUTHOR_STEPPED_BACK, co_author=row.id)
        return
    row.state, row.ended_at = CoAuthorState.LEFT, w.now
    refresh(w, petition)
    announce(w, petition, Event.CO_AUTHOR_LEFT, co_author=row.id)


def _forget(w: Work, row: CoAuthor, state: CoAuthorState) -> None:
    """End a row that was never public: only its number, its kind and its days stay."""
    row.state, row.ended_at, row.sealed = state, w.now, None
    row.account_id = row.name = row.place = row.notice = row.notice_language = None
    w.session.flush()


def _invitation(w: Work, petition: Petition, name: str, mailbox: str) -> CoAuthor:
    row = CoAuthor(
        petition_id=petition.id,
        state=CoAuthorState.INVITED,
        language=petition.language,
        invited_at=w.now,
        expires_at=w.now + LASTS,
    )
    w.session.add(row)
    w.session.flush()
    row.sealed = w.keys.seal_text(query.PURPOSE, json.dumps([name, mailbox]), query.seal_place(row.id))
    return row


def _require_new(w: Work, petition: Petition, mailbox: str) -> None:
    same = canonical_mailbox(mailbox)
    author = contact_of(w, petition.author_id)
    if author is not None and canonical_mailbox(author.email) == same:
        raise Refusal("co-author-self", field="email")
    waiting = (CoAuthor.petition_id == petition.id, query.is_waiting(w.now))
    for row in w.session.scalars(select(CoAuthor).where(*waiting)):
        if canonical_mailbox(query.opened(w, row)[1]) == same:
            raise Refusal("co-author-invited", field="email")
