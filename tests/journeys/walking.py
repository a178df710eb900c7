"""What journeys share: one person in a real browser, pictures of each step in three looks, clicks counted."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browser.watching import Watched, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page  # type: ignore[import-not-found]

CHROMIUM = Path("/usr/bin/chromium")
LOOKS: dict[str, tuple[Any, Any]] = {
    "light": ({"width": 1360, "height": 860}, "light"),
    "dark": ({"width": 1360, "height": 860}, "dark"),
    "phone": ({"width": 390, "height": 844}, "light"),
}


@dataclass
class Walk:
    """A person on the way through the console."""

    one: Watched
    origin: str
    pictures: Path
    clicks: int = 0
    steps: list[str] = field(default_factory=list)

    @property
    def page(self) -> Page:
        return self.one.page

    @property
    def heading(self) -> str:
        return " ".join(self.page.locator("h1").inner_text().split())

    def click(self, what: Locator) -> None:
        """One click that leads on, with the pictures of where it led."""
        self.clicks += 1
        what.click()
        self.arrived()

    def choose(self, name: str, value: str) -> None:
        """Choose in a list of the page, which counts as a click."""
        self.clicks += 1
        select = self.page.locator(f"select[name={name}]").first
        before = self.page.url
        select.select_option(value)
        deadline = time.monotonic() + 15
        while self.page.url == before and time.monotonic() < deadline:
            self.page.wait_for_timeout(50)
        self.arrived()

    def arrived(self) -> None:
        """Look at the page as it is now: nothing was refused, nothing overflows in any look."""
        self.page.wait_for_load_state()
        self.one.assert_clean()
        self.steps.append(self.heading)
        for look, (size, colours) in LOOKS.items():
            self.page.set_viewport_size(size)
            self.page.emulate_media(color_scheme=colours)
            self._drawn()
            assert self.one.overflow() == 0, f"{look}: {self.heading}"
            name = f"{len(self.steps)}-{look}.png"
            self.page.screenshot(path=str(self.pictures / name), full_page=True)
        self.page.set_viewport_size(LOOKS["light"][0])
        self.page.emulate_media(color_scheme="light")

    def _drawn(self) -> None:
        for figure in self.page.locator("figure[data-chart]").all():
            figure.scroll_into_view_if_needed()
            deadline = time.monotonic() + 15
            while figure.get_attribute("data-chart-state") == "pending":
                assert time.monotonic() < deadline, "a chart was not drawn"
                self.page.wait_for_timeout(50)
        self.page.evaluate("window.scrollTo(0, 0)")


@contextmanager
def walking(browser: Browser, origin: str, pictures: Path) -> Iterator[Walk]:
    """A browser of somebody's own; its pictures go to a folder, or to the one that MAITRED_PICTURES names."""
    named = os.environ.get("MAITRED_PICTURES")
    folder = Path(named) / pictures.name if named else pictures
    folder.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(viewport=LOOKS["light"][0], color_scheme="light")
    yield Walk(watched(context), origin, folder)
    context.close()


@contextmanager
def a_browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as engine:
        words = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        found = engine.chromium.launch(executable_path=str(CHROMIUM), args=words)
        yield found
        found.close()


def with_second_factor(page: Page, origin: str) -> None:
    """Set up an authenticator app, as whoever leads must before anything else."""
    page.goto(f"{origin}/accounts/2fa/totp/activate/")
    page.fill("#id_code", _code(page.input_value("#authenticator_secret")))
    page.get_by_role("button", name="Switch on").click()
    page.wait_for_url("**/recovery-codes/")
    page.check("#codes_saved")
    page.get_by_role("link", name="Go on").click()
    page.wait_for_load_state()


def _code(secret: str) -> str:
    """The six digits of now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    place = digest[-1] & 15
    number: int = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
