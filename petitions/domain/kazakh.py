"""Stems of Kazakh words, by taking endings off; every letter is in its folded spelling (see authorities.names)."""

from functools import lru_cache

# Endings after folding: of case and plural, which even a stem of two letters takes (су, үй); of case after a
# possession, of possession, of verbs; and those that make one word of another. Each with the letters that stay.
_CASE = (
    "нын нин дын дин тын тин га ге ка ке ны ни ды ди ты ти да де та те дан ден тан тен нан нен мен бен пен"
)
_PLURAL = "лар лер дар дер тар тер дагы деги тагы теги ы и сы си у ылсын илсин ынсын инсин"
_OWN = "ына ине сына сине ын ин сын син ында инде сында синде ынан инен сынан синен ымен имен сымен симен"
_MINE = "ым им ымыз имиз мыз миз ындагы индеги сындагы синдеги"
_VERB = "нсын нсин лсын лсин сынын синин ыныз иниз ныз низ ып ип ады еди йды йди ган ген кан кен"
_MADE = "лык лик дык дик тык тик сыз сиз лы ли ыл ил"
_LEAST = {
    ending: least
    for least, endings in ((2, f"{_CASE} {_PLURAL}"), (3, f"{_OWN} {_MINE} {_VERB}"), (4, _MADE))
    for ending in endings.split()
}
_LONGEST_FIRST = sorted(_LEAST, key=lambda ending: (-len(ending), ending))
_UNSURE = frozenset(ending for ending in _LEAST if ending[0] in "нс" or ending in {"лы", "ли"})
_VOWELS, _NARROW = frozenset("аеиоуыэюя"), frozenset("ыи")
# A possession softens the last letter of a stem: мектеп, мектебі; көлік, көлігі.
_HARD = str.maketrans("бг", "пк")


def strip_endings(word: str) -> frozenset[str]:
    """The word without its endings, one after the other, the longest first; a syllable always stays.

    The first letter of an ending after a vowel may as well be the stem's last one (баласы, тасы; қаланы, алаңы).
    """
    ending = next((known for known in _LONGEST_FIRST if _comes_off(word, known)), "")
    if not ending:
        return frozenset({word})
    found, unsure = strip_endings(word.removesuffix(ending)), ending in _UNSURE
    if unsure and word[-len(ending) - 1] in _VOWELS:
        found |= strip_endings(word.removesuffix(ending[1:]))
    return found


@lru_cache(maxsize=50_000)
def stems(word: str) -> frozenset[str]:
    """What the forms of a word have in common: a hard last letter, no narrow vowel that forms drop (орын, орны)."""
    return frozenset(_evened(found[:-1] + found[-1:].translate(_HARD)) for found in strip_endings(word))


def _evened(found: str) -> str:
    drops = len(found) > 3 and found[-2] in _NARROW and not {found[-1], found[-3]} & _VOWELS
    return found[:-2] + found[-1] if drops else found


def _comes_off(word: str, ending: str) -> bool:
    left = word.removesuffix(ending)
    if left == word or len(left) < _LEAST[ending] or _VOWELS.isdisjoint(left):
        return False
    return ending not in {"ны", "ни"} or left[-1] in _VOWELS
