"""The pictures of the guide, made from a demonstration of one seed: ``python -m tests.pictures``."""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.browser.served import served
from tests.browser.watching import sign_in, watched
from tests.house import REPOSITORY
from tests.journeys.walking import a_browser

if TYPE_CHECKING:
    from playwright.sync_api import Page  # type: ignore[import-not-found]

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


def _share(page: Page) -> None:
    page.get_by_text("Share", exact=True).first.click()


PICTURES: dict[str, tuple[dict[str, Any], str, Step]] = {
    "what-changed": (WIDE, "/service-levels/?period=last-13w", _nothing),
    "rows": (WIDE, "/drill/frt.business_all/?period=last-13w&sort=-value", _nothing),
    "ledger": (WIDE, "/drill/sla.attainment/?period=last-13w&part=missed&sla_metric=first_reply", _first_row),
    "why-late": (WIDE, "/service-levels/breaches/?period=last-13w", _nothing),
    "policy": (WIDE, f"/service-levels/policy/?period=last-13w&policy={POLICY}", _nothing),
    "where-time-goes": (DARK, "/service-levels/bottlenecks/?period=last-13w", _nothing),
    "share": (WIDE, "/service-levels/attainment/?period=last-13w", _share),
    "phone": (PHONE, "/service-levels/?period=last-13w", _nothing),
}


def main() -> None:
    """Make every picture anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder) / "workspace", "medium") as site,
        a_browser() as browser,
    ):
        for name, (look, path, step) in PICTURES.items():
            context = browser.new_context(**look, reduced_motion="reduce")
            page = watched(context).page
            sign_in(page, site.origin, *site.accounts["manager"])
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
    main()
