"""A switch keeps its reason, and the banner its text, in each language."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """What was turned before has no words."""
    op.add_column("switches", sa.Column("words", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """A banner has no meaning without its words."""
    op.execute("DELETE FROM switches WHERE name = 'banner'")
    op.drop_column("switches", "words")
