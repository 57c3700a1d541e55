"""The data map against the tables: every column is in it, or is named here as one that is about nobody."""

import re
from collections.abc import Iterator

from flask import Flask
from limits import parse

from auth.services import invitations, proposals, sessions
from auth.tokens import VALID
from auth.tokens import Purpose as TokenPurpose
from core.config import ROOT
from core.db import Base
from petitions.cli.processing import processing_markdown
from petitions.domain.datamap import (
    ITEMS,
    OUTSIDE,
    Basis,
    Form,
    Place,
    Purpose,
    Recipient,
    What,
    Whose,
    named_columns,
)
from petitions.domain.keeping import OPEN_ENDED, TERMS, Kept, Length, Unit
from petitions.queries import notice_words as words
from petitions.queries.kept_entries import AFTERGLOW
from petitions.services.retention import KEYS
from petitions.services.retention_classes import SWEEPS
from petitions.services.signing import UNCONFIRMED
from petitions.web.language import YEAR

# Tables whose every column is about a case, a body, a place or the machine, and about no person.
IMPERSONAL_TABLES = frozenset(
    {
        "areas",
        "area_figures",
        "authorities",
        "broadcasts",
        "case_promises",
        "frozen_cells",
        "frozen_counts",
        "frozen_days",
        "frozen_states",
        "job_runs",
        "notice_versions",
        "petition_counts",
        "reminders",
        "retention_journal",
        "petition_keys",
        "petition_quarters",
        "petition_thresholds",
        "rulebook_versions",
        "switches",
        "tally_deltas",
        "terms",
    }
)
# Single columns beside personal ones: the case, its dates and its words of office.
IMPERSONAL: dict[str, str] = {
    "petitions": "id language authority area tier rulebook rulebook_version state version text_number created_at"
    " changed_at submitted_at opened_at closes_at threshold residents_only reached_at handed_over_at registered_at"
    " answered_at ended_at frozen_at",
    "petition_texts": "petition_id number hash frozen_at",
    "co_authors": "id petition_id state language invited_at expires_at",
    "journal": "id petition_id at event facts is_public",
    "author_updates": "id petition_id number text_number shown_from looked_at hidden_at",
    "author_update_texts": "update_id number",
    "author_update_acts": "id update_id at act text_number reason language",
    "reports": "id petition_id update_number reason filed_at outcome answer handled_at",
    "takedowns": "decision_id petition_id was terms at restored_at reason",
    "appeals": "petition_id decision_id outcome reason language decided_at",
    "decisions": "id petition_id kind ground reason hides_text decided_at",
    "answer_works": "id petition_id authority kind outcome markdown language decided_on correction acts promises others"
    " stage changed_at checked_at remark version",
    "case_assignments": "petition_id authority assigned_at",
    "case_notes": "id petition_id authority at",
    "case_questions": "id petition_id term_id asked_at text language private_because pauses",
    "case_discussions": "id petition_id term_id announced_at starts_at place link materials language held_at minutes"
    " minutes_at",
    "discussion_changes": "id discussion_id at act starts_at place link materials language reason reason_language",
    "minutes_versions": "id discussion_id number minutes published_at replaced_at reason",
    "ledger_notes": "id authority text language at hidden_at hidden_why",
    "ledger_note_acts": "id note_id at act reason language",
    "contact_reads": "id proposal_id purpose breach_id petition_id agreed_at used_at n",
    "retention_holds": "id petition_id reason set_at lifted_at",
    "answers": "id petition_id number kind outcome markdown html correction language decided_on published_at acts",
    "referrals": "petition_id receipt kind handed_over_at counted text_number text_hash registered_at"
    " registration_number",
    "term_changes": "id term_id at old_due new_due cause",
    "term_extensions": "id term_id at n reason language",
    "transfers": "id petition_id from_authority to_authority at lost_days reason language",
    "clock_stops": "id first_day last_day order_date act link reason language areas kinds is_outage is_replay"
    " replay_recorded_on proposed_at confirmed_at entered_on rejected_at outage_key",
    "stop_changes": "id stop_id at act facts",
    "duplicate_links": "petition_id original_id reason language linked_at",
    "audit_log": "id at action",
    "outbox": "id tries fault",
    "proposals": "id kind proposed_at expires_at decided_at agreed alone",
    "invitations": "id proposal_id language expires_at accepted_at",
    "role_grants": "id",
    "data_orders": "id received_on body_kind outcome recorded_at",
    "breaches": "id known_at due_on what recorded_at regulator_told_at people_told_at",
}


def _impersonal() -> Iterator[tuple[str, str]]:
    for table, columns in IMPERSONAL.items():
        yield from ((table, column) for column in columns.split())


def test_every_column_is_in_the_map_or_named_as_impersonal() -> None:
    """A new column is a decision: personal, with purpose and term, or about nobody."""
    known = named_columns() | set(_impersonal())
    tables = {name: table for name, table in Base.metadata.tables.items() if name not in IMPERSONAL_TABLES}
    columns = {(name, column.name) for name, table in tables.items() for column in table.columns}
    assert columns - known == set(), "columns that neither the map nor the list of impersonal ones names"


def test_the_map_names_only_what_is_there_and_names_it_once() -> None:
    """No column that the code does not have, none twice, none that is called impersonal as well."""
    tables = Base.metadata.tables
    real = {(name, column.name) for name, table in tables.items() for column in table.columns}
    assert named_columns() - real == set()
    assert set(_impersonal()) - real == set()
    assert set(tables) >= IMPERSONAL_TABLES
    assert not named_columns() & set(_impersonal())
    assert not {item.table for item in ITEMS} & IMPERSONAL_TABLES
    flat = [(item.table, column) for item in ITEMS for column in item.columns]
    assert len(flat) == len(set(flat))


def test_sealed_and_hashed_columns_hold_bytes_and_readable_ones_do_not() -> None:
    """What the map calls sealed is no text in the tables."""
    sealed = {Form.SEALED_CONTACT, Form.SEALED_IDENTITY, Form.SEALED_SITE}
    secret = {"name", "contact", "email_enc", "secret_enc", "sealed", "text", "reply_to"}
    for item in ITEMS:
        for name in item.columns:
            column = Base.metadata.tables[item.table].columns[name]
            is_bytes = column.type.python_type is bytes
            if item.form in sealed and name in secret:
                assert is_bytes, (item.table, name)
            if item.form is Form.CLEAR:
                assert not is_bytes, (item.table, name)


def test_everything_of_the_map_has_words() -> None:
    """Kinds, purposes, grounds, forms, recipients, terms and places can all be said to people."""
    pairs = (
        (What, words.WHAT),
        (Purpose, words.PURPOSE),
        (Basis, words.BASIS),
        (Form, words.FORM),
        (Recipient, words.RECIPIENT),
        (Whose, words.WHOSE),
        (Place, words.PLACE),
        (Kept, words.KEPT),
    )
    for kind, said in pairs:
        assert set(kind) == set(said)


def test_nothing_is_in_the_map_that_no_item_uses() -> None:
    """A purpose, form, recipient or term without data would be an empty promise."""
    used = [*ITEMS, *OUTSIDE]
    assert {p for entry in used for p in entry.purposes} == set(Purpose)
    assert {entry.form for entry in used} == set(Form)
    assert {k for entry in used for k in entry.kept} == set(Kept)
    assert {r for item in ITEMS for r in item.recipients} == set(Recipient)
    assert {item.what for item in ITEMS} == set(What)
    assert {item.whose for item in ITEMS} == set(Whose)
    assert {entry.place for entry in OUTSIDE} == set(Place)


def test_the_terms_are_those_that_the_code_follows() -> None:
    """The numbers of the engine and of the notice are the same ones."""
    now = {
        Kept.UNCONFIRMED: UNCONFIRMED,
        Kept.WITHDRAWN: AFTERGLOW,
        Kept.SESSION: sessions.LASTS,
        Kept.SESSION_STAFF: sessions.LASTS_FOR_STAFF,
        Kept.INVITATION: invitations.LASTS,
        Kept.PROPOSAL: proposals.LASTS,
    }
    for kept, lasts in now.items():
        assert TERMS[kept].length.shortest == lasts, kept
    hours = VALID[TokenPurpose.CONFIRM].total_seconds() / 3600 + 1
    assert TERMS[Kept.ACCOUNT_UNCONFIRMED].length == Length(int(hours), Unit.HOURS)
    assert TERMS[Kept.LANGUAGE].length.shortest.total_seconds() == YEAR


def test_every_term_is_carried_out_by_something() -> None:
    """Each class with a number is destroyed by the engine, or ends on the person's device."""
    carried = set(SWEEPS) | set(KEYS) | {Kept.LANGUAGE}
    assert carried == set(TERMS)


def test_no_limit_remembers_a_network_for_longer_than_a_day() -> None:
    """Every limit in the code counts within the 24 hours of the map, under keys that change daily."""
    found = re.compile(r"\"(\d+ per (?:\d+ )?(?:second|minute|hour|day|month|year)s?)\"")
    rules = [
        rule
        for package in ("auth", "authorities", "core", "petitions", "opendata")
        for file in (ROOT / package).rglob("*.py")
        for rule in found.findall(file.read_text("utf-8"))
    ]
    assert rules
    longest = TERMS[Kept.NETWORK].length.shortest.total_seconds()
    assert all(parse(rule).get_expiry() <= longest for rule in rules)


def test_the_cookies_of_the_map_are_the_only_ones(app: Flask) -> None:
    """The session's cookie and the language's; no other file sets one."""
    assert app.config["SESSION_COOKIE_NAME"] == "dauys"
    setting = [
        file.relative_to(ROOT).as_posix()
        for package in ("auth", "authorities", "core", "petitions", "opendata")
        for file in (ROOT / package).rglob("*.py")
        if "set_cookie(" in file.read_text("utf-8")
    ]
    assert setting == ["petitions/web/language.py"]


def test_what_has_no_end_is_said_so() -> None:
    """Only things that are counts, cases, accounts or offices are kept without a number."""
    for item in ITEMS:
        if set(item.kept) <= OPEN_ENDED:
            assert item.form is not Form.SEALED_CONTACT and item.form is not Form.SEALED_IDENTITY


def test_the_fields_of_the_notice_are_those_of_the_list() -> None:
    """All 25 fields of the list are there, for those to whom they are to be shown."""
    from petitions.domain.notice import Audience
    from petitions.queries.notice_text import FIELDS

    listed = {n for n, *_rest in FIELDS if n <= 25}
    assert listed == set(range(1, 26))
    only = {n: who for n, _title, who, _make in FIELDS if who}
    assert only == {16: Audience.SIGNER, 17: Audience.AUTHOR, 24: Audience.SIGNER}


def test_the_record_of_processing_is_the_map(app: Flask) -> None:
    """docs/processing.md says what the map says."""
    assert (ROOT / "docs" / "processing.md").read_text("utf-8") == processing_markdown()
