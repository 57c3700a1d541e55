"""The examples in deploy/ are what nginx and systemd accept, and nginx with them serves the site."""

import http.client
import ssl
from pathlib import Path

from core.config import ROOT
from tests.processes import PATIENCE, eventually, flask

DEPLOY = ROOT / "deploy"
OK, NOT_FOUND = 200, 404


def test_nginx_serves_the_site_and_logs_no_reader(tmp_path: Path, nginx: tuple[int, int]) -> None:
    front, behind = nginx
    site = flask(tmp_path, "serve", "--port", str(behind), trusted_proxies="1")
    try:
        eventually(lambda: status(front, "/healthz") == OK)
        assert status(front, "/metrics") == NOT_FOUND
        status(front, "/signatures/confirm/secret-token")
        log = (tmp_path / "dauys.log").read_text()
        assert log.count(f" GET {NOT_FOUND} ") == 1 and f" GET {OK} " in log
        assert "127.0.0.1" not in log and "secret" not in log
    finally:
        site.terminate()
        site.wait(PATIENCE)


def status(port: int, path: str) -> int:
    """The status of a page over TLS; 0 while nothing answers."""
    context = ssl._create_unverified_context()
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=PATIENCE, context=context)
    try:
        connection.request("GET", path, headers={"Host": "petitions.example"})
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()
