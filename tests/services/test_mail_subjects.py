"""Headers of mails arrive as they were written, however long they are."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from core.mail import Message, PermanentFailure, compose

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.mark.parametrize("n", range(1, 60))
def test_no_space_of_a_subject_is_lost(n: int) -> None:
    subject = "қ" * n + " Поднадзорный вам орган всё ещё опаздывает: D-2026-000023-E1E7 және жауап күтіп тұр"
    message = Message("a@post.example", subject, "Мәтін", "<p>Мәтін</p>", "kk")
    sent = compose(message, "Dauys <no-reply@dauys.example>", "<1@dauys.example>", AT).as_bytes()
    assert message_from_bytes(sent, policy=default)["Subject"] == subject
    assert all(len(line) <= 78 for line in sent.split(b"\r\n\r\n")[0].split(b"\r\n"))


def test_an_address_to_unsubscribe_is_neither_encoded_nor_broken() -> None:
    stop = f"<https://petitions.example/unsubscribe/{'a' * 150}>"
    message = Message("a@post.example", "Жаңалық", "Мәтін", "<p>Мәтін</p>", "kk", {"List-Unsubscribe": stop})
    sent = compose(message, "Дауыс <no-reply@dauys.example>", "<1@dauys.example>", AT)
    assert f"\r\nList-Unsubscribe: {stop}\r\n".encode() in sent.as_bytes()
    read = message_from_bytes(sent.as_bytes(), policy=default)
    assert read["From"] == "Дауыс <no-reply@dauys.example>" and read["Content-Language"] == "kk"
    assert read.get_body(("html",)).get_content().strip() == "<p>Мәтін</p>"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "address", ["", "a", "@post.example", "a b@post.example", "(a@post.example", "a@", '"@post.example']
)
def test_what_is_no_address_is_never_sent_to(address: str) -> None:
    message = Message(address, "Жаңалық", "Мәтін", "<p>Мәтін</p>", "kk")
    with pytest.raises(PermanentFailure):
        compose(message, "Dauys <no-reply@dauys.example>", "<1@dauys.example>", AT)


@pytest.mark.parametrize("broken", ["a\r\nBcc: b@post.example", "a\nb", "a\x00b"])
def test_a_header_with_a_line_break_is_never_sent(broken: str) -> None:
    for message in (
        Message("a@post.example", broken, "Мәтін", "<p>Мәтін</p>", "kk"),
        Message(f"{broken}@post.example", "Жаңалық", "Мәтін", "<p>Мәтін</p>", "kk"),
        Message("a@post.example", "Жаңалық", "Мәтін", "<p>Мәтін</p>", "kk", {"Reply-To": broken}),
    ):
        with pytest.raises(PermanentFailure):
            compose(message, "Dauys <no-reply@dauys.example>", "<1@dauys.example>", AT)
