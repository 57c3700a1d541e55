"""A petition has co-authors, and those who joined it are asked again when its text was corrected."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
STATES = ("invited", "named", "declined", "taken_back", "left")
AGREED = (
    "state <> 'named' OR (account_id IS NOT NULL AND name IS NOT NULL AND named_at IS NOT NULL AND notice IS NOT NULL)"
)


def upgrade() -> None:
    """A table and a column: nobody has a co-author yet, and nobody waits to be asked again."""
    op.create_table(
        "co_authors",
        sa.Column("id", BIG, nullable=False),
        sa.Column("petition_id", BIG, nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="coauthorstate", native_enum=False, create_constraint=True, length=10),
            nullable=False,
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("invited_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("name", sa.String(length=160), nullable=True),
        sa.Column("place", sa.String(length=32), nullable=True),
        sa.Column("named_at", MOMENT, nullable=True),
        sa.Column("notice", sa.String(length=32), nullable=True),
        sa.Column("notice_language", sa.String(length=8), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(AGREED, name=op.f("ck_co_authors_named_has_agreed")),
        sa.CheckConstraint(
            "state IN ('invited', 'named') OR ended_at IS NOT NULL", name=op.f("ck_co_authors_ended_has_date")
        ),
        sa.CheckConstraint("state = 'invited' OR sealed IS NULL", name=op.f("ck_co_authors_answered_is_unsealed")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_co_authors_account_id_accounts")),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name=op.f("fk_co_authors_petition_id_petitions")),
        sa.ForeignKeyConstraint(["place"], ["areas.code"], name=op.f("fk_co_authors_place_areas")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_co_authors")),
    )
    op.create_index(op.f("ix_co_authors_account_id"), "co_authors", ["account_id"])
    op.create_index(op.f("ix_co_authors_petition_id"), "co_authors", ["petition_id"])
    named = sa.text("state = 'named'")
    op.create_index(
        "uq_co_authors_named",
        "co_authors",
        ["petition_id", "account_id"],
        unique=True,
        sqlite_where=named,
        postgresql_where=named,
    )
    # Not in a batch: a table of a million signatures would be copied.
    op.add_column("signatures", sa.Column("asked_again_at", MOMENT, nullable=True))


def downgrade() -> None:
    """Back: the names of co-authors go with their table; the petitions stay with their authors."""
    op.drop_column("signatures", "asked_again_at")
    op.drop_table("co_authors")
