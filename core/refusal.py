"""Refusal: the one way a use case or a rule says no."""

from collections.abc import Mapping


class Refusal(Exception):
    """A no with a code and the facts a reader needs; its words live with the edges, never here.

    `code` is stable kebab-case (`threshold-base-missing`), `field` names the form field it belongs to, if any.
    """

    def __init__(self, code: str, *, field: str | None = None, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.facts: Mapping[str, object] = facts

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.code}({facts})" if facts else self.code
