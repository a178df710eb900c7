"""Forecasts of backlog and promises: better than last week, ranges that hold, nothing where little is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from maitred.insight import forecast
from maitred.insight.calibration import NotEnoughData
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import NEVER, Evidence
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made
from maitred.insight.forecast import Forecast


def floor(seed: int = 1, days: int = 170) -> Evidence:
    """Tickets on every day of the week, solved on working days from the oldest on, targets of eight hours."""
    dice = np.random.default_rng(seed)
    created: list[int] = []
    solved: list[int] = []
    waiting: list[int] = []
    for day in range(days):
        came = np.sort(
            MONDAY + day * DAY + (8 * HOUR + dice.uniform(0, 10, dice.poisson(30 if day % 7 < 5 else 8)) * HOUR)
        )
        for at in came:
            waiting.append(len(created))
            created.append(int(at))
            solved.append(NEVER)
        if day % 7 < 5:
            able = int(dice.poisson(33 + (6 if day % 7 == 0 else 0)))
            for at in np.sort(MONDAY + day * DAY + 9 * HOUR + dice.uniform(0, 9, able) * HOUR):
                if waiting and created[waiting[0]] < at:
                    solved[waiting.pop(0)] = int(at)
    as_of = MONDAY + days * DAY
    begun, done = np.array(created), np.array(solved)
    kept = np.flatnonzero(done < as_of)
    everything: Any = {
        "tickets": {"created": begun, "group": np.arange(len(begun)) % 2},
        "solves": {"ticket": kept, "solved_at": done[kept], "started_at": begun[kept]},
        "targets": {
            "ticket": np.arange(len(begun)), "metric": 2, "policy": 0, "seconds": 8 * HOUR, "started_at": begun,
            "due_at": begun + 8 * HOUR, "ended_at": np.where(done < as_of, done, NEVER),
        },
    }  # fmt: skip
    return made(**everything, as_of=as_of)


@pytest.fixture(scope="module")
def world() -> Evidence:
    return floor()


def unsolved(evidence: Evidence, at: int) -> int:
    done = evidence.solves.solved_at
    return int((evidence.tickets.created < at).sum() - (done < at).sum())


@pytest.mark.parametrize("horizon", ["day", "week"])
def test_backlog_is_forecast_with_ranges_that_hold(world: Evidence, horizon: Any) -> None:
    inside, ends = [], []
    for day in range(125, 160):
        at = MONDAY + day * DAY + 12 * HOUR
        found = forecast.backlog(world, horizon, at)
        assert isinstance(found, Forecast)
        assert found.now == unsolved(world, at)
        assert found.ends == MONDAY + ((day + 1) if horizon == "day" else (day // 7 + 1) * 7) * DAY
        assert found.ranges[1][0] <= found.ranges[0][0] <= found.value <= found.ranges[0][1] <= found.ranges[1][1]
        inside.append([low <= unsolved(world, found.ends) <= high for low, high in found.ranges])
        ends.append(found.backtest)
    assert np.mean(inside, axis=0)[1] >= 0.75
    assert ends[-1].error < ends[-1].error_naive
    assert 0.6 <= ends[-1].coverage_80 <= 0.97


def test_the_share_of_kept_promises_is_forecast(world: Evidence) -> None:
    found = forecast.sla(world, "week", MONDAY + 150 * DAY + 14 * HOUR)
    assert isinstance(found, Forecast)
    assert 0 <= found.ranges[1][0] <= found.value <= found.ranges[1][1] <= 1
    assert found.backtest.n >= 10


def test_a_group_has_its_own_forecast(world: Evidence) -> None:
    parts = [forecast.backlog(world, "day", MONDAY + 150 * DAY + 14 * HOUR, group) for group in (0, 1)]
    whole = forecast.backlog(world, "day", MONDAY + 150 * DAY + 14 * HOUR)
    assert isinstance(whole, Forecast)
    assert sum(one.now for one in parts if isinstance(one, Forecast)) == whole.now


@pytest.mark.parametrize("evidence", [made(), floor(2, days=30)], ids=["nothing", "a month"])
def test_thin_data_are_not_forecast(evidence: Evidence) -> None:
    for found in (forecast.backlog(evidence), forecast.sla(evidence, "week")):
        assert isinstance(found, NotEnoughData) and found.n < found.needed


@pytest.mark.parametrize("horizon", ["day", "week"])
def test_a_forecast_at_an_earlier_instant_uses_nothing_later(world: Evidence, horizon: Any) -> None:
    for day, hour in ((130, 9), (143, 0), (149, 16)):
        at = MONDAY + day * DAY + hour * HOUR
        for what in (forecast.backlog, forecast.sla):
            assert what(world, horizon, at) == what(cut(world, at), horizon, at)


@pytest.mark.slow
@pytest.mark.long
def test_ranges_hold_on_simulated_floors() -> None:
    from maitred.floor.world import World
    from maitred.insight.detectors.tests.worlds import evidence_of

    inside: dict[str, list[list[bool]]] = {"day": [], "week": []}
    better = []
    for seed in (1, 2, 3):
        world = evidence_of(replace(World.demo("small", seed, days=200), plants=()))
        opened, closed = forecast._flow(world, None)
        for day in range(120, 200, 3):
            at = int(world.days.starts[day]) + 11 * HOUR
            for horizon in inside:
                found = forecast.backlog(world, horizon, at)  # type: ignore[arg-type]
                assert isinstance(found, Forecast)
                truth = int(np.searchsorted(opened, found.ends) - np.searchsorted(closed, found.ends))
                inside[horizon].append([low <= truth <= high for low, high in found.ranges])
                better.append(found.backtest.error < found.backtest.error_naive)
    for held in inside.values():
        assert 0.7 <= np.mean(held, axis=0)[0] <= 0.92
        assert 0.82 <= np.mean(held, axis=0)[1] <= 0.98
    assert np.mean(better) >= 0.9
