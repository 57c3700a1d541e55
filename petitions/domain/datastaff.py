"""The part of the data map about those who work on the site: moderators, officers, controllers, administrators."""

from petitions.domain.datakinds import Basis, Form, Item, Purpose, Recipient, What, Whose
from petitions.domain.keeping import Kept

W, P, F, K, R = Whose, Purpose, Form, Kept, Recipient


def _staff(table: str, *columns: str, kept: Kept = K.CASE) -> Item:
    """Which account of staff did something: the act is public or logged, the person stands as a number."""
    return Item(table, columns, W.STAFF, What.ACTS, (P.ANSWER_FOR_ACTS,), F.CLEAR, (kept,), Basis.DUTY)


STAFF: tuple[Item, ...] = (
    Item(
        "role_grants",
        ("account_id", "role", "body", "head", "granted_at", "granted_by"),
        W.STAFF,
        What.ROLE,
        (P.OFFICE,),
        F.CLEAR,
        (K.OFFICE,),
        Basis.DUTY,
    ),
    Item(
        "second_factors",
        ("account_id", "secret_enc", "last_step", "enrolled_at"),
        W.STAFF,
        What.FACTOR,
        (P.SIGN_IN,),
        F.SEALED_SITE,
        (K.OFFICE,),
        Basis.DUTY,
    ),
    Item(
        "recovery_codes",
        ("account_id", "code_hash"),
        W.STAFF,
        What.FACTOR,
        (P.SIGN_IN,),
        F.HASHED_SITE,
        (K.OFFICE,),
        Basis.DUTY,
    ),
    Item(
        "proposals", ("sealed",), W.STAFF, What.MAILBOX, (P.OFFICE,), F.SEALED_SITE, (K.PROPOSAL,), Basis.DUTY
    ),
    Item(
        "invitations",
        ("email_enc",),
        W.STAFF,
        What.MAILBOX,
        (P.OFFICE,),
        F.SEALED_SITE,
        (K.INVITATION,),
        Basis.DUTY,
        (R.MAIL_SERVICE,),
    ),
    _staff("proposals", "payload", "proposed_by", "decided_by"),
    _staff("proposals", "reason", kept=K.PROPOSAL_REASON),
    _staff("audit_log", "account_id", "object", "before", "after", kept=K.AUDIT),
    _staff("decisions", "account_id"),
    _staff("appeals", "account_id"),
    _staff("reports", "account_id"),
    _staff("takedowns", "account_id"),
    _staff("author_update_acts", "account_id"),
    _staff("data_requests", "answered_by", kept=K.REQUEST),
    _staff("referrals", "registered_by"),
    _staff("term_changes", "account_id"),
    _staff("term_extensions", "account_id"),
    _staff("transfers", "account_id"),
    _staff("clock_stops", "proposed_by", "confirmed_by"),
    _staff("stop_changes", "account_id"),
    _staff("answers", "account_id", "checked_by"),
    _staff("answer_works", "written_by", "checked_by"),
    _staff("case_assignments", "account_id", "assigned_by"),
    _staff("case_notes", "account_id", "text"),
    _staff("case_questions", "account_id"),
    _staff("case_discussions", "account_id"),
    _staff("discussion_changes", "account_id"),
    _staff("minutes_versions", "account_id"),
    _staff("ledger_notes", "account_id"),
    _staff("duplicate_links", "account_id"),
    _staff("ledger_note_acts", "account_id"),
    _staff("contact_reads", "asked_by", "agreed_by"),
    _staff("retention_holds", "set_by", "lifted_by"),
    _staff("data_orders", "recorded_by"),
    _staff("breaches", "recorded_by"),
)
