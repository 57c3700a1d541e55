"""What is active in an HTML page: handlers, scripts, frames, styles, and addresses of other schemes or sites."""

from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urlsplit

ADDRESSES = {
    "href",
    "src",
    "action",
    "formaction",
    "data",
    "srcset",
    "poster",
    "background",
    "xlink:href",
    "cite",
}
LOADING = {"src", "srcset", "poster", "background", "data"}
FORBIDDEN = {
    "iframe",
    "object",
    "embed",
    "base",
    "style",
    "template",
    "frame",
    "applet",
    "audio",
    "video",
    "math",
}


class Active(HTMLParser):
    """Reads a page; `found` lists what is active, `shape` counts tags with the names of their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.shape: Counter[tuple[str, ...]] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one tag."""
        self.shape[tag, *sorted(name for name, _value in attrs)] += 1
        given = dict(attrs)
        if tag in FORBIDDEN or (tag == "meta" and "http-equiv" in given):
            self.found.append(f"<{tag}>")
        if tag == "script" and not given.get("src") and given.get("type") != "application/ld+json":
            self.found.append("inline script")
        for name, value in attrs:
            self._attribute(tag, name, value or "")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on") or name in {"style", "srcdoc"}:
            self.found.append(f"{name} on <{tag}>")
        if name not in ADDRESSES:
            return
        plain = "".join(sign for sign in value if sign > " ").lower()
        scheme = urlsplit(plain).scheme if ":" in plain.split("/")[0] else ""
        if scheme not in {"", "http", "https", "mailto", "tel"} or (
            name in LOADING and plain.startswith(("//", "http"))
        ):
            self.found.append(f"{name}={value} on <{tag}>")


def read(html: str) -> Active:
    """What is active in a page, and its shape."""
    page = Active()
    page.feed(html)
    page.close()
    return page
