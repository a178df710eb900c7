"""Search or jump: everybody finds what they may open and nothing else, with scripts and without."""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from maitred.people.tests.floor import Floor
from maitred.people.tests.markup import assert_well_made, marks
from maitred.surfaces.console.tests.conftest import SignedIn
from maitred.surfaces.console.tests.reading import only

DIALOG = {"HX-Request": "true"}
LIST = {**DIALOG, "HX-Target": "palette-results"}


def options(client: Client, words: str) -> list[dict[str, str | None]]:
    return [
        one
        for one in marks(client.get("/palette/", {"q": words}, headers=LIST)).all("li")
        if one.get("role") == "option"
    ]


def leads_to(client: Client, words: str) -> list[str]:
    return [str(one["data-href"]) for one in options(client, words) if "data-href" in one]


def a_ticket(floor: Floor) -> str:
    """The number of a ticket of the lead's that the other lead may not open."""
    return only(floor, "lead", "lead2").partition(":")[2]


def test_without_scripts_it_is_a_page_of_links(signed_in: SignedIn) -> None:
    page = signed_in("manager").get("/palette/", {"q": "speed"})
    assert_well_made(page, "palette")
    assert [one["href"] for one in marks(page).all("a") if one["href"] == "/service-levels/"]
    assert "data-press" not in page.content.decode()


def test_in_the_dialog_it_is_a_combobox_whose_list_holds_options(signed_in: SignedIn) -> None:
    found = marks(signed_in("manager").get("/palette/", headers=DIALOG))
    box = next(one for one in found.all("input") if one["name"] == "q")
    held = (box["role"], box["aria-expanded"], box["aria-controls"], box["hx-get"], box["hx-trigger"], box["hx-target"])
    assert held == ("combobox", "true", "palette-list", "/palette/", "input changed delay:120ms", "#palette-results")
    rows = [one for one in found.all("li") if one.get("role") == "option"]
    assert len({one["id"] for one in rows}) == len(rows) > 5
    assert [one["aria-selected"] for one in rows] == ["true", *["false"] * (len(rows) - 1)]
    assert all(one.get("data-href") or one.get("data-press") for one in rows)


def test_a_number_finds_the_ticket_for_those_who_may_open_it(signed_in: SignedIn, floor: Floor) -> None:
    number = a_ticket(floor)
    for words in (number, f"#{number}", f" {number} "):
        assert leads_to(signed_in("lead"), words)[0] == f"/tickets/demo/{number}/"
    assert f"/tickets/demo/{number}/" not in leads_to(signed_in("lead2"), number)
    assert f"/tickets/demo/{number}/" not in leads_to(signed_in("executive"), number)
    assert leads_to(signed_in("lead"), "#999999") == []


def test_teams_people_and_figures_are_those_of_the_role(signed_in: SignedIn, floor: Floor) -> None:
    billing = f"/service-levels/?team={floor.teams['Billing'].pk}"
    assert billing in leads_to(signed_in("lead"), "billing")
    assert billing not in leads_to(signed_in("lead2"), "billing")
    assert leads_to(signed_in("lead"), "agent")[-1].startswith("/roster/person/")
    assert not any("assignee" in one for one in leads_to(signed_in("executive"), "agent"))
    assert "/metrics/full_resolution.business_all/" in leads_to(signed_in("executive"), "full_resolution.business_all")
    assert leads_to(signed_in("auditor"), "full_resolution") == []
    assert all(not one.startswith("/service-levels/") for one in leads_to(signed_in("auditor"), ""))


def test_a_person_is_found_at_a_page_that_opens(signed_in: SignedIn) -> None:
    client = signed_in("lead")
    assert client.get(leads_to(client, "mate")[-1]).status_code == 200


def test_each_kind_has_at_most_eight_results(signed_in: SignedIn) -> None:
    page = signed_in("manager").get("/palette/", {"q": "e"}, headers=LIST).content.decode()
    kinds = re.findall(r'<span class="kind">([^<]+)</span>', page)
    assert max(kinds.count(one) for one in kinds) == 8


def test_what_can_be_done_on_the_page_is_offered_to_the_frame(signed_in: SignedIn) -> None:
    assert [one["data-press"] for one in options(signed_in("agent"), "light or dark")] == ["[data-theme-form] button"]
    assert [one["data-press"] for one in options(signed_in("agent"), "export csv")] == ['a[data-export="csv"]']


def test_hostile_words_come_back_as_words(signed_in: SignedIn) -> None:
    words = '"><script>alert(1)</script>'
    for headers in (None, DIALOG, LIST):
        page = signed_in("manager").get("/palette/", {"q": words}, headers=headers).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page
    assert signed_in("manager").get("/palette/", {"q": "#" + "9" * 5000}).status_code == 200


def test_nobody_searches_without_signing_in(client: Client, floor: Floor) -> None:
    for headers in (None, DIALOG):
        answer: Any = client.get("/palette/", headers=headers)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/accounts/login/")


def test_an_answer_needs_a_handful_of_statements(signed_in: SignedIn, floor: Floor) -> None:
    client, number = signed_in("manager"), a_ticket(floor)
    for words in ("", "re", number, "billing", "frt", f"#{number}"):
        client.get("/palette/", {"q": words}, headers=LIST)
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/palette/", {"q": words}, headers=LIST).status_code == 200
        assert 0 < len(asked) <= 12, words
