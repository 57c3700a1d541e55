"""The emergency switches and the banner, for administrators: one person turns them, everybody can read when and why."""

from flask import Blueprint, Flask, Response, redirect
from werkzeug.wrappers import Response as Redirect

from auth.guards import current_actor
from auth.permissions import Permission
from core.access import needs
from core.forms import refusals_on
from core.i18n import url
from core.refusal import Refusal
from core.switches import Setting, Switch, settings_of, turn, works_read_only
from core.web import page
from core.work import reading, work
from petitions.web.forms.switches import SwitchForm
from petitions.web.switch_words import NAMES, NOTICES, spoken

bp = Blueprint("switches", __name__, url_prefix="/admin/switches")


@bp.get("")
@needs(Permission.SWITCHES_SET)
def index() -> Response:
    """How each switch stands, since when, and why."""
    with reading(current_actor()) as w:
        settings = list(settings_of(w).values())
    return page("admin/switches.html", settings=settings, names=NAMES, notices=NOTICES, spoken=spoken)


@bp.route("/<name>", methods=["GET", "POST"])
@needs(Permission.SWITCHES_SET)
@works_read_only
def show(name: str) -> Response | Redirect:
    """Turn one switch: what it does, and the reason that everybody will read."""
    setting = _setting(name)
    known = dict(setting.words) if setting.on else {}
    form = SwitchForm(data=known | {"turn": "off" if setting.on else "on"})
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            turn(w, setting.name, form.turn.data == "on", form.words())
        if not form.errors:
            return redirect(url(".index"), 303)
    facts = {"setting": setting, "name": NAMES[setting.name.value], "notice": NOTICES.get(setting.name.value)}
    return page("admin/switch.html", form=form, is_banner=setting.name is Switch.BANNER, **facts)


def _setting(name: str) -> Setting:
    if name not in set(Switch):
        raise Refusal("not-found")
    with reading(current_actor()) as w:
        return settings_of(w)[Switch(name)]


@bp.record_once
def _words_for_all_pages(state: object) -> None:
    app: Flask = state.app  # type: ignore[attr-defined]
    app.jinja_env.globals.update(switch_notices=NOTICES, switch_spoken=spoken)
