"""nginx as deploy/ configures it, in front of whatever listens behind."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.config import ROOT
from tests.conftest import skip
from tests.processes import PATIENCE, free_port

DEPLOY = ROOT / "deploy"


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
    text = (DEPLOY / "nginx.conf").read_text()
    for old, new in (
        ("listen 443 ssl", f"listen 127.0.0.1:{front} ssl"), ("listen 80", f"listen 127.0.0.1:{plain}"),
        ("127.0.0.1:8000;", f"127.0.0.1:{behind};"), ("/etc/ssl/petitions.example.pem", str(certificate)),
        ("/etc/ssl/petitions.example.key", str(key)), ("/var/log/nginx", str(tmp_path)),
    ):  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    whole = tmp_path / "nginx.conf"
    user = "user root;" if shutil.which("runuser") else ""
    whole.write_text(
        f"{user} daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}} http {{ {text} }}"
    )
    command = ["nginx", "-p", str(tmp_path), "-c", str(whole)]
    tested = subprocess.run([*command, "-t"], check=False, capture_output=True, text=True)
    assert tested.returncode == 0, tested.stderr
    process = subprocess.Popen(command)
    yield front, behind
    process.terminate()
    process.wait(PATIENCE)
