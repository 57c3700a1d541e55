"""The poster on its sheet: one A4 page, tagged, with the code drawn as squares, so that it is sharp at any size."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import segno
from fpdf.enums import MethodReturnValue, XPos, YPos

from petitions.web.paper import FONT, Sheet
from petitions.web.poster import Poster

MARGIN, WIDTH = 20, 170
BAND, CODE_MM, FOOT = 30, 74, 277
BRAND, INK, SOFT, SAND = (11, 95, 108), (23, 42, 49), (70, 88, 96), (228, 220, 205)


class Face(NamedTuple):
    """How words are printed: points, the height of a line in millimetres, and the weight."""

    size: float
    height: float
    weight: str = ""


# The title takes the largest size in which it fits into its room.
SIZES = ((36.0, 15.0), (30.0, 12.6), (25.0, 10.6), (21.0, 9.0), (17.0, 7.4), (13.0, 5.8))
TITLES = tuple(Face(size, height, "B") for size, height in SIZES)
TITLE_ROOM = 84


class PosterPaper(Sheet):
    """One poster on one page."""

    def __init__(self, fonts: Path, poster: Poster) -> None:
        super().__init__(fonts, poster.language, f"{poster.title} ({poster.caption})", poster.at)
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(False)
        self.add_page()
        self._band(poster.caption)
        self._title(poster.title)
        self._facts(poster)
        self._way(poster)
        self._keeper(poster.keeper)

    def _band(self, caption: str) -> None:
        with self._ornament():
            self.set_fill_color(*BRAND)
            self.rect(0, 0, 210, BAND, style="F")
            self.set_fill_color(*SAND)
            self.rect(0, BAND, 210, 1.2, style="F")
        self.set_text_color(255, 255, 255)
        self.set_xy(MARGIN, 10)
        self._say("P", caption, Face(20, 10, "B"), WIDTH / 2)
        self.set_xy(MARGIN + WIDTH / 2, 10)
        self._say("P", "Dauys", Face(20, 10, "B"), WIDTH / 2, align="R")

    def _title(self, title: str) -> None:
        self.set_text_color(*INK)
        self.set_xy(MARGIN, BAND + 12)
        for face in TITLES:
            lines = self._lines(title, face, WIDTH)
            if len(lines) * face.height <= TITLE_ROOM:
                break
        self._print("H1", lines, face, WIDTH)

    def _facts(self, poster: Poster) -> None:
        self.ln(6)
        for label, value in poster.facts:
            top = self.get_y()
            self.set_text_color(*SOFT)
            self._say("P", label, Face(13, 8.2), 42)
            self.set_text_color(*INK)
            self.set_xy(MARGIN + 44, top)
            self._say("P", value, Face(17, 8.2, "B"), WIDTH - 44)
            self.set_xy(MARGIN, max(self.get_y(), top + 8.2) + 2)

    def _way(self, poster: Poster) -> None:
        """The code and beside it what to do; they stand on the foot of the sheet, however long the title is."""
        top = FOOT - 20 - CODE_MM
        self._code(poster, MARGIN, top)
        left, width = MARGIN + CODE_MM + 8, WIDTH - CODE_MM - 8
        self.set_left_margin(left)
        self.set_text_color(*BRAND)
        self.set_xy(left, top)
        self._say("H2", poster.invitation, Face(19, 9, "B"), width)
        self.set_text_color(*INK)
        for n, step in enumerate(poster.steps, 1):
            self.ln(1.5)
            self._say("P", f"{n}. {step}", Face(11, 5.6), width)
        self.ln(3)
        self.set_text_color(*SOFT)
        self._say("P", poster.address_says, Face(10.5, 5.2), width)
        self.set_text_color(*INK)
        self._say("P", poster.address.split("://", 1)[-1], Face(14, 7, "B"), width)
        self.set_left_margin(MARGIN)

    def _code(self, poster: Poster, x: float, y: float) -> None:
        matrix = list(segno.make(poster.address, error="m", micro=False).matrix_iter(border=2))
        side = CODE_MM / len(matrix)
        with self._element("Figure", alt_text=poster.code_says):
            self.set_fill_color(0, 0, 0)
            for row, modules in enumerate(matrix):
                for first, length in _runs(modules):
                    self.rect(x + first * side, y + row * side, length * side, side, style="F")

    def _keeper(self, keeper: str) -> None:
        with self._ornament():
            self.set_draw_color(*SAND)
            self.line(MARGIN, FOOT - 6, MARGIN + WIDTH, FOOT - 6)
        self.set_text_color(*SOFT)
        self.set_xy(MARGIN, FOOT - 3.5)
        self._say("P", keeper, Face(9, 4.4), WIDTH)

    def _say(self, tag: str, text: str, face: Face, width: float, align: str = "L") -> None:
        self._print(tag, self._lines(text, face, width), face, width, align)

    def _lines(self, text: str, face: Face, width: float) -> list[str]:
        self.set_font(FONT, face.weight, face.size)
        found = self.multi_cell(width, face.height, text, dry_run=True, output=MethodReturnValue.LINES)
        return list(found)

    def _print(self, tag: str, lines: list[str], face: Face, width: float, align: str = "L") -> None:
        self.set_font(FONT, face.weight, face.size)
        left = self.get_x()
        with self._element(tag):
            for line in lines:
                self.set_x(left)
                self.cell(width, face.height, line, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _runs(modules: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The dark stretches of one row: where each begins and how long it is."""
    start = None
    for column, dark in enumerate([*modules, 0]):
        if dark and start is None:
            start = column
        elif not dark and start is not None:
            yield start, column - start
            start = None
