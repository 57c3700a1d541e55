"""The size budget of docs/design: small functions, small views, small modules."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("core", "authorities", "auth", "petitions", "opendata", "bench")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> list[Path]:
    return [ROOT / "app.py", *(p for package in PACKAGES for p in sorted((ROOT / package).rglob("*.py")))]


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Function):
            yield node


def length(function: Function) -> int:
    """Lines of the body without its docstring: the signature is not what one has to follow."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def is_view(function: Function) -> bool:
    words = {ast.unparse(d).split("(")[0].split(".")[-1] for d in function.decorator_list}
    return bool(words & {"public", "open_to_all", "by_token", "needs"})


def test_modules_have_at_most_400_lines() -> None:
    long = {str(p.relative_to(ROOT)): n for p in modules() if (n := len(p.read_text().splitlines())) > 400}
    assert not long


def test_functions_are_small() -> None:
    lengths = sorted(length(f) for p in modules() for f in functions(p))
    assert statistics.median(lengths) <= 8
    assert lengths[int(len(lengths) * 0.9)] <= 25


def test_views_have_at_most_15_lines() -> None:
    long = {
        f"{p.name}:{f.name}": length(f)
        for p in modules()
        for f in functions(p)
        if is_view(f) and length(f) > 15
    }
    assert not long


def test_every_module_says_its_job_and_public_functions_what_they_do() -> None:
    silent = [
        str(p.relative_to(ROOT))
        for p in modules()
        if p.read_text().strip() and not ast.get_docstring(ast.parse(p.read_text()))
    ]
    for path in modules():
        for node in ast.parse(path.read_text()).body:
            public = isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_")
            if public and not ast.get_docstring(node):
                silent.append(f"{path.relative_to(ROOT)}:{node.name}")
    assert not silent
