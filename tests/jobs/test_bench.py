"""What `make bench` compares with is served by the same server as the site."""

import urllib.request
from pathlib import Path

from bench.site import Site
from tests.processes import free_port


def test_hello_world_is_served_by_our_server(tmp_path: Path) -> None:
    hello = Site(tmp_path, free_port())
    with hello.serving("bench.hello"), urllib.request.urlopen(hello.url, timeout=5) as answer:
        assert answer.read() == b"Hello, World!"
