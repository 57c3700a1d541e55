"""What other packages show on the page of one's own account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from auth.permissions import Permission, may
from core.i18n import url
from core.work import Actor, Work

Facts = Callable[[Work], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Section:
    """A template that is included, and where its facts come from; they stand in it as `section`."""

    template: str
    facts: Facts
    permission: str


@dataclass(frozen=True, slots=True)
class WorkLink:
    """The way from the page of one's account to a place of work, for those who have the permission."""

    endpoint: str
    label: Any
    permission: str
    heads_only: bool = False


_sections: list[Section] = []
_links: list[WorkLink] = []


def account_section(template: str, permission: str = Permission.ACCOUNT_SELF) -> Callable[[Facts], Facts]:
    """Register a part of the account's page: `@account_section("petitions/account.html")` on its query."""

    def register(facts: Facts) -> Facts:
        _sections.append(Section(template, facts, permission))
        return facts

    return register


def add_work_links(*links: WorkLink) -> None:
    """Register ways to places of work; a second registration of an endpoint changes nothing."""
    known = {link.endpoint for link in _links}
    _links.extend(link for link in links if link.endpoint not in known)


def shown(w: Work) -> list[tuple[str, Mapping[str, Any]]]:
    """Every part with its facts that the actor of `w` may see."""
    seen = [section for section in _sections if may(w.actor.roles, section.permission)]
    return [(section.template, section.facts(w)) for section in seen]


def work_links(actor: Actor, *, head: bool) -> list[tuple[str, Any]]:
    """Address and label of every place of work that is the actor's; `head`: of an authority."""
    mine = [link for link in _links if may(actor.roles, link.permission) and (head or not link.heads_only)]
    return [(url(link.endpoint), link.label) for link in mine]
