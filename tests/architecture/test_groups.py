"""Tests that share something dear to make stay together: a group that is torn apart makes it once for each worker."""

import os

import pytest


@pytest.mark.xdist_group("together")
def test_a_group_reaches_who_deals_out_the_tests(request: pytest.FixtureRequest) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        # pytest-xdist reads the group from the end of an id; where it is missing, it deals the tests out one by one.
        assert request.node.nodeid.endswith("@together")
