"""The notice on personal data, made from the data map and the settings: 25 fields for signers and for authors."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from core.config import Settings
from core.i18n import LANGUAGES, _, lazy, speaking
from petitions.domain import datamap
from petitions.domain.datamap import OUTSIDE, Basis, Item, Place, Recipient, What, Whose
from petitions.domain.keeping import TERMS, Kept
from petitions.domain.notice import Audience, Content, Field, Line, Text
from petitions.queries.notice_sentences import SEEN, SENTENCES, WAY_OUT
from petitions.queries.notice_words import (
    BASIS,
    DETAIL,
    FORM,
    PLACE,
    PURPOSE,
    RECIPIENT,
    WHAT,
    capital,
    kept_words,
    span,
    together,
)

OF: Mapping[Audience, tuple[Whose, ...]] = {
    Audience.SIGNER: (Whose.SIGNER,),
    Audience.AUTHOR: (Whose.AUTHOR, Whose.HOLDER),
}
CONTROLLER = (
    ("person", lazy("Person in charge")),
    ("body", lazy("Body")),
    ("number", lazy("Registration number of the body")),
    ("address", lazy("Postal address")),
    ("email", lazy("E-mail address")),
    ("phone", lazy("Telephone")),
    ("dpo", lazy("Data protection officer")),
    ("regulator", lazy("Body to complain to")),
    ("storage", lazy("Place where the data are stored")),
)


@dataclass(frozen=True, slots=True)
class Maker:
    """What a field is made from: the settings, the audience, and its part of the map."""

    settings: Settings
    audience: Audience

    @property
    def items(self) -> tuple[Item, ...]:
        """The part of the map that is about this audience."""
        return datamap.about(*OF[self.audience])

    @property
    def for_signers(self) -> bool:
        """Whether it is the signers' notice."""
        return self.audience is Audience.SIGNER


Made = tuple[Line, ...]


@lru_cache(maxsize=8)
def content(settings: Settings) -> Content:
    """The whole notice as code, data map and settings make it now, in every language."""
    made = {}
    for code in LANGUAGES:
        with speaking(code):
            made[code] = {who.value: _text(Maker(settings, who)) for who in Audience}
    return made


def controller_lines(settings: Settings, *names: str) -> Made:
    """The named controller; what is missing is said to be missing."""
    who = settings.controller
    wanted = [pair for pair in CONTROLLER if not names or pair[0] in names]
    return tuple(Line(getattr(who, name).strip() or _("not named"), str(label)) for name, label in wanted)


def _text(maker: Maker) -> Text:
    fields = tuple(
        Field(n, str(title), make(maker)) for n, title, only, make in FIELDS if only in (None, maker.audience)
    )
    return Text(_short(maker), fields)


def _short(maker: Maker) -> Made:
    who = maker.settings.controller
    named = ", ".join(filter(None, (who.person, who.body, who.address, who.email, who.phone)))
    return (
        Line(named or _("not named"), _("Who answers for it")),
        Line(_purposes(maker.items), _("What for")),
        Line(str(SEEN[maker.audience]), _("Who sees it")),
        Line(_short_terms(maker), _("How long")),
        Line(str(WAY_OUT[maker.audience]), _("How to withdraw")),
        Line(str(_said(18)(maker)[0].text), _("Must you give it")),
    )


def _purposes(items: Iterable[Item]) -> str:
    main = {What.NAME, What.MAILBOX, What.AREA}
    return capital(together((p for item in items if item.what in main for p in item.purposes), PURPOSE))


def _short_terms(maker: Maker) -> str:
    if not maker.for_signers:
        return " ".join(capital(kept_words(kept)) for kept in (Kept.ACCOUNT, Kept.AUTHOR_NAME))
    wanted = ((What.NAME, Kept.IDENTITY), (What.MAILBOX, Kept.CONTACT))
    said = [f"{WHAT[what]}: {kept_words(kept)}." for what, kept in wanted]
    return " ".join([capital(kept_words(Kept.UNCONFIRMED)), *said])


def _said(n: int) -> Callable[[Maker], Made]:
    """A field that says the same whatever the settings are."""

    def make(maker: Maker) -> Made:
        return tuple(Line(str(sentence)) for sentence in SENTENCES[n, maker.audience])

    return make


def _who(maker: Maker) -> Made:
    return controller_lines(maker.settings, "body", "number", "person", "address", "email", "phone")


def _in_charge(maker: Maker) -> Made:
    return controller_lines(maker.settings, "person", "email", "phone", "dpo")


def _collected(maker: Maker) -> Made:
    lines = []
    for what, items in _by_what(maker.items).items():
        detail = f"{DETAIL[what]}. " if what in DETAIL else ""
        forms = capital(together((item.form for item in items), FORM))
        lines.append(Line(capital(f"{detail}{forms}"), str(WHAT[what])))
    return (*lines, *(_outside(place) for place in (Place.LIMITS,)))


def _public(maker: Maker) -> Made:
    shown = [what for what, items in _by_what(maker.items).items() if any(item.is_public for item in items)]
    if not shown:
        return (Line(_("Nothing about you. Signers are not listed. Only totals are published.")),)
    seen = "; ".join(str(WHAT[what]) for what in shown)
    return (
        Line(capital(seen), _("For everybody")),
        Line(_("Your e-mail address is never shown. Letters to you go through a form of this site.")),
    )


def _for_what(maker: Maker) -> Made:
    return tuple(
        Line(capital(together((p for item in items for p in item.purposes), PURPOSE)), str(WHAT[what]))
        for what, items in _by_what(maker.items).items()
    )


def _ground(maker: Maker) -> Made:
    by_basis: dict[Basis, list[What]] = {}
    for item in maker.items:
        by_basis.setdefault(item.basis, []).append(item.what)
    lines = [
        Line(capital(together(whats, WHAT)), capital(str(BASIS[b]))[:-1]) for b, whats in by_basis.items()
    ]
    recorded = _("We record the version and the language of this notice, the time, and the channel.")
    political = _("A signature can show a political opinion, so the consent must be express.")
    own = _("With an account you agree by opening it; to be named as an author you agree once more, apart.")
    return (*lines, Line(recorded), Line(political if maker.for_signers else own))


def _how_long(maker: Maker) -> Made:
    lines = []
    for what, items in _by_what(maker.items).items():
        classes = dict.fromkeys(kept for item in items for kept in item.kept)
        lines.append(Line(" ".join(capital(kept_words(kept)) for kept in classes), str(WHAT[what])))
    ending = _(
        "At the end the key is destroyed. What it opened cannot be read again by anybody; totals stay."
    )
    return (*lines, *(_outside(place) for place in (Place.LIMITS, Place.BACKUP)), Line(ending))


def _recipients(maker: Maker) -> Made:
    lines = []
    for recipient, items in _by_recipient(maker.items).items():
        what = capital(together((item.what for item in items), WHAT))
        lines.append(Line(f"{what} {_recipient_detail(maker, recipient)}".strip(), str(RECIPIENT[recipient])))
    return (*lines, *_nobody_else(maker))


def _nobody_else(maker: Maker) -> Made:
    staff = _("Moderators, authorities and administrators see counts. There is no search for signers.")
    pairs = _("A contact is read by staff only for a written reason, and only when two people agree.")
    alone = _(
        "On this site one person alone can take steps that elsewhere need two people: the second pair of eyes is off."
    )
    nobody = _("Nobody else gets data. Nothing is sold, and no other site watches you here.")
    return Line(staff), Line(alone if maker.settings.four_eyes == "off" else pairs), Line(nobody)


def _recipient_detail(maker: Maker, recipient: Recipient) -> str:
    if recipient is not Recipient.MAIL_SERVICE:
        return ""
    host = urlsplit(maker.settings.mail_url).hostname if maker.settings.mail_url.startswith("smtp") else None
    if host:
        return str(_("It carries the letters: %(host)s.", host=host))
    return str(_("At present letters do not leave the machine of this site."))


def _stored(maker: Maker) -> Made:
    return controller_lines(maker.settings, "storage")


def _withdrawn_signature(_maker: Maker) -> Made:
    return (
        Line(_("All letters end. Nobody is told.")),
        Line(_("Until the petition is handed over, the total falls by one; after it the total stays.")),
        Line(
            _(
                "Your private page looks the same for %(span)s; then name and address are erased. If you ask, at once.",
                span=span(TERMS[Kept.WITHDRAWN].length),
            )
        ),
    )


def _cookies(_maker: Maker) -> Made:
    places = (Place.COOKIE_SIGN_IN, Place.COOKIE_LANGUAGE, Place.LIMITS)
    return (
        *(_outside(place) for place in places),
        Line(
            _(
                "Our records of faults hold no name, no mailbox and no network address. Nothing follows you around."
            )
        ),
    )


def _complaint(maker: Maker) -> Made:
    others = Line(_("You can also go to a prosecutor or to a court."))
    return (*controller_lines(maker.settings, "regulator"), others)


def _outside(place: Place) -> Line:
    entry = next(entry for entry in OUTSIDE if entry.place is place)
    purposes = capital(together(entry.purposes, PURPOSE))
    terms = " ".join(capital(kept_words(kept)) for kept in entry.kept)
    return Line(f"{capital(str(FORM[entry.form]))} {purposes} {terms}", str(PLACE[place]))


def _by_what(items: Iterable[Item]) -> dict[What, list[Item]]:
    grouped: dict[What, list[Item]] = {}
    for item in items:
        grouped.setdefault(item.what, []).append(item)
    return grouped


def _by_recipient(items: Iterable[Item]) -> dict[Recipient, list[Item]]:
    grouped: dict[Recipient, list[Item]] = {}
    for item in items:
        for recipient in item.recipients:
            grouped.setdefault(recipient, []).append(item)
    return grouped


S, A = Audience.SIGNER, Audience.AUTHOR
# The list of data/notice_fields.csv; a field of one audience only names it. The last one is ours.
FIELDS: tuple[tuple[int, str, Audience | None, Callable[[Maker], Made]], ...] = (
    (1, lazy("Who answers for your data"), None, _who),
    (2, lazy("Who owns the database, and where it runs"), None, _said(2)),
    (3, lazy("Who is in charge"), None, _in_charge),
    (4, lazy("Representative, if the body is abroad"), None, _said(4)),
    (5, lazy("Whose data"), None, _said(5)),
    (6, lazy("What we keep"), None, _collected),
    (7, lazy("What is public"), None, _public),
    (8, lazy("What for"), None, _for_what),
    (9, lazy("On what ground"), None, _ground),
    (10, lazy("For how long"), None, _how_long),
    (11, lazy("Who gets it"), None, _recipients),
    (12, lazy("Police, courts and other state bodies"), None, _said(12)),
    (13, lazy("Other countries"), None, _said(13)),
    (14, lazy("Where it is stored"), None, _stored),
    (15, lazy("Your rights, and how to use them"), None, _said(15)),
    (16, lazy("What withdrawal does to a signature"), S, _withdrawn_signature),
    (17, lazy("What withdrawal does to your petition"), A, _said(17)),
    (18, lazy("Must you give it"), None, _said(18)),
    (19, lazy("Automatic decisions"), None, _said(19)),
    (20, lazy("Cookies, network addresses, records"), None, _cookies),
    (21, lazy("Age"), None, _said(21)),
    (22, lazy("If data get into wrong hands"), None, _said(22)),
    (23, lazy("Where to complain"), None, _complaint),
    (24, lazy("Where the data come from"), S, _said(24)),
    (25, lazy("Versions and languages"), None, _said(25)),
    (26, lazy("What we cannot promise"), None, _said(26)),
)
