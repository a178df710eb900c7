"""Chances of missed targets: what they mean, when they are not shown, and that nothing later is used."""

from __future__ import annotations

import numpy as np
import pytest

from maitred.insight import calibration
from maitred.insight.calibration import NotEnoughData
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import NEVER, Evidence
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made
from maitred.insight.risk import BreachRisk, EscalationRisk, breach_risk, escalation_risk, prepared
from maitred.insight.running import Clocks
from maitred.insight.tests.queues import queue


@pytest.fixture(scope="module")
def world() -> Evidence:
    return queue(1)


def test_a_chance_is_stated_for_every_running_clock_and_means_what_it_says(world: Evidence) -> None:
    found = breach_risk(world)
    assert isinstance(found, BreachRisk)
    assert found.shown, found.calibration.reason
    assert 0.8 <= found.calibration.slope <= 1.25
    assert found.calibration.brier < found.calibration.brier_simple < found.calibration.brier_base
    assert found.calibration.lift > 1
    assert len(found.calibration.bins) >= 8
    running = (world.targets.ended_at == NEVER) & (world.targets.due_at >= world.as_of)
    assert sorted(found.targets.tolist()) == np.flatnonzero(running).tolist()
    assert (np.diff(found.probability) <= 0).all()
    assert np.abs(found.due - world.targets.due_at[found.targets]).max() <= 1


def test_the_number_of_misses_has_a_range(world: Evidence) -> None:
    found = breach_risk(world)
    assert isinstance(found, BreachRisk)
    mean, low, high = found.expected()
    assert 0 <= low < mean < high <= len(found.targets)
    assert found.spread >= 1


def test_a_look_at_an_earlier_instant_uses_nothing_later(world: Evidence) -> None:
    look = prepared(world)
    for days, hour in ((100, 10), (121, 15)):
        at = MONDAY + days * DAY + hour * HOUR
        there, then = look(at), breach_risk(cut(world, at))
        assert isinstance(there, BreachRisk) and isinstance(then, BreachRisk)
        assert there.targets.tolist() == then.targets.tolist()
        assert there.due.tolist() == then.due.tolist()
        np.testing.assert_allclose(there.probability, then.probability, rtol=1e-9)


@pytest.mark.parametrize(
    "evidence",
    [made(), queue(2, days=7), queue(3, days=40, a_day=2), made(tickets=[{"created": MONDAY}])],
    ids=["nothing", "a week", "few", "no targets"],
)
def test_thin_data_state_no_chance(evidence: Evidence) -> None:
    found = breach_risk(evidence)
    assert isinstance(found, NotEnoughData)
    assert found.n < found.needed


def test_paused_clocks_count_no_time_and_are_not_due(world: Evidence) -> None:
    paused = made(
        tickets=[{"created": MONDAY + 9 * HOUR}],
        statuses=[
            {"ticket": 0, "value": 1, "from_at": MONDAY + 9 * HOUR, "to_at": MONDAY + 10 * HOUR},
            {"ticket": 0, "value": 2, "from_at": MONDAY + 10 * HOUR, "to_at": MONDAY + 12 * HOUR},
            {"ticket": 0, "value": 1, "from_at": MONDAY + 12 * HOUR},
        ],
        targets=[{"ticket": 0, "metric": 0, "policy": 0, "seconds": 4 * HOUR, "started_at": MONDAY + 9 * HOUR}],
        target_names=("requester_wait",),
        as_of=MONDAY + 13 * HOUR,
    )
    clocks, target = Clocks(paused), np.array([0])
    for hour, counted in ((10, 1), (11, 1), (13, 2), (20, 6)):
        assert clocks.elapsed(target, np.array([MONDAY + hour * HOUR]))[0] == counted * HOUR
    assert clocks.due(target, np.array([MONDAY + 11 * HOUR]), np.array([3.0 * HOUR]))[0] == NEVER
    assert clocks.due(target, np.array([MONDAY + 13 * HOUR]), np.array([2.0 * HOUR]))[0] == MONDAY + 15 * HOUR


def test_what_is_off_or_no_better_than_the_base_rate_is_not_shown() -> None:
    dice = np.random.default_rng(4)
    truth = dice.uniform(0.05, 0.95, 4000)
    came = (dice.random(4000) < truth).astype(float)
    clusters = np.arange(4000)
    right = calibration.judged(truth, came, np.full(4000, 0.5), clusters)
    assert right.shown and abs(right.slope - 1) < 0.1 and right.reason == ""
    assert all(one.low <= one.said + 0.05 and one.high >= one.said - 0.05 for one in right.bins)
    bold = calibration.judged(truth**3 / (truth**3 + (1 - truth) ** 3), came, truth, clusters)
    assert not bold.shown and "slope" in bold.reason
    vain = calibration.judged(np.full(4000, came.mean()) + dice.normal(0, 1e-4, 4000), came, truth, clusters)
    assert not vain.shown


def test_repeated_looks_at_one_ticket_do_not_make_surer() -> None:
    dice = np.random.default_rng(5)
    said = np.repeat(dice.uniform(0.1, 0.9, 300), 10)
    came = np.repeat((dice.random(300) < said[::10]).astype(float), 10)
    many = calibration.judged(said, came, said, np.arange(3000))
    few = calibration.judged(said, came, said, np.repeat(np.arange(300), 10))
    assert few.clusters == 300
    assert few.bins[4].high - few.bins[4].low > 2 * (many.bins[4].high - many.bins[4].low)


def angry(seed: int = 1, days: int = 120) -> tuple[Evidence, np.ndarray]:
    """Tickets of five days of which those with angry customers are escalated more often."""
    dice = np.random.default_rng(seed)
    rows, messages, escalated = [], [], []
    for day in range(days):
        for _ in range(12):
            at = MONDAY + day * DAY + int(dice.integers(8 * HOUR, 17 * HOUR))
            rows.append((at, int(dice.random() < 0.3), int(dice.integers(4))))
    rows.sort()
    for place, (at, mad, priority) in enumerate(rows):
        messages.append({"ticket": place, "author": 0, "sent_at": at, "tone": -2 if mad else 0})
        hit = dice.random() < (0.35 if mad else 0.03) * (1.5 if priority == 3 else 1.0)
        escalated.append(at + int(dice.uniform(1, 5) * DAY) if hit else NEVER)
    spans = [
        {"ticket": place, "value": value, "from_at": at + shift, "to_at": at + 5 * DAY if value == 1 else NEVER}
        for place, (at, _, _) in enumerate(rows)
        for value, shift in ((1, 0), (4, 5 * DAY))
    ]
    tickets = [{"created": at, "group": 0, "channel": 0, "priority": priority} for at, _, priority in rows]
    as_of = MONDAY + days * DAY
    return made(tickets=tickets, messages=messages, statuses=spans, as_of=as_of), np.array(escalated)


def test_tickets_that_will_be_escalated_are_said_first() -> None:
    evidence, escalated = angry()
    found = escalation_risk(evidence, escalated)
    assert isinstance(found, EscalationRisk)
    assert found.shown, found.calibration.reason
    first = found.tickets[: len(found.tickets) // 5]
    assert evidence.messages.tone[np.isin(evidence.messages.ticket, first)].mean() < -1.5
    at = MONDAY + 110 * DAY
    then = escalation_risk(cut(evidence, at), np.where(escalated < at, escalated, NEVER)[evidence.tickets.created < at])
    there = escalation_risk(evidence, escalated, at)
    assert isinstance(then, EscalationRisk) and isinstance(there, EscalationRisk)
    np.testing.assert_allclose(then.probability, there.probability, rtol=1e-9)


def test_without_escalations_no_chance_of_one_is_stated() -> None:
    evidence, escalated = angry(days=60)
    assert isinstance(escalation_risk(evidence, np.full_like(escalated, NEVER)), NotEnoughData)


@pytest.mark.slow
@pytest.mark.long
def test_chances_stated_over_many_worlds_come_true() -> None:
    said, came, inside = [], [], []
    for seed in range(40, 80):
        world = queue(seed, days=120)
        look = prepared(world)
        for day in range(90, 112):
            for hour in (10, 13, 16):
                found = look(MONDAY + day * DAY + hour * HOUR)
                if not isinstance(found, BreachRisk) or not len(found.targets):
                    continue
                missed = world.targets.due_at[found.targets] < world.targets.ended_at[found.targets]
                said.append(found.probability)
                came.append(missed.astype(float))
                mean, low, high = found.expected()
                inside.append(low - 0.5 <= missed.sum() <= high + 0.5)
    all_said = np.concatenate(said)
    found_slope = calibration.judged(all_said, np.concatenate(came), all_said, np.arange(len(all_said))).slope
    assert 0.9 <= found_slope <= 1.1
    assert 0.85 <= float(np.mean(inside)) <= 0.98


@pytest.mark.slow
@pytest.mark.long
def test_chances_come_true_on_simulated_floors() -> None:
    from dataclasses import replace

    from maitred.floor.world import World
    from maitred.insight.detectors.tests.worlds import evidence_of

    slopes = []
    for seed in (1, 2, 3):
        world = evidence_of(replace(World.demo("small", seed, days=200), plants=()))
        look = prepared(world)
        said, came = [], []
        for day in range(90, 205, 3):
            for hour in (6, 11, 15):
                found = look(int(world.days.starts[day]) + hour * HOUR)
                assert isinstance(found, BreachRisk)
                said.append(found.probability)
                came.append(world.targets.due_at[found.targets] < world.targets.ended_at[found.targets])
        all_said = np.concatenate(said)
        slopes.append(
            calibration.judged(all_said, np.concatenate(came).astype(float), all_said, np.arange(len(all_said))).slope
        )
    assert 0.9 <= float(np.mean(slopes)) <= 1.1
