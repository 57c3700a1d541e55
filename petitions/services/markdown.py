"""Markdown of authors and authorities, made into safe HTML once, when it is saved."""

import re

import nh3
from markdown_it import MarkdownIt

from petitions.domain.texts import require_bounded

# h1 is the page's, h2 the page's parts: what an author calls a heading begins below them.
HIGHEST_HEADING, LOWEST_HEADING = 3, 6
TAGS = {"p", "br", "hr", "em", "strong", "s", "blockquote", "ul", "ol", "li", "code", "pre", "a"} | {
    f"h{level}" for level in range(HIGHEST_HEADING, LOWEST_HEADING + 1)
}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_HEADING = re.compile(r"<(/?)h([1-6])>")
# Tables and images make the renderer's work and its output grow out of all proportion to the text.
_parser = MarkdownIt("js-default", {"html": False, "linkify": False}).disable(["table", "image"])


def render(markdown: str) -> str:
    """Safe HTML of a Markdown text: no raw HTML, no images, no tables, links to web and mail only.

    Refusal: `text-long` on `text` above 10,000 characters or 20 kB.
    """
    require_bounded(markdown)
    html = _HEADING.sub(_demoted, _parser.render(markdown))
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener",
    )


def _demoted(heading: re.Match[str]) -> str:
    level = min(int(heading.group(2)) + HIGHEST_HEADING - 1, LOWEST_HEADING)
    return f"<{heading.group(1)}h{level}>"
