"""Our form macros keep the accessible structure of govuk-frontend (ADR 0005)."""

from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader

KEPT = {
    "id",
    "for",
    "name",
    "type",
    "value",
    "href",
    "rows",
    "role",
    "autocomplete",
    "inputmode",
    "checked",
    "selected",
}
KEPT |= {"aria-describedby"}
DRAWN = {"svg", "path", "circle"}


class Skeleton(HTMLParser):
    """Collects the tags that carry meaning: an id, a relation, a role or a control; wrappers are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[tuple[str, tuple[tuple[str, str], ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag that says something to assistive technology."""
        if tag in DRAWN:
            return
        kept = tuple(sorted((k, _as_set(k, v)) for k, v in attrs if k in KEPT and (v or k != "value")))
        if tag == "button":  # It shows the password, and appears with script only.
            return
        if kept or tag in {"legend", "fieldset"}:
            self.parts.append((tag, kept))


def _as_set(name: str, value: str | None) -> str:
    return " ".join(sorted((value or "").split())) if name == "aria-describedby" else value or ""


def skeleton(html: str) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """The meaningful tags of `html`, in order."""
    reader = Skeleton()
    reader.feed(html)
    return reader.parts


@pytest.fixture(scope="module")
def env() -> Environment:
    """Both families of macros, with words left as they are."""
    theirs = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    env = Environment(loader=ChoiceLoader([FileSystemLoader("templates"), theirs]), autoescape=True)
    env.globals.update(
        _=lambda text, **facts: text % facts if facts else text,
        ngettext=lambda one, many, n, /, **facts: (one if n == 1 else many) % facts,
        format_number=str,
    )
    return env


def a_field(**more: Any) -> dict[str, Any]:
    """What the macros read of a WTForms field."""
    field = {"type": "StringField", "id": "f", "name": "f", "label": {"text": "L"}, "errors": [], "data": ""}
    return {**field, "flags": {"optional": False, "maxlength": None}, **more}


CHOICES = [
    {"value": "a", "label": "A", "selected": True, "render_kw": {"hint": "HA"}},
    {"value": "b", "label": "B", "selected": False, "render_kw": {}},
]
ITEMS = [{"value": "a", "text": "A", "checked": True, "hint": {"text": "HA"}}, {"value": "b", "text": "B"}]
PARTS = {part: {"data": ""} for part in ("day", "month", "year")}
LABELLED = {"id": "f", "name": "f", "label": {"text": "L"}}
GROUPED = {"idPrefix": "f", "name": "f", "fieldset": {"legend": {"text": "L"}}}
SELECTS = [{"value": "a", "text": "A", "selected": True}, {"value": "b", "text": "B"}]

CASES = [
    ("text_input(f, hint='H')", "input", "govukInput", LABELLED | {"value": "x"}, a_field(data="x")),
    ("password_input(f, hint='H')", "password-input", "govukPasswordInput", LABELLED, a_field()),
    ("textarea(f, hint='H', rows=5)", "textarea", "govukTextarea", LABELLED, a_field()),
    (
        "textarea(f, hint='H', rows=5, maxlength=9)",
        "character-count",
        "govukCharacterCount",
        LABELLED | {"maxlength": 9},
        a_field(),
    ),
    ("select(f, hint='H')", "select", "govukSelect", LABELLED | {"items": SELECTS}, a_field(choices=CHOICES)),
    ("radios(f, hint='H')", "radios", "govukRadios", GROUPED | {"items": ITEMS}, a_field(choices=CHOICES)),
    (
        "checkboxes(f, hint='H')",
        "checkboxes",
        "govukCheckboxes",
        GROUPED | {"items": ITEMS},
        a_field(choices=CHOICES),
    ),
    ("file_input(f, hint='H')", "file-upload", "govukFileUpload", LABELLED, a_field()),
    (
        "date_input(f, hint='H')",
        "date-input",
        "govukDateInput",
        {"id": "f", "namePrefix": "f", "fieldset": {"legend": {"text": "L"}}},
        a_field(type="FormField", **PARTS),
    ),
]


@pytest.mark.parametrize("wrong", [False, True], ids=["right", "wrong"])
@pytest.mark.parametrize("case", CASES, ids=[case[1] for case in CASES])
def test_field_has_the_same_skeleton(env: Environment, case: tuple[Any, ...], wrong: bool) -> None:
    call, folder, macro, params, field = case
    params = params | {"hint": {"text": "H"}} | ({"errorMessage": {"text": "E"}} if wrong else {})
    source = f"govuk_frontend_jinja/components/{folder}/macro.html"
    theirs = env.from_string(f'{{% from "{source}" import {macro} %}}{{{{ {macro}(params) }}}}').render(
        params=params
    )
    name = call.split("(")[0]
    ours = env.from_string(f'{{% from "components/forms.html" import {name} %}}{{{{ {call} }}}}').render(
        f=field | {"errors": ["E"] if wrong else []}
    )
    assert skeleton(ours) == skeleton(theirs)


def test_error_summary_announces_itself_and_links_to_the_field(env: Environment) -> None:
    class Wrong(list[dict[str, Any]]):
        errors = {"f": ["E"]}
        form_errors = ["whole"]

    html = env.from_string(
        '{% from "components/forms.html" import error_summary %}{{ error_summary(form) }}'
    ).render(
        form=Wrong(
            [
                a_field(errors=["E"]),
                a_field(id="d", type="FormField", errors={"month": ["M"]}),
                a_field(id="ok"),
            ]
        )
    )
    links = [dict(attrs)["href"] for tag, attrs in skeleton(html) if tag == "a"]
    assert links == ["#f", "#d-month"]
    for said in ('role="alert"', 'tabindex="-1"', "whole", ">M<"):
        assert said in html
