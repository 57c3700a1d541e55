"""Pages of those who run the place: what each job did last, and what waits to be sent."""

from flask import Blueprint, Response

from auth.guards import current_actor
from auth.permissions import Permission, may
from core import jobs, outbox
from core.access import needs
from core.i18n import lazy, url
from core.web import page
from core.work import reading

bp = Blueprint("admin", __name__, url_prefix="/admin")

# What a job does, by its name; one without words here is shown by its name alone.
JOBS = {
    "outbox": lazy("Sends mails"),
    "broadcasts": lazy("Prepares mails to many"),
    "tally": lazy("Adds up signatures"),
    "windows": lazy("Begins checks, ends collections, hands petitions over"),
    "deadlines": lazy("Marks terms that are late"),
    "expiry": lazy("Ends signatures that were not confirmed in time"),
    "accounts": lazy("Removes accounts that were never confirmed, and old sessions"),
}


@bp.get("/")
@needs(Permission.JOBS_VIEW)
def index() -> Response:
    """Where everything else is."""
    with reading(current_actor()) as w:
        late = sum(state.late for state in jobs.states(w))
        counts = outbox.counts(w)
    roles = current_actor().roles
    links = [(url("admin.jobs"), lazy("Jobs and mails"), may(roles, Permission.JOBS_VIEW))]
    return page("admin/index.html", late=late, counts=counts, links=[link[:2] for link in links if link[2]])


@bp.get("/jobs", endpoint="jobs")
@needs(Permission.JOBS_VIEW)
def jobs_page() -> Response:
    """Each job: when it last ran well, whether it is late, and its faults; and the state of the outbox."""
    with reading(current_actor()) as w:
        states, counts = jobs.states(w), outbox.counts(w)
    return page("admin/jobs.html", states=states, counts=counts, words=JOBS)
