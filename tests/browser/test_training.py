"""Training in a real browser: a course, a quiz, a list and a path by forms without a script; no page is cut off."""

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
QUESTIONS = "? Who signs a refund?\n* The team lead\n- Nobody\n\n?? Which are asked for?\n* Order\n* Date\n- Shoe size"
LIST = "person,course,completed_at,score\nNobody Known,Refunds,2025-01-10,90\nX,Elsewhere,soon,1\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("training") / "workspace", days=28) as running:
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
    """A lead's pages after everything was made once, all by forms without a script."""
    one = watched(browser.new_context(**LOOKS["light"], java_script_enabled=False))
    page = one.page
    page.context.set_default_timeout(60_000)
    sign_in(page, site.origin, *site.accounts["lead"])
    course = _course(page, site.origin)
    quiz = _quiz(page, site.origin, course)
    batch = _given(page, site.origin)
    page.goto(f"{site.origin}/training/import/")
    page.locator("#f-file").set_input_files(
        {"name": "list.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    )  # fmt: skip
    page.get_by_role("button", name="Read it").click()
    listed = page.url.removeprefix(site.origin)
    page.goto(f"{site.origin}/training/paths/new/")
    _fill(page, title="First month", steps="7: Refunds\n20: Answers alone")
    page.get_by_role("button", name="Keep the path").click()
    page.locator("#e-person").select_option(index=1)
    page.get_by_role("button", name="Put them on it").click()
    on = page.url.removeprefix(site.origin)
    page.context.close()
    return ["/training/", "/training/courses/", course, f"{quiz}edit/", f"{quiz}analysis/", quiz, "/training/assign/",
            batch, "/training/import/", listed, "/training/paths/", on, "/training/practice/",
            "/training/practice/give/", "/training/courses/new/"]  # fmt: skip


def _fill(page: Any, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"#f-{name}").fill(value)


def _course(page: Any, origin: str) -> str:
    page.goto(f"{origin}/training/courses/new/")
    text = "# When\n\nAsk **first**, then write it down.\n\n* order\n* date"
    links = "The policy | https://policy.example/refunds"
    _fill(page, title="Refunds", text=text, links=links, opens_on="2020-01-01", closes_on="2099-12-31")
    page.get_by_role("button", name="Keep the draft").click()
    page.get_by_role("button", name="Publish this version").click()
    return str(page.url.removeprefix(origin))


def _quiz(page: Any, origin: str, course: str) -> str:
    page.goto(f"{origin}{course}")
    page.get_by_role("link", name="Write a quiz").click()
    _fill(page, title="Refunds in short", questions=QUESTIONS)
    page.get_by_role("button", name="Keep the draft").click()
    page.get_by_role("button", name="Open it").click()
    return str(page.url.removeprefix(origin).removesuffix("edit/"))


def _given(page: Any, origin: str) -> str:
    page.goto(f"{origin}/training/assign/")
    for box in page.get_by_role("group", name="For whom").get_by_role("checkbox").all()[:3]:
        box.check()
    page.get_by_role("button", name="See what it does").click()
    assert page.locator("#preview li").count() == 3
    page.get_by_role("button", name="Give it to them").click()
    return str(page.url.removeprefix(origin))


def test_a_quiz_is_taken_and_told_at_once(at: Any, site: Served, prepared: list[str]) -> None:
    one = at("agent")
    one.open(f"{site.origin}{prepared[5]}")
    page = one.page
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("The team lead").check()
    page.get_by_label("Order").check()
    page.get_by_role("button", name="Hand it in").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Not passed: 1 of 2 right"
    page.goto(f"{site.origin}/training/")
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("look", sorted(LOOKS))
def test_no_page_is_cut_off_or_too_small_to_press(at: Any, site: Served, prepared: list[str], look: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    one = at("lead", look)
    for path in prepared:
        one.open(f"{site.origin}{path}")
        assert (path, one.overflow(), one.small_targets()) == (path, 0, [])
        found = axe.run(one.page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
        assert (path, [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found]) == (path, [])
