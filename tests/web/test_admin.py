"""The staff page of jobs and mails."""

import pytest
from flask.testing import FlaskClient

from core import jobs
from core.work import SYSTEM, reading
from petitions.web.admin import JOBS
from tests.factories import a_moderator, an_administrator, an_officer, sign_in


def test_jobs_that_never_ran_are_late_then_on_time(client: FlaskClient) -> None:
    sign_in(client, an_administrator())
    page = client.get("/admin/jobs?lang=en").get_data(as_text=True)
    assert "Something does not run" in page and "Marks terms that are late" in page
    jobs.tick(everything=True)
    page = client.get("/admin/jobs?lang=en").get_data(as_text=True)
    assert "Something does not run" not in page and "On time" in page


def test_every_job_says_in_words_what_it_does(client: FlaskClient) -> None:
    with reading(SYSTEM) as w:
        names = {state.name for state in jobs.states(w)}
    assert {"freeze", "tally_check", "promises"} <= names and names - set(JOBS) == set()


def test_the_index_counts_what_is_wrong(client: FlaskClient) -> None:
    sign_in(client, an_administrator())
    page = client.get("/admin/?lang=en")
    assert page.status_code == 200 and "Jobs that are late" in page.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/admin/", "/admin/jobs"])
def test_only_those_who_run_the_place_see_it(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 303
    for account in (a_moderator(), an_officer("kz-gov")):
        sign_in(client, account)
        assert client.get(path).status_code == 403
