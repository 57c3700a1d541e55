"""Authors write updates to those who follow, and a quarter, a half and three quarters of a goal are marked."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

# What was reached before counts as told: nobody gets a mail about it now. When it was is not known.
PASSED = """
    INSERT INTO petition_quarters (petition_id, percent)
    SELECT p.id, {percent} FROM petitions p JOIN petition_counts c ON c.petition_id = p.id
    WHERE p.opened_at IS NOT NULL AND p.threshold > 0 AND (p.reached_at IS NOT NULL
    OR CASE WHEN p.residents_only THEN c.residents ELSE c.counted END * 100 >= p.threshold * {percent})
"""


def _updates() -> None:
    op.create_table(
        "author_updates",
        sa.Column("id", BIG, nullable=False),
        sa.Column("petition_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("text_number", sa.Integer(), nullable=False),
        sa.Column("shown_from", sa.Integer(), nullable=False),
        sa.Column("looked_at", MOMENT, nullable=True),
        sa.Column("hidden_at", MOMENT, nullable=True),
        sa.CheckConstraint("shown_from <= text_number", name=op.f("ck_author_updates_shows_something")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_author_updates_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petitions.id"], name=op.f("fk_author_updates_petition_id_petitions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_author_updates")),
        sa.UniqueConstraint("petition_id", "number", name=op.f("uq_author_updates_petition_id_number")),
    )
    op.create_index("ix_author_updates_looked_at_published_at", "author_updates", ["looked_at", "published_at"])
    op.create_table(
        "author_update_texts",
        sa.Column("update_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "number = 1 OR why <> ''", name=op.f("ck_author_update_texts_corrected_has_reason")
        ),
        sa.ForeignKeyConstraint(
            ["update_id"], ["author_updates.id"], name=op.f("fk_author_update_texts_update_id_author_updates")
        ),
        sa.PrimaryKeyConstraint("update_id", "number", name=op.f("pk_author_update_texts")),
    )
    op.create_table(
        "author_update_acts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("update_id", BIG, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column(
            "act",
            sa.Enum("pass", "hide", "restore", name="updateact", native_enum=False, create_constraint=True, length=7),
            nullable=False,
        ),
        sa.Column("text_number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.CheckConstraint("act = 'pass' OR reason <> ''", name=op.f("ck_author_update_acts_public_has_reason")),
        sa.ForeignKeyConstraint(
            ["update_id"], ["author_updates.id"], name=op.f("fk_author_update_acts_update_id_author_updates")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_author_update_acts")),
    )
    op.create_index(op.f("ix_author_update_acts_update_id"), "author_update_acts", ["update_id"])


def upgrade() -> None:
    """New tables and a column; the quarters that petitions have passed are marked without a date."""
    _updates()
    # Not in a batch: the table would be copied, and its checks are not read back.
    op.add_column("reports", sa.Column("update_number", sa.Integer(), nullable=True))
    op.create_table(
        "petition_quarters",
        sa.Column("petition_id", BIG, nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("reached_at", MOMENT, nullable=True),
        sa.CheckConstraint("percent IN (25, 50, 75)", name=op.f("ck_petition_quarters_quarter")),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petitions.id"], name=op.f("fk_petition_quarters_petition_id_petitions")
        ),
        sa.PrimaryKeyConstraint("petition_id", "percent", name=op.f("pk_petition_quarters")),
    )
    for percent in (25, 50, 75):
        op.execute(PASSED.format(percent=percent))


def downgrade() -> None:
    """Back: updates and marks go with their tables; what the journal says of them stays unread."""
    op.drop_table("petition_quarters")
    op.drop_column("reports", "update_number")
    op.drop_table("author_update_acts")
    op.drop_table("author_update_texts")
    op.drop_table("author_updates")
