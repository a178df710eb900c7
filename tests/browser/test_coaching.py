"""Coaching in a real browser: a one-to-one is planned, prepared and held without a script; no page is cut off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.served import Served, served
from tests.browser.watching import Watched, sign_in, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser  # type: ignore[import-not-found]

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.slow, pytest.mark.long, pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium"),
]  # fmt: skip

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1360, "height": 860}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1360, "height": 860}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "narrow": {"viewport": {"width": 320, "height": 640}},
}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("coaching") / "workspace", days=90) as running:
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

    def get(role: str, look: str = "light", **more: Any) -> Watched:
        one = watched(browser.new_context(**LOOKS[look], **more))
        one.page.context.set_default_timeout(60_000)
        sign_in(one.page, site.origin, *site.accounts[role])
        held.append(one)
        return one

    yield get
    for one in held:
        one.assert_clean()
        one.page.context.close()


@pytest.fixture(scope="module")
def prepared(site: Served, browser: Browser) -> list[str]:
    """A lead's pages after a talk was planned and prepared and a plan was begun, all by forms without a script."""
    one = watched(browser.new_context(**LOOKS["light"], java_script_enabled=False))
    page = one.page
    page.context.set_default_timeout(60_000)
    sign_in(page, site.origin, *site.accounts["lead"])
    page.goto(f"{site.origin}/coaching/")
    page.get_by_role("link", name="Plan a one-to-one").first.click()
    page.get_by_role("button", name="Plan it").click()
    talk = page.url.removeprefix(site.origin)
    page.get_by_label("Add to the agenda").fill("holidays in spring")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("What", exact=True).fill("try the refund macro twice")
    page.get_by_role("button", name="Agree", exact=True).click()
    page.get_by_label("Write a note").fill("asks for a quieter desk")
    page.get_by_role("button", name="Keep the note").click()
    page.goto(f"{site.origin}/coaching/plan/new/")
    page.get_by_label("What is to be different").fill("first replies within the hour")
    page.get_by_label("Because of the work").check()
    page.get_by_role("button", name="See what could be seen").click()
    assert page.locator("#seen").count() == 1
    page.get_by_role("button", name="Write the draft down").click()
    plan = page.url.removeprefix(site.origin)
    page.get_by_role("button", name="Begin").click()
    page.context.close()
    return ["/coaching/", talk, plan, "/coaching/one-to-one/plan/", "/coaching/plan/new/"]


def test_what_was_agreed_is_found_again(at: Any, site: Served, prepared: list[str]) -> None:
    one = at("lead")
    one.open(f"{site.origin}{prepared[1]}")
    text = one.page.locator("main").inner_text()
    for said in ("holidays in spring", "try the refund macro twice", "asks for a quieter desk"):
        assert said in text, said
    one.page.get_by_role("button", name="It was held").click()
    assert one.page.get_by_role("link", name="Plan the next one").count() == 1
    one.page.get_by_role("button", name="Undo").click()


@pytest.mark.parametrize("look", sorted(LOOKS))
def test_no_page_is_cut_off_or_too_small_to_press(at: Any, site: Served, prepared: list[str], look: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    one = at("lead", look)
    for path in prepared:
        one.open(f"{site.origin}{path}")
        assert (path, one.overflow(), one.small_targets()) == (path, 0, [])
        found = axe.run(one.page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
        assert (path, [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found]) == (path, [])
