"""The gate: what passes, what fails, and that silence never looks fast."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from maitred.insight.whatif.gate import FEWEST, judged
from maitred.insight.whatif.measures import TOTAL, Observed, Weeks, weekly

WEEK = 7 * 86_400_000


def weeks(sla: float = 0.9, median: float = 600.0, backlog: float = 100.0, n: int = 200, wobble: float = 0.0) -> Weeks:
    each = np.full(8, 1.0) + wobble * np.array([1, -1] * 4)
    return Weeks(
        group=0,
        n=np.full(8, n),
        sla=np.minimum(1.0, sla * each),
        median=median * each,
        p90=4 * median * each,
        backlog=backlog * each,
        solved=np.full(8, 200.0),
        occupancy=np.full(8, 0.8),
        whole_sla=sla,
        whole_median=median,
    )


def runs(**changes: float) -> list[Weeks]:
    rng = np.random.default_rng(1)
    base = {"sla": 0.9, "median": 600.0, "backlog": 100.0, **changes}
    return [
        weeks(
            base["sla"] + rng.normal(0, 0.01),
            base["median"] * (1 + rng.normal(0, 0.05)),
            base["backlog"] * (1 + rng.normal(0, 0.05)),
        )
        for _ in range(30)
    ]


def verdict(simulated: list[Weeks], before: Weeks | None = None) -> tuple[str, str]:
    queue = judged("Support", weeks(), before or weeks(0.85, 700.0, 140.0), simulated, estimated=False, fitted_weeks=26)
    return queue.verdict, queue.failing


def test_a_floor_that_moves_like_the_real_one_passes() -> None:
    assert verdict(runs()) == ("calibrated", "")


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"sla": 0.84}, "sla_mean"),
        ({"backlog": 130.0}, "backlog_wape"),
        ({"median": 800.0}, "median_first_reply_ratio"),
    ],
)
def test_one_failing_line_closes_the_gate_and_is_named(changes: dict[str, float], line: str) -> None:
    assert verdict(runs(**changes)) == ("not_calibrated", line)


def test_a_floor_that_loses_against_the_weeks_before_fails() -> None:
    assert verdict(runs(backlog=112.0), before=weeks()) == ("not_calibrated", "beats_naive")


def test_a_failed_queue_says_what_would_help() -> None:
    queue = judged("Support", weeks(), weeks(), runs(sla=0.7), estimated=True, fitted_weeks=12)
    assert queue.helps == (
        "recorded handling times (time entries, calls or engagements)",
        "a roster of who was planned when",
        "more weeks of history (12 of 26)",
    )
    assert [one["passed"] for one in queue.document()["gate"]].count(False) >= 1


def test_a_queue_with_few_tickets_is_not_judged() -> None:
    thin = replace(weeks(), n=np.full(8, FEWEST // 8 - 1))
    assert judged("Support", thin, thin, runs(), estimated=False, fitted_weeks=26).verdict == "not_enough_data"


def observed(replied: int) -> Observed:
    """Three tickets of one week in one queue, due after an hour; the last is answered at ``replied`` (-1: never)."""
    created = np.array([0, 1_000, 2_000])
    answers = np.array([60_000, 5_000_000, replied])
    return Observed(
        created=created,
        group=np.zeros(3, np.int64),
        due=created + 3_600_000,
        replied=answers,
        waited=np.where(answers >= 0, (answers - created) / 1000, np.inf),
        change=np.array([0, 1_000, 2_000, 70_000]),
        change_ticket=np.array([0, 1, 2, 0]),
        step=np.array([1, 1, 1, -1]),
        work=np.array([60_000]),
        work_agent=np.array([0]),
        seconds=np.array([60.0]),
        presence=np.array([[0, 0, 600_000]]),
        members=np.array([[0, 0]]),
    )


def test_weekly_figures_of_three_tickets() -> None:
    queue, total = weekly(observed(100_000), np.array([0, WEEK]), 1)
    assert queue.sla.tolist() == [pytest.approx(2 / 3)]
    assert queue.median.tolist() == [pytest.approx(98.0)]
    assert (queue.backlog.tolist(), queue.solved.tolist()) == ([2.0], [1.0])
    assert queue.occupancy.tolist() == [pytest.approx(0.1)]
    assert total.group == TOTAL and total.sla.tolist() == queue.sla.tolist()


def test_a_ticket_without_an_answer_waits_without_end() -> None:
    queue, _ = weekly(observed(-1), np.array([0, WEEK]), 1)
    assert queue.sla.tolist() == [pytest.approx(1 / 3)]
    assert queue.p90.tolist() == [np.inf]
