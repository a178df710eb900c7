"""Saved views: kept by their owner, seen by those they are shared with, opened with what each may see."""

from __future__ import annotations

from typing import Any

from django.test import Client

from maitred.kit.verbs import run
from maitred.kit.views.models import SavedView
from maitred.people.tests.floor import Floor
from maitred.people.tests.markup import assert_well_made, marks
from maitred.surfaces.console.tests.conftest import SignedIn
from maitred.surfaces.console.tests.reading import hidden, text

CHAT = {"name": "Chat, last week", "path": "/service-levels/", "query": "period=last-7d", "audience": "private"}


def saved(client: Client, **more: Any) -> SavedView:
    """A view saved by the form of a page."""
    answer = client.post("/settings/views/add/", {**CHAT, **more})
    assert answer.status_code == 302, text(answer)
    view = SavedView._base_manager.order_by("-pk")[0]
    assert answer.headers["Location"].endswith(f"view={view.pk}")
    return view


def test_a_page_of_figures_offers_to_save_and_share_itself(signed_in: SignedIn) -> None:
    page = signed_in("manager").get("/drill/solved/?period=last-7d&compare=none")
    sent = hidden(text(page), "/settings/views/add/")
    assert (sent["path"], sent["query"]) == (["/drill/solved/"], ["period=last-7d&compare=none"])
    shared = [one["value"] for one in marks(page).all("input") if (one.get("id") or "").startswith("share-")]
    assert shared[0] == "http://testserver/drill/solved/?period=last-7d&compare=none"
    assert shared[1] == f"{shared[0]}&pub=1"
    assert str(shared[2]).startswith("maitred metrics show 'solved#1' --from ")
    assert str(shared[3]).startswith("GET http://testserver/api/v1/metrics/show?")


def test_the_copied_call_answers_with_the_figure_of_the_page(signed_in: SignedIn) -> None:
    client = signed_in("manager")
    page = marks(client.get("/drill/full_resolution.calendar/?period=last-52w&hours=calendar"))
    call = next(str(one["value"]) for one in page.all("input") if str(one.get("value")).startswith("GET "))
    answer = client.get(call.removeprefix("GET http://testserver"))
    assert answer.status_code == 200
    assert str(answer.json()["rows"][0]["n"]) == page.all("main")[0]["data-n"]


def test_a_view_is_saved_opened_renamed_pinned_and_removed_without_scripts(signed_in: SignedIn) -> None:
    client = signed_in("agent")
    view = saved(client, query="page=3&period=last-7d")
    assert (view.query, view.sharing) == ("period=last-7d", "private")
    listed = client.get("/settings/views/")
    assert_well_made(listed, "settings")
    version = hidden(text(listed), f"/settings/views/{view.pk}/")["version"][0]
    changed = {"deed": "change", "version": version, "name": "Last week", "pinned": "1", "audience": "private"}
    assert client.post(f"/settings/views/{view.pk}/", changed).status_code == 302
    start = text(client.get("/notices/"))
    assert f'href="/service-levels/?period=last-7d&amp;view={view.pk}"' in start
    assert "Last week" in start
    assert client.post(f"/settings/views/{view.pk}/", {"deed": "remove", "version": "2"}).status_code == 302
    assert text(client.get("/settings/views/")).count("Last week") == 1  # what became of it, said once
    assert not SavedView._base_manager.exists()


def test_a_stale_version_changes_nothing_and_says_so(signed_in: SignedIn) -> None:
    client = signed_in("agent")
    view = saved(client)
    sent = {"deed": "change", "version": "1", "name": "Second", "audience": "private"}
    assert client.post(f"/settings/views/{view.pk}/", sent).status_code == 302
    late = client.post(f"/settings/views/{view.pk}/", {**sent, "name": "Third"})
    assert late.status_code == 409
    assert "changed by somebody else" in text(late)
    view.refresh_from_db()
    assert view.name == "Second"
    assert client.post(f"/settings/views/{view.pk}/", {"deed": "burn", "version": "2"}).status_code == 400


def test_a_view_is_shared_with_a_team_and_nobody_else(signed_in: SignedIn, floor: Floor) -> None:
    care = floor.teams["Care"].pk
    view = saved(signed_in("lead"), audience=f"team:{care}", name="Care's week")
    assert "Care&#x27;s week" in text(signed_in("agent").get("/settings/views/"))
    assert "Care&#x27;s week" in text(signed_in("agent").get("/notices/"))
    assert "Care&#x27;s week" not in text(signed_in("other").get("/settings/views/"))
    for stranger in ("agent", "other"):
        sent = {"deed": "remove", "version": str(view.version)}
        assert signed_in(stranger).post(f"/settings/views/{view.pk}/", sent).status_code == 404
    assert SavedView._base_manager.count() == 1


def test_nobody_shares_further_than_they_reach(signed_in: SignedIn, floor: Floor) -> None:
    offered = {one["value"] for one in marks(signed_in("lead").get("/settings/views/add/")).all("option")}
    assert offered == {"private", *(f"team:{floor.teams[one].pk}" for one in ("Care", "Billing", "Orders"))}
    foreign = f"team:{floor.teams['Technical'].pk}"
    refused = signed_in("lead").post("/settings/views/add/", {**CHAT, "audience": foreign})
    assert refused.status_code == 404
    assert_well_made(refused, "settings")
    assert "Chat, last week" in text(refused)  # what was typed is still there
    assert signed_in("lead").post("/settings/views/add/", {**CHAT, "audience": "organisation"}).status_code == 403
    assert {one["value"] for one in marks(signed_in("agent").get("/settings/views/add/")).all("option")} == {"private"}


def test_a_shared_view_picks_out_no_single_person(signed_in: SignedIn, floor: Floor) -> None:
    person = {"path": "/drill/solved/", "query": "assignee=demo:1001", "audience": f"team:{floor.teams['Care'].pk}"}
    refused = signed_in("lead").post("/settings/views/add/", {**CHAT, **person})
    assert refused.status_code == 422
    assert "picks out no single person" in text(refused)


def test_a_lead_who_sees_less_gets_the_view_without_the_filter_and_a_notice(signed_in: SignedIn, floor: Floor) -> None:
    technical = floor.teams["Technical"].pk
    shown = {"path": "/drill/solved/", "query": f"period=last-52w&team={technical}", "audience": "organisation"}
    view = saved(signed_in("manager"), **shown)
    address = run("views.open", floor.actor("lead"), {"view": view.pk}).address
    page = signed_in("lead").get(address, follow=True)
    assert page.status_code == 200
    assert page.redirect_chain == [(f"/drill/solved/?period=last-52w&view={view.pk}", 302)]
    assert "is shown without its filter team" in text(page)
    assert signed_in("lead").get(f"/drill/solved/?team={technical}").status_code == 400
    assert signed_in("lead").get(f"/drill/solved/?team={technical}&view=9999").status_code == 400
    assert signed_in("lead").get(f"/metrics/?team={technical}&view={view.pk}").status_code == 400


def test_hostile_names_and_paths_stay_words(signed_in: SignedIn) -> None:
    client = signed_in("manager")
    saved(client, name='<script>alert("1")</script>', pinned="1", audience="organisation")
    for path in ("/settings/views/", "/notices/", "/palette/?q=script"):
        page = text(client.get(path))
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page
    for path in ("//evil.example/", "https://evil.example/", "/../etc/", "javascript:alert(1)"):
        assert client.post("/settings/views/add/", {**CHAT, "name": "x", "path": path}).status_code == 422
    assert "evil" not in text(client.get("/settings/views/add/?path=//evil.example/")).partition("<h1>")[0]
