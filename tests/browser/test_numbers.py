"""Every figure of every page, followed once in the browser: its page, its rows and its file say the same number."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.served import Served, served
from tests.browser.watching import sign_in
from tests.journeys.walking import CHROMIUM, a_browser

if TYPE_CHECKING:
    from playwright.sync_api import Page  # type: ignore[import-not-found]

pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium")]

_TODAY = datetime.now(UTC).date()
_DAY = _TODAY - timedelta(days=(_TODAY.weekday() - 1) % 7 or 7)
PERIOD = f"?period={_DAY}..{_DAY}"
"""The last whole Tuesday: every row of it is opened, so that a longer period would take an hour."""
PAGES = (
    f"/{PERIOD}", f"/service-levels/{PERIOD}", f"/service-levels/{PERIOD}&by=priority&hours=calendar",
    f"/service-levels/attainment/{PERIOD}", f"/service-levels/backlog/{PERIOD}", f"/metrics/frt.business_all/{PERIOD}",
    f"/drill/sla.attainment/{PERIOD}",
)  # fmt: skip
MARKS = ("metric", "value", "n")
_FIGURES = """() => [...document.querySelectorAll('[data-metric][data-drill]')].map(one => ({
  ...one.dataset, told: (one.closest('[data-figure]') || one).innerText}))"""
_ROWS = "() => [...document.querySelectorAll('tr[data-row]')].map(one => one.dataset.row)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("numbers") / "workspace") as running:
        yield running


@pytest.fixture(scope="module")
def page_of(site: Served) -> Iterator[Callable[[str], Any]]:
    with a_browser() as browser:
        held: dict[str, Any] = {}

        def get(role: str) -> Any:
            if role not in held:
                held[role] = browser.new_context().new_page()
                sign_in(held[role], site.origin, *site.accounts[role])
            return held[role]

        yield get


@pytest.mark.parametrize("role", ["agent", "lead", "manager", "executive"])
def test_every_figure_is_its_page_its_rows_and_its_file(page_of: Callable[[str], Any], site: Served, role: str) -> None:
    page, followed = page_of(role), 0
    drills: dict[str, dict[str, str]] = {}
    for path in PAGES:
        page.goto(site.origin + path)
        for one in page.evaluate(_FIGURES):
            assert one["told"].strip(), one
            drills[one["drill"]] = one
    assert drills or role == "executive"
    for address, one in drills.items():
        _assert_same(page, site.origin, address, one, with_rows=role != "executive")
        followed += 1
    assert followed == len(drills)


def _assert_same(page: Page, origin: str, address: str, figure: dict[str, str], *, with_rows: bool) -> None:
    page.goto(origin + address)
    main = page.evaluate("({...document.querySelector('main').dataset})")
    assert {name: main[name] for name in MARKS} == {name: figure[name] for name in MARKS}, address
    if not with_rows:
        assert page.locator("tr[data-row]").count() == 0
        return
    table = page.locator("table[data-total]")
    if table.count() == 0:
        assert figure["n"] == "0", address
        return
    assert table.get_attribute("data-total") == figure["n"], address
    file = page.locator("a[data-export=csv]").get_attribute("href")
    rows: list[str] = page.evaluate(_ROWS)
    while page.locator("a[rel=next]").count():
        page.locator("a[rel=next]").first.click()
        page.wait_for_load_state()
        rows += page.evaluate(_ROWS)
    assert len(rows) == len(set(rows)) == int(figure["n"]), address
    answer = page.request.get(f"{origin}{file}")
    assert answer.status == 200
    written = list(csv.DictReader(io.StringIO(answer.body().decode("utf-8-sig"), newline="")))
    assert len(written) == int(figure["n"]), address
