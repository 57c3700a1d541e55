"""The referral as a tagged PDF in the petition's language; it holds totals only."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.i18n import _, format_date, format_datetime, format_number, speaking
from core.links import absolute_url
from petitions.queries.referrals import ReferralView
from petitions.web.reading_words import base_words, formula_words

FONTS = Path(__file__).resolve().parent.parent / "data" / "fonts"
Block = tuple[str, str]
H1, H2, P, SMALL = "H1", "H2", "P", "Note"


def referral_pdf(view: ReferralView) -> bytes:
    """The file: the same bytes for the same referral, whoever asks for it and whenever."""
    with speaking(view.language):
        return _made(tuple(_blocks(view)), view.language, view.receipt, view.handed_over_at)


def _blocks(view: ReferralView) -> Iterator[Block]:
    yield H1, _("Referral of a petition")
    yield P, _("Receipt number: %(number)s.", number=view.receipt)
    yield P, _("To: %(authority)s", authority=view.authority_name)
    yield P, _("Author of the petition: %(name)s, %(place)s", name=view.author_name, place=view.author_place)
    for beside in view.co_authors:
        yield P, _("Co-author: %(name)s, %(place)s", name=beside.name, place=beside.place_name)
    yield from _dates(view)
    yield H2, view.title
    yield from ((P, part) for part in view.markdown.split("\n\n") if part.strip())
    yield from _certificate(view)
    yield from _verification(view)


def _dates(view: ReferralView) -> Iterator[Block]:
    yield P, _("Handed over: %(moment)s", moment=format_datetime(view.handed_over_at))
    yield (
        P,
        _(
            "Open for signatures: %(first)s to %(last)s",
            first=_day(view.opened_on),
            last=_day(view.closes_on) if view.closes_on else _("the end of the stop"),
        ),
    )
    yield P, _("Signatures: %(n)s.", n=format_number(view.counted))
    if view.below_threshold:
        yield P, _("The petition did not reach its threshold. The rules owe it an ordinary reply.")
    elif view.registration_due is not None:
        yield P, _("To be registered by: %(day)s", day=format_date(view.registration_due))
    yield (
        SMALL,
        _("Only the number of signatures is handed over: no names, no contacts, nothing about any signer."),
    )


def _certificate(view: ReferralView) -> Iterator[Block]:
    proof = view.certificate
    yield H2, _("Certificate of the threshold")
    yield P, _("Threshold: %(n)s signatures", n=format_number(proof.count))
    yield P, _("Formula: %(formula)s", formula=formula_words(proof.formula))
    if proof.base_value is not None and proof.base_as_of is not None:
        yield (
            P,
            _(
                "Based on: %(base)s %(value)s on %(day)s. Source: %(source)s",
                base=base_words(proof.base),
                value=format_number(proof.base_value),
                day=format_date(proof.base_as_of),
                source=proof.source or "",
            ),
        )
    yield P, _("Rulebook: %(rulebook)s, article %(article)s", rulebook=view.rulebook, article=proof.article)
    if view.reached_on is not None:
        yield P, _("Reached: %(day)s", day=_day(view.reached_on))
    if view.legal_gap:
        yield SMALL, view.legal_gap


def _verification(view: ReferralView) -> Iterator[Block]:
    yield H2, _("How to verify the text")
    yield P, _("Version %(n)s of the text has this SHA-256 hash:", n=view.text_number)
    yield P, view.text_hash
    yield (
        SMALL,
        _(
            "The hash is made of the title, an empty line and the text as they stand above (UTF-8). "
            "The same text stands on the page of the petition:"
        ),
    )
    yield SMALL, absolute_url("petitions.show", petition_id=view.petition_id)


def _day(day: date | None) -> str:
    return "" if day is None else format_date(day)


@lru_cache(maxsize=32)
def _made(blocks: tuple[Block, ...], language: str, title: str, at: datetime) -> bytes:
    paper = _paper(language, title, at)
    for tag, text in blocks:
        paper.block(tag, text)
    return bytes(paper.output())


def _paper(language: str, title: str, at: datetime) -> Any:
    # The library takes seconds to load and much memory: only who asks for a file pays for it.
    from petitions.web.paper import Paper

    return Paper(FONTS, language, title, at)
