"""The petitions that the report of 2022 describes, under this product's rules (PRODUCT.md)."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select

from auth.models import Account
from auth.services.authors import become_author
from authorities.models import AreaFigure, Authority
from core.refusal import Refusal
from core.work import SYSTEM, work
from petitions.domain.lifecycle import State
from petitions.domain.moderation import Verdict
from petitions.models.petition import Petition
from petitions.services import cases
from petitions.services.drafts import begin_draft, save_draft
from petitions.services.screening import begin_screening, decide
from petitions.services.submitting import submit
from tests.factories import ALMATY, COUNTRY, GOVERNMENT, a_moderator, an_account, an_author, some_signatures
from tests.writing import TEXT, citizen, moderator, petition, version_of

Row = dict[str, str]
TABLE = Path(__file__).parent.parent / "data" / "report_petitions_2022.csv"
ROWS: list[Row] = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
FULLY_NAMED = {"named_person", "named_persons"}
# What is wrong with each name that is not one person's full name.
NAME_CODES = {
    "Almaty Residents": "author-name-group",
    "Auto Enthusiasts of Kazakhstan": "author-name-group",
    "Residents of the city of Shymkent": "author-name-group",
    "Bibi Zh.": "author-name-initials",
    "D. L. Sample": "author-name-initials",
    "Rashid": "author-name-single",
}
TITLE_MOST = 150
COUNTRY_PEOPLE = 19_503_159


def number_of(row: Row) -> str:
    return f"{row['id']}-{row['test_author'].split(' ')[0]}"


def named(row: Row) -> bool:
    return row["author_kind"] in FULLY_NAMED


def admissible(row: Row) -> bool:
    return named(row) and bool(row["test_addressee"])


@pytest.fixture
def people_of_2022(app: Flask) -> None:
    """The register with the table's populations and no other figure."""
    people = {row["territory_kato"]: int(row["territory_population_2022_01_01"]) for row in ROWS}
    people[COUNTRY] = COUNTRY_PEOPLE
    with work(SYSTEM) as w:
        w.session.execute(delete(AreaFigure))
        for area, population in people.items():
            figure = {"as_of": date(2022, 1, 1), "population": population, "source": "the report's table"}
            w.session.add(AreaFigure(area=area, **figure))


@pytest.fixture(params=["kz-2026", "kz-reform"])
def rulebook(app: Flask, request: pytest.FixtureRequest) -> Iterator[str]:
    """The instance under each of the two rulebooks."""
    kernel = app.extensions["dauys"]
    folder = kernel.settings.rulebooks_dir / request.param
    app.extensions["dauys"] = replace(
        kernel, settings=kernel.settings.model_copy(update={"rulebook": folder})
    )
    yield request.param
    app.extensions["dauys"] = kernel


def body_of(area: str) -> str:
    """The executive body of an area; of the country, the Government."""
    if area == COUNTRY:
        return GOVERNMENT
    with work(SYSTEM) as w:
        query = select(Authority.code).where(Authority.area == area, Authority.branch == "executive")
        return w.session.scalars(query).one()


def addressee(row: Row) -> str:
    """The code of the table's addressee, empty where there was none."""
    return body_of(row["test_addressee"].removeprefix("body of ")) if row["test_addressee"] else ""


def handed_in(row: Row, account: int, authority: str) -> int:
    """The petition of the row as its author submits it."""
    actor = citizen(account)
    with work(actor) as w:
        number = begin_draft(w, authority, "en")
    with work(actor) as w:
        title = row["title_en"][:TITLE_MOST]
        save_draft(w, number, version_of(number), title=title, markdown=TEXT, language="en")
    with work(actor) as w:
        submit(w, number, version_of(number))
    return number


def published(number: int) -> Petition:
    """The petition after its joiners came and a moderator published it."""
    some_signatures(number, 50)
    with work(SYSTEM) as w:
        begin_screening(w, cases.load(w, number))
    with work(moderator(a_moderator())) as w:
        decide(w, number, version_of(number), Verdict.PUBLISH)
    return petition(number)


def test_the_table_has_all_eleven() -> None:
    assert len(ROWS) == 11
    assert [row["id"] for row in ROWS if admissible(row)] == ["4", "6", "7", "9"]


@pytest.mark.parametrize("row", [row for row in ROWS if not named(row)], ids=number_of)
def test_the_anonymous_and_half_named_are_refused_at_the_door(app: Flask, row: Row) -> None:
    account = an_account()
    with pytest.raises(Refusal) as refused, work(citizen(account)) as w:
        become_author(w, row["test_author"], ALMATY, consent=True)
    assert (refused.value.code, refused.value.field) == (NAME_CODES[row["test_author"]], "full_name")


@pytest.mark.usefixtures("people_of_2022")
@pytest.mark.parametrize("row", [row for row in ROWS if not named(row)], ids=number_of)
def test_nor_can_they_submit(app: Flask, row: Row) -> None:
    account = an_author()
    with work(SYSTEM) as w:
        w.session.get_one(Account, account).full_name = row["test_author"]
    with pytest.raises(Refusal) as refused:
        handed_in(row, account, addressee(row))
    assert (refused.value.code, refused.value.field) == (NAME_CODES[row["test_author"]], "full_name")
    with work(SYSTEM) as w:
        assert set(w.session.scalars(select(Petition.state))) == {State.DRAFT}


@pytest.mark.parametrize("row", [row for row in ROWS if not row["test_addressee"]], ids=number_of)
def test_the_one_without_an_addressee_is_refused(app: Flask, row: Row) -> None:
    with pytest.raises(Refusal) as refused:
        handed_in(row, an_author(full_name=row["test_author"]), addressee(row))
    assert (refused.value.code, refused.value.field) == ("addressee-missing", "authority")


@pytest.mark.usefixtures("people_of_2022")
@pytest.mark.parametrize("row", [row for row in ROWS if admissible(row)], ids=number_of)
def test_the_others_are_submitted_and_published_with_a_visible_count(
    app: Flask, row: Row, client: object
) -> None:
    number = handed_in(row, an_author(full_name=row["test_author"]), addressee(row))
    shown = published(number)
    assert shown.state is State.COLLECTING and shown.author_name == row["test_author"]
    answer = client.get(f"/petitions/{number}?lang=en")  # type: ignore[attr-defined]
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and row["test_author"] in page
    assert "50" in page and f"{shown.threshold:,}" in page


@pytest.mark.usefixtures("people_of_2022")
@pytest.mark.parametrize("row", ROWS, ids=number_of)
def test_the_central_bodys_threshold_is_the_tables(app: Flask, row: Row, rulebook: str) -> None:
    expected = {"kz-2026": row["law_threshold_central"], "kz-reform": row["equal_burden_central_025pct"]}
    shown = published(handed_in(row, an_author(), GOVERNMENT))
    assert (shown.rulebook, shown.threshold) == (rulebook, int(expected[rulebook]))


@pytest.mark.usefixtures("people_of_2022")
@pytest.mark.parametrize("rulebook", ["kz-reform"], indirect=True)
@pytest.mark.parametrize("row", [row for row in ROWS if row["equal_burden_territory_025pct"]], ids=number_of)
def test_the_territorys_threshold_is_the_tables(app: Flask, row: Row, rulebook: str) -> None:
    shown = published(handed_in(row, an_author(), body_of(row["territory_kato"])))
    assert shown.threshold == int(row["equal_burden_territory_025pct"])


@pytest.mark.usefixtures("people_of_2022")
@pytest.mark.parametrize("rulebook", ["kz-2026"], indirect=True)
@pytest.mark.parametrize("row", [row for row in ROWS if row["equal_burden_territory_025pct"]], ids=number_of)
def test_the_law_asks_one_in_a_hundred_of_the_territory(app: Flask, row: Row, rulebook: str) -> None:
    shown = published(handed_in(row, an_author(), body_of(row["territory_kato"])))
    people = int(row["territory_population_2022_01_01"])
    assert shown.threshold == -(-people // 100)
