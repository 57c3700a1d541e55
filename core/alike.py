"""Pages and mails that are the same for everybody but for a token or two: made once in five seconds, then filled in."""

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
    """A text with marks in the places of its secrets, and when it was made."""

    text: str
    made: datetime


def page_alike(secrets: Mapping[str, str], make: Callable[[], Response], *facts: Hashable) -> Response:
    """The page that `make` gives, made once for all who ask for the same address in the same language.

    Secrets are tokens (letters, digits, `.`, `-` and `_`) that stand in the address, in the facts or in the page; all
    else that the page says of who asks for it must be in `facts`. What a Work of this process changed in public is seen
    at once. An answer other than 200 is not kept.
    """
    key = _key(secrets, (request.endpoint, request.full_path, *facts))
    text = _kept(key)
    if text is None:
        answer = make()
        if answer.status_code != HTTPStatus.OK:
            return answer
        text = _keep(key, _marked(answer.get_data(as_text=True), secrets))
    return make_response(_filled(text, secrets))


def text_alike(secrets: Mapping[str, str], make: Callable[[], str], *facts: Hashable) -> str:
    """The same for a text in the language that is spoken; `facts` tell it from every other one."""
    key = _key(secrets, facts)
    text = _kept(key)
    if text is None:
        text = _keep(key, _marked(make(), secrets))
    return _filled(text, secrets)


def _key(secrets: Mapping[str, str], facts: tuple[Hashable, ...]) -> Hashable:
    said = tuple(_marked(fact, secrets) if isinstance(fact, str) else fact for fact in facts)
    return (kernel().changes.number, language(), tuple(secrets), said)


def _shelf() -> OrderedDict[Hashable, _Kept]:
    found: OrderedDict[Hashable, _Kept] = current_app.extensions.setdefault("dauys_alike", OrderedDict())
    return found


def _kept(key: Hashable) -> str | None:
    kept, now = _shelf().get(key), kernel().clock()
    return kept.text if kept is not None and kept.made <= now < kept.made + KEPT else None


def _keep(key: Hashable, text: str) -> str:
    shelf = _shelf()
    shelf.pop(key, None)  # to its end, whatever other threads do meanwhile
    shelf[key] = _Kept(text, kernel().clock())
    while len(shelf) > MOST:
        shelf.popitem(last=False)
    return text


def _marked(text: str, secrets: Mapping[str, str]) -> str:
    for name, secret in secrets.items():
        text = text.replace(secret, _MARK.format(name))
    return text


def _filled(text: str, secrets: Mapping[str, str]) -> str:
    for name, secret in secrets.items():
        text = text.replace(_MARK.format(name), secret)
    return text
