"""One's own settings: preferences, tokens, notices."""

from __future__ import annotations

import re

from django.utils import translation

from maitred.kit.access.rights import SCOPES
from maitred.people.models import ApiToken
from maitred.people.tests.floor import Floor
from maitred.people.tests.markup import assert_well_made, marks
from maitred.surfaces.console import standing
from maitred.surfaces.console.tests.inside import As, floor, signed_in

__all__ = ["floor", "signed_in"]
WHOLE = {"do": "preferences", "form": "whole", "version": 1, "language": "", "time_zone": "Europe/Berlin",
         "theme": "dark", "density": "compact", "digest_hour": "07:30", "quiet_hours": "20:00-07:00"}  # fmt: skip


def test_everybody_has_settings_and_one_filled_button(signed_in: As) -> None:
    for name in ("agent", "lead", "manager", "executive", "admin", "auditor", "partner"):
        page = signed_in(name).get("/settings/")
        assert page.status_code == 200
        assert_well_made(page, "settings")
        filled = [one for one in marks(page).all("button") if "pri" in str(one.get("class")).split()]
        assert len(filled) == 1


def test_preferences_are_saved_and_looked_after_at_once(signed_in: As, floor: Floor) -> None:
    client = signed_in("agent")
    answer = client.post("/settings/", WHOLE)
    assert answer.status_code == 302
    assert answer.cookies["theme"].value == "dark"
    account = floor.accounts["agent"]
    account.refresh_from_db()
    kept = (account.time_zone, account.theme, account.density, account.digest_hour, account.shortcuts)
    assert kept == ("Europe/Berlin", "dark", "compact", "07:30", False)
    page = client.get("/settings/")
    html, body = marks(page).all("html")[0], marks(page).all("body")[0]
    assert (html["data-theme"], html["data-density"], body["data-keys"]) == ("dark", "compact", "off")
    assert "Your preferences are saved." in page.content.decode()


def test_what_does_not_fit_stands_beside_its_field(signed_in: As) -> None:
    answer = signed_in("agent").post("/settings/", {**WHOLE, "time_zone": "Berlin", "quiet_hours": "all day"})
    assert answer.status_code == 422
    zone = next(one for one in marks(answer).all("input") if one.get("name") == "time_zone")
    assert (zone["value"], zone["aria-invalid"]) == ("Berlin", "true")
    assert "no time zone Berlin" in answer.content.decode()


def test_a_stale_form_shows_what_stands_there_now(signed_in: As) -> None:
    client = signed_in("agent")
    client.post("/settings/", WHOLE)
    stale = client.post("/settings/", {**WHOLE, "theme": "light", "time_zone": "Asia/Tokyo"})
    page = stale.content.decode()
    assert stale.status_code == 409
    assert 'value="Asia/Tokyo"' in page and '<bdi dir="auto">Europe/Berlin</bdi>' in page
    assert '<bdi dir="auto">Dark</bdi>' in page


def test_a_token_is_shown_once_and_withdrawn(signed_in: As, floor: Floor) -> None:
    client = signed_in("manager")
    made = client.post("/settings/", {"do": "token", "label": "notebook", "scopes": ["read:metrics"]})
    assert made.status_code == 200 and made["Cache-Control"] == "no-store"
    shown = next(one for one in marks(made).all("input") if "data-token-made" in one)
    token = ApiToken._base_manager.get(label="notebook")
    assert re.fullmatch(rf"mtr_{token.prefix}\S+|\S*{token.prefix}\S+", str(shown["value"]))
    assert token.scopes == ["read:metrics"]
    later = client.get("/settings/").content.decode()
    assert str(shown["value"]) not in later and "notebook" in later
    gone = client.post("/settings/", {"do": "withdraw", "token": token.pk, "version": token.version})
    assert gone["Location"] == "/settings/#tokens"
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_making_a_token_asks_for_a_fresh_proof_and_comes_back(signed_in: As) -> None:
    away = signed_in("manager", fresh=False).post("/settings/", {"do": "token", "label": "x", "scopes": []})
    assert away["Location"] == "/accounts/reauthenticate/?next=%2Fsettings%2F"


def test_a_foreign_token_cannot_be_withdrawn(signed_in: As, floor: Floor) -> None:
    signed_in("lead").post("/settings/", {"do": "token", "label": "theirs", "scopes": []})
    token = ApiToken._base_manager.get(label="theirs")
    given = {"do": "withdraw", "token": token.pk, "version": 1}
    assert signed_in("agent").post("/settings/", given).status_code == 404
    assert signed_in("agent").post("/settings/", {"do": "burn"}).status_code == 400


def test_every_scope_says_what_it_means_and_only_those_of_use_are_offered(signed_in: As, floor: Floor) -> None:
    assert set(standing.SCOPES) == set(SCOPES)
    agent = {one.value for one in standing.scopes(floor.actor("agent"))}
    assert "read:tickets" in agent and "write:people" not in agent
    assert {one.value for one in standing.scopes(floor.actor("admin"))} >= {"write:people", "admin:sync"}


def test_settings_speak_the_chosen_language(signed_in: As) -> None:
    client = signed_in("agent")
    client.post("/settings/", {**WHOLE, "language": "de"})
    page = client.get("/settings/", headers={"Accept-Language": "ar"})
    assert marks(page).all("html")[0]["lang"] == "de"
    with translation.override("de"):
        assert translation.gettext("Save preferences") in page.content.decode()
