"""Pages of signing: the form, the private link of joiners, confirming, managing, and the end of mails."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime

from flask import Blueprint, Response, jsonify, make_response, redirect, request
from flask_wtf.csrf import generate_csrf

from authorities.queries import area_choices
from core.access import acting, by_token, open_to_all, public
from core.alike import page_alike
from core.forms import refusals_on
from core.i18n import language, url
from core.links import absolute_url
from core.refusal import Refusal
from core.switches import asks_itself, refuse_if_read_only
from core.web import page, unlisted
from core.work import ANYONE, Actor, Work, brief_work, glance, reading, work
from petitions.domain.notice import Audience
from petitions.queries import signing as queries
from petitions.queries.privacy import Version, in_force
from petitions.queries.updates import standing
from petitions.services import joining, managing, signing
from petitions.services.abuse import network_is_free, note_mailbox
from petitions.services.privacy import store_notice
from petitions.services.signing import Consent
from petitions.web.forms.signing import CorrectForm, SignForm, quick_entry

bp = Blueprint("signing", __name__)
UNAVAILABLE, CONFLICT = 503, 409
CONFIRM, MANAGE, STOP = "/signatures/confirm/<token>", "/signatures/manage/<token>", "/unsubscribe/<token>"
SIGN, JOIN = "/petitions/<id:petition_id>/sign", "/petitions/<id:petition_id>/join/<token>"
bp.after_request(unlisted)


@bp.get(SIGN)
@open_to_all
def form(petition_id: int) -> Response:
    """The form, filled in for who is signed in; a page that says why where nobody can sign."""
    actor = acting()
    if actor.account_id is None:
        return page_alike({"csrf": generate_csrf()}, lambda: _form(petition_id, actor))
    return _form(petition_id, actor)


def _form(petition_id: int, actor: Actor) -> Response:
    with reading(actor) as w:
        sheet, known = queries.sheet(w, petition_id), queries.known_signer(w)
    if sheet.closed:
        return _closed(sheet)
    return _sign_page(sheet, SignForm(sheet.places, data=asdict(known) if known else None))


@bp.post(SIGN)
@open_to_all
@asks_itself
def sign(petition_id: int) -> Response:
    """Take the entry; the answer is the same for a new, a repeated, a limited and a blocked one."""
    entry = quick_entry(language())
    if entry is not None and _entered(petition_id, entry):
        return redirect(url("signing.sent", petition_id=petition_id), 303)
    with reading() as w:
        refuse_if_read_only(w)
        sheet = queries.sheet(w, petition_id)
    if sheet.closed:
        return _closed(sheet)
    form = SignForm(sheet.places)
    if form.validate_on_submit() and _taken(petition_id, form, again=entry is not None):
        return redirect(url("signing.sent", petition_id=petition_id), 303)
    return _sign_page(sheet, form)


def _entered(petition_id: int, entry: signing.Signer) -> bool:
    """Whether an entry without a fault was taken; where it was not, the whole form says why."""
    held = not network_is_free(petition_id)
    try:
        with brief_work() as w:
            signing.sign_petition(w, petition_id, entry, _consent(w), held=held)
    except Refusal:
        return False
    note_mailbox(entry.email)
    return True


def _taken(petition_id: int, form: SignForm, *, again: bool) -> bool:
    """Whether the entry of the whole form was taken; one that was refused a moment ago counts once (`again`)."""
    signer = form.signer(language())
    held = not again and not network_is_free(petition_id)
    with refusals_on(form), brief_work() as w:
        signing.sign_petition(w, petition_id, signer, _consent(w), held=held)
    if not form.errors:
        note_mailbox(signer.email)
    return not form.errors


@bp.get(f"{SIGN}/sent")
@public
def sent(petition_id: int) -> Response:
    """The same words for everybody: look into your mailbox."""
    with reading() as w:
        queries.require_form(w, petition_id)
    return page("petitions/sent.html", back=url("petitions.show", petition_id=petition_id))


@bp.get(JOIN)
@open_to_all
def join(petition_id: int, token: str) -> Response:
    """The text and the form of a petition that looks for its first supporters."""
    with reading(acting()) as w:
        joined, known = queries.join_sheet(w, petition_id, token), queries.known_signer(w)
    form = (
        None if joined.sheet.closed else SignForm(joined.sheet.places, data=asdict(known) if known else None)
    )
    return _join_page(joined, token, form)


@bp.post(JOIN)
@open_to_all
def join_now(petition_id: int, token: str) -> Response:
    """Take a joiner's entry; the answer is the same as for signing."""
    with reading() as w:
        joined = queries.join_sheet(w, petition_id, token)
    form = None if joined.sheet.closed else SignForm(joined.sheet.places)
    if form is not None and form.validate_on_submit():
        held = not network_is_free(petition_id)
        with refusals_on(form), work(ANYONE, shows=False) as w:
            joining.join_petition(w, petition_id, token, form.signer(language()), _consent(w), held=held)
        note_mailbox(form.email.data or "")
        if not form.errors:
            return redirect(url("signing.join_sent", petition_id=petition_id, token=token), 303)
    return _join_page(joined, token, form)


@bp.get(f"{JOIN}/sent")
@by_token
def join_sent(petition_id: int, token: str) -> Response:
    """The same words as after signing; the way back is the private link."""
    with reading() as w:
        queries.joined_petition(w, petition_id, token)
    return page("petitions/sent.html", back=url("signing.join", petition_id=petition_id, token=token))


@bp.get(CONFIRM)
@by_token
def confirm(token: str) -> Response:
    """One form with one button; opening it changes nothing, because mail scanners open links."""
    with glance() as w:
        petition, row, waiting = queries.confirm_link(w, token)
        told = queries.outlook(w, petition, joiner=row.joiner)
    if row.asked_again_at is not None:
        with reading() as w:
            again = queries.again_text(w, petition, row)
        return page("petitions/confirm_again.html", p=told, token=token, waiting=waiting, again=again)
    facts = {"p": told, "token": token, "waiting": waiting}
    return page_alike({"token": token}, lambda: page("petitions/confirm.html", **facts), told, waiting)


@bp.post(CONFIRM)
@by_token
@asks_itself
def confirm_now(token: str) -> Response:
    """Count the signature, and say what happens next; the manage link stands on this page once."""
    with brief_work() as w:
        done = signing.confirm_signature(w, token)
        share = _share(w, done.outlook)
    manage = absolute_url("signing.manage", token=done.manage, lang=language()) if done.manage else None
    secrets = {"token": token, **({"manage": done.manage} if done.manage else {})}
    facts = {"p": done.outlook, "manage": manage, "share": share}
    return page_alike(secrets, lambda: page("petitions/confirmed.html", **facts), done.outlook, manage, share)


@bp.get(MANAGE)
@by_token
def manage(token: str) -> Response:
    """What is held of the signature, as a page or as JSON."""
    with reading() as w:
        held, places = queries.held(w, token), area_choices(w)
        news = _news(w, held)
    if request.args.get("format") == "json":
        return jsonify({name: _plain(value) for name, value in asdict(held).items()})
    return page("petitions/manage.html", held=held, token=token, news=news, form=_correction(places, held))


@bp.post(MANAGE)
@by_token
def act(token: str) -> Response:
    """Do what a button of the page says."""
    doing = ACTS.get(request.form.get("action", ""))
    if doing is None:
        with reading() as w:
            queries.held(w, token)  # a link that opens nothing is said first
        raise Refusal("action-unknown")
    return doing(token)


@bp.get(STOP)
@by_token
def unsubscribe(token: str) -> Response:
    """A page with one button: opening the link alone stops nothing."""
    with reading() as w:
        managing.unsubscribe_link(w, token)
    return page("petitions/unsubscribe.html", token=token, stopped=False)


@bp.post(STOP)
@by_token
def stop(token: str) -> Response:
    """Stop the mails: by the page's button, or by a mail program alone (RFC 8058)."""
    with work(ANYONE, shows=False) as w:
        managing.stop_mails(w, token)
    return page("petitions/unsubscribe.html", token=token, stopped=True)


def _withdraw(token: str) -> Response:
    with work(ANYONE, shows=False) as w:
        managing.withdraw_signature(w, token)
    # Said on the answer itself: an address that says it would stay in the browser's history.
    return page("petitions/manage_done.html", erased=False)


def _erase(token: str) -> Response:
    with work(ANYONE, shows=False) as w:
        managing.erase_signature(w, token)
    return page("petitions/manage_done.html", erased=True)


def _updates(on: bool) -> Callable[[str], Response]:
    def switch(token: str) -> Response:
        with work(ANYONE, shows=False) as w:
            managing.switch_updates(w, token, on=on)
        return redirect(url("signing.manage", token=token), 303)

    return switch


def _correct(token: str) -> Response:
    with reading() as w:
        held, places = queries.held(w, token), area_choices(w)
        news = _news(w, held)
    form = CorrectForm(places)
    if form.validate():
        with refusals_on(form), work(ANYONE, shows=False) as w:
            managing.correct_signature(w, token, form.full_name.data or "", form.area.data or "")
        if not form.errors:
            return redirect(url("signing.manage", token=token), 303)
    return page("petitions/manage.html", held=held, token=token, news=news, form=form)


ACTS: Mapping[str, Callable[[str], Response]] = {
    "withdraw": _withdraw,
    "erase": _erase,
    "updates_on": _updates(True),
    "updates_off": _updates(False),
    "correct": _correct,
}


def _news(w: Work, held: queries.Held) -> bool:
    """Whether the authors have written something that can be read."""
    return held.listed and bool(standing(w, held.petition_id))


def _consent(w: Work) -> Consent:
    """To what is agreed now: the version in force is stored with the first consent that names it."""
    return Consent(store_notice(w), language())


def _notice() -> Mapping[str, object]:
    """The notice that stands before the button, in short, with the name of its version."""
    with reading() as w:
        notice: Version = in_force(w)
    return {"version": notice.id, "notice_lines": notice.short(Audience.SIGNER)}


def _correction(places: queries.Places, held: queries.Held) -> CorrectForm:
    return CorrectForm(places, formdata=None, data={"full_name": held.full_name, "area": held.area})


def _sign_page(sheet: queries.Sheet, form: SignForm) -> Response:
    action = url("signing.sign", petition_id=sheet.id)
    return page("petitions/sign.html", form=form, p=sheet, action=action, **_notice())


def _join_page(joined: queries.JoinSheet, token: str, form: SignForm | None) -> Response:
    sheet = joined.sheet
    if form is None:
        return _refusing(page("petitions/join_closed.html", p=sheet, j=joined), sheet.closed)
    action = url("signing.join_now", petition_id=sheet.id, token=token)
    return page("petitions/join.html", form=form, p=sheet, j=joined, action=action, **_notice())


def _closed(sheet: queries.Sheet) -> Response:
    return _refusing(page("petitions/sign_closed.html", p=sheet), sheet.closed)


def _refusing(response: Response, reason: str | None) -> Response:
    """A closed page is 200 to read; what was posted to it is refused, and nothing of it is kept."""
    if request.method == "POST":
        response.status_code = UNAVAILABLE if reason == "switched-off" else CONFLICT
        if reason == "switched-off":
            response.headers["Retry-After"] = "60"
    return make_response(response)


def _share(w: Work, told: queries.Outlook) -> str:
    if told.startup is not None:
        return joining.join_address(w, told.id)
    return absolute_url("petitions.show", petition_id=told.id)


def _plain(value: object) -> object:
    return f"{value:%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else value
