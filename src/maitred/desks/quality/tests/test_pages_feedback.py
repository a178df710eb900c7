"""What came of a review: who sees it when, reading it, contesting an item, and settling by somebody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from maitred.base import clock
from maitred.desks.quality.models import Contest, Review
from maitred.desks.quality.tests.conftest import NOW
from maitred.desks.quality.tests.reviewing import Desk
from maitred.desks.service_levels.tests import looking
from maitred.desks.service_levels.tests.looking import Seen, look

Sign = Callable[[str], Client]


@pytest.fixture
def sign(desk: Desk) -> Sign:
    return lambda name: looking.signed_in(desk.floor, name)


@pytest.fixture
def sent(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> int:
    """A review that was submitted and sent."""
    row = desk.reviewed("agent", "lead", kind="random", tone=2)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=11))
    return int(row.id)


def words(seen: Seen) -> str:
    return " ".join(seen.tree.xpath("string(//main)").split())


def contested(desk: Desk, review: int) -> Contest:
    made = desk.run("agent", "contest", review=review, item="tone", reason="The customer wrote first")
    return Contest._base_manager.get(pk=made.id)


def test_the_reviewed_sees_it_after_ten_minutes(desk: Desk, sign: Sign, monkeypatch: pytest.MonkeyPatch) -> None:
    row = desk.reviewed("agent", "lead")
    assert look(sign("agent"), f"/quality/reviews/{row.id}/").status == 404
    lead = look(sign("lead"), f"/quality/reviews/{row.id}/")
    assert "Agent sees it from" in words(lead)
    assert lead.all("//form[@action]//button[text()='Take it back']")
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=11))
    assert look(sign("agent"), f"/quality/reviews/{row.id}/").status == 200
    assert not look(sign("lead"), f"/quality/reviews/{row.id}/").all("//button[text()='Take it back']")


def test_the_result_shows_each_item_with_its_quotes_and_what_all_reviews_can_tell(
    desk: Desk, sign: Sign, sent: int
) -> None:
    seen = look(sign("agent"), f"/quality/reviews/{sent}/")
    assert seen.heading.startswith("Review of #")
    assert seen.heading.endswith("78 of 100")
    assert [one.get("data-item") for one in seen.all("//li[@data-item]")] == ["solved", "tone", "safe"]
    assert seen.all("//li[@data-item='tone']//q")
    assert "too few reviews (n 1, needs 5)" in words(seen)
    assert not seen.all("//li[@data-message]")
    assert look(sign("agent"), f"/quality/reviews/{sent}/?talk=1").all("//li[@data-message]")


def test_reading_it_is_said_once(desk: Desk, sign: Sign, sent: int) -> None:
    client = sign("agent")
    assert look(client, "/quality/").heading == "1 review of your work is new"
    (version,) = look(client, f"/quality/reviews/{sent}/").all("//section[@id='acknowledge']//input[@name='version']")
    given = {"do": "acknowledge", "version": version.get("value"), "note": "Will do"}
    assert client.post(f"/quality/reviews/{sent}/", given).status_code == 302
    assert Review._base_manager.get(pk=sent).acknowledgement == "Will do"
    seen = look(client, f"/quality/reviews/{sent}/")
    assert not seen.all("//section[@id='acknowledge']")
    assert "Will do" in words(look(sign("lead"), f"/quality/reviews/{sent}/"))
    assert client.post(f"/quality/reviews/{sent}/", given).status_code in (409, 422)


def test_an_item_is_contested_and_settled_by_somebody_else(desk: Desk, sign: Sign, sent: int) -> None:
    client = sign("agent")
    given = {"do": "contest", "item": "tone", "reason": "The customer <b>wrote</b> first"}
    assert client.post(f"/quality/reviews/{sent}/", given).status_code == 302
    one = Contest._base_manager.get()
    assert "to be settled" in words(look(client, f"/quality/reviews/{sent}/"))
    assert look(client, f"/quality/contests/{one.pk}/").status == 403
    reviewer = look(sign("lead"), f"/quality/contests/{one.pk}/")
    assert "ask another lead" in words(reviewer)
    assert not reviewer.all("//form[.//textarea[@name='reason']]")
    manager = sign("manager")
    page = look(manager, "/quality/")
    assert page.heading == "1 contest waits to be settled"
    seen = look(manager, f"/quality/contests/{one.pk}/")
    assert "The customer <b>wrote</b> first" in words(seen)
    values = [each.get("value") for each in seen.all("//input[@name='answer']")]
    assert values == ["", "1", "3", "4", "5", "na"]
    settled = manager.post(f"/quality/contests/{one.pk}/", {"version": "1", "answer": "5", "reason": "You are right"})
    assert settled["Location"] == f"/quality/reviews/{sent}/"
    after = words(look(client, f"/quality/reviews/{sent}/"))
    assert "Answer 2 became 5" in after
    assert "score 78 became 100" in after
    assert "You are right" in after


def test_an_upheld_answer_stays(desk: Desk, sign: Sign, sent: int) -> None:
    one = contested(desk, sent)
    manager = sign("manager")
    empty = manager.post(f"/quality/contests/{one.pk}/", {"version": "1", "answer": "", "reason": " "})
    assert empty.status_code == 422
    manager.post(f"/quality/contests/{one.pk}/", {"version": "1", "answer": "", "reason": "It stands"})
    assert Contest._base_manager.get().state == "upheld"
    assert "It stands" in words(look(manager, f"/quality/contests/{one.pk}/"))


def test_contesting_without_a_reason_leads_back_to_the_form(desk: Desk, sign: Sign, sent: int) -> None:
    answer = sign("agent").post(f"/quality/reviews/{sent}/", {"do": "contest", "item": "tone", "reason": ""})
    tree = html.document_fromstring(answer.content.decode())
    assert (answer.status_code, tree.body.get("data-state")) == (422, "error")
    assert tree.xpath("//li[@data-item='tone']/details[@open]//ul[@class='errorlist']")


@pytest.mark.parametrize("name", ["mate", "other", "lead2", "below"])
def test_nobody_else_sees_it(desk: Desk, sign: Sign, sent: int, name: str) -> None:
    one = contested(desk, sent)
    assert look(sign(name), f"/quality/reviews/{sent}/").status == 404
    assert look(sign(name), f"/quality/contests/{one.pk}/").status in (403, 404)
    given = {"do": "acknowledge", "version": "1"}
    assert sign(name).post(f"/quality/reviews/{sent}/", given).status_code == 404


def test_the_page_of_a_person_tells_what_their_reviews_say(desk: Desk, sign: Sign, sent: int) -> None:
    page = reverse("person", args=[desk.person("agent")])
    seen = look(sign("lead"), page)
    (section,) = seen.all("//section[@id='quality']")
    assert "too few reviews (n 1, needs 5)" in " ".join(section.text_content().split())
    assert f"/quality/reviews/{sent}/" in [one.get("href") for one in section.xpath(".//a")]
    assert look(sign("mate"), page).status == 404
