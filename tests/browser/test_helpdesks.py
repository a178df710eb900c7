"""Connected helpdesks in a real browser: nothing refused or cut off, and a reading that moves without a reload."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from maitred.connectors.zendesk.double import Zendesk
from tests.browser import connected
from tests.browser.connected import NAME
from tests.browser.served import Served, served
from tests.browser.watching import Watched, sign_in, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser  # type: ignore[import-not-found]

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.slow, pytest.mark.long, pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium"),
]  # fmt: skip

ONE = f"/helpdesks/{NAME}/"
PAGES = {
    "admin": ("/helpdesks/", "/helpdesks/connect/", "/helpdesks/connect/zendesk/", "/helpdesks/connect/salesforce/",
              ONE, f"{ONE}aside/", f"{ONE}words/", f"{ONE}settings/", f"{ONE}proof/", f"{ONE}anew/", f"{ONE}end/"),
    "manager": ("/helpdesks/", ONE, f"{ONE}words/", f"{ONE}settings/", f"{ONE}changes/"),
}  # fmt: skip
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1360, "height": 860}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1360, "height": 860}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "narrow": {"viewport": {"width": 320, "height": 640}},
}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("helpdesks") / "workspace"


@pytest.fixture(scope="module")
def site(home: Path) -> Iterator[Served]:
    with served(home) as running:
        yield running


@pytest.fixture(scope="module")
def desk(home: Path, site: Served) -> Iterator[Zendesk]:
    """A helpdesk of few exports a minute, so that its first reading can be watched."""
    with connected.connected(home, 400, exports_per_minute=12, page=100) as double:
        yield double


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
        one.page.context.set_default_timeout(60_000)
        sign_in(one.page, site.origin, *site.accounts[role])
        held.append(one)
        return one

    yield get
    for one in held:
        one.assert_clean()
        one.page.context.close()


def test_a_first_reading_moves_on_the_page_and_ends_there(at: Any, site: Served, home: Path, desk: Zendesk) -> None:
    one = at("admin")
    with connected.reading(home):
        connected.until(lambda: connected.landed(home, "tickets") > 0)
        one.open(f"{site.origin}{ONE}")
        state = one.page.locator("#state")
        assert state.get_attribute("data-connection-state") == "backfilling"
        before = state.inner_text()
        connected.until(lambda: one.page.locator("#state").inner_text() != before, 120)
        desk.exports.per_minute = 100_000
        connected.until(lambda: one.page.locator("#state").get_attribute("hx-get") is None, 400)
    assert one.page.locator("#state").get_attribute("data-connection-state") == "current"
    assert connected.landed(home, "tickets") >= 400


@pytest.mark.parametrize("look", sorted(LOOKS))
@pytest.mark.parametrize("role", sorted(PAGES))
def test_no_page_is_cut_off_or_too_small_to_press(
    at: Any, site: Served, home: Path, desk: Zendesk, role: str, look: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    one = at(role, look)
    for path in PAGES[role]:
        one.open(f"{site.origin}{path}")
        assert (path, one.overflow(), one.small_targets()) == (path, 0, [])
        found = axe.run(one.page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
        assert (path, [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found]) == (path, [])
