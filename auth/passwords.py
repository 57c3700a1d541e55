"""Passwords: how long and how unguessable they must be, and how they are kept (Argon2id)."""

import base64
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from core.refusal import Refusal
from core.work import kernel

LEAST, LEAST_FOR_STAFF, MOST = 10, 15, 256
# The estimate goes from 0 to 4; from 3 on, guessing costs more than 10^8 tries.
GOOD_ESTIMATE = 3
ESTIMATED_SIGNS = 72
HASHES_AT_ONCE, PATIENCE_SECONDS = 2, 10
WORDS = Path(__file__).with_name("common_passwords.txt")
# Which Latin key a Cyrillic letter stands on.
LATIN_KEYS = str.maketrans("йцукенгшщзхъфывапролджэячсмитьбюё", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`")
# Every hash takes 64 MiB, so that only a few may be made at the same time.
_slots = threading.BoundedSemaphore(HASHES_AT_ONCE)


def check_password(
    password: str, *, staff: bool, about: tuple[str, ...] = (), field: str = "password"
) -> None:
    """Refuse a password that is short or easy to guess; `about` are words about its owner.

    Refusals on `field`: `password-short`, `password-long`, `password-common` (NIST SP 800-63B, 3.1.1: length
    and a blocklist, no rules of composition).
    """
    text = _prepared(password)
    least = LEAST_FOR_STAFF if staff else LEAST
    if len(text) < least:
        raise Refusal("password-short", field=field, least=least)
    if len(text) > MOST:
        raise Refusal("password-long", field=field, most=MOST)
    known = [*common_words(), *(word.lower() for word in about if word)]
    if zxcvbn(text[:ESTIMATED_SIGNS], user_inputs=known)["score"] < GOOD_ESTIMATE:
        raise Refusal("password-common", field=field)


def is_long(password: str) -> bool:
    """Whether the password is long enough for a staff role."""
    return len(_prepared(password)) >= LEAST_FOR_STAFF


def hash_password(password: str) -> str:
    """The form in which a password is kept. Refusal: `too-busy`."""
    with _slot():
        return _hasher().hash(_bytes(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is the one that was kept; takes as long when nothing was. Refusal: `too-busy`."""
    with _slot():
        try:
            return _hasher().verify(kept or _nobodys(), _bytes(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Whether the kept form was made with other costs than today's."""
    return _hasher().check_needs_rehash(kept)


@lru_cache(maxsize=1)
def common_words() -> tuple[str, ...]:
    """The words of the project's own list, and each as it comes out with the keyboard left on Latin letters."""
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    words = [line for line in lines if line and not line.startswith("#")]
    return tuple(dict.fromkeys([*words, *(word.translate(LATIN_KEYS) for word in words)]))


def _prepared(password: str) -> str:
    # The same letters can be typed in several ways on different phones.
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    return _prepared(password)[:MOST].encode("utf-8", "surrogatepass")


@contextmanager
def _slot() -> Iterator[None]:
    if not _slots.acquire(timeout=PATIENCE_SECONDS):
        raise Refusal("too-busy")
    try:
        yield
    finally:
        _slots.release()


def _hasher() -> PasswordHasher:
    return _hasher_for(kernel().settings.env)


@lru_cache(maxsize=3)
def _hasher_for(env: str) -> PasswordHasher:
    # Costs as RFC 9106, 4 (second choice) recommends; tests need many accounts and no strength.
    return PasswordHasher(time_cost=1, memory_cost=256, parallelism=1) if env == "test" else PasswordHasher()


def _nobodys() -> str:
    # A well-formed hash that no password has: verifying it costs what verifying any other does.
    hasher = _hasher()
    salt, tag = (base64.b64encode(bytes(n)).decode().rstrip("=") for n in (hasher.salt_len, hasher.hash_len))
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${costs}${salt}${tag}"
