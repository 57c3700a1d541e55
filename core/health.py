"""Health for machines: alive, ready, and the figures of the jobs and the outbox."""

from collections.abc import Callable

from flask import Blueprint, Response, jsonify, make_response
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text

from core import jobs, limits, outbox
from core.access import by_token
from core.work import Work, kernel, reading

bp = Blueprint("health", __name__)
# A check of a package's own: what is wrong in words for machines, or None.
Check = Callable[[], str | None]
_checks: list[Check] = []


def readiness(check: Check) -> Check:
    """Register a check without which the site is not ready."""
    if check not in _checks:
        _checks.append(check)
    return check


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
    """Figures for Prometheus; labels are names of jobs, never of people or paths."""
    registry = CollectorRegistry()
    with reading() as w:
        _job_figures(w, registry)
        mails = Gauge("dauys_outbox", "Mails that wait or are parked", ["state"], registry=registry)
        for state, n in outbox.counts(w).items():
            mails.labels(state).set(n)
    entries = Gauge("dauys_entries_today", "Entries of forms since midnight UTC", ["kind"], registry=registry)
    for kind in limits.SIGNALS:
        entries.labels(kind).set(limits.noted(kind))
    return Response(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")


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
