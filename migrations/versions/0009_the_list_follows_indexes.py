"""Each order of the list follows an index, so that a page costs the same however many petitions there are."""

from alembic import op

revision = "0009"
down_revision = "0008"

INDEXES = {
    "ix_petitions_state_id": ["state", "id"],
    "ix_petitions_opened_at_id": ["opened_at", "id"],
    "ix_petitions_answered_at_id": ["answered_at", "id"],
}


def upgrade() -> None:
    """Three indexes of petitions."""
    for name, columns in INDEXES.items():
        op.create_index(name, "petitions", columns)


def downgrade() -> None:
    """Back: the list reads them all."""
    for name in INDEXES:
        op.drop_index(name, table_name="petitions")
