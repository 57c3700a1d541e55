"""Keys that live outside the database: wrapping, column encryption, keyed hashes, sealed tokens."""

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12


class KeyFault(Exception):
    """The key file is missing, unreadable or does not fit what it is asked to open."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The instance's keys: `site` makes blind indexes and tokens, `wrapping` seals the keys of petitions."""

    site: bytes
    wrapping: dict[str, bytes]
    current: str
    source: Path | None = None

    def derived(self, purpose: str) -> bytes:
        """A key for one purpose, derived from the site key (HKDF-SHA256, RFC 5869)."""
        return _derive(self.site, purpose)

    def blind_index(self, purpose: str, value: str) -> bytes:
        """A keyed hash to look `value` up by, useless without the key file (HMAC-SHA256)."""
        return keyed_hash(self.derived(f"index|{purpose}"), value)

    def wrap(self, key: bytes, name: str) -> bytes:
        """Seal a key under the current wrapping key; `name` binds it to its place."""
        # A process that began before a rotation must not wrap under a key that is about to be dropped.
        ring = self.latest()
        return ring.current.encode() + b"|" + seal(ring.wrapping[ring.current], key, name)

    def unwrap(self, wrapped: bytes, name: str) -> bytes:
        """Open a wrapped key. Raises KeyFault where the file lacks the wrapping key or the place differs."""
        key_id, _, sealed = wrapped.partition(b"|")
        known = key_id.decode(errors="replace")
        ring = self if known in self.wrapping else self.latest()
        if known not in ring.wrapping:
            raise KeyFault(f"the key file has no wrapping key {known!r}")
        # What was read from the file anew is kept, so that the next row does not read it again.
        self.wrapping[known] = ring.wrapping[known]
        return unseal(ring.wrapping[known], sealed, name)

    def latest(self) -> "KeyRing":
        """The keys as the file has them now; this ring itself where it came from no file."""
        return self if self.source is None else read_key_file(self.source)

    def seal_text(self, purpose: str, text: str, place: str) -> bytes:
        """Encrypt a text of the site's own (not a petition's) for the column `place`."""
        return seal(self.derived(f"column|{purpose}"), text.encode(), place)

    def open_text(self, purpose: str, sealed: bytes, place: str) -> str:
        """Decrypt what `seal_text` made."""
        return unseal(self.derived(f"column|{purpose}"), sealed, place).decode()

    def seal_token(self, purpose: str, payload: bytes) -> str:
        """A token for a URL: authenticated encryption of `payload`, bound to its purpose."""
        return base64.urlsafe_b64encode(seal(self.derived("token"), payload, purpose)).decode().rstrip("=")

    def open_token(self, purpose: str, token: str) -> bytes | None:
        """The payload of a token, or None if it is not one of ours or of another purpose."""
        try:
            sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
            # Unused bits of the last sign would give one token several spellings.
            if base64.urlsafe_b64encode(sealed).decode().rstrip("=") != token:
                return None
            return unseal(self.derived("token"), sealed, purpose)
        except (ValueError, KeyFault):
            return None


@lru_cache(maxsize=256)
def _derive(site: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(site)


def new_key() -> bytes:
    """A random key."""
    return secrets.token_bytes(KEY_BYTES)


def keyed_hash(key: bytes, value: str) -> bytes:
    """HMAC-SHA256 of a text (RFC 2104)."""
    return hmac.new(key, value.encode(), hashlib.sha256).digest()


def seal(key: bytes, plain: bytes, place: str) -> bytes:
    """AES-256-GCM with a random nonce; `place` (table, row, column) must be the same to open it."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    """Open what `seal` made. Raises KeyFault when key, place or bytes do not fit."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise KeyFault("sealed data do not open with this key at this place") from error


def create_key_file(path: Path) -> bool:
    """Write a new key file, readable by its owner only (0400). An existing one is left alone: returns False."""
    if path.exists():
        return False
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    first = secrets.token_hex(4)
    content = {
        "version": 1,
        "site": _text(new_key()),
        "current": first,
        "wrapping": {first: _text(new_key())},
    }
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w") as file:
        json.dump(content, file, indent=1)
    return True


def read_key_file(path: Path) -> KeyRing:
    """Read the keys. Raises KeyFault with a plain reason."""
    try:
        content = json.loads(path.read_text())
        wrapping = {name: base64.b64decode(key) for name, key in content["wrapping"].items()}
        return KeyRing(base64.b64decode(content["site"]), wrapping, content["current"], path)
    except OSError as error:
        raise KeyFault(f"the key file cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyFault("the key file is damaged") from error


def fits(ring: KeyRing, wrapped: bytes, name: str) -> bool:
    """Whether the ring opens a wrapped key: for checks that say so instead of failing."""
    try:
        ring.unwrap(wrapped, name)
    except KeyFault:
        return False
    return True


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()
