"""The OpenAPI description: spectree reads the shapes; what it cannot know is added here."""

import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Response, current_app
from pydantic import BaseModel
from spectree import Response as Shapes
from spectree import SpecTree
from werkzeug.routing import Rule

from core.i18n import N_, _, speaking
from core.links import absolute_url
from core.web import LARGEST_ID
from core.work import kernel
from opendata.examples import EXAMPLES, PARAMETERS, PROBLEMS
from opendata.parameters import Listed
from opendata.replies import asked
from opendata.schemas import Problem

View = TypeVar("View", bound=Callable[..., Any])
Spec = dict[str, Any]
JSON, PROBLEM, CSV = "application/json", "application/problem+json", "text/csv"
COMMON = (400, 429, 503)
LICENCE = {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"}
ABOUT = N_(
    "Petitions, their terms and their answers, authorities, areas and rules: read-only, without a key, for every "
    "origin. Nothing of any signer is given but totals. 600 requests a minute are answered for each network; ETag and "
    "304 spare both sides. Dates are local days, moments are UTC. Small numbers are suppressed: 0 to 9 are null alike."
)
TAGS = {
    "petitions": N_("Petitions and their signatures"),
    "terms": N_("Terms: who owes what by when"),
    "register": N_("Authorities and areas"),
    "rules": N_("Rulebooks"),
    "statistics": N_("Statistics of the whole site"),
    "description": N_("This description"),
}
STATUSES = {
    200: N_("What was asked for."),
    304: N_("Nothing has changed since the ETag that was sent in If-None-Match."),
    400: N_("A parameter cannot be read, or names nothing; the answer says which one."),
    404: N_("There is nothing here, or nothing that is public."),
    410: N_("It was public and has been taken down."),
    429: N_("Too many requests: wait as many seconds as Retry-After says."),
    503: N_("Not available for a moment: try again after as many seconds as Retry-After says."),
}
HEADERS: Mapping[str, Spec] = {
    "ETag": {
        "description": N_("The version of this answer; send it in If-None-Match."),
        "required": True,
        "schema": {"type": "string"},
    },
    "Cache-Control": {
        "description": N_("How long a copy may be kept."),
        "required": True,
        "schema": {"type": "string"},
    },
    "Access-Control-Allow-Origin": {
        "description": N_("Always *: any page may read this."),
        "required": True,
        "schema": {"type": "string", "const": "*"},
    },
    "Retry-After": {
        "description": N_("How many seconds to wait."),
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
    "Link": {
        "description": N_("The next page of a table, with rel=next."),
        "schema": {"type": "string"},
    },
}
SAID = ("description", "summary")
MATCH = "If-None-Match"
PATHS: Mapping[str, Spec] = {
    "petition_id": {
        "description": N_("Number of the petition."),
        "example": 42,
        "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
    },
    "code": {
        "description": N_("Code of the authority."),
        "example": "kz-gov",
        "schema": {"type": "string", "minLength": 1, "pattern": "^[^/\\x00]+$"},
    },
}


@dataclass(frozen=True, slots=True)
class Operation:
    """What is said of one address."""

    tag: str
    summary: str
    is_list: bool
    shape: str


api = SpecTree(
    "flask",
    title="Dauys",
    version="1",
    mode="strict",
    page_templates={},
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
)
_operations: dict[str, Operation] = {}


def described(
    shape: type[BaseModel], query: type[BaseModel], *errors: int, tag: str, says: str
) -> Callable[[View], View]:
    """Describe a view by its shapes, and give it its parameters, read, as the first argument.

    `errors` are the statuses beside 400, 429 and 503; `says` is one line, marked with N_. The shapes only describe
    what is given: the view writes it itself, so that a fault of ours never echoes what was sent.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def read(**names: Any) -> Response:
            answer: Response = view(asked(query), **names)
            return answer

        _operations[view.__name__] = Operation(tag, says, issubclass(query, Listed), shape.__name__)
        models = {f"HTTP_{status}": Problem for status in (*COMMON, *errors)}
        answers = Shapes(HTTP_200=shape, **models)
        # Bad parameters are 400 here; told so, spectree adds no answer of its own to the description.
        checked: View = api.validate(
            query=query, resp=answers, skip_validation=True, validation_error_status=400
        )(read)
        return checked

    return mark


def description(language: str, codes: Mapping[str, Sequence[str]]) -> Spec:
    """The document in one of the three languages; `codes` are what parameters of these names can be set to."""
    # spectree keeps the document that it made first, so everything is put right in a copy.
    spec: Spec = deepcopy(api.spec)
    with speaking(language):
        spec["info"] |= _info()
        spec["servers"] = [{"url": kernel().settings.base_url}]
        spec["externalDocs"] = {
            "url": absolute_url("api_guide.guide", lang=language),
            "description": N_("Guide"),
        }
        spec["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
        for path, rule in _rules().items():
            _complete(spec["paths"][path]["get"], rule, codes)
        spec["components"]["headers"] = deepcopy(dict(HEADERS))
        _drop_unused(spec)
        _translate(spec)
    return spec


def _rules() -> dict[str, Rule]:
    """The addresses of the API as the document spells them."""
    rules = (rule for rule in current_app.url_map.iter_rules() if rule.endpoint.startswith("api."))
    return {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule): rule for rule in rules}


def _info() -> Spec:
    controller = kernel().settings.controller
    contact = {"name": ", ".join(part for part in (controller.person, controller.body) if part)}
    if controller.email:
        contact["email"] = controller.email
    return {"description": ABOUT, "license": dict(LICENCE), "contact": contact}


def _complete(operation: Spec, rule: Rule, codes: Mapping[str, Sequence[str]]) -> None:
    said = _operations[rule.endpoint.rsplit(".", 1)[-1]]
    operation.update(operationId=rule.endpoint.replace(".", "_"), summary=said.summary, tags=[said.tag])
    operation.pop("description", None)
    operation["parameters"] = [_parameter(one, codes) for one in operation["parameters"]] + [_condition()]
    operation["responses"]["304"] = {}
    for status, response in operation["responses"].items():
        _answer(int(status), response, said)


def _parameter(given: Spec, codes: Mapping[str, Sequence[str]]) -> Spec:
    """A parameter: with the shape of its address's converter, or of its one value instead of "value or null"."""
    if given["in"] == "path":
        return {"name": given["name"], "in": "path", "required": True, **deepcopy(PATHS[given["name"]])}
    schema = {name: value for name, value in given["schema"].items() if name not in {"title", "description"}}
    for choice in schema.pop("anyOf", ()):
        if choice.get("type") != "null":
            schema |= choice
    if schema.get("default") in {None, ""}:
        schema.pop("default", None)
    if given["name"] in codes:
        schema = {"type": "string", "enum": sorted(codes[given["name"]])}
    made = {"name": given["name"], "in": "query", "required": False, "description": given["description"]}
    made["allowEmptyValue"] = True  # a form sends its empty fields too; they are as good as left out
    if given["name"] in PARAMETERS:
        made["example"] = PARAMETERS[given["name"]]
    return made | {"schema": schema}


def _condition() -> Spec:
    said = N_("The ETag of the copy that you have: without a change the answer is 304 and empty.")
    return {
        "name": MATCH,
        "in": "header",
        "required": False,
        "description": said,
        "schema": {"type": "string"},
    }


def _answer(status: int, response: Spec, said: Operation) -> None:
    response["description"] = STATUSES[status]
    response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in _headers(status, said)}
    content = response.get("content", {})
    if status == HTTPStatus.OK:
        content[JSON]["example"] = EXAMPLES[said.shape]
        if said.is_list:
            content[CSV] = {"schema": {"type": "string"}}
    elif JSON in content:
        content[PROBLEM] = content.pop(JSON) | {"example": PROBLEMS[status]}


def _headers(status: int, said: Operation) -> list[str]:
    waiting = status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
    found = ["Access-Control-Allow-Origin", "Cache-Control", "Retry-After" if waiting else "ETag"]
    return [*found, "Link"] if status == HTTPStatus.OK and said.is_list else found


def _drop_unused(spec: Spec) -> None:
    """The shapes of parameters are told where the parameters are."""
    schemas = spec["components"]["schemas"]
    for name in list(schemas):
        if f'"#/components/schemas/{name}"' not in str(spec).replace("'", '"'):
            del schemas[name]


def _translate(part: Any) -> None:
    """Put the texts of the document into the language in force; examples stay as they are."""
    if isinstance(part, list):
        for inner in part:
            _translate(inner)
    elif isinstance(part, dict):
        for name, value in part.items():
            if name in SAID and isinstance(value, str) and value:
                part[name] = _(value)
            elif name not in {"example", "examples"}:
                _translate(value)
