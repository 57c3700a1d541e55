"""The pages of authors, as a browser without script meets them."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from authorities import queries as register
from core.work import reading, work
from petitions.domain.lifecycle import State
from petitions.domain.moderation import Verdict
from petitions.models.petition import Petition, PetitionText
from petitions.services.drafts import save_draft
from petitions.services.screening import decide
from tests.accounts import submit as fill_in
from tests.factories import (
    GOVERNMENT,
    VILLAGE_BODY,
    a_moderator,
    a_petition,
    a_village,
    an_account,
    an_author,
    an_officer,
    sign_in,
    some_signatures,
)
from tests.writing import (
    REASON,
    TEXT,
    TITLE,
    a_draft,
    in_screening,
    moderator,
    petition,
    state_of,
    submitted,
    version_of,
)

STEPS = ("edit", *(f"edit/{name}" for name in ("addressee", "demand", "text", "authors", "rules", "preview")))


@pytest.fixture
def account(app: Flask) -> int:
    """An author's account."""
    a_village()
    return an_author()


@pytest.fixture
def browser(account: int, client: FlaskClient) -> FlaskClient:
    """The author's browser."""
    return sign_in(client, account)


def text(answer: TestResponse) -> str:
    return unescape(answer.get_data(as_text=True))


def fill(browser: FlaskClient, url: str, **fields: str) -> TestResponse:
    """Send the form of a page with the version that it shows."""
    shown = re.search(r'name="version" value="(\d+)"', browser.get(url).get_data(as_text=True))
    return fill_in(browser, url, **({"version": shown[1]} if shown else {}) | fields)


def test_a_petition_from_the_first_question_to_the_private_link(browser: FlaskClient) -> None:
    looked = fill(browser, "/petitions/new?lang=en", authority=VILLAGE_BODY, action="show")
    assert looked.status_code == 303 and f"authority={VILLAGE_BODY}" in looked.location
    shown = text(browser.get(looked.location))
    assert "20" in shown and "15" in shown and "90-3(4)" in shown and "for comparison" in shown
    begun = fill(browser, "/petitions/new?lang=en", authority=VILLAGE_BODY, action="begin")
    assert begun.status_code == 303 and "/edit/demand" in begun.location
    number = int(re.findall(r"/petitions/(\d+)/edit", begun.location)[0])
    asked = text(browser.get(begun.location))
    assert "Step 2 of 7" in asked and "Light Arman Street" in asked and 'data-count="150"' in asked
    onward = fill(browser, begun.location, title=TITLE, language="kk", action="continue")
    assert onward.status_code == 303 and onward.location.startswith(f"/petitions/{number}/edit/text")
    saved = fill(browser, onward.location, text="Аз", action="save")
    assert saved.status_code == 303 and "saved=1" in saved.location
    kept = text(browser.get(saved.location))
    assert "Your draft is saved" in kept and "Аз" in kept and "120 pupils" in kept
    authors = fill(browser, onward.location, text=TEXT, action="continue")
    assert authors.status_code == 303 and authors.location.startswith(f"/petitions/{number}/edit/authors")
    assert f"/petitions/{number}/edit/rules" in text(browser.get(authors.location))
    rules = text(browser.get(f"/petitions/{number}/edit/rules?lang=en"))
    assert "The author is anonymous" in rules and "How to keep clear of them" in rules
    check = f"/petitions/{number}/check?lang=en"
    page = text(browser.get(check))
    assert TITLE in page and "<li>кітап</li>" in page and "The author is anonymous" in page
    sent = fill(browser, check)
    assert sent.status_code == 303 and sent.location.startswith(f"/petitions/{number}/mine")
    mine = text(browser.get(sent.location))
    assert f"http://localhost/petitions/{number}/join/" in mine and "0 of 50 first supporters" in mine
    assert state_of(number) is State.GATHERING


def test_the_overview_says_what_is_done_and_leads_on(browser: FlaskClient, account: int) -> None:
    number, _actor = a_draft(account, text="Аз")
    page = text(browser.get(f"/petitions/{number}/edit?lang=en"))
    assert TITLE in page and "Go on: Text" in page and page.count("still open") == 1
    fill(browser, f"/petitions/{number}/edit/text", text=TEXT, action="save")
    whole = text(browser.get(f"/petitions/{number}/edit?lang=en"))
    assert "Read the rules and submit" in whole and "still open" not in whole


def test_the_overview_shows_the_words_of_the_text_without_its_marks(
    browser: FlaskClient, account: int
) -> None:
    number, _actor = a_draft(account, text=f"# Неге\n\n- **бірінші** & соңғы\n- екінші\n\n{TEXT}")
    page = browser.get(f"/petitions/{number}/edit?lang=kk").text
    assert "Неге бірінші &amp; соңғы екінші" in page


def test_going_back_and_forth_keeps_everything(browser: FlaskClient, account: int) -> None:
    number, _actor = a_draft(account)
    fill(
        browser, f"/petitions/{number}/edit/demand", title="Жаңа тақырып осында", language="ru", action="save"
    )
    fill(browser, f"/petitions/{number}/edit/text", text=TEXT + "тағы", action="continue")
    fill(browser, f"/petitions/{number}/edit/addressee", authority=GOVERNMENT, action="begin")
    shown = text(browser.get(f"/petitions/{number}/edit/demand"))
    assert 'value="Жаңа тақырып осында"' in shown and '<option value="ru" lang="ru" selected>' in shown
    assert TEXT.split()[0] in text(browser.get(f"/petitions/{number}/edit/text"))
    assert petition(number).authority == GOVERNMENT


def test_the_preview_looks_like_the_published_page(browser: FlaskClient, account: int) -> None:
    number, _actor = a_draft(account)
    page = text(browser.get(f"/petitions/{number}/edit/preview?lang=en"))
    assert re.search(rf'<h1 lang="kk">{TITLE}</h1>', page) and "<li>кітап</li>" in page
    assert "Айгүл Үлгіқызы" in page and "Akimat of Ulgi village" in page and "0 of 20" in page
    empty, _actor = a_draft(account, title="", text="")
    assert text(browser.get(f"/petitions/{empty}/edit/preview?lang=en")).count("Not written yet") == 2


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("authority", [GOVERNMENT, VILLAGE_BODY, "maslikhat-750000000", "akimat-750000000"])
def test_there_is_an_example_for_each_kind_of_addressee(
    browser: FlaskClient, account: int, authority: str, language: str
) -> None:
    with reading() as w:
        known = {body.code for body in register.authorities(w)}
    chosen = (
        authority
        if authority in known
        else sorted(code for code in known if authority.split("-")[0] in code)[0]
    )
    number, _actor = a_draft(account, authority=chosen)
    pages = [
        text(browser.get(f"/petitions/{number}/edit/{step}?lang={language}")) for step in ("demand", "text")
    ]
    quoted = [re.search(r"<blockquote[^>]*><p>([^<]+)</p>", page)[1] for page in pages]  # type: ignore[index]
    assert all(len(example) > 30 for example in quoted) and quoted[0] != quoted[1]


def test_who_has_not_agreed_to_be_named_reads_first_what_it_means(client: FlaskClient, app: Flask) -> None:
    browser = sign_in(client, an_account())
    for answer in (browser.get(f"/petitions/new?authority={GOVERNMENT}"), browser.post("/petitions/new")):
        assert answer.status_code == 303 and answer.location.startswith("/account/author?next=/petitions/new")
    assert "authority" in browser.get(f"/petitions/new?authority={GOVERNMENT}").location


@pytest.mark.parametrize(
    "path", ["/petitions/new", "/petitions/1/edit", "/petitions/1/mine", "/petitions/1/check"]
)
def test_strangers_are_sent_to_sign_in_and_staff_is_refused(
    client: FlaskClient, app: Flask, path: str
) -> None:
    assert client.get(path).location.startswith("/account/sign-in")
    assert sign_in(client, a_moderator()).get(path).status_code == 403
    assert sign_in(client, an_officer("kz-gov")).get(path).status_code == 403


@pytest.mark.postgres_too
@pytest.mark.parametrize(
    ("authority", "message"),
    [
        ("", "Choose who should answer"),
        ("nobody", "not in the register"),
        ("\x00", "Choose who should answer"),
    ],
)
def test_a_missing_addressee_is_said_at_its_field(browser: FlaskClient, authority: str, message: str) -> None:
    answer = fill(browser, "/petitions/new?lang=en", authority=authority, action="begin")
    assert answer.status_code == 422
    page = text(answer)
    assert 'href="#authority"' in page and message in page and 'id="authority-error"' in page
    with reading() as w:
        assert w.session.scalar(select(Petition.id)) is None


@pytest.mark.parametrize(
    ("step", "fields", "field"),
    [
        ("demand", {"title": "Қысқа", "language": "kk"}, "title"),
        ("demand", {"title": "Ұзын" * 50, "language": "kk"}, "title"),
        ("demand", {"title": "Бақылау\x07 белгісі бар", "language": "kk"}, "title"),
        ("demand", {"title": "Жаңа тақырып осында", "language": "de"}, "language"),
        ("text", {"text": "Аз"}, "text"),
        ("text", {"text": "а" * 10_001}, "text"),
    ],
)
def test_bad_words_are_refused_at_their_field_and_kept(
    browser: FlaskClient, account: int, step: str, fields: dict[str, str], field: str
) -> None:
    number, _actor = a_draft(account)
    answer = fill(browser, f"/petitions/{number}/edit/{step}", **fields, action="continue")
    assert answer.status_code == 422
    page = text(answer)
    assert f'href="#{field}"' in page and f'id="{field}-error"' in page
    if field in fields and field != "language" and "\x07" not in fields[field]:
        assert fields[field] in page
    assert petition(number).title == TITLE


def test_a_stale_token_keeps_what_was_typed(browser: FlaskClient, account: int) -> None:
    number, _actor = a_draft(account)
    fields = {"title": "Жаңа тақырып осында", "language": "kk", "csrf_token": "old"}
    answer = browser.post(f"/petitions/{number}/edit/demand", data=fields)
    assert answer.status_code == 400 and "Жаңа тақырып осында" in text(answer)
    for path in ("check", "withdraw", "delete", "edit/addressee", "edit/text", "edit/authors"):
        assert browser.post(f"/petitions/{number}/{path}").status_code == 400
    assert petition(number).title == TITLE and state_of(number) is State.DRAFT


def test_words_that_were_saved_elsewhere_are_shown_before_they_are_replaced(
    browser: FlaskClient, account: int
) -> None:
    number, actor = a_draft(account)
    url, old = f"/petitions/{number}/edit/demand", str(version_of(number))
    with work(actor) as w:
        save_draft(w, number, int(old), title="Басқа жерде жазылды")
    fields = {"title": "Осында жазылған тақырып", "language": "kk", "action": "save", "version": old}
    answer = fill_in(browser, url, **fields)
    page = text(answer)
    assert answer.status_code == 422 and "Басқа жерде жазылды" in page and "Осында жазылған тақырып" in page
    fields["version"] = re.search(r'name="version" value="(\d+)"', page)[1]  # type: ignore[index]
    assert fill_in(browser, url, **fields).status_code == 303
    assert petition(number).title == "Осында жазылған тақырып"


def kept(browser: FlaskClient, number: int, step: str, **fields: str) -> TestResponse:
    """What the script of a step sends while somebody types."""
    page = browser.get(f"/petitions/{number}/edit/{step}").get_data(as_text=True)
    assert f'data-autosave="/petitions/{number}/keep/{step}"' in page
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]  # type: ignore[index]
    return browser.post(f"/petitions/{number}/keep/{step}", data={"csrf_token": token} | fields)


def test_typing_is_kept_by_the_script_and_an_old_form_is_told(browser: FlaskClient, account: int) -> None:
    number, _actor = a_draft(account)
    first = str(version_of(number))
    done = kept(browser, number, "text", text=TEXT + "тағы", version=first)
    assert done.status_code == 204 and done.headers["X-Draft-Version"] == str(version_of(number))
    assert int(done.headers["X-Draft-Version"]) > int(first)
    late = kept(browser, number, "text", text="Ескі терезеден жазылды", version=first)
    assert late.status_code == 409 and "X-Draft-Version" not in late.headers
    assert (
        kept(browser, number, "text", text="а" * 10_001, version=str(version_of(number))).status_code == 422
    )
    assert (
        kept(
            browser, number, "demand", title="Жаңа тақырып", language="kk", version=first, csrf_token="x"
        ).status_code
        == 400
    )
    assert kept(browser, number, "text", text=TEXT, version=first, csrf_token="").status_code == 400
    with reading() as w:
        assert w.session.scalar(select(PetitionText.markdown)) == TEXT + "тағы"


def test_a_form_whose_words_were_kept_by_the_script_can_still_be_sent(
    browser: FlaskClient, account: int
) -> None:
    number, _actor = a_draft(account)
    old = str(version_of(number))
    assert kept(browser, number, "text", text=TEXT + "тағы", version=old).status_code == 204
    answer = fill_in(
        browser, f"/petitions/{number}/edit/text", text=TEXT + "тағы", version=old, action="continue"
    )
    assert answer.status_code == 303, "the answer of the script was lost on its way"


def test_nothing_is_kept_of_what_is_no_draft_or_no_question(browser: FlaskClient, account: int) -> None:
    number, _actor = a_draft(account)
    assert browser.post(f"/petitions/{number}/keep/anything").status_code == 409
    other, _actor = submitted(author=account)
    assert browser.post(f"/petitions/{other}/keep/text").status_code == 409
    foreign, _actor = a_draft()
    assert browser.post(f"/petitions/{foreign}/keep/text").status_code == 404


def test_the_addressee_can_be_changed_with_its_numbers_in_sight(browser: FlaskClient, account: int) -> None:
    number, _actor = a_draft(account)
    url = f"/petitions/{number}/edit/addressee"
    assert "Үлгі" in text(browser.get(url))
    looked = fill(browser, url, authority=GOVERNMENT, action="show")
    assert looked.status_code == 303 and "50,000" in text(browser.get(looked.location + "&lang=en"))
    assert fill(browser, url, authority="", action="begin").status_code == 422
    assert fill(browser, url, authority=GOVERNMENT, action="begin").status_code == 303
    assert petition(number).authority == GOVERNMENT


def test_an_unfinished_draft_says_what_is_missing(browser: FlaskClient, account: int) -> None:
    number, _actor = a_draft(account, text="Аз")
    page = text(browser.get(f"/petitions/{number}/check?lang=en"))
    assert "Something is still missing" in page and "at least 50 characters" in page
    answer = fill(browser, f"/petitions/{number}/check?lang=en")
    assert answer.status_code == 422 and "at least 50 characters" in text(answer)
    assert state_of(number) is State.DRAFT


def test_another_authors_petition_is_not_there(browser: FlaskClient) -> None:
    number, _actor = a_draft()
    for path in (*STEPS, "check", "mine", "withdraw", "delete", "revise"):
        assert browser.get(f"/petitions/{number}/{path}").status_code == 404
    assert browser.get("/petitions/99999/mine").status_code == 404


@pytest.mark.parametrize("state", list(State))
def test_the_authors_page_stands_in_every_state(browser: FlaskClient, account: int, state: State) -> None:
    number = a_petition(state, author=account, signatures=0 if state is State.DRAFT else 3)
    for language in ("kk", "ru", "en"):
        assert browser.get(f"/petitions/{number}/mine?lang={language}").status_code == 200
    for path in (*STEPS, "check"):
        assert browser.get(f"/petitions/{number}/{path}").status_code == (
            200 if state is State.DRAFT else 303
        )


def test_taking_back_withdrawing_and_deleting_ask_first(browser: FlaskClient, account: int) -> None:
    number, _actor = submitted(author=account)
    assert browser.get(f"/petitions/{number}/delete").status_code == 200
    assert fill(browser, f"/petitions/{number}/delete").status_code == 422
    assert fill(browser, f"/petitions/{number}/revise").location.startswith(f"/petitions/{number}/edit")
    assert state_of(number) is State.DRAFT
    assert browser.get(f"/petitions/{number}/revise").status_code == 303
    assert fill(browser, f"/petitions/{number}/withdraw").location.startswith(f"/petitions/{number}/mine")
    assert state_of(number) is State.WITHDRAWN
    other, _actor = a_draft(account)
    assert fill(browser, f"/petitions/{other}/delete").location.startswith("/account/")
    home = text(browser.get("/account/"))
    assert f"/petitions/{number}/mine" in home and f"/petitions/{other}/" not in home


def test_a_joined_petition_stays_as_it_is(browser: FlaskClient, account: int) -> None:
    number, _actor = submitted(author=account)
    page = text(browser.get(f"/petitions/{number}/revise?lang=en"))
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]  # type: ignore[index]
    some_signatures(number, 1)
    fields = {"csrf_token": token, "version": str(version_of(number))}
    answer = browser.post(f"/petitions/{number}/revise", data=fields)
    assert answer.status_code in {303, 422} and state_of(number) is State.GATHERING


def test_a_returned_petition_says_what_to_correct_and_asks_what_was_changed(
    browser: FlaskClient, account: int
) -> None:
    number, _actor = in_screening(author=account)
    with work(moderator(a_moderator())) as w:
        decide(w, number, version_of(number), Verdict.RETURN, reason=REASON)
    url = f"/petitions/{number}/edit/text?lang=en"
    for path in ("edit", "edit/demand", "edit/text", "mine"):
        assert REASON in text(browser.get(f"/petitions/{number}/{path}"))
    assert "Returned for correction" in text(browser.get(f"/petitions/{number}/mine?lang=en"))
    changed = {"text": TEXT + "тағы", "action": "continue"}
    assert fill(browser, url, **changed).status_code == 303
    missing = text(browser.get(f"/petitions/{number}/check?lang=en"))
    assert "Say in one sentence what you changed" in missing and "edit/text?lang=en#reason" in missing
    assert fill(browser, url, **changed, reason="Жеке деректер алынды.").status_code == 303
    assert "asked to confirm the new text" in text(browser.get(f"/petitions/{number}/check?lang=en"))
    assert fill(browser, f"/petitions/{number}/check").status_code == 303
    assert state_of(number) is State.GATHERING
    page = text(browser.get(f"/petitions/{number}/mine?lang=en"))
    assert "50 people had joined it" in page


@pytest.mark.parametrize("value", ["", "-1", "abc", "9" * 40, "1\x00", "\u0661"])
def test_a_version_that_is_no_number_is_an_old_one(browser: FlaskClient, account: int, value: str) -> None:
    number, _actor = a_draft(account)
    answer = fill_in(browser, f"/petitions/{number}/check", version=value)
    assert answer.status_code == 422 and state_of(number) is State.DRAFT
