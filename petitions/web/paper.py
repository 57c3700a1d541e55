"""Tagged PDFs in a font that has the Kazakh letters: what every sheet has, and one of headings and paragraphs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos

FONT = "Noto"
# By the kind of a block: size in points, height of a line and space above in millimetres, weight.
STYLES = {
    "H1": (20.0, 9.5, 0.0, "B"),
    "H2": (13.0, 7.0, 5.0, "B"),
    "P": (11.0, 5.8, 1.6, ""),
    "Note": (9.5, 5.0, 1.6, ""),
}
FOOT_MM = 15


class Sheet(FPDF):
    """A document on A4 whose parts are elements of the structure tree, in the order in which they are read."""

    def __init__(self, fonts: Path, language: str, title: str, at: datetime) -> None:
        super().__init__(format="A4")
        self.add_font(FONT, "", fonts / "NotoSans-Regular-subset.ttf")
        self.add_font(FONT, "B", fonts / "NotoSans-Bold-subset.ttf")
        self.set_lang(language)
        self.set_title(title)
        self.set_creator("Dauys")
        # The same content is the same file: its date is that of what it says, not the printing's.
        self.set_creation_date(at)

    @contextmanager
    def _element(self, tag: str, **more: str) -> Iterator[None]:
        # The library marks only pictures and headings by itself; these are the same calls with our own tags.
        number = self.struct_builder.next_mcid_for_page(self.page)
        self._add_marked_content(struct_type=f"/{tag}", mcid=number, **more)
        self._out(f"/{tag} <</MCID {number}>> BDC")
        yield
        self._out("EMC")

    @contextmanager
    def _ornament(self) -> Iterator[None]:
        """What is drawn here says nothing to those who listen."""
        self._out("/Artifact BMC")
        yield
        self._out("EMC")


class Paper(Sheet):
    """One document of blocks, on as many pages as they need."""

    def __init__(self, fonts: Path, language: str, title: str, at: datetime) -> None:
        super().__init__(fonts, language, title, at)
        self._receipt = title
        self.set_margin(22)
        self.set_auto_page_break(True, 2 * FOOT_MM)
        self.add_page()

    def footer(self) -> None:
        """The receipt number and the page on every page."""
        self.set_y(-FOOT_MM)
        self.set_font(FONT, "", 9)
        with self._ornament():
            self.cell(0, 6, f"{self._receipt} · {self.page_no()}", align="C")

    def block(self, tag: str, text: str) -> None:
        """Print a heading or a paragraph; one that crosses a page is one element on each of them."""
        size, height, above, weight = STYLES[tag]
        self.set_font(FONT, weight, size)
        self.ln(above)
        lines = self.multi_cell(
            0, height, text.replace("\t", "    "), dry_run=True, output=MethodReturnValue.LINES
        )
        while lines:
            if self.will_page_break(height):
                self.add_page()
                self.set_font(FONT, weight, size)
            fitting = max(1, int((self.page_break_trigger - self.get_y()) / height))
            with self._element("P" if tag == "Note" else tag):
                for line in lines[:fitting]:
                    self.cell(0, height, line, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            lines = lines[fitting:]
