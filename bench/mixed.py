"""The sustained mix (R12): people who open the form, sign, get a mail, open its link and confirm, beside readers.

Arrivals come at a fixed rate whether or not the server keeps up, as people do, and open their mail some seconds after
it came. What was acknowledged must be there in the end, the total must be exact, and lag behind by ten seconds at most.
"""

import asyncio
import email
import gzip
import json
import random
import re
import shutil
import statistics
import time
import urllib.request
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench.forms import address, inside, person
from bench.site import Site

TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
HEAD_LENGTH, HEAD_COOKIE = (
    re.compile(rb"content-length: (\d+)", re.I),
    re.compile(rb"set-cookie: (dauys=[^;]+)", re.I),
)
LINK = re.compile(r"https?://\S+/signatures/confirm/\S+")
READERS_FOR_EACH = 10
# What one person and those who read beside them ask of the site. The single rows predict as if a web process answered
# each reader, where nginx answers most.
STEPS = {"form": 1, "sign": 1, "link": 1, "confirm": 1, "read": READERS_FOR_EACH}
# Mails leave every two seconds, some dozens at once: their readers are people, who do not all open them in the tenth
# of a second in which they come.
MAILBOX_SECONDS = (2, 12)
PATIENCE_SECONDS, LAG_SECONDS, SLOWEST_MS = 60, 10, 500
WARMING_RATE, WARMING_SECONDS = 5, 5
# Of browsers to nginx: as many as both web processes let wait before they send people away, and some more.
CONNECTIONS, RESTING = 600, 64


@dataclass
class Told:
    """What happened: milliseconds by step, statuses that were not expected, and who was acknowledged."""

    millis: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    waiting: dict[str, asyncio.Future[str]] = field(default_factory=dict)
    signed: int = 0
    confirmed: int = 0
    lags: list[float] = field(default_factory=list)

    def p95(self) -> dict[str, float]:
        """Of the answers of each step and, as `slowest`, of the step with the slowest ones; milliseconds."""
        found = {
            step: statistics.quantiles(taken, n=20)[-1]
            for step, taken in self.millis.items()
            if len(taken) > 1
        }
        return found | {"slowest": max(found.values(), default=0.0)}


class Connections:
    """The connections of all browsers: so many at most, each given to whoever asks next."""

    def __init__(self, site: Site) -> None:
        self.port, self._free = site.port, asyncio.Semaphore(CONNECTIONS)
        self._idle: deque[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = deque()

    async def ask(self, request: bytes) -> tuple[bytes, bytes]:
        """Head and body of the answer; a kept connection that the site has closed meanwhile is opened anew."""
        async with self._free:
            while self._idle:
                with suppress(ConnectionError, asyncio.IncompleteReadError):
                    return await self._exchange(*self._idle.popleft(), request)
            return await self._exchange(*await asyncio.open_connection("127.0.0.1", self.port), request)

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
    ) -> tuple[bytes, bytes]:
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = HEAD_LENGTH.search(head)
            body = await reader.readexactly(int(length[1])) if length else b""
        except BaseException:
            writer.close()
            raise
        self._idle.append((reader, writer))
        if len(self._idle) > RESTING:
            self._idle.popleft()[1].close()
        return head, body

    def close(self) -> None:
        """Hang up everywhere."""
        while self._idle:
            self._idle.pop()[1].close()


class Visitor:
    """A browser: keeps its cookie, sends forms."""

    def __init__(self, connections: Connections, told: Told) -> None:
        self.connections, self.told, self.cookie, self.network = connections, told, "", address()

    async def send(
        self, step: str, path: str, form: dict[str, str] | None = None, expected: int = 200
    ) -> bytes | None:
        """The answer's body as it came, or None where its status is another one than expected."""
        start = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                head, body = await self.connections.ask(self._request(path, form))
            status = head[9:12].decode()
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            head, body, status = b"", b"", type(error).__name__
        self.told.millis.setdefault(step, []).append((time.perf_counter() - start) * 1000)
        if given := HEAD_COOKIE.search(head):
            self.cookie = given[1].decode()
        if status != str(expected):
            self.told.statuses[f"{step} {status}"] += 1
            return None
        return body

    def _request(self, path: str, form: dict[str, str] | None) -> bytes:
        body = urlencode(form).encode() if form is not None else b""
        head = [
            f"{'GET' if form is None else 'POST'} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.connections.port}",
        ]
        head += [f"X-Forwarded-For: {self.network}", "Accept-Language: kk-KZ,kk;q=0.9"]
        head += ["Accept-Encoding: gzip, br"] + [f"Cookie: {self.cookie}"] * bool(self.cookie)
        if form is not None:
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        return "\r\n".join([*head, "", ""]).encode() + body


def hold(site: Site, petition: int, rate: float, seconds: float) -> dict[str, Any]:
    """Let `rate` people a second sign and confirm for so long, each beside ten readers; what came of it."""
    told, mails = Told(), site.folder / "mail"
    shutil.rmtree(mails, ignore_errors=True)
    mails.mkdir()
    with site.installed():
        # The first readers of a process wait for what it loads; the figures are those of a warm one.
        asyncio.run(_run(site, petition, WARMING_RATE, WARMING_SECONDS, Told(), mails, 0))
        before = _steady(site, petition)
        began = time.monotonic()
        asyncio.run(_run(site, petition, rate, seconds, told, mails, before))
        lasted = time.monotonic() - began
        after = _settled(site, petition, before + told.confirmed)
    lost = told.confirmed - (after - before)
    return {
        "rate": rate,
        "seconds": lasted,
        "confirmed": told.confirmed,
        "signed": told.signed,
        "p95": told.p95(),
        "faults": dict(told.statuses),
        "lost": lost,
        "lag": max(told.lags, default=0.0),
        "drift": _drift(site),
        "holds": told.p95()["slowest"] <= SLOWEST_MS
        and not lost
        and not told.statuses
        and max(told.lags, default=0.0) <= LAG_SECONDS,
    }


async def _run(
    site: Site, petition: int, rate: float, seconds: float, told: Told, mails: Path, before: int
) -> None:
    stop = asyncio.Event()
    beside = [
        asyncio.create_task(_post_office(mails, told, stop)),
        asyncio.create_task(_lag(site, petition, told, before, stop)),
    ]
    connections, crowd = Connections(site), set[asyncio.Task[None]]()
    began, n = time.monotonic(), 0
    while (now := time.monotonic() - began) < seconds:
        while n < now * rate:
            n += 1
            for come in (_signer, _readers):
                task = asyncio.create_task(come(connections, petition, told))
                crowd.add(task)
                task.add_done_callback(crowd.discard)
        await asyncio.sleep(0.005)
    if crowd:
        await asyncio.wait(crowd, timeout=PATIENCE_SECONDS)
    stop.set()
    await asyncio.gather(*beside)
    connections.close()


async def _signer(connections: Connections, petition: int, told: Told) -> None:
    """One person's way from the form to the confirmation, with a look into the mailbox between."""
    visitor, form = Visitor(connections, told), f"/petitions/{petition}/sign"
    try:
        page = await visitor.send("form", form)
        # It comes as gzip, because its token is not to be compressed.
        found = TOKEN.search(gzip.decompress(page) if page else b"")
        if not found:
            return
        who = person()
        mail = told.waiting[who["email"]] = asyncio.get_running_loop().create_future()
        if await visitor.send("sign", form, who | {"csrf_token": found[1].decode()}, 303) is None:
            return
        told.signed += 1
        link = await asyncio.wait_for(mail, PATIENCE_SECONDS)
        await asyncio.sleep(random.uniform(*MAILBOX_SECONDS))
        await visitor.send("link", link)
        if await visitor.send("confirm", link, {}) is not None:
            told.confirmed += 1
    except TimeoutError:
        told.statuses["no mail"] += 1


async def _readers(connections: Connections, petition: int, told: Told) -> None:
    """Ten who read the page, one after the other."""
    visitor = Visitor(connections, told)
    for _ in range(READERS_FOR_EACH):
        await visitor.send("read", f"/petitions/{petition}")


async def _post_office(mails: Path, told: Told, stop: asyncio.Event) -> None:
    """Hand out the mails that the jobs wrote."""
    while not stop.is_set():
        for path in mails.glob("*.eml"):
            mail = email.message_from_bytes(path.read_bytes())
            path.unlink()
            link = LINK.search(_plain(mail))
            waiting = told.waiting.pop(str(mail["To"]).strip("<>"), None)
            if link and waiting and not waiting.done():
                waiting.set_result(urlsplit(unescape(link[0])).path)
        await asyncio.sleep(0.1)


def _plain(mail: Message) -> str:
    """The text of a mail; the older policy of the library, because it costs a tenth."""
    part = next((part for part in mail.walk() if part.get_content_type() == "text/plain"), mail)
    body = part.get_payload(decode=True)
    return body.decode() if isinstance(body, bytes) else ""


async def _lag(site: Site, petition: int, told: Told, before: int, stop: asyncio.Event) -> None:
    """How long ago the total that is shown was true."""
    history: list[tuple[float, int]] = []
    while not stop.is_set():
        now = time.monotonic()
        history.append((now, told.confirmed))
        shown = await asyncio.to_thread(_counted, site, petition) - before
        true_at = next((at for at, n in reversed(history) if n <= shown), history[0][0])
        told.lags.append(now - true_at)
        await asyncio.sleep(0.5)


def _counted(site: Site, petition: int) -> int:
    request = urllib.request.Request(
        f"{site.url}/api/v1/petitions/{petition}", headers={"X-Forwarded-For": address()}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return int(json.load(answer)["signatures"]["counted"])


def _steady(site: Site, petition: int) -> int:
    """The total once it stands still: who confirmed before is counted."""
    found = -1
    while found != (found := _counted(site, petition)):
        time.sleep(LAG_SECONDS / 2)
    return found


def _settled(site: Site, petition: int, expected: int) -> int:
    """The total once it is what was acknowledged, or after a while."""
    end = time.monotonic() + 2 * LAG_SECONDS
    while (found := _counted(site, petition)) != expected and time.monotonic() < end:
        time.sleep(0.5)
    return found


def _drift(site: Site) -> int:
    from core.work import SYSTEM, reading
    from petitions.services.tally import check

    with inside(site), reading(SYSTEM) as w:
        return len(check(w))


def search(site: Site, petition: int, highest: float, probe: float, seconds: float) -> dict[str, Any]:
    """The highest rate that holds: tried from above in short probes, then held for the whole time."""
    tried: list[dict[str, Any]] = []
    for rate in _falling(highest):
        tried.append(hold(site, petition, rate, probe))
        if tried[-1]["holds"]:
            found = hold(site, petition, rate, seconds)
            if found["holds"]:
                return {"held": found, "tried": tried}
            tried.append(found)
    return {"held": None, "tried": tried}


def _falling(highest: float) -> Iterator[float]:
    rate = highest
    while rate >= 2:
        yield round(rate, 1)
        rate *= 0.8
