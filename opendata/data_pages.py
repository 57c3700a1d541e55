"""The pages and addresses of the files: what there is, the files themselves, the dictionary, the guide, the feed."""

from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO

from flask import Blueprint, Response, abort, request
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter, ValidationError

from core.access import public, public_file
from core.i18n import _, format_date, format_number
from core.links import absolute_url
from core.web import page
from opendata import shelf, statistics_dictionary
from opendata.atom import Entry, feed, tongue
from opendata.dictionary import RULES, sections
from opendata.files import ARCHIVE, BLOCK, FILES, PACKAGE
from opendata.package import LICENCE_PATH, FileFact
from opendata.spec import LICENCE
from opendata.tables import TABLES

# The newest files change once a day; those of a day that is over never do.
NEWEST, DATED = "public, max-age=300", "public, max-age=3600"
FEED_ENTRIES = 30
KILO = 1000
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json; charset=utf-8",
    "zip": "application/zip",
}
NAMES = ",".join(f"'{name}'" for name in FILES)
LICENCE_LINK = {"name": LICENCE["name"], "url": LICENCE_PATH}


class Day(BaseConverter):
    """A day in a URL: 2026-11-21."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """The day; what is none is no page."""
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValidationError from error

    def to_url(self, value: date) -> str:
        """The day as the contract writes it."""
        return value.isoformat()


def _add_day(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["day"] = Day


bp = Blueprint("data_pages", __name__)
bp.record_once(_add_day)


@bp.get("/data/")
@public
def index() -> Response:
    """The newest files and the older versions."""
    older = [(one, *_package_links(one)) for one in shelf.all_versions()]
    return page("opendata/data.html", **_shown(shelf.newest()), older=older, dated=False)


@bp.get("/data/<day:day>/")
@public
def of_day(day: date) -> Response:
    """The files of one day."""
    version = shelf.of_day(day)
    if version is None:
        abort(404)
    return page("opendata/data.html", **_shown(version), older=[], dated=True)


@bp.get(f"/data/<any({NAMES}):name>")
@public_file
def newest_file(name: str) -> Response:
    """One of the newest files."""
    return _file(None, name)


@bp.get(f"/data/<day:day>/<any({NAMES}):name>")
@public_file
def dated_file(day: date, name: str) -> Response:
    """One of the files of a day."""
    return _file(day, name)


@bp.get("/data/dictionary")
@public
def dictionary() -> Response:
    """What each column of each table means."""
    rules = [_(rule) for rule in RULES]
    beside = statistics_dictionary.sections()
    return page(
        "opendata/dictionary.html", sections=sections(), beside=beside, rules=rules, licence=LICENCE_LINK
    )


@bp.get("/help/data")
@public
def guide() -> Response:
    """The guide for those who work with the data."""
    versions = shelf.all_versions()
    return page("opendata/guide.html", licence=LICENCE_LINK, example=versions[0] if versions else None)


@bp.get("/feeds/data.atom")
@public
def data_feed() -> Response:
    """An entry for each version of the files, the newest first."""
    kept = tongue()
    entries = [_entry(one) for one in shelf.all_versions()[:FEED_ENTRIES]]
    addresses = absolute_url("data_pages.data_feed", **kept), absolute_url("data_pages.index", **kept)
    return feed(_("Open data: new files"), *addresses, entries)


def format_size(n: int) -> str:
    """A size of a file in local words."""
    if n < KILO:
        said = _("%(n)s bytes", n=format_number(n))
    elif n < KILO * KILO:
        said = _("%(n)s KB", n=format_number(round(n / KILO)))
    else:
        said = _("%(n)s MB", n=format_number(round(n / KILO / KILO, 1)))
    return str(said).replace(" ", "\xa0")


def _shown(version: shelf.Version | None) -> dict[str, Any]:
    rows = [_row(version, table.name, _(table.title), _(table.about)) for table in TABLES] if version else []
    links = _package_links(version) if version else ()
    return {
        "version": version,
        "rows": rows,
        "links": links,
        "licence": LICENCE_LINK,
        "format_size": format_size,
    }


def _row(version: shelf.Version, name: str, title: str, about: str) -> dict[str, object]:
    pair = [_link(version, f"{name}.{ending}") for ending in ("csv", "xlsx")]
    table = version.files[f"{name}.csv"]
    return {"name": name, "title": title, "about": about, "rows": table.rows, "files": pair}


def _package_links(version: shelf.Version) -> tuple[tuple[str, FileFact], ...]:
    return tuple(_link(version, name) for name in (ARCHIVE, PACKAGE))


def _link(version: shelf.Version, name: str) -> tuple[str, FileFact]:
    """The address of a file, which never depends on the reader's language."""
    if version.named:
        return f"/data/{name}", version.files[name]
    return f"/data/{version.day}/{name}", version.files[name]


def _entry(version: shelf.Version) -> Entry:
    address = absolute_url("data_pages.of_day", day=version.day)
    said = _("Open data of %(day)s", day=format_date(version.day))
    rows = sum(one.rows or 0 for name, one in version.files.items() if name.endswith(".csv"))
    text = _(
        "%(rows)s rows in %(n)s tables. Version %(hash)s.",
        rows=format_number(rows),
        n=len(TABLES),
        hash=version.hash,
    )
    return Entry(address, said, text, address, version.made_at)


def _file(day: date | None, name: str) -> Response:
    """A file as it lies there, or 304 for who has it already."""
    found = shelf.open_file(day, name)
    if found is None:
        abort(404)
    version, opened = found
    file = version.files[name]
    if _known(file.sha256):
        opened.close()
        response = Response(status=304)
    else:
        response = Response(_blocks(opened) if request.method == "GET" else _nothing(opened))
        response.call_on_close(opened.close)
        response.content_length = file.bytes
    return _told(response, version, file, dated=day is not None)


def _told(response: Response, version: shelf.Version, file: FileFact, *, dated: bool) -> Response:
    stem, _dot, ending = file.name.partition(".")
    shown = f"{stem}-{version.day}.{ending}" if dated else file.name
    response.headers["Content-Type"] = TYPES[ending]
    response.headers["Content-Disposition"] = (
        f'{"inline" if ending == "json" else "attachment"}; filename="{shown}"'
    )
    response.headers["Cache-Control"] = DATED if dated else NEWEST
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Content-Disposition, Last-Modified"
    response.last_modified = version.made_at
    response.set_etag(file.sha256)
    return response


def _known(sha256: str) -> bool:
    """Whether the reader has this content; compression adds its own name to the tag after a colon."""
    tags = request.if_none_match
    # An empty tag, which programs send while they have no copy, is read as None.
    known = (tag.partition(":")[0] for tag in tags.as_set(include_weak=True) if tag)
    return tags.star_tag or sha256 in known


def _nothing(opened: BinaryIO) -> Iterator[bytes]:
    """The body of an answer to HEAD: a stream too, so that its headers are those of GET."""
    opened.close()
    return iter(())


def _blocks(opened: BinaryIO) -> Iterator[bytes]:
    with opened:
        while block := opened.read(BLOCK):
            yield block
