"""Mailboxes: what is an address, and which spellings are one person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.mailbox import canonical_mailbox, check_mailbox
from core.refusal import Refusal

ONE_PERSON = [
    ("Ainur@Post.Example", "ainur@post.example"),
    (" ainur@post.example ", "ainur@post.example"),
    ("A.I.Nur+petition@GoogleMail.com", "ainur@gmail.com"),
    ("ai-nur+1@ya.ru", "ai.nur@yandex.kz"),
    ("ainur+x@outlook.com", "ainur@outlook.com"),
    ("ainur+x@bk.ru", "ainur@bk.ru"),
    ("ai.nur_s@pm.me", "ainurs@proton.me"),
    ("ainur+x@me.com", "ainur@icloud.com"),
    ("ainur@почта.рф", "ainur@xn--80a1acny.xn--p1ai"),
]
TWO_PEOPLE = [
    ("a.inur@post.example", "ainur@post.example"),
    ("ainur+x@post.example", "ainur@post.example"),
    ("ainur@bk.ru", "ainur@mail.ru"),
    ("a.inur@outlook.com", "ainur@outlook.com"),
    ("ai.nur@mail.ru", "ainur@mail.ru"),
]
NO_ADDRESS = [
    "",
    "ainur",
    "ainur@",
    "@post.example",
    "ainur@localhost",
    "ai nur@post.example",
    "айнур@post.example",
    "Ainur <ainur@post.example>",
    "ainur@post.example\nBcc: x@y.example",
    "a@[127.0.0.1]",
    "ainur@post.example\x00",
    "a" * 250 + "@post.example",
    "ainur@\ud800.example",
]


@pytest.mark.parametrize(("one", "other"), ONE_PERSON)
def test_spellings_of_one_mailbox(one: str, other: str) -> None:
    assert canonical_mailbox(one) == canonical_mailbox(other)


@pytest.mark.parametrize(("one", "other"), TWO_PEOPLE)
def test_different_mailboxes_stay_different(one: str, other: str) -> None:
    assert canonical_mailbox(one) != canonical_mailbox(other)


@pytest.mark.parametrize("text", NO_ADDRESS)
@pytest.mark.parametrize("check", [check_mailbox, canonical_mailbox])
def test_what_is_no_address_is_refused(check, text: str) -> None:
    with pytest.raises(Refusal) as caught:
        check(text)
    assert (caught.value.code, caught.value.field) == ("email-invalid", "email")


def test_mail_goes_to_the_spelling_that_was_given() -> None:
    assert check_mailbox(" Ai.Nur+x@GoogleMail.com ") == "Ai.Nur+x@googlemail.com"
    assert check_mailbox("ainur@почта.рф") == "ainur@xn--80a1acny.xn--p1ai"


def test_a_mailbox_that_is_nothing_but_what_is_ignored_stays() -> None:
    assert canonical_mailbox("+x@gmail.com") == "+x@gmail.com"


@given(st.text(max_size=60) | st.emails())
def test_the_canonical_spelling_is_stable(text: str) -> None:
    try:
        once = canonical_mailbox(text)
    except Refusal:
        return
    assert canonical_mailbox(once) == once
