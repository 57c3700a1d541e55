"""Pictures of the main screens: python -m tools.screens loads a fresh demo, serves it, and writes PNG files.

It needs Chromium and the development requirements. The demo, its server and its files live in a temporary folder and
end with the command; only the pictures stay.
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
PASSWORD = re.compile(r"(\S+@\S+)\s+(\S+)\s+(citizen|moderator|officer|controller|administrator)")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
START_SECONDS = 180
WIDTHS, HEIGHT = (320, 1280), 720
# Without a named controller nobody can sign; where the environment names none, this one is as invented as the demo.
CONTROLLER = {
    "PERSON": "Сәуле Үлгіева",
    "BODY": "«Үлгі» қоғамдық қоры",
    "ADDRESS": "Үлгіқала, Бейбітшілік көшесі, 1",
    "EMAIL": "controller@dauys.example",
    "PHONE": "+7 700 000 00 00",
}


@dataclass(frozen=True)
class Screen:
    """One screen: its file's name, its address, who opens it, and a link on it that leads to what is wanted."""

    name: str
    address: str
    who: str = ""
    follow: str = ""


VISITOR = (
    Screen("home", "/"),
    Screen("list", "/petitions"),
    Screen("list-overdue", "/petitions?state=overdue"),
    Screen("list-empty", "/petitions?q=%D0%B6%D0%BE%D2%9B%D0%BD%D3%99%D1%80%D1%81%D0%B5"),
    Screen("petition-collecting", "/petitions?state=collecting", follow=".petition-card:nth-child(2) h3 a"),
    Screen("petition-waiting", "/petitions?state=waiting", follow=".card__title a"),
    Screen("petition-overdue", "/petitions?state=overdue", follow=".card__title a"),
    Screen("petition-answered", "/petitions?state=answered", follow=".card__title a"),
    Screen("petition-refused", "/petitions?state=refused", follow=".card__title a"),
    Screen(
        "sign", "/petitions?state=collecting", follow=".petition-card:nth-child(2) h3 a > then .count__act a"
    ),
    Screen("authorities", "/authorities"),
    Screen("authority", "/authorities/akimat-kokserek"),
    Screen("area", "/areas/620000000"),
    Screen("deadlines", "/deadlines"),
    Screen("term", "/petitions?state=overdue", follow=".card__title a > then .clock__how a"),
    Screen("stops", "/stops"),
    Screen("statistics", "/statistics"),
    Screen("transparency", "/transparency"),
    Screen("rules", "/rules"),
    Screen("rules-kz-2026", "/rules/kz-2026"),
    Screen("privacy", "/privacy"),
    Screen("my-data", "/my-data"),
    Screen("data", "/data/"),
    Screen("help", "/help/"),
    Screen("help-sign", "/help/sign"),
    Screen("help-easy", "/help/easy"),
    Screen("design", "/design"),
    Screen("not-found", "/nowhere"),
    Screen("sign-in", "/account/sign-in"),
    Screen("register", "/account/register"),
)
STAFF = (
    Screen("account", "/account/", "author"),
    Screen("write-new", "/petitions/new", "author"),
    Screen(
        "write-text",
        "/account/",
        "author",
        "main a[href*='/petitions/'][href*='/mine'], main a[href*='/edit']",
    ),
    Screen("moderation", "/moderation/", "moderator"),
    Screen(
        "moderation-case",
        "/moderation/",
        "moderator",
        "[data-item]",
    ),
    Screen("desk", "/desk/", "district"),
    Screen("desk-case", "/desk/", "district", "[data-item]"),
    Screen("requests", "/admin/requests", "controller"),
    Screen("retention", "/admin/retention", "controller"),
    Screen("admin", "/admin/", "admin"),
    Screen("users", "/admin/users", "admin"),
    Screen("jobs", "/admin/jobs", "admin"),
)

SCREENS = VISITOR + STAFF


@dataclass
class Demo:
    """A running demo: where it is, and how to sign in to it."""

    url: str
    env: dict[str, str]
    passwords: dict[str, str]

    def code(self, email: str) -> str:
        """The present one-time code of a member of staff."""
        found = re.search(r"\b\d{6}\b", run(self.env, "users", "code", email))
        if not found:
            raise RuntimeError(f"no one-time code for {email}")
        return found[0]


def run(env: dict[str, str], *args: str) -> str:
    """What a command of the site prints."""
    command = [sys.executable, "-m", "flask", "--app", "app", *args]
    made = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True)  # noqa: S603 - our own words
    return made.stdout


def settings(folder: Path, url: str) -> dict[str, str]:
    """The environment of a demo that keeps everything in `folder`."""
    invented = {f"DAUYS_CONTROLLER_{name}": value for name, value in CONTROLLER.items()}
    kept = {name: v for name, v in os.environ.items() if not name.startswith("DAUYS_") or name in invented}
    return invented | kept | {"DAUYS_VAR_DIR": str(folder), "DAUYS_BASE_URL": url}


def free_port() -> int:
    """A port of the loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving() -> Iterator[Demo]:
    """A fresh demo, served until the end of the block."""
    folder, port = Path(tempfile.mkdtemp(prefix="dauys-screens-")), free_port()
    url = f"http://127.0.0.1:{port}"
    env = settings(folder, url)
    run(env, "db", "upgrade")
    printed = run(env, "demo", "load")
    passwords = {email: password for email, password, _role in PASSWORD.findall(printed)}
    command = [sys.executable, "-m", "flask", "--app", "app", "serve", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)  # noqa: S603 - our own words
    try:
        wait_for(url)
        yield Demo(url, env, passwords)
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(url: str) -> None:
    """Return when the site answers."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            urlopen(f"{url}/healthz").close()  # noqa: S310 - an address of our own
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the demo does not answer")


def sign_in(page: Page, demo: Demo, who: str) -> None:
    """Sign in as an account of the demo; staff give their one-time code."""
    email = f"{who}@dauys.example"
    page.goto("/account/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", demo.passwords[email])
    page.click("main form button[type=submit]")
    if page.locator("[name=code]").count():
        page.fill("[name=code]", demo.code(email))
        page.click("main form button[type=submit]")


def take(page: Page, screen: Screen, lang: str, file: Path) -> bool:
    """Write the picture of one screen; False where the way to it has ended."""
    mark = "&" if "?" in screen.address else "?"
    page.goto(f"{screen.address}{mark}lang={lang}")
    for step in filter(None, screen.follow.split(" > then ")):
        link = page.locator(step).first
        if not link.count():
            return False
        page.goto(str(link.get_attribute("href")))
    page.screenshot(path=file, full_page=True)
    return True


def take_all(browser: Browser, demo: Demo, screens: list[Screen], langs: list[str], folder: Path) -> None:
    """Write every screen in every language and width, one person after the other; a person signs in once."""
    for who in dict.fromkeys(screen.who for screen in screens):
        context = browser.new_context(base_url=demo.url, reduced_motion="reduce")
        page = context.new_page()
        if who:
            sign_in(page, demo, who)
        mine = [screen for screen in screens if screen.who == who]
        for width, lang, screen in product(WIDTHS, langs, mine):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            file = folder / f"{screen.name}-{lang}-{width}.png"
            if not take(page, screen, lang, file):
                print(f"skipped {file.name}: the link that leads there is missing", file=sys.stderr)  # noqa: T201
        context.close()


def asked() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.screens", description="Pictures of the main screens."
    )
    parser.add_argument("--lang", action="append", choices=["kk", "ru", "en"], help="kk where none is given")
    parser.add_argument("--only", default="", help="screens whose name contains this")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "var" / "screens", help="the folder of the pictures"
    )
    return parser.parse_args()


def main() -> None:
    """Load, serve, take, stop."""
    chromium = shutil.which("chromium") or sys.exit("Chromium is not installed.")
    wanted = asked()
    wanted.out.mkdir(parents=True, exist_ok=True)
    screens = [screen for screen in SCREENS if wanted.only in screen.name]
    with serving() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        take_all(browser, demo, screens, wanted.lang or ["kk"], wanted.out)
        browser.close()
    print(f"The pictures are in {wanted.out}")  # noqa: T201


if __name__ == "__main__":
    main()
