"""The API keeps every promise of its own description: attacked in-process by a tool that reads only that."""

import warnings
from collections import Counter
from itertools import chain

import schemathesis
from flask import Flask
from schemathesis.config import (
    GenerationConfig,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
    StatefulPhaseConfig,
)
from schemathesis.engine import Status, from_schema
from schemathesis.engine.events import EngineFinished, NonFatalError, ScenarioFinished
from schemathesis.generation import GenerationMode

from petitions.domain.lifecycle import State
from tests.factories import a_petition

# Deterministic, and few enough for every run of the suite; the faults that were ever found came with fewer.
SEED, EXAMPLES = 20261122, 10


def attack(app: Flask) -> tuple[Counter[str], list[str], list[str]]:
    """How many checks of each kind passed, what failed, and what could not be tried."""
    generation = GenerationConfig(
        modes=list(GenerationMode), max_examples=EXAMPLES, deterministic=True, database="none"
    )
    phases = PhasesConfig(stateful=StatefulPhaseConfig(enabled=False))
    # The tool cannot unpack what browsers can, and compression is not what is tried here.
    project = ProjectConfig(
        headers={"Accept-Encoding": "identity"},
        generation=generation,
        phases=phases,
        continue_on_failure=True,
    )
    config = SchemathesisConfig(seed=SEED, projects=ProjectsConfig(default=project))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tool's own, about its own libraries
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config)
        passed: Counter[str] = Counter()
        failed: list[str] = []
        untried: list[str] = []
        for event in from_schema(schema).execute():
            if isinstance(event, NonFatalError):
                untried.append(f"{event.label}: {event.info}")
            if isinstance(event, ScenarioFinished) and event.status is not Status.SKIP:
                for check in chain(*event.recorder.checks.values()):
                    passed[check.name] += check.status is Status.SUCCESS
                    if check.failure_info:
                        failed.append(f"{check.name}: {check.failure_info.code_sample}")
            if isinstance(event, EngineFinished):
                assert str(event.stop_reason) == "completed"
    return passed, failed, untried


def test_every_answer_is_as_described(app: Flask) -> None:
    for state in State:
        a_petition(state, signatures=3 if state in {State.COLLECTING, State.ANSWERED} else 0)
    passed, failed, untried = attack(app)
    assert failed == []
    assert untried == []
    for check in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
        "positive_data_acceptance",
        "unsupported_method",
    ):
        assert passed[check] > 0, check
