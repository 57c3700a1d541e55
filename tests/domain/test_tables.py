"""No cell of a table that leaves the house is a formula, whatever people write (S9)."""

import csv
import io
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tables import as_csv, harmless

SIGNS = "=+-@\t\r\n＝＋－＠﹢﹣﹦﹫⁺⁻−|%"
MORE = SIGNS + " ;,\"'aбә1\u00a0\u200b\u202e\ufeff\u3000"
text = st.text(
    st.one_of(st.sampled_from(MORE), st.characters(codec="utf-8")),
    max_size=30,
)


def first_seen(cell: str) -> str:
    """The first character that a reader sees, in its plain form."""
    for character in cell:
        if not character.isspace() and unicodedata.category(character) not in {"Cf", "Cc", "Mn", "Me"}:
            return unicodedata.normalize("NFKC", character)[0]
    return ""


@given(text)
def test_no_cell_begins_a_formula_wherever_a_program_splits(value: str) -> None:
    cell = harmless(value)
    assert isinstance(cell, str)
    assert not cell.startswith(("\t", "\r", "\n"))
    for part in re.split(r"[;\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]", cell):
        assert first_seen(part) not in set("=+-@|%−")


@given(text)
def test_twice_is_the_same_as_once_and_nothing_else_is_lost(value: str) -> None:
    cell = harmless(value)
    assert harmless(cell) == cell
    assert str(cell).replace("'", "") == value.replace("'", "")


@given(st.lists(st.lists(text, min_size=2, max_size=2), max_size=4))
def test_a_file_read_back_has_the_same_cells(rows: list[list[str]]) -> None:
    rows = [[cell.replace("\x00", "") for cell in row] for row in rows]
    table = as_csv(["a", "=b"], rows).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(table, newline="")))
    assert read == [["a", "'=b"], *([harmless(cell) for cell in row] for row in rows)]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (-5, -5),
        (2.5, 2.5),
        (None, None),
        (True, "true"),
        (False, "false"),
        ("5 % of x", "5 % of x"),
        ("a=1", "a=1"),
        ("кімге - маған", "кімге - маған"),
    ],
)
def test_what_is_no_formula_stays(value: object, cell: object) -> None:
    assert harmless(value) == cell


@pytest.mark.parametrize(
    "value",
    ["=1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x", " =1", "\u200b=1", "a;=1", "a\n-b"],
)
def test_formulas_get_their_apostrophe(value: str) -> None:
    assert "'" in str(harmless(value))
