"""A quarter of a lead's work with a team, in a real browser: from a drawn sample to what a course in waves changed.

The pages are those of a quarter ago until the waves are scheduled, and of today when they are judged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.served import accounts, command, serving
from tests.browser.watching import Watched, sign_in, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page  # type: ignore[import-not-found]

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.slow, pytest.mark.long, pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium"),
]  # fmt: skip

QUARTER = timedelta(weeks=13)
AGO = QUARTER.days + 9
ITEMS = (("Understood the problem", "60", "scale"), ("Named the next step", "40", "yes_no"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as engine:
        words = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        found = engine.chromium.launch(executable_path=str(CHROMIUM), args=words)
        yield found
        found.close()


class People:
    """Who is signed in where; every page of theirs has to be clean when they leave."""

    def __init__(self, browser: Browser, origin: str, known: dict[str, tuple[str, str]]) -> None:
        self.browser, self.origin, self.known = browser, origin, known
        self.held: dict[str, Watched] = {}

    def page(self, user: str) -> Page:
        if user not in self.held:
            one = watched(self.browser.new_context(viewport={"width": 1360, "height": 860}))
            one.page.context.set_default_timeout(30_000)
            sign_in(one.page, self.origin, *self.known[user])
            self.held[user] = one
        return self.held[user].page

    def at(self, user: str, path: str) -> Page:
        page = self.page(user)
        answer = page.goto(f"{self.origin}{path}")
        assert answer is not None
        assert answer.status == 200, (path, page.inner_text("main"))
        return page

    def leave(self) -> None:
        for one in self.held.values():
            one.assert_clean()
            one.page.context.close()


def test_a_quarter_with_a_team(browser: Browser, tmp_path: Path) -> None:
    home = tmp_path / "workspace"
    made = json.loads(command(home, "demo", "--size", "small", "--days", "200", "--no-work", "--json"))
    known = accounts(made["accounts"])
    with serving(home, AGO) as port:
        people = People(browser, f"http://127.0.0.1:{port}", known)
        _write_scorecard(people)
        _draw(people)
        _review_five(people)
        people.leave()
    with serving(home, AGO - 1) as port:
        people = People(browser, f"http://127.0.0.1:{port}", known)
        _contest(people)
        _settle(people)
        _calibrate(people)
        _coach(people)
        waves = _give_course_in_waves(people)
        people.leave()
    with serving(home) as port:
        people = People(browser, f"http://127.0.0.1:{port}", known)
        _judge(people, waves)
        people.leave()


def _write_scorecard(people: People) -> None:
    page = people.at("lead@demo", "/quality/scorecards/")
    page.fill("#f-name", "Support")
    page.click("#new button")
    for place, (title, weight, kind) in enumerate(ITEMS):
        page.fill(f"#f-item-{place}-title", title)
        page.fill(f"#f-item-{place}-weight", weight)
        page.select_option(f"#f-item-{place}-kind", kind)
    page.click("button[value=publish]")
    assert "in use" in page.inner_text("h1")


def _draw(people: People) -> None:
    page = people.at("lead@demo", "/quality/samples/draw/")
    page.fill("#f-per_person", "6")
    page.select_option("#f-team", label="Billing")
    page.check("text=Lead of Customer care")
    page.click("text=See what it would be")
    page.click("#preview button")
    assert "0 of" in page.inner_text("h1")


def _review_five(people: People) -> None:
    page = people.at("lead@demo", "/quality/review/")
    for turn in range(5):
        here = page.locator("main").get_attribute("data-review")
        for key in ("3" if turn else "1", "2", "Control+Enter"):
            page.keyboard.press(key)
        _left(page, here)
    page = people.at("lead@demo", "/quality/reviews/?state=submitted")
    assert page.locator("tr[data-row]").count() == 5


def _left(page: Page, here: str | None) -> None:
    """Wait until a review's page was left for the next one."""
    page.wait_for_url(re.compile(rf"^(?!.*/review/{here}/)"))


def _contest(people: People) -> None:
    """The agent finds a review of their work, and contests an answer."""
    page = people.at("agent@demo", "/quality/reviews/")
    page.locator("tr[data-row] a").last.click()
    page.locator("details summary", has_text="Contest this").first.click()
    page.locator("details[open] textarea").fill("the customer had sent the order number twice")
    page.locator("details[open] button").click()
    assert page.locator("[data-contest-state=open]").count() == 1


def _settle(people: People) -> None:
    """The lead who made the review may not settle it; the manager does."""
    page = people.at("lead@demo", "/quality/")
    page.locator("#contests li a").first.click()
    assert "Somebody who neither made this review nor is reviewed settles it" in page.inner_text("main")
    page = people.at("manager@demo", "/quality/")
    page.locator("#contests li a").first.click()
    page.fill("#f-reason", "the number stands in the first message")
    page.get_by_role("button", name="Settle it").click()
    assert "stays as it was" in page.locator("[data-contest-state]").inner_text()


def _calibrate(people: People) -> None:
    """Two who did not answer these tickets review them blind; then they see how far they agree."""
    page = people.at("lead@demo", "/quality/reviews/?state=submitted")
    tickets = re.findall(r"#(\d+)", page.locator("table").first.inner_text())
    assert len(tickets) == 5
    page = people.at("manager@demo", "/quality/calibrations/begin/")
    page.fill("#f-name", "Week one")
    page.fill("#f-tickets", " ".join(tickets))
    page.get_by_label("Lead of Customer care").check()
    page.get_by_label("Manager", exact=False).first.check()
    page.locator("main form button[type=submit]").last.click()
    session = page.url.removeprefix(people.origin)
    for user, keys in (("lead@demo", "32"), ("manager@demo", "31")):
        for _ in tickets:
            page = people.at(user, session)
            page.get_by_role("link", name="Review next").click()
            here = page.locator("main").get_attribute("data-review")
            for key in (*keys, "Control+Enter"):
                page.keyboard.press(key)
            _left(page, here)
    page = people.at("lead@demo", session)
    assert page.locator("main").get_attribute("data-calibration-state") == "closed"
    assert page.locator("#agreement table tr").count() >= len(ITEMS) + 1


def _coach(people: People) -> None:
    """A one-to-one with an agenda from the review, and a plan whose goal is a metric."""
    page = people.at("lead@demo", "/coaching/")
    page.get_by_role("link", name="Plan a one-to-one with Simon Ashdown").click()
    page.get_by_role("button", name="Plan it").click()
    page.get_by_role("link", name="Make a plan that can be judged").click()
    page.get_by_label("What is to be different").fill("the order number is read before it is asked for")
    page.get_by_label("Because of the work").check()
    page.get_by_role("button", name="See what could be seen").click()
    page.get_by_role("button", name="Write the draft down").click()
    page.get_by_role("button", name="Begin").click()
    assert "Simon Ashdown" in page.inner_text("main")
    assert "Judged from" in page.inner_text("main")


def _give_course_in_waves(people: People) -> str:
    """A course for everybody of the team in two waves by lot, with what could be seen told before."""
    page = people.at("lead@demo", "/training/courses/new/")
    page.fill("#f-title", "Read before you ask")
    page.fill("#f-text", "# Numbers\n\nThe first message often holds them.")
    page.fill("#f-opens_on", "2020-01-01")
    page.fill("#f-closes_on", "2099-12-31")
    page.get_by_role("button", name="Keep the draft").click()
    page.get_by_role("button", name="Publish this version").click()
    page = people.at("manager@demo", "/training/waves/")
    page.get_by_role("link", name="Read before you ask").click()
    for box in page.get_by_role("group", name="Who takes it").get_by_role("checkbox").all():
        box.check()
    page.select_option("#f-metric", "frt.business_all#1")
    page.fill("#f-smallest_effect", "20")
    page.get_by_role("group", name="Why these people?").get_by_role("radio").last.check()
    page.get_by_role("button", name="Draw lots").click()
    page.get_by_role("button", name="Keep these waves").click()
    knowing = page.get_by_label("Although what matters most likely cannot be seen")
    if knowing.count():
        knowing.check()
    page.get_by_role("button", name="Schedule").click()
    assert "is judged from" in page.inner_text("h1")
    return str(page.url.removeprefix(people.origin))


def _judge(people: People, waves: str) -> None:
    """A quarter later: a verdict with its interval and n, and "cannot tell" is one."""
    page = people.at("manager@demo", waves)
    page.get_by_role("button", name="Judge it").click()
    verdict = page.locator("#verdict")
    assert verdict.get_attribute("data-verdict") in ("better", "worse", "no_change", "cannot_tell")
    assert int(verdict.get_attribute("data-n") or 0) > 0
    assert " to " in verdict.inner_text()
