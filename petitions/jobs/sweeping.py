"""The shape of a sweep over cases or terms: find what is due page by page, then one short Work for each."""

from collections.abc import Callable

import structlog
from sqlalchemy.orm.exc import StaleDataError

from core.refusal import Refusal
from core.work import SYSTEM, Work, reading, work

PAGE = 500
Finder = Callable[[Work, int, int], tuple[list[int], int | None]]
Doer = Callable[[Work, int], bool]
log = structlog.get_logger()


def sweep(name: str, find: Finder, do: Doer) -> int:
    """Do everything that is due once; returns how much was done. A case that refuses does not stop the others."""
    after: int | None = 0
    done = 0
    while after is not None:
        with reading(SYSTEM) as w:
            found, after = find(w, after, PAGE)
        done += sum(_once(name, do, id_) for id_ in found)
    return done


def _once(name: str, do: Doer, id_: int) -> bool:
    try:
        with work(SYSTEM) as w:
            return do(w, id_)
    except (Refusal, StaleDataError) as error:
        # Another process was faster, or the case has changed since it was found: the next sweep looks again.
        log.info("left for later", job=name, id=id_, why=str(error))
        return False
