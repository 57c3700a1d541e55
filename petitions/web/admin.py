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
    "tally_check": lazy("Compares the totals with a full count, and raises an alarm where they differ"),
    "freeze": lazy("Freezes the totals of the day that ended, from which statistics are made"),
    "data_files": lazy("Makes the files of the open data, and puts them out at once"),
    "promises": lazy("Asks authors and followers whether a promise was kept, on its day"),
    "notice": lazy("Keeps the version of the privacy notice that is in force"),
    "letters": lazy("Removes letters to authors whose time is over"),
    "expiry": lazy("Ends signatures that were not confirmed in time"),
    "outages": lazy("Notices that the jobs had not run, and proposes a stop of the clocks"),
    "reminders": lazy("Reminds authorities of their due dates"),
    "retention": lazy("Destroys personal data whose time is over"),
    "retention_warning": lazy("Tells the controllers what comes due for destruction"),
    "data_requests_due": lazy("Reminds the controllers of requests about data that are due"),
    "data_requests": lazy("Searches for what is held with a mailbox, when its owner asks"),
}

# The places of work, their words, and whom they are for.
PLACES = (
    ("admin.jobs", lazy("Jobs and mails"), Permission.JOBS_VIEW),
    ("staff.users", lazy("Staff"), Permission.USERS_MANAGE),
    ("staff.proposals", lazy("What waits for a second person"), Permission.PROPOSALS_SEE),
    ("staff.audit_page", lazy("Log of staff"), Permission.AUDIT_VIEW),
    ("switches.index", lazy("Emergency switches and the banner"), Permission.SWITCHES_SET),
    ("stops.admin", lazy("Stops of the clocks"), Permission.STOPS_DECIDE),
)


@bp.get("/")
@needs(Permission.JOBS_VIEW)
def index() -> Response:
    """Where everything else is."""
    with reading(current_actor()) as w:
        late = sum(state.late for state in jobs.states(w))
        counts = outbox.counts(w)
    return page("admin/index.html", late=late, counts=counts, links=_links(current_actor().roles))


@bp.get("/jobs", endpoint="jobs")
@needs(Permission.JOBS_VIEW)
def jobs_page() -> Response:
    """Each job: when it last ran well, whether it is late, and its faults; and the state of the outbox."""
    with reading(current_actor()) as w:
        states, counts = jobs.states(w), outbox.counts(w)
    return page("admin/jobs.html", states=states, counts=counts, words=JOBS)


def _links(roles: frozenset[str]) -> list[tuple[str, object]]:
    return [(url(endpoint), words) for endpoint, words, permission in PLACES if may(roles, permission)]
