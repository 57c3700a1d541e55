"""S4: what is answered does not tell who is known; `make soak PART=s4` measures how long it takes."""

from flask import Flask
from flask.testing import FlaskClient

from tests.security.answers import area_under_curve, doors, outside

ROUNDS = 3


def test_every_door_answers_the_known_and_the_unknown_alike(app: Flask) -> None:
    client = FlaskClient(app, app.response_class)
    names = []
    for door in doors(client, ROUNDS):
        names.append(door.name)
        for n in range(ROUNDS):
            known, unknown = outside(door.known(n)), outside(door.unknown(n))
            assert known == unknown, door.name
    assert names == ["register", "sign in", "reset", "sign again", "withdraw"]


def test_the_measure_of_times_sees_a_difference_and_sees_none() -> None:
    assert area_under_curve([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]) == 0.5
    assert area_under_curve([2.0, 3.0], [0.0, 1.0]) == 1.0
    assert area_under_curve([0.0, 1.0], [2.0, 3.0]) == 0.0
