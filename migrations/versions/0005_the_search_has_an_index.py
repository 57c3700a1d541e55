"""The search has an index of words on each database, and a duplicate can be linked to the older petition."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

revision = "0005"
down_revision = "0004"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WORDS = "CREATE TABLE search_words (word VARCHAR(64) NOT NULL PRIMARY KEY, n INTEGER NOT NULL)"
TABLES = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_index USING fts5(title, names, text, detail=column, "
        "prefix='2 3', tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")",
        WORDS,
    ),
    "postgresql": (
        "CREATE TABLE search_index (rowid BIGINT PRIMARY KEY, title TEXT NOT NULL, names TEXT NOT NULL, "
        "text TEXT NOT NULL, vector TSVECTOR NOT NULL)",
        "CREATE INDEX ix_search_index_vector ON search_index USING gin (vector) WITH (fastupdate = off)",
        WORDS,
        # The extension is there on most servers; where it is not, words are read one by one.
        "DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm; "
        "CREATE INDEX ix_search_words_trigram ON search_words USING gin (word gin_trgm_ops); "
        "EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN NULL; END $$",
    ),
}


def upgrade() -> None:
    """The index is filled from the petitions that are public; the column that was searched before goes."""
    for statement in TABLES[op.get_bind().dialect.name]:
        op.execute(statement)
    op.create_table(
        "duplicate_links",
        sa.Column("petition_id", BIG, nullable=False),
        sa.Column("original_id", BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.CheckConstraint("original_id <> petition_id", name=op.f("ck_duplicate_links_another")),
        sa.ForeignKeyConstraint(["original_id"], ["petitions.id"], name=op.f("fk_duplicate_links_original_id_petitions")),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name=op.f("fk_duplicate_links_petition_id_petitions")),
        sa.PrimaryKeyConstraint("petition_id", name=op.f("pk_duplicate_links")),
    )
    op.create_index(op.f("ix_duplicate_links_original_id"), "duplicate_links", ["original_id"], unique=False)
    op.execute("ALTER TABLE petitions DROP COLUMN search")
    # It reads single columns that are there since the first tables, so later ones may come without harm.
    from petitions.services.indexing import fill

    with Session(op.get_bind()) as session:
        fill(session, co_authors=False)
        session.flush()


def downgrade() -> None:
    """The words themselves, without their stems, go back into the column."""
    op.execute("ALTER TABLE petitions ADD COLUMN search TEXT NOT NULL DEFAULT ''")
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT rowid, title, names, text FROM search_index")).all()
    for id_, *parts in rows:
        words = [word for part in parts for word in part.split() if not word.startswith("_")]
        found = f" {' '.join(dict.fromkeys(words))} "
        connection.execute(sa.text("UPDATE petitions SET search = :found WHERE id = :id"), {"found": found, "id": id_})
    op.drop_index(op.f("ix_duplicate_links_original_id"), table_name="duplicate_links")
    op.drop_table("duplicate_links")
    op.execute("DROP TABLE search_words")
    op.execute("DROP TABLE search_index")
