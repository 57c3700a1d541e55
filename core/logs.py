"""Logs: one JSON line an event on stderr, with the request's id and without personal data."""

import logging
import re
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.types import Processor

from core.config import Settings

log = structlog.get_logger()
# A mailbox, a national number or a phone, a token of a URL, the row that PostgreSQL shows of a failed statement: none
# of them belongs into a log.
_PERSONAL = re.compile(
    r"[^\s@<>\"']+@[^\s@<>\"']+|\b\d{10,}\b|\+\d[\d\s()-]{8,}\d|[A-Za-z0-9_-]{40,}|(?<=DETAIL:)[^\n]+"
)


_KNOWN: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def init_logs(settings: Settings) -> None:
    """Set up structured logs: JSON in production, lines for people elsewhere."""
    production = settings.env == "production"
    render: Processor = structlog.processors.JSONRenderer(ensure_ascii=False) if production else _for_people()
    structlog.configure(
        processors=[*_KNOWN, structlog.processors.format_exc_info, redact, render],
        logger_factory=lambda *_names: _Line(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler_of_libraries(render)])


class _Line(structlog.PrintLogger):
    """One line out; where it cannot be written (a full disk) the request goes on without it."""

    def msg(self, message: str) -> None:
        """Write the line."""
        with suppress(OSError):
            super().msg(message)

    log = debug = info = warn = warning = fatal = failure = err = error = critical = exception = msg


def handler_of_libraries(render: Processor) -> logging.Handler:
    """The way out for what the server, the queue and other libraries log: cut and written in the same way."""
    foreign = [*_KNOWN, structlog.stdlib.add_logger_name]
    cut = (ProcessorFormatter.remove_processors_meta, structlog.processors.format_exc_info, redact, render)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(ProcessorFormatter(processors=cut, foreign_pre_chain=foreign))
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
