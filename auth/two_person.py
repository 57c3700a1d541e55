"""Acts that take two people: the register of their kinds, and what was kept sealed with a proposal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auth.models import Proposal
from core.work import Work

PURPOSE = "proposal"


@dataclass(frozen=True, slots=True)
class Matter:
    """A proposal as its handler gets it; `sealed` is the text that was kept encrypted."""

    number: int
    payload: Mapping[str, Any]
    sealed: str | None
    proposed_by: int | None


CarryOut = Callable[[Work, Matter], None]
Check = Callable[[Work, Mapping[str, Any]], None]
# What the payload says, as pairs of a name and a value in the reader's language.
Describe = Callable[[Mapping[str, Any]], Sequence[tuple[str, object]]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of act: its name for readers, who may propose and who may decide, its check and its act."""

    label: Any
    proposers: tuple[str, ...]
    deciders: tuple[str, ...]
    check: Check
    carry_out: CarryOut
    describe: Describe


_kinds: dict[str, Kind] = {}


def _anything(_w: Work, _payload: Mapping[str, Any]) -> None:
    """No check of its own."""


def _its_codes(payload: Mapping[str, Any]) -> Sequence[tuple[str, object]]:
    """What is said of a payload whose kind has no words: its codes as they are."""
    shown_with_words = {"role", "body", "head", "account"}
    return [(name, value) for name, value in payload.items() if name not in shown_with_words]


def two_person(
    kind: str,
    label: Any,
    permission: str,
    *,
    also_proposed_by: tuple[str, ...] = (),
    check: Check = _anything,
    describe: Describe = _its_codes,
) -> Callable[[CarryOut], CarryOut]:
    """Register the act of a kind: `@two_person("role.grant", lazy("Give a role"), Permission.USERS_MANAGE)`.

    Both persons need the permission; `also_proposed_by` names others whose holders may propose. `check` raises
    a Refusal for a payload that could not be carried out, before anything is written; `describe` puts the payload
    into words for the second person.
    """

    def register(carry_out: CarryOut) -> CarryOut:
        _kinds[kind] = Kind(label, (permission, *also_proposed_by), (permission,), check, carry_out, describe)
        return carry_out

    return register


def kinds() -> Mapping[str, Kind]:
    """Every registered kind by its code."""
    return _kinds


def sealed_text(w: Work, row: Proposal) -> str | None:
    """What was kept encrypted with a proposal, as long as it is there."""
    return None if row.sealed is None else w.keys.open_text(PURPOSE, row.sealed, place_of(row))


def place_of(row: Proposal) -> str:
    """The place that a proposal's sealed text is bound to."""
    return f"proposals.{row.id}.sealed"
