"""A process of its own for the daily work on a day that has ended: prints what it took, as JSON."""

import json
import resource
import time
from datetime import datetime, timedelta

from app import create_app
from core.jobs import run_named
from core.work import system_clock

JOBS = ("tally", "freeze", "data_files")


def main() -> None:
    """Run the jobs as tomorrow's, so that each petition that was signed today has figures to publish."""

    def tomorrow() -> datetime:
        return system_clock() + timedelta(days=1)

    app = create_app(clock=tomorrow)
    taken = {}
    with app.app_context():
        for name in JOBS:
            start = time.perf_counter()
            run_named(name)
            taken[name] = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": taken, "peak": peak}))


if __name__ == "__main__":
    main()
