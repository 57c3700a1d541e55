"""What other packages show on the page of one's own account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.work import Work

Facts = Callable[[Work], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Section:
    """A template that is included, and where its facts come from; they stand in it as `section`."""

    template: str
    facts: Facts


_sections: list[Section] = []


def account_section(template: str) -> Callable[[Facts], Facts]:
    """Register a part of the account's page: `@account_section("petitions/account.html")` on its query."""

    def register(facts: Facts) -> Facts:
        _sections.append(Section(template, facts))
        return facts

    return register


def shown(w: Work) -> list[tuple[str, Mapping[str, Any]]]:
    """Every part with its facts for the actor of `w`."""
    return [(section.template, section.facts(w)) for section in _sections]
