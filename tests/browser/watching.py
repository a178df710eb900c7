"""A page that is watched: refused content, errors, failed requests and requests to others are remembered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page  # type: ignore[import-not-found]

_LISTENER = """
window.refusals = [];
document.addEventListener('securitypolicyviolation', event =>
  window.refusals.push(`${event.effectiveDirective} ${event.blockedURI}`));
"""
_OWN = re.compile(r"data:|http://(127\.0\.0\.1|localhost):\d+/")
_WIDTH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect()
  const middle = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height, innerHeight) / 2)
  return {
    text: (one.textContent || one.value || '').trim(), body: one === document.body,
    ring: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
    seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    free: middle === null || one.contains(middle) || middle.contains(one) || middle.closest('label') !== null,
  }
}"""
_SMALL = """() => [...document.querySelectorAll('a, button, input, select, summary')].filter(one => {
  const box = one.getBoundingClientRect(), inline = one.tagName === 'A' && getComputedStyle(one).display === 'inline'
  return box.width && box.right > 0 && !inline && (box.height < 24 || box.width < 24)
}).map(one => one.outerHTML.slice(0, 80))"""


@dataclass  # no slots: playwright keeps its wrappers of bound methods on the object
class Watched:
    """One page with what went wrong in it."""

    page: Page
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("request", self._asked)
        self.page.on("requestfailed", self._missed)

    def open(self, address: str, status: int = 200) -> None:
        """Go to an address that answers with a status; the browser's own line about a refusal is no fault."""
        self.faults.clear()
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status == status, address
        if status >= 400:
            self.faults[:] = [one for one in self.faults if f"responded with a status of {status}" not in one]

    def refusals(self) -> list[str]:
        """What the page's policy refused since it was loaded."""
        found: list[str] = self.page.evaluate("window.refusals")
        return found

    def assert_clean(self) -> None:
        assert self.refusals() == [], self.refusals()
        assert self.faults == [], self.faults

    def overflow(self) -> int:
        """Pixels that the page is wider than the window."""
        return int(self.page.evaluate(_WIDTH))

    def small_targets(self) -> list[str]:
        """What can be pressed, stands outside a line of text, and is smaller than 24 pixels."""
        found: list[str] = self.page.evaluate(_SMALL)
        return found

    def walk(self, steps: int) -> list[dict[str, Any]]:
        """Press Tab, and tell each time what has the focus and how it looks; ends where the page ends."""
        found: list[dict[str, Any]] = []
        for _ in range(steps):
            self.page.keyboard.press("Tab")
            here = self.page.evaluate(_FOCUSED)
            if here["body"]:
                break
            found.append(here)
        return found

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text}")

    def _missed(self, request: Any) -> None:
        """A request that failed; what the page itself gave up when somebody went on is no fault."""
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed: {request.url} {request.failure}")

    def _asked(self, request: Any) -> None:
        if not _OWN.match(request.url):
            self.faults.append(f"third party: {request.url}")


def watched(context: BrowserContext) -> Watched:
    """A new page whose refusals are recorded from its first byte on."""
    context.add_init_script(_LISTENER)
    context.set_default_timeout(10_000)
    return Watched(context.new_page())


def sign_in(page: Page, origin: str, user: str, password: str) -> None:
    page.goto(f"{origin}/accounts/login/")
    page.fill("#id_login", user)
    page.fill("#id_password", password)
    page.click("main form button")
    page.wait_for_load_state()
