"""The pictures of the guide, made from a demonstration of one seed: ``python -m tests.pictures [NAME ...]``."""

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from maitred.connectors.doubling import Fault
from tests.browser import connected
from tests.browser.served import Served, served
from tests.browser.watching import sign_in, watched
from tests.house import REPOSITORY
from tests.journeys.walking import a_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page  # type: ignore[import-not-found]

FOLDER = REPOSITORY / "docs" / "pictures"
HEAVIEST = 250_000
POLICY = quote('[targets]\nfirst_reply = {urgent = 30, others = 120, clock = "business"}\n')
WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light"}
DARK: dict[str, Any] = {**WIDE, "color_scheme": "dark"}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "color_scheme": "light"}
Step = Callable[["Page"], None]


def _nothing(page: Page) -> None:
    """The page as it opens."""


def _first_row(page: Page) -> None:
    page.locator("tr[data-row] a").first.click()
    page.wait_for_load_state()


def _first_finding(page: Page) -> None:
    page.locator("li.finding .title a").first.click()
    page.wait_for_load_state()


def _share(page: Page) -> None:
    page.get_by_text("Share", exact=True).first.click()


def _planned(page: Page) -> None:
    page.fill("#f-tickets", "101 102 103 104")
    page.fill("#f-reason", "escalations of this week")
    page.select_option("#f-priority", "urgent")
    page.fill("#f-add", "vip, week-48")
    page.get_by_role("button", name="Preview").click()
    page.wait_for_load_state()


PICTURES: dict[str, tuple[dict[str, Any], str, Step]] = {
    "what-changed": (WIDE, "/service-levels/?period=last-13w", _nothing),
    "rows": (WIDE, "/drill/frt.business_all/?period=last-13w&sort=-value", _nothing),
    "ledger": (WIDE, "/drill/sla.attainment/?period=last-13w&part=missed&sla_metric=first_reply", _first_row),
    "why-late": (WIDE, "/service-levels/breaches/?period=last-13w", _nothing),
    "policy": (WIDE, f"/service-levels/policy/?period=last-13w&policy={POLICY}", _nothing),
    "where-time-goes": (DARK, "/service-levels/bottlenecks/?period=last-13w", _nothing),
    "share": (WIDE, "/service-levels/attainment/?period=last-13w", _share),
    "today": (WIDE, "/", _nothing),
    "today-dark": (DARK, "/", _nothing),
    "today-phone": (PHONE, "/", _nothing),
    "finding": (WIDE, "/", _first_finding),
    "phone": (PHONE, "/service-levels/?period=last-13w", _nothing),
}


HELPDESK = f"/helpdesks/{connected.NAME}/"
CONNECT: dict[str, tuple[dict[str, Any], str, Step]] = {
    "helpdesk-connect": (WIDE, "/helpdesks/connect/zendesk/", _nothing),
}
FIRST_READING: dict[str, tuple[dict[str, Any], str, Step]] = {
    "helpdesk-first-reading": (WIDE, HELPDESK, _nothing),
}
AFTER_A_FAULT: dict[str, tuple[dict[str, Any], str, Step]] = {
    "helpdesk-fault": (WIDE, HELPDESK, _nothing),
    "helpdesk-dark": (DARK, HELPDESK, _nothing),
    "helpdesk-phone": (PHONE, "/helpdesks/", _nothing),
}
CHANGE: dict[str, tuple[dict[str, Any], str, Step]] = {
    "helpdesk-change": (WIDE, f"{HELPDESK}changes/", _planned),
}


def main(*names: str) -> None:
    """Make these pictures anew, or all of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    of_a_helpdesk = {*CONNECT, *FIRST_READING, *AFTER_A_FAULT, *CHANGE}
    with tempfile.TemporaryDirectory() as folder, a_browser() as browser:
        if not names or {*names} & {*PICTURES}:
            with served(Path(folder) / "workspace", "medium", 365) as site:
                _taken(browser, site, names, PICTURES)
        if not names or {*names} & of_a_helpdesk:
            home = Path(folder) / "beside"
            with served(home) as site:
                _of_a_helpdesk(home, partial(_taken, browser, site, names))


def _of_a_helpdesk(home: Path, taken: Callable[..., None]) -> None:
    """A helpdesk while it is read for the first time, and after one of its streams was withheld."""
    taken(CONNECT, "admin")
    with connected.connected(home, 20_000, exports_per_minute=60) as double:
        with connected.reading(home):
            connected.until(lambda: connected.landed(home, "tickets") > 6_000)
            taken(FIRST_READING, "admin")
            double.exports.per_minute = 100_000
        while connected.read(home, "--wait", "120"):
            pass
        connected.let_change(home)
        double.faults.append(Fault("status", "/api/v2/incremental/ticket_events", 1, 1_000, 403))
        connected.read(home)
        taken(AFTER_A_FAULT, "admin")
        taken(CHANGE)


def _taken(
    browser: Browser,
    site: Served,
    names: Sequence[str],
    pictures: Mapping[str, Any],
    role: str = "manager",
    **others: str,
) -> None:
    """Take these pictures as a role sees them, or as another that is named for one of them."""
    for name, (look, path, step) in pictures.items():
        if names and name not in names:
            continue
        context = browser.new_context(**look, reduced_motion="reduce")
        page = watched(context).page
        sign_in(page, site.origin, *site.accounts[role])
        page.goto(site.origin + path)
        step(page)
        _drawn(page)
        size = _written(FOLDER / f"{name}.png", page.screenshot())
        print(f"{name}.png {size // 1000} kB")
        context.close()


def _drawn(page: Page) -> None:
    for figure in page.locator("figure[data-chart]").all()[:3]:
        figure.scroll_into_view_if_needed()
        deadline = time.monotonic() + 20
        while figure.get_attribute("data-chart-state") == "pending" and time.monotonic() < deadline:
            page.wait_for_timeout(50)
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(200)


def _written(file: Path, picture: bytes) -> int:
    """Write it with 128 colours, which is all that a page of text and marks needs."""
    from PIL import Image

    Image.open(io.BytesIO(picture)).convert("RGB").quantize(128).save(file, optimize=True)
    size = file.stat().st_size
    assert size < HEAVIEST, f"{file.name} has {size} bytes"
    return size


if __name__ == "__main__":
    main(*sys.argv[1:])
