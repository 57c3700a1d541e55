"""The OpenAPI description: spectree reads the shapes; what it cannot know is added here."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, TypeVar

from flask import Response, jsonify
from pydantic import BaseModel
from spectree import Response as Shapes
from spectree import SpecTree

from core.work import kernel
from opendata.schemas import Listed, Problem

View = TypeVar("View", bound=Callable[..., Any])
PROBLEM = "application/problem+json"
COMMON = (400, 429, 503)

api = SpecTree(
    "flask",
    title="Dauys",
    version="1",
    description="Petitions, their terms and their answers. Read-only, no key. No data of any signer.",
    mode="strict",
    page_templates={},
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
)
_lists: set[str] = set()


def described(shape: type[BaseModel], query: type[BaseModel], *errors: int) -> Callable[[View], View]:
    """Describe a view by its shapes. They only describe: the view reads and writes them itself, so that a fault of
    ours never echoes what was sent."""

    def mark(view: View) -> View:
        if issubclass(query, Listed):
            _lists.add(shape.__name__)
        models = {f"HTTP_{status}": Problem for status in (*COMMON, *errors)}
        answers = Shapes(HTTP_200=shape, **models)
        # Bad parameters are 400 here; told so, spectree adds no answer of its own to the description.
        checked: View = api.validate(
            query=query, resp=answers, skip_validation=True, validation_error_status=400
        )(view)
        return checked

    return mark


def description() -> Response:
    """The document, with the media types of tables and errors."""
    # spectree keeps the document that it made first, so the media types are put right in a copy.
    spec: dict[str, Any] = deepcopy(api.spec)
    spec["servers"] = [{"url": kernel().settings.base_url}]
    for item in spec["paths"].values():
        for operation in item.values():
            _true_media(operation["responses"])
    return jsonify(spec)


def _true_media(responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        content = response.get("content", {})
        if not status.startswith("2") and "application/json" in content:
            content[PROBLEM] = content.pop("application/json")
        elif any(name in str(content) for name in _lists):
            content["text/csv"] = {"schema": {"type": "string"}}
