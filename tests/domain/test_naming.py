"""Names of old cases: the initial and the surname."""

import pytest

from petitions.domain.naming import shortened


@pytest.mark.parametrize(
    ("full", "short"),
    [
        ("Сәуле Үлгіева", "С. Үлгіева"),
        ("Үлгіева Сәуле Ерланқызы", "С. Үлгіева"),
        ("Ерлан Үлгіұлы", "Е. Үлгіұлы"),
        ("Марина Өзгерова", "М. Өзгерова"),
        ("Өзгерова Марина", "М. Өзгерова"),
        ("Абай Сөзбай", "А. Сөзбай"),
        ("Болат Ауылбаев Өзгерұлы", "Б. Ауылбаев"),
        ("А. Сөзбай", "А. Сөзбай"),
        ("Сөзбай", "Сөзбай"),
        ("Алина Пробина", "А. Пробина"),
    ],
)
def test_a_name_is_cut_to_initial_and_surname(full: str, short: str) -> None:
    """Whichever stands first, and twice gives the same as once."""
    assert shortened(full) == short
    assert shortened(short) == short
