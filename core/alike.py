"""Pages and mails that are the same for everybody but for a token or two: made once in five seconds, then filled in.

A page is compressed once too: what stands between its tokens is, and the tokens stand between as they are. So a page
costs its next reader nothing but putting it together, and its length tells nothing about a token (BREACH).
"""

import re
import struct
import threading
import zlib
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from http import HTTPStatus

from flask import Response, current_app, make_response, request

from core.i18n import language
from core.page_cache import chosen_encoding
from core.work import kernel

# As long as a ready page is fresh (core/page_cache.py): a change of another process is seen as soon.
KEPT = timedelta(seconds=5)
MOST = 256
# Signs that no form takes, so that nobody's words can hold a mark.
_MARK, _MARKS = "\ue000{}\ue001", re.compile("\ue000(.*?)\ue001")
# A gzip member (RFC 1952) of our own making: its head, a last block without content, and what a stored block may hold.
_HEAD, _LAST, _LONGEST_STORED = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", b"\x01\x00\x00\xff\xff", 65_535


@dataclass(frozen=True)
class _Kept:
    """A text with marks in the places of its secrets, and when it was made."""

    text: str
    made: datetime

    @cached_property
    def packed(self) -> list[tuple[bytes, bytes, str]]:
        """What stands between the secrets, plain and compressed, and which secret follows; none after the last."""
        found = _MARKS.split(self.text)
        plain = [part.encode() for part in found[::2]]
        return list(zip(plain, map(_deflated, plain), [*found[1::2], ""], strict=True))


def page_alike(secrets: Mapping[str, str], make: Callable[[], Response], *facts: Hashable) -> Response:
    """The page that `make` gives, made once for all who ask for the same address in the same language.

    Secrets are tokens (letters, digits, `.`, `-` and `_`) that stand in the address, in the facts or in the page; all
    else that the page says of who asks for it must be in `facts`. What a Work of this process changed in public is seen
    at once. An answer other than 200 is not kept.
    """
    key = _key(secrets, (request.endpoint, request.full_path, *facts))
    kept = _kept(key)
    if kept is None:
        answer = make()
        if answer.status_code != HTTPStatus.OK:
            return answer
        kept = _keep(key, _marked(answer.get_data(as_text=True), secrets))
    if not chosen_encoding(request.environ.get("HTTP_ACCEPT_ENCODING", ""), ("gzip",)):
        return make_response(_filled(kept.text, secrets))
    response = make_response(_gzipped(kept, secrets))
    response.headers["Content-Encoding"] = "gzip"
    return response


def text_alike(secrets: Mapping[str, str], make: Callable[[], str], *facts: Hashable) -> str:
    """The same for a text in the language that is spoken; `facts` tell it from every other one."""
    key = _key(secrets, facts)
    kept = _kept(key)
    if kept is None:
        kept = _keep(key, _marked(make(), secrets))
    return _filled(kept.text, secrets)


def _key(secrets: Mapping[str, str], facts: tuple[Hashable, ...]) -> Hashable:
    said = tuple(_marked(fact, secrets) if isinstance(fact, str) else fact for fact in facts)
    return (kernel().changes.number, language(), tuple(secrets), said)


class _Shelf:
    """What is kept, the oldest first. Its keys are compared by code of ours, and meanwhile other threads come."""

    def __init__(self) -> None:
        self._lock, self._held = threading.Lock(), dict[Hashable, _Kept]()

    def get(self, key: Hashable) -> _Kept | None:
        with self._lock:
            return self._held.get(key)

    def put(self, key: Hashable, kept: _Kept) -> None:
        with self._lock:
            self._held.pop(key, None)  # to its end
            self._held[key] = kept
            while len(self._held) > MOST:
                del self._held[next(iter(self._held))]


def _shelf() -> _Shelf:
    found: _Shelf = current_app.extensions.setdefault("dauys_alike", _Shelf())
    return found


def _kept(key: Hashable) -> _Kept | None:
    kept, now = _shelf().get(key), kernel().clock()
    return kept if kept is not None and kept.made <= now < kept.made + KEPT else None


def _keep(key: Hashable, text: str) -> _Kept:
    kept = _Kept(text, kernel().clock())
    _shelf().put(key, kept)
    return kept


def _marked(text: str, secrets: Mapping[str, str]) -> str:
    for name, secret in secrets.items():
        text = text.replace(secret, _MARK.format(name))
    return text


def _filled(text: str, secrets: Mapping[str, str]) -> str:
    for name, secret in secrets.items():
        text = text.replace(_MARK.format(name), secret)
    return text


def _gzipped(kept: _Kept, secrets: Mapping[str, str]) -> bytes:
    """The filled in text as one gzip member."""
    out, crc, size = [_HEAD], 0, 0
    for plain, deflated, name in kept.packed:
        secret = secrets[name].encode() if name else b""
        out += [deflated, _stored(secret)]
        crc, size = zlib.crc32(secret, zlib.crc32(plain, crc)), size + len(plain) + len(secret)
    return b"".join([*out, _LAST, struct.pack("<II", crc, size)])


def _deflated(plain: bytes) -> bytes:
    """Blocks that end at a whole byte and that nothing after them refers to (RFC 1951)."""
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packing.compress(plain) + packing.flush(zlib.Z_FULL_FLUSH)


def _stored(plain: bytes) -> bytes:
    """A block that holds up to 64 KiB as they are (RFC 1951, 3.2.4)."""
    return struct.pack("<BHH", 0, len(plain), len(plain) ^ _LONGEST_STORED) + plain
