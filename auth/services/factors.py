"""The second factor of staff: set it up, show it, replace it, and the codes for the day it is lost."""

from sqlalchemy import CursorResult, delete, func, select, update

from auth.factor import new_recovery_codes, plain_code, step_of, step_of_code
from auth.models import Account, AccountSession, RecoveryCode, SecondFactor
from auth.queries import Identity, has_factor, session_hash
from auth.services.accounts import own
from auth.services.sessions import Proof, begin_full_session, end_sessions
from core.audit import record
from core.outbox import post
from core.refusal import Refusal
from core.work import Actor, Work

PURPOSE = "second-factor"
PURPOSE_CANDIDATE = "second-factor.candidate"
PURPOSE_RECOVERY = "recovery-code"
SECRET_SIGNS = 32
DIGITS = 6


def candidate_secret(w: Work, of_session: bytes) -> str:
    """The secret that a session is offered: always the same for it, kept nowhere until it is set up."""
    drawn = w.keys.blind_index(PURPOSE_CANDIDATE, of_session.hex())
    # Each byte has eight letters of the alphabet of RFC 4648, 6 to its 256 values, so that all are as likely.
    return "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte % SECRET_SIGNS] for byte in drawn)


def enrol(w: Work, identity: Identity, code: str) -> tuple[str, list[str]]:
    """Set the offered secret up once its first code is right: the token of a full session, recovery codes.

    Every other session ends. Refusals: `code-wrong` on `code`, `changed-meanwhile`.
    """
    secret = candidate_secret(w, identity.session_hash)
    step = step_of_code(secret, plain_code(code), w.now)
    if step is None:
        raise Refusal("code-wrong", field="code")
    if has_factor(w, identity.account_id):
        raise Refusal("changed-meanwhile")
    set_factor(w, identity.account_id, secret, step)
    token = begin_full_session(w, identity.account_id, identity.session_hash)
    end_sessions(w, identity.account_id, but=session_hash(w, token))
    _note(w, identity.account_id, "factor:enrol")
    return token, _write_recovery_codes(w, identity.account_id)


def set_factor(w: Work, account_id: int, secret: str, step: int = 0) -> None:
    """Keep a secret, sealed and bound to its account; codes up to `step` count as used."""
    sealed = w.keys.seal_text(PURPOSE, secret, _place(account_id))
    row = SecondFactor(account_id=account_id, secret_enc=sealed, last_step=step, enrolled_at=w.now)
    w.session.add(row)
    w.session.flush()


def pass_factor(w: Work, identity: Identity, code: str) -> str:
    """Show the second factor or a recovery code: the token of a full session. Refusal: `code-wrong`."""
    use_code(w, identity.account_id, code)
    return begin_full_session(w, identity.account_id, identity.session_hash)


def use_code(w: Work, account_id: int, code: str) -> None:
    """Accept a code that was never used before. Refusal: `code-wrong` on `code`, whatever is wrong with it."""
    plain = plain_code(code)
    fits = _use_step if len(plain) == DIGITS else _use_recovery
    if not fits(w, account_id, plain):
        raise Refusal("code-wrong", field="code")


def renew_recovery_codes(w: Work, present: Proof, code: str) -> list[str]:
    """Ten new recovery codes in place of the old ones. Refusals: `code-wrong`, `changed-meanwhile`."""
    account_id = _proved(w, present, code)
    _note(w, account_id, "factor:recovery-codes")
    return _write_recovery_codes(w, account_id)


def drop_own_factor(w: Work, present: Proof, code: str, here: bytes) -> None:
    """Begin with a new device: the old secret goes, and this session, the only one left, owes a new one.

    Refusals: `code-wrong`, `changed-meanwhile`.
    """
    account_id = _proved(w, present, code)
    forget_factor(w, account_id)
    end_sessions(w, account_id, but=here)
    this_one = update(AccountSession).where(AccountSession.id_hash == here)
    w.session.execute(this_one.values(passed_at=None))
    _note(w, account_id, "factor:replace")


def forget_factor(w: Work, account_id: int) -> None:
    """Delete secret and recovery codes; the account sets up a new factor when it next signs in."""
    for table in (RecoveryCode, SecondFactor):
        w.session.execute(delete(table).where(table.account_id == account_id))
    w.session.flush()


def recovery_codes_left(w: Work, account_id: int) -> int:
    """How many recovery codes were not used yet."""
    mine = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.account_id == account_id)
    return w.session.scalar(mine) or 0


def present_secret(w: Work, account_id: int) -> tuple[str, int] | None:
    """For development: the secret that the account's next code is made from, and the last step used."""
    row = w.session.get(SecondFactor, account_id)
    if row is not None:
        return _secret(w, row), row.last_step
    waiting = (AccountSession.account_id == account_id, AccountSession.expires_at > w.now)
    newest = select(AccountSession).where(*waiting, AccountSession.passed_at.is_(None))
    found = w.session.scalar(newest.order_by(AccountSession.created_at.desc()).limit(1))
    return (candidate_secret(w, found.id_hash), 0) if found else None


def next_step(w: Work, last_step: int) -> int:
    """The earliest time step whose code would be accepted, which may lie ahead."""
    return max(step_of(w.now), last_step + 1)


def _proved(w: Work, present: Proof, code: str) -> int:
    account = own(w)
    if account.password_hash != present.kept:
        raise Refusal("changed-meanwhile")
    use_code(w, account.id, code)
    return account.id


def _use_step(w: Work, account_id: int, code: str) -> bool:
    row = w.session.get(SecondFactor, account_id)
    step = step_of_code(_secret(w, row), code, w.now) if row else None
    if step is None:
        return False
    # Decided by the database, so that two browsers cannot use one code at the same moment.
    later = (SecondFactor.account_id == account_id, SecondFactor.last_step < step)
    used: CursorResult = w.session.execute(update(SecondFactor).where(*later).values(last_step=step))
    return used.rowcount == 1


def _use_recovery(w: Work, account_id: int, code: str) -> bool:
    same = (RecoveryCode.account_id == account_id, RecoveryCode.code_hash == _hash(w, account_id, code))
    used: CursorResult = w.session.execute(delete(RecoveryCode).where(*same))
    if used.rowcount:
        _note(w, account_id, "factor:recovery-code-used")
    return used.rowcount == 1


def _write_recovery_codes(w: Work, account_id: int) -> list[str]:
    w.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = new_recovery_codes()
    hashes = (_hash(w, account_id, plain_code(code)) for code in codes)
    w.session.add_all([RecoveryCode(account_id=account_id, code_hash=hash_) for hash_ in hashes])
    return codes


def _note(w: Work, account_id: int, action: str) -> None:
    # In the second step nobody is signed in yet, but whoever passed it acted as the account.
    by_themselves = Work(w.session, Actor(account_id=account_id), w.now, w.kernel)
    record(by_themselves, action, f"account:{account_id}")
    tell_of_access(w, account_id)


def tell_of_access(w: Work, account_id: int) -> None:
    """Mail the owner that the way into the account changed: whoever did not do it must hear of it."""
    account = w.session.get_one(Account, account_id)
    post(w, "auth-access", f"{account_id}:{w.now.isoformat()}", {"account": account_id}, account.language)


def _secret(w: Work, row: SecondFactor) -> str:
    return w.keys.open_text(PURPOSE, row.secret_enc, _place(row.account_id))


def _hash(w: Work, account_id: int, code: str) -> bytes:
    return w.keys.blind_index(PURPOSE_RECOVERY, f"{account_id}|{code}")


def _place(account_id: int) -> str:
    return f"second_factors.{account_id}.secret"
