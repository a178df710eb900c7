"""Conversations in a real browser: the list, a search, one conversation, teams; nothing is cut off, no barrier."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

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
    "narrow": {"viewport": {"width": 320, "height": 640}},
}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = ("/conversations/", "/conversations/search/?q=thank", "/conversations/behaviours/")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("conversations") / "workspace"
    with served(home, days=28) as running:
        _read(home)
        yield running


def _read(home: Path) -> None:
    """What the worker does every five minutes."""
    from maitred.desks.conversations.reading import working
    from maitred.metrics.refresh import open_workspace

    with closing(open_workspace(home)) as workspace:
        publication = workspace.publication()
        assert publication is not None
        working.refresh(workspace, publication, ZoneInfo("UTC"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as engine:
        words = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        found = engine.chromium.launch(executable_path=str(CHROMIUM), args=words)
        yield found
        found.close()


def _opened(site: Served, browser: Browser, look: str, **more: Any) -> Watched:
    one = watched(browser.new_context(**LOOKS[look], **more))
    one.page.context.set_default_timeout(60_000)
    sign_in(one.page, site.origin, *site.accounts["lead"])
    return one


@pytest.mark.parametrize("look", LOOKS)
def test_no_page_is_cut_off_and_axe_finds_nothing(site: Served, browser: Browser, look: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    one = _opened(site, browser, look)
    page = one.page
    page.goto(f"{site.origin}/conversations/")
    first = page.locator("table.data tbody th a").first
    pages = [*PAGES, str(first.get_attribute("href"))] if first.count() else [*PAGES]
    for address in pages:
        page.goto(f"{site.origin}{address}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found = axe.run(page, options={"runOnly": TAGS}).response["violations"]
        assert (address, wide, [each["id"] for each in found]) == (address, 0, [])
    one.assert_clean()
    page.context.close()


def test_a_search_works_without_a_script(site: Served, browser: Browser) -> None:
    one = _opened(site, browser, "light", java_script_enabled=False)
    page = one.page
    page.goto(f"{site.origin}/conversations/search/")
    page.locator("#f-q").fill("thank")
    page.get_by_role("button", name="Search", exact=True).last.click()
    assert "q=thank" in page.url and page.locator("li[data-hit]").count() > 0
    page.locator("li[data-hit] a").first.click()
    assert page.locator("body").get_attribute("data-page") == "conversations"
    assert page.locator("li.turn").count() > 0
    page.context.close()
