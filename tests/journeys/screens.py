"""The register of screens: every page of the site, who opens it, at which address, and what is done there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import Flask

from petitions.web.help import PAGES as HELP
from tests.accounts import PASSWORD
from tests.journeys.world import NEWS, REASON, WORDS, World

VISITOR = ""
FIRST_BUTTON = "main form[method=post] button[type=submit]"


@dataclass(frozen=True, slots=True, eq=False)
class Act:
    """Something done on a screen: fields filled in by their names, then a button pressed."""

    says: str
    fields: Mapping[str, str]
    press: str = FIRST_BUTTON


@dataclass(frozen=True, slots=True, eq=False)
class Screen:
    """A page in one state; its `path` has places that a World fills. Every button is pressed without an Act, too.

    `shows` is what the page has only when it is full.
    """

    path: str
    who: str = VISITOR
    acts: tuple[Act, ...] = ()
    status: int = 200
    shows: str = "main"


def _by(who: str, *paths: str | Screen) -> tuple[Screen, ...]:
    """Screens of one person; a plain path is a page on which nothing but its buttons is pressed."""
    return tuple(Screen(one, who) if isinstance(one, str) else replace(one, who=who) for one in paths)


def _done(path: str, says: str, fields: Mapping[str, str], press: str = FIRST_BUTTON) -> Screen:
    """A page with one act."""
    return Screen(path, acts=(Act(says, fields, press),))


SIGN = {
    "full_name": "Дана Сынаққызы", "email": "dana.new@mail.example", "area": "999000001", "consent": "y",
}  # fmt: skip
PERSON = {"full_name": "Ерлан Үлгіұлы", "email": "erlan@mail.example"}
OFFICER = {"email": "o@gov.example", "role": "officer", "body": "kz-gov", "reason": REASON}
MOVED = {"reason": REASON, "place": "Мектеп"}
ANSWER = {
    "text": "Кітапхана келесі жылдың бюджетіне енгізілді, құрылыс көктемде басталады деп шешілді.",
}
PUBLIC = _by(
    VISITOR,
    "/",
    "/petitions",
    "/petitions?q=кітапхана",
    "/petitions?q=zzzzqqqq",
    "/petitions/{collecting}",
    "/petitions/{frozen}",
    "/petitions/{twin}",
    "/petitions/{waiting}",
    "/petitions/{asked}",
    "/petitions/{discussed}",
    "/petitions/{held}",
    "/petitions/{answered}",
    "/petitions/{lapsed}",
    "/petitions/{withdrawn}",
    "/petitions/{refused}",
    "/petitions/{appealed}",
    Screen("/petitions/{taken_down}", status=410),
    Screen("/petitions/{collecting}/statistics", shows="#places"),
    "/petitions/{signed}/statistics",
    Screen("/petitions/{collecting}/updates", shows="#update-1"),
    "/petitions/{signed}/updates",
    "/petitions/{waiting}/updates",
    "/petitions/{collecting}/embed",
    "/petitions/{answered}/referral",
    _done("/petitions/{collecting}/sign", "signed", SIGN),
    "/petitions/{lapsed}/sign",
    "/petitions/{collecting}/sign/sent",
    _done(
        "/petitions/{collecting}/contact",
        "written",
        {"text": "Саламатсыз ба! Сізге көмектескім келеді, хабарласыңызшы."},
    ),
    "/petitions/{collecting}/contact/sent",
    _done("/petitions/{collecting}/report", "reported", {"reason": "", "text": REASON}),
    "/petitions/{collecting}/report/sent",
    "/areas/{village}",
    Screen("/areas/{city}", shows="#beside"),
    "/authorities",
    Screen("/authorities/{body}", shows="#answers"),
    "/deadlines",
    "/terms/{term}",
    "/stops",
    "/rules",
    "/rules/kz-2026",
    "/rules/kz-reform",
    "/transparency",
    Screen("/statistics", shows="#areas"),
    "/statistics?state=refused&authority=kz-gov",
    Screen("/statistics?state=nobody", status=400),
    "/data/",
    "/data/{day}/",
    "/data/api",
    Screen("/data/dictionary", shows="#statistics"),
    "/help/",
    *(f"/help/{name}" for name in HELP),
    "/help/data",
    "/privacy",
    "/privacy/{notice}",
    "/privacy/changes",
    "/privacy/destroyed",
    "/privacy/handover",
    "/design",
    _done("/language?next=/petitions", "chosen", {"language": "ru"}),
    _done("/my-data", "asked", {"email": "dana@mail.example", "kind": "see"}),
    "/my-data/code",
    "/my-data/done",
    Screen("/nowhere", status=404),
    Screen("/petitions/{draft}", status=404),
    Screen("/account/confirm/old", status=404),
    Screen("/petitions/co-author/nobody", status=404),
)
LINKS = _by(
    VISITOR,
    _done("{join}", "joined", SIGN),
    "{join}/sent",
    "/signatures/confirm/{confirm}",
    _done("/signatures/manage/{manage}", "name mistaken", {"full_name": "Дана"}, "[value=correct]"),
    "/unsubscribe/{unsubscribe}",
    "/promises/{ballot}",
    Screen(
        "/account/confirm/{account_token}",
        acts=(
            Act("another password", {"password": PASSWORD + " төрт"}, FIRST_BUTTON),
            Act("opened", {"password": PASSWORD}, FIRST_BUTTON),
        ),
    ),
    _done("/account/reset/{reset_token}", "new password", {"password": PASSWORD + " төрт"}),
    _done(
        "/account/invitation/{invitation}", "accepted", {"full_name": "Асем Үлгіқызы", "password": PASSWORD}
    ),
    "/petitions/co-author/{co_author_token}",
)
ACCOUNT = (
    *_by(
        VISITOR,
        _done("/account/register", "registered", {"email": "n@mail.example", "password": PASSWORD}),
        "/account/register/sent",
        _done("/account/sign-in", "wrong", {"email": "n@mail.example", "password": "no"}),
        _done("/account/reset", "asked", {"email": "n@mail.example"}),
        "/account/reset/sent",
        "/account/closed",
    ),
    *_by(
        "citizen",
        "/account/",
        _done(
            "/account/author", "agreed", {"full_name": "Дана Үлгіқызы", "place": "190000000", "consent": "y"}
        ),
        "/account/details",
        _done("/account/password", "wrong", {"present": "no", "password": "no"}),
        "/account/sessions",
        _done("/account/close", "wrong", {"password": "no"}),
        "/petitions/co-author/{co_author_token}",
    ),
    *_by("half", "/account/factor", "/account/factor/leave"),
    *_by("new", "/account/factor/enrol"),
    *_by(
        "moderator",
        "/account/",
        "/account/sessions",
        _done("/account/factor/codes", "wrong", {"password": "no", "code": "1"}),
        "/account/factor/replace",
    ),
)
AUTHOR = (
    *_by(
        "author",
        "/account/",
        _done("/petitions/new", "looked at", {"authority": "akimat-ulgi"}, "[value=show]"),
        "/petitions/{draft}/edit",
        "/petitions/{returned}/edit",
        _done("/petitions/{alone}/edit/addressee", "looked at", {"authority": "kz-gov"}, "[value=show]"),
        _done("/petitions/{alone}/edit/demand", "empty", {"title": ""}),
        _done("/petitions/{alone}/edit/text", "too short", {"text": "Қысқа."}),
        "/petitions/{returned}/edit/text",
        "/petitions/{alone}/edit/rules",
        "/petitions/{alone}/edit/preview",
        "/petitions/{alone}/similar",
        "/petitions/{alone}/check",
        "/petitions/{draft}/check",
        _done("/petitions/{draft}/edit/authors", "invited", PERSON),
        "/petitions/{draft}/edit/authors/{named}/release",
        "/petitions/{draft}/edit/authors/{invited}/release",
        "/petitions/{alone}/delete",
        *(
            f"/petitions/{{{name}}}/mine"
            for name in (
                "gathering", "joined", "screening", "returned", "collecting", "frozen", "registered", "asked",
                "discussed", "answered", "refused", "appealed", "lapsed", "withdrawn", "taken_down",
            )
        ),
        "/petitions/{collecting}/updates/new",
        _done("/petitions/{waiting}/updates/new", "looked at", {"title": NEWS, "text": WORDS}, "[value=look]"),
        _done("/petitions/{collecting}/updates/1/correct", "without a reason", {"title": NEWS}, "[value=look]"),
        "/petitions/{gathering}/revise",
        "/petitions/{collecting}/withdraw",
        _done("/petitions/{collecting}/freeze", "paused", {"reason": REASON}),
        "/petitions/{frozen}/unfreeze",
        _done("/petitions/{asked}/question", "replied", {"text": WORDS}),
        _done("/petitions/{refused}/appeal", "filed", {"text": WORDS}),
    ),
    *_by(
        "beside",
        "/account/",
        "/petitions/{draft}/mine",
        _done("/petitions/{draft}/propose", "proposed", {"text": WORDS}),
        "/petitions/{draft}/leave",
    ),
)  # fmt: skip
DESK = (
    *_by(
        "writer",
        "/desk/",
        "/desk/?show=late",
        "/desk/?q=zzzz",
        "/desk/print",
        "/desk/note",
        *(
            f"/desk/{{{name}}}"
            for name in ("waiting", "registered", "checked", "asked", "discussed", "held", "answered", "lapsed")
        ),
        _done("/desk/{waiting}/register", "registered", {"number": "КП-17"}),
        _done("/desk/{registered}/answer", "drafted", ANSWER | {"outcome": "satisfied"}),
        _done("/desk/{answered}/correct", "drafted", ANSWER | {"correction": REASON}),
        _done("/desk/{lapsed}/reply", "drafted", ANSWER),
        "/desk/{registered}/assign",
        _done("/desk/{registered}/note", "noted", {"note": NEWS}),
        "/desk/{checked}/draft",
        _done("/desk/{registered}/question", "asked", {"text": WORDS}),
        "/desk/{registered}/discussion",
        _done("/desk/{past}/minutes", "recorded", {"minutes": WORDS}),
        _done("/desk/{discussed}/discussions/{discussed_discussion}/move", "moved", MOVED),
        _done("/desk/{discussed}/discussions/{discussed_discussion}/call-off", "called off", {"reason": REASON}),
        _done("/desk/{held}/discussions/{held_discussion}/minutes", "amended", {"minutes": NEWS, "reason": REASON}),
        _done("/desk/{registered}/extend", "extended", {"n": "5", "reason": REASON}),
        _done("/desk/{registered}/transfer", "handed on", {"authority": "kz-gov", "reason": REASON}),
        _done("/desk/{answered}/promises/{promise}", "reported", {"report": NEWS}),
        "/account/officers",
        _done("/account/officers/invite", "proposed", {"email": "o@gov.example", "reason": REASON}),
        _done("/account/officers/{checker_id}/remove", "proposed", {"reason": REASON}),
    ),
    *_by("checker", _done("/desk/{checked}/draft", "sent back", {"remark": REASON}, "[value=return]")),
)  # fmt: skip
MODERATION = (
    *_by(
        "second",
        "/moderation/",
        Screen(
            "/moderation/{screening}",
            acts=(
                Act("publication looked at", {"verdict": "publish"}),
                Act("return looked at", {"verdict": "return", "reason": REASON}),
                Act("refusal without a ground", {"verdict": "refuse", "reason": REASON}),
            ),
        ),
        "/moderation/{collecting}",
        "/moderation/{appealed}",
        "/moderation/appeals",
        _done("/moderation/{appealed}/appeal", "looked at", {"outcome": "restored", "reason": REASON}),
        _done("/moderation/{collecting}/duplicate", "unknown", {"original": "9999", "reason": REASON}),
        _done("/moderation/{twin}/duplicate/remove", "unlinked", {"reason": REASON}),
        "/moderation/reports",
        _done("/moderation/{collecting}/reports", "left", {"reason": REASON}),
        _done("/moderation/{taken_down}/restore", "looked at", {"reason": REASON}),
        "/moderation/updates",
        _done("/moderation/updates/{update}", "taken down", {"reason": REASON}, "#act-title ~ form button"),
        "/moderation/updates/{hidden_update}",
        "/moderation/notes/",
        _done("/moderation/notes/{note}", "hidden", {"reason": REASON}),
        "/moderation/notes/{hidden_note}",
        "/admin/proposals",
    ),
)  # fmt: skip
ADMIN = (
    *_by(
        "administrator",
        "/admin/",
        "/admin/jobs",
        "/admin/areas",
        "/admin/authorities",
        "/admin/audit",
        "/admin/users",
        _done("/admin/users/invite", "proposed", OFFICER),
        "/admin/users/{checker_id}",
        _done("/admin/users/{checker_id}/remove", "proposed", {"reason": REASON, "role": "officer"}),
        _done("/admin/users/{checker_id}/factor", "proposed", {"reason": REASON}),
        _done("/admin/users/{stopped_id}/enable", "proposed", {"reason": REASON}),
        "/admin/users/{checker_id}/disable",
        "/admin/proposals",
        "/admin/proposals/{proposal}",
        "/admin/proposals/{decided}",
        "/admin/switches",
        "/admin/switches/banner",
        _done("/admin/switches/read-only", "turned", {"kk": REASON, "ru": REASON, "en": REASON}),
        "/admin/stops",
        _done("/admin/stops/new", "half filled", {"act": "№ 8", "reason": REASON}),
        "/admin/stops/{stop}",
        "/admin/stops/{open_stop}",
        "/admin/stops/{open_stop}/end",
    ),
    *_by("other", "/admin/proposals/{proposal}", "/admin/stops/{stop}"),
    *_by(
        "controller",
        "/admin/orders",
        "/admin/orders/{order}",
        "/admin/breach",
        "/admin/breach/{breach}",
        _done("/admin/breach/{breach}/contacts", "asked", {"reason": REASON}),
        "/admin/requests",
        _done("/admin/requests/{request}", "granted", {"granted": "yes", "text": REASON}),
        "/admin/contact-reads",
        _done("/admin/contact-reads/ask", "unknown", {"petition": "1", "signature": "1", "reason": REASON}),
        "/admin/retention",
        "/admin/audit",
        _done("/admin/retention/hold", "held", {"petition": "7", "reason": REASON}),
    ),
)  # fmt: skip
SCREENS: Mapping[str, Sequence[Screen]] = {
    "public": PUBLIC,
    "links": LINKS,
    "account": ACCOUNT,
    "author": AUTHOR,
    "desk": DESK,
    "moderation": MODERATION,
    "admin": ADMIN,
}
# Endpoints that answer GET with something that no person reads as a page, and why.
MACHINES: Mapping[str, str] = {
    "static": "files of the pages",
    "health.alive": "text for a monitor",
    "health.ready": "text for a monitor",
    "health.metrics": "text for a monitor",
    "factor.code_picture": "a picture, shown inside the page that sets the second factor up",
    "desk.inbox_csv": "a table as a file",
    "desk.referral_pdf": "a file to print",
    "sharing.poster": "a file to print",
    "data_pages.newest_file": "files of the open data",
    "data_pages.dated_file": "files of the open data",
    "data_pages.data_feed": "a feed",
    "feeds.petitions": "a feed",
    "feeds.petition": "a feed",
    "ledger.authority_feed": "a feed",
    "ledger.overdue": "a feed",
    "ledger.table": "a table as a file",
    "ledger.authority_calendar": "a calendar as a file",
    "casework.calendar": "a calendar as a file",
    "terms.ics": "a calendar as a file",
    "petition_statistics.table": "a table as a file",
    "statistics.as_table": "a table as a file",
    "statistics.as_json": "data for programs",
    "statistics.area_table": "a table as a file",
    "statistics.area_json": "data for programs",
    "transparency.table": "a table as a file",
    **{f"api.{name}": "data for programs" for name in (
        "areas", "authorities", "authority", "openapi", "petitions", "petition", "signatures_areas",
        "signatures_daily", "rulebooks", "statistics", "terms",
    )},
}  # fmt: skip


def every_screen() -> Iterator[Screen]:
    """All of them, in the order of the register."""
    for screens in SCREENS.values():
        yield from screens


def endpoint_of(app: Flask, world: World, screen: Screen) -> str | None:
    """Which route a screen belongs to; None where there is none on purpose."""
    path = world.address(screen.path).split("?")[0]
    adapter = app.url_map.bind("localhost")
    return str(adapter.match(path, "GET")[0]) if adapter.test(path, "GET") else None


def pages_of(app: Flask) -> set[str]:
    """The endpoints that answer GET, but for machines'."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())} - set(
        MACHINES
    )
