"""What a request says of itself before Flask sees it: whom of the proxies is believed, and what the site is called."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def trust_proxies(app: Flask, hops: int) -> None:
    """Take the reader's address and scheme from what so many proxies in front say; the outermost layer."""
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]


def name_host(app: Flask, base_url: str) -> None:
    """What a request calls this site has no meaning here: it is known by the setting alone, whatever Host says.

    A Host that is no name at all would be a fault of the router, and any other one could get into an address.
    """
    host, serve = urlsplit(base_url).netloc, app.wsgi_app

    def named(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        environ["HTTP_HOST"] = host
        return serve(environ, start)

    app.wsgi_app = named  # type: ignore[method-assign, assignment]
