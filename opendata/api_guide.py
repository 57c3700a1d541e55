"""The API's documentation for people: one page, made from the same description that machines read."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Response

from core.access import public
from core.i18n import language
from core.web import page
from core.work import kernel, reading
from opendata.parameters import known_codes
from opendata.spec import CSV, JSON, Spec, description

Part = Mapping[str, Any]
bp = Blueprint("api_guide", __name__)


@bp.get("/data/api")
@public
def guide() -> Response:
    """Every address with its parameters, answers and examples, then every shape field by field."""
    with reading() as w:
        spec = description(language(), known_codes(w))
    known = spec["components"]["schemas"]
    shapes = {name: _fields(shape, known) for name, shape in known.items() if "properties" in shape}
    return page("opendata/api.html", spec=spec, groups=_groups(spec), shapes=shapes)


def _groups(spec: Spec) -> list[dict[str, Any]]:
    """The addresses by tag, in the order of the tags."""
    known = spec["components"]["schemas"]
    found = [_operation(path, item["get"], known) for path, item in spec["paths"].items()]
    return [
        {"title": tag["description"], "operations": [one for one in found if one["tag"] == tag["name"]]}
        for tag in spec["tags"]
    ]


def _operation(path: str, said: Part, known: Part) -> dict[str, Any]:
    content = said["responses"]["200"]["content"]
    return {
        "id": said["operationId"],
        "tag": said["tags"][0],
        "path": path,
        "summary": said["summary"],
        "address": kernel().settings.base_url + _filled(path, said["parameters"]),
        "parameters": [_parameter(one, known) for one in said["parameters"]],
        "answers": [(status, one["description"]) for status, one in sorted(said["responses"].items())],
        "shape": _type(content[JSON]["schema"], known),
        "table": CSV in content,
        "example": json.dumps(content[JSON]["example"], ensure_ascii=False, indent=2),
    }


def _filled(path: str, parameters: list[Part]) -> str:
    """The address with an example in each of its places."""
    for one in parameters:
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", str(one["example"]))
    return path


def _parameter(one: Part, known: Part) -> dict[str, Any]:
    schema = one["schema"]
    return {
        "name": one["name"],
        "place": one["in"],
        "type": _type(schema, known),
        "values": list(_words(schema, known)),
        "text": one["description"],
        "bounds": _bounds(schema),
    }


def _bounds(schema: Part) -> str:
    """The bounds of a number, and what is taken where nothing is asked."""
    least, most, default = (schema.get(name) for name in ("minimum", "maximum", "default"))
    said = [f"{least}–{most}"] if least is not None and most is not None else []
    return ", ".join([*said, *([f"= {default}"] if default is not None else [])])


def _fields(shape: Part, known: Part) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "type": _type(field, known),
            "values": list(_words(field, known)),
            "text": field["description"],
        }
        for name, field in shape["properties"].items()
    ]


def _type(schema: Part, known: Part) -> str:
    """The type of a value as a reader of code knows it: `integer`, `date | null`, `Petition[]`."""
    if "$ref" in schema:
        name, shape = _named(schema, known)
        return "string" if "enum" in shape else name
    if "anyOf" in schema:
        return " | ".join(_type(choice, known) for choice in schema["anyOf"])
    if schema.get("type") == "array":
        return f"{_type(schema.get('items') or schema['prefixItems'][0], known)}[]"
    return str(schema.get("format") or schema.get("type", "string"))


def _words(schema: Part, known: Part) -> Iterator[str]:
    """The words that a value can be, where they are few."""
    yield from schema.get("enum", ())
    if "$ref" in schema:
        yield from _named(schema, known)[1].get("enum", ())
    for choice in schema.get("anyOf", ()):
        yield from _words(choice, known)


def _named(schema: Part, known: Part) -> tuple[str, Part]:
    name = str(schema["$ref"]).rsplit("/", 1)[-1]
    return name, known[name]
