"""Addresses outside a request: absolute links for mails, referrals and files."""

from flask import current_app

from core.work import kernel


def absolute_url(endpoint: str, **values: object) -> str:
    """The full address of a page, from the instance's own base URL and never from a Host header."""
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return kernel().settings.base_url + path
