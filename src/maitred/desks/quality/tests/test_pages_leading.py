"""What who leads does on pages: write a scorecard, draw a sample, calibrate, add a check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from lxml import html

from maitred.desks.quality.models import Check, Draw, Edition, Review, Scorecard, Session
from maitred.desks.quality.pages import carding
from maitred.desks.quality.tests.reviewing import Desk
from maitred.desks.service_levels.tests import looking
from maitred.desks.service_levels.tests.looking import Seen, look

Sign = Callable[[str], Client]


@pytest.fixture
def sign(desk: Desk) -> Sign:
    return lambda name: looking.signed_in(desk.floor, name)


def words(seen: Seen) -> str:
    return " ".join(seen.tree.xpath("string(//main)").split())


def answered(client: Client, address: str, given: dict[str, Any]) -> Seen:
    """The page that a form is answered with."""
    answer = client.post(address, given)
    text = answer.content.decode()
    return Seen(answer.status_code, text, html.document_fromstring(text or "<p></p>"), answer.headers)


def as_shown(seen: Seen, path: str) -> dict[str, Any]:
    """What a form would send as it stands."""
    found: dict[str, Any] = {}
    for one in seen.all(f"{path}//input[@name]"):
        if one.get("type") not in ("checkbox", "radio") or one.get("checked") is not None:
            found.setdefault(one.get("name"), []).append(one.get("value", ""))
    for one in seen.all(f"{path}//textarea"):
        found[one.get("name")] = one.text or ""
    for one in seen.all(f"{path}//select"):
        chosen = one.xpath("./option[@selected]") or one.xpath("./option")
        found[one.get("name")] = chosen[0].get("value") if chosen else ""
    return found


def test_a_scorecard_is_written_and_published(desk: Desk, sign: Sign) -> None:
    client = sign("lead")
    made = client.post("/quality/scorecards/", {"name": "Phone", "description": "Calls"})
    card = Scorecard._base_manager.get(name="Phone")
    page = f"/quality/scorecards/{card.pk}/"
    assert made["Location"] == page
    sent = as_shown(look(client, page), "//form[contains(@class, 'wide')]")
    sent |= {"item-0-title": "Gave a time", "item-0-weight": "60", "item-0-kind": "yes_no", "item-1-title": "Tone",
             "item-1-kind": "scale", "item-1-weight": "40", "item-1-minimum": "1", "item-1-maximum": "3",
             "item-1-anchors": "1 = cold\n3 = warm", "item-1-needs_evidence": "on", "item-1-place": "1",
             "item-0-place": "2"}  # fmt: skip
    assert client.post(page, {**sent, "do": "save"}).status_code == 302
    edition = Edition._base_manager.get(scorecard=card)
    assert [(one["key"], one["weight"]) for one in edition.items] == [("tone", 40.0), ("gave_a_time", 60.0)]
    again = as_shown(look(client, page), "//form[contains(@class, 'wide')]")
    assert again["item-0-anchors"] == "1 = cold\n3 = warm"
    assert client.post(page, {**again, "do": "publish"}).status_code == 302
    seen = look(client, page)
    assert seen.heading == "Phone, version 1: in use"
    assert not seen.all("//form[contains(@class, 'wide')]")
    agent = look(sign("agent"), page)
    assert agent.status == 200
    assert not agent.all("//main//form")


def test_weights_that_do_not_add_up_are_told_and_kept_as_a_draft(desk: Desk, sign: Sign) -> None:
    client = sign("lead")
    client.post("/quality/scorecards/", {"name": "Phone"})
    card = Scorecard._base_manager.get(name="Phone")
    page = f"/quality/scorecards/{card.pk}/"
    sent = as_shown(look(client, page), "//form[contains(@class, 'wide')]")
    done = client.post(page, {**sent, "item-0-title": "A", "item-0-weight": "60,5", "do": "publish"})
    assert done.status_code == 302
    seen = look(client, page)
    assert "The weights add up to 60.5, not to 100." in words(seen)
    assert Edition._base_manager.get(scorecard=card).state == "draft"
    wrong = answered(client, page, {**as_shown(seen, "//form[contains(@class, 'wide')]"), "item-0-weight": "many",
                                    "do": "save"})  # fmt: skip
    assert (wrong.status, wrong.marks["data-state"]) == (422, "error")
    assert wrong.all("//input[@name='item-0-weight'][@aria-invalid='true'][@value='many']")


def test_a_published_version_is_revised_and_the_old_one_stays_to_be_read(desk: Desk, sign: Sign) -> None:
    client = sign("lead")
    page = f"/quality/scorecards/{desk.card}/"
    assert client.post(page, {"do": "revise"}).status_code == 302
    assert look(client, page).heading == "Support, version 2: a draft"
    assert look(client, f"{page}?number=1").heading == "Support, version 1: in use"
    assert look(client, f"{page}?number=9").status == 404
    assert look(sign("agent"), page).heading == "Support, version 1: in use"
    version = as_shown(look(client, f"{page}?number=1"), "//form[.//button[@value='retire']]")["version"][0]
    client.post(page, {"do": "retire", "version": version})
    assert "out of use" in look(client, page).heading


def test_a_key_comes_from_the_title_and_is_there_once() -> None:
    taken: set[str] = set()
    made = []
    for title in ("Gave a time", "Gave a time!", "Öffnet höflich", "…"):
        made.append(carding.key_of(title, taken))
        taken.add(made[-1])
    assert made == ["gave_a_time", "gave_a_time_2", "offnet_hoflich", "item"]


def test_a_sample_is_seen_before_it_is_drawn(desk: Desk, sign: Sign) -> None:
    client = sign("lead")
    sent = as_shown(look(client, "/quality/samples/draw/"), "//form[@action='/quality/samples/draw/#preview']")
    wish = {**sent, "first_day": "2025-01-01", "last_day": "2026-01-05", "per_person": "2", "by": ["channel", "person"],
            "reviewers": [str(desk.person("lead")), str(desk.person("manager"))], "due": "2026-02-01"}  # fmt: skip
    seen = answered(sign("manager"), "/quality/samples/draw/", wish)
    assert seen.status == 200
    assert not Draw._base_manager.exists()
    strata, loads = seen.all("//tr[@data-stratum]"), seen.all("//tr[@data-load]")
    drawn = int(seen.heading.split()[0])
    assert sum(int(one.xpath("string(./td[2])")) for one in strata) == drawn > 0
    assert sum(int(one.xpath("string(./td[1])")) for one in loads) == drawn
    assert "reliable enough" in words(seen)
    assert "more reviewers would" in words(seen)
    kept = as_shown(seen, "//section[@id='preview']//form")
    done = sign("manager").post("/quality/samples/draw/", kept)
    draw = Draw._base_manager.get()
    assert done["Location"] == f"/quality/samples/{draw.pk}/"
    assert Review._base_manager.filter(draw=draw).count() == drawn
    page = look(sign("manager"), f"/quality/samples/{draw.pk}/")
    assert page.heading == f"0 of {drawn} drawn reviews are submitted"
    assert len(page.all("//table//tbody/tr")) == len(strata)
    assert draw.due_at is not None
    assert len(look(sign("manager"), f"/quality/reviews/?draw={draw.pk}").all("//tr[@data-row]")) == drawn


def test_a_wish_that_cannot_be_drawn_leads_back_to_its_field(desk: Desk, sign: Sign) -> None:
    client = sign("lead")
    sent = as_shown(look(client, "/quality/samples/draw/"), "//form[@action='/quality/samples/draw/#preview']")
    late = answered(client, "/quality/samples/draw/", {**sent, "first_day": "2026-01-05", "last_day": "2025-01-01"})
    assert late.status == 422
    assert late.all("//input[@name='last_day']/following-sibling::*[@class='errorlist'] | //ul[@id='f-last_day-error']")
    number = answered(client, "/quality/samples/draw/", {**sent, "per_person": "several"})
    assert number.all("//ul[@id='f-per_person-error']")
    targeted = {
        **sent,
        "kind": "targeted",
        "per_person": "",
        "tickets": desk.tickets("agent")[0],
        "reason": "Low rating",
    }
    seen = answered(client, "/quality/samples/draw/", targeted)
    assert (seen.status, seen.heading) == (200, "1 ticket would be drawn")
    assert "never part of a score" in words(seen)


def test_a_calibration_hides_answers_until_it_is_closed(desk: Desk, sign: Sign) -> None:
    client = sign("manager")
    tickets = desk.tickets("agent")[:2]
    wish = {"name": "June", "scorecard": desk.card, "tickets": ", ".join(f"#{one}" for one in tickets),
            "reviewers": [desk.person("lead"), desk.person("manager")]}  # fmt: skip
    done = client.post("/quality/calibrations/begin/", wish)
    session = Session._base_manager.get()
    page = f"/quality/calibrations/{session.pk}/"
    assert done["Location"] == page
    for row in Review._base_manager.filter(session=session, reviewer=desk.person("lead")):
        saved = desk.run("lead", "save_answers", review=row.pk, version=1, answers=desk.answers(row.ticket_id))
        desk.run("lead", "submit_review", review=row.pk, version=saved.version)
    seen = look(client, page)
    assert seen.heading == "June: 2 reviews are still to be made"
    assert not seen.all("//tr[@data-alpha] | //tr[@data-severity]")
    assert client.get(f"/charts/quality/calibrations/{session.pk}.json").status_code == 404
    own = seen.links("//a[contains(@class, 'pri')]")
    assert Review._base_manager.get(pk=int(own[0].split("/")[3])).reviewer_id == desk.person("manager")
    assert client.post(page, {"do": "close", "version": "1"}).status_code == 302
    over = look(sign("lead"), page)
    assert over.main["data-calibration-state"] == "closed"
    assert len(over.all("//tr[@data-severity]")) >= 1
    assert "cannot tell" in words(over)
    assert look(sign("agent"), page).status == 404
    assert "June" in words(look(client, "/quality/calibrations/"))


def test_a_calibration_of_one_is_refused_at_its_field(desk: Desk, sign: Sign) -> None:
    wish = {"name": "June", "scorecard": desk.card, "tickets": desk.tickets("agent")[0],
            "reviewers": [desk.person("lead")]}  # fmt: skip
    seen = answered(sign("lead"), "/quality/calibrations/begin/", wish)
    assert seen.status == 422
    assert seen.all("//ul[@id='f-reviewers-error']")
    assert not Session._base_manager.exists()


def test_a_check_is_unverified_and_says_why(desk: Desk, sign: Sign) -> None:
    client = sign("lead")
    given = {"do": "add", "key": "solved", "title": "First reply within an hour", "kind": "clock", "clock": "frt",
             "mode": "business_all", "minutes": "60"}  # fmt: skip
    assert client.post("/quality/checks/", given).status_code == 302
    row = Check._base_manager.get()
    assert row.rule == {"clock": "frt", "mode": "business_all", "seconds": 3600}
    seen = look(sign("agent"), "/quality/checks/")
    assert [one.get("data-check-state") for one in seen.all("//tr[@data-check]")] == ["unverified"]
    assert "0 cases were judged by two people, 50 are needed." in words(seen)
    assert not seen.all("//main//form")
    assert seen.heading == "0 of 1 automatic check is verified"
    client.post("/quality/checks/", {"do": "off", "check": row.pk, "version": "1"})
    assert not Check._base_manager.get().enabled
    wrong = answered(client, "/quality/checks/", {**given, "key": "other", "kind": "pattern", "pattern": "("})
    assert wrong.status == 422
    assert wrong.all("//details[@id='add'][@open]//p[@role='alert']")
    minutes = answered(client, "/quality/checks/", {**given, "key": "other", "minutes": "soon"})
    assert minutes.all("//ul[@id='f-minutes-error']")
