"""The pages: what each reader finds there, which marks they carry, and that every press does what it says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from maitred.base import clock
from maitred.desks.service_levels.tests import looking
from maitred.desks.service_levels.tests.looking import Seen, look
from maitred.desks.today import jobs, looks
from maitred.desks.today.models import Alert, Finding, Look
from maitred.desks.today.tests.conftest import NOW
from maitred.desks.today.tests.looked import AGENT, BILLING, TOPIC, Day, finding, keep
from maitred.kit.audit.deeds import deed
from maitred.kit.commitments.models import Commitment
from maitred.kit.reading import opened
from maitred.kit.verbs import run
from maitred.people.tests.floor import ROOT, Floor, build

Sign = Callable[[str], Client]


@pytest.fixture(scope="session")
def today_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield looking.workspace(tmp_path_factory.mktemp("today"), 150)
    opened.forget()


@pytest.fixture
def house(db: None, today_home: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Floor:
    settings.MAITRED_HOME = today_home
    settings.MAITRED_DEMO = True
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return build()


@pytest.fixture
def sign(house: Floor) -> Sign:
    return lambda name: looking.signed_in(house, name)


@pytest.fixture
def looked(house: Floor) -> Floor:
    keep(
        finding("f_billing", BILLING, 1, title="<b>First</b> reply in Billing takes 2.1 times as long"),
        finding("f_agent", AGENT, 2, harm=40.0, family="agent_quality", title="Agent replies later than usual"),
        finding("f_topic", TOPIC, 3, harm=20.0, family="topic_surge", metric="arrivals", title="Export fails surges",
                evidence={"query": {"metric": "arrivals", "where": {"topic": "export"}, "from": "2025-11-10"},
                          "count": 31, "tickets": ["1", "2"], "related": []}),
    )  # fmt: skip
    return house


def ids(seen: Seen) -> list[str]:
    return [one.get("data-finding") for one in seen.all("//*[@data-finding]")]


def test_the_heading_says_how_many_things_need_one(looked: Floor, sign: Sign) -> None:
    seen = look(sign("manager"), "/")
    assert (seen.status, seen.heading, seen.marks["data-state"]) == (200, "Three things need you today", "ok")
    assert ids(seen) == ["f_billing", "f_agent", "f_topic"]


def test_a_finding_carries_its_marks_and_a_foreign_title_stays_text(looked: Floor, sign: Sign) -> None:
    (one,) = look(sign("manager"), "/").all("//*[@data-finding='f_billing']")
    assert one.get("data-detector") == "speed.first_reply_shift#1"
    assert one.get("data-subject") == "group:demo:11"
    assert (one.get("data-metric"), one.get("data-n")) == ("frt.business_all#1", "143")
    assert one.get("data-drill").startswith("/drill/frt.business_all/?group=demo:11&period=2025-11-10..")
    assert "<b>First</b>" in one.text_content()


def test_one_button_of_the_page_is_filled_and_it_is_that_of_the_first_item(looked: Floor, sign: Sign) -> None:
    (filled,) = look(sign("manager"), "/").all("//a[contains(@class, 'pri')] | //button[contains(@class, 'pri')]")
    assert filled.get("href") == "/today/f_billing/?act=change_roster#act"


def test_an_item_about_a_person_says_who_can_see_it(looked: Floor, sign: Sign) -> None:
    (one,) = look(sign("manager"), "/").all("//*[@data-finding='f_agent']")
    assert one.get("data-person") == f"person:{looked.people['agent'].pk}"
    assert "seen by Agent, you and who else leads them" in " ".join(one.text_content().split())
    (own,) = look(sign("agent"), "/").all("//*[@data-finding='f_agent']")
    assert "seen by you and those who lead you" in " ".join(own.text_content().split())


def test_nobody_else_finds_a_person_on_their_page(looked: Floor, sign: Sign) -> None:
    for name in ("mate", "lead2", "executive", "admin", "auditor"):
        seen = look(sign(name), "/")
        assert (seen.status, "f_agent" in seen.text, "Agent replies" in seen.text) == (200, False, False), name
        assert look(sign(name), "/today/f_agent/").status in (403, 404), name


def test_an_empty_list_says_what_was_looked_at(house: Floor, sign: Sign) -> None:
    keep()
    seen = look(sign("manager"), "/")
    assert (seen.heading, seen.marks["data-state"]) == ("Nothing needs you", "empty")
    assert "41 series were checked as of" in seen.text


def test_the_first_weeks_are_for_learning(house: Floor, sign: Sign) -> None:
    keep(learning=True)
    assert look(sign("manager"), "/").heading == "Still learning what is usual here"


def test_old_data_take_the_place_of_findings(house: Floor, sign: Sign) -> None:
    keep(finding("f_old", {"type": "workspace", "id": "demo", "external_id": "", "name": ""}, family="data_health",
                 title="Nothing newer than 1 January has been brought in"))  # fmt: skip
    seen = look(sign("manager"), "/")
    assert (seen.heading, seen.marks["data-state"]) == ("The data are too old for findings", "stale")


def test_without_a_look_the_page_is_that_of_the_figures(house: Floor, sign: Sign) -> None:
    seen = look(sign("manager"), "/")
    assert seen.status == 200
    assert not ids(seen)
    assert seen.all("//*[@data-figure]")


def test_the_order_and_how_often_it_was_right_are_told(looked: Floor, sign: Sign) -> None:
    seen = look(sign("manager"), "/")
    assert "Why this order?" in seen.text
    assert "207.8" in seen.text  # 212 hours times 98 %
    assert "nobody has said yet whether it is right here" in seen.text


def test_a_press_in_the_menu_decides_and_comes_back(looked: Floor, sign: Sign) -> None:
    client = sign("lead")
    answer = client.post("/today/f_billing/decide/", {"do": "snooze:week", "version": "1", "back": "/"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    seen = look(client, "/")
    assert "1 more is folded away" in seen.text
    assert "snoozed until" in seen.text
    client.post("/today/f_billing/decide/", {"do": "not:known", "version": "2", "back": "//elsewhere.example/"})
    assert Finding._base_manager.get(pk="f_billing").why == "known"


def test_a_stale_press_is_refused_in_words(looked: Floor, sign: Sign) -> None:
    client = sign("lead")
    client.post("/today/f_billing/decide/", {"do": "done", "version": "1"})
    client.post("/today/f_billing/decide/", {"do": "acknowledge", "version": "1"})
    assert "was changed by somebody else" in look(client, "/").text
    assert Finding._base_manager.get(pk="f_billing").state == "done"


def test_the_page_of_a_finding_shows_size_cause_tickets_and_rank(looked: Floor, sign: Sign) -> None:
    seen = look(sign("manager"), "/today/f_billing/")
    assert seen.status == 200
    for told in ("2.1 times as much (90% interval 1.8–2.5, n 143)", "since 10 Nov 2025", "212 customer-hours a week",
                 "2 of 6 people have not worked since 9 November", "Open work in Billing grows"):  # fmt: skip
        assert told in seen.text, told
    assert "/tickets/demo/1/" in seen.links()
    assert seen.all("//figure[@data-chart]")
    assert len(seen.all("//a[contains(@class, 'pri')]")) == 1


def test_its_drill_opens(looked: Floor, sign: Sign) -> None:
    client = sign("manager")
    (one,) = look(client, "/").all("//*[@data-finding='f_billing']")
    assert look(client, one.get("data-drill")).status == 200


def test_its_drawing_has_the_onset(looked: Floor, sign: Sign) -> None:
    answer = sign("manager").get("/charts/today/f_billing.json")
    assert answer.status_code == 200
    assert answer.json()["usermeta"]["kind"] == "control_chart"


def test_what_cannot_be_cut_is_said_in_place_of_the_drawing(looked: Floor, sign: Sign) -> None:
    seen = look(sign("manager"), "/today/f_topic/")
    assert "cannot be narrowed to Export fails" in seen.text
    assert seen.links("//section[@id='tickets']//a") == ["/tickets/demo/1/", "/tickets/demo/2/"]


def test_an_action_is_shown_and_then_done(looked: Floor, sign: Sign) -> None:
    client = sign("lead")
    seen = look(client, "/today/f_billing/?act=simulate")
    assert "Nothing changes in the helpdesk" in seen.text
    assert not Commitment._base_manager.exists()
    owner = str(looked.people["mate"].pk)
    client.post("/today/f_billing/act/", {"action": "simulate", "version": "1", "due": "2026-01-12", "person": owner})
    assert Commitment._base_manager.get().person_id == looked.people["mate"].pk
    assert "Assigned until 12 Jan 2026" in look(client, "/today/f_billing/").text


def test_an_executive_reads_a_finding_without_tickets_and_forms(looked: Floor, sign: Sign) -> None:
    seen = look(sign("executive"), "/today/f_topic/")
    assert seen.status == 200
    assert not seen.all("//main//form")
    assert not seen.all("//section[@id='tickets']")


def test_rules_are_made_rested_and_removed_on_their_page(looked: Floor, sign: Sign) -> None:
    client = sign("lead")
    assert look(client, "/today/alerts/").heading == "No rule tells you of findings yet"
    client.post("/today/alerts/", {"do": "add", "channel": "mail", "family": "speed", "least_harm": "20"})
    assert look(client, "/today/alerts/").heading == "1 rule tells you of findings at once"
    rule = Alert._base_manager.get()
    client.post(f"/today/alerts/{rule.pk}/", {"do": "rest", "version": "1"})
    assert look(client, "/today/alerts/").heading == "No rule tells you of findings yet"
    client.post(f"/today/alerts/{rule.pk}/", {"do": "remove", "version": "2"})
    assert not Alert._base_manager.exists()


def test_a_rule_that_means_nothing_comes_back_with_its_reason(looked: Floor, sign: Sign) -> None:
    answer = sign("lead").post("/today/alerts/", {"do": "add", "channel": "slack"})
    assert answer.status_code == 422
    assert "incoming webhook" in answer.content.decode()


def test_an_agent_is_offered_no_room(looked: Floor, sign: Sign) -> None:
    assert "Slack" not in look(sign("agent"), "/today/alerts/").text


def test_the_page_asks_few_questions_of_the_database(
    looked: Floor, sign: Sign, django_assert_max_num_queries: Any
) -> None:
    client = sign("manager")
    look(client, "/")
    with django_assert_max_num_queries(40):
        look(client, "/")


def test_the_rest_door_lists_and_decides_like_the_page(looked: Floor, sign: Sign) -> None:
    client = sign("lead")
    found = client.get("/api/v1/today/list").json()
    assert [one["id"] for one in found["findings"]] == ["f_billing", "f_agent"]
    done = client.post("/api/v1/today/acknowledge/f_billing", json.dumps({"version": 1}), "application/json")
    assert (done.status_code, done.json()["state"]) == (200, "acknowledged")
    assert client.get("/api/v1/today/finding/f_topic").status_code == 404
    assert sign("auditor").get("/api/v1/today/list").status_code == 403


def test_a_number_leads_to_rows_only_where_they_are_its_tickets(house: Floor) -> None:
    asked = {"metric": "arrivals", "start": "2025-06-01", "end": "2026-01-05", "limit": 1}
    total = run("metrics.tickets", ROOT, asked).total
    query = {"metric": "arrivals", "where": {}, "from": "2025-06-01"}
    told = [
        finding("f_same", evidence={"query": query, "count": total, "tickets": []}),
        finding("f_other", evidence={"query": query, "count": total - 1, "tickets": []}),
        finding("f_none", evidence={"query": {**query, "metric": "nothing"}, "count": 3, "tickets": []}),
    ]
    looks.compared(ROOT, 1, Day(findings=told), "UTC")
    assert [one["evidence"]["same_rows"] for one in told] == [True, False, False]


def test_the_worker_looks_once_at_a_publication_and_again_when_asked(
    house: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def take(_workspace: Any, publication: Any) -> Day:
        seen.append(publication.number)
        return Day(findings=[finding("f_billing")])

    monkeypatch.setattr(looks, "take", take)  # the detectors themselves are tested in their own room
    work: Any = SimpleNamespace(
        actor=ROOT, check=lambda: None, progress=lambda *_: None, deed=lambda verb: deed(ROOT, verb)
    )
    jobs.look(work)
    jobs.look(work)
    assert seen == [1]
    jobs.look(work, again=True)
    assert (seen, Look._base_manager.count(), Finding._base_manager.count()) == ([1, 1], 1, 1)


def test_an_executive_is_shown_no_single_ticket(house: Floor, sign: Sign) -> None:
    ticket = {"type": "ticket", "id": "demo:5", "external_id": "5", "name": "5"}
    keep(finding("f_ticket", ticket, family="escalation", title="Ticket 5 is overdue"), finding("f_topic", TOPIC, 2))
    assert ids(look(sign("executive"), "/")) == ["f_topic"]
    assert look(sign("executive"), "/today/f_ticket/").status == 404
