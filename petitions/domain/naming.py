"""The author's name once its term is over: the initial and the surname, so that an old case is no dossier."""

import re

_FAMILY = re.compile(r"(ов|ова|ев|ева|ёв|ёва|ский|ская|цкий|цкая|ұлы|қызы|улы|кызы)$", re.IGNORECASE)
_FAMILY_MAYBE = re.compile(r"(ин|ина|ын|ына|ко|ук|юк|ян)$", re.IGNORECASE)
SHORT = re.compile(r"^\w\. \S+$")


def shortened(name: str) -> str:
    """`Сәуле Үлгіева` and `Үлгіева Сәуле Ерланқызы` become `С. Үлгіева`; a short name stays as it is.

    The surname is the part that looks like one; where none or several do, it is the last of the first two parts.
    """
    parts = name.split()
    if len(parts) < 2 or SHORT.match(name):
        return name
    family = _family(parts[:2])
    given = parts[1] if family == parts[0] else parts[0]
    return f"{given[0].upper()}. {family}"


def _family(parts: list[str]) -> str:
    for pattern in (_FAMILY, _FAMILY_MAYBE):
        found = [part for part in parts if pattern.search(part)]
        if len(found) == 1:
            return found[0]
    return parts[-1]
