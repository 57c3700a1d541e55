"""One-time codes by time (TOTP, RFC 6238) and recovery codes: what they look like and when one fits."""

import hmac
import io
import secrets
from datetime import datetime

import pyotp
import segno

STEP_SECONDS = 30
# A clock that is one step off is still right (RFC 6238, 5.2).
WINDOW = (0, -1, 1)
ISSUER = "Dauys"
RECOVERY_CODES = 10
# Letters and digits that are hard to take for one another; ten of them are 49 bits.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
RECOVERY_SIGNS = 10


def step_of(now: datetime) -> int:
    """The number of the time step that a moment lies in."""
    return int(now.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """The six digits of one time step."""
    return str(pyotp.TOTP(secret).generate_otp(step))


def step_of_code(secret: str, code: str, now: datetime) -> int | None:
    """Which step around now the code belongs to, or None; takes as long for a wrong one."""
    found = None
    for offset in WINDOW:
        step = step_of(now) + offset
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            found = step if found is None else found
    return found


def provisioning_uri(secret: str, name: str) -> str:
    """The address that an authenticator app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def picture(uri: str) -> bytes:
    """The address as a QR code (ISO/IEC 18004) in SVG, dark on white, with its quiet zone."""
    drawn = io.BytesIO()
    segno.make(uri, error="m").save(drawn, kind="svg", scale=5, border=4, light="#fff", xmldecl=False)
    return drawn.getvalue()


def new_recovery_codes() -> list[str]:
    """Ten codes to be shown once, each in two halves that are easy to copy."""
    return [_recovery_code() for _n in range(RECOVERY_CODES)]


def plain_code(typed: str) -> str:
    """What was typed without the spaces and hyphens that people put between."""
    return "".join(sign for sign in typed.casefold() if sign.isalnum())


def _recovery_code() -> str:
    signs = "".join(secrets.choice(ALPHABET) for _n in range(RECOVERY_SIGNS))
    return f"{signs[:5]}-{signs[5:]}"
