"""nginx as deploy/nginx.conf has it, with the ports and folders of a test or a measurement."""

import shutil
from pathlib import Path

from core.config import ROOT

EXAMPLE = ROOT / "deploy" / "nginx.conf"
# As docs/operations.md asks for: two connections for each reader whom the site answers.
EVENTS = "worker_connections 4096;"


def nginx(folder: Path, behind: int, changes: dict[str, str], beside: str = "") -> list[str]:
    """The command that runs the example with these changes, for a site at the port `behind`; it writes to `folder`.

    `beside` is said beside the example. A change that finds nothing to change is a fault of ours (AssertionError).
    """
    text = EXAMPLE.read_text()
    places = {"/var/log/nginx": str(folder), "/var/lib/nginx/dauys": str(folder / "pages")}
    for old, new in {"127.0.0.1:8000;": f"127.0.0.1:{behind};", **places, **changes}.items():
        assert old in text, old
        text = text.replace(old, new)
    user = "user root;" if shutil.which("runuser") else ""
    whole = folder / "nginx.conf"
    whole.write_text(
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/error.log;"
        f" events {{ {EVENTS} }} http {{ {beside} {text} }}"
    )
    return ["nginx", "-p", str(folder), "-c", str(whole)]
