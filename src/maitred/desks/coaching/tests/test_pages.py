"""The pages: what each reader finds there, that every form does what it says without a script, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from maitred.desks.coaching.models import Item, Note, OneToOne, Plan
from maitred.desks.coaching.tests.conftest import Ask, Sign, at, goal
from maitred.desks.service_levels.tests.looking import look
from maitred.desks.today.tests.looked import AGENT, finding, keep
from maitred.kit.commitments.models import Commitment
from maitred.people.tests.floor import Floor

HOSTILE = "<script>alert('x')</script>"


@pytest.fixture
def talk(house: Floor, ask: Ask) -> Any:
    return ask("lead", "coaching.plan_one_to_one", person=house.people["agent"].pk, at=at())


@pytest.fixture
def press(sign: Sign) -> Callable[..., Any]:
    """Sends a form as somebody."""

    def send(name: str, address: str, **given: Any) -> Any:
        return sign(name).post(address, given)

    return send


def test_a_lead_finds_people_by_name_with_what_is_open(house: Floor, ask: Ask, sign: Sign, talk: Any) -> None:
    ask("lead", "coaching.add_step", one_to_one=talk.id, what="try the macro", due=at(7))
    seen = look(sign("lead"), "/coaching/")
    assert (seen.status, seen.marks["data-page"], seen.marks["data-state"]) == (200, "coaching", "ok")
    assert seen.heading == "2 people have no next one-to-one"
    names = [" ".join(one.text_content().split()) for one in seen.all("//tbody/tr/th")]
    assert names == ["Agent", "Below", "Mate"]
    (row,) = seen.all(f"//tr[@data-person='person:{house.people['agent'].pk}']")
    assert "6 Jan 2026" in row.text_content()
    assert f"/coaching/one-to-one/{talk.id}/" in seen.links()
    assert len(seen.all("//a[contains(@class, 'pri')]")) == 1


def test_whoever_leads_nobody_finds_their_own(house: Floor, sign: Sign, talk: Any) -> None:
    seen = look(sign("agent"), "/coaching/")
    assert seen.heading == "The next one-to-one with Lead is on 6 Jan 2026, 04:00"
    assert f"/coaching/one-to-one/{talk.id}/" in seen.links()
    assert "/coaching/one-to-one/plan/" not in seen.text
    empty = look(sign("mate"), "/coaching/")
    assert (empty.heading, empty.marks["data-state"]) == ("No one-to-one is planned with you", "empty")


def test_a_lead_of_nobody_is_told_who_would_stand_there(house: Floor, sign: Sign, monkeypatch: Any) -> None:
    seen = look(sign("lead2"), "/coaching/")
    assert [" ".join(one.text_content().split()) for one in seen.all("//tbody/tr/th")] == ["Former", "Other"]


@pytest.mark.parametrize("name", ["executive", "admin", "auditor", "partner"])
def test_the_desk_is_not_for_everybody(house: Floor, sign: Sign, talk: Any, name: str) -> None:
    client = sign(name)
    for address in ("/coaching/", f"/coaching/one-to-one/{talk.id}/", "/coaching/one-to-one/plan/",
                    "/coaching/plan/new/"):  # fmt: skip
        assert look(client, address).status in (403, 404), address
    assert "/coaching/" not in look(client, "/").links("//nav//a")


def test_agents_plan_nothing_for_others_and_find_no_foreign_page(house: Floor, ask: Ask, sign: Sign, talk: Any) -> None:
    made = ask("lead", "coaching.add_plan", **goal(house))
    for name in ("mate", "other", "lead2"):
        client = sign(name)
        for address in (f"/coaching/one-to-one/{talk.id}/", f"/coaching/plan/{made.id}/",
                        f"/charts/coaching/{made.id}.json",
                        f"/coaching/person/{house.people['agent'].pk}/"):  # fmt: skip
            assert look(client, address).status == 404, (name, address)


def test_a_one_to_one_is_planned_from_a_finding(house: Floor, sign: Sign, press: Callable[..., Any]) -> None:
    keep(finding("f_agent", AGENT, title="Agent replies later", family="agent_quality"))
    person = house.people["agent"].pk
    form = look(sign("lead"), f"/coaching/one-to-one/plan/?person={person}&finding=f_agent")
    assert form.all("//input[@name='finding' and @value='f_agent']")
    assert form.all(f"//select[@name='person']/option[@value='{person}' and @selected]")
    done = press("lead", "/coaching/one-to-one/plan/", person=person, at="2026-01-09T10:30", finding="f_agent")
    row = OneToOne._base_manager.get()
    assert (done.status_code, done["Location"]) == (302, f"/coaching/one-to-one/{row.pk}/")
    assert Item._base_manager.get(one_to_one=row).key == "finding:f_agent"
    refused = press("lead", "/coaching/one-to-one/plan/", person=person, at="2025-01-09T10:30")
    assert refused.status_code == 422
    assert "give a later one" in refused.content.decode()


def test_the_agenda_is_prepared_and_every_press_works(
    house: Floor, ask: Ask, sign: Sign, talk: Any, press: Callable[..., Any]
) -> None:
    page = f"/coaching/one-to-one/{talk.id}/"
    press("agent", page, do="item", text=HOSTILE, kind="topic")
    keep(finding("f_agent", AGENT, title=f"Agent {HOSTILE} replies later", family="agent_quality"))
    seen = look(sign("lead"), page)
    assert (seen.status, seen.heading) == (200, "One-to-one with Agent, 6 Jan 2026, 04:00")
    kinds = [one.get("data-line") for one in seen.all("//li[@data-line]")]
    assert kinds[0] == "topic" and "finding" in kinds
    assert HOSTILE not in seen.text and "&lt;script&gt;" in seen.text
    (form,) = seen.all("//li[@data-line='finding']//form")
    fields = {
        one.get("name"): one.get("value") for one in form.xpath(".//input") if one.get("name") != "csrfmiddlewaretoken"
    }
    press("lead", page, do="item", **fields)
    assert Item._base_manager.filter(key="finding:f_agent", kind="finding").exists()
    press("lead", page, do="item", text="the refund on Friday", kind="praise")
    press("lead", page, do="step", what="try the new macro", due="2026-01-12", by="person")
    promise = Commitment._base_manager.get()
    press("agent", page, do="later", commitment=promise.pk, version=1, due="2026-01-13")
    press("agent", page, do="kept", commitment=promise.pk, version=2, proof="twice on Monday")
    press("lead", page, do="note", text=f"mine {HOSTILE}")
    press("lead", page, do="note", text="for both", shared="on")
    mine = look(sign("lead"), page)
    assert [one.get("data-note") for one in mine.all("//li[@data-note]")] == ["private", "shared"]
    theirs = look(sign("agent"), page)
    assert [one.get("data-note") for one in theirs.all("//li[@data-note]")] == ["shared"]
    assert "mine &lt;script&gt;" not in theirs.text
    assert theirs.all("//*[@data-step-state='kept']")
    press("lead", page, do="drop_note", note=Note._base_manager.get(shared=False).pk, version=1)
    press("lead", page, do="hold", version=1)
    held = look(sign("lead"), page)
    assert "Plan the next one" in held.text and not held.all("//button[@value='item']")
    press("lead", page, do="reopen", version=2)
    press("lead", page, do="move", version=3, at="2026-01-20T09:00")
    press("lead", page, do="cancel", version=4, reason="on leave")
    assert OneToOne._base_manager.get().state == "cancelled"
    assert "Cancelled: on leave" in look(sign("agent"), page).text


def test_an_agenda_without_praise_asks_for_it(house: Floor, ask: Ask, sign: Sign) -> None:
    talk = ask("lead", "coaching.plan_one_to_one", person=house.people["below"].pk, at=at())
    page = f"/coaching/one-to-one/{talk.id}/"
    lines = look(sign("lead"), page)
    praised = bool(lines.all("//li[@data-line='praise']"))
    assert bool(lines.all("//*[@data-praise='missing']")) is not praised
    ask("lead", "coaching.add_item", one_to_one=talk.id, kind="praise", text="calm with a hard customer")
    assert not look(sign("lead"), page).all("//*[@data-praise='missing']")


def test_a_stale_or_unknown_press_is_refused_in_words(sign: Sign, talk: Any, press: Callable[..., Any]) -> None:
    page = f"/coaching/one-to-one/{talk.id}/"
    press("lead", page, do="move", version=1, at="2026-01-20T09:00")
    stale = press("lead", page, do="hold", version=1)
    assert stale.status_code == 409
    assert "was changed by somebody else" in stale.content.decode()
    assert press("lead", page, do="nonsense", version=1).status_code == 404
    assert press("lead", page, do="note", text="").status_code == 422


def test_those_above_see_that_it_was_held(house: Floor, ask: Ask, sign: Sign, talk: Any) -> None:
    ask("agent", "coaching.add_item", one_to_one=talk.id, text="between us")
    seen = look(sign("manager"), f"/coaching/one-to-one/{talk.id}/")
    assert (seen.status, seen.marks["data-state"], seen.heading) == (200, "denied", "Lead and Agent, 6 Jan 2026, 04:00")
    assert "between us" not in seen.text and not seen.all("//main//form")


def test_a_plan_shows_what_could_be_seen_before_it_is_written_down(
    house: Floor, sign: Sign, press: Callable[..., Any]
) -> None:
    given = {
        **goal(house),
        "smallest_effect": "15",
        "metric": "frt.business_all#1",
        "selected_from": "",
        "selected_to": "",
    }
    assert look(sign("lead"), f"/coaching/plan/new/?person={house.people['agent'].pk}").status == 200
    shown = press("lead", "/coaching/plan/new/", do="preview", **given)
    text = shown.content.decode()
    assert shown.status_code == 200 and 'id="seen"' in text and "eight of ten such plans" in text
    assert 'value="15"' in text and not Plan._base_manager.exists()
    done = press("lead", "/coaching/plan/new/", do="add", **given)
    row = Plan._base_manager.get()
    assert (done.status_code, done["Location"]) == (302, f"/coaching/plan/{row.pk}/")
    assert row.smallest_effect == 0.15
    refused = press("lead", "/coaching/plan/new/", do="preview", **{**given, "follow_up": "2025-01-01"})
    assert refused.status_code == 422 and "The follow-up comes after the start" in refused.content.decode()
    unasked = press(
        "lead", "/coaching/plan/new/", do="add", **{name: one for name, one in given.items() if name != "selected_on"}
    )
    assert unasked.status_code == 422 and Plan._base_manager.count() == 1


def test_a_plans_page_goes_from_draft_to_begun_and_given_up(
    house: Floor, ask: Ask, sign: Sign, press: Callable[..., Any]
) -> None:
    made = ask("lead", "coaching.add_plan", **goal(house))
    page = f"/coaching/plan/{made.id}/"
    seen = look(sign("lead"), page)
    assert seen.heading == "A draft of a plan for first reply time, with Agent"
    assert seen.all("//figure[@data-chart]") and seen.all("//section[@id='seen'][@data-seen]")
    press("lead", page, do="begin", version=1)
    seen = look(sign("agent"), page)
    assert seen.heading == "The plan for first reply time is judged from 10 Mar 2026 on"
    assert not seen.all("//button[@value='begin' or @value='give_up' or @value='conclude']")
    above = look(sign("manager"), page)
    assert above.status == 200 and "within the hour" not in above.text and not above.all("//section[@id='steps']")
    press("lead", page, do="step", what="answer within the hour", due="2026-01-20", by="person")
    press("lead", page, do="give_up", version=2, reason="another team")
    assert look(sign("lead"), page).heading == "A plan for first reply time was given up"


def test_a_verdict_is_shown_with_its_interval_and_n(
    house: Floor, ask: Ask, sign: Sign, press: Callable[..., Any], later: Callable[[timedelta], None]
) -> None:
    later(timedelta(days=-67))
    made = ask("lead", "coaching.add_plan", **goal(house, start="2025-10-31", follow_up="2026-01-02"))
    made = ask("lead", "coaching.begin_plan", plan=made.id, version=1)
    later(timedelta(0))
    home = look(sign("lead"), "/coaching/")
    assert home.heading == "1 plan is due to be judged"
    assert home.all(f"//li[@data-plan='{made.id}']")
    page = f"/coaching/plan/{made.id}/"
    press("lead", page, do="conclude", version=made.version)
    seen = look(sign("agent"), page)
    (said,) = seen.all("//section[@id='verdict']")
    assert said.get("data-verdict") in ("worked", "did_not", "cannot_tell")
    assert int(said.get("data-n")) > 0
    assert f"n {said.get('data-n')}" in said.text_content()
    assert "would have been seen" in said.text_content()
    assert "significant" not in seen.text and "p =" not in seen.text


def test_the_drawing_has_the_start_in_light_and_dark(house: Floor, ask: Ask, sign: Sign) -> None:
    made = ask("lead", "coaching.add_plan", **goal(house))
    for theme in ("light", "dark"):
        answer = sign("lead").get(f"/charts/coaching/{made.id}.json?theme={theme}")
        assert answer.status_code == 200
        assert answer.json()["usermeta"]["kind"] == "control_chart"


def test_the_history_of_one_person_has_talks_and_plans(house: Floor, ask: Ask, sign: Sign, talk: Any) -> None:
    ask("lead", "coaching.add_plan", **goal(house))
    ask("lead", "coaching.hold_one_to_one", one_to_one=talk.id, version=1)
    seen = look(sign("lead"), f"/coaching/person/{house.people['agent'].pk}/")
    assert seen.heading == "No one-to-one is planned with Agent"
    assert len(seen.all("//li[@data-talk]")) == len(seen.all("//li[@data-plan]")) == 1
    assert len(seen.all("//a[contains(@class, 'pri')]")) == 1


def test_the_rest_door_and_the_page_agree(house: Floor, sign: Sign, talk: Any) -> None:
    client: Client = sign("lead")
    found = client.get(f"/api/v1/coaching/agenda/{house.people['agent'].pk}").json()
    assert (found["name"], found["one_to_one"]) == ("Agent", talk.id)
    done = client.post(f"/api/v1/coaching/hold-one-to-one/{talk.id}", json.dumps({"version": 1}), "application/json")
    assert (done.status_code, done.json()["state"]) == (200, "held")
    assert sign("executive").get("/api/v1/coaching/people").status_code == 403


def test_pages_ask_few_questions_of_the_database(
    house: Floor, ask: Ask, sign: Sign, talk: Any, django_assert_max_num_queries: Any
) -> None:
    client = sign("lead")
    for address, most in (("/coaching/", 40), (f"/coaching/one-to-one/{talk.id}/", 70)):
        look(client, address)
        with django_assert_max_num_queries(most):
            look(client, address)


def test_a_finding_leads_to_the_form_of_a_one_to_one(house: Floor, sign: Sign) -> None:
    actions = [{"id": "plan_one_to_one", "label": "Plan a one-to-one"}, {"id": "simulate", "label": "See"}]
    keep(finding("f_agent", AGENT, title="Agent replies later", family="agent_quality", actions=actions))
    form = f"/coaching/one-to-one/plan/?finding=f_agent&person={house.people['agent'].pk}"
    client = sign("lead")
    for address in ("/", "/today/f_agent/"):
        assert form in look(client, address).links(), address
    assert "?act=simulate#act" in "".join(look(client, "/today/f_agent/").links())
    assert look(client, form).all("//input[@name='finding' and @value='f_agent']")


def test_the_page_of_a_person_has_the_section(house: Floor, ask: Ask, sign: Sign, talk: Any) -> None:
    ask("lead", "coaching.add_plan", **goal(house))
    page = f"/roster/person/{house.people['agent'].pk}/"
    for name, may_plan in (("lead", True), ("agent", False), ("manager", True)):
        seen = look(sign(name), page)
        (section,) = seen.all("//section[@data-section='coaching']")
        assert f"/coaching/one-to-one/{talk.id}/" in section.xpath(".//a/@href")
        assert any("one-to-one/plan/" in one for one in section.xpath(".//a/@href")) is may_plan, name
