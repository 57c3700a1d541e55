"""Two web and two job processes on one PostgreSQL and one Redis: exact totals, each mail once, shared limits.

Once as `serve` starts them, and once as docs/scaling.md puts the larger server together: granian behind nginx as
deploy/ configures it, PgBouncer in transaction mode.
"""

import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from email import message_from_bytes
from email.policy import default
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import make_url, select

from core.config import ROOT
from core.db import Base, db, dispose
from core.work import SYSTEM, reading, system_clock, work
from petitions.models.petition import PetitionCount
from petitions.services import tally
from petitions.services.register import load_register
from tests.conftest import CONTROLLER, make_app, new_postgres_database, skip
from tests.factories import ALMATY, a_petition
from tests.processes import PATIENCE, eventually, free_port

SIGNERS = 16
REPORTS_AN_HOUR = 10
FLASK = ("flask", "--app", "app")
TWO_WORKERS = ("--workers", "2", "--blocking-threads", "4")
Page = tuple[int, str]


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A Redis of this test alone."""
    if shutil.which("redis-server") is None:
        skip("Redis is not installed")
    port = free_port()
    words = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    with (tmp_path / "redis.log").open("wb") as log:
        server = subprocess.Popen(["redis-server", *words], stdout=log, stderr=log)
    yield f"redis://127.0.0.1:{port}/0"
    server.kill()
    server.wait()


@contextmanager
def pooled(folder: Path, database: str) -> Iterator[str]:
    """The address of a database behind a PgBouncer that gives each transaction any of four connections."""
    if shutil.which("pgbouncer") is None:
        skip("PgBouncer is not installed")
    behind, port = make_url(database), free_port()
    place = f"host={behind.host} port={behind.port} user={behind.username}"
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n{behind.database} = {place}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n"
        f"auth_type = any\npool_mode = transaction\ndefault_pool_size = 4\nmax_client_conn = 200\nunix_socket_dir =\n"
    )
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with (folder / "pgbouncer.log").open("wb") as log, (folder / "pgbouncer.ini").open() as settings:
        words = [*user, "pgbouncer", f"/dev/fd/{settings.fileno()}"]
        process = subprocess.Popen(words, stdout=log, stderr=log, pass_fds=(settings.fileno(),))
    yield behind.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
    process.terminate()
    process.wait(PATIENCE)


class Site:
    """The processes of one site."""

    def __init__(self, folder: Path, app: Flask, petition: int, database: str, redis: str) -> None:
        self.folder, self.mail, self.app, self.petition = folder, folder / "mail", app, petition
        named = {f"DAUYS_CONTROLLER_{name.upper()}": value for name, value in CONTROLLER if value}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DAUYS_")}
        self._environ = kept | named | {
            "DAUYS_ENV": "test",
            "DAUYS_VAR_DIR": str(folder),
            "DAUYS_TRUSTED_PROXIES": "1",
            "DAUYS_DATABASE_URL": database,
            "DAUYS_REDIS_URL": redis,
            "DAUYS_SECRET_KEY": "tests only: not a secret of any instance",
            "DAUYS_KEY_FILE": str(folder / "keys.json"),
            "DAUYS_MAIL_URL": f"folder:{self.mail}",
        }  # fmt: skip
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        """One more process: a module of Python and its words."""
        with (self.folder / f"log{len(self.processes)}").open("wb") as log:
            command = [sys.executable, "-m", *words]
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

    def counted(self) -> int:
        """The total that is shown."""
        with self.app.app_context(), reading() as w:
            return w.session.scalar(select(PetitionCount.counted)) or 0

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
    """One request of a browser; the certificate of a test is nobody's."""
    tls = urllib.request.HTTPSHandler(context=ssl._create_unverified_context())
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(browser), tls)
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
    with a_site(tmp_path, postgres_url, redis_url) as site:
        ports = [free_port() for _ in range(2)]
        for port in ports:
            site.start(*FLASK, "serve", "--port", str(port))
        all_are_counted_once(site, [f"http://127.0.0.1:{port}" for port in ports])
        for port in ports:
            _status, figures = ask(f"http://127.0.0.1:{port}/metrics")
            assert "\ndauys_requests_waiting 0.0\n" in figures


@pytest.mark.redis
def test_the_larger_server_is_the_same_site(
    postgres_url: str, redis_url: str, tmp_path: Path, nginx: tuple[int, int]
) -> None:
    front, behind = nginx
    with a_site(tmp_path, postgres_url, redis_url, pooled) as site:
        place = ("--host", "127.0.0.1", "--port", str(behind))
        site.start("granian", "--interface", "wsgi", "--factory", *place, *TWO_WORKERS, "app:create_app")
        all_are_counted_once(site, [f"https://127.0.0.1:{front}"] * 2)


@contextmanager
def a_site(
    folder: Path,
    server: str,
    redis: str,
    through: Callable[[Path, str], AbstractContextManager[str]] | None = None,
) -> Iterator[Site]:
    """A filled site on a database of its own, which its processes reach `through` something else or directly."""
    database = new_postgres_database(server, "scale")
    app = make_app(folder, database, system_clock, mail_url=f"folder:{folder / 'mail'}")
    with app.app_context():
        Base.metadata.create_all(db.engine)
        with work(SYSTEM) as w:
            load_register(w, w.settings.rulebook)
        petition = a_petition()
    with through(folder, database) if through else nullcontext(database) as reached:
        site = Site(folder, app, petition, reached, redis)
        try:
            yield site
        finally:
            site.stop()
            dispose(app)


def all_are_counted_once(site: Site, webs: list[str]) -> None:
    """Two job processes beside the webs; everybody is counted once, gets one mail, and limits hold over all."""
    before = site.counted()
    jobs = [site.start(*FLASK, "jobs", "run") for _ in range(2)]
    for web in webs:
        eventually(lambda web=web: answers(web), said=site.said)  # type: ignore[misc]
    signed_and_confirmed(site, webs, jobs[0])
    eventually(lambda: site.counted() == before + SIGNERS, said=site.said)
    with site.app.app_context(), reading(SYSTEM) as w:
        assert tally.check(w) == []
    assert set(site.receivers().values()) == {1}
    limits_are_shared(webs, site.petition)


def answers(web: str) -> bool:
    try:
        return ask(f"{web}/healthz")[0] == 200
    except OSError:
        return False


def signed_and_confirmed(site: Site, webs: list[str], job: "subprocess.Popen[bytes]") -> None:
    """Everybody at once through both webs; one job process is killed while the mails go out."""
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: sign(webs[n % 2], site.petition, n), range(SIGNERS)))
        assert found == [200] * SIGNERS  # the page that it is redirected to
        eventually(lambda: bool(site.links()), said=site.said)
        job.send_signal(signal.SIGKILL)
        job.wait()
        eventually(lambda: len(site.receivers()) == SIGNERS, said=site.said)
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
