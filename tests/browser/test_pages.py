"""The pages in a real browser, light, dark and on a phone: nothing refused, nothing foreign, everything reachable."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from maitred.base.tests.picked import often
from tests.browser.served import Served, served
from tests.browser.watching import Watched, sign_in, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page  # type: ignore[import-not-found]

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium")]

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1360, "height": 860}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1360, "height": 860}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "narrow": {"viewport": {"width": 320, "height": 640}},
}
SIGN_IN = ("/accounts/login/", "/accounts/password/reset/")
OWN = (
    *("/settings/", "/proposals/", "/accounts/2fa/", "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/"),
    *("/accounts/2fa/webauthn/add/", "/accounts/sessions/", "/accounts/password/change/"),
    *("/accounts/reauthenticate/", "/accounts/logout/", "/api/v1/docs"),
)
MISSING = "/nothing/here"
READ = (
    *("/settings/members/", "/settings/members/3/", "/settings/accounts/", "/settings/accounts/3/", "/settings/teams/"),
    *("/settings/teams/2/", "/settings/audit/?verify=1", "/settings/system/?checks=all"),
)
"""Read by an auditor, changed by an administrator; the demonstration has people, accounts, teams of these numbers."""
PAGES = [*(("", one, 200) for one in SIGN_IN), ("", MISSING, 404), *(("manager", one, 200) for one in OWN),
         ("manager", MISSING, 404), *((role, "/settings/", 200) for role in ("agent", "admin")),
         *((role, one, 200) for role in ("admin", "auditor") for one in READ),
         *(("manager", one, 200) for one in ("/settings/audit/", "/settings/system/", "/styleguide/"))]  # fmt: skip
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Opened = Callable[[str, str], Watched]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("browser") / "workspace") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as engine:
        words = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        found = engine.chromium.launch(executable_path=str(CHROMIUM), args=words)
        yield found
        found.close()


@pytest.fixture(scope="module")
def opened(site: Served, browser: Browser) -> Iterator[Opened]:
    """A watched page per look and role, signed in once; nobody is signed in where the role is empty."""
    held: dict[tuple[str, str], Watched] = {}
    states: dict[str, Any] = {}

    def get(look: str, role: str) -> Watched:
        if role and role not in states:
            states[role] = _state(browser, site, role)
        if (look, role) not in held:
            context = browser.new_context(**LOOKS[look], storage_state=states.get(role))
            held[look, role] = watched(context)
        return held[look, role]

    yield get
    for one in held.values():
        one.page.context.close()


def _state(browser: Browser, site: Served, role: str) -> Any:
    context = browser.new_context()
    sign_in(context.new_page(), site.origin, *site.accounts[role])
    state = context.storage_state()
    context.close()
    return state


@pytest.mark.parametrize("look", often("light", "phone", "narrow", long=("dark",)))
@pytest.mark.parametrize(("role", "path", "status"), PAGES)
def test_a_page_asks_only_us_fits_and_carries_its_marks(
    opened: Opened, site: Served, look: str, role: str, path: str, status: int
) -> None:
    one = opened(look, role)
    one.open(f"{site.origin}{path}", status)
    one.assert_clean()
    assert one.overflow() == 0
    assert one.small_targets() == []
    assert one.page.locator("h1").count() == 1
    _assert_marked(one.page, role, path, status)


def _assert_marked(page: Page, role: str, path: str, status: int) -> None:
    marks = page.evaluate("({...document.body.dataset})")
    assert marks["state"] == ("error" if status == 404 else marks["state"])
    assert marks["state"] in ("ok", "empty", "error")
    if status == 404:
        assert marks["page"] == "error"
    elif path in SIGN_IN:
        assert (marks["page"], marks.get("role")) == ("sign-in", None)
    elif path != "/api/v1/docs":
        assert marks["role"] == role


@pytest.mark.parametrize("look", often("light", long=("phone",)))
@pytest.mark.parametrize(("role", "path", "status"), PAGES)
def test_the_focus_is_seen_at_every_step(
    opened: Opened, site: Served, look: str, role: str, path: str, status: int
) -> None:
    one = opened(look, role)
    one.open(f"{site.origin}{path}", status)
    steps = one.walk(25)
    assert steps[0]["text"] == "Skip to the content"
    assert [step for step in steps if step["ring"] < 3 or not step["seen"] or not step["free"]] == []


@pytest.mark.parametrize("look", often("light", "dark", long=("phone",)))
@pytest.mark.parametrize(("role", "path", "status"), PAGES)
def test_axe_finds_nothing(opened: Opened, site: Served, look: str, role: str, path: str, status: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    one = opened(look, role)
    one.open(f"{site.origin}{path}", status)
    if path == "/api/v1/docs":  # hundreds of operations of one template: two of each group are judged
        one.page.evaluate("document.querySelectorAll('section > article:nth-of-type(n+3)').forEach(e => e.remove())")
    found = axe.run(one.page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
    assert len(found["passes"]) > 10
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]] == []


@pytest.mark.parametrize("width", [320, 1360])
def test_pages_fit_from_right_to_left(browser: Browser, site: Served, opened: Opened, width: int) -> None:
    state = opened("light", "admin").page.context.storage_state()
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="ar", storage_state=state)
    one = watched(context)
    for path in ("/settings/", *READ, "/styleguide/", "/metrics/", MISSING):
        one.open(f"{site.origin}{path}", 404 if path == MISSING else 200)
        one.assert_clean()
        assert (path, one.page.get_attribute("html", "dir"), one.overflow()) == (path, "rtl", 0)
    context.close()


def test_what_the_policy_forbids_is_refused_and_reported(browser: Browser, site: Served) -> None:
    context = browser.new_context()
    one = watched(context)
    one.open(f"{site.origin}/accounts/login/")
    one.page.evaluate("""() => {
      const script = document.createElement('script')
      script.textContent = 'window.ran = true'
      document.body.append(script)
      new Image().src = 'http://127.0.0.2:9/foreign.png'
      setTimeout(() => { try { eval('window.ran = true') } catch {} }, 0)
    }""")
    deadline = time.monotonic() + 5
    while len(one.refusals()) < 3 and time.monotonic() < deadline:
        one.page.wait_for_timeout(50)
    assert sorted(one.refusals()) == [
        "img-src http://127.0.0.2:9/foreign.png", "script-src eval", "script-src-elem inline",
    ]  # fmt: skip
    assert one.page.evaluate("window.ran") is None
    context.close()


def test_without_scripts_one_signs_in_opens_the_menu_and_chooses_colours(browser: Browser, site: Served) -> None:
    context = browser.new_context(**LOOKS["phone"], java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site.origin, *site.accounts["lead"])
    assert not page.get_by_role("link", name="Settings").is_visible()
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("radio", name="Dark").check()
    page.get_by_role("button", name="Save preferences").click()
    assert page.get_attribute("html", "data-theme") == "dark"
    page.goto(f"{site.origin}{MISSING}")
    assert page.get_attribute("html", "data-theme") == "dark"
    context.close()


def test_a_passkey_is_made_and_signs_in(browser: Browser, site: Served) -> None:
    context = browser.new_context()
    one = watched(context)
    _with_authenticator(context, one.page)
    page = one.page
    sign_in(page, site.named, *site.accounts["executive"])
    one.open(f"{site.named}/accounts/2fa/webauthn/add/")
    page.check("#id_passwordless")
    page.fill("#id_name", "Laptop")
    page.press("#id_name", "Enter")
    page.wait_for_url("**/recovery-codes/")
    page.check("#codes_saved")
    page.get_by_role("link", name="Go on").click()
    page.locator(".who button").click()
    page.wait_for_url("**/login/")
    page.click("#passkey_login")
    page.wait_for_url(f"{site.named}/")
    one.assert_clean()
    context.close()


def test_a_passkey_at_a_bare_address_says_why_not(browser: Browser, site: Served) -> None:
    context = browser.new_context()
    one = watched(context)
    one.open(f"{site.origin}/accounts/login/")
    one.page.click("#passkey_login")
    one.page.get_by_text("Passkeys do not work at this address").wait_for()
    one.assert_clean()
    context.close()


def test_an_authenticator_app_is_set_up_and_asked_for(browser: Browser, site: Served) -> None:
    context = browser.new_context()
    one = watched(context)
    page = one.page
    sign_in(page, site.origin, *site.accounts["lead2@demo"])
    one.open(f"{site.origin}/accounts/2fa/totp/activate/")
    secret = page.input_value("#authenticator_secret")
    page.fill("#id_code", _code(secret))
    page.get_by_role("button", name="Switch on").click()
    page.wait_for_url("**/recovery-codes/")
    codes = page.input_value("#recovery_codes").split()
    page.check("#codes_saved")
    page.locator(".who button").click()
    page.wait_for_url("**/login/")
    sign_in(page, site.origin, *site.accounts["lead2@demo"])
    page.fill("#id_code", codes[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{site.origin}/")
    assert len(codes) == 10
    one.assert_clean()
    context.close()


def _with_authenticator(context: BrowserContext, page: Page) -> None:
    """Give the page a device that holds passkeys and knows its owner."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = {
        **{"protocol": "ctap2", "transport": "internal", "hasResidentKey": True},
        **{"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True},
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": device})


def _code(secret: str) -> str:
    """The six digits of now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    place = digest[-1] & 15
    number: int = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
