"""The numbers of keeping, and the notice as a thing: fingerprints, names of versions, differences."""

from datetime import UTC, date, datetime, timedelta

import pytest

from petitions.domain import datamap
from petitions.domain.datamap import Form, Whose
from petitions.domain.keeping import OPEN_ENDED, TERMS, Kept, Length, Unit, over_at
from petitions.domain.notice import (
    Audience,
    Field,
    Line,
    Text,
    changes,
    fingerprint,
    next_version,
    plain,
    read,
)

START = datetime(2026, 1, 31, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "end"),
    [
        (Length(24, Unit.HOURS), datetime(2026, 2, 1, 9, tzinfo=UTC)),
        (Length(35, Unit.DAYS), datetime(2026, 3, 7, 9, tzinfo=UTC)),
        (Length(1, Unit.MONTHS), datetime(2026, 2, 28, 9, tzinfo=UTC)),
        (Length(21, Unit.MONTHS), datetime(2027, 10, 31, 9, tzinfo=UTC)),
        (Length(36, Unit.MONTHS), datetime(2029, 1, 31, 9, tzinfo=UTC)),
    ],
)
def test_a_length_ends_on_its_day(length: Length, end: datetime) -> None:
    """Months keep the day number, or end with the month."""
    assert length.after(START) == end
    assert START + length.shortest <= end


def test_no_length_is_shorter_than_its_shortest() -> None:
    """A query for candidates never misses one."""
    for days in range(800):
        start = START + timedelta(days=days)
        for n in (1, 12, 21, 36):
            length = Length(n, Unit.MONTHS)
            assert start + length.shortest <= length.after(start)


def test_a_limit_holds_whatever_happens() -> None:
    """The contact of a petition whose answer never comes goes 21 months after the beginning."""
    begun = datetime(2025, 1, 1, tzinfo=UTC)
    assert over_at(Kept.CONTACT, datetime(2025, 5, 1, tzinfo=UTC), begun) == datetime(2025, 5, 31, tzinfo=UTC)
    assert over_at(Kept.CONTACT, datetime(2026, 9, 20, tzinfo=UTC), begun) == datetime(
        2026, 10, 1, tzinfo=UTC
    )
    assert over_at(Kept.WITHDRAWN, START, begun) == START + timedelta(days=7)
    assert over_at(Kept.CONTACT, START) == START + timedelta(days=30)


def test_every_class_has_a_term_or_ends_with_its_thing() -> None:
    """No class is left without an end that can be said."""
    assert set(Kept) == set(TERMS) | OPEN_ENDED
    assert not set(TERMS) & OPEN_ENDED


def test_the_promises_of_the_rules_are_the_numbers_of_the_map() -> None:
    """TRUST rule 7, word for word."""
    assert TERMS[Kept.UNCONFIRMED].length == Length(7, Unit.DAYS)
    assert TERMS[Kept.NETWORK].length == Length(24, Unit.HOURS)
    assert TERMS[Kept.CONTACT].length == Length(30, Unit.DAYS)
    assert TERMS[Kept.CONTACT].at_most == TERMS[Kept.IDENTITY].at_most == Length(21, Unit.MONTHS)
    assert TERMS[Kept.IDENTITY].length == Length(1, Unit.MONTHS)
    assert TERMS[Kept.AUDIT].length == Length(36, Unit.MONTHS)
    assert TERMS[Kept.BACKUP].length == Length(35, Unit.DAYS)
    assert TERMS[Kept.WITHDRAWN].length == Length(7, Unit.DAYS)


def test_nothing_of_a_signer_is_public() -> None:
    """Signers are not listed, and name and contact are never readable in the database."""
    for item in datamap.about(Whose.SIGNER):
        assert not item.is_public, item
    named = [
        item
        for item in datamap.ITEMS
        if item.table == "signatures" and item.columns[0] in {"name", "contact"}
    ]
    assert {item.form for item in named} == {Form.SEALED_IDENTITY, Form.SEALED_CONTACT}


def _notice(*fields: Field) -> Text:
    return Text((Line("short"),), fields)


def test_a_stored_notice_reads_as_it_was() -> None:
    """Plain data and back; the fingerprint follows every letter and nothing else."""
    text = _notice(Field(1, "Who", (Line("a body", "Body"), Line("plain"))))
    content = {"kk": {Audience.SIGNER.value: text}}
    assert read(plain(content)) == content
    assert fingerprint(read(plain(content))) == fingerprint(content)
    other = {"kk": {Audience.SIGNER.value: _notice(Field(1, "Who", (Line("a body."),)))}}
    assert fingerprint(other) != fingerprint(content)


def test_differences_name_the_fields_that_changed() -> None:
    """New, gone and changed fields, each with the lines of its side."""
    old = _notice(
        Field(1, "Who", (Line("a"), Line("b"))),
        Field(2, "Gone", (Line("c"),)),
        Field(3, "Same", (Line("d"),)),
    )
    new = _notice(
        Field(1, "Who", (Line("a"), Line("x"))), Field(3, "Same", (Line("d"),)), Field(4, "New", (Line("e"),))
    )
    found = changes(old, new)
    assert [(c.n, [line.text for line in c.removed], [line.text for line in c.added]) for c in found] == [
        (1, ["b"], ["x"]),
        (2, ["c"], []),
        (4, [], ["e"]),
    ]
    assert changes(new, new) == ()


def test_versions_count_within_their_month() -> None:
    """Year, month, and which one of that month."""
    day = date(2026, 11, 23)
    assert next_version(day, []) == "2026-11-1"
    assert next_version(day, ["2026-10-4", "2026-11-1", "2026-11-9"]) == "2026-11-10"
