"""Skills with their age, what needs them, where they are short, and how long starters need."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.desks.training.matrix.gaps import by_shortage, gap
from maitred.desks.training.models import SkillNeed
from maitred.desks.training.ramp.curves import FEWEST_PEOPLE, Solved, ramp
from maitred.desks.training.tests.conftest import NOW, Ask, published
from maitred.people.tests.floor import Floor

KNOWN = date(2026, 6, 28)
TODAY = NOW.date()


@pytest.fixture
def skilled(house: Floor, ask: Ask, home: Any) -> Floor:
    """Skills of two people; one of them rests on old evidence."""
    for person, name, level, days in (
        ("agent", "Chat", 3, 10), ("agent", "Refunds", 2, 400), ("mate", "chat", 4, 200), ("other", "Api", 4, 5),
    ):  # fmt: skip
        lead = "lead2" if person == "other" else "lead"
        ask(lead, "roster.set_skill", person=house.people[person].pk, name=name, level=level, evidence="observed",
            seen_on=(TODAY - timedelta(days=days)).isoformat())  # fmt: skip
    return house


def test_everybody_sees_the_skills_of_those_they_may_see(skilled: Floor, ask: Ask) -> None:
    people = skilled.people
    own = ask("agent", "training.matrix")
    assert [(one.name, one.own) for one in own.rows] == [("Agent", True)]
    assert own.skills == ("Chat", "Refunds")
    led = ask("lead", "training.matrix")
    assert {one.person for one in led.rows} >= {people["agent"].pk, people["mate"].pk}
    assert people["other"].pk not in {one.person for one in led.rows}
    assert [one.name for one in led.rows] == sorted(one.name for one in led.rows)
    every = ask("manager", "training.matrix")
    assert {people["other"].pk, people["agent"].pk} <= {one.person for one in every.rows}
    assert every.skills == ("Api", "Chat", "Refunds")
    for name in ("executive", "admin", "auditor"):
        with pytest.raises(Denied):
            ask(name, "training.matrix")


def test_old_evidence_says_so_and_a_missing_skill_is_no_level(skilled: Floor, ask: Ask) -> None:
    rows = {one.name: {cell.skill: cell for cell in one.cells} for one in ask("lead", "training.matrix").rows}
    assert (rows["Agent"]["Chat"].level, rows["Agent"]["Chat"].old, rows["Agent"]["Chat"].days) == (3, False, 10)
    assert (rows["Agent"]["Refunds"].old, rows["Mate"]["Chat"].old) == (True, True)
    assert rows["Mate"]["Refunds"].level is None


def test_gaps_rest_on_contacts_and_on_whom_one_leads(skilled: Floor, ask: Ask, home: Any) -> None:
    ask("lead", "training.need_skill", skill="Refunds", dimension="group", value="demo:11", level=2)
    ask("lead", "training.need_skill", skill="Angry callers", dimension="channel", value="api", level=3)
    published(ask, "Chatting", skills=["chat"])
    found = ask("lead", "training.gaps")
    rows = {one.skill: one for one in found.gaps}
    assert found.gaps[0].skill == "Angry callers"
    assert (rows["Angry callers"].verdict, rows["Angry callers"].holders) in {("nobody", 0), ("no_effort", 0)}
    refunds = rows["Refunds"]
    assert (refunds.bound_by, refunds.holders, refunds.old) == ("person", 1, 1)
    assert refunds.contacts is not None and refunds.contacts_low is not None and refunds.contacts_high is not None
    assert refunds.contacts_low < refunds.contacts < refunds.contacts_high
    assert refunds.n == pytest.approx(refunds.contacts * found.weeks)
    if refunds.hours is not None:
        assert refunds.hours_low is not None and refunds.hours_high is not None
        assert refunds.hours_low < refunds.hours < refunds.hours_high
    chat = rows["Chat"]
    assert [one.title for one in chat.courses] == ["Chatting"]
    assert (chat.holders, chat.bound_by) == (2, "name")
    every = {one.skill: one for one in ask("manager", "training.gaps").gaps}
    assert every["Api"].bound_by == "name" and every["Api"].n >= rows["Angry callers"].n
    with pytest.raises(Denied):
        ask("agent", "training.gaps")


def test_what_needs_a_skill_is_bound_once_to_what_there_is_and_taken_back(ask: Ask, home: Any) -> None:
    with pytest.raises(Invalid, match=r"no contact of the last weeks has channel 'smoke'; they have: api, "):
        ask("lead", "training.need_skill", skill="Chat", dimension="channel", value="smoke")
    made = ask("lead", "training.need_skill", skill="Chat", dimension="channel", value="chat")
    with pytest.raises(Conflict):
        ask("manager", "training.need_skill", skill="chat", dimension="channel", value="chat")
    (listed,) = ask("lead2", "training.skill_needs").needs
    assert listed == made
    ask("lead", "training.drop_skill_need", need=made.id, version=made.version)
    assert not SkillNeed._base_manager.exists()
    with pytest.raises(NotFound):
        ask("lead", "training.drop_skill_need", need=made.id, version=made.version)


def test_shortage_orders_and_says_where_nothing_can_be_told() -> None:
    took = np.full(50, 900.0)
    busy, calm = gap("busy", [100] * 12, took, 2), gap("calm", [100] * 12, took, 8)
    assert busy.hours is not None and (busy.hours.value, busy.verdict) == (12.5, "ok")
    assert busy.hours.low < 12.5 < busy.hours.high
    nobody = gap("nobody", [10] * 12, took, 0)
    rare = gap("rare", [4] * 12, took[:5], 1)
    none, loose = gap("none", [0] * 12, took, 3), gap("loose", None, took, 3)
    assert [one.verdict for one in (nobody, rare, none, loose)] == ["nobody", "no_effort", "no_volume", "unbound"]
    ordered = [one.skill for one in by_shortage([loose, calm, none, rare, nobody, busy])]
    assert ordered == ["nobody", "busy", "calm", "rare", "loose", "none"]


def test_starters_are_followed_until_they_work_like_their_team() -> None:
    rows, teams = _floor(np.random.default_rng(3), starters=12, ramp_weeks=10)
    found = ramp(rows, teams, KNOWN)
    every = found.cohorts[0]
    assert (every.name, every.n, found.settled, found.too_new) == ("", 12, 12, 0)
    assert every.curve is not None and every.curve.median is not None
    assert 6 <= every.curve.median <= 13
    shares = [1 - one.value for one in every.curve.at]
    assert shares == sorted(shares)
    assert all(one.low <= one.value <= one.high for one in every.curve.at)


def test_who_left_early_is_censored_and_not_counted_as_slow_or_quick() -> None:
    rows, teams = _floor(np.random.default_rng(4), starters=12, ramp_weeks=10, gone_after=5)
    found = ramp(rows, teams, KNOWN)
    assert found.cohorts[0].curve is not None
    assert found.cohorts[0].curve.events <= 2
    few, teams = _floor(np.random.default_rng(5), starters=FEWEST_PEOPLE - 1, ramp_weeks=4)
    assert next((one.n, one.curve) for one in ramp(few, teams, KNOWN).cohorts) == (4, None)
    assert ramp([], {}, KNOWN).cohorts == ()


def test_a_ramp_is_for_those_who_lead(ask: Ask, home: Any) -> None:
    found = ask("manager", "training.ramp")
    assert (found.stay, found.percentile, found.publication) == (4, 10, 1)
    for name in ("agent", "executive"):
        with pytest.raises(Denied):
            ask(name, "training.ramp")


def _floor(
    dice: np.random.Generator, *, starters: int, ramp_weeks: int, gone_after: int | None = None
) -> tuple[list[Solved], dict[int, int]]:
    """A year of a team of twelve at eight a day; starters begin in its middle at half of that."""
    rows = []
    first = KNOWN - timedelta(weeks=52)
    for person in range(12 + starters):
        begins = 0 if person < 12 else 20 + person % 4
        last = 52 if gone_after is None or person < 12 else begins + gone_after
        for week in range(begins, last):
            pace = 1.0 if person < 12 else min(1.0, 0.5 + 0.5 * (week - begins) / ramp_weeks)
            for day in range(5):
                count = int(dice.poisson(8 * pace))
                if count:
                    rows.append(Solved(person, first + timedelta(days=1 + 7 * week + day), count))
    return rows, dict.fromkeys(range(12 + starters), 1)
