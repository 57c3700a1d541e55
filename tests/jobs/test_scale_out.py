"""Two web and two job processes on one PostgreSQL and one Redis: exact totals, each mail once, shared limits."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from email import message_from_bytes
from email.policy import default
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from core.config import ROOT
from core.db import Base, db, dispose
from core.work import SYSTEM, reading, system_clock, work
from petitions.models.petition import PetitionCount
from petitions.services import tally
from petitions.services.register import load_register
from tests.conftest import CONTROLLER, make_app, new_postgres_database, skip
from tests.factories import ALMATY, a_petition

PATIENCE = 180
SIGNERS = 16
REPORTS_AN_HOUR = 10
Page = tuple[int, str]


def free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def eventually(true: Callable[[], bool], what: str, site: "Site | None" = None) -> None:
    """Look again and again, for a bounded time."""
    pause, ends = threading.Event(), time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if true():
            return
        pause.wait(0.2)
    raise AssertionError(what + (f":\n{site.said()}" if site else ""))


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A Redis of this test alone."""
    if shutil.which("redis-server") is None:
        skip("Redis is not installed")
    port = free_port()
    command = [
        "redis-server",
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        str(tmp_path),
    ]
    with (tmp_path / "redis.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    yield f"redis://127.0.0.1:{port}/0"
    server.kill()
    server.wait()


class Site:
    """The processes of one site."""

    def __init__(self, folder: Path, database: str, redis: str) -> None:
        self.folder, self.mail = folder, folder / "mail"
        named = {f"DAUYS_CONTROLLER_{name.upper()}": value for name, value in CONTROLLER if value}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DAUYS_")}
        self._environ = kept | named | {
            "DAUYS_ENV": "test",
            "DAUYS_VAR_DIR": str(folder),
            "DAUYS_DATABASE_URL": database,
            "DAUYS_REDIS_URL": redis,
            "DAUYS_SECRET_KEY": "tests only: not a secret of any instance",
            "DAUYS_KEY_FILE": str(folder / "keys.json"),
            "DAUYS_MAIL_URL": f"folder:{self.mail}",
        }  # fmt: skip
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        """One more process."""
        with (self.folder / f"log{len(self.processes)}").open("wb") as log:
            command = [sys.executable, "-m", "flask", "--app", "app", *words]
            process = subprocess.Popen(command, cwd=ROOT, env=self._environ, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def stop(self) -> None:
        """End them all."""
        for process in self.processes:
            process.kill()
            process.wait()

    def said(self) -> str:
        """The logs so far."""
        return "\n".join(path.read_text()[-2000:] for path in sorted(self.folder.glob("log*")))

    def receivers(self) -> Counter[str]:
        """How many mails each mailbox got."""
        return Counter(str(mail["To"]) for mail in self._mails())

    def links(self) -> list[str]:
        """The paths of all confirmation links."""
        bodies = (mail.get_body(("plain",)).get_content() for mail in self._mails())  # type: ignore[union-attr]
        return [found for body in bodies for found in re.findall(r"(/signatures/confirm/[\w-]+)", body)]

    def _mails(self) -> "list":  # type: ignore[type-arg]
        return [message_from_bytes(path.read_bytes(), policy=default) for path in self.mail.glob("*.eml")]


def ask(url: str, fields: dict[str, str] | None = None, browser: CookieJar | None = None) -> Page:
    """One request of a browser that follows no redirect into another process."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(browser))
    sent = None if fields is None else urlencode(fields).encode()
    try:
        with opener.open(url, sent, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def sign(web: str, petition_id: int, number: int) -> int:
    """Open the form and send it."""
    browser, url = CookieJar(), f"{web}/petitions/{petition_id}/sign"
    _status, form = ask(url, browser=browser)
    token = re.findall(r'name="csrf_token" value="([^"]+)"', form)[0]
    fields = {
        "full_name": "Данияр Сынақұлы",
        "email": f"person{number}@mail.example",
        "area": ALMATY,
        "consent": "y",
        "csrf_token": token,
    }
    return ask(url, fields, browser)[0]


@pytest.mark.redis
def test_two_webs_and_two_jobs_are_one_site(postgres_url: str, redis_url: str, tmp_path: Path) -> None:
    database = new_postgres_database(postgres_url, "scale")
    app = make_app(tmp_path, database, system_clock, mail_url=f"folder:{tmp_path / 'mail'}")
    with app.app_context():
        Base.metadata.create_all(db.engine)
        with work(SYSTEM) as w:
            load_register(w, w.settings.rulebook)
        petition_id = a_petition()
        with reading() as w:
            before = w.session.scalar(select(PetitionCount.counted)) or 0
    site = Site(tmp_path, database, redis_url)
    try:
        webs = [f"http://127.0.0.1:{free_port()}" for _ in range(2)]
        for web in webs:
            site.start("serve", "--port", web.rsplit(":", 1)[1])
        jobs = [site.start("jobs", "run") for _ in range(2)]
        for web in webs:
            eventually(lambda web=web: answers(web), f"{web} never answered", site)  # type: ignore[misc]
        signed_and_confirmed(site, webs, petition_id, jobs[0])

        def counted() -> int:
            with app.app_context(), reading() as w:
                return w.session.scalar(select(PetitionCount.counted)) or 0

        eventually(lambda: counted() == before + SIGNERS, "the tally never came to all of them")
        with app.app_context(), reading(SYSTEM) as w:
            assert tally.check(w) == []
        assert set(site.receivers().values()) == {1}
        limits_are_shared(webs, petition_id)
    finally:
        site.stop()
        dispose(app)


def answers(web: str) -> bool:
    try:
        return ask(f"{web}/healthz")[0] == 200
    except OSError:
        return False


def signed_and_confirmed(
    site: Site, webs: list[str], petition_id: int, job: "subprocess.Popen[bytes]"
) -> None:
    """Everybody at once through both webs; one job process is killed while the mails go out."""
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: sign(webs[n % 2], petition_id, n), range(SIGNERS)))
        assert found == [200] * SIGNERS  # the page that it is redirected to
        eventually(lambda: bool(site.links()), "no mail went out")
        job.send_signal(signal.SIGKILL)
        job.wait()
        eventually(lambda: len(site.receivers()) == SIGNERS, "not everybody got a mail")
        links = site.links()
        # Each link twice, once at each web: it counts once.
        urls = [f"{web}{link}" for link in links for web in webs]
        assert [status for status, _page in pool.map(lambda url: ask(url, {"x": "y"}), urls)] == [200] * len(
            urls
        )


def limits_are_shared(webs: list[str], petition_id: int) -> None:
    """Ten reports an hour from one network, wherever they arrive."""
    codes = [
        ask(f"{webs[n % 2]}/petitions/{petition_id}/report", {"x": "y"})[0]
        for n in range(REPORTS_AN_HOUR + 2)
    ]
    assert codes[:REPORTS_AN_HOUR].count(429) == 0
    assert codes[REPORTS_AN_HOUR:] == [429, 429]
