"""How many requests of which endpoint, how they ended and how long they took: names of views only, never a path."""

import time
from collections.abc import Callable

import structlog
from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SLOW_SECONDS = 1.0
FAULT = 500
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
log = structlog.get_logger()


class Meter:
    """The counts of this process; another process beside it has its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        names = ["endpoint", "method", "status"]
        self._requests = Counter("dauys_requests", "Requests answered", names, registry=self.registry)
        seconds = "Seconds from the request to its answer"
        self._seconds = Histogram(
            "dauys_request_seconds", seconds, ["endpoint"], buckets=BUCKETS, registry=self.registry
        )

    def watch(self, waiting: Callable[[], int]) -> None:
        """Show how many requests wait for a thread of this process, which only its server knows."""
        gauge = Gauge("dauys_requests_waiting", "Requests that wait for a thread", registry=self.registry)
        gauge.set_function(waiting)

    def count(self, endpoint: str, method: str, status: int, seconds: float) -> None:
        """One more answer."""
        self._requests.labels(endpoint, method if method in METHODS else "other", str(status)).inc()
        self._seconds.labels(endpoint).observe(seconds)


def init_metering(app: Flask) -> None:
    """Measure every request of the app, and log those that failed or took long."""
    app.extensions["dauys_meter"] = Meter()
    app.before_request(_begin)
    app.after_request(_end)


def meter() -> Meter:
    """The meter of the current app."""
    found: Meter = current_app.extensions["dauys_meter"]
    return found


def _begin() -> None:
    g.begun = time.perf_counter()


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("begun", time.perf_counter())
    endpoint, status = request.endpoint or "none", response.status_code
    meter().count(endpoint, request.method, status, seconds)
    if status >= FAULT or seconds > SLOW_SECONDS:
        log.warning("request", endpoint=endpoint, status=status, milliseconds=round(seconds * 1000))
    return response
