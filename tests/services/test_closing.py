"""What becomes of petitions when their author's account is closed."""

import pytest
from flask import Flask

from core.work import Actor, reading, work
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition
from petitions.services.closing import end_unseen
from tests.factories import a_petition, an_author

STATES = {
    State.GATHERING: State.WITHDRAWN,
    State.SCREENING: State.WITHDRAWN,
    State.COLLECTING: State.COLLECTING,
    State.UNDER_REVIEW: State.UNDER_REVIEW,
    State.ANSWERED: State.ANSWERED,
}


@pytest.mark.parametrize("state", STATES)
def test_what_was_never_public_ends_and_the_rest_goes_on(app: Flask, state: State) -> None:
    author = an_author()
    mine, other = a_petition(state, author=author), a_petition(state)
    with work(Actor(author, frozenset({"citizen"}))) as w:
        end_unseen(w, author)
    with reading() as w:
        assert w.session.get_one(Petition, mine).state is STATES[state]
        assert w.session.get_one(Petition, other).state is state
