"""What the hot pages ask the database: by index, never of all signatures, never sorting all petitions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, text

from core.db import db
from petitions.domain.lifecycle import State
from tests.factories import a_petition

Statement = tuple[str, Any]


@contextmanager
def overheard() -> Iterator[list[Statement]]:
    """The statements that are sent inside the block."""
    said: list[Statement] = []

    def hear(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            said.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)


def plan(connection: Connection, statement: Statement) -> str:
    """How the database goes about it, line by line."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement[0], statement[1])
        return "\n".join(row[3] for row in rows)
    # Small tables are read whole for good reasons; with that forbidden, only what has no index is still read so.
    for way in ("seqscan", "bitmapscan", "sort"):
        connection.execute(text(f"SET LOCAL enable_{way} = off"))
    return "\n".join(row[0] for row in connection.exec_driver_sql("EXPLAIN " + statement[0], statement[1]))


def is_whole(statement: str, how: str) -> bool:
    """Whether a plan reads all petitions, or orders them by itself to show a few."""
    whole = "Seq Scan on petitions" in how
    for line in how.splitlines():
        # Along an index, or along the numbers, until a page is full: that is what a list should do.
        walks = "INDEX" in line or ("LIMIT" in statement and "FOR ORDER BY" not in how)
        whole |= line.startswith("SCAN petitions") and not walks
    return whole


@pytest.mark.postgres_too
def test_hot_pages_ask_by_index_and_never_count_signatures(app: Flask, client: FlaskClient) -> None:
    petition = a_petition(signatures=12)
    for state in (State.COLLECTING, State.UNDER_REVIEW, State.ANSWERED, State.LAPSED, State.REFUSED):
        a_petition(state)
    paths = (
        *("/", "/petitions", "/petitions?order=newest", "/petitions?order=answered"),
        *(
            f"/petitions/{petition}",
            f"/api/v1/petitions/{petition}",
            "/api/v1/petitions",
            "/feeds/petitions.atom",
        ),
        *(f"/petitions/{petition}/sign", f"/feeds/petitions/{petition}.atom"),
        *("/api/v1/petitions?state=collecting", f"/api/v1/petitions/{petition}/signatures/daily"),
    )
    for path in paths:
        with overheard() as said:
            assert client.get(path).status_code == 200
        assert said, path
        with db.engine.connect() as connection:
            for statement in said:
                assert " signatures" not in statement[0], (path, statement[0])
                how = plan(connection, statement)
                assert not is_whole(statement[0], how), (path, statement[0], how)


def test_the_front_page_goes_from_signatures_to_petitions_and_counts_in_an_index(
    app: Flask, client: FlaskClient
) -> None:
    a_petition(signatures=12)
    a_petition()
    with overheard() as said:
        client.get("/")
    closest = [one for one in said if "petition_counts.counted >" in one[0]]
    counted = [one for one in said if one[0].startswith("SELECT count(*)") and "EXISTS" not in one[0]]
    assert len(closest) == 1 and len(counted) == 2
    with db.engine.connect() as connection:
        # From each id at once to its petition: no walk through all that are open.
        assert "AND rowid=?" in plan(connection, closest[0]).splitlines()[0]
        assert all("COVERING INDEX" in plan(connection, one).splitlines()[0] for one in counted)


@pytest.mark.postgres_too
def test_a_plan_that_reads_all_is_noticed(app: Flask) -> None:
    a_petition()
    by_title = "SELECT id FROM petitions WHERE lower(title) = 'x'"
    with db.engine.connect() as connection:
        assert is_whole(by_title, plan(connection, (by_title, ())))
