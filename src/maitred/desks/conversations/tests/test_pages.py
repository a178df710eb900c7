"""The pages: what each reader finds, filters in the address, empty and stale states, hostile words inert."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from maitred.base import clock
from maitred.desks.conversations.reading import table
from maitred.desks.conversations.tests import world
from maitred.desks.conversations.tests.conftest import NOW, Ask, Sign
from maitred.desks.service_levels.tests.looking import look
from maitred.kit.reading.opened import forget
from maitred.people.tests.floor import Floor

HOME = "/conversations/"


def test_a_lead_finds_the_forgotten_first_and_an_agent_their_own(sign: Sign) -> None:
    seen = look(sign("lead"), HOME)
    assert (seen.status, seen.marks["data-page"], seen.marks["data-state"]) == (200, "conversations", "ok")
    assert "forgotten" in seen.heading and f"ticket:demo:{world.FORGOTTEN}" in [
        one.get("data-row") for one in seen.all("//tr")
    ]
    assert HOME in seen.links("//nav//a") and "all texts read" in seen.text
    narrowed = look(sign("lead"), f"{HOME}?reason=bot_only&group=11")
    assert [one.get("data-row") for one in narrowed.all("//tbody/tr")] == [f"ticket:demo:{world.BOTTED}"]
    assert len(narrowed.all("//ul[@class='chips']/li")) == 3
    mine = look(sign("agent"), HOME)
    assert world.FORGOTTEN in mine.text and world.ELSEWHERE not in mine.text
    assert "/conversations/behaviours/" not in mine.links()


@pytest.mark.parametrize(
    "query", ["reason=angry", "group=99", "channel=<script>", "longer=soon", "page=0", "page=x", "longer=-1"]
)
def test_a_word_that_means_nothing_is_named(sign: Sign, query: str) -> None:
    seen = look(sign("lead"), f"{HOME}?{query}&hours=business")
    assert seen.status == 400 and seen.marks["data-state"] == "error"
    assert seen.links("//main//a")[-1] == f"{HOME}?hours=business"


def test_an_empty_list_says_what_was_looked_for(sign: Sign) -> None:
    seen = look(sign("lead"), f"{HOME}?longer=9999")
    assert (seen.status, seen.marks["data-state"]) == (
        200,
        "empty",
    ) and "No open conversation is like that" in seen.text


def test_old_figures_say_so(sign: Sign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=4))
    seen = look(sign("lead"), HOME)
    assert (seen.marks["data-state"], seen.marks["data-notice"]) == ("stale", "stale") and "days ago" in seen.text


def test_one_conversation_shows_zones_quotes_promises_and_ways_on(sign: Sign) -> None:
    seen = look(sign("lead"), f"{HOME}demo/{world.BROKEN}/")
    assert seen.heading == f"#{world.BROKEN} About {world.BROKEN}" and f"/tickets/demo/{world.BROKEN}/" in seen.links()
    assert seen.all("//*[@data-kept='not_kept']") and seen.all("//li[@data-seen='apologises_once']//q")
    odd = look(sign("lead"), f"{HOME}demo/{world.ODD}/")
    assert len(odd.all("//li[contains(@class, 'turn')]//details")) >= 3 and odd.all("//*[@data-language='de']")
    assert look(sign("lead2"), f"{HOME}demo/{world.BROKEN}/").status == 404
    assert look(sign("lead"), f"{HOME}demo/0/").status == 404


def test_hostile_words_are_inert(sign: Sign) -> None:
    for address in (f"{HOME}demo/{world.FORGOTTEN}/", f"{HOME}search/?q=parrotfish"):
        seen = look(sign("lead"), address)
        assert (
            seen.status == 200
            and world.HOSTILE not in seen.text.replace("&lt;", "")
            and not [one for one in seen.all("//script") if "alert" in (one.text or "")]
        )
    asked = look(sign("lead"), f"{HOME}search/?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert asked.status == 200 and not [one for one in asked.all("//script") if "alert" in (one.text or "")]


def test_a_search_is_an_address_and_is_saved_as_a_view(sign: Sign) -> None:
    client = sign("lead")
    first = look(client, f"{HOME}search/")
    assert (first.status, first.heading) == (200, "Search what people wrote") and not first.all("//li[@data-hit]")
    address = f"{HOME}search/?q=parrotfish&longer=30"
    seen = look(client, address)
    assert [one.get("data-hit").split(":")[1] for one in seen.all("//li[@data-hit]")] == [world.FORGOTTEN]
    assert [one.text for one in seen.all("//mark")] == ["parrotfish"]
    form = {one.get("name"): one.get("value") for one in seen.all("//dialog[@id='save-view']//input")}
    assert (form["path"], form["query"]) == (f"{HOME}search/", "q=parrotfish&longer=30")
    saved = client.post(
        "/settings/views/add/",
        {"path": form["path"], "query": form["query"], "name": "Parrotfish", "sharing": "private"},
    )
    assert saved.status_code in (302, 303)
    assert look(client, f"{HOME}search/?q=nosuchword").marks["data-state"] == "empty"
    assert look(client, f"{HOME}search/?q=***").status == 422
    assert look(client, f"{HOME}search/?from=soon").status == 400
    assert look(client, f"{HOME}search/?language=xx").status == 400


def test_teams_have_a_table_and_the_agreement_beside_it(sign: Sign) -> None:
    seen = look(sign("manager"), f"{HOME}behaviours/?days=91")
    assert seen.status == 200 and len(seen.all("//tr[@data-agreement]")) == 6 and seen.all("//tr[@data-team]")
    assert "not verified by people yet" in seen.heading
    assert look(sign("agent"), f"{HOME}behaviours/").status == 403
    assert look(sign("manager"), f"{HOME}behaviours/?days=5").status == 400


@pytest.mark.parametrize("name", ["executive", "admin", "auditor", "partner"])
def test_the_desk_is_not_for_everybody(sign: Sign, name: str) -> None:
    client = sign(name)
    for address in (HOME, f"{HOME}search/", f"{HOME}behaviours/", f"{HOME}demo/{world.BROKEN}/"):
        assert look(client, address).status in (403, 404), address
    assert HOME not in look(client, "/").links("//nav//a")


def test_the_start_page_and_ones_own_page_tell_of_them(sign: Sign, house: Floor) -> None:
    start = look(sign("lead"), "/")
    assert start.all("//section[@id='forgotten']") and world.FORGOTTEN in start.text
    client = sign("agent")
    own = look(client, client.get("/people/me/")["Location"])
    assert world.FORGOTTEN in own.text and "Only you see this here" in own.text
    lead = sign("lead")
    theirs = look(lead, lead.get(f"/people/person/{house.people['agent'].pk}/")["Location"])
    assert theirs.status == 200 and "Only you see this here" not in theirs.text


def test_picked_ones_are_sent_to_review_by_a_form(sign: Sign, ask: Ask) -> None:
    item = {"key": "solved", "title": "Solved", "kind": "yes_no", "weight": 100}
    card = ask("manager", "quality.add_scorecard", name="Support", items=[item])
    ask("manager", "quality.publish_scorecard", scorecard=card.id, version=card.version)
    client = sign("lead")
    form: dict[str, Any] = {"scorecard": card.id, "ticket": [f"demo:{world.BROKEN}", f"demo:{world.FORGOTTEN}"]}
    refused = client.post(HOME, form)
    assert refused.status_code == 422 and "reason" in refused.content.decode()
    done = client.post(HOME, {**form, "reason": "waited long"})
    assert done.status_code == 302 and ask("lead", "quality.draws").items[0].states == {"assigned": 2}
    assert client.post(HOME, {**form, "ticket": f"demo:{world.ELSEWHERE}", "reason": "x"}).status_code == 404


def test_before_anything_was_read_waits_are_told_all_the_same(sign: Sign, home: Path) -> None:
    folder, beside = home / table.FOLDER, home / "unread"
    folder.rename(beside)
    try:
        forget()
        seen = look(sign("lead"), HOME)
        assert seen.status == 200 and "texts have not been read yet" in seen.text and world.FORGOTTEN in seen.text
        assert look(sign("lead"), f"{HOME}search/?q=parrotfish").marks["data-state"] == "empty"
        assert look(sign("lead"), f"{HOME}demo/{world.BROKEN}/").status == 200
        assert look(sign("manager"), f"{HOME}behaviours/").marks["data-state"] == "empty"
    finally:
        beside.rename(folder)
        forget()
