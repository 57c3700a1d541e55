"""Mail: a message and the three ways out: SMTP, a folder of .eml files, the console."""

import os
import smtplib
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

SMTP_TIMEOUT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Message:
    """A mail ready to go: one recipient, a subject, and the same text twice."""

    to: str
    subject: str
    text: str
    html: str
    language: str
    headers: dict[str, str] = field(default_factory=dict)


class PermanentFailure(Exception):
    """The mail can never be delivered (a refused address): it is parked at once."""


class TemporaryFailure(Exception):
    """The mail could not go out now; it will be tried again."""


class TransportDown(TemporaryFailure):
    """Nothing can go out now, whatever the mail: waiting does not count as a try."""


class WholeWords(EmailPolicy):
    """The policy of SMTP that keeps spaces: Python's own folding loses one between two encoded words (RFC 2047)."""

    def fold(self, name: str, value: Any) -> str:
        """A header as it is sent; a subject of other letters than ASCII is cut by the older, exact way."""
        if name.lower() == "subject" and not str(value).isascii():
            words = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
            return f"{name}: {words}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same in bytes."""
        return self.fold(name, value).encode("ascii", "surrogateescape")


POLICY = WholeWords(linesep="\r\n", max_line_length=78)
Transport = Callable[[EmailMessage], None]


def compose(message: Message, sender: str, message_id: str, at: datetime) -> EmailMessage:
    """The multipart mail. Raises PermanentFailure where the address cannot stand in a header."""
    mail = EmailMessage(policy=POLICY)
    try:
        mail["From"] = sender
        mail["To"] = Address(addr_spec=message.to)
    except ValueError as error:
        raise PermanentFailure("the address is not one") from error
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"
    for name, value in message.headers.items():
        mail[name] = value
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    mail["Content-Language"] = message.language  # last: new content drops earlier headers of it
    return mail


def transport_for(mail_url: str) -> Transport:
    """The way out that a `DAUYS_MAIL_URL` names: `smtp://`, `smtps://`, `folder:PATH`, `console:`."""
    if mail_url.startswith("folder:"):
        return _folder(Path(mail_url.removeprefix("folder:")))
    if mail_url.startswith("console:"):
        return _console
    if mail_url.startswith(("smtp://", "smtps://")):
        return _smtp(mail_url)
    raise ValueError(f"DAUYS_MAIL_URL is not understood: {mail_url.split(':')[0]}:")


def _folder(folder: Path) -> Transport:
    def write(mail: EmailMessage) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = parseaddr(str(mail["Message-ID"]))[1].split("@")[0] or "mail"
        # Written under another name first, so that a reader never meets half a mail.
        temporary = folder / f".{name}.part"
        temporary.write_bytes(mail.as_bytes())
        os.replace(temporary, folder / f"{name}.eml")

    return write


def _console(mail: EmailMessage) -> None:
    sys.stdout.write(mail.as_string() + "\n")


def _smtp(mail_url: str) -> Transport:
    parts = urlsplit(mail_url)
    starttls = parse_qs(parts.query).get("starttls", [""])[0] in {"1", "true", "yes"}

    def send(mail: EmailMessage) -> None:
        client = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
        try:
            with client(
                parts.hostname or "localhost", parts.port or 0, timeout=SMTP_TIMEOUT_SECONDS
            ) as server:
                if starttls:
                    server.starttls()
                if parts.username:
                    server.login(unquote(parts.username), unquote(parts.password or ""))
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _text in error.recipients.values()]
            kind = PermanentFailure if all(code >= 500 for code in codes) else TemporaryFailure
            raise kind(f"recipient refused ({codes[0]})") from error
        except (smtplib.SMTPException, OSError) as error:
            raise TransportDown(type(error).__name__) from error

    return send
