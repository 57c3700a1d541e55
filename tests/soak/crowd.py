"""A crowd that signs at a given rate from many networks, waits for its mails, confirms, and remembers all answers."""

import email
import email.policy
import http.client
import queue
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from tests.factories import ALMATY

SEE_OTHER, OK, BUSY = 303, 200, 503
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
LINK = re.compile(r"http://localhost(/signatures/confirm/[^\s\"<>]+)")
HOST = "crowd.example"
PATIENCE_SECONDS = 30
THREADS = 48


def ask(
    port: int, n: int, method: str, path: str, form: dict[str, str] | None = None, cookie: str = ""
) -> tuple[int, http.client.HTTPMessage, str]:
    """One request of person `n`, from a network of their own; status, headers and page."""
    headers = {"X-Forwarded-For": f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}", "Accept-Language": "kk"}
    headers |= {"Connection": "close"} | ({"Cookie": cookie} if cookie else {})
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request(method, path, None if form is None else urlencode(form), headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


def open_form(port: int, n: int, petition: int) -> tuple[dict[str, str], str]:
    """The filled form of person `n`, and the cookie that goes with it."""
    _status, headers, body = ask(port, n, "GET", f"/petitions/{petition}/sign")
    found = TOKEN.search(body)
    assert found, body[-500:]
    return _filled(n, found.group(1)), (headers.get("Set-Cookie") or "").split(";")[0]


def _filled(n: int, token: str) -> dict[str, str]:
    person = {"full_name": "Біреу Жолаушы", "email": f"p{n}@{HOST}", "area": ALMATY}
    return person | {"consent": "y", "csrf_token": token}


def links_in(mail: Path) -> dict[int, set[str]]:
    """The confirmation links of all mails so far, by person."""
    found: dict[int, set[str]] = {}
    for path in mail.glob("*.eml"):
        n, link = link_in(path)
        if link:
            found.setdefault(n, set()).add(link)
    return found


def link_in(path: Path) -> tuple[int, str]:
    """To whom a mail goes and its confirmation link; (0, "") for any other mail."""
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    person = re.match(rf"p(\d+)@{HOST}", str(mail["To"]))
    body = mail.get_body(("plain",))  # type: ignore[attr-defined]
    link = LINK.search(body.get_content()) if body else None
    return (int(person.group(1)), link.group(1)) if person and link else (0, "")


@dataclass
class Answers:
    """What was answered: people by number, statuses, and the seconds that acknowledged answers took."""

    signed: set[int] = field(default_factory=set)
    mailed: set[int] = field(default_factory=set)
    confirmed: set[int] = field(default_factory=set)
    statuses: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


class Crowd:
    """People who sign `petition` on the site at `port`; mails are read from `mail`.

    Each one comes from an address of its own, opens the form, sends it, and later presses the button of the mailed
    link. Whoever gets no answer or 503 tries again after a pause, as people do.
    """

    def __init__(self, port: int, petition: int, mail: Path, first: int = 1) -> None:
        self.answers = Answers()
        self.last: dict[str, float] = {}
        self._port, self._petition, self._mail = port, petition, mail
        self._next = first
        self._known: set[str] = set()
        self._links: dict[int, str] = {}
        self._work: queue.Queue[tuple[str, int]] = queue.Queue()
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(THREADS)]
        self._threads.append(threading.Thread(target=self._watch, daemon=True))
        for thread in self._threads:
            thread.start()

    def come(self, rate: float, seconds: float) -> None:
        """Send so many people a second for so long, whether or not those before them have been answered."""
        begun, n = time.monotonic(), 0
        while (now := time.monotonic() - begun) < seconds:
            while n < now * rate:
                self.one_more()
                n += 1
            self._over.wait(0.5 / rate)

    def one_more(self) -> None:
        """One person comes."""
        self._work.put(("sign", self._next))
        self._next += 1

    @property
    def waiting(self) -> int:
        """How many acts wait for a free hand."""
        return self._work.qsize()

    def since(self, what: str, moment: float) -> bool:
        """Whether a `sign`, a `mail` or a `confirm` succeeded that began after this moment."""
        return self.last.get(what, 0) > moment

    def end(self) -> None:
        """Everybody goes home."""
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)

    def finish(self, seconds: float) -> None:
        """Wait until everybody who was acknowledged has a mail and has confirmed, or the time is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._settled():
            self._over.wait(0.2)

    def _settled(self) -> bool:
        with self._lock:
            return not self.waiting and self.answers.signed <= self.answers.confirmed

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                what, n = self._work.get(timeout=0.2)
            except queue.Empty:
                continue
            begun = time.monotonic()
            try:
                status = self._sign(n) if what == "sign" else self._confirm(n)
            except (OSError, http.client.HTTPException) as error:
                status = type(error).__name__
            self._note(what, n, str(status), begun)

    def _note(self, what: str, n: int, status: str, begun: float) -> None:
        done = status == str(SEE_OTHER if what == "sign" else OK)
        with self._lock:
            self.answers.statuses[f"{what} {status}"] += 1
            if done:
                (self.answers.signed if what == "sign" else self.answers.confirmed).add(n)
                self.answers.seconds.append(time.monotonic() - begun)
                self.last[what] = max(self.last.get(what, 0), begun)
        if not done:
            threading.Timer(1.0, self._work.put, [(what, n)]).start()

    def _sign(self, n: int) -> int:
        path = f"/petitions/{self._petition}/sign"
        status, headers, body = ask(self._port, n, "GET", path)
        found = TOKEN.search(body)
        if status != OK or found is None:
            return status
        cookie = (headers.get("Set-Cookie") or "").split(";")[0]
        return ask(self._port, n, "POST", path, _filled(n, found.group(1)), cookie)[0]

    def _confirm(self, n: int) -> int:
        return ask(self._port, n, "POST", self._links[n], {})[0]

    def _watch(self) -> None:
        while not self._over.wait(0.3):
            if self._mail.exists():
                for path in self._mail.glob("*.eml"):
                    if path.name not in self._known:
                        self._known.add(path.name)
                        self._read(path)

    def _read(self, path: Path) -> None:
        n, link = link_in(path)
        if not link:
            return
        with self._lock:
            self.answers.mailed.add(n)
            self.last["mail"] = time.monotonic()
            self._links[n] = link
        self._work.put(("confirm", n))
