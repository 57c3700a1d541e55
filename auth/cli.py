"""Commands of accounts: the operator opens the first ones on the host."""

import sys
import time

import click
from flask.cli import AppGroup

from auth.factor import code_at, step_of
from auth.permissions import Role
from auth.queries import people
from auth.services.accounts import find_account
from auth.services.factors import next_step, present_secret
from auth.services.staff import create_user, enable_account
from core.i18n import LANGUAGES, speaking
from core.refusal import Refusal
from core.refusals import refusal_text
from core.work import SYSTEM, kernel, reading, work

PAUSE_SECONDS = 1
users = AppGroup("users", help="Accounts and their roles.")


@users.command("create")
@click.option("--email", required=True, help="The mailbox of the account.")
@click.option("--name", required=True, help="Surname and first name.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--authority", help="The code of the authority that an officer works for.")
@click.option("--head", is_flag=True, help="The officer heads the authority and may propose its officers.")
@click.option("--language", default="kk", show_default=True, type=click.Choice(list(LANGUAGES)))
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of the input.")
def create(
    email: str,
    name: str,
    role: str,
    authority: str | None,
    head: bool,
    language: str,
    password_stdin: bool,
) -> None:
    """Open an account that is confirmed at once."""
    password = _password(password_stdin)
    try:
        with work(SYSTEM) as w:
            number = create_user(w, name, email, password, Role(role), authority, language, head=head)
    except Refusal as error:
        with speaking("en"):
            raise click.ClickException(refusal_text(error)) from error
    click.echo(f"Account {number} is open with the role {role}.")


@users.command("code")
@click.argument("email")
def code(email: str) -> None:
    """Print the second-factor code of an account that can be used now; development and test only.

    For an account that is just setting its factor up it is the code of the secret that it is shown.
    """
    if kernel().settings.env == "production":
        raise click.ClickException("codes are only printed in development")
    while (found := _code(email)) is None:
        # The codes of this and of the next half minute were used already: each works once.
        time.sleep(PAUSE_SECONDS)
    click.echo(found)


def _code(email: str) -> str | None:
    with speaking("en"), reading(SYSTEM) as w:
        try:
            account = find_account(w, email)
        except Refusal as error:
            raise click.ClickException(refusal_text(error)) from error
        known = present_secret(w, account.id) if account else None
        if known is None:
            raise click.ClickException(
                "no second factor is set up: sign in with the password, then ask again"
            )
        secret, used = known
        step = next_step(w, used)
        return code_at(secret, step) if step <= step_of(w.now) + 1 else None


@users.command("enable")
@click.argument("email")
def enable(email: str) -> None:
    """Let a stopped account in again, from the host."""
    try:
        with work(SYSTEM) as w:
            account = find_account(w, email)
            enable_account(w, account.id if account else 0)
    except Refusal as error:
        with speaking("en"):
            raise click.ClickException(refusal_text(error)) from error
    click.echo("The account is let in again.")


@users.command("list")
def list_users() -> None:
    """List accounts: number, state, roles, name; no contacts."""
    with reading(SYSTEM) as w:
        for person in people(w):
            body = f" of {person.body}" if person.body else ""
            click.echo(
                f"{person.account_id}\t{person.state}\t{','.join(person.roles)}{body}\t{person.full_name}"
            )


def _password(from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password
