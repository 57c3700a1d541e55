"""Shortening the names of authors of old petitions: initial and surname, after the term that the notice gives."""

from collections.abc import Iterable

from sqlalchemy import func, select

from auth.models import Account
from core.fulltext import settle
from core.work import Work
from petitions.domain.keeping import TERMS, Kept
from petitions.domain.lifecycle import State
from petitions.domain.naming import SHORT, shortened
from petitions.models.coauthors import CoAuthor
from petitions.models.petition import Petition
from petitions.services.indexing import refresh

MOST = 1_000_000
ENDED = (State.ANSWERED, State.LAPSED, State.WITHDRAWN, State.REFUSED, State.TAKEN_DOWN)
TERM = TERMS[Kept.AUTHOR_NAME].length
LIKE = "_. %"


def due_names(w: Work) -> int:
    """How many full names are due now."""
    authors = sum(_is_due(w, petition) for petition in _candidates(w, MOST))
    co_authors = sum(_is_due(w, petition) for _row, petition in _beside(w, MOST))
    return (
        authors
        + co_authors
        + sum(
            account.closed_at is not None and TERM.after(account.closed_at) <= w.now
            for account in _closed(w, MOST)
        )
    )


def shorten_names(w: Work, most: int) -> int:
    """Shorten what is due, on petitions and on accounts that are closed; returns how many names."""
    done = sum(_shorten(w, petition) for petition in _candidates(w, most))
    done += sum(_shorten_beside(w, row, petition) for row, petition in _beside(w, most))
    w.session.flush()
    if done:
        settle(w.session)
    return done + sum(_shorten_account(w, account) for account in _closed(w, most))


def _candidates(w: Work, most: int) -> Iterable[Petition]:
    """Ended petitions whose names can be due; the exact day is looked at one by one."""
    end = func.coalesce(Petition.ended_at, Petition.answered_at)
    due = (Petition.state.in_(ENDED), end <= w.now - TERM.shortest, Petition.author_name.not_like(LIKE))
    return w.session.scalars(select(Petition).where(*due).order_by(end).limit(most)).all()


def _beside(w: Work, most: int) -> Iterable[tuple[CoAuthor, Petition]]:
    """Full names of co-authors, also of those who left, on ended petitions."""
    end = func.coalesce(Petition.ended_at, Petition.answered_at)
    due = (Petition.state.in_(ENDED), end <= w.now - TERM.shortest, CoAuthor.name.not_like(LIKE))
    query = select(CoAuthor, Petition).join(Petition, Petition.id == CoAuthor.petition_id).where(*due)
    return [(row, petition) for row, petition in w.session.execute(query.order_by(end).limit(most))]


def _shorten_beside(w: Work, row: CoAuthor, petition: Petition) -> bool:
    if not _is_due(w, petition):
        return False
    row.name = shortened(row.name or "")
    refresh(w, petition)
    return bool(SHORT.match(row.name))


def _shorten(w: Work, petition: Petition) -> bool:
    if not _is_due(w, petition):
        return False
    petition.author_name = shortened(petition.author_name)
    refresh(w, petition)
    return bool(SHORT.match(petition.author_name))


def _is_due(w: Work, petition: Petition) -> bool:
    end = petition.ended_at or petition.answered_at
    return end is not None and TERM.after(end) <= w.now


def _closed(w: Work, most: int) -> Iterable[Account]:
    """Closed accounts of authors none of whose petitions still shows a full name."""
    full = select(Petition.author_id).where(Petition.author_name.not_like(LIKE))
    beside = select(CoAuthor.account_id).where(CoAuthor.name.not_like(LIKE), CoAuthor.account_id.is_not(None))
    due = (
        Account.closed_at <= w.now - TERM.shortest,
        Account.full_name.not_like(LIKE),
        Account.full_name != "",
    )
    query = (
        select(Account)
        .where(*due, Account.id.not_in(full), Account.id.not_in(beside))
        .order_by(Account.closed_at)
        .limit(most)
    )
    return w.session.scalars(query).all()


def _shorten_account(w: Work, account: Account) -> bool:
    if account.closed_at is None or TERM.after(account.closed_at) > w.now:
        return False
    account.full_name = shortened(account.full_name)
    return bool(SHORT.match(account.full_name))
