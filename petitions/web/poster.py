"""The poster of a petition: what is asked, of whom, by when, and the way to it; in the petition's language."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from core.config import Controller
from core.i18n import LANGUAGES, _, format_date, format_number, ngettext, speaking
from core.links import absolute_url
from petitions.queries.petitions import PetitionView
from petitions.web.referral_pdf import FONTS

# A listed petition was opened once; a date that does not move stands for the one that was not.
NEVER = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Poster:
    """The words of one poster. `facts` are pairs of a label and its value, `steps` what the reader has to do."""

    language: str
    at: datetime
    caption: str
    title: str
    facts: tuple[tuple[str, str], ...]
    invitation: str
    steps: tuple[str, ...]
    code_says: str
    address: str
    address_says: str
    keeper: str


def poster_pdf(view: PetitionView, controller: Controller) -> bytes:
    """The file: the same bytes for the same petition, whoever asks for it and whenever."""
    language = view.card.language if view.card.language in LANGUAGES else "kk"
    with speaking(language):
        return _made(_poster(view, language, controller))


def _poster(view: PetitionView, language: str, controller: Controller) -> Poster:
    card = view.card
    address = absolute_url("petitions.show", petition_id=card.id)
    return Poster(
        language=language,
        at=card.opened_at or NEVER,
        caption=_("Petition %(n)s", n=card.id),
        title=card.title,
        facts=_facts(view),
        invitation=_("Sign this petition")
        if _signable(view)
        else _("Read this petition and what became of it"),
        steps=_steps(view),
        code_says=_("Square code with the address of the petition: %(address)s", address=address),
        address=address,
        address_says=_("Point your phone's camera at the square, or type this address:"),
        keeper=_keeper(controller),
    )


def _signable(view: PetitionView) -> bool:
    """A pause of the moment is no matter of paper: what counts is whether the window is open."""
    return view.signing_closed not in {"closed", "not-open", "data-limit"}


def _facts(view: PetitionView) -> tuple[tuple[str, str], ...]:
    card = view.card
    found = [(_("To"), card.authority), (_("Author"), card.author)]
    if card.threshold is not None:
        n = format_number(card.threshold)
        found.append((_("Needed"), str(ngettext("%(n)s signature", "%(n)s signatures", card.threshold, n=n))))
    if card.closes_at is not None and _signable(view):
        found.append((_("Open until"), format_date(card.closes_at)))
    return tuple((str(label), value) for label, value in found)


def _steps(view: PetitionView) -> tuple[str, ...]:
    if not _signable(view):
        return ()
    return (
        _("Read the petition and see who keeps your data."),
        _("Give your name, e-mail address and place of residence."),
        _("Open the link in the mail and press the button: then your signature counts."),
    )


def _keeper(controller: Controller) -> str:
    if not controller.named:
        return _("No one has been named yet. Until then nobody can sign here.")
    who = (controller.person, controller.body, controller.address, controller.email, controller.phone)
    return _("Answers for the data of signers: %(who)s", who=", ".join(who))


@lru_cache(maxsize=64)
def _made(poster: Poster) -> bytes:
    # The library takes seconds to load and much memory: only who asks for a file pays for it.
    from petitions.web.poster_paper import PosterPaper

    paper: Any = PosterPaper(FONTS, poster)
    return bytes(paper.output())
