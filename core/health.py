"""Health for machines: alive, ready, and the figures of requests, jobs, mails and switches."""

import hmac
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, make_response, request
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text

from core import jobs, limits, outbox, switches
from core.access import by_token
from core.metering import meter
from core.work import Work, kernel, reading

bp = Blueprint("health", __name__)
# A check of a package's own: what is wrong in words for machines, or None.
Check = Callable[[], str | None]
_checks: list[Check] = []
# A figure of a package's own: names of gauges with what they mean and how they stand.
Figures = Callable[[Work], Mapping[str, tuple[str, float]]]
_figures: list[Figures] = []
LOOPBACK = frozenset({"127.0.0.1", "::1"})


def readiness(check: Check) -> Check:
    """Register a check without which the site is not ready."""
    if check not in _checks:
        _checks.append(check)
    return check


def figures(of: Figures) -> Figures:
    """Register figures for /metrics."""
    if of not in _figures:
        _figures.append(of)
    return of


@bp.get("/healthz")
@by_token
def alive() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@by_token
def ready() -> Response:
    """The database answers, the key file fits and a controller is named; otherwise 503 with what is missing."""
    problems = [] if kernel().settings.controller.named else ["no controller is named: signing is closed"]
    try:
        with reading() as w:
            w.session.execute(text("SELECT 1 FROM petitions LIMIT 1"))
        faults = [fault for check in _checks if (fault := check())]
    except Exception as error:
        faults = [f"database: {type(error).__name__}"]
    if faults:
        return make_response(jsonify(status="not ready", problems=problems + faults), 503)
    return jsonify(status="ready", problems=problems)


@bp.get("/metrics")
@by_token
def metrics() -> Response:
    """Figures for Prometheus; labels are names of views, jobs and switches, never of people or paths."""
    if not _may_measure():
        abort(HTTPStatus.NOT_FOUND)
    registry = CollectorRegistry()
    with reading() as w:
        _job_figures(w, registry)
        mails, turned = outbox.counts(w), switches.all_switches(w)
        own = [figure for of in _figures for figure in of(w).items()]
    _process_figures(registry)
    _gauges(registry, "dauys_outbox", "Mails that wait or are parked", "state", mails)
    _gauges(registry, "dauys_switch", "1 while the switch is on", "switch", turned)
    for name, (meaning, value) in own:
        Gauge(name, meaning, registry=registry).set(value)
    shown = generate_latest(registry) + generate_latest(meter().registry)
    return Response(shown, content_type="text/plain; version=0.0.4; charset=utf-8")


def _process_figures(registry: CollectorRegistry) -> None:
    """What no transaction knows: the store of ready pages, and signals that are counted beside the limits."""
    pages = current_app.extensions["dauys_pages"].figures()
    _gauges(registry, "dauys_pages", "Public pages by how they were answered", "outcome", pages)
    entries = {kind: limits.noted(kind) for kind in limits.SIGNALS}
    _gauges(registry, "dauys_entries_today", "Entries of forms since midnight UTC", "kind", entries)


def _gauges(
    registry: CollectorRegistry, name: str, meaning: str, label: str, values: Mapping[Any, float]
) -> None:
    gauge = Gauge(name, meaning, [label], registry=registry)
    for value, n in values.items():
        gauge.labels(str(value)).set(n)


def _may_measure() -> bool:
    """Who shows the token of the settings, or asks from the machine itself and not through a proxy."""
    token = kernel().settings.metrics_token.get_secret_value()
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(shown.encode(), token.encode()):
        return True
    passed_on = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "Via"))
    return request.remote_addr in LOOPBACK and not passed_on


def _job_figures(w: Work, registry: CollectorRegistry) -> None:
    age = Gauge("dauys_job_age_seconds", "Seconds since the job last succeeded", ["job"], registry=registry)
    late = Gauge("dauys_job_late", "1 when the job is late", ["job"], registry=registry)
    done = Gauge(
        "dauys_job_done",
        "What the job did last (tally_check: totals that drifted)",
        ["job"],
        registry=registry,
    )
    faults = Gauge("dauys_job_faults", "How often the job failed", ["job"], registry=registry)
    for state in jobs.states(w):
        late.labels(state.name).set(int(state.late))
        faults.labels(state.name).set(state.faults)
        done.labels(state.name).set(state.done)
        if state.ok_at is not None:
            age.labels(state.name).set((w.now - state.ok_at).total_seconds())
