"""Names: what makes a full name of one person, and what gives a group, a nickname or an initial away."""

import re
import unicodedata

from core.refusal import Refusal

SHORTEST, LONGEST = 2, 120
FIELD = "full_name"
ENOUGH_PARTS = 2
LONGEST_ABBREVIATION = 4
APOSTROPHES = "'\u2019\u2018\u02bc\u02bb"
HYPHENS = "\u2010\u2011\u2013"
# Sounds that take several letters in other scripts: "Bibi Zh" is as short of a surname as "Биби Ж".
DIGRAPHS = frozenset({"zh", "sh", "ch", "kh", "ts", "dj", "dzh", "shch", "дж"})
# In these scripts one letter is an initial; elsewhere it can be a whole name.
ALPHABETS = ("LATIN", "CYRILLIC", "GREEK")

# Each word stands with the endings that it takes. Bare stems are left out where they are names of people:
# «Азамат» is a first name, «азаматтар» is a crowd.
_PLURAL = "(?:лар|лер|дар|дер|тар|тер)\\w{0,7}"
_ENGLISH = """
    residents? inhabitants? citizens? citizenry villagers? townspeople people peoples dwellers
    neighbou?rs groups? teams? communit(?:y|ies) collectives? unions? committees? councils?
    associations? societ(?:y|ies) movements? initiatives? coalitions? organi[sz]ations? foundations?
    fund clubs? part(?:y|ies) public youth parents mothers fathers families teachers doctors students
    pupils drivers motorists pensioners workers employees volunteers voters members owners tenants
    enthusiasts? activists? supporters fans followers entrepreneurs veterans anonymous anonym of the and
    behalf city oblast region district llp ltd
"""
_RUSSIAN = """
    жител(?:ь|и|я|ей|ям|ями|ях|ю) граждан(?:е|ам|ами|ах|ин|ина)? групп(?:а|ы|е|у|ой)?
    команд(?:а|ы|е|у|ой)? сообществ(?:о|а|у|ом|е)? обществ(?:о|а) общественност(?:ь|и|ью)
    родител(?:и|ей|ям|ями) союз(?:а|у|ом|ы)? комитет(?:а|ы|у|ом)? советы коллектив(?:а|ы|у|ом)?
    активист(?:ы|ов|ам|ка|ки)? энтузиаст(?:ы|ов|ам)? объединени(?:е|я|ю) движени(?:е|я)
    инициативн(?:ая|ой|ую) ассоциаци(?:я|и) организаци(?:я|и|й) народ(?:а|у)? населени(?:е|я) люди людей
    молод[её]ж(?:ь|и) студенты рабочие трудящиеся учителя врачи водители автолюбители автолюбителей
    автомобилисты автомобилистов пенсионеры пенсионеров волонт[её]ры избиратели избирателей соседи
    дольщики дольщиков вкладчики вкладчиков предприниматели предпринимателей собственники матери отцы
    ветераны парти(?:я|и) клуб(?:а|ы)? фонд(?:а|ы)? аноним(?:ы|но|ный)? тоо имени города области района
    пос[её]лка
"""
_KAZAKH = rf"""
    тұрғын(?:ы|{_PLURAL})? азамат{_PLURAL} белсенді(?:сі|{_PLURAL})? ата-ана(?:сы|{_PLURAL})?
    ана{_PLURAL} әке{_PLURAL} топ тобы(?:мыз|ның)? топ{_PLURAL} қауым(?:ы|дастық|дастығы)? бірлестік
    бірлестігі бірлестік{_PLURAL} одақ одағы кәсіподақ кәсіподағы комитеті ұжым(?:ы|дар)? командасы
    қозғалыс(?:ы)? жұрт(?:ы|шылық|шылығы)? халқы халықтар көпшілік қоғам(?:ы|дастық|дастығы)?
    жастар(?:ы)? жанкүйер{_PLURAL} әуесқой(?:ы|{_PLURAL})? жүргізуші{_PLURAL} мұғалім{_PLURAL}
    дәрігер{_PLURAL} студент{_PLURAL} оқушы{_PLURAL} зейнеткер{_PLURAL} жұмысшы{_PLURAL}
    ардагер{_PLURAL} кәсіпкер{_PLURAL} сайлаушы{_PLURAL} көрші{_PLURAL} үлескер{_PLURAL}
    еңбекші{_PLURAL} ауылдас{_PLURAL} партиясы қоры ұйым(?:ы|дар)? жшс және атынан қаласы(?:ның)?
    облысы(?:ның)? ауданы(?:ның)? ауылы(?:ның)? tur(?:g|gh|ǵ|ğ)yndar\w* azamattar\w*
"""
GROUP_WORD = re.compile("|".join(f"{_ENGLISH} {_RUSSIAN} {_KAZAKH}".split()), re.IGNORECASE)


def check_author_name(text: str) -> str:
    """The full name of one person in its tidy spelling: at least a surname and a first name, both in full.

    Refusals on `full_name`: `name-length`, `name-characters`, `author-name-group`, `author-name-single`,
    `author-name-initials`. (Petitions in the name of nobody in particular are not read by any body.)
    """
    name = _checked(text)
    parts = name.split(" ")
    if any(_is_group_word(part) for part in parts):
        raise Refusal("author-name-group", field=FIELD)
    if len(parts) < ENOUGH_PARTS:
        raise Refusal("author-name-single", field=FIELD)
    whole = [part for part in parts if _is_whole(part)]
    if len(whole) < ENOUGH_PARTS or any(_is_abbreviated(part) for part in parts):
        raise Refusal("author-name-initials", field=FIELD)
    return name


def check_signer_name(text: str) -> str:
    """A signer's name in its tidy spelling: at least two words, initials are enough.

    Refusals on `full_name`: `name-length`, `name-characters`, `name-two-words`.
    """
    name = _checked(text)
    if len(name.split(" ")) < ENOUGH_PARTS:
        raise Refusal("name-two-words", field=FIELD)
    return name


def _checked(text: str) -> str:
    name = _tidy(text)
    if not SHORTEST <= len(name) <= LONGEST:
        raise Refusal("name-length", field=FIELD, least=SHORTEST, most=LONGEST)
    if not all(_is_name_sign(sign) for sign in name) or not all(_letters(part) for part in name.split(" ")):
        raise Refusal("name-characters", field=FIELD)
    return name


def _tidy(text: str) -> str:
    composed = unicodedata.normalize("NFC", text).translate({ord(sign): "-" for sign in HYPHENS})
    spaced = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in composed)
    return " ".join(part for part in spaced.split(" ") if part)


def _is_name_sign(sign: str) -> bool:
    return sign in " -." or sign in APOSTROPHES or unicodedata.category(sign)[0] in "LM"


def _letters(part: str) -> str:
    return "".join(sign for sign in part if unicodedata.category(sign)[0] == "L" and sign not in APOSTROPHES)


def _is_group_word(part: str) -> bool:
    word = part.strip("-." + APOSTROPHES)
    for sign in APOSTROPHES:
        word = word.removesuffix(f"{sign}s")
    return GROUP_WORD.fullmatch(word) is not None


def _is_whole(part: str) -> bool:
    letters = _letters(part)
    if letters.lower() in DIGRAPHS:
        return False
    return len(letters) >= ENOUGH_PARTS or not unicodedata.name(letters, "").startswith(ALPHABETS)


def _is_abbreviated(part: str) -> bool:
    if "." not in part:
        return False
    return any(0 < len(_letters(piece)) <= LONGEST_ABBREVIATION for piece in part.split("."))
