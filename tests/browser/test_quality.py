"""Quality in a real browser: five reviews by keyboard alone, and no page refused, cut off or too small to press."""

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
    "right to left": {"viewport": {"width": 1360, "height": 860}, "locale": "ar"},
}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ITEMS = (
    ("Acknowledged the problem", "30", "scale", True),
    ("The answer is right", "30", "scale", False),
    ("Owns the next step", "15", "yes_no", False),
    ("Gave a time", "15", "yes_no", False),
    ("Spelling", "10", "yes_no", False),
)
MOST_KEYS = 12
"""Presses for one review beyond typing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("quality") / "workspace") as running:
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
def drawn(site: Served, browser: Browser) -> None:
    """A scorecard written and published, and a sample drawn, both through the pages."""
    one = watched(browser.new_context(**LOOKS["light"]))
    one.page.context.set_default_timeout(60_000)
    sign_in(one.page, site.origin, *site.accounts["lead"])
    page = one.page
    one.open(f"{site.origin}/quality/scorecards/")
    page.fill("#f-name", "Support")
    page.click("#new button")
    for place, (title, weight, kind, quoted) in enumerate(ITEMS):
        if place == 3:
            page.click("button[value=more]")
        page.fill(f"#f-item-{place}-title", title)
        page.fill(f"#f-item-{place}-weight", weight)
        page.select_option(f"#f-item-{place}-kind", kind)
        if quoted:
            page.check(f"#f-item-{place}-needs_evidence")
        if kind == "yes_no":
            page.check(f"#f-item-{place}-allows_na")
    page.click("button[value=publish]")
    assert "in use" in page.inner_text("h1")
    one.open(f"{site.origin}/quality/samples/draw/")
    page.fill("#f-per_person", "3")
    page.check("text=Lead of Customer care")
    page.click("text=See what it would be")
    page.click("#preview button")
    assert "0 of" in page.inner_text("h1")
    one.assert_clean()
    page.context.close()


def press(page: Any, *keys: str) -> int:
    for key in keys:
        page.keyboard.press(key)
    return len(keys)


def test_five_reviews_are_made_without_a_pointer(at: Any, site: Served, drawn: None) -> None:
    one = at("lead")
    page = one.page
    one.open(f"{site.origin}/quality/review/")
    for _ in range(5):
        here = page.locator("main").get_attribute("data-review")
        keys = press(page, "3", "m", "2", "q", "2", "1", "2", "n")
        assert page.locator("[data-quoted] q").count() == 1
        assert page.locator("input:checked[type=radio]").count() == len(ITEMS)
        keys += press(page, "Control+Enter")
        assert keys <= MOST_KEYS
        page.wait_for_url(lambda url, here=here: f"/review/{here}/" not in url)
    assert "can be taken back" in page.inner_text("main")
    one.open(f"{site.origin}/quality/reviews/?state=submitted")
    assert page.locator("tr[data-row]").count() == 5


def test_what_is_entered_is_saved_by_itself_and_there_after_a_reload(at: Any, site: Served, drawn: None) -> None:
    one = at("lead")
    page = one.page
    one.open(f"{site.origin}/quality/review/")
    press(page, "2", "ArrowDown", "q", "c")
    page.keyboard.type("half of it")
    page.locator("[data-saved]", has_text="saved 1 s ago").wait_for()
    address = page.url
    one.open(address)
    assert page.locator("[data-quoted] q").count() == 1
    assert page.locator("input:checked[type=radio]").count() == 1
    assert "half of it" in page.locator("[data-comment]").evaluate_all("them => them.map(one => one.value)")


def test_keys_that_lack_something_say_what(at: Any, site: Served, drawn: None) -> None:
    one = at("lead")
    page = one.page
    one.open(f"{site.origin}/quality/review/")
    page.locator("[data-item]").first.focus()
    press(page, "Backspace", "Backspace", "3")
    assert "needs a quote" in page.inner_text("[data-told]")
    press(page, "j", "k", "m", "1", "q")
    assert page.locator("[data-item]").first.locator("q").count() == 1


def test_without_scripts_a_review_is_made_with_a_form(at: Any, site: Served, drawn: None) -> None:
    one = at("lead", java_script_enabled=False)
    page = one.page
    page.goto(f"{site.origin}/quality/review/")
    text = page.locator("[data-message] [data-sentence]").first.inner_text()
    for row in page.locator("[data-item]").all():
        row.locator("label.answer").first.click()
    page.locator("textarea[data-quotes]").first.fill(f"1: {text}")
    page.click("button[value=save]")
    assert page.locator("input:checked[type=radio]").count() == len(ITEMS)
    assert page.locator("textarea[data-quotes]").first.input_value() == f"1: {text}"


@pytest.mark.parametrize("look", sorted(LOOKS))
@pytest.mark.parametrize("role", ["agent", "lead"])
def test_no_page_is_cut_off_or_too_small_to_press(at: Any, site: Served, drawn: None, role: str, look: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    one = at(role, look)
    leading = ("samples/", "samples/1/", "samples/draw/", "calibrations/begin/", "review/")
    pages = ("", "reviews/", "scorecards/", "scorecards/1/", "calibrations/", "checks/")
    for path in (*pages, *(leading if role == "lead" else ())):
        one.open(f"{site.origin}/quality/{path}")
        small = [each for each in one.small_targets() if 'class="skip"' not in each]
        assert (path, one.overflow(), small) == (path, 0, [])
        found = axe.run(one.page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
        assert (path, [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found]) == (path, [])
