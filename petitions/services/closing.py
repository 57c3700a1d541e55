"""What becomes of petitions when their author's account is closed: what was never public ends with it."""

from sqlalchemy import select

from auth.services.accounts import before_closing
from core.work import Work
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition
from petitions.services.drafts import delete_draft
from petitions.services.submitting import withdraw

UNSEEN = (State.DRAFT, State.GATHERING, State.SCREENING)


@before_closing
def end_unseen(w: Work, account_id: int) -> None:
    """Delete drafts and withdraw what was not published yet; published petitions go on under their author's name.

    Nobody could answer a moderator's question or pass a private link on any more.
    """
    query = select(Petition).where(Petition.author_id == account_id, Petition.state.in_(UNSEEN))
    for petition in w.session.scalars(query.order_by(Petition.id)).all():
        if petition.state is State.DRAFT and petition.submitted_at is None:
            delete_draft(w, petition.id, petition.version)
        else:
            withdraw(w, petition.id, petition.version)
