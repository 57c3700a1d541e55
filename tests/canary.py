"""S11 for the whole suite: every signer of the tests bears a mark that may stand in mails and sealed columns only.

Names end in one of SURNAMES, mailboxes have one of HOSTS in them, and every token and uid that the code makes in a test
is remembered. What the suite leaves behind is searched for them: each page that is got, the files of a test's site
after the test, the output and logs of all workers and the folders of temporary files at the end of the session.
"""

import base64
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from core.crypto import KeyRing
from petitions.models import keys

# No author, officer or controller of the tests is called so: whoever bears one of these names has signed. The hosts
# are those of signers and of accounts; the words of the site itself name neither.
SURNAMES = ("Сынақұлы", "Сынаққызы", "Сынақова", "Канарейка")
HOSTS = ("@mail.example", "ainur@post", "kanareika")
MARKS = (*SURNAMES, *HOSTS)
# Where a person's own mails, own browser and a test's own control stand; nothing else of a test is left out.
ON_PURPOSE = re.compile(r"(^|/)(mail|on-purpose|playwright[^/]*|\.org\.chromium[^/]*)(/|$)|\.eml$")
SMALLEST_TOKEN = 40
TOKEN = re.compile(rb"[A-Za-z0-9_-]{%d,}" % SMALLEST_TOKEN)
_made: set[bytes] = set()


@lru_cache(maxsize=64)
def spellings(word: str) -> frozenset[bytes]:
    """How a word may stand in a file: as text in two encodings, escaped, in capitals, quoted, in base64."""
    texts = {word, word.lower(), word.upper(), json.dumps(word)[1:-1], word.encode("unicode_escape").decode()}
    found = {text.encode() for text in texts} | {word.encode("utf-16-le")}
    found |= {_in_base64(word.encode(), n) for n in range(3)}
    found.add("".join(f"%{byte:02X}" for byte in word.encode()).encode())
    return frozenset(form for form in found if len(form) > 5)


def _in_base64(word: bytes, before: int) -> bytes:
    """The letters that a word alone decides when so many bytes stand before it."""
    return base64.b64encode(b"\0" * before + word)[-(-8 * before // 6) : 8 * (before + len(word)) // 6]


def traces(content: bytes, words: Iterable[str] = MARKS) -> list[str]:
    """The words that stand in it in any spelling, and `token` or `uid` for what the code made."""
    low = content.lower()
    found = [w for w in words if any(form in content or form.lower() in low for form in spellings(w))]
    return found + ["token or uid" for _ in _known(content)]


def plain_traces(content: bytes) -> list[str]:
    """The quick look for a page or a database: the words as they are."""
    return [word for word in MARKS if word.encode() in content]


def watch_the_makers() -> None:
    """Remember every token and every uid that the code makes from now on in this process."""
    seal_token, uid_under = KeyRing.seal_token, keys.uid_under

    def sealed(self: KeyRing, purpose: str, payload: bytes) -> str:
        return _remember(seal_token(self, purpose, payload))

    def uid(key: bytes, scheme: str, normalised: str) -> bytes:
        made = uid_under(key, scheme, normalised)
        _remember(made.hex())
        return made

    KeyRing.seal_token, keys.uid_under = sealed, uid  # type: ignore[method-assign]


def what_was_made() -> list[str]:
    """Short marks of the tokens and uids of this process, for the process that searches at the end."""
    return [mark.hex() for mark in _made]


def know_of(marks: Iterable[str]) -> None:
    """Take over what another process made."""
    _made.update(bytes.fromhex(mark) for mark in marks)


def in_files(folders: Iterable[Path]) -> dict[str, list[str]]:
    """Every file below the folders that holds a trace, packed files opened."""
    found = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if not ON_PURPOSE.search(path.relative_to(folder).as_posix()) and (hits := _in_file(path)):
                found[str(path)] = hits
    return found


def in_site(folder: Path) -> dict[str, list[str]]:
    """The quick look at a test's site: its database, queue, limits and whatever else it wrote."""
    found = {}
    for path in folder.rglob("*"):
        left_out = ON_PURPOSE.search(path.relative_to(folder).as_posix()) or not path.is_file()
        if not left_out and (hits := plain_traces(path.read_bytes())):
            found[path.name] = hits
    return found


def unpacked(content: bytes) -> bytes:
    """A file as it is, and the parts of a zip (a backup, a spreadsheet) beside it."""
    if not content.startswith(b"PK\x03\x04"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return content + b"".join(archive.read(name) for name in archive.namelist())


def _in_file(path: Path) -> list[str]:
    try:
        return traces(unpacked(path.read_bytes())) if path.is_file() else []
    except (OSError, zipfile.BadZipFile):
        return []  # a socket, or what went away while the suite ended


def _known(content: bytes) -> Iterator[bytes]:
    return (run for run in TOKEN.findall(content) if _mark(run) in _made) if _made else iter(())


def _remember(text: str) -> str:
    _made.add(_mark(text.encode()))
    return text


def _mark(text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=8).digest()
