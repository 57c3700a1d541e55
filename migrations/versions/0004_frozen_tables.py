"""Published cells of a petition's signatures, what their next publication needs, and the days that were frozen."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EQUATION = ("submitted", "pending", "expired", "invalid", "withdrawn", "quarantined", "counted")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "frozen_cells",
        sa.Column("petition_id", BigId, nullable=False),
        sa.Column("dimension", sa.String(length=16), nullable=False),
        sa.Column("cell", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count = 0 OR count >= 10", name=op.f("ck_frozen_cells_no_small_number")),
        sa.CheckConstraint("until > day", name=op.f("ck_frozen_cells_in_order")),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petitions.id"], name=op.f("fk_frozen_cells_petition_id_petitions")
        ),
        sa.PrimaryKeyConstraint("petition_id", "dimension", "cell", "day", name=op.f("pk_frozen_cells")),
    )
    standing = sa.text("until IS NULL")
    op.create_index(
        "ix_frozen_cells_standing",
        "frozen_cells",
        ["dimension", "cell"],
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_table(
        "frozen_states",
        sa.Column("petition_id", BigId, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("residents", sa.Integer(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("actual", sa.JSON(), nullable=False),
        sa.Column("tables", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petitions.id"], name=op.f("fk_frozen_states_petition_id_petitions")
        ),
        sa.PrimaryKeyConstraint("petition_id", name=op.f("pk_frozen_states")),
    )
    op.create_table(
        "frozen_days",
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in EQUATION),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_frozen_days")),
    )
    op.create_index(
        "ix_signatures_petition_id_confirmed_at", "signatures", ["petition_id", "confirmed_at"], unique=False
    )


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_signatures_petition_id_confirmed_at", table_name="signatures")
    op.drop_table("frozen_days")
    op.drop_table("frozen_states")
    op.drop_index("ix_frozen_cells_standing", table_name="frozen_cells")
    op.drop_table("frozen_cells")
