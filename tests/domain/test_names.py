"""Names: full ones of real shapes pass; groups, nicknames and initials are told apart in three languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.names import check_author_name, check_signer_name
from core.refusal import Refusal

FULL_NAMES = [
    "Ainur Sample",
    "Daniyar Sample",
    "Asyl Sample",
    "Әлия Серікқызы Нұрланова",
    "Ким Е Ын",
    "Ли Юн",
    "O'Connor Jean-Luc",
    "O’Connor Jean-Luc",
    "Нұр-Сұлтан Асқар",
    "Азамат Топтыбаев",
    "Азамат Азаматұлы Азаматов",
    "Тобыл Тұрғынбаев",
    "Тұрғынбек Қауымбек",
    "Халық Елжасов",
    "Grouply Teamer",
    "Союзов Пётр",
    "Советова Анна",
    "Гражданкин Илья",
    "Народов Лев",
    "Анар Анаркулова",
    "Әкежан Жұртбаев",
    "Жасталап Одақбаев",
    "Жаннұр Топ-Сериков",
    "Theodor Andersson",
    "Fan Wei",
    "王 伟",
    "محمد علی",
    "Ванда Ж Петрова",
    "Sample Ainur.",
]
GROUPS = [
    "Almaty Residents",
    "Auto Enthusiasts of Kazakhstan",
    "Residents of the city of Shymkent",
    "Group A",
    "Residents",
    "residents' group",
    "Parents of School Five",
    "The People",
    "Concerned Citizen",
    "Asem Sample and Asel Sample",
    "Жители города Шымкент",
    "Инициативная группа жителей",
    "От имени жителей",
    "ЖИТЕЛЯМ Алматы",
    "Сообщество автолюбителей",
    "Родители первоклассников",
    "Союз матерей Казахстана",
    "Неравнодушные граждане",
    "Аноним Анонимов",
    "Алматы тұрғындары",
    "Тұрғындар тобы",
    "Ауыл тұрғындарының атынан",
    "Шымкент қаласының жұрты",
    "Бір топ азаматтар",
    "Ата-аналар қауымдастығы",
    "Белсенділер бірлестігі",
    "Қазақстан халқы",
    "Мектеп мұғалімдері",
    "Қала жастары",
    "Almaty turgyndary",
]
INITIALS = [
    "Bibi Zh.",
    "D. L. Sample",
    "D.L. Sample",
    "Sample D.",
    "Д Л Сампл",
    "Сампл Д",
    "Ainur Z. Sample",
    "Bibi Zh",
    "Биби Дж",
    "Ainur S.K.",
]
NICKNAMES = ["Rashid", "Нұрланова-Серікова", "Barys", "王伟"]
NOT_NAMES = [
    "Ainur 2",
    "Ainur_Sample",
    "Ainur <b>",
    "Ainur Sample!",
    "Ainur - Sample",
    "Ainur\nSample",
    "Ainur\x00S",
    "Ainur\u200bS Sample",
    "Ainur \ud800",
    "7 7",
    "🙂 🙂",
    "Ainur ''",
]


def refusal_of(check, text: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        check(text)
    assert caught.value.field == "full_name"
    return caught.value


@pytest.mark.parametrize("name", FULL_NAMES)
def test_a_full_name_passes_as_it_is(name: str) -> None:
    assert check_author_name(name) == name


@pytest.mark.parametrize("name", GROUPS)
def test_a_group_is_not_an_author(name: str) -> None:
    assert refusal_of(check_author_name, name).code == "author-name-group"


@pytest.mark.parametrize("name", INITIALS)
def test_an_initial_is_not_a_name(name: str) -> None:
    assert refusal_of(check_author_name, name).code == "author-name-initials"


@pytest.mark.parametrize("name", NICKNAMES)
def test_one_word_is_a_nickname(name: str) -> None:
    assert refusal_of(check_author_name, name).code == "author-name-single"


@pytest.mark.parametrize("check", [check_author_name, check_signer_name])
@pytest.mark.parametrize("name", NOT_NAMES)
def test_signs_that_no_name_has(check, name: str) -> None:
    assert refusal_of(check, name).code == "name-characters"


@pytest.mark.parametrize("check", [check_author_name, check_signer_name])
@pytest.mark.parametrize("name", ["", " ", "A", "Ainur " + "S" * 115])
def test_the_length_of_a_name(check, name: str) -> None:
    error = refusal_of(check, name)
    assert (error.code, error.facts["most"]) == ("name-length", 120)


def test_a_name_of_the_greatest_length_passes() -> None:
    name = "Ainur " + "S" * 114
    assert check_author_name(name) == check_signer_name(name) == name


@pytest.mark.parametrize("name", ["Bibi Zh.", "D. L. Sample", "Almaty Residents", "王 伟", "А Б"])
def test_a_signer_may_be_shorter(name: str) -> None:
    assert check_signer_name(name) == name


def test_a_signer_has_two_words() -> None:
    assert refusal_of(check_signer_name, "Rashid").code == "name-two-words"


def test_the_spelling_is_tidied() -> None:
    assert check_author_name("  Ainur\u00a0 Sample\u2011Test ") == "Ainur Sample-Test"
    assert check_author_name("Йulia Sample".replace("Й", "И\u0306")) == "Йulia Sample"


@given(st.text(max_size=130))
def test_any_text_is_a_tidy_name_or_refused(text: str) -> None:
    for check in (check_author_name, check_signer_name):
        try:
            name = check(text)
        except Refusal:
            continue
        assert check(name) == name
