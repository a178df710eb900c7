"""The demonstration organisation: its size, its health, its stories, and the page that tells them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from maitred.floor.checking import InvalidWorld, check
from maitred.floor.demo import SIZES, STORIES, SUBJECTS, TEAMS, demo, stories
from maitred.floor.plants import PLANTS, Planted
from maitred.floor.run import Run
from maitred.floor.surveys import surveys
from maitred.floor.texts import TOPICS
from maitred.floor.truth import effects
from maitred.floor.world import World

PAGE = Path(__file__).parents[4] / "docs" / "demo.md"
DAY = 86_400_000


@cache
def run_of(size: str, seed: int = 1) -> Run:
    return demo(size, seed).run()


def shown(run: Run) -> np.ndarray:
    return run.tickets[run.tickets["created"] >= run.world.warmup * DAY]


@pytest.mark.parametrize("size", SIZES)
def test_a_size_has_the_people_and_days_that_it_promises(size: str) -> None:
    world = demo(size)
    assert sum(not one.is_bot for one in world.agents) == SIZES[size].agents
    assert (world.days, len(world.groups), len(world.bots)) == (SIZES[size].days, 6, 1)
    check(world.planted())


def test_small_has_about_ten_thousand_tickets() -> None:
    assert len(shown(run_of("small"))) == pytest.approx(10_000, rel=0.1)


@pytest.mark.slow
@pytest.mark.parametrize(("size", "seed"), [("small", 2), ("small", 3), ("medium", 1), ("medium", 2), ("large", 1)])
def test_a_size_has_about_the_tickets_that_it_promises(size: str, seed: int) -> None:
    assert len(shown(run_of(size, seed))) == pytest.approx(SIZES[size].tickets, rel=0.1)


@pytest.mark.parametrize(("size", "least"), [("small", 0.62), pytest.param("medium", 0.75, marks=pytest.mark.slow)])
def test_the_organisation_is_healthy(size: str, least: float) -> None:
    run = run_of(size)
    seen, felt = shown(run), surveys(run)
    solved = seen[seen["solved"] >= 0]
    assert least <= run.counters["busy_s"] / run.counters["present_s"] <= 0.88
    assert 0.83 <= felt.seen_good[felt.rated >= 0].mean() <= 0.92
    assert 0.045 <= np.mean(solved["reopens"] > 0) <= 0.10
    assert np.mean(seen["abandoned"]) < 0.06
    assert run.counters["open"] < 0.06 * len(seen)


def test_teams_form_two_branches_and_answer_for_all_groups() -> None:
    branches = Counter(team.parent for team in TEAMS if team.parent)
    assert branches == {"Customer care": 3, "Product support": 3}
    assert {group for team in TEAMS for group in team.groups} == {one.name for one in demo("small").groups}


def test_everything_that_customers_ask_about_can_be_written() -> None:
    world = demo("small").planted()
    assert {one.topic for one in world.classes} <= {words.slug for words in TOPICS}
    assert len({one.topic for one in SUBJECTS}) == 20
    assert {one.channel for one in world.classes} == {"email", "web", "chat", "phone", "social"}
    assert {language for one in world.classes for language, _ in one.languages} == {"en", "de", "fr", "es"}


@pytest.mark.parametrize("size", ["small", "medium"])
def test_every_story_is_planted_and_named(size: str) -> None:
    world = demo(size)
    told = stories(world)
    assert [one.story for one in told] == list(STORIES)
    assert [type(plant).__name__ for plant in world.plants] == [story.kind for story in STORIES]
    assert all(one.name for one in told)
    assert len({one.story.id for one in told}) == len(STORIES)


def test_decoys_are_the_plants_that_nothing_may_point_at() -> None:
    kinds = {story.kind: story.decoy for story in STORIES}
    assert all(decoy == PLANTS[kind].DECOY for kind, decoy in kinds.items())
    assert sum(kinds.values()) == 5


def test_no_person_is_in_two_stories() -> None:
    for size in SIZES:
        named = [
            id
            for one in stories(demo(size))
            if one.subject["type"] in ("person", "cohort")
            for id in one.subject["id"].split(",")
        ]
        assert len(named) == len(set(named)), size


@pytest.mark.parametrize(
    "until", ["2026-03-18T10:17:00+00:00", "2025-12-29T00:00:00+00:00", "2026-07-05T23:59:00+00:00"]
)
def test_stories_are_fresh_for_whoever_looks_today(until: str) -> None:
    at = datetime.fromisoformat(until)
    world = demo("small", until=at)
    end = datetime.combine(world.start, datetime.min.time(), UTC) + timedelta(days=world.days)
    assert end == at.replace(hour=0, minute=0)
    for one in stories(world):
        if one.story.days_ago:
            age = (end - one.since).total_seconds() / 86_400
            assert one.story.days_ago - 1 <= age <= one.story.days_ago + 2
    outage = next(one for one in stories(world) if one.story.id == "outage-app")
    assert outage.since.weekday() < 5


def test_a_short_world_leaves_out_what_began_before_it() -> None:
    told = {one.story.id for one in stories(demo("small", days=28))}
    assert "surge-delivery" in told
    assert "training-waves" not in told


def test_the_account_at_risk_has_its_renewal_ahead_and_much_revenue() -> None:
    from maitred.floor.customers import population

    world = demo("medium")
    people = population(world)
    account = int(next(one for one in stories(world) if one.story.id == "account-at-risk").subject["id"])
    ahead = (people.renewal[account] - (world.warmup + world.days) * DAY) % (365 * DAY)
    assert 21 * DAY <= ahead <= 77 * DAY
    assert people.revenue[account] > np.quantile(people.revenue, 0.95)


def test_a_size_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidWorld, match="size is 'huge'"):
        demo("huge")
    with pytest.raises(InvalidWorld, match="days is 3"):
        demo("small", days=3)


def test_another_seed_is_the_same_organisation() -> None:
    one, other = demo("small", 1), demo("small", 2)
    assert one.agents == other.agents
    assert one.classes == other.classes
    assert World.demo("small", 1).hash() == one.hash()


def lines() -> list[str]:
    return [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("- **")]


def test_the_page_tells_the_stories_that_are_planted() -> None:
    assert lines() == [f"- **{one.title}.** {one.telling} *Where:* {one.where}." for one in STORIES]


def test_the_page_says_that_all_of_it_is_simulated() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert re.search(r"simulated", text.split("\n## ")[0])
    assert all(team.name in text for team in TEAMS)


@pytest.mark.slow
@pytest.mark.parametrize("story", [one for one in STORIES if one.kind != "Nothing"], ids=lambda one: one.id)
def test_a_story_can_be_seen_in_the_figures(story: object) -> None:
    world = demo("medium")
    plant = next(one for one in world.plants if one.id == story.id)  # type: ignore[attr-defined]
    assert isinstance(plant, Planted)
    found = [one for one in effects(world, plant, 5) if one.replications == 5]
    if story.kind == "PolicyChange":  # type: ignore[attr-defined]
        assert found == []
        return
    assert any(abs(one.difference) > 3 * one.standard_error for one in found), found
