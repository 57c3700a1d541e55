"""Alembic's environment: the app's own engine and all its tables."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from core.db import Base, UtcDateTime, db

LOCK_SECONDS = 2


def render(kind: str, item: object, _context: object) -> str | bool:
    """A migration names plain types: it must read the same when our own types have changed."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def known(name: str | None, kind: str, _parents: object) -> bool:
    """The index of the search is made anew from the rows: it is no model."""
    return not (name or "").startswith(("search_", "ix_search_")) or kind not in {"table", "index"}


def run(connection: Connection) -> None:
    """Migrate over one connection; SQLite rebuilds tables to change them."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=render,
        include_name=known,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def bound_locks(connection: Connection) -> None:
    """Give up soon where a lock is not free: whoever waits for one holds up all who come after it.

    `db upgrade` tries again after a pause, in which the site goes on; what was migrated before stays done.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET lock_timeout = '{LOCK_SECONDS}s'"))
        connection.commit()


with current_app.app_context(), db.engine.connect() as connection:
    bound_locks(connection)
    run(connection)
