"""Writes: forms of distinct people with their own sessions and tokens, sent as fast as the server takes them."""

import hashlib
import itertools
import os
import random
import secrets
import statistics
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import func, select

from bench import load
from bench.site import Site
from core.work import reading
from petitions.domain.eligibility import SIGNABLE
from petitions.models.petition import Petition, PetitionCount
from petitions.models.signature import Signature, SignatureState
from petitions.models.tokens import Purpose, sign_token

AREA = "750000000"
FIRST = ("Айгүл", "Данияр", "Ерлан", "Жанна", "Мария", "Иван", "Сәуле", "Тимур", "Олжас", "Гүлнар")
LAST = ("Үлгіқызы", "Сынақұлы", "Мысалова", "Примеров", "Үлгілі", "Образцова", "Сынақова", "Мысалұлы")
# An entry takes longer than its confirmation: after three times as long there are links enough.
ENTERING = 3
# A form to send: its path, cookie, body, and the address it comes from.
Line = tuple[str, str, str, str]
_numbers = itertools.count(1)


@contextmanager
def inside(site: Site) -> Iterator[Flask]:
    """The application with the site's settings, to look into its database and to make what its pages would hold."""
    from app import create_app

    with patch.dict(os.environ, site.environ(), clear=True):
        app = create_app()
    with app.app_context():
        yield app


def sign_and_confirm(
    site: Site, hello: Site, petition: int, rounds: int, seconds: float, most: int
) -> dict[str, Any]:
    """Accepted entries and counted confirmations a second, beside hello world; each round with people of its own."""
    rates: dict[str, list[float]] = {"hello": [], "sign": [], "confirm": []}
    wrong: dict[str, int] = {"sign": 0, "confirm": 0}
    confirming, entering = _times(seconds)
    with inside(site) as app, site.serving(), hello.serving("bench.hello"):
        for turn in range(rounds + 1):
            newest = _newest()
            run = _post(site, (_entry(app, petition) for _ in range(most * entering)), entering)
            wrong["sign"] += run.answers - run.statuses.get(303, 0)
            # Counted by what is new: confirmations of the turn before may still be on their way.
            if _entries(petition, newest) < run.statuses.get(303, 0):
                raise SystemExit("an entry was acknowledged and is not there")
            counted = _post(site, _confirmations(petition), confirming)
            wrong["confirm"] += counted.answers - counted.statuses.get(200, 0)
            if turn:  # the first one only warms up
                rates["hello"].append(load.read(hello.url, seconds).rate)
                rates["sign"].append(run.statuses.get(303, 0) / entering)
                rates["confirm"].append(counted.statuses.get(200, 0) / confirming)
    shares = {
        name: statistics.median(a / b for a, b in zip(rates[name], rates["hello"], strict=True))
        for name in ("sign", "confirm")
    }
    return {"rates": {n: statistics.median(r) for n, r in rates.items()}, "shares": shares, "wrong": wrong}


def _times(seconds: float) -> tuple[int, int]:
    """Seconds of confirming and, so that there is somebody to confirm, of signing before it."""
    confirming = max(1, round(seconds / ENTERING))
    return confirming, ENTERING * confirming


def _post(site: Site, lines: Iterable[Line], seconds: int) -> load.Run:
    """Forms sent for so long; a run that used all of them up would tell their number and not how quick it was."""
    file, made = site.folder / "forms", ["\t".join(line) + "\n" for line in lines]
    file.write_text("".join(made))
    run = load.post(site.url, seconds, file)
    file.unlink()
    if run.answers + load.CONNECTIONS >= len(made):
        raise SystemExit(f"all {len(made)} forms were used up in {seconds} s")
    return run


def person() -> dict[str, str]:
    """What somebody who was never here before writes into the form."""
    n = next(_numbers)
    chosen = random.Random(n)
    name = f"{chosen.choice(FIRST)} {chosen.choice(LAST)}"
    return {"full_name": name, "email": f"{secrets.token_hex(8)}@mail.example", "area": AREA, "consent": "y"}


def address() -> str:
    """A network that somebody signs from."""
    return ".".join(str(part) for part in (10, *secrets.token_bytes(3)))


def _entry(app: Flask, petition: int) -> Line:
    """One filled in form with the session and the token that its page would have given."""
    known = hashlib.sha1(os.urandom(64)).hexdigest()
    token = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(known)
    cookie = app.session_interface.get_signing_serializer(app).dumps({"csrf_token": known})
    body = urlencode(person() | {"csrf_token": token})
    return f"/petitions/{petition}/sign", f"dauys={cookie}", body, address()


def _confirmations(petition: int) -> Iterator[Line]:
    """The links of everybody who waits."""
    query = select(Signature.id, Signature.entry, Signature.expires_at)
    waiting = (
        Signature.petition_id == petition,
        Signature.state == SignatureState.PENDING,
        Signature.expires_at > func.now(),
    )
    with reading() as w:
        for id_, entry, ends in w.session.execute(query.where(*waiting)).all():
            token = sign_token(w, Purpose.CONFIRM, petition, id_, entry, ends)
            yield f"/signatures/confirm/{token}", "-=-", "", address()


def _newest() -> int:
    with reading() as w:
        return w.session.scalar(select(func.max(Signature.id))) or 0


def _entries(petition: int, newest: int) -> int:
    """How many came after the one that was the newest."""
    new = select(func.count()).where(Signature.petition_id == petition, Signature.id > newest)
    with reading() as w:
        return w.session.scalar(new) or 0


def singles(site: Site, petition: int, seconds: float, most: int) -> dict[str, float]:
    """How many of each step of the mix the server does a second when it does nothing else."""
    found = {}
    confirming, entering = _times(seconds)
    page = f"/petitions/{petition}"
    with inside(site) as app, site.serving():
        load.warm([site.url + page, f"{site.url}{page}/sign"])
        found["read"] = load.read(site.url, seconds, [page]).rate
        found["form"] = load.read(site.url, seconds, [f"{page}/sign"]).rate
        entries = (_entry(app, petition) for _ in range(most * entering))
        found["sign"] = _post(site, entries, entering).rate
        links = list(_confirmations(petition))
        found["link"] = load.read(site.url, seconds, [path for path, *_rest in links[:1000]]).rate
        found["confirm"] = _post(site, links, confirming).rate
    return found


def petition_of(site: Site, signatures: int) -> int:
    """The petition that can be signed and whose number of signatures is nearest to this one.

    The largest one has reached its threshold long ago: it waits for an answer, and is signed on.
    """
    distance = func.abs(PetitionCount.counted - signatures)
    with inside(site), reading() as w:
        query = (
            select(Petition.id)
            .join(PetitionCount, PetitionCount.petition_id == Petition.id)
            .where(Petition.state.in_(SIGNABLE), PetitionCount.counted > 0)
            .order_by(distance)
        )
        return int(w.session.scalars(query.limit(1)).one())
