"""Logs: one JSON line an event on stderr, with the request's id and without personal data."""

import logging
import re
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any

import structlog

from core.config import Settings

log = structlog.get_logger()
# A mailbox, a national number or a phone, a token of a URL, the row that PostgreSQL shows of a failed statement: none
# of them belongs into a log.
_PERSONAL = re.compile(
    r"[^\s@<>\"']+@[^\s@<>\"']+|\b\d{10,}\b|\+\d[\d\s()-]{8,}\d|[A-Za-z0-9_-]{40,}|(?<=DETAIL:)[^\n]+"
)


def init_logs(settings: Settings) -> None:
    """Set up structured logs: JSON in production, lines for people elsewhere."""
    production = settings.env == "production"
    render = structlog.processors.JSONRenderer(ensure_ascii=False) if production else _for_people()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            render,
        ],
        logger_factory=lambda *_names: _Line(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[plain_handler()])


class _Line(structlog.PrintLogger):
    """One line out; where it cannot be written (a full disk) the request goes on without it."""

    def msg(self, message: str) -> None:
        """Write the line."""
        with suppress(OSError):
            super().msg(message)

    log = debug = info = warn = warning = fatal = failure = err = error = critical = exception = msg


class _Redacting(logging.Formatter):
    """What the server, the queue and other libraries log, with their tracebacks, is cut in the same way."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as it goes out."""
        return _PERSONAL.sub("[cut]", super().format(record))


def plain_handler() -> logging.Handler:
    """The way out for the logs of libraries."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting(logging.BASIC_FORMAT))
    return handler


def redact(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Cut out what could name a person."""
    return {
        key: _PERSONAL.sub("[cut]", value) if isinstance(value, str) else value
        for key, value in event.items()
    }


def _for_people() -> Any:
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
