"""Pages that are the same for everybody but for a token or two: made once in five seconds, and then filled in."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from flask import Response, current_app, make_response, request

from core.i18n import language
from core.work import kernel

# As long as a ready page is fresh (core/page_cache.py): a change of another process is seen as soon.
KEPT = timedelta(seconds=5)
MOST = 256
# Signs that no form takes, so that nobody's words can hold a mark.
_MARK = "\ue000{}\ue001"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A page with marks in the places of its secrets, and when it was made."""

    text: str
    made: datetime


def page_alike(secrets: Mapping[str, str], make: Callable[[], Response], *facts: Hashable) -> Response:
    """The page that `make` gives, made once for all who ask for the same address in the same language.

    Secrets are tokens (letters, digits, `.`, `-` and `_`) that stand in the address, in the facts or in the page; all
    else that the page says of who asks for it must be in `facts`. What a Work of this process changed in public is seen
    at once. An answer other than 200 is not kept.
    """
    shared = kernel()
    address = _marked(request.full_path, secrets)
    said = tuple(_marked(fact, secrets) if isinstance(fact, str) else fact for fact in facts)
    key = (shared.changes.number, request.endpoint, language(), address, tuple(secrets), said)
    pages: OrderedDict[Hashable, _Kept] = current_app.extensions.setdefault("dauys_alike", OrderedDict())
    kept, now = pages.get(key), shared.clock()
    if kept is None or not kept.made <= now < kept.made + KEPT:
        answer = make()
        if answer.status_code != HTTPStatus.OK:
            return answer
        kept = pages[key] = _Kept(_marked(answer.get_data(as_text=True), secrets), now)
        pages.move_to_end(key)
        while len(pages) > MOST:
            pages.popitem(last=False)
    text = kept.text
    for name, value in secrets.items():
        text = text.replace(_MARK.format(name), value)
    return make_response(text)


def _marked(text: str, secrets: Mapping[str, str]) -> str:
    for name, secret in secrets.items():
        text = text.replace(secret, _MARK.format(name))
    return text
