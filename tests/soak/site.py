"""A whole site for the long tests: production settings, real processes, a database that can be killed."""

import secrets
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from alembic import command
from flask import Flask

from app import create_app
from core.cli import alembic_config
from core.config import Settings
from core.db import db
from core.work import SYSTEM, system_clock, work
from petitions.services.register import load_register
from tests.cluster import PG_BIN, Cluster
from tests.conftest import CONTROLLER, skip
from tests.processes import answers, eventually, flask, free_port, run

WEB, JOBS = "web", "jobs"


@dataclass
class Site:
    """The processes `web` and `jobs` of a site in `folder`, and its PostgreSQL where it has one."""

    folder: Path
    database: str
    cluster: Cluster | None = None
    mail_url: str = ""
    port: int = field(default_factory=free_port)
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.key_file = self.folder / "keys.json"
        self._secret = secrets.token_urlsafe(40)
        self.url = f"sqlite:///{self.folder / 'dauys.sqlite3'}"
        if self.cluster is not None:
            self.url = self.cluster.url

    @property
    def env(self) -> dict[str, str]:
        """The settings of its processes, without their prefix."""
        controller = {f"controller_{name}": value for name, value in CONTROLLER.model_dump().items() if value}
        return controller | {
            "env": "production",
            "database_url": self.url,
            "key_file": str(self.key_file),
            "secret_key": self._secret,
            "mail_url": self.mail_url or f"folder:{self.folder / 'mail'}",
            "trusted_proxies": "1",
            "base_url": "http://localhost",
        }

    def app(self) -> Flask:
        """The same site inside this process, to fill it and to look into it."""
        names = {name: value for name, value in self.env.items() if not name.startswith("controller_")}
        settings = Settings.model_validate({**names, "var_dir": self.folder, "controller": CONTROLLER})
        return create_app(settings, system_clock)

    def start(self, name: str) -> None:
        """Start one process."""
        words = {WEB: ("serve", "--port", str(self.port)), JOBS: ("jobs", "run")}[name]
        self.processes[name] = flask(self.folder, *words, **self.env)

    def kill(self, name: str) -> None:
        """kill -9, and wait until it is gone."""
        self.processes[name].kill()
        self.processes[name].wait()

    def run(self, *words: str, **more: str) -> None:
        """A command, which must succeed."""
        run(self.folder, *words, **self.env | more)

    def log(self) -> str:
        """What the processes wrote."""
        path = self.folder / "log"
        return path.read_text() if path.exists() else ""

    def await_health(self, seconds: float = 180) -> float:
        """Wait until the site is ready; how many seconds that took."""
        begun = time.monotonic()
        eventually(lambda: answers(self.port, "/readyz"), seconds)
        return time.monotonic() - begun

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Look into the database past the site."""
        if self.cluster is not None:
            with psycopg.connect(self.url.replace("+psycopg", "")) as connection:
                return connection.execute(query).fetchall()  # type: ignore[call-overload, no-any-return]
        with closing(sqlite3.connect(self.folder / "dauys.sqlite3")) as connection:
            return connection.execute(query).fetchall()


@contextmanager
def a_site(
    folder: Path,
    database: str,
    fill: Callable[[], object] = lambda: None,
    *,
    register: bool = True,
    mail_url: str = "",
    cluster_folder: str = "",
) -> Iterator[Site]:
    """A site with the register unless it comes by itself, filled by `fill` inside its app; stopped at the end."""
    cluster = _cluster(cluster_folder) if database == "postgresql" else None
    site = Site(folder, database, cluster, mail_url)
    try:
        run(folder, "keys", "create", **site.env)
        app = site.app()
        with app.app_context():
            command.upgrade(alembic_config(), "head")
            if register:
                with work(SYSTEM) as w:
                    load_register(w, w.settings.rulebook)
            fill()
            db.engine.dispose()
        yield site
    finally:
        for process in site.processes.values():
            process.kill()
            process.wait()
        if cluster is not None:
            cluster.remove()


def _cluster(folder: str) -> Cluster:
    if not (PG_BIN / "initdb").exists():
        skip("PostgreSQL 15 is not installed")
    return Cluster(durable=True, folder=Path(folder) if folder else None)
