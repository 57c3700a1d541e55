"""nginx as deploy/ configures it, in front of whatever listens behind."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.nginx import nginx as example
from tests.conftest import skip
from tests.processes import PATIENCE, free_port


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """nginx with our example, its ports and certificate changed; the ports of nginx and of the site behind it."""
    if shutil.which("nginx") is None or shutil.which("openssl") is None:
        skip("nginx or openssl is not installed")
    front, plain, behind = free_port(), free_port(), free_port()
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=petitions.example"]
    made = ["openssl", "req", *words, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    changes = {
        "listen 443 ssl": f"listen 127.0.0.1:{front} ssl", "listen 80": f"listen 127.0.0.1:{plain}",
        "/etc/ssl/petitions.example.pem": str(certificate), "/etc/ssl/petitions.example.key": str(key),
    }  # fmt: skip
    command = example(tmp_path, behind, changes)
    tested = subprocess.run([*command, "-t"], check=False, capture_output=True, text=True)
    assert tested.returncode == 0, tested.stderr
    process = subprocess.Popen(command)
    yield front, behind
    process.terminate()
    process.wait(PATIENCE)
