"""Nothing of a petition leaks before its publication: to strangers with and without the private link."""

import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.outbox import sweep_broadcasts
from core.work import ANYONE, SYSTEM, reading, work
from petitions.domain.lifecycle import State
from petitions.domain.moderation import Verdict
from petitions.models.petition import PetitionQuarter
from petitions.models.tokens import join_token
from petitions.services import coauthors, tally
from petitions.services.cases import load
from petitions.services.drafts import save_draft
from petitions.services.joining import join_petition
from petitions.services.quarters import EVENTS as QUARTERS
from petitions.services.screening import begin_screening, decide
from petitions.services.signing import sign_petition
from petitions.services.submitting import submit
from petitions.services.updates import publish_update
from tests.accounts import mails
from tests.cases import events
from tests.factories import a_moderator, a_petition, an_author, sign_in, some_signatures
from tests.pages import LintingClient
from tests.signing import CONSENT, a_signer, confirm, counts, rows
from tests.updates import a_text, an_update
from tests.writing import JOINERS, REASON, a_draft, citizen, moderator, refused, version_of

# Words that stand nowhere else on the site.
TITLE = "Қарлығаш көшесіне түнгі шам орнатылсын"
WORDS = "Қарлығаш көшесінде екі жүз метр жерде бірде-бір шам жоқ, балалар мектептен қараңғыда қайтады."
AUTHOR, BESIDE = "Жұлдызай Сыналған", "Нұрбибі Сыналған"
MARKS = ("Қарлығаш", "түнгі шам", "Жұлдызай", "Нұрбибі", "Сыналған")

PUBLIC = (
    "/",
    "/petitions",
    "/petitions?q=Қарлығаш",
    "/petitions?q=Жұлдызай",
    "/petitions?state=collecting",
    "/api/v1/petitions",
    "/api/v1/petitions?q=Қарлығаш",
    "/api/v1/petitions?format=csv",
    "/api/v1/terms",
    "/api/v1/statistics",
    "/deadlines",
    "/statistics",
    "/feeds/petitions.atom",
    "/feeds/overdue.atom",
    "/feeds/authorities/akimat-ulgi.atom",
    "/calendar/authorities/akimat-ulgi.ics",
    "/authorities/akimat-ulgi",
    "/areas/999000001",
    "/sitemap.xml",
    "/robots.txt",
    "/data/petitions.csv",
    "/data/signatures_daily.csv",
    "/data/terms.csv",
    "/transparency",
    "/transparency.csv",
)
OF_ONE = (
    "/petitions/{n}",
    "/petitions/{n}/sign",
    "/petitions/{n}/sign/sent",
    "/petitions/{n}/contact",
    "/petitions/{n}/poster.pdf",
    "/petitions/{n}/embed",
    "/petitions/{n}/updates",
    "/petitions/{n}/report",
    "/petitions/{n}/report?update=1",
    "/petitions/{n}/figures",
    "/petitions/{n}/referral",
    "/petitions/{n}/referral.pdf",
    "/petitions/{n}/discussion.ics",
    "/feeds/petitions/{n}.atom",
    "/api/v1/petitions/{n}",
    "/api/v1/petitions/{n}/signatures/daily",
    "/api/v1/petitions/{n}/signatures/areas",
)
# These answer everybody alike: whoever is not signed in is sent to sign in.
OWN = (
    "edit",
    "edit/demand",
    "edit/text",
    "edit/authors",
    "edit/rules",
    "edit/preview",
    "mine",
    "check",
    "leave",
    "updates/new",
    "updates/1/correct",
)


def a_secret() -> tuple[int, int]:
    """A draft with a co-author, and its author."""
    author = an_author(full_name=AUTHOR)
    number, actor = a_draft(author, title=TITLE, text=WORDS)
    with work(actor) as w:
        row = coauthors.invite(w, number, version_of(number), BESIDE, "beside@mail.example")
    token = next(_link(mail) for mail in mails() if "beside@" in mail["To"])
    with work(citizen(an_author(full_name=BESIDE))) as w:
        coauthors.accept(w, token)
    assert row
    return number, author


def _link(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    return re.search(r"/petitions/co-author/([^\s?]+)", body)[1]  # type: ignore[index]


def gathering(number: int, author: int) -> None:
    """Submitted: two people have joined by the private link."""
    with work(citizen(author)) as w:
        submit(w, number, version_of(number))
    for mailbox in ("dana@mail.example", "asan@mail.example"):
        with work(ANYONE) as w:
            join_petition(w, number, join_token(w, number), a_signer(mailbox), CONSENT)
    for row in rows(number):
        confirm(row)


def screening(number: int, author: int) -> None:
    """Enough have joined."""
    gathering(number, author)
    some_signatures(number, JOINERS - 2)
    counts(number)
    with work(SYSTEM) as w:
        begin_screening(w, load(w, number))


def returned(number: int, author: int) -> None:
    """Back for correction."""
    screening(number, author)
    with work(moderator(a_moderator())) as w:
        decide(w, number, version_of(number), Verdict.RETURN, reason=REASON)


def corrected(number: int, author: int) -> None:
    """A new version, which joiners are asked to confirm."""
    returned(number, author)
    with work(citizen(author)) as w:
        save_draft(
            w, number, version_of(number), markdown=WORDS + " Он шам сұраймыз.", reason="Саны қосылды."
        )
    with work(citizen(author)) as w:
        submit(w, number, version_of(number))


STAGES: dict[str, tuple[Callable[[int, int], None], State]] = {
    "draft": (lambda _number, _author: None, State.DRAFT),
    "gathering": (gathering, State.GATHERING),
    "screening": (screening, State.SCREENING),
    "returned": (returned, State.DRAFT),
    "corrected": (corrected, State.GATHERING),
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stranger_without_the_link_learns_nothing(app: Flask, client: FlaskClient, stage: str) -> None:
    number, author = a_secret()
    STAGES[stage][0](number, author)
    for path in PUBLIC:
        answer = client.get(path)
        said = answer.get_data(as_text=True)
        assert answer.status_code in {200, 404}, path
        assert [mark for mark in MARKS if mark in _unsearched(said, path)] == [], path
        assert f"/petitions/{number}" not in said, path
    for path in OF_ONE:
        answer = client.get(path.format(n=number))
        assert answer.status_code == 404, path
        assert [mark for mark in MARKS if mark in answer.get_data(as_text=True)] == [], path
    for path in OWN:
        answer = client.get(f"/petitions/{number}/{path}")
        assert answer.status_code == 303 and "/account/sign-in" in answer.location


def _unsearched(said: str, path: str) -> str:
    """The page without the words that the reader typed, which stand in the search form."""
    return said.replace(path.partition("?q=")[2], "") if "?q=" in path else said


@pytest.mark.parametrize("stage", ["gathering", "screening", "returned", "corrected"])
def test_the_private_link_shows_the_text_only_while_one_can_join(
    app: Flask, client: FlaskClient, stage: str
) -> None:
    number, author = a_secret()
    STAGES[stage][0](number, author)
    with work(ANYONE) as w:
        path = f"/petitions/{number}/join/{join_token(w, number)}"
    answer = client.get(path)
    said = answer.get_data(as_text=True)
    assert answer.headers["X-Robots-Tag"] == "noindex" and 'name="robots" content="noindex"' in said
    assert answer.headers["Cache-Control"] == "no-store"
    assert (TITLE in said) is (STAGES[stage][1] is State.GATHERING)
    assert "og:title" not in said and "application/atom+xml" not in said
    assert "Дана" not in said and "mail.example" not in said, "nobody who joined is shown"
    # Having the link opens nothing else.
    for other in OF_ONE:
        assert client.get(other.format(n=number)).status_code == 404, other
    for wrong in (path[:-1], path[:-4] + "AAAA"):
        assert client.get(wrong).status_code == 404


@pytest.mark.parametrize("stage", STAGES)
def test_another_account_learns_nothing(app: Flask, stage: str) -> None:
    number, author = a_secret()
    STAGES[stage][0](number, author)
    browser = sign_in(LintingClient(app), an_author())
    for path in (*OWN, "propose", "withdraw", "revise", "delete", "freeze", "question", "similar"):
        answer = browser.get(f"/petitions/{number}/{path}")
        assert answer.status_code == 404, path
        assert [mark for mark in MARKS if mark in answer.get_data(as_text=True)] == []


def test_no_mail_to_a_joiner_names_the_petition_or_its_authors(app: Flask) -> None:
    number, author = a_secret()
    gathering(number, author)
    for row in rows(number):
        assert row.joiner
    with work(ANYONE) as w:
        join_petition(w, number, join_token(w, number), a_signer("dana@mail.example"), CONSENT)
        join_petition(w, number, join_token(w, number), a_signer("late@mail.example"), CONSENT)
    some_signatures(number, JOINERS - 2)
    counts(number)
    with work(SYSTEM) as w:
        begin_screening(w, load(w, number))
    with work(moderator(a_moderator())) as w:
        decide(w, number, version_of(number), Verdict.RETURN, reason=REASON)
    with work(citizen(author)) as w:
        save_draft(w, number, version_of(number), markdown=WORDS + " Он шам.", reason="Саны қосылды.")
    with work(citizen(author)) as w:
        submit(w, number, version_of(number))
    while sweep_broadcasts():
        pass
    to_joiners = [mail for mail in mails() if re.search(r"(dana|asan|late|signer\d+)@", str(mail["To"]))]
    assert len(to_joiners) >= JOINERS
    for mail in to_joiners:
        parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
        said = "\n".join([*map(str, mail.values()), *parts])
        assert [mark for mark in (*MARKS, "/petitions/") if mark in said] == []


def test_no_quarter_is_marked_and_no_update_goes_out_before_publication(app: Flask) -> None:
    number, author = a_secret()
    screening(number, author)
    with work(SYSTEM) as w:
        tally.add(w, number)
        w.session.flush()
        tally.fold(w)
    with refused("not-your-move"), work(citizen(author)) as w:
        publish_update(w, number, a_text())
    with reading() as w:
        assert w.session.scalars(select(PetitionQuarter)).all() == []
        assert not set(events(number)) & {event.value for event in QUARTERS.values()}


def test_no_page_of_updates_shows_who_follows(app: Flask, client: FlaskClient) -> None:
    """Not to the author who writes to them, not to moderators, not to readers, not in the feed."""
    author = an_author(full_name=AUTHOR)
    number = a_petition(author=author)
    for mailbox in ("dana@mail.example", "asan@mail.example"):
        with work(ANYONE) as w:
            sign_petition(w, number, a_signer(mailbox, updates=True), CONSENT)
    for row in rows(number):
        confirm(row)
    some_signatures(number, 21, updates=True)
    update = an_update(number)
    theirs = sign_in(LintingClient(app), author)
    staff = sign_in(LintingClient(app), a_moderator())
    here = f"/petitions/{number}"
    seen = [
        theirs.get(f"{here}/mine"),
        theirs.get(f"{here}/updates/1/correct"),
        theirs.get(f"{here}/updates/new"),
    ]
    seen += [staff.get("/moderation/updates"), staff.get(f"/moderation/updates/{update}")]
    seen += [client.get(here), client.get(f"{here}/updates"), client.get(f"/feeds{here}.atom")]
    for answer in seen:
        said = answer.get_data(as_text=True)
        assert all(mark not in said for mark in ("dana@", "asan@", "signer", "Дана", "Сынақұлы"))
    while sweep_broadcasts():
        pass
    names = re.compile(r"(dana|asan|signer\d+)@")
    letters = [mail for mail in mails() if names.search(str(mail["To"])) and mail["List-Unsubscribe"]]
    assert len(letters) >= 21
    for mail in letters:
        parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
        said = "\n".join([*map(str, mail.values()), *parts])
        assert [mark for mark in (*MARKS, "/petitions/") if mark in said] == []


def test_pages_of_staff_and_authors_show_no_joiner(app: Flask) -> None:
    number, author = a_secret()
    screening(number, author)
    for browser, paths in (
        (sign_in(LintingClient(app), author), (f"/petitions/{number}/mine", "/account/")),
        (sign_in(LintingClient(app), a_moderator()), ("/moderation/", f"/moderation/{number}")),
    ):
        for path in paths:
            said = browser.get(path).get_data(as_text=True)
            assert "Данияр" not in said and "dana@" not in said and "signer" not in said, path
