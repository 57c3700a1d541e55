"""Commands that know no package: settings, keys, database, jobs, switches, and the server."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import click
from alembic import command as alembic
from alembic.config import Config
from alembic.util.exc import CommandError
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from psycopg.errors import LockNotAvailable
from sqlalchemy.exc import OperationalError, ProgrammingError

from core import jobs, outbox, switches
from core.config import KEY_FILE_NAME, ROOT, Settings, SettingsFault, load_settings
from core.crypto import create_key_file
from core.i18n import LANGUAGES
from core.logs import log
from core.refusal import Refusal
from core.serving import Server
from core.work import SYSTEM, reading, work

# What else must be usable before the app starts: the composition root knows.
CHECKS: list[Callable[[Settings], object]] = []
PATIENCE_SECONDS = 60
RESTART_SECONDS = 2
UPGRADE_TRIES, UPGRADE_PAUSE_SECONDS = 20, 3
WITHOUT_SETTINGS = (("rules",), ("config",), ("keys", "create"))

config = AppGroup("config", help="The settings.")
keys = AppGroup("keys", help="The keys that are kept outside the database.")
db = AppGroup("db", help="The database.")
jobs_group = AppGroup("jobs", help="The work behind the pages.")
outbox_group = AppGroup("outbox", help="The mails that wait to be sent.")
switch = AppGroup("switch", help="Emergency switches.")


def sensible(command: click.Command) -> click.Command:
    """The command, but for a database that lacks its tables it says what to do instead of a traceback."""
    run = command.invoke

    def invoke(context: click.Context) -> object:
        try:
            return run(context)
        except (OperationalError, ProgrammingError) as error:
            why = str(error.orig).splitlines()[0]
            advice = "If it was never made or is older than the code: flask --app app db upgrade"
            raise click.ClickException(f"The database cannot be used ({why}). {advice}") from error

    command.invoke = invoke  # type: ignore[assignment, method-assign]
    return command


def is_command() -> bool:
    """Whether somebody runs a command, rather than a server importing the app."""
    return click.get_current_context(silent=True) is not None


def needs_settings() -> bool:
    """Whether the command at hand needs them; Flask loads the app before it knows the command."""
    if click.get_current_context(silent=True) is None:
        return True
    return not any(_asked(sys.argv[1:])[: len(known)] == known for known in WITHOUT_SETTINGS)


def _asked(arguments: list[str]) -> tuple[str, ...]:
    """The command and its subcommand, without Flask's own options and their values."""
    words = iter(arguments)
    found = []
    for word in words:
        if word in {"--app", "-A", "--env-file", "-e"}:
            next(words, None)
        elif not word.startswith("-"):
            found.append(word)
    return tuple(found[:2])


@config.command("check", with_appcontext=False)
def config_check() -> None:
    """Say every problem of the settings; exit 1 if there is one."""
    try:
        settings = load_settings()
    except SettingsFault as fault:
        sys.exit(str(fault))
    for check in CHECKS:
        try:
            check(settings)
        except SettingsFault as fault:
            sys.exit(str(fault))
    if settings.env == "production" and settings.mail_url.startswith("folder:"):
        click.echo(f"warning: mails only go to {settings.mail_url}; set DAUYS_MAIL_URL", err=True)
    if settings.controller.named and "@" not in settings.controller.email:
        click.echo(
            "warning: DAUYS_CONTROLLER_EMAIL is no mailbox, but people are told to write to it", err=True
        )
    if settings.secure_cookies and not settings.trusted_proxies:
        click.echo(
            "warning: DAUYS_TRUSTED_PROXIES is 0 with an https address: readers behind a proxy share its limits",
            err=True,
        )
    for name in settings.controller.missing:
        click.echo(f"warning: DAUYS_CONTROLLER_{name.upper()} is empty, so signing stays closed", err=True)
    click.echo(f"The settings are fit for {settings.env}.")


@keys.command("create", with_appcontext=False)
def keys_create() -> None:
    """Make the key file (0400). An existing one is left alone."""
    path = _key_path()
    if create_key_file(path):
        click.echo(
            f"Made {path}. Keep a copy apart from the backups: without it names and contacts are lost."
        )
    else:
        click.echo(f"{path} is there already and was left alone.")


def _key_path() -> Path:
    # No settings are read: production's are not complete before the file is there.
    folder = Path(os.environ.get("DAUYS_VAR_DIR") or ROOT / "var")
    return Path(os.environ.get("DAUYS_KEY_FILE") or folder / KEY_FILE_NAME)


def alembic_config() -> Config:
    """Alembic's settings, without a file of its own."""
    made = Config()
    made.set_main_option("script_location", str(ROOT / "migrations"))
    return made


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest version, beside a running site."""
    for tries in range(1, UPGRADE_TRIES + 1):
        try:
            alembic.upgrade(alembic_config(), "head")
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable) or tries == UPGRADE_TRIES:
                raise
            click.echo(f"A table is in use; the site goes on, and this tries again ({tries}).", err=True)
            threading.Event().wait(UPGRADE_PAUSE_SECONDS)
        else:
            break
    click.echo("The database is up to date.")


@db.command("check")
def db_check() -> None:
    """Exit 1 if the models and the database differ."""
    try:
        alembic.check(alembic_config())
    except CommandError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


@jobs_group.command("run")
def jobs_run() -> None:
    """Run the jobs until stopped."""
    jobs.consume(current_app._get_current_object())  # type: ignore[attr-defined]


@jobs_group.command("tick")
@click.option("--all", "everything", is_flag=True, help="Run the daily jobs too, due or not.")
def jobs_tick(everything: bool) -> None:
    """Do all that is due now, then end."""
    click.echo(f"Done: {jobs.tick(everything=everything)}")


@outbox_group.command("retry")
def outbox_retry() -> None:
    """Try the mails again that could not be delivered."""
    with work(SYSTEM, shows=False) as w:
        click.echo(f"Mails that will be tried again: {outbox.retry_parked(w)}")


@switch.command("list")
def switch_list() -> None:
    """Say which switches are on, since when, and what people read about them."""
    with reading(SYSTEM) as w:
        for name, setting in switches.settings_of(w).items():
            since = f" since {setting.since:%Y-%m-%d %H:%M} UTC" if setting.since else ""
            click.echo(f"{name.value}: {'on' if setting.on else 'off'}{since}")
            for code, words in setting.words.items():
                click.echo(f"  {code}: {words}")


def _words(command: Callable[..., None]) -> Callable[..., None]:
    """An option for each language: the public reason, or what the banner says."""
    for code in reversed(list(LANGUAGES)):
        command = click.option(f"--{code}", default="", help=f"The public reason, or the banner, in {code}.")(
            command
        )
    return click.argument("name", type=click.Choice([s.value for s in switches.Switch]))(command)


@switch.command("on")
@_words
def switch_on(name: str, **words: str) -> None:
    """Turn a switch on; the banner needs its text in all three languages."""
    _turn(name, True, words)


@switch.command("off")
@_words
def switch_off(name: str, **words: str) -> None:
    """Turn a switch off."""
    _turn(name, False, words)


def _turn(name: str, on: bool, words: dict[str, str]) -> None:
    try:
        with work(SYSTEM) as w:
            switches.turn(w, switches.Switch(name), on, words)
    except Refusal as error:
        raise click.ClickException("The banner needs --kk, --ru and --en.") from error
    click.echo(f"{name}: {'on' if on else 'off'}")


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True)
@click.option("--jobs", "with_jobs", is_flag=True, help="Run the jobs beside it and stop them with it.")
@with_appcontext
def serve(host: str, port: int, with_jobs: bool) -> None:
    """Serve the site with waitress until stopped."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    server = Server(app, host, port)
    beside = Beside() if with_jobs else None
    click.echo(f"Dauys serves on {server.where()} (stop with Ctrl+C)")
    try:
        server.run()
        click.echo("Stopped: everything that was under way is answered.")
    finally:
        if beside is not None:
            beside.stop()


class Beside:
    """The jobs in a process beside the server: started again when they die, stopped with it."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        # Starting and stopping exclude each other, so that no process is started unseen while we stop.
        self._turn = threading.Lock()
        self._process = self._start()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """Let the jobs finish what is under way."""
        with self._turn:
            self._stopping.set()
            self._process.terminate()
        self._watcher.join(PATIENCE_SECONDS)

    def _start(self) -> "subprocess.Popen[bytes]":
        # A process group of its own: Ctrl+C reaches it through us, once.
        program = [sys.executable, "-m", "flask", "--app", "app", "jobs", "run"]
        return subprocess.Popen(program, cwd=ROOT, start_new_session=True)  # noqa: S603 - our own command

    def _watch(self) -> None:
        while True:
            code = self._process.wait()
            if self._stopping.is_set():
                return
            log.error("the jobs ended and are started again", code=code)
            self._stopping.wait(RESTART_SECONDS)
            with self._turn:
                if self._stopping.is_set():
                    return
                self._process = self._start()


COMMANDS = (config, keys, db, jobs_group, outbox_group, switch, serve)
