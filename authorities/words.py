"""Words for the codes of the register: kinds of areas, branches, fields, faults."""

from collections.abc import Mapping
from typing import Any

from authorities.faults import MESSAGES, Fault
from core.i18n import _, format_date, lazy, localised

KINDS: Mapping[str, Any] = {
    "country": lazy("Country"),
    "region": lazy("Region"),
    "city_of_republican_significance": lazy("City of republican significance"),
    "district": lazy("District"),
    "city": lazy("City"),
    "city_district": lazy("City district"),
    "rural_district": lazy("Rural district"),
    "village": lazy("Village"),
}
BRANCHES: Mapping[str, Any] = {
    "executive": lazy("Executive body"),
    "representative": lazy("Representative body"),
}
FIELDS: Mapping[str, Any] = {
    "area": lazy("Area"),
    "branch": lazy("Branch"),
    "names": lazy("Name"),
    "email": lazy("E-mail"),
    "supervisor": lazy("Supervisor"),
    "valid_from": lazy("First day"),
    "valid_to": lazy("Last day"),
}
FIGURES: Mapping[str, Any] = {
    "new": lazy("New figure"),
    "older": lazy("Figure of the past"),
    "correction": lazy("Correction of a known figure"),
}


def kind_word(kind: str) -> str:
    """What kind of area this is; a kind that only an operator's file knows is shown as it stands there."""
    return str(KINDS.get(kind) or kind.replace("_", " "))


def branch_word(branch: str) -> str:
    """Which branch a body belongs to."""
    return str(BRANCHES.get(branch) or branch)


def fault_text(fault: Fault) -> str:
    """What is wrong, in the reader's language."""
    return str(_(MESSAGES[fault.code], **fault.facts))


def value_text(field: str, value: Any) -> str:
    """The value of a body's field in words."""
    if value is None or value == "":
        return "—"
    if field == "names":
        return localised(value)
    if field == "branch":
        return branch_word(value)
    return format_date(value) if field in {"valid_from", "valid_to"} else str(value)
