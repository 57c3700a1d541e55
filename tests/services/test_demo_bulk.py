"""Rows in bulk: what the demo writes past the use cases opens, counts and is found as what they write."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core.work import SYSTEM, reading
from petitions.domain.deadlines import TermState
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition, PetitionCount
from petitions.models.signature import Signature
from petitions.queries.listing import Filters, Order, petition_page
from petitions.queries.signing import contact_of, name_of
from petitions.queries.terms import terms_of
from petitions.services import tally
from petitions.services.demo.crowd import Crowd, freeze_history
from petitions.services.demo.many import add_petitions
from petitions.services.demo.people import name_of as name_of_number
from tests.factories import a_petition


@pytest.mark.postgres_too
def test_a_crowd_is_sealed_and_counted(app: Flask) -> None:
    petition_id = a_petition(State.COLLECTING)
    with reading() as w:
        before = w.session.get_one(PetitionCount, petition_id).counted
        now = w.now
    steps: list[tuple[int, int]] = []
    crowd = Crowd(told=lambda done, of: steps.append((done, of)))
    crowd.sign(petition_id, 60, now - timedelta(days=2), now - timedelta(hours=1))
    assert steps == []  # what is one step long says nothing of how far it is
    with reading(SYSTEM) as w:
        row = w.session.scalars(select(Signature).where(Signature.updates).limit(1)).one()
        assert name_of(w, row) in {name_of_number(n) for n in range(1, 61)}
        assert (contact_of(w, row) or "").endswith("@people.example")
        assert row.created_at < row.confirmed_at and row.expires_at == row.created_at + timedelta(days=7)
        assert w.session.get_one(PetitionCount, petition_id).counted == before + 60
        assert tally.check(w) == []


@pytest.mark.postgres_too
def test_many_petitions_are_open_found_and_have_their_dates(app: Flask) -> None:
    first = a_petition(State.COLLECTING)
    told: list[tuple[int, int]] = []
    add_petitions(7, lambda done, of: told.append((done, of)), lambda _done, _of: None)
    freeze_history(lambda _done, _of: None)
    assert told == [(7, 7)]
    with reading(SYSTEM) as w:
        ids = w.session.scalars(select(Petition.id).where(Petition.id != first).order_by(Petition.id)).all()
        assert len(ids) == 7
        for terms in terms_of(w, ids).values():
            assert [(term.state, term.kind.value) for term in terms] == [(TermState.RUNNING, "collection")]
        card = petition_page(w, Filters(), Order.NEWEST, "", 3).items[0]
        words = card.title.split()[-1]
        assert card.id in {one.id for one in petition_page(w, Filters(q=words), Order.NEWEST, "", 20).items}
        assert tally.check(w) == []
    page = app.test_client().get(f"/petitions/{ids[-1]}?lang=en")
    assert page.status_code == 200
    assert a_petition(State.DRAFT) > ids[-1]  # new ones go on behind them
