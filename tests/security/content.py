"""What the database of a walk holds: whether anybody has written to it, and how it becomes what it was."""

import sqlite3
from contextlib import closing
from typing import Any, Protocol

import psycopg
from flask import Flask

from core.db import dispose


class Content(Protocol):
    """The database as it was when the world was built."""

    def version(self) -> Any:
        """Something that is another one as soon as anybody has written."""

    def put_back(self) -> None:
        """Make the database what it was."""

    def close(self) -> None:
        """Let it go."""


def content_of(app: Flask) -> Content:
    """The database of a site as it is now."""
    url: str = app.extensions["dauys"].settings.database_url
    if url.startswith("sqlite:///"):
        return InMemory(url.removeprefix("sqlite:///"))
    return InTemplate(app, url.replace("+psycopg", ""))


class InMemory:
    """The content of an SQLite file, kept in memory."""

    def __init__(self, path: str) -> None:
        self._path = path
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(":memory:")) as memory:
            source.backup(memory)
            content = bytearray(memory.serialize())
        content[18:20] = b"\x01\x01"  # what is in memory has no write-ahead log
        self._kept = sqlite3.connect(":memory:", check_same_thread=False)
        self._kept.deserialize(bytes(content))
        self._watch = sqlite3.connect(path)

    def version(self) -> int:
        """SQLite's own count, as one connection sees it."""
        found: tuple[int] = self._watch.execute("PRAGMA data_version").fetchone()
        return found[0]

    def put_back(self) -> None:
        """Copy it over the file; nothing of it must outlive a power cut, so nothing waits for the disk."""
        with closing(sqlite3.connect(self._path)) as target:
            target.execute("PRAGMA synchronous=OFF")
            self._kept.backup(target)

    def close(self) -> None:
        """Close what looks at the file."""
        self._watch.close()
        self._kept.close()


class InTemplate:
    """The content of a PostgreSQL database, kept as a template beside it on a server that nobody else uses."""

    def __init__(self, app: Flask, url: str) -> None:
        server, self._name = url.rsplit("/", 1)
        self._app = app
        self._server = psycopg.connect(f"{server}/postgres", autocommit=True)
        dispose(app)
        self._server.execute(f'CREATE DATABASE "{self._name}_kept" TEMPLATE "{self._name}"')

    def version(self) -> str:
        """The number that the next transaction to write gets: readers, and a server that tidies up, take none."""
        found: Any = self._server.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())").fetchone()
        return str(found[0])

    def put_back(self) -> None:
        """Make it anew from the template."""
        dispose(self._app)
        self._server.execute(f'DROP DATABASE "{self._name}" WITH (FORCE)')
        self._server.execute(f'CREATE DATABASE "{self._name}" TEMPLATE "{self._name}_kept"')

    def close(self) -> None:
        """Drop the template."""
        self._server.execute(f'DROP DATABASE "{self._name}_kept"')
        self._server.close()
