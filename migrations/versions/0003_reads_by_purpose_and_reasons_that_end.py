"""Reads of contacts say what for and after which breach; reasons of proposals are a class of keeping."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEPT = (
    "unconfirmed withdrawn contact promise identity network mails_counted mail_rows audit backup backup_keys language"
    " session session_staff invitation proposal account_unconfirmed author_name contact_letter request request_open"
    " request_mailbox tombstone account office case"
).split()
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WHOLE = "purpose = 'breach' OR (petition_id IS NOT NULL AND signature_id IS NOT NULL AND breach_id IS NULL)"


def _kept(values: list[str]) -> None:
    listed = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table("retention_journal") as batch:
        batch.drop_constraint(op.f("ck_retention_journal_kept"), type_="check")
        batch.create_check_constraint(op.f("ck_retention_journal_kept"), f"kept IN ({listed})")


def upgrade() -> None:
    """Forward."""
    _kept([*KEPT, "proposal_reason"])
    with op.batch_alter_table("contact_reads") as batch:
        batch.add_column(sa.Column("purpose", sa.String(length=7), nullable=False, server_default="request"))
        batch.add_column(sa.Column("breach_id", BigId, nullable=True))
        batch.alter_column("petition_id", existing_type=BigId, nullable=True)
        batch.create_foreign_key(op.f("fk_contact_reads_breach_id_breaches"), "breaches", ["breach_id"], ["id"])
    # All of a petition's were only ever read after a breach.
    op.execute("UPDATE contact_reads SET purpose = 'breach' WHERE signature_id IS NULL")
    with op.batch_alter_table("contact_reads") as batch:
        batch.alter_column("purpose", existing_type=sa.String(length=7), server_default=None)
        batch.create_check_constraint(op.f("ck_contact_reads_readpurpose"), "purpose IN ('order', 'request', 'breach')")
        batch.create_check_constraint(op.f("ck_contact_reads_all_only_after_a_breach"), WHOLE)


def downgrade() -> None:
    """Back: a file of all addresses has no place in the older table, and an older class stands in for the new one."""
    op.execute("DELETE FROM contact_reads WHERE petition_id IS NULL")
    with op.batch_alter_table("contact_reads") as batch:
        batch.drop_constraint(op.f("ck_contact_reads_all_only_after_a_breach"), type_="check")
        batch.drop_constraint(op.f("ck_contact_reads_readpurpose"), type_="check")
        batch.drop_constraint(op.f("fk_contact_reads_breach_id_breaches"), type_="foreignkey")
        batch.alter_column("petition_id", existing_type=BigId, nullable=False)
        batch.drop_column("breach_id")
        batch.drop_column("purpose")
    op.execute("UPDATE retention_journal SET kept = 'proposal' WHERE kept = 'proposal_reason'")
    _kept(KEPT)
