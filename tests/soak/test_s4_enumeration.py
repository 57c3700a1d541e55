"""S4 in time: 400 interleaved rounds at every door; how long an answer takes tells nothing of who is known."""

import random
import time
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.security.answers import Door, area_under_curve, doors, outside

LOW, HIGH = 0.45, 0.55


@pytest.mark.postgres_too
@pytest.mark.parametrize("name", ["register", "sign in", "reset", "sign again", "withdraw"])
def test_no_door_tells_who_is_known_by_its_time(
    name: str, app: Flask, report: Callable[..., None], size: Callable[[str, int], int]
) -> None:
    """Time of an answer for known and unknown mailboxes, by rank."""
    rounds = size("S4_ROUNDS", 400)
    client = FlaskClient(app, app.response_class)
    door = next(door for door in doors(client, rounds) if door.name == name)
    measured, alike = _measure(door, rounds)
    said = f"AUC {measured:.3f}, {'same' if alike else 'different'} status, headers and length in {rounds} rounds"
    report("S4", name, f"AUC {LOW} to {HIGH}, same answer", said, alike and LOW <= measured <= HIGH)


def _measure(door: Door, rounds: int) -> tuple[float, bool]:
    chance, alike = random.Random(4), True
    times: dict[bool, list[float]] = {True: [], False: []}
    door.known(0), door.unknown(0)  # the first one of each reads templates
    for n in range(1, rounds):
        seen = {}
        order = [True, False]
        chance.shuffle(order)
        for known in order:
            begun = time.perf_counter()
            answer = door.known(n) if known else door.unknown(n)
            times[known].append(time.perf_counter() - begun)
            seen[known] = outside(answer)
        alike = alike and seen[True] == seen[False]
    return area_under_curve(times[True], times[False]), alike
