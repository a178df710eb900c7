"""All kinds in a real browser under the console's policy: all drawn and nothing refused, light, dark, on a phone."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.template.loader import render_to_string

from maitred.kit import charts
from maitred.kit.charts import Chart, bundle
from maitred.kit.charts.tests.gallery import KINDS
from maitred.kit.charts.tests.test_kinds import FOREIGN, HOSTILE
from tests.browser.watching import Watched, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser  # type: ignore[import-not-found]

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium")]

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
SOURCE = Path(__file__).parents[3]
SHEET = SOURCE / "surfaces" / "console" / "static" / "console" / "maitred.css"
GALLERY = (
    "main { grid-template-columns: repeat(auto-fill, minmax(min(100%, 38rem), 1fr)); }"
    ".sparkline { max-inline-size: 16rem; } .process_map { grid-column: 1 / -1; }"
)
PICTURES = os.environ.get("MAITRED_CHART_PICTURES", "")
"""A folder to leave pictures of the pages in, for whoever wants to look at them."""
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1360, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1360, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
}
STATES = {
    "empty": charts.empty("bullet", "Goals", "no goal has a value"),
    "suppressed": charts.suppressed("bullet", "By agent", "fewer than 10 rows"),
}
STATES_NOW = "[...document.querySelectorAll(`figure`)].map(f => [f.className, f.dataset.chartState])"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COUNT = "state => document.querySelectorAll(`figure[data-chart-state=${state}]`).length"


def _page(shown: dict[str, Chart], paths: dict[str, str]) -> bytes:
    figures = [
        f'<section class="panel {name}">'
        + render_to_string(
            "charts/figure.html", {"chart": one, "url": paths.get(name, f"/chart/{name}"), "heading": one.title}
        )
        + "</section>"
        for name, one in shown.items()
    ]
    head = render_to_string("charts/head.html")
    return (
        '<!doctype html><html lang="en" data-theme="system"><meta charset="utf-8"><title>Charts</title>'
        '<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/static/console/maitred.css"><link rel="stylesheet" href="/static/gallery.css">'
        f"{head}<body><main>{''.join(figures)}</main>"
    ).encode()


class Answers(BaseHTTPRequestHandler):
    """Pages, specifications and static files with the console's policy."""

    shown: dict[str, Chart]

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        theme = parse_qs(address.query).get("theme", ["light"])[0]
        name = address.path.rsplit("/", 1)[-1]
        if address.path.startswith("/static/"):
            self._static(address.path.removeprefix("/static/"))
        elif address.path.startswith("/chart/"):
            self._say(json.dumps(self.shown[name].web(theme)).encode(), "application/json")  # type: ignore[arg-type]
        elif address.path == "/":
            self._say(_page({name: self.shown[name] for name in KINDS}, {}), "text/html; charset=utf-8")
        elif address.path == "/states":
            self._say(_page({**STATES, "lost": KINDS["bullet"]()}, {"lost": "/nowhere"}), "text/html; charset=utf-8")
        elif address.path == "/hostile":
            self._say(_page({f"x-{name}": self.shown[f"x-{name}"] for name in FOREIGN}, {}), "text/html; charset=utf-8")
        elif address.path.startswith("/drill/"):
            self._say(b"<!doctype html><title>drill</title>", "text/html; charset=utf-8")
        else:
            self.send_error(404)

    def _static(self, name: str) -> None:
        if name == "gallery.css":
            self._say(GALLERY.encode(), "text/css")
            return
        found = SHEET if name == "console/maitred.css" else bundle.PACKAGED / name
        self._say(found.read_bytes(), "text/css" if name.endswith(".css") else "text/javascript")

    def _say(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: Any) -> None:
        """Tests keep quiet."""


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    bundle.ensure()
    Answers.shown = {name: make() for name, make in KINDS.items()}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as engine:
        words = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        found = engine.chromium.launch(executable_path=str(CHROMIUM), args=words)
        yield found
        found.close()


def _settled(one: Watched, state: str, count: int) -> None:
    """Scroll through the page, so that everything comes near, and wait until so many figures have reached a state."""
    for _again in range(100):
        one.page.mouse.wheel(0, 600)
        if one.page.evaluate(COUNT, state) == count:
            one.page.evaluate("scrollTo(0, 0)")
            return
        one.page.wait_for_timeout(100)
    raise AssertionError(
        (
            one.faults,
            one.page.evaluate(STATES_NOW),
        )
    )


def _axe(one: Watched) -> None:
    """With the tables open and shut, axe finds nothing."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for _open in (False, True):
        rules = {"heading-order": {"enabled": False}, "page-has-heading-one": {"enabled": False}}
        found = axe.run(one.page, options={"runOnly": {"type": "tag", "values": TAGS}, "rules": rules}).response
        assert [
            (fault["id"], [node["html"][:160] for node in fault["nodes"][:2]]) for fault in found["violations"]
        ] == []
        for summary in one.page.locator("details > summary").all():
            summary.click()


def _picture(one: Watched, name: str) -> None:
    if PICTURES:
        one.page.screenshot(path=f"{PICTURES}/charts-{name}.png", full_page=True)


@pytest.mark.parametrize("look", LOOKS)
def test_every_kind_is_drawn_under_the_policy(origin: str, browser: Browser, look: str) -> None:
    context = browser.new_context(**LOOKS[look])
    one = watched(context)
    one.open(origin)
    _settled(one, "drawn", len(KINDS))
    _picture(one, look)
    assert one.overflow() == 0
    assert one.page.locator(".chart-box svg:not([aria-hidden=true])").count() == 0
    assert one.page.locator("details[open]").count() == 0
    for point in one.page.locator(".control_chart .mark-symbol path").all()[:3]:
        point.hover(force=True)
    assert one.page.locator("#vg-tooltip-element.visible").count() == 1
    _picture(one, f"{look}-tooltip")
    heights = one.page.evaluate(
        "[...document.querySelectorAll('.chart-box')].map(b => b.scrollHeight - b.clientHeight)"
    )
    assert heights == [0] * len(KINDS)
    _axe(one)
    one.assert_clean()
    context.close()


def test_the_charts_follow_the_theme(origin: str, browser: Browser) -> None:
    context = browser.new_context(**LOOKS["light"])
    one = watched(context)
    one.open(origin)
    _settled(one, "drawn", len(KINDS))
    before = one.page.locator(".pareto .mark-rect path").first.get_attribute("fill")
    one.page.evaluate(
        "document.documentElement.dataset.theme = 'dark'; document.dispatchEvent(new Event('maitred:theme'))"
    )
    for _again in range(50):
        one.page.wait_for_timeout(100)
        after = one.page.locator(".pareto .mark-rect path").first.get_attribute("fill")
        if after != before:
            break
    assert (before, after) == ("#2f5bd8", "#8fb0ff")
    one.assert_clean()
    context.close()


def test_a_click_on_a_mark_leads_to_its_rows(origin: str, browser: Browser) -> None:
    context = browser.new_context(**LOOKS["light"])
    one = watched(context)
    one.open(origin)
    _settled(one, "drawn", len(KINDS))
    one.page.locator(".pareto .mark-rect path").first.click()
    one.page.wait_for_url("**/drill/reason/0")
    assert one.page.url == f"{origin.rstrip('/')}/drill/reason/0"
    context.close()


def test_a_figure_that_is_swapped_in_is_drawn_too(origin: str, browser: Browser) -> None:
    context = browser.new_context(**LOOKS["light"])
    one = watched(context)
    one.open(origin)
    _settled(one, "drawn", len(KINDS))
    one.page.evaluate(
        """async () => {
          const text = await (await fetch('/')).text()
          const fresh = new DOMParser().parseFromString(text, 'text/html').querySelector('.bullet')
          document.querySelector('main').prepend(fresh)
          fresh.dispatchEvent(new CustomEvent('htmx:load', {bubbles: true, detail: {elt: fresh}}))
        }"""
    )
    _settled(one, "drawn", len(KINDS) + 1)
    one.assert_clean()
    context.close()


def test_what_is_not_drawn_says_why(origin: str, browser: Browser) -> None:
    context = browser.new_context(**LOOKS["light"])
    one = watched(context)
    one.open(f"{origin}/states")
    _settled(one, "error", 1)
    _picture(one, "states")
    assert one.page.locator("figure[data-chart-state=empty] .chart-box").inner_text() == "no goal has a value"
    assert one.page.locator("figure[data-chart-state=suppressed] .chart-box").inner_text() == "fewer than 10 rows"
    assert "could not be loaded" in one.page.locator("figure[data-chart-state=error] .chart-box").inner_text()
    assert one.page.locator("figure[data-chart-state=error] details[open] table").is_visible()
    assert one.refusals() == []
    context.close()


def test_what_users_wrote_does_nothing_in_the_page(origin: str, browser: Browser) -> None:
    Answers.shown = {**Answers.shown, **{f"x-{name}": make(HOSTILE) for name, make in FOREIGN.items()}}
    context = browser.new_context(**LOOKS["light"])
    one = watched(context)
    one.open(f"{origin}/hostile")
    _settled(one, "drawn", len(FOREIGN))
    _picture(one, "hostile")
    for mark in one.page.locator(".x-bullet .mark-rect path, .x-dots_with_intervals .mark-symbol path").all():
        mark.hover(force=True)
    assert one.page.locator("img").count() == 0
    assert one.overflow() == 0
    one.assert_clean()
    context.close()


def test_without_a_script_the_tables_are_open(origin: str, browser: Browser) -> None:
    context = browser.new_context(**LOOKS["light"], java_script_enabled=False)
    page = context.new_page()
    page.goto(origin)
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/charts-unscripted.png")
    assert page.locator("figure table").count() == len(KINDS)
    assert all(one.is_visible() for one in page.locator("figure table").all())
    assert not any(one.is_visible() for one in page.locator(".chart-box").all())
    context.close()
