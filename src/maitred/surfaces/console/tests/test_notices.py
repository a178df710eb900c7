"""Notices: a number in the frame of every page, a list, and one press that marks what was seen as read."""

from __future__ import annotations

from maitred.kit.audit.deeds import deed
from maitred.kit.notices.models import Notice
from maitred.kit.notices.telling import notify
from maitred.people.tests.floor import ROOT, Floor
from maitred.people.tests.markup import assert_well_made, marks
from maitred.surfaces.console.tests.conftest import SignedIn
from maitred.surfaces.console.tests.reading import hidden, text


def tell(floor: Floor, name: str, words: str, url: str = "/service-levels/") -> None:
    with deed(ROOT, "tests.tell"):
        notify(floor.accounts[name].pk, "other", words, url)


def waiting(page: object) -> str | None:
    bell = next(
        one for one in marks(page).all("a") if one.get("href") == "/notices/" and "bell" in (one["class"] or "")
    )
    return bell.get("data-waiting")


def test_the_frame_counts_ones_own_notices_until_they_are_read(signed_in: SignedIn, floor: Floor) -> None:
    client = signed_in("agent")
    assert waiting(client.get("/settings/views/")) is None
    tell(floor, "agent", "A view was shared")
    tell(floor, "agent", "A file is ready")
    tell(floor, "mate", "Not for the agent")
    page = client.get("/notices/")
    assert_well_made(page, "settings")
    assert waiting(page) == "2"
    assert "Not for the agent" not in text(page)
    until = hidden(text(page), "/notices/")["until"]
    tell(floor, "agent", "Came meanwhile")
    assert client.post("/notices/", {"until": until}).status_code == 302
    after = client.get("/notices/")
    assert waiting(after) == "1"
    assert "Came meanwhile" in text(after)
    assert Notice._base_manager.filter(account=floor.accounts["mate"].pk, read_at__isnull=True).count() == 1


def test_an_empty_list_says_what_would_stand_there(signed_in: SignedIn) -> None:
    page = signed_in("auditor").get("/notices/")
    assert_well_made(page, "settings")
    assert marks(page).all("body")[0]["data-state"] == "empty"


def test_hostile_words_of_a_notice_stay_words(signed_in: SignedIn, floor: Floor) -> None:
    tell(floor, "agent", "<img src=x onerror=alert(1)>")
    page = text(signed_in("agent").get("/notices/"))
    assert "<img src=x" not in page
    assert "&lt;img" in page


def test_a_number_that_is_none_is_refused(signed_in: SignedIn) -> None:
    assert signed_in("agent").post("/notices/", {"until": "all"}).status_code == 422
