"""Texts that are made once for many: what many threads do with them at once."""

import sys
import threading
from dataclasses import dataclass

from flask import Flask

from core.alike import KEPT, text_alike
from tests.conftest import Clock

THREADS, ROUNDS, KINDS = 8, 600, 3


@dataclass(frozen=True)
class Fact:
    """As what a page says of a petition: compared and hashed by Python's code, in which another thread may come."""

    number: int
    word: str


def test_many_threads_keep_and_push_out_at_once(app: Flask, clock: Clock) -> None:
    before, wrong = sys.getswitchinterval(), list[str]()

    def work(seed: int) -> None:
        with app.test_request_context("/"):
            for n in range(ROUNDS):
                clock.now += KEPT  # nothing is fresh: every call keeps what another thread is about to keep
                number = (seed * 7 + n * 13) % KINDS
                text = text_alike(
                    {"t": f"s{seed}x{n}"}, lambda n=n, k=number: f"{k} s{seed}x{n}", Fact(number, "w")
                )
                if text != f"{number} s{seed}x{n}":
                    wrong.append(text)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(THREADS)]
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert wrong == []
