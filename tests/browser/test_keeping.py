"""Working with pages by keyboard in a real browser: jump to a ticket, share a view, label tickets and undo it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.served import Served, served
from tests.browser.watching import Watched, sign_in, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page  # type: ignore[import-not-found]

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium")]

DRILL = "/drill/solved/?period=last-13w"
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1360, "height": 860}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1360, "height": 860}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "narrow": {"viewport": {"width": 320, "height": 640}},
}
PAGES = {
    "/palette/?q=re": 200, "/notices/": 200, "/settings/views/": 200, "/settings/views/add/": 200,
    "/settings/annotations/": 200, DRILL: 200,
}  # fmt: skip
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FOCUSED = "document.activeElement.getAttribute('data-palette') !== null"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("keeping") / "workspace") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as engine:
        words = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        found = engine.chromium.launch(executable_path=str(CHROMIUM), args=words)
        yield found
        found.close()


@pytest.fixture
def at(site: Served, browser: Browser) -> Iterator[Any]:
    """A watched page of somebody signed in, in a look; closed and found clean at the end."""
    held: list[Watched] = []

    def get(role: str, look: str = "light") -> Watched:
        one = watched(browser.new_context(**LOOKS[look]))
        sign_in(one.page, site.origin, *site.accounts[role])
        held.append(one)
        return one

    yield get
    for one in held:
        one.assert_clean()
        one.page.context.close()


def tab_to(page: Page, selector: str, most: int = 90) -> None:
    """Press Tab until the focus is there."""
    for _step in range(most):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by Tab to {selector}")


def test_the_palette_opens_a_ticket_by_keyboard_and_esc_gives_the_focus_back(at: Any, site: Served) -> None:
    one = at("manager")
    page: Page = one.page
    one.open(f"{site.origin}{DRILL}")
    number = page.locator("tr[data-row] th a").first.inner_text().removeprefix("#")
    tab_to(page, "a[data-palette]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#palette[open] #palette-words")
    assert page.evaluate("document.activeElement.id") == "palette-words"
    page.keyboard.press("Escape")
    page.wait_for_selector("#palette:not([open])", state="attached")
    assert page.evaluate(FOCUSED)
    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette-words")
    page.keyboard.press("ArrowDown")
    chosen = page.locator('#palette [aria-selected="true"]')
    assert chosen.count() == 1
    assert page.get_attribute("#palette-words", "aria-activedescendant") == chosen.get_attribute("id") == "option-2"
    page.keyboard.type(number)
    page.keyboard.press("Enter")  # before the answer is there: the first result is opened once it is
    page.wait_for_url(f"**/tickets/*/{number}/")
    assert number in page.inner_text("h1")


def test_the_palette_presses_what_is_on_the_page_and_offers_nothing_else(at: Any, site: Served) -> None:
    one = at("manager")
    page: Page = one.page
    one.open(f"{site.origin}/notices/")
    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette-words")
    page.keyboard.type("save this")
    page.get_by_text("Nothing found").wait_for()
    page.keyboard.press("Escape")
    one.open(f"{site.origin}{DRILL}")
    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette-words")
    page.keyboard.type("save this")
    page.keyboard.press("Enter")
    page.wait_for_selector("#save-view:popover-open")
    assert page.evaluate("document.activeElement.id") == "view-name"


def test_shift_x_selects_every_row_up_to_the_focused_one(at: Any, site: Served) -> None:
    page = at("manager").page
    page.goto(f"{site.origin}{DRILL}")
    for key in ("j", "x", "j", "j", "j", "Shift+X"):
        page.keyboard.press(key)
    assert page.locator("input[name=row]:checked").count() == 4
    assert page.locator("[data-chosen]").inner_text() == "4"


def test_a_view_is_saved_and_shared_and_a_lead_who_sees_less_opens_it(at: Any, site: Served) -> None:
    one = at("manager")
    page: Page = one.page
    one.open(f"{site.origin}/drill/solved/")
    teams = page.locator('select[name="team"] option').evaluate_all("all => all.map(one => [one.value, one.text])")
    lead = at("lead")
    lead.open(f"{site.origin}/drill/solved/")
    known = lead.page.locator('select[name="team"] option').evaluate_all("all => all.map(one => one.value)")
    foreign = next(value for value, _name in teams if value not in known)
    one.open(f"{site.origin}/drill/solved/?team={foreign}&period=last-13w")
    page.keyboard.press("v")
    page.wait_for_selector("#save-view:popover-open")
    page.keyboard.type("Solved by them")
    page.keyboard.press("Tab")
    page.keyboard.press("End")  # the last choice: everybody here
    tab_to(page, "#view-pinned")
    page.keyboard.press("Space")
    tab_to(page, "#save-view button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**view=*")
    assert page.locator("nav [aria-current] [data-label]", has_text="Solved by them").count() == 1
    lead.open(f"{site.origin}/notices/")
    lead.page.get_by_role("link", name="Solved by them").click()
    lead.page.wait_for_url("**/drill/solved/*")
    assert "without its filter team" in lead.page.inner_text(".messages")
    assert lead.page.get_attribute("body", "data-state") in ("ok", "empty")


def test_tickets_are_labelled_and_unlabelled_by_keyboard(at: Any, site: Served) -> None:
    one = at("manager")
    page: Page = one.page
    one.open(f"{site.origin}{DRILL}")
    assert page.is_disabled("[data-needs-rows]")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.inner_text("[data-chosen]") == "2"
    page.focus("select[name=kind]")
    tab_to(page, ".bulkbar input[name=text]")
    page.keyboard.type("refund wave")
    page.keyboard.press("Enter")
    page.wait_for_url("**/marks/preview/")
    assert page.inner_text("[data-would]") == "2"
    tab_to(page, "button.pri")
    page.keyboard.press("Enter")
    page.wait_for_url("**/marks/*/")
    page.locator("[data-added]").wait_for()
    assert page.inner_text("[data-added]") == "2"
    tab_to(page, "form[action$='/undo/'] button")
    page.keyboard.press("Enter")
    page.locator("[data-removed]").wait_for()
    assert page.inner_text("[data-removed]") == "2"
    tab_to(page, "a.pri")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{DRILL}")


def test_without_scripts_all_matching_rows_are_labelled_and_taken_back(site: Served, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site.origin, *site.accounts["manager"])
    page.goto(f"{site.origin}{DRILL}")
    page.check("input[name=all]")
    page.fill(".bulkbar input[name=text]", "no scripts")
    page.click("text=Preview")
    total = int(page.inner_text("[data-would]").replace(",", ""))
    page.click("button.pri")
    assert int(page.inner_text("[data-added]").replace(",", "")) == total > 50
    page.click("text=Undo (10 min)")
    assert int(page.inner_text("[data-removed]").replace(",", "")) == total
    context.close()


@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_fit_ask_only_us_and_show_the_focus(at: Any, site: Served, look: str) -> None:
    one = at("manager", look)
    for path, status in PAGES.items():
        one.open(f"{site.origin}{path}", status)
        assert (path, one.overflow(), one.small_targets()) == (path, 0, [])
        steps = one.walk(12)
        assert [step for step in steps if step["ring"] < 3 or not step["seen"] or not step["free"]] == []
        one.assert_clean()


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_axe_finds_nothing_on_pages_palette_and_sheets(at: Any, site: Served, look: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    one = at("manager", look)

    def judged() -> list[Any]:
        found = axe.run(one.page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
        return [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found["violations"]]

    for path, status in PAGES.items():
        one.open(f"{site.origin}{path}", status)
        assert (path, judged()) == (path, [])
    for opener in ("[data-save-view]", "[data-share]"):
        one.page.click(opener)
        assert (opener, judged()) == (opener, [])
        one.page.keyboard.press("Escape")
    one.page.click("[data-palette]")
    one.page.wait_for_selector("#palette-words")
    assert judged() == []
    one.open(f"{site.origin}{DRILL}")
    one.page.check("tr[data-row] input[name=row]")
    one.page.fill(".bulkbar input[name=text]", f"judged {look}")
    one.page.click("[data-needs-rows]")
    one.page.wait_for_url("**/marks/preview/")
    assert judged() == []
    one.page.click("button.pri")
    one.page.locator("[data-added]").wait_for()
    assert judged() == []
    one.page.click("form[action$='/undo/'] button")
    one.page.locator("[data-removed]").wait_for()
    assert judged() == []
