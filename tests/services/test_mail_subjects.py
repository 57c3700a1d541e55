"""Subjects of mails arrive as they were written, however long they are."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from core.mail import Message, compose

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.mark.parametrize("n", range(1, 60))
def test_no_space_of_a_subject_is_lost(n: int) -> None:
    subject = "қ" * n + " Поднадзорный вам орган всё ещё опаздывает: D-2026-000023-E1E7 және жауап күтіп тұр"
    message = Message("a@post.example", subject, "Мәтін", "<p>Мәтін</p>", "kk")
    sent = compose(message, "Dauys <no-reply@dauys.example>", "<1@dauys.example>", AT).as_bytes()
    assert message_from_bytes(sent, policy=default)["Subject"] == subject
    assert all(len(line) <= 78 for line in sent.split(b"\r\n\r\n")[0].split(b"\r\n"))
