"""Commands of accounts: the operator opens the first ones on the host."""

import sys

import click
from flask.cli import AppGroup

from auth.permissions import Role
from auth.queries import people
from auth.services.staff import create_user
from core.i18n import LANGUAGES, speaking
from core.refusal import Refusal
from core.refusals import refusal_text
from core.work import SYSTEM, reading, work

users = AppGroup("users", help="Accounts and their roles.")


@users.command("create")
@click.option("--email", required=True, help="The mailbox of the account.")
@click.option("--name", required=True, help="Surname and first name.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--authority", help="The code of the authority that an officer works for.")
@click.option("--language", default="kk", show_default=True, type=click.Choice(list(LANGUAGES)))
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of the input.")
def create(
    email: str, name: str, role: str, authority: str | None, language: str, password_stdin: bool
) -> None:
    """Open an account that is confirmed at once."""
    password = _password(password_stdin)
    try:
        with work(SYSTEM) as w:
            number = create_user(w, name, email, password, Role(role), authority, language)
    except Refusal as error:
        with speaking("en"):
            raise click.ClickException(refusal_text(error)) from error
    click.echo(f"Account {number} is open with the role {role}.")


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
