"""Names of areas and bodies: one spelling for searching, so that a reader need not own a Kazakh keyboard."""

import unicodedata
from collections.abc import Mapping

# Latin look-alikes stay apart; only letters that a Russian keyboard lacks, and ё, are written another way.
_FOLDED = str.maketrans("әғқңөұүһіё", "агкноуухие")


def fold(text: str) -> str:
    """Small letters, Kazakh ones as their Russian neighbours, accents gone, runs of space as one space."""
    lowered = unicodedata.normalize("NFC", text).lower().translate(_FOLDED)
    # й has an accent in Unicode's eyes, so only what decomposes outside Cyrillic loses its marks.
    return " ".join("".join(_plain(letter) for letter in lowered).split())


def folded_names(names: Mapping[str, str]) -> str:
    """All names of one object in their searchable form, one a line."""
    return "\n".join(fold(name) for name in names.values())


def _plain(letter: str) -> str:
    if "\u0400" <= letter <= "\u04ff" or letter.isascii():
        return letter
    return "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
