"""The search: inflected words in three languages, typing errors, any characters, and what it costs to be wrong."""

import sys

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import fulltext
from core.work import ANYONE, SYSTEM, Work, reading, work
from petitions.domain.kazakh import stems
from petitions.domain.lifecycle import State
from petitions.domain.spelling import one_error_apart
from petitions.models.petition import Petition, PetitionText
from petitions.queries.listing import Filters, Order, Page, Shown, how_many, petition_page, view_page
from petitions.queries.petitions import PetitionCard
from petitions.queries.search import LONGEST_QUERY, Breadth, look, says_nothing
from petitions.queries.stems import terms
from petitions.services.indexing import refresh
from tests.factories import GOVERNMENT, VILLAGE_BODY, a_petition, an_author
from tests.searching import many_petitions, pairs

FIRST = 5
LEAST_FOUND = 0.9
ODD = "\"'()*:^-+~{}[]&|!\\<>%_;#@$ \x00\n\t\u0301\u200b\ud800ӘəӨҢё№0Aя"


def found(w: Work, query: str, limit: int = FIRST) -> Page[PetitionCard]:
    """The first petitions of a search, the best first."""
    return petition_page(w, Filters(q=query[:LONGEST_QUERY]), Order.RELEVANCE, "", limit)


def ids(w: Work, query: str) -> list[int]:
    return [card.id for card in found(w, query).items]


def written(petition_id: int, title: str, text: str = "") -> int:
    """Give a petition other words."""
    with work(SYSTEM) as w:
        row = w.session.get_one(Petition, petition_id)
        row.title = title
        w.session.get_one(PetitionText, (petition_id, 1)).markdown = text
        refresh(w, row)
    return petition_id


@pytest.mark.postgres_too
def test_nine_of_ten_pairs_are_found_in_the_first_five_of_500(app: Flask, database: str) -> None:
    """Inflected words, words without Kazakh letters, ё for е; typing errors are counted apart."""
    sought = many_petitions(500)
    missed: dict[bool, list[str]] = {True: [], False: []}
    as_typed = 0
    with reading(ANYONE) as w:
        assert fulltext.size(w.session) == 500
        for pair in pairs():
            page, typo = found(w, pair["query"]), pair["kind"] == "typo"
            if sought[pair["petition"]] not in [card.id for card in page.items]:
                missed[typo].append(pair["query"])
            as_typed += not typo and page.search is not None and page.search.breadth is Breadth.ALL
    for typo, what in ((False, "pairs"), (True, "typing errors")):
        total = sum((pair["kind"] == "typo") is typo for pair in pairs())
        share = 1 - len(missed[typo]) / total
        sys.stdout.write(
            f"{database}: {share:.1%} of {total} {what} in the first five; missed: {', '.join(missed[typo])}\n"
        )
        assert share >= LEAST_FOUND
    total = sum(pair["kind"] != "typo" for pair in pairs())
    sys.stdout.write(f"{database}: {as_typed} of {total} pairs by the words as they were typed\n")
    # Stems and folding do it, not the tolerance for typing errors.
    assert total >= 80 and as_typed / total >= LEAST_FOUND


@pytest.mark.parametrize(
    "forms",
    [
        "кітап кітабы кітаптарға кітабымыз кітаптағы",
        "мектеп мектебі мектептің мектептерінде",
        "көше көшелерін көшеміздің көшеге",
        "көлік көлігі көліктер көлікпен",
        "қала қалада қалалық қаланы",
        "алаң алаңы алаңда алаңдар",
        "орын орны орындар",
        "халық халқы халыққа",
        "өзен өзені өзеннің",
        "су судың суы сумен",
        "салу салынсын салыңыз",
        "ашу ашылсын",
    ],
)
def test_the_forms_of_a_kazakh_word_have_a_stem_in_common(forms: str) -> None:
    assert frozenset.intersection(*(stems(word) for word in terms(forms)))


def test_words_that_only_look_alike_keep_their_stems() -> None:
    for one, other in (("бала", "балық"), ("көл", "көлік"), ("жол", "жолдас"), ("мұз", "мұражай")):
        (first,), (second,) = terms(one), terms(other)
        assert not stems(first) & stems(second)


@given(st.text(max_size=40))
def test_no_word_makes_the_stripper_fail_or_empty(text: str) -> None:
    assert all(all(stems(word)) for word in terms(text))


def test_one_slip_of_the_finger_is_told_from_two() -> None:
    for typed in ("көпір", "көпрі", "көпірр", "көпі", "көпыр", "ккөпір"):
        assert one_error_apart(typed, "көпір") is (typed != "көпір")
    for typed in ("көп", "кпөрі", "көпірлер", "кмпар"):
        assert not one_error_apart(typed, "көпір")


@pytest.mark.postgres_too
def test_a_title_stands_above_a_name_and_a_name_above_a_text(app: Flask) -> None:
    in_text = written(a_petition(), "Көпір керек", "Ол Қаратал өзенінен өтеді.")
    in_name = written(a_petition(author=an_author(full_name="Ерлан Қаратал")), "Мектеп керек")
    in_title = written(a_petition(), "Қаратал ауылына су керек")
    newer = written(a_petition(), "Қараталға жол керек")
    with reading(ANYONE) as w:
        assert ids(w, "қаратал") == [newer, in_title, in_name, in_text]


@pytest.mark.postgres_too
def test_author_addressee_and_place_can_be_looked_for(app: Flask) -> None:
    village = a_petition(author=an_author(full_name="Гүлнәр Іздемесова"))
    country = a_petition(authority=GOVERNMENT)
    with reading(ANYONE) as w:
        assert ids(w, "Издемесова") == [village]
        assert ids(w, "Үлгі ауылының әкімдігі") == [village]
        assert ids(w, "Акимат села Улги") == [village]
        assert ids(w, "government") == [country]


@pytest.mark.postgres_too
def test_the_number_above_the_list_leaves_out_what_is_hidden_though_its_words_are_there(app: Flask) -> None:
    shown = written(a_petition(), "Бір кітап")
    refused = written(a_petition(State.REFUSED), "Екі кітап")
    hidden = a_petition(State.SCREENING)
    with work(SYSTEM) as w:
        fulltext.put(
            w.session, {hidden: fulltext.Row(frozenset({"_китап", "китап"}), frozenset(), frozenset())}
        )
    with reading(ANYONE) as w:
        for filters, expected in (
            (Filters(q="кітап"), {shown, refused}),
            (Filters(q="кітап", state=Shown.COLLECTING), {shown}),
            (Filters(q="кітап", state=Shown.REFUSED), {refused}),
            (Filters(state=Shown.COLLECTING), {shown}),
        ):
            page = petition_page(w, filters, Order.NEWEST, "", 10)
            assert {card.id for card in page.items} == expected
            assert how_many(w, filters, page.search) == len(expected)


@pytest.mark.postgres_too
def test_where_no_petition_has_all_words_a_near_word_or_some_words_are_taken_and_said(app: Flask) -> None:
    petition = written(a_petition(), "Ауылға жаңа кітапхана салынсын")
    with reading(ANYONE) as w:
        assert found(w, "кітапхана ауыл").search.breadth is Breadth.ALL
        mended = found(w, "кітапхнаға").search
        assert (mended.breadth, dict(mended.mended)) == (Breadth.MENDED, {"кітапхнаға": "кітапхана"})
        some = found(w, "кітапхана ипподром")
        assert [card.id for card in some.items] == [petition] and some.search.breadth is Breadth.ANY
        assert found(w, "ипподром").items == ()
        # A machine cannot read what a page says of near words: it gets what has every word.
        machine = [
            view_page(w, Filters(q=q), None, 5).items
            for q in ("кітапхнаға", "кітапхана ипподром", "китапхана")
        ]
        assert [len(items) for items in machine] == [0, 0, 1]


@pytest.mark.postgres_too
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.one_of(st.text(max_size=60), st.text(alphabet=ODD, max_size=60)))
def test_no_characters_break_a_search(app: Flask, query: str) -> None:
    with reading(ANYONE) as w:
        found(w, query)
        view_page(w, Filters(q=query), None, 1)
        says_nothing(query)


@pytest.mark.postgres_too
@pytest.mark.parametrize(
    "query",
    [
        "кітап*", '"кітап', "кітап AND", "NEAR(кітап, 2)", "title:кітап", "-кітап", "(кітап", "кітап & | !", "'кітап'",
        "кітап:*", "кітап\x00хана", "кітап\ud800", "к" * 10_000, "кітап " * 2_000, "{title} : кітап", "^кітап",
        "_кітап",
    ],
)  # fmt: skip
def test_operators_of_the_engines_are_only_characters(app: Flask, query: str) -> None:
    petition = written(a_petition(), "Бір кітап")
    with reading(ANYONE) as w:
        page = petition_page(w, Filters(q=query), Order.RELEVANCE, "", FIRST)
        assert [card.id for card in page.items] == ([] if query.startswith("кк") else [petition])


@pytest.mark.postgres_too
def test_the_index_follows_in_the_same_transaction(app: Flask) -> None:
    petition = written(a_petition(), "Бір кітап")
    with pytest.raises(RuntimeError), work(SYSTEM) as w:
        row = w.session.get_one(Petition, petition)
        row.title = "Бір көпір"
        refresh(w, row)
        assert ids(w, "көпір") == [petition]
        raise RuntimeError
    with reading(ANYONE) as w:
        assert ids(w, "көпір") == [] and ids(w, "кітап") == [petition]
        assert fulltext.counts(w.session, ["копр", "китап"]) == {"китап": 1}


@pytest.mark.postgres_too
def test_making_the_index_anew_changes_nothing_and_mends_everything(app: Flask) -> None:
    petition = written(a_petition(), "Бір кітап")
    a_petition(State.DRAFT)
    with reading(ANYONE) as w:
        before = fulltext.rows_of(w.session, [petition]), fulltext.counts(w.session, ["китап", "бр"])
    with work(SYSTEM) as w:
        fulltext.put(w.session, {10**6: fulltext.Row(frozenset({"_китап"}), frozenset(), frozenset())})
        fulltext.drop(w.session, [petition])
    run = app.test_cli_runner().invoke
    for _time in range(2):
        result = run(args=["search", "rebuild"])
        assert (result.exit_code, result.output) == (0, "1 petitions can be found.\n")
        with reading(ANYONE) as w:
            assert (
                fulltext.rows_of(w.session, [petition]),
                fulltext.counts(w.session, ["китап", "бр"]),
            ) == before
            assert fulltext.size(w.session) == 1


@pytest.mark.postgres_too
def test_a_new_addressee_can_be_looked_for(app: Flask) -> None:
    petition = a_petition(authority=VILLAGE_BODY)
    with work(SYSTEM) as w:
        row = w.session.get_one(Petition, petition)
        row.authority = GOVERNMENT
        refresh(w, row)
    with reading(ANYONE) as w:
        assert ids(w, "government") == [petition]
        assert look(w, "") is None and look(w, "!?") is None
