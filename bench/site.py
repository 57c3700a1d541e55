"""A site to measure: its folder, its database, its settings as in production, its processes."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.nginx import nginx
from core.serving import FIRST_INHERITED

ROOT = Path(__file__).resolve().parent.parent
SERVER_CORE, CLIENT_CORE = "0", "1"
READY_SECONDS = 120
CONTROLLER = {
    "PERSON": "Сәуле Үлгіева",
    "BODY": "«Үлгі» қоғамдық қоры",
    "ADDRESS": "Үлгіқала, Бейбітшілік көшесі, 1",
    "EMAIL": "controller@dauys.example",
    "PHONE": "+7 700 000 00 00",
}


@dataclass(frozen=True)
class Site:
    """One instance: `folder` holds everything that it writes; an empty `database_url` is a SQLite file there."""

    folder: Path
    port: int
    database_url: str = ""

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def kind(self) -> str:
        """The database's name."""
        return "PostgreSQL" if self.database_url else "SQLite"

    def environ(self, env: str = "production") -> dict[str, str]:
        """The settings, as docs/operations.md asks for; a proxy in front says from where a reader comes."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DAUYS_")}
        secret = self.folder / "secret"
        return kept | {
            "DAUYS_ENV": env,
            "DAUYS_VAR_DIR": str(self.folder),
            "DAUYS_KEY_FILE": str(self.folder / "dauys.keys"),
            "DAUYS_SECRET_KEY": secret.read_text() if secret.exists() else "",
            "DAUYS_BASE_URL": self.url,
            "DAUYS_DATABASE_URL": self.database_url,
            "DAUYS_MAIL_URL": f"folder:{self.folder / 'mail'}",
            "DAUYS_TRUSTED_PROXIES": "1",
            **{f"DAUYS_CONTROLLER_{name}": value for name, value in CONTROLLER.items()},
        }

    def run(self, *command: str, env: str = "development") -> None:
        """A command of the site, to its end."""
        program = [sys.executable, "-m", "flask", "--app", "app", *command]
        subprocess.run(program, cwd=ROOT, env=self.environ(env), check=True, stdout=subprocess.DEVNULL)

    def seed(self, signatures: int, petitions: int) -> None:
        """Fill it once; a folder that was filled with the same numbers is taken as it is."""
        mark, wanted = self.folder / "seeded", f"{signatures} {petitions} {self.database_url}"
        if mark.exists() and mark.read_text() == wanted:
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        (self.folder / "secret").write_text(secrets.token_urlsafe(48))
        self.run("db", "upgrade")
        self.run("demo", "load", "--signatures", str(signatures), "--petitions", str(petitions))
        mark.write_text(wanted)

    @contextmanager
    def serving(self, app: str = "app") -> Iterator[subprocess.Popen[bytes]]:
        """The web server until the block ends, pinned to a core of its own."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [*pinned(SERVER_CORE), *_flask(app), "serve", "--port", str(self.port)]
        with self._started(command) as process:
            wait_for(self.url + ("/healthz" if app != "bench.hello" else "/"))
            yield process

    @contextmanager
    def installed(self) -> Iterator[None]:
        """All that docs/operations.md installs on one machine: nginx, two web processes that share a port, the jobs."""
        serve = ["sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', "sh", *_flask("app"), "serve"]
        with socket.create_server(("127.0.0.1", 0), backlog=1024) as port, ExitStack() as running:
            for command, shared in (
                (serve, port),
                (serve, port),
                ([*_flask("app"), "jobs", "run"], None),
                (self._front(port.getsockname()[1]), None),
            ):
                running.enter_context(self._started(command, shared))
            wait_for(self.url + "/healthz")
            yield

    def _front(self, behind: int) -> list[str]:
        """nginx without TLS, which would be work of the load, and with readers of many networks."""
        if not shutil.which("nginx"):
            raise SystemExit("nginx is not installed (apt-get install nginx)")
        changes = {
            "    listen 80;": f"    listen unix:{self.folder}/plain;",
            "    listen 443 ssl;": f"    listen 127.0.0.1:{self.port} backlog=1024;",
            "    ssl_certificate /etc/ssl/petitions.example.pem;": "",
            "    ssl_certificate_key /etc/ssl/petitions.example.key;": "",
        }
        return nginx(
            self.folder, behind, changes, "set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;"
        )

    @contextmanager
    def _started(
        self, command: list[str], port: socket.socket | None = None
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A process until the block ends; it finds `port` where systemd leaves an open socket (sd_listen_fds(3))."""

        def hand_over() -> None:
            if port is not None:
                os.dup2(port.fileno(), FIRST_INHERITED)

        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environ(), stdout=log, stderr=log,
                preexec_fn=hand_over if port else None, pass_fds=(FIRST_INHERITED,) if port else (),
            )  # fmt: skip
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _flask(app: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", app]


def pinned(core: str) -> list[str]:
    """The words that keep a program on one core, where the machine has two and the tool."""
    there = shutil.which("taskset") and (os.cpu_count() or 1) > 1
    return ["taskset", "-c", core] if there else []


def wait_for(url: str) -> None:
    """Until something answers."""
    end = time.monotonic() + READY_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


@contextmanager
def cluster(folder: Path, port: int) -> Iterator[str]:
    """A PostgreSQL with its own durability, on loopback, until the block ends; its address."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        raise SystemExit("PostgreSQL is not installed: use --database sqlite")
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run(
            [*as_user, str(found[-1] / command[0]), *command[1:]], check=True, stdout=subprocess.DEVNULL
        )

    if not (data / "PG_VERSION").exists():
        folder.mkdir(parents=True, exist_ok=True)
        if as_user:
            shutil.chown(folder, "postgres")
        run("initdb", "-D", str(data), "-A", "trust", "-U", "postgres", "--locale=C.UTF-8", "-E", "UTF8")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {data} -c log_error_verbosity=terse"
    run("pg_ctl", "-D", str(data), "-w", "-l", str(data / "log"), "-o", options, "start")
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-D", str(data), "-m", "fast", "stop")
