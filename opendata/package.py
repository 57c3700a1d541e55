"""datapackage.json (Frictionless): what the files hold and how they were made, in three languages."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from core.config import Controller
from core.i18n import N_, _, speaking
from core.links import absolute_url
from opendata.dictionary import RULES, title_of
from opendata.schemas import moment_text
from opendata.spec import LICENCE
from opendata.tables import TABLES, Column, Table
from petitions.domain.disclosure import LEAST

LICENCE_PATH = "https://creativecommons.org/licenses/by/4.0/"
TITLE = N_("Dauys: petitions, their signatures by day and area, terms and authorities")
ABOUT = N_(
    "Everything public of this petition platform as tables, made once a day. Nothing of any signer is in them but "
    "totals."
)
OTHERS = ("kk", "ru")
Part = dict[str, Any]
Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class FileFact:
    """One file of a version: its size in bytes, its hash, and its rows where it is a table."""

    name: str
    bytes: int
    sha256: str
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a description says beside the files: when and by whom, as of which frozen day, from which sources."""

    day: date
    made_at: datetime
    through: date | None
    controller: Controller
    sources: tuple[str, ...]


def description(files: Mapping[str, FileFact], facts: Facts, *, with_words: bool) -> Part:
    """The description of one set; its `version` is a hash over the contents, and so the same for the same contents."""
    with speaking("en"):
        made = _package(files, facts, with_words)
    content = json.dumps(made, ensure_ascii=False, sort_keys=True).encode()
    made["version"] = hashlib.sha256(content).hexdigest()
    made["created"] = moment_text(facts.made_at)
    for resource in made["resources"]:
        sheet = files.get(f"{resource['name']}.xlsx")
        if sheet is not None:
            resource["alternatives"] = [{"path": sheet.name, "bytes": sheet.bytes, "hash": _hash(sheet)}]
    return made


def _package(files: Mapping[str, FileFact], facts: Facts, with_words: bool) -> Part:
    return {
        "profile": "tabular-data-package",
        "name": "dauys",
        **_said(TITLE, ABOUT),
        "homepage": absolute_url("data_pages.index"),
        "documentation": absolute_url("data_pages.dictionary"),
        "snapshot": facts.day.isoformat(),
        "frozen_through": facts.through.isoformat() if facts.through else None,
        "holds_words": with_words,
        "licenses": [{"name": LICENCE["identifier"], "title": LICENCE["name"], "path": LICENCE_PATH}],
        "contributors": _contributors(facts.controller),
        "sources": [{"title": "Dauys", "path": absolute_url("home")}, *({"title": s} for s in facts.sources)],
        "keywords": ["petitions", "signatures", "open government"],
        "disclosure": {"k": LEAST, "rules": [_texts(rule) for rule in RULES]},
        "resources": [_resource(table, files[f"{table.name}.csv"]) for table in TABLES],
    }


def _contributors(controller: Controller) -> list[Part]:
    if not controller.named:
        return []
    who = {"title": controller.person, "organization": controller.body, "email": controller.email}
    return [{**who, "role": "publisher", "controller": True}]


def _resource(table: Table, file: FileFact) -> Part:
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": file.name,
        **_said(table.title, table.about),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "rows": file.rows,
        "bytes": file.bytes,
        "hash": _hash(file),
        "schema": _schema(table),
    }  # fmt: skip


def _schema(table: Table) -> Part:
    keys = [
        {"fields": [field], "reference": {"resource": other, "fields": [_key_of(other)]}}
        for field, other in table.links.items()
    ]
    made: Part = {
        "fields": [_field(column, column.name in table.key) for column in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }
    return made | ({"foreignKeys": keys} if keys else {})


def _key_of(name: str) -> str:
    return next(table.key[0] for table in TABLES if table.name == name)


def _field(column: Column, is_key: bool) -> Part:
    limits: Part = {"required": True} if is_key else {}
    if column.values:
        limits["enum"] = list(column.values)
    if column.least is not None:
        limits["minimum"] = column.least
    said = _texts_of(lambda: {"title": title_of(column), "description": _(column.meaning)})
    made = {"name": column.name, "type": column.kind, **said}
    return made | ({"constraints": limits} if limits else {})


def _hash(file: FileFact) -> str:
    return f"sha256:{file.sha256}"


def _said(title: str, about: str) -> Part:
    return _texts_of(lambda: {"title": _(title), "description": _(about)})


def _texts_of(say: Callable[[], Part]) -> Part:
    """Title and description in English, and under `i18n` in the other languages."""
    return {**_in("en", say), "i18n": {code: _in(code, say) for code in OTHERS}}


def _texts(text: str) -> Part:
    return {code: _in(code, lambda: _(text)) for code in ("en", *OTHERS)}


def _in(code: str, say: Callable[[], Said]) -> Said:
    with speaking(code):
        return say()
