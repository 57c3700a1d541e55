"""The composition root: puts the packages together; nothing imports it."""

import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask
from flask_compress import Compress

import auth.pages
import authorities.web
import opendata.cli
import opendata.jobs
import petitions.cli
import petitions.jobs
import petitions.web
from auth.cli import users
from auth.guards import current_actor, init_auth, require_permission
from authorities.cli import areas
from authorities.cli import authorities as authorities_cli
from core import cli, design, health
from core.access import install_guards
from core.config import KEY_FILE_NAME, Settings, SettingsFault, load_settings
from core.crypto import KeyFault, KeyRing, create_key_file, read_key_file
from core.db import init_db
from core.front import name_host, trust_proxies
from core.i18n import init_i18n, lazy, url
from core.limits import init_limits
from core.logs import init_logs, log
from core.metering import init_metering
from core.page_cache import init_page_cache
from core.switches import Switch, init_switches
from core.toll import init_toll
from core.web import API, add_navigation, init_web
from core.work import Kernel, install, system_clock
from opendata import api_guide, data_pages, feeds, ledger, register_sections, statistics_pages
from opendata.api import RATE
from opendata.api_signatures import bp as api_bp
from petitions.domain.rulebook import Rulebook
from petitions.rulebooks import RulebookFaults, load_terms

COMPRESSED = (
    *("text/html", "text/css", "text/plain", "text/xml", "text/javascript", "text/csv", "text/calendar"),
    *(
        "application/json",
        "application/problem+json",
        "application/xml",
        "application/atom+xml",
        "image/svg+xml",
    ),
)
# Which pages say that a switch is on; read-only and the banner are said on all.
CONCERNED = {
    Switch.NO_SIGNING: ("signing", "petitions"),
    Switch.NO_NEW_PETITIONS: ("writing", "steps", "petitions", "account"),
}


def create_app(settings: Settings | None = None, clock: Callable[[], datetime] = system_clock) -> Flask:
    """An app that is ready to serve.

    Raises SettingsFault with every problem of the settings, but for the commands that need none.
    """
    app = Flask("app")
    cli.CHECKS[:] = [_law, _keys]
    for command in (cli.config, cli.keys, petitions.cli.rules):
        app.cli.add_command(command)
    if settings is None and not cli.needs_settings():
        return app
    try:
        _assemble(app, settings or load_settings(), clock)
    except SettingsFault as fault:
        if settings is None and cli.is_command():
            sys.exit(str(fault))  # an operator reads the list, not a traceback
        raise
    return app


def _assemble(app: Flask, settings: Settings, clock: Callable[[], datetime]) -> None:
    rulebook = _law(settings)
    zone = ZoneInfo(rulebook.timezone)
    init_logs(settings)
    install(app, Kernel(settings, _keys(settings), zone, clock))
    init_db(app, settings.database_url)
    init_i18n(app, rulebook.languages[0], zone)
    init_metering(app)
    init_web(app, settings)
    init_limits(app, settings)
    init_auth(app)
    init_switches(app, CONCERNED)
    install_guards(app, require_permission, current_actor)
    petitions.web.add_notice(app)
    _compress(app)
    _pages(app)
    _commands(app)
    # From the inside out: a request meets them in the opposite order, each with what the outer ones made of it.
    name_host(app, settings.base_url)
    init_page_cache(app)
    init_toll(app, API, RATE)
    trust_proxies(app, settings.trusted_proxies)


def _law(settings: Settings) -> Rulebook:
    try:
        rulebook, _overrides = load_terms(settings.rulebook)
    except RulebookFaults as faults:
        raise SettingsFault(
            [f"DAUYS_RULEBOOK cannot be used: {fault}" for fault in faults.faults]
        ) from faults
    return rulebook


def _keys(settings: Settings) -> KeyRing:
    path = settings.key_file or settings.var_dir / KEY_FILE_NAME
    if settings.env != "production" and create_key_file(path):
        log.warning("a key file was made for development; production needs one of its own", path=str(path))
    try:
        return read_key_file(path)
    except KeyFault as fault:
        raise SettingsFault([f"DAUYS_KEY_FILE: {fault}"]) from fault


def _compress(app: Flask) -> None:
    app.config["COMPRESS_MIMETYPES"] = [*COMPRESSED]
    # Files are streams, which by default are never compressed by gzip: and it is what programs ask for.
    app.config["COMPRESS_ALGORITHM_STREAMING"] = ["br", "gzip"]
    Compress(app)


def _pages(app: Flask) -> None:
    blueprints = (
        health.bp,
        *auth.pages.blueprints(),
        *authorities.web.blueprints(),
        *petitions.web.blueprints(),
        api_bp,
        api_guide.bp,
        data_pages.bp,
        feeds.bp,
        ledger.bp,
        statistics_pages.bp,
    )
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    petitions.web.add_home(app)
    authorities.web.add_section("authority", ledger.authority_section)
    authorities.web.add_section("authority", register_sections.body_section)
    authorities.web.add_section("area", register_sections.area_section)
    if app.extensions["dauys"].settings.env != "production":
        app.register_blueprint(design.bp)
    add_navigation(app, _menu)


def _menu() -> Mapping[str, object]:
    return {
        "nav_items": [
            (url("petitions.index"), lazy("Petitions")),
            (url("writing.new"), lazy("Start a petition")),
            (url("ledger.index"), lazy("Deadlines")),
            (url("statistics.index"), lazy("Statistics")),
            (url("directory.authorities"), lazy("Authorities")),
            (url("rules.index"), lazy("Rules")),
        ],
        "home_url": url("home"),
        "account_url": url("account.home"),
        "petitions_url": url("petitions.index"),
        "help_url": url("help.index"),
        "footer_links": [
            (url("help.index"), lazy("Help")),
            (url("help.show", name="accessibility"), lazy("Accessibility")),
            (url("data_pages.index"), lazy("Open data")),
            (url("privacy.notice"), lazy("Personal data")),
            (url("privacy.handover"), lazy("What we could hand over")),
            (url("my_data.ask"), lazy("My data")),
            (url("stops.index"), lazy("Stops of the clocks")),
            (url("transparency.index"), lazy("Transparency")),
            (url("rules.index"), lazy("Rules")),
            (url("language.form"), lazy("Language")),
        ],
    }


def _commands(app: Flask) -> None:
    for command in (*cli.COMMANDS, users, areas, authorities_cli, opendata.cli.data, *petitions.cli.COMMANDS):
        app.cli.add_command(cli.sensible(command))
