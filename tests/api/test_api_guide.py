"""The description in three languages, its page for people, and the examples on it, each of which is run."""

import html
import json
import re
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from opendata import schemas, schemas_signatures, schemas_statistics
from opendata.examples import EXAMPLES, PROBLEMS
from petitions.domain.lifecycle import State
from tests.conftest import CONTROLLER, skip
from tests.factories import a_petition

LANGUAGES = ["kk", "ru", "en"]
SHAPES = (schemas, schemas_signatures, schemas_statistics)


def description(client: FlaskClient, lang: str = "en") -> dict[str, Any]:
    return dict(client.get(f"/api/v1/openapi.json?lang={lang}").get_json())


def examples(client: FlaskClient, kind: str) -> list[str]:
    page = client.get("/data/api").get_data(as_text=True)
    found = re.findall(rf'<pre data-example="{kind}"><code>(.*?)</code></pre>', page, re.S)
    assert found
    return [html.unescape(one) for one in found]


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of a server of this app, which the app then gives as its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    kernel = app.extensions["dauys"]
    settings = kernel.settings.model_copy(update={"base_url": url})
    app.extensions["dauys"] = replace(kernel, settings=settings)
    before = app.jinja_env.globals["base_url"]
    app.jinja_env.globals["base_url"] = url
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions["dauys"] = kernel
        app.jinja_env.globals["base_url"] = before


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_is_described(client: FlaskClient, lang: str) -> None:
    spec = description(client, lang)
    info = spec["info"]
    assert info["license"] == {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"}
    assert info["contact"]["email"] == CONTROLLER.email
    assert CONTROLLER.person in info["contact"]["name"]
    assert info["description"]
    tags = {tag["name"] for tag in spec["tags"] if tag["description"]}
    ids = set()
    for path, item in spec["paths"].items():
        said = item["get"]
        ids.add(said["operationId"])
        assert said["summary"] and set(said["tags"]) <= tags, path
        assert all(one["description"] and one["schema"] for one in said["parameters"]), path
        assert {"200", "304", "400", "429", "503"} <= set(said["responses"]), path
        for status, answer in said["responses"].items():
            assert answer["description"], (path, status)
            assert "Access-Control-Allow-Origin" in answer["headers"]
        assert "ETag" in said["responses"]["200"]["headers"]
        assert "Retry-After" in said["responses"]["429"]["headers"]
        assert "Retry-After" in said["responses"]["503"]["headers"]
        assert "example" in said["responses"]["200"]["content"]["application/json"]
    assert len(ids) == len(spec["paths"])
    for name, shape in spec["components"]["schemas"].items():
        for field, facts in shape.get("properties", {}).items():
            assert facts.get("description"), f"{name}.{field}"


def test_the_description_speaks_the_language_asked_for(client: FlaskClient) -> None:
    texts = [description(client, lang)["paths"]["/api/v1/petitions"]["get"]["summary"] for lang in LANGUAGES]
    assert len(set(texts)) == len(LANGUAGES)
    assert client.get("/api/v1/openapi.json").get_json() == description(client, "en")


def test_examples_are_of_the_shapes_that_they_illustrate(client: FlaskClient) -> None:
    for name, example in EXAMPLES.items():
        shape = next(getattr(module, name) for module in SHAPES if hasattr(module, name))
        assert list(shape.model_validate_json(json.dumps(example)).model_dump()) == list(example), name
    for status, example in PROBLEMS.items():
        assert schemas.Problem.model_validate(example).status == status
    used = set(
        re.findall(r'"\$ref":\s*"#/components/schemas/(\w+)"', json.dumps(description(client)["paths"]))
    )
    assert used - {"Problem", "Shown", "TermState"} <= set(EXAMPLES)


def test_values_of_codes_are_those_of_the_register(client: FlaskClient) -> None:
    given = description(client)["paths"]["/api/v1/petitions"]["get"]["parameters"]
    values = {one["name"]: one["schema"].get("enum") for one in given}
    areas = [item["code"] for item in client.get("/api/v1/areas").get_json()["items"]]
    assert sorted(values["area"]) == areas
    assert "national-executive" in values["tier"]
    assert client.get(f"/api/v1/petitions?tier={values['tier'][0]}").status_code == 200


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_all_of_it(client: FlaskClient, lang: str) -> None:
    response = client.get(f"/data/api?lang={lang}")
    page = html.unescape(response.get_data(as_text=True))
    assert response.status_code == 200
    assert "https://" not in "".join(re.findall(r"<script[^>]*>", page))
    spec = description(client, lang)
    for path, item in spec["paths"].items():
        assert f"GET {path}" in page
        assert item["get"]["summary"] in page
        for one in item["get"]["parameters"]:
            assert one["description"] in page
    for shape in spec["components"]["schemas"].values():
        for name, field in shape.get("properties", {}).items():
            assert f"<code>{name}</code>" in page
            assert field["description"] in page
    assert "600" in page and "Retry-After" in page


def test_the_program_in_python_runs_as_it_stands(client: FlaskClient, site: str, tmp_path: Path) -> None:
    ids = [a_petition(signatures=3) for _ in range(23)]
    a_petition(State.ANSWERED)
    (program,) = examples(client, "python")
    assert site in program
    file = tmp_path / "example.py"
    file.write_text(program)
    run = subprocess.run(
        [sys.executable, str(file)],
        capture_output=True, text=True, timeout=60, check=True, env={"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    lines = run.stdout.strip().splitlines()
    assert lines == [f"{n} 3 Ауылға жаңа кітапхана салынсын" for n in reversed(ids)]


def test_every_line_with_curl_runs_as_it_stands(client: FlaskClient, site: str, tmp_path: Path) -> None:
    if not shutil.which("curl"):
        skip("curl is not installed")
    petition = a_petition()
    lines = (
        "\n".join(examples(client, "curl")).replace("/petitions/42", f"/petitions/{petition}").splitlines()
    )
    assert len(lines) >= 10
    for line in lines:
        run = subprocess.run([*shlex.split(line), "-f"], capture_output=True, cwd=tmp_path, timeout=30)
        assert run.returncode == 0, line
    assert (tmp_path / "petitions.csv").read_bytes().startswith(b"\xef\xbb\xbfid,url,")
