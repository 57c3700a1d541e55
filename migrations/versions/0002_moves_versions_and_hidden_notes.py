"""Discussions keep what they were before a move, minutes their versions, notes what moderators did to them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Three new tables; a note that is hidden already gets the act that hid it."""
    op.create_table(
        "discussion_changes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("discussion_id", BIG, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("act", sa.Enum("moved", "called_off", name="fate", native_enum=False, create_constraint=True, length=10), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("materials", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_language", sa.String(length=8), nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["discussion_id"], ["case_discussions.id"], name=op.f("fk_discussion_changes_discussion_id_case_discussions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discussion_changes")),
    )
    with op.batch_alter_table("discussion_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_discussion_changes_discussion_id"), ["discussion_id"], unique=False)
    op.create_table(
        "minutes_versions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("discussion_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["discussion_id"], ["case_discussions.id"], name=op.f("fk_minutes_versions_discussion_id_case_discussions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_versions")),
        sa.UniqueConstraint("discussion_id", "number", name=op.f("uq_minutes_versions_discussion_id_number")),
    )
    op.create_table(
        "ledger_note_acts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("note_id", BIG, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("act", sa.Enum("hide", "restore", name="noteact", native_enum=False, create_constraint=True, length=7), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["note_id"], ["ledger_notes.id"], name=op.f("fk_ledger_note_acts_note_id_ledger_notes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_note_acts")),
    )
    with op.batch_alter_table("ledger_note_acts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_note_acts_note_id"), ["note_id"], unique=False)
    op.execute(
        "INSERT INTO ledger_note_acts (note_id, at, act, reason, language) "
        "SELECT id, hidden_at, 'hide', hidden_why, '' FROM ledger_notes WHERE hidden_at IS NOT NULL"
    )


def downgrade() -> None:
    """Without the tables; what stands now stays where it was."""
    with op.batch_alter_table("ledger_note_acts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_note_acts_note_id"))
    op.drop_table("ledger_note_acts")
    op.drop_table("minutes_versions")
    with op.batch_alter_table("discussion_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_discussion_changes_discussion_id"))
    op.drop_table("discussion_changes")
