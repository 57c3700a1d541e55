"""Languages: which one a reader gets, texts in three of them, dates and numbers in local words."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache, wraps
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from babel.numbers import format_decimal, format_percent
from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_babel import Babel, force_locale, get_locale, gettext, lazy_gettext, ngettext
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

__all__ = ["LANGUAGES", "LANGUAGE_COOKIE", "_", "lazy", "ngettext"]

LANGUAGES: Mapping[str, str] = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
LANGUAGE_COOKIE = "lang"
# A longer Accept-Language is read anew each time: what strangers send must not fill the memory.
LONGEST_HEADER = 200
_ = gettext
lazy = lazy_gettext
Localised = Mapping[str, str]
R = TypeVar("R")


def N_(text: str) -> str:
    """Mark a text for the catalogues that is translated later, where the reader's language is known."""
    return text


def init_i18n(app: Flask, default: str, zone: ZoneInfo) -> None:
    """Set up the three catalogues; `default` is the rulebook's first language."""
    app.config["DAUYS_LANGUAGE"] = default
    app.config["DAUYS_ZONE"] = zone
    Babel(
        app,
        default_locale=default,
        default_translation_directories=str(Path(app.root_path) / "translations"),
        locale_selector=request_language,
    )


def request_language() -> str:
    """The reader's language: `?lang`, then the cookie, then Accept-Language, then the default."""
    if not has_request_context():
        return str(current_app.config["DAUYS_LANGUAGE"])
    if "language" not in g:
        g.language = _choose()
    return str(g.language)


def asked_language() -> str | None:
    """The language that the URL itself asks for, if it does: it stays in the page's links."""
    asked = request.args.get("lang", "") if has_request_context() else ""
    return asked if asked in LANGUAGES else None


def _choose() -> str:
    if request.path.startswith("/api/"):
        # Data are cached without regard to headers, so only their address may choose the language of names.
        return asked_language() or str(current_app.config["DAUYS_LANGUAGE"])
    cookie = request.cookies.get(LANGUAGE_COOKIE, "")
    chosen = asked_language() or (cookie if cookie in LANGUAGES else None)
    accepted = chosen or accepted_language(request.headers.get("Accept-Language", ""))
    return accepted or str(current_app.config["DAUYS_LANGUAGE"])


def accepted_language(header: str) -> str | None:
    """The first of our languages in an Accept-Language header, or None."""
    return _read_accepted(header) if len(header) <= LONGEST_HEADER else _read_accepted.__wrapped__(header)


@lru_cache(maxsize=512)
def _read_accepted(header: str) -> str | None:
    # "kk-KZ" is Kazakh: only the first part of a tag counts; the header is in the reader's order.
    for tag, quality in parse_accept_header(header, LanguageAccept):
        code = tag.split("-")[0].lower()
        if quality > 0 and code in LANGUAGES:
            return code
    return None


def language() -> str:
    """The language in force now, in a request or in a job that chose one."""
    locale = get_locale()
    return locale.language if locale else str(current_app.config["DAUYS_LANGUAGE"])


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Use the language `code` inside the block (mails, referrals)."""
    with force_locale(code):
        yield


def localised(texts: Localised, code: str | None = None) -> str:
    """The text in `code` (default: the language in force), else Russian, English, or whatever there is."""
    for candidate in (code or language(), "kk", "ru", "en"):
        if texts.get(candidate):
            return texts[candidate]
    return next(iter(texts.values()), "")


def url(endpoint: str, **values: object) -> str:
    """`url_for` that keeps an explicit `?lang=` of the request."""
    if has_request_context() and "lang" not in values and (asked := asked_language()):
        values["lang"] = asked
    return url_for(endpoint, **values)  # type: ignore[arg-type]


def lang_url(code: str) -> str:
    """The present address in another language."""
    pairs = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
    return f"{request.path}?{urlencode([*pairs, ('lang', code)])}"


def remembered(most: int) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Keep what the last `most` different calls gave, each language for itself: drawings of figures that seldom change.

    The result must depend on the arguments alone, besides the language and the `?lang=` that links keep.
    """

    def decorate(make: Callable[..., R]) -> Callable[..., R]:
        @lru_cache(maxsize=most)
        def kept(_spoken: tuple[str, str | None], *args: Hashable) -> R:
            return make(*args)

        @wraps(make)
        def ask(*args: Hashable) -> R:
            return kept((language(), asked_language()), *args)

        return ask

    return decorate


def local_day(value: date) -> date:
    """The day of a moment where the instance is; what is a day already stays."""
    return value.astimezone(current_app.config["DAUYS_ZONE"]).date() if isinstance(value, datetime) else value


def format_date(value: date, style: str = "long") -> str:
    """A date in local words; of a moment its day where the instance is."""
    return _date(local_day(value), style, language())


@lru_cache(maxsize=4096)
def _date(value: date, style: str, code: str) -> str:
    return babel_date(value, style, locale=code)


def format_datetime(value: datetime, style: str = "long") -> str:
    """A moment in local words and local time, to the minute."""
    zone: ZoneInfo = current_app.config["DAUYS_ZONE"]
    pattern = {"kk": "y 'ж'. d MMMM, HH:mm", "ru": "d MMMM y 'г'., HH:mm", "en": "d MMMM y, HH:mm"}
    return babel_datetime(value.astimezone(zone), pattern[language()], locale=language())


def format_number(value: float) -> str:
    """A number with the grouping of the language."""
    return _number(value, language())


@lru_cache(maxsize=4096)
def _number(value: float, code: str) -> str:
    # A page holds hundreds of numbers, mostly small ones, and each takes longer to format than a row to read.
    return format_decimal(value, locale=code)


def format_share(value: float) -> str:
    """A share as a percentage."""
    return format_percent(value, format="#,##0.#%", locale=language())


KAZAKH = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
_ORDER = {letter: place for place, letter in enumerate(KAZAKH)}


def sort_key(text: str) -> tuple[int, ...]:
    """Order by the Kazakh alphabet, which holds the Russian one (code points put Ә after Я)."""
    return tuple(_ORDER.get(letter, 1000 + ord(letter)) for letter in text.lower())


def in_alphabet(names: Iterable[str]) -> list[str]:
    """Names in alphabetical order."""
    return sorted(names, key=sort_key)
