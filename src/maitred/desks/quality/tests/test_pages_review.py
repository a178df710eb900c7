"""The page on which a review is made: its form without scripts, what is kept by itself, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from lxml import html

from maitred.base import clock
from maitred.desks.quality.models import Review
from maitred.desks.quality.pages import answering, talk
from maitred.desks.quality.tests.conftest import NOW
from maitred.desks.quality.tests.reviewing import Desk
from maitred.desks.service_levels.tests import looking
from maitred.desks.service_levels.tests.looking import Seen, look

Sign = Callable[[str], Client]


@pytest.fixture
def sign(desk: Desk) -> Sign:
    return lambda name: looking.signed_in(desk.floor, name)


def words(seen: Seen) -> str:
    return " ".join(seen.tree.xpath("string(//main)").split())


def form(seen: Seen) -> dict[str, Any]:
    """What the form of a review would send as it stands."""
    found: dict[str, Any] = {"message": [one.get("value") for one in seen.all("//form//input[@name='message']")]}
    for one in seen.all("//form[@id='review']//input[@type='hidden'][@name='version']"):
        found["version"] = one.get("value")
    for one in seen.all("//form[@id='review']//input[@checked][@type='radio']"):
        found[one.get("name")] = one.get("value")
    for one in seen.all("//form[@id='review']//textarea"):
        found[one.get("name")] = one.text or ""
    return found


def answered(desk: Desk, seen: Seen, ticket: str, **more: Any) -> dict[str, Any]:
    """A form with everything answered, with a quote where one is asked for."""
    message, text = desk.words(ticket)
    sent = form(seen)
    number = sent["message"].index(message) + 1
    return {**sent, "answer-solved": "yes", "answer-tone": "4", "answer-safe": "na",
            "quotes-tone": f"{number}: {text}", **more}  # fmt: skip


def test_the_form_shows_conversation_items_and_their_digits(desk: Desk, sign: Sign) -> None:
    row = desk.given("agent", "lead")
    seen = look(sign("lead"), f"/quality/review/{row.pk}/")
    assert (seen.status, seen.marks["data-page"], seen.marks["data-state"]) == (200, "review", "ok")
    assert len(seen.all("//li[@data-message]")) == len(form(seen)["message"]) > 0
    assert [one.get("data-item") for one in seen.all("//li[@data-item]")] == ["solved", "tone", "safe"]
    digits = [one.text_content().split()[0] for one in seen.all("//li[@data-item='tone']//label[@class='answer']")]
    assert digits == ["1", "2", "3", "4", "5", "n"]
    assert [one.get("data-item") for one in seen.all("//li[@data-evidence]")] == ["tone"]
    assert "First reply" in words(seen)
    assert not seen.all("//*[@style]")
    assert not seen.all("//main//script[not(@src)]")


def test_without_scripts_the_form_saves_and_submits(desk: Desk, sign: Sign) -> None:
    row, after = desk.given("agent", "lead"), desk.given("agent", "lead", 1)
    client = sign("lead")
    sent = answered(desk, look(client, f"/quality/review/{row.pk}/"), row.ticket_id, comment="Clear", flagged="on")
    kept = client.post(f"/quality/review/{row.pk}/", {**sent, "do": "save"})
    assert (kept.status_code, kept["Location"]) == (302, f"/quality/review/{row.pk}/")
    again = form(look(client, f"/quality/review/{row.pk}/"))
    assert again["quotes-tone"] == sent["quotes-tone"]
    assert (again["answer-tone"], again["answer-safe"], again["comment"]) == ("4", "na", "Clear")
    done = client.post(f"/quality/review/{row.pk}/", {**again, "flagged": "on", "do": "submit"})
    assert done["Location"] == f"/quality/review/{after.pk}/?after={row.pk}"
    found = Review._base_manager.get(pk=row.pk)
    assert (found.state, found.flagged) == ("submitted", True)
    assert found.score == pytest.approx(90.625)


def test_a_submitted_review_can_be_taken_back_from_the_next_one(desk: Desk, sign: Sign) -> None:
    row, after = desk.given("agent", "lead"), desk.given("agent", "lead", 1)
    client = sign("lead")
    sent = answered(desk, look(client, f"/quality/review/{row.pk}/"), row.ticket_id)
    client.post(f"/quality/review/{row.pk}/", {**sent, "do": "submit"})
    seen = look(client, f"/quality/review/{after.pk}/?after={row.pk}")
    (version,) = seen.all("//form[contains(@class, 'undo')]//input[@name='version']")
    assert "can be taken back" in words(seen)
    back = client.post(f"/quality/review/{row.pk}/", {"do": "undo", "version": version.get("value")})
    assert back["Location"] == f"/quality/review/{row.pk}/"
    assert Review._base_manager.get(pk=row.pk).state == "draft"


def test_the_undo_is_gone_after_ten_minutes(desk: Desk, sign: Sign, monkeypatch: pytest.MonkeyPatch) -> None:
    row, after = desk.reviewed("agent", "lead"), desk.given("agent", "lead", 1)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=11))
    seen = look(sign("lead"), f"/quality/review/{after.pk}/?after={row.id}")
    assert seen.status == 200
    assert not seen.all("//form[contains(@class, 'undo')]")


def test_what_is_missing_is_said_item_by_item_and_nothing_entered_is_lost(desk: Desk, sign: Sign) -> None:
    row = desk.given("agent", "lead")
    client = sign("lead")
    seen = look(client, f"/quality/review/{row.pk}/")
    sent = {**form(seen), "answer-tone": "5", "comment-solved": "half of it", "do": "submit"}
    answer = client.post(f"/quality/review/{row.pk}/", sent)
    tree = html.document_fromstring(answer.content.decode())
    assert (answer.status_code, tree.body.get("data-state")) == (422, "error")
    links = {one.get("href"): one.text_content() for one in tree.xpath("//div[@role='alert']//a")}
    assert set(links) == {"#item-solved", "#item-tone", "#item-safe"}
    assert "needs a quote" in links["#item-tone"]
    assert tree.xpath("//input[@name='answer-tone'][@value='5'][@checked]")
    assert tree.xpath("string(//textarea[@name='comment-solved'])") == "half of it"


@pytest.mark.parametrize(
    ("quotes", "why"), [("words of nobody", "begin each quote"), ("1: never said this", "do not stand in that message")]
)
def test_a_quote_that_is_not_there_is_refused(desk: Desk, sign: Sign, quotes: str, why: str) -> None:
    row = desk.given("agent", "lead")
    client = sign("lead")
    sent = {**form(look(client, f"/quality/review/{row.pk}/")), "answer-tone": "5", "quotes-tone": quotes}
    answer = client.post(f"/quality/review/{row.pk}/save/", sent)
    assert answer.status_code == 422
    assert why in answer.json()["problem"].lower()
    assert Review._base_manager.get(pk=row.pk).answers == {}


def test_saving_by_itself_answers_with_the_next_version(desk: Desk, sign: Sign) -> None:
    row = desk.given("agent", "lead")
    client = sign("lead")
    sent = answered(desk, look(client, f"/quality/review/{row.pk}/"), row.ticket_id)
    first = client.post(f"/quality/review/{row.pk}/save/", sent)
    assert first.status_code == 200
    assert first.json() == {"version": 2, "score": "91", "state": "draft"}
    stale = client.post(f"/quality/review/{row.pk}/save/", {**sent, "answer-tone": "1"})
    assert stale.status_code == 409
    assert "another window" in stale.json()["problem"]
    assert client.post(f"/quality/review/{row.pk}/save/", {**sent, "version": "2"}).json()["version"] == 3


def test_only_its_reviewer_makes_a_review(desk: Desk, sign: Sign) -> None:
    row = desk.given("agent", "lead")
    assert look(sign("manager"), f"/quality/review/{row.pk}/").status in (302, 200)
    assert sign("manager").post(f"/quality/review/{row.pk}/save/", {"version": "1"}).status_code == 404
    for name in ("agent", "mate", "other", "lead2"):
        assert look(sign(name), f"/quality/review/{row.pk}/").status == 404, name
        assert sign(name).post(f"/quality/review/{row.pk}/", {"do": "save", "version": "1"}).status_code == 404, name
    for name in ("executive", "admin", "auditor", "partner"):
        assert look(sign(name), f"/quality/review/{row.pk}/").status in (403, 404), name


def test_leaving_a_ticket_out_needs_its_reason(desk: Desk, sign: Sign) -> None:
    row = desk.given("agent", "lead")
    client = sign("lead")
    assert client.post(f"/quality/review/{row.pk}/", {"do": "skip", "version": "1", "reason": ""}).status_code == 422
    done = client.post(f"/quality/review/{row.pk}/", {"do": "skip", "version": "1", "reason": "Only a notice"})
    assert done.status_code == 302
    assert Review._base_manager.get(pk=row.pk).why == "Only a notice"
    assert look(client, f"/quality/review/{row.pk}/").status == 302


def test_a_blind_review_names_nobody(desk: Desk, sign: Sign) -> None:
    row = desk.given("agent", "lead")
    Review._base_manager.filter(pk=row.pk).update(blind=True)
    seen = look(sign("lead"), f"/quality/review/{row.pk}/")
    assert "agent A" in words(seen)
    assert desk.floor.people["agent"].name not in [one.text for one in seen.all("//p[@class='by']/bdi")]
    assert not seen.all("//main//*[@data-person]")


def test_hostile_words_stay_words(desk: Desk, sign: Sign) -> None:
    card = desk.publish([{"key": "a", "title": "<script>alert(1)</script>", "kind": "yes_no", "weight": 100}], "Odd")
    desk.card = card
    row = desk.given("agent", "lead")
    seen = look(sign("lead"), f"/quality/review/{row.pk}/")
    assert not seen.all("//main//script")
    assert "<script>alert(1)</script>" in words(seen)


def test_sentences_joined_are_the_text_again() -> None:
    text = "I see.  It fails at 9.30!\n\nWhen does it?\nこれは。はい。 "
    parts = talk.sentences(text)
    assert "".join(one.before + one.text for one in parts) == text.rstrip()
    assert [one.text for one in parts] == ["I see.", "It fails at 9.30!", "When does it?", "これは。", "はい。"]


def test_a_scale_with_more_steps_than_digits_is_written() -> None:
    from maitred.desks.quality.verbs.shapes import Anchor, ItemGiven

    long = ItemGiven("a", "A", "scale", 10, minimum=0, maximum=100)
    assert answering.values(long) == []
    anchored = ItemGiven("a", "A", "scale", 10, minimum=0, maximum=100, anchors=(Anchor(100, "all"), Anchor(0, "none")))
    assert answering.values(anchored) == [("0", "0 none"), ("100", "100 all")]
