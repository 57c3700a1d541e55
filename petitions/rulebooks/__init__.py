"""Rulebook folders and stored rulebook texts, read into the domain's types: the names others import."""

from petitions.rulebooks.calendars import DayOverride, calendar_for, calendar_version
from petitions.rulebooks.faults import MESSAGES, Fault, RulebookFaults, Severity
from petitions.rulebooks.folder import (
    AuthorityThreshold,
    LoadedRulebook,
    check,
    load_rulebook,
    load_terms,
    thresholds_of,
)
from petitions.rulebooks.tables import figures_of
from petitions.rulebooks.toml import rulebook_from_toml

__all__ = [
    "MESSAGES",
    "AuthorityThreshold",
    "DayOverride",
    "Fault",
    "LoadedRulebook",
    "RulebookFaults",
    "Severity",
    "calendar_for",
    "calendar_version",
    "check",
    "figures_of",
    "load_rulebook",
    "load_terms",
    "rulebook_from_toml",
    "thresholds_of",
]
