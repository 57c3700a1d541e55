"""What the database itself can do: durable commits of a single row, as one connection and as eight."""

import sqlite3
import statistics
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg

from core.db import PRAGMAS

ROW = "x" * 300


def commits(folder: Path, database_url: str, rounds: int, seconds: float) -> dict[str, float]:
    """Commits a second, medians: with one connection, and with as many as the server has threads."""
    insert = _postgres(database_url) if database_url else _sqlite(folder)
    return {
        f"{n} connection{'s' if n > 1 else ''}": statistics.median(
            _rate(insert, n, seconds) for _round in range(rounds)
        )
        for n in (1, 8)
    }


def database(server: str, name: str, *, fresh: bool) -> str:
    """The address of a database of that name, empty if it is to be a fresh one."""
    with psycopg.connect(server, autocommit=True) as connection:
        if fresh:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}"')
    return server.rsplit("/", 1)[0] + f"/{name}"


def _rate(insert: Callable[[float], int], connections: int, seconds: float) -> float:
    done: list[int] = []
    end = time.monotonic() + seconds
    threads = [threading.Thread(target=lambda: done.append(insert(end))) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / seconds


def _sqlite(folder: Path) -> Callable[[float], int]:
    path = folder / "commits.sqlite3"

    def connect() -> sqlite3.Connection:
        made = sqlite3.connect(path, isolation_level=None, timeout=10)
        for pragma in PRAGMAS:
            made.execute(f"PRAGMA {pragma}")
        return made

    with closing(connect()) as first:
        first.execute("CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, content TEXT)")

    def insert(end: float) -> int:
        n = 0
        with closing(connect()) as connection:
            while time.monotonic() < end:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("INSERT INTO row (content) VALUES (?)", (ROW,))
                connection.execute("COMMIT")
                n += 1
        return n

    return insert


def _postgres(url: str) -> Callable[[float], int]:
    with psycopg.connect(url, autocommit=True) as first:
        first.execute("CREATE TABLE IF NOT EXISTS bench_row (id BIGSERIAL PRIMARY KEY, content TEXT)")

    def insert(end: float) -> int:
        n = 0
        with psycopg.connect(url, autocommit=True) as connection:
            while time.monotonic() < end:
                connection.execute("INSERT INTO bench_row (content) VALUES (%s)", (ROW,))
                n += 1
        return n

    return insert
