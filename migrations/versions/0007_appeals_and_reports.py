"""Refusals can be appealed against, readers report, and a takedown can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

REASONS = ("private_data", "hatred", "defamation", "false_name", "advertising", "children", "other")
STATES = (
    *("draft", "gathering", "screening", "collecting", "under_review", "answered", "lapsed", "withdrawn"),
    *("refused", "taken_down"),
)


def _enum(name: str, length: int, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=length)


def upgrade() -> None:
    """New tables only: what was refused before stays refused."""
    op.create_table(
        "appeals",
        sa.Column("petition_id", BIG, nullable=False),
        sa.Column("decision_id", BIG, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("filed_at", MOMENT, nullable=False),
        sa.Column(
            "outcome",
            _enum("appealoutcome", 8, "upheld", "restored", "silence"),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("account_id", BIG, nullable=True),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL)", name=op.f("ck_appeals_decided_has_date")
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome = 'silence' OR reason <> ''", name=op.f("ck_appeals_decided_has_reason")
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_appeals_decision_id_decisions")),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name=op.f("fk_appeals_petition_id_petitions")),
        sa.PrimaryKeyConstraint("petition_id", name=op.f("pk_appeals")),
    )
    op.create_table(
        "reports",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("petition_id", BIG, nullable=False),
        sa.Column("reason", _enum("reportreason", 12, *REASONS), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("filed_at", MOMENT, nullable=False),
        sa.Column("outcome", _enum("reportoutcome", 10, "no_action", "taken_down"), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("handled_at", MOMENT, nullable=True),
        sa.Column("account_id", BIG, nullable=True),
        sa.CheckConstraint(
            "(outcome IS NULL) = (handled_at IS NULL)", name=op.f("ck_reports_handled_has_date")
        ),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name=op.f("fk_reports_petition_id_petitions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index(op.f("ix_reports_petition_id"), "reports", ["petition_id"])
    op.create_index("ix_reports_handled_at_filed_at", "reports", ["handled_at", "filed_at"])
    op.create_table(
        "takedowns",
        sa.Column("decision_id", BIG, nullable=False),
        sa.Column("petition_id", BIG, nullable=False),
        sa.Column("was", _enum("state", 12, *STATES), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("restored_at", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.CheckConstraint(
            "restored_at IS NULL OR reason <> ''", name=op.f("ck_takedowns_restored_has_reason")
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_takedowns_decision_id_decisions")),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name=op.f("fk_takedowns_petition_id_petitions")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_takedowns")),
    )
    op.create_index(op.f("ix_takedowns_petition_id"), "takedowns", ["petition_id"])


def downgrade() -> None:
    """Back: appeals and reports go with their table; what they opened stays open."""
    op.drop_table("takedowns")
    op.drop_table("reports")
    op.drop_table("appeals")
