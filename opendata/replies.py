"""How the API answers: JSON or a table of the same rows, errors as problem+json, open to every origin."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, get_args, get_origin

from flask import Response, jsonify, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import BadRequest

from core.i18n import url
from core.refusal import Refusal
from core.refusals import refusal_text
from core.web import csv_file, problem
from core.work import kernel

Query = TypeVar("Query", bound=BaseModel)
# A count is promised to be live within 15 seconds: the tally takes its share of them, a cache has the rest.
KEPT = "public, max-age=5"


class BadParameter(BadRequest):
    """A parameter that cannot be read, with the names of all such."""

    def __init__(self, detail: str, parameters: Sequence[str]) -> None:
        super().__init__(detail)
        self.parameters = list(parameters)


def asked(shape: type[Query]) -> Query:
    """The request's parameters in their shape; BadParameter names every one that does not fit."""
    given = {
        name: value for name, value in request.args.items() if name in shape.model_fields and value != ""
    }
    try:
        return shape.model_validate(given)
    except ValidationError as error:
        faults = {str(fault["loc"][0]): fault["msg"] for fault in error.errors()}
        detail = "; ".join(f"{name}: {message}" for name, message in faults.items())
        raise BadParameter(detail, list(faults)) from error


def bad_parameter(error: BadParameter) -> Response:
    """The answer to a parameter that cannot be read."""
    return problem(400, "Bad parameter", detail=error.description, parameters=error.parameters)


def refused(error: Refusal) -> Response:
    """The answer to a refusal: nothing there, gone, or a parameter that names nothing."""
    codes = {"not-found": (404, "Not Found"), "gone": (410, "Gone")}
    status, title = codes.get(error.code, (400, "Bad parameter"))
    more = {"parameters": [error.field]} if error.field else {}
    return problem(status, title, detail=refusal_text(error), **more)


def one(item: BaseModel) -> Response:
    """One object."""
    return _kept(Response(item.model_dump_json(), mimetype="application/json"))


def document(body: Mapping[str, Any]) -> Response:
    """A document that is no shape of ours."""
    return _kept(jsonify(body))


def many(page: Any, endpoint: str, cursor: str | None, query: BaseModel) -> Response:
    """A page of a list as JSON or as a table; the address of the next one keeps what was asked."""
    following = _next_url(endpoint, cursor, query)
    if getattr(query, "format", "json") == "csv":
        response = _table(page.items, endpoint.rsplit(".", 1)[-1], type(page))
        if following:
            response.headers["Link"] = f'<{following}>; rel="next"'
        return _kept(response)
    return one(page.model_copy(update={"next": following}))


def _next_url(endpoint: str, cursor: str | None, query: BaseModel) -> str | None:
    if cursor is None:
        return None
    kept = query.model_dump(mode="json", exclude_unset=True, exclude={"cursor", "lang"}, exclude_none=True)
    return kernel().settings.base_url + url(endpoint, **kept, cursor=cursor)


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = KEPT
    return response


def _table(items: Sequence[BaseModel], name: str, page: type[BaseModel]) -> Response:
    """The rows as CSV: objects as `author.name`, lists as JSON, formulas made harmless, UTF-8 with its mark."""
    paths = columns(get_args(page.model_fields["items"].annotation)[0])
    return csv_file(name, [".".join(path) for path in paths], (cells(item, paths) for item in items))


def columns(shape: type[BaseModel], before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The paths of a shape's plain fields, in order."""
    paths: list[tuple[str, ...]] = []
    for name, field in shape.model_fields.items():
        inner = _shape_of(field.annotation)
        paths += [(*before, name)] if inner is None else columns(inner, (*before, name))
    return paths


def cells(item: BaseModel, paths: Sequence[tuple[str, ...]]) -> list[Any]:
    """The values at some paths as a table holds them; nothing where an object on the way is null."""
    row = item.model_dump(mode="json")
    return [_cell(row, path) for path in paths]


def _cell(row: Mapping[str, Any], path: Sequence[str]) -> Any:
    value: Any = row
    for name in path:
        value = None if value is None else value[name]
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return value


def _shape_of(annotation: Any) -> type[BaseModel] | None:
    """The shape that a field holds, or may hold beside null; a list of shapes stays one column."""
    kinds = [annotation] if get_origin(annotation) is None else list(get_args(annotation))
    if get_origin(annotation) is list:
        return None
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
