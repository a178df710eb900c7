"""Notes on time charts: written beside a chart, and seen by those they are shared with."""

from __future__ import annotations

from typing import Any

from django.test import Client

from maitred.kit.annotations.models import Annotation
from maitred.people.tests.floor import Floor
from maitred.people.tests.markup import assert_well_made, marks
from maitred.surfaces.console.tests.conftest import SignedIn
from maitred.surfaces.console.tests.reading import hidden, text

RELEASE = {"first_day": "2025-11-10", "kind": "release", "text": "Release 8.4", "audience": "private"}


def noted(client: Client, **more: Any) -> Annotation:
    answer = client.post("/settings/annotations/", {**RELEASE, **more})
    assert answer.status_code == 302, text(answer)
    return Annotation._base_manager.order_by("-pk")[0]


def test_beside_a_chart_a_note_is_begun_for_its_period_and_leads_back(signed_in: SignedIn) -> None:
    client = signed_in("lead")
    link = next(one["href"] for one in marks(client.get("/drill/solved/")).all("a") if "data-annotate" in one)
    form = client.get(str(link))
    assert_well_made(form, "settings")
    fields = {one["name"]: one.get("value") for one in marks(form).all("input") if one.get("name")}
    assert fields["back"] == "/drill/solved/"
    assert str(fields["first_day"]).startswith("20")
    assert client.post("/settings/annotations/", {**RELEASE, "back": "/service-levels/"}).headers["Location"] == (
        "/service-levels/"
    )
    away = client.post("/settings/annotations/", {**RELEASE, "back": "//evil.example/"})
    assert away.headers["Location"] == "/settings/annotations/"


def test_a_note_is_added_changed_and_removed_without_scripts(signed_in: SignedIn) -> None:
    client = signed_in("agent")
    note = noted(client, last_day="2025-11-12")
    page = client.get("/settings/annotations/")
    assert_well_made(page, "settings")
    version = hidden(text(page), f"/settings/annotations/{note.pk}/")["version"][0]
    changed = {**RELEASE, "deed": "change", "version": version, "text": "Release 8.4.1", "kind": "outage"}
    assert client.post(f"/settings/annotations/{note.pk}/", changed).status_code == 302
    note.refresh_from_db()
    assert (note.text, note.kind, note.last_day) == ("Release 8.4.1", "outage", None)
    late = client.post(f"/settings/annotations/{note.pk}/", {**changed, "text": "late"})
    assert (late.status_code, "changed by somebody else" in text(late)) == (409, True)
    gone = {"deed": "remove", "version": str(note.version)}
    assert client.post(f"/settings/annotations/{note.pk}/", gone).status_code == 302
    assert not Annotation._base_manager.exists()


def test_a_note_is_seen_by_those_it_is_shared_with(signed_in: SignedIn, floor: Floor) -> None:
    note = noted(signed_in("lead"), audience=f"team:{floor.teams['Care'].pk}", text="Care moved")
    assert "Care moved" in text(signed_in("agent").get("/settings/annotations/"))
    assert "Care moved" not in text(signed_in("other").get("/settings/annotations/"))
    sent = {"deed": "remove", "version": str(note.version)}
    assert signed_in("agent").post(f"/settings/annotations/{note.pk}/", sent).status_code == 404
    assert signed_in("admin").get("/settings/annotations/").status_code == 403
    assert Annotation._base_manager.count() == 1


def test_what_does_not_fit_is_said_beside_the_form_and_kept_in_it(signed_in: SignedIn) -> None:
    client = signed_in("agent")
    for wrong in ({"text": ""}, {"first_day": "soon"}, {"last_day": "2025-11-01"}, {"kind": "rumour"}):
        refused = client.post("/settings/annotations/", {**RELEASE, **wrong})
        assert refused.status_code == 422
        assert 'role="alert"' in text(refused)
        assert f'value="{wrong.get("text", "Release 8.4")}"' in text(refused)
    assert not Annotation._base_manager.exists()


def test_hostile_words_of_a_note_stay_words(signed_in: SignedIn) -> None:
    client = signed_in("manager")
    noted(client, text='"><script>alert(1)</script>', audience="organisation")
    page = text(client.get("/settings/annotations/"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
