"""The pages of quality: what each reader finds there, in every state, and that their numbers are those of the verbs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from maitred.base import clock
from maitred.desks.quality.models import Review
from maitred.desks.quality.pages import wording
from maitred.desks.quality.tests.conftest import NOW
from maitred.desks.quality.tests.reviewing import Desk
from maitred.desks.quality.verbs.shapes import IqsRow
from maitred.desks.service_levels.tests import looking
from maitred.desks.service_levels.tests.looking import Seen, look
from maitred.people.tests.floor import Floor

Sign = Callable[[str], Client]
LISTS = ("", "reviews/", "samples/", "scorecards/", "calibrations/", "checks/")
LEADING = ("samples/", "samples/draw/", "calibrations/begin/")


@pytest.fixture
def sign(quality_floor: Floor) -> Sign:
    return lambda name: looking.signed_in(quality_floor, name)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eleven minutes on: what was submitted is sent."""
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=11))


def words(seen: Seen) -> str:
    return " ".join(seen.tree.xpath("string(//main)").split())


def rows(seen: Seen, path: str) -> list[list[str]]:
    """The cells of a table's rows."""
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")] for row in seen.all(path)]


@pytest.mark.parametrize("page", (*LISTS, *LEADING))
def test_who_leads_finds_every_page_and_one_primary_button_at_most(desk: Desk, sign: Sign, page: str) -> None:
    seen = look(sign("lead"), f"/quality/{page}")
    assert (seen.status, seen.marks["data-page"]) == (200, "quality")
    assert len(seen.all("//main//*[contains(@class, 'pri')]")) <= 1
    assert seen.heading != "Quality"
    assert not seen.all("//main//*[@style]")


@pytest.mark.parametrize("name", ["executive", "admin", "auditor", "partner"])
def test_who_has_no_part_in_reviews_is_refused(desk: Desk, sign: Sign, name: str) -> None:
    row = desk.given("agent", "lead")
    for page in (*LISTS, *LEADING, f"reviews/{row.pk}/", f"scorecards/{desk.card}/", "calibrations/1/", "review/"):
        assert look(sign(name), f"/quality/{page}").status in (403, 404), page
    assert sign(name).get("/charts/quality/calibrations/1.json").status_code in (403, 404)
    assert "/quality/" not in look(sign(name), "/settings/").links("//nav//a")


@pytest.mark.parametrize("page", LEADING)
def test_an_agent_draws_and_calibrates_nothing(desk: Desk, sign: Sign, page: str) -> None:
    client = sign("agent")
    assert look(client, f"/quality/{page}").status == 403
    tabs = [one.text_content() for one in look(client, "/quality/").all("//nav[@class='tabs']/a")]
    assert "Samples" not in tabs
    assert "Reviews" in tabs


def test_before_anything_was_made_the_page_leads_to_the_first_two_steps(sign: Sign) -> None:
    seen = look(sign("lead"), "/quality/")
    assert seen.marks["data-state"] == "empty"
    assert {"/quality/scorecards/", "/quality/samples/draw/"} <= set(seen.links("//section[@class='blank']//a"))
    agent = look(sign("agent"), "/quality/")
    assert agent.marks["data-state"] == "empty"
    assert not agent.links("//section[@class='blank']//a")
    draw = look(sign("lead"), "/quality/samples/draw/")
    assert draw.links("//section[@class='blank']//a") == ["/quality/scorecards/"]


def test_what_waits_comes_first_and_leads_to_the_next_review(desk: Desk, sign: Sign) -> None:
    late, row = desk.given("agent", "lead"), desk.given("mate", "lead")
    Review._base_manager.filter(pk=late.pk).update(due_at=NOW - timedelta(days=1))
    client = sign("lead")
    seen = look(client, "/quality/")
    assert seen.heading == "1 of your reviews is overdue"
    assert [one.get("data-row") for one in seen.all("//section[@id='due']//tr[@data-row]")] == [
        f"review:{late.pk}", f"review:{row.pk}",
    ]  # fmt: skip
    assert seen.links("//a[contains(@class, 'pri')]") == [f"/quality/review/{late.pk}/"]
    assert client.get("/quality/review/")["Location"] == f"/quality/review/{late.pk}/"
    assert sign("lead2").get("/quality/review/")["Location"] == "/quality/"
    assert not look(sign("lead2"), "/quality/").all("//section[@id='due']")


def test_scores_stand_by_name_with_interval_n_and_what_they_can_tell(desk: Desk, sign: Sign) -> None:
    for place in range(6):
        desk.reviewed("mate", "lead", place, "random", tone=1 + place % 5)
        desk.reviewed("agent", "manager", place, "random", tone=5 - place % 5)
    desk.reviewed("agent", "lead", 7, "random")
    seen = look(sign("lead"), "/quality/")
    found = desk.run("lead", "iqs", by="person", first_day="2025-10-07", last_day="2026-01-05").rows
    told = rows(seen, "//table[contains(@class, 'scores')]/tbody/tr")
    assert [row[0] for row in told] == [one.name for one in found] == ["Agent", "Mate"]
    for row, one in zip(told, found, strict=True):
        assert row[1] == f"{wording.score(one.value, one.low, one.high)} {wording.between(one.low, one.high)}"
        assert (row[2], row[3]) == (str(one.n), str(one.reviewers))
        assert row[-1] == "cannot tell"
    drill = seen.links("//table[contains(@class, 'scores')]//tr[1]/td[2]/a")[0]
    assert len(look(sign("lead"), drill).all("//tr[@data-row]")) == found[0].n == 7
    chart = sign("lead").get("/charts/quality/scores.json")
    assert chart.status_code == 200
    assert look(sign("lead"), "/quality/?by=team").status == 200


def test_a_score_is_told_in_one_line_with_all_that_makes_it_sure() -> None:
    row = IqsRow(
        "1", "Ana", 1, None, False, 9, 3, 82.2, 74.1, 89.4, None, None, None, None, None, None, None, 0.41, 0.1, 0.6,
        "too few to judge a person", "", 40,
    )  # fmt: skip
    assert wording.result(row) == "mean 82, 74–89, n 9 reviews, reliability 0.41: too few to judge a person"
    assert wording.result(replace(row, value=None, n=3, needed=5)) == "too few reviews (n 3, needs 5)"
    assert wording.result(replace(row, verdict="ok")) == "mean 82, 74–89, n 9 reviews, reliability 0.41"


def test_targeted_reviews_make_no_mean(desk: Desk, sign: Sign) -> None:
    for place in range(6):
        desk.reviewed("agent", "lead", place)
    seen = look(sign("lead"), "/quality/")
    assert not seen.all("//table[contains(@class, 'scores')]")
    assert "No review drawn at random was submitted" in words(seen)
    assert "Not part of any score: 6 chosen for a reason" in words(seen)


def test_an_agent_sees_the_own_score_and_nobody_elses(desk: Desk, sign: Sign, later: None) -> None:
    for place in range(6):
        desk.reviewed("agent", "lead", place, "random")
        desk.reviewed("mate", "lead", place, "random")
    seen = look(sign("agent"), "/quality/")
    assert [row[0] for row in rows(seen, "//table[contains(@class, 'scores')]/tbody/tr")] == ["Agent"]
    assert not seen.all("//section[@id='workload']")
    assert look(sign("agent"), "/quality/?by=team").status == 400
    assert {one.get("data-person") for one in seen.all("//*[@data-person]")} == {f"person:{desk.person('agent')}"}


@pytest.mark.parametrize(
    "address",
    ["/quality/?by=nobody", "/quality/?period=ever", "/quality/reviews/?state=odd", "/quality/reviews/?person=x",
     "/quality/reviews/?kind=%3Cscript%3E", "/charts/quality/scores.json?by=x"],
)  # fmt: skip
def test_a_word_that_means_nothing_is_named(desk: Desk, sign: Sign, address: str) -> None:
    seen = look(sign("lead"), address)
    assert seen.status == 400
    assert not seen.all("//main//script")


def test_reviews_are_listed_as_far_as_one_reaches(desk: Desk, sign: Sign, later: None) -> None:
    desk.reviewed("agent", "lead")
    desk.reviewed("other", "lead2")
    given = desk.given("mate", "lead", 1)
    lead = look(sign("lead"), "/quality/reviews/")
    assert {row[1] for row in rows(lead, "//tr[@data-row]")} == {"Agent", "Mate"}
    assert f"/quality/review/{given.pk}/" in lead.links()
    assert len(rows(look(sign("lead"), "/quality/reviews/?state=submitted"), "//tr[@data-row]")) == 1
    assert look(sign("mate"), "/quality/reviews/").marks["data-state"] == "empty"


def test_one_begins_a_review_of_a_ticket_of_ones_own(desk: Desk, sign: Sign) -> None:
    client = sign("agent")
    assert look(client, "/quality/reviews/").all("//form[@action='/quality/reviews/own/']")
    own, foreign = desk.tickets("agent")[0], desk.tickets("other")[0]
    done = client.post("/quality/reviews/own/", {"ticket": own, "scorecard": desk.card})
    assert done.status_code == 302
    row = Review._base_manager.get(kind="self")
    assert (row.ticket_id, done["Location"]) == (own, f"/quality/review/{row.pk}/")
    assert client.post("/quality/reviews/own/", {"ticket": foreign, "scorecard": desk.card}).status_code in (403, 404)
    assert client.post("/quality/reviews/own/", {"ticket": "", "scorecard": desk.card}).status_code == 422
