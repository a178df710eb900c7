"""Complaints in a real browser: one raised by a form without a script, its pages in every look; no page is cut off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.served import Served, accounts, command, serving
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
PAGES = ("", "complaints/", "complaints/new/", "complaints/1/", "requests/", "requests/1/", "proposals/", "causes/",
         "evidence/", "packs/", "packs/uk.fca.disp/")  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demonstration in which a regulated complaint and a request wait for a team of the manager's."""
    home = tmp_path_factory.mktemp("compliance") / "workspace"
    made = command(home, "demo", "--size", "small", "--days", "14", "--no-work", "--json")
    command(home, "compliance", "complaint", "new", "--description", "Charged twice <b>for</b> one order", "--product",
            "Shop", "--channel", "email", "--regulated", "--jurisdiction", "GB", "--team", "1", "--json")  # fmt: skip
    command(home, "compliance", "request", "new", "--kind", "access", "--jurisdiction", "EU", "--channel", "email",
            "--team", "1", "--json")  # fmt: skip
    command(home, "compliance", "scan", "--store", "logs", "--json")
    with serving(home) as port:
        yield Served(port, accounts(json.loads(made)["accounts"]))


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


@pytest.mark.parametrize("look", sorted(LOOKS))
def test_no_page_is_cut_off_or_too_small_to_press(at: Any, site: Served, look: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    one = at("manager", look)
    for path in PAGES:
        one.open(f"{site.origin}/compliance/{path}")
        assert (path, one.overflow(), one.small_targets()) == (path, 0, [])
        found = axe.run(one.page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
        assert (path, [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found]) == (path, [])


def test_a_lead_raises_a_complaint_without_a_script_and_the_manager_sees_why_its_day(at: Any, site: Served) -> None:
    page = at("lead", java_script_enabled=False).page
    page.goto(f"{site.origin}/compliance/")
    page.get_by_role("link", name="Raise a complaint").click()
    page.locator("#f-description").fill("No answer for a week")
    page.locator("#f-product").fill("Shop")
    page.get_by_role("button", name="Put it into the register").click()
    assert "C-" in page.locator("body").inner_text()
    page = at("manager").page
    page.goto(f"{site.origin}/compliance/")
    row = page.locator("tr[data-clock$=':final_response']")
    row.get_by_text("Why that day").click()
    assert "complaint.received" in row.inner_text() and "DISP 1.6.2R" in row.inner_text()
    assert page.locator("tbody tr").count() >= 6
