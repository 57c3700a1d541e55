"""Mail: a message and the three ways out: SMTP, a folder of .eml files, the console."""

import os
import re
import smtplib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr, parseaddr
from pathlib import Path
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


# The older messages of Python's library: they cost a quarter, and keep the spaces of a long subject (RFC 2047).
POLICY = compat32.clone(linesep="\r\n")
Mail = MIMEMultipart
Transport = Callable[[Mail], None]
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def compose(message: Message, sender: str, message_id: str, at: datetime) -> Mail:
    """The multipart mail. Raises PermanentFailure where a text cannot stand in a header, as an address that is none."""
    try:
        Address(addr_spec=message.to)
    except (
        ValueError,
        IndexError,
        MessageError,
    ) as error:  # which of them depends on where the parser gives up
        raise PermanentFailure("the address is not one") from error
    bodies = [MIMEText(message.text, "plain", "utf-8"), MIMEText(message.html, "html", "utf-8")]
    mail = MIMEMultipart("alternative", _subparts=bodies, policy=POLICY)
    headers = {
        "From": formataddr(parseaddr(sender)),
        "To": message.to,
        "Subject": message.subject,
        "Date": format_datetime(at),
        "Message-ID": message_id,
        "Auto-Submitted": "auto-generated",
        "Content-Language": message.language,
    }
    for name, value in (headers | message.headers).items():
        if _CONTROLS.search(value):
            raise PermanentFailure(f"{name} holds a control sign")
        mail[name] = _header(name, value)  # type: ignore[assignment]  # the stubs know texts only
    return mail


def _header(name: str, value: str) -> str | Header:
    if not value.isascii():
        return Header(value, "utf-8", header_name=name)
    return value if " " in value else _OnOneLine(value)


class _OnOneLine(Header):
    """An address has no place to be folded at: whoever reads List-Unsubscribe expects it whole (RFC 8058)."""

    def encode(self, *_how: object, **_more: object) -> str:
        """As it is."""
        return str(self)


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
    def write(mail: Mail) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = parseaddr(str(mail["Message-ID"]))[1].split("@")[0] or "mail"
        # Written under another name first, so that a reader never meets half a mail.
        temporary = folder / f".{name}.part"
        temporary.write_bytes(mail.as_bytes())
        os.replace(temporary, folder / f"{name}.eml")

    return write


def _console(mail: Mail) -> None:
    sys.stdout.write(mail.as_string() + "\n")


def _smtp(mail_url: str) -> Transport:
    parts = urlsplit(mail_url)
    starttls = parse_qs(parts.query).get("starttls", [""])[0] in {"1", "true", "yes"}

    def send(mail: Mail) -> None:
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
            raise _refused("recipient", [code for code, _text in error.recipients.values()]) from error
        except smtplib.SMTPDataError as error:
            # The server would not have this text; the next mail may go through.
            raise _refused("mail", [error.smtp_code]) from error
        except (smtplib.SMTPException, OSError) as error:
            raise TransportDown(type(error).__name__) from error

    return send


def _refused(what: str, codes: Sequence[int]) -> PermanentFailure | TemporaryFailure:
    """What the server's answers mean: for good from 500 on (RFC 5321, 4.2.1)."""
    kind = PermanentFailure if all(code >= 500 for code in codes) else TemporaryFailure
    return kind(f"{what} refused ({codes[0]})")
