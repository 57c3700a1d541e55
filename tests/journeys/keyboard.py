"""A person without a mouse: Tab, Enter, Space, arrows and letters, with the focus watched at every step."""

from typing import Any

from playwright.sync_api import Page, expect

MOST_TABS = 300
# The browser stops at what scrolls by itself, too: a page has fewer of those than this. It stops four times in a date.
SCROLLERS, MORE_FOR_A_DATE = 6, 3
# The focus shows by an outline or a shadow that is not there without it (of a choice: on its label's mark), and
# nothing lies over it. What was seen once of a kind on a page is not looked at again.
WATCH = """() => {
    const it = document.activeElement;
    if (!it || it === document.body) return '';
    const kind = `${it.tagName} ${it.className} ${it.type ?? ''}`;
    const seen = document.dauysSeen ??= new Set();
    const box = it.getBoundingClientRect();
    const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(box.top + Math.min(box.height, innerHeight) / 2, 0), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    const own = top && [it, ...(it.labels ?? [])].some((one) => one.contains(top) || top.contains(one));
    if (!own) return `covered by ${top?.outerHTML.slice(0, 90)}: ${it.outerHTML.slice(0, 90)}`;
    if (seen.has(kind)) return '';
    seen.add(kind);
    const looks = () => [it, ...(it.labels ?? [])].flatMap((one) => ['', '::before'].map((part) => {
        const style = getComputedStyle(one, part || null);
        return `${style.outlineStyle} ${style.outlineWidth} ${style.outlineColor} ${style.boxShadow}`;
    })).join();
    const focused = looks();
    it.blur();
    const plain = looks();
    it.focus({preventScroll: true});
    return focused === plain ? `the focus does not show: ${it.outerHTML.slice(0, 120)}` : '';
}"""
# What Tab has to come to, once each; of radios with one name the chosen one or the first stands for all.
STOPS = """() => {
    const names = new Set();
    const all = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
    return [...document.querySelectorAll(all)].filter((it) => {
        if (it.disabled || it.tabIndex < 0 || it.type === 'hidden') return false;
        if (!it.checkVisibility({visibilityProperty: true})) return false;
        if (it.type !== 'radio') return true;
        const key = `${it.form?.action} ${it.name}`;
        return !names.has(key) && names.add(key);
    }).length;
}"""

# How many places Tab has come to so far, and whether it has left the page or begins again.
MET = """() => {
    const met = document.dauysMet ??= new Set();
    const it = document.activeElement;
    const over = it === document.body || (it.className === 'skip-link' && met.size > 1);
    if (it !== document.body) met.add(it);
    return [met.size, over];
}"""


def tab(page: Page, key: str = "Tab") -> None:
    """One step further; the focus must be seen."""
    page.keyboard.press(key)
    fault: str = page.evaluate(WATCH)
    assert fault == "", f"{page.url}: {fault}"


def reach(page: Page, selector: str) -> None:
    """Tab until the element has the focus."""
    target = page.locator(selector).first
    expect(target).to_be_attached()
    for _ in range(MOST_TABS):
        if target.evaluate("element => element === document.activeElement"):
            return
        tab(page)
    raise AssertionError(f"{selector} cannot be reached by keyboard on {page.url}")


def write(page: Page, name: str, text: str) -> None:
    """Write into a field in place of what stands there."""
    reach(page, f"main [name='{name}']")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def tick(page: Page, name: str, value: str = "") -> None:
    """Check a box, or choose a radio: Space takes the first of them, arrows lead on."""
    reach(
        page, f"main [name='{name}']" if not value else f"main [name='{name}']:checked, main [name='{name}']"
    )
    chosen = page.locator(
        f"main [name='{name}'][value='{value}']" if value else f"main [name='{name}']"
    ).first
    page.keyboard.press("Space")
    for _ in range(20):
        if chosen.is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{name}={value} cannot be chosen on {page.url}")


def choose(page: Page, name: str, value: str) -> None:
    """Take a line of a list with the arrow keys."""
    reach(page, f"main select[name='{name}']")
    field = page.locator(f"main select[name='{name}']")
    page.keyboard.press("Home")
    for _ in range(MOST_TABS):
        if field.input_value() == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{name}={value} cannot be chosen on {page.url}")


def press(page: Page, selector: str) -> None:
    """Reach a link or a button and press Enter; the page that follows is there afterwards."""
    reach(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def send(page: Page) -> None:
    """Press the first button of the page's own form."""
    press(page, "main form[method=post] button[type=submit]")


def follow(page: Page, path: str) -> None:
    """Follow a link of the page."""
    press(page, f"main a[href*='{path}']")


def go_round(page: Page) -> None:
    """The skip link comes first and leads past the menu; Tab comes to everything and leaves again; back as well."""
    _afresh(page)
    tab(page)
    assert page.evaluate("document.activeElement.className") == "skip-link", page.url
    page.keyboard.press("Enter")
    tab(page)
    inside: Any = "document.querySelector('main').contains(document.activeElement)"
    assert page.evaluate(inside) or not page.locator("main a[href], main button, main input").count(), (
        page.url
    )
    _afresh(page)
    stops, met, over = page.evaluate(STOPS), 0, False
    dates = page.locator("input[type=date], input[type=datetime-local]").count()
    for _ in range(stops + SCROLLERS + MORE_FOR_A_DATE * dates + 1):
        page.keyboard.press("Tab")
        met, over = page.evaluate(MET)
        if over:
            break
    assert over and met >= stops, f"{page.url}: Tab comes to {met} places where {stops} are"
    back = "document.activeElement !== document.body && document.activeElement.className !== 'skip-link'"
    for _ in range(2):  # out of the page first, where Tab began again by itself
        page.keyboard.press("Shift+Tab")
        if page.evaluate(back):
            return
    raise AssertionError(f"{page.url}: Shift+Tab does not lead back")


def _afresh(page: Page) -> None:
    """Open the page again at its top: an address with a mark would begin at the mark."""
    page.evaluate("history.replaceState(null, '', location.pathname + location.search)")
    page.reload()
