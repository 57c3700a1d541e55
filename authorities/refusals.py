"""The words of the refusals of the register."""

from collections.abc import Mapping

from core.i18n import lazy
from core.refusals import Words

WORDS: Mapping[str, Words] = {
    "import-faulty": Words(
        lazy("Nothing was imported. Faults in the file: %(n)s, the first in line %(line)s."), 422
    ),
    "areas-too-deep": Words(
        lazy("Nothing was imported: there would be too many areas above the area %(area)s."), 422
    ),
    "import-preview-lost": Words(
        lazy("This preview cannot be used any more. Please choose the file once more."), 422
    ),
}
