"""Mail: a message and the three ways out: SMTP, a folder of .eml files, the console."""

import os
import re
import smtplib
import sys
from collections.abc import Callable
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
# An enhanced status code (RFC 3463) where the server gives one; else the reply code has to do.
_ENHANCED = re.compile(r"\d\.\d{1,3}\.\d{1,3}\b")
_NO_SUCH_MAILBOX = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_OF_THE_MAILBOX = frozenset({501, 550, 551, 553})


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
            code, said = next(iter(error.recipients.values()))
            raise _refused("recipient", code, said) from error
        except smtplib.SMTPDataError as error:
            # The server would not have this text; the next mail may go through.
            raise _refused("mail", error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise TransportDown(type(error).__name__) from error

    return send


def _refused(what: str, code: int, said: bytes | str) -> PermanentFailure | TemporaryFailure:
    """What the server's answer means: for good only where it speaks of the mailbox (RFC 5321, 4.2.2; RFC 3463).

    A server that will have nothing of ours (a policy, a list of blocked senders, a missing sign-in) says 5xx to
    everybody, and that is mended: such a mail is tried again, and once the tries are over it can be called back.
    """
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    found = _ENHANCED.match(words)
    for_good = found[0] in _NO_SUCH_MAILBOX if found else code in _OF_THE_MAILBOX
    kind = PermanentFailure if for_good else TemporaryFailure
    return kind(f"{what} refused ({code}{f' {found[0]}' if found else ''})")
