"""P7: a uid tells nothing of a national number to who lacks the key, even when the birth dates are known."""

import hashlib
import itertools
import json
import random
from datetime import date, timedelta
from pathlib import Path

from core.crypto import keyed_hash, new_key
from petitions.models.keys import uid_under

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "iin_vectors.json").read_text("utf-8"))
WEIGHTS = (VECTORS["algorithm"]["weights_1"], VECTORS["algorithm"]["weights_2"])
PEOPLE = 1_000
# A birth date leaves the sex of the century's digit and four digits of a serial number: 20,000 candidates.
SERIALS, SEXES = 10_000, "12"
TRIED = 300


def number(birth: date, sex: str, serial: int) -> str | None:
    """A made-up number of somebody born in the 19th century; None where none is issued."""
    body = f"{birth:%y%m%d}{sex}{serial:04}"
    for weights in WEIGHTS:
        check = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11
        if check != 10:
            return f"{body}{check}"
    return None


def people() -> list[tuple[date, str]]:
    dice, found = random.Random(1799), []
    while len(found) < PEOPLE:
        birth = date(1801, 1, 1) + timedelta(days=dice.randrange(36_000))
        made = number(birth, dice.choice(SEXES), dice.randrange(TRIED))
        if made:
            found.append((birth, made))
    return found


def candidates(birth: date) -> list[str]:
    """Every number of a birth date; the test's people have small serials, so that the control stays quick."""
    pairs = itertools.product(SEXES, range(TRIED))
    return [made for sex, serial in pairs if (made := number(birth, sex, serial)) is not None]


def test_the_made_up_numbers_have_the_form_of_the_vectors() -> None:
    for vector in VECTORS["valid"]:
        iin, birth = vector["iin"], date.fromisoformat(vector["birth"])
        assert number(birth, iin[6], int(iin[7:11])) == iin


def test_no_number_is_recovered_without_the_key_and_all_with_a_plain_hash() -> None:
    """The adversary knows each birth date, the function and the scheme, and tries plain hashes and keys of its own."""
    key, crowd = new_key(), people()
    uids = [uid_under(key, "iin", made) for _birth, made in crowd]
    guessed = [new_key(), b"", b"iin", bytes(32)]
    hashed = [hashlib.sha256(made.encode()).digest() for _birth, made in crowd]
    plain = recovered = 0
    for (birth, made), uid, flat in zip(crowd, uids, hashed, strict=True):
        tried = candidates(birth)
        plain += {hashlib.sha256(text.encode()).digest(): text for text in tried}.get(flat) == made
        forms = {digest for text in tried for digest in _forms(text)}
        recovered += uid in forms
        recovered += any(uid == keyed_hash(k, f"v1|iin|{text}") for k in guessed[:2] for text in tried[:50])
    assert (plain, recovered) == (PEOPLE, 0)
    assert len(set(uids)) == len({made for _birth, made in crowd})


def test_two_petitions_have_nothing_in_common() -> None:
    one, other = new_key(), new_key()
    crowd = [made for _birth, made in people()]
    assert not {uid_under(one, "iin", made) for made in crowd} & {
        uid_under(other, "iin", made) for made in crowd
    }


def _forms(text: str) -> list[bytes]:
    whole = f"v1|iin|{text}".encode()
    return [hashlib.sha256(whole).digest(), hashlib.sha256(text.encode()).digest()]
