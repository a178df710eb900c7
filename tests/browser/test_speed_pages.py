"""The pages of figures in a real browser: drawn, readable, light, reachable by keyboard, and whole without scripts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from maitred.base.tests.picked import often
from tests.browser.served import Served, served
from tests.browser.watching import Watched, sign_in, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page  # type: ignore[import-not-found]

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium")]

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1360, "height": 860}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1360, "height": 860}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "narrow": {"viewport": {"width": 320, "height": 640}},
}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SPEED = "/service-levels/?period=last-52w"
DRILL = "/drill/sla.attainment/?period=last-52w&part=missed"
POLICY = "/service-levels/policy/?period=last-52w&policy=" + "%5Btargets%5D%0Afirst_reply+%3D+%7Bothers+%3D+60%7D"
CHARTED = (
    SPEED, "/service-levels/attainment/?period=last-52w", "/service-levels/breaches/?period=last-52w",
    "/service-levels/backlog/?period=last-52w", "/service-levels/bottlenecks/?period=last-52w",
    "/metrics/frt.business_all/?period=last-52w", "TICKET",
)  # fmt: skip
PLAIN = (
    "/", POLICY, "/service-levels/reconciliation/", DRILL, "/drill/frt.business_all/?period=last-52w",
    "/service-levels/breaches/queue/?period=last-52w", "/metrics/",
)  # fmt: skip
PAGES = (*CHARTED, *PLAIN, "/service-levels/?period=2019-01-01..2019-01-28", "/drill/frt.business_all/?page=0")
At = Callable[[str, str], Watched]
_STATES = "[...document.querySelectorAll('figure[data-chart]')].map(one => one.dataset.chartState)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("speed-pages") / "workspace") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as engine:
        words = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        found = engine.chromium.launch(executable_path=str(CHROMIUM), args=words)
        yield found
        found.close()


@pytest.fixture(scope="module")
def states(site: Served, browser: Browser) -> Callable[[str], Any]:
    """What the browser of somebody who signed in remembers."""
    held: dict[str, Any] = {}

    def get(role: str) -> Any:
        if role not in held:
            context = browser.new_context()
            sign_in(context.new_page(), site.origin, *site.accounts[role])
            held[role] = context.storage_state()
            context.close()
        return held[role]

    return get


@pytest.fixture(scope="module")
def at(browser: Browser, states: Callable[[str], Any]) -> Iterator[At]:
    """A watched page of somebody signed in, in a look."""
    held: dict[tuple[str, str], Watched] = {}

    def get(role: str, look: str = "light") -> Watched:
        if (role, look) not in held:
            held[role, look] = watched(browser.new_context(**LOOKS[look], storage_state=states(role)))
        return held[role, look]

    yield get
    for one in held.values():
        one.page.context.close()


@pytest.fixture(scope="module")
def ticket(at: At, site: Served) -> str:
    """The address of a ticket that missed a target."""
    one = at("manager", "light")
    one.open(f"{site.origin}{DRILL}")
    href = one.page.locator("tr[data-row] a").first.get_attribute("href")
    return str(href)


def opened(one: Watched, site: Served, ticket: str, path: str) -> Page:
    """The page, with every chart drawn: those further down are drawn when one comes near."""
    status = 400 if "page=0" in path else 200
    one.open(f"{site.origin}{ticket if path == 'TICKET' else path}", status)
    drawn(one.page)
    return one.page


def drawn(page: Page) -> list[str]:
    """The states of all charts once none is pending."""
    for figure in page.locator("figure[data-chart]").all():
        figure.scroll_into_view_if_needed()
        _until(partial(_settled, figure))
    page.evaluate("window.scrollTo(0, 0)")
    found: list[str] = page.evaluate(_STATES)
    return found


def _settled(figure: Any) -> bool:
    return bool(figure.get_attribute("data-chart-state") != "pending")


def _until(true: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


@pytest.mark.parametrize("look", often("light", "phone", "narrow", long=("dark",)))
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_clean_fits_and_is_drawn(at: At, site: Served, ticket: str, look: str, path: str) -> None:
    one = at("manager", look)
    page = opened(one, site, ticket, path)
    one.assert_clean()
    assert one.overflow() == 0
    assert one.small_targets() == []
    assert page.locator("h1").count() == 1
    states = page.evaluate(_STATES)
    assert set(states) <= {"drawn", "empty", "suppressed"}
    assert "drawn" in states or path not in CHARTED


@pytest.mark.parametrize("look", often("light", "dark", long=("phone",)))
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(at: At, site: Served, ticket: str, look: str, path: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = opened(at("manager", look), site, ticket, path)
    found = axe.run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
    assert [(rule["id"], [node["html"][:200] for node in rule["nodes"]][:3]) for rule in found["violations"]] == []


@pytest.mark.parametrize("look", often("light", long=("phone",)))
@pytest.mark.parametrize("path", [*CHARTED[:1], "TICKET", DRILL, "/"])
def test_the_focus_is_seen_at_every_step(at: At, site: Served, ticket: str, look: str, path: str) -> None:
    one = at("manager", look)
    opened(one, site, ticket, path)
    steps = one.walk(60)
    assert steps[0]["text"] == "Skip to the content"
    assert [step for step in steps if step["ring"] < 3 or not step["seen"] or not step["free"]] == []


@pytest.mark.parametrize("path", [*CHARTED, *PLAIN])
def test_a_page_is_light_also_with_a_cold_cache(
    browser: Browser, states: Callable[[str], Any], site: Served, ticket: str, path: str
) -> None:
    context = browser.new_context(**LOOKS["light"], storage_state=states("manager"))
    one = watched(context)
    cdp = context.new_cdp_session(one.page)
    cdp.send("Network.enable")
    got: list[int] = []
    cdp.on("Network.loadingFinished", lambda event: got.append(event["encodedDataLength"]))
    opened(one, site, ticket, path)
    charts = one.page.locator("figure[data-chart-state=drawn]").count()
    one.page.wait_for_timeout(200)
    context.close()
    most, requests = (400, 12 + charts) if charts else (60, 8)
    assert sum(got) <= most * 1024, f"{sum(got) / 1024:.0f} KiB"
    assert len(got) <= requests


@pytest.mark.parametrize("role", ["agent", "lead", "manager", "executive", "admin", "auditor"])
def test_every_link_that_a_role_sees_answers(at: At, site: Served, role: str) -> None:
    one = at(role, "light")
    seen: set[str] = set()
    start = ["/", "/metrics/"] + ([SPEED, DRILL] if role not in ("admin", "auditor") else [])
    for path in start:
        one.open(f"{site.origin}{path}")
        found = one.page.evaluate("[...document.querySelectorAll('a[href]')].map(one => one.getAttribute('href'))")
        assert not {"#", ""} & set(found)
        seen |= {link.partition("#")[0] for link in found if link.startswith("/")}
    kinds = {urlsplit(link).path: link for link in sorted(seen)}
    broken = {link: one.page.request.get(site.origin + link).status for link in list(kinds.values())[:80]}
    assert {link: status for link, status in broken.items() if status >= 400} == {}


def test_without_scripts_everything_is_read_and_filtered(
    browser: Browser, states: Callable[[str], Any], site: Served
) -> None:
    context = browser.new_context(**LOOKS["light"], storage_state=states("manager"), java_script_enabled=False)
    page = context.new_page()
    for path in CHARTED[:-1]:
        page.goto(site.origin + path)
        for figure in page.locator("figure[data-chart-state=pending]").all():
            assert figure.locator("table tbody tr").first.is_visible(), path
    page.goto(site.origin + SPEED)
    page.locator("select[name=channel]").select_option("email")
    page.locator("#filters button").click()
    assert parse_qs(urlsplit(page.url).query)["channel"] == ["email"]
    assert page.locator(".chips a", has_text="email").is_visible()
    page.locator(".tile a.number").first.click()
    assert page.locator("main[data-metric]").count() == 1
    assert parse_qs(urlsplit(page.url).query)["channel"] == ["email"]
    page.locator("tr[data-row] a").first.click()
    assert page.locator("body").get_attribute("data-page") == "ticket"
    context.close()


def test_back_undoes_one_filter_and_reload_repeats_the_numbers(at: At, site: Served) -> None:
    one = at("manager", "light")
    one.open(site.origin + SPEED)
    page = one.page
    for name, value in (("channel", "email"), ("hours", "calendar")):
        page.locator(f"#filters select[name={name}]").select_option(value)
        page.wait_for_url(f"**{name}={value}*")
    both = _figures(page)
    page.reload()
    assert _figures(page) == both
    page.go_back()
    assert parse_qs(urlsplit(page.url).query)["channel"] == ["email"]
    assert "calendar" not in page.url
    assert page.locator("#filters select[name=hours]").input_value() == "business"
    page.go_back()
    assert "channel" not in page.url
    assert set(drawn(page)) <= {"drawn", "empty", "suppressed"}
    one.assert_clean()


def _figures(page: Page) -> Any:
    return page.evaluate("[...document.querySelectorAll('[data-metric]')].map(one => ({...one.dataset}))")


def test_by_keyboard_one_gets_from_the_start_page_to_a_ticket(at: At, site: Served) -> None:
    one = at("manager", "light")
    one.open(site.origin + "/")
    page = one.page
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/service-levels/**")
    page.keyboard.press("?")
    assert page.locator("dialog#keymap").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("dialog#keymap").is_visible()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "period"
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("h")
    page.wait_for_url("**hours=calendar*")
    page.keyboard.press("[")
    page.wait_for_url("**period=*..*")
    one.open(site.origin + "/drill/frt.business_all/?period=last-52w")
    for key in ("j", "j", "k", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**/tickets/**")
    assert page.locator("body").get_attribute("data-page") == "ticket"
    one.assert_clean()


def test_the_palette_opens_finds_and_gives_the_focus_back(at: At, site: Served) -> None:
    one = at("manager", "light")
    one.open(site.origin + SPEED)
    page = one.page
    page.locator("[data-palette]").focus()
    page.keyboard.press("Control+k")
    page.locator("dialog#palette input").wait_for()
    page.keyboard.type("first reply")
    page.locator("dialog#palette [role=option]", has_text="irst reply").first.wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('[data-palette]')")
    one.assert_clean()


def test_the_colours_change_without_a_reload_and_charts_follow(at: At, site: Served) -> None:
    one = at("lead", "light")
    one.open(site.origin + SPEED)
    page = one.page
    drawn(page)
    figure = page.locator("figure[data-chart-state=drawn]").last
    before = figure.locator("svg").inner_html()
    page.get_by_role("button", name="Light or dark").click()
    figure.scroll_into_view_if_needed()
    _until(lambda: figure.locator("svg").count() > 0 and figure.locator("svg").inner_html() != before)
    assert page.locator("html").get_attribute("data-theme") == "dark"
    one.assert_clean()


@pytest.mark.parametrize("theme", ["system", "dark"])
def test_on_paper_a_page_is_light_and_without_its_frame(
    browser: Browser, states: Callable[[str], Any], site: Served, theme: str
) -> None:
    context = browser.new_context(**LOOKS["dark"], storage_state=states("manager"))
    page = context.new_page()
    page.goto(site.origin + SPEED)
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    page.emulate_media(media="print", color_scheme="dark")
    ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
    assert sum(int(one) for one in ink.removeprefix("rgb(").rstrip(")").split(",")[:3]) < 200
    assert not page.locator("nav").first.is_visible()
    assert not page.locator(".bar").is_visible()
    assert page.locator(".factsline").first.is_visible()
    assert page.locator("h1").is_visible()
    context.close()
