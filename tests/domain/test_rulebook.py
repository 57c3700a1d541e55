"""The typed rulebook: which tier serves whom, grounds, texts and spans."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from core.refusal import Refusal
from petitions.domain.rulebook import Basis, Rulebook, Span, Unit
from petitions.rulebooks import rulebook_from_toml

ROOT = Path(__file__).resolve().parents[2]


def the_rulebook(name: str) -> Rulebook:
    return rulebook_from_toml((ROOT / "rulebooks" / name / "rulebook.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("rulebook", "kind", "branch", "tier"),
    [
        ("kz-2026", "country", "executive", "national-executive"),
        ("kz-2026", "country", "representative", None),
        ("kz-2026", "region", "executive", "oblast-executive"),
        ("kz-2026", "city_of_republican_significance", "representative", "oblast-representative"),
        ("kz-2026", "village", "executive", "local-executive"),
        ("kz-2026", "district", "representative", "local-representative"),
        ("kz-2026", "continent", "executive", None),
        ("kz-reform", "country", "executive", "national"),
        ("kz-reform", "region", "representative", "oblast"),
        ("kz-reform", "city_district", "executive", "district"),
        ("kz-reform", "rural_district", "any", "village"),
    ],
)
def test_the_tier_of_an_authority(rulebook: str, kind: str, branch: str, tier: str | None) -> None:
    found = the_rulebook(rulebook).tier_for(kind, branch)
    assert (found.id if found else None) == tier


def test_an_exact_branch_goes_before_any() -> None:
    text = (ROOT / "rulebooks/kz-2026/rulebook.toml").read_text(encoding="utf-8")
    both = rulebook_from_toml(text.replace('branch = "executive"', 'branch = "any"', 2))
    assert both.tier_for("region", "representative").id == "oblast-representative"
    assert both.tier_for("region", "executive").id == "oblast-executive"


def test_tiers_and_grounds_are_found_by_id_or_refused() -> None:
    rulebook = the_rulebook("kz-reform")
    assert rulebook.tier("village").startup.signatures == 3
    assert rulebook.ground("private-data").hide_text
    with pytest.raises(Refusal, match="tier-unknown"):
        rulebook.tier("moon")
    with pytest.raises(Refusal, match="ground-unknown"):
        rulebook.ground("boring")


def test_texts_fall_back_to_the_rulebooks_languages() -> None:
    rulebook = the_rulebook("kz-2026")
    assert rulebook.text(rulebook.title, "ru") == "Действующий закон"
    assert rulebook.text(rulebook.title, "fr") == rulebook.title["kk"]
    assert rulebook.text({}, "ru") == ""


def test_spans_are_equal_when_they_last_equally_long() -> None:
    assert Span(3, Unit.MONTHS, Basis.LAW, "1") == Span(3, Unit.MONTHS, Basis.POLICY)
    assert Span(3, Unit.MONTHS) != Span(3, Unit.CALENDAR_DAYS)


def test_only_hours_and_calendar_days_have_a_fixed_duration() -> None:
    assert Span(24, Unit.HOURS).duration() == Span(1, Unit.CALENDAR_DAYS).duration() == timedelta(days=1)
    for unit in (Unit.MONTHS, Unit.WORKING_DAYS):
        with pytest.raises(Refusal, match="span-not-fixed"):
            Span(1, unit).duration()


def test_equal_rulebooks_hash_alike() -> None:
    rulebook = the_rulebook("kz-2026")
    assert hash(rulebook) == hash(the_rulebook("kz-2026"))
    assert rulebook.valid_from == date(2026, 3, 19)
