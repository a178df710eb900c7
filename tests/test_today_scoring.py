"""How a replay of Today is judged: on rows written by hand, so that each figure can be checked by eye."""

from __future__ import annotations

import importlib
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

FIRST = date(2025, 1, 6)
START = date(2025, 4, 7)
BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture
def scoring(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield importlib.import_module("today_scoring")
    sys.modules.pop("today_scoring", None)


def problem(**more: Any) -> dict[str, Any]:
    """Mass leave in group 104 from 7 April on, known on Wednesday 9 April; it doubles the wait."""
    days = 150
    begun = (START - FIRST).days
    usual = [0.0] * days
    longer = [0.0] * begun + [6.931] * (days - begun)
    return {
        "id": "speed-0",
        "family": "speed",
        "subjects": [["group", "104"]],
        "tickets": [],
        "start": START.isoformat(),
        "end": None,
        "detectable": "2025-04-09",
        "causes": ["staffing"],
        "actions": ["change_roster"],
        "consequences": [{"families": ["backlog"], "subjects": [["group", "104"]]}],
        "harm": 100.0,
        "figure": {
            "kind": "mean",
            "with": {"total": longer, "weight": [10] * days},
            "without": {"total": usual, "weight": [10] * days},
        },
        **more,
    }


def truth(*problems: dict[str, Any], decoys: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"seed": 1, "first": FIRST.isoformat(), "problems": list(problems), "decoys": list(decoys)}


def finding(**more: Any) -> dict[str, Any]:
    return {
        "id": "f_1",
        "family": "speed",
        "rank": 1,
        "shown": True,
        "subject": {"type": "group", "external_id": "104", "name": "Billing"},
        "since": START.isoformat(),
        "effect": {"value": 2.0, "low": 1.8, "high": 2.2, "unit": "ratio"},
        "cause": {"kind": "staffing"},
        "actions": [{"id": "change_roster"}],
        "evidence": {"tickets": ["1", "2"]},
        **more,
    }


def replay(*findings: dict[str, Any], on: tuple[date, ...], days: int = 20) -> list[dict[str, Any]]:
    """Working days from 7 April on; the findings stand on some of them."""
    rows = []
    for day in (START + timedelta(days=number) for number in range(days)):
        if day.weekday() < 5:
            rows.append({"as_of": f"{day}T06:00:00Z", "findings": list(findings) if day in on else [], "checked": []})
    return rows


def april(*days: int) -> tuple[date, ...]:
    return tuple(date(2025, 4, day) for day in days)


def test_a_problem_shown_three_working_days_after_it_could_be_known_is_in_time(scoring: Any) -> None:
    verdict = scoring.judge(replay(finding(), on=april(14)), truth(problem()))
    (found,) = verdict.problems
    assert (found["in_time"], found["delay"], found["since_error"]) == (True, 3, 0)
    assert verdict.false == []


def test_a_day_later_is_too_late_but_found(scoring: Any) -> None:
    verdict = scoring.judge(replay(finding(), on=april(15)), truth(problem()))
    assert (verdict.problems[0]["in_time"], verdict.problems[0]["found"]) == (False, "2025-04-15")


def test_a_problem_that_cannot_be_known_is_not_judged(scoring: Any) -> None:
    verdict = scoring.judge(replay(on=()), truth(problem(detectable=None)))
    assert scoring.together([verdict])["recall"] is None


def test_a_folded_finding_counts_for_nothing(scoring: Any) -> None:
    verdict = scoring.judge(replay(finding(shown=False), on=april(9)), truth(problem()))
    assert verdict.problems[0]["found"] is None


def test_a_consequence_is_no_false_alarm_but_a_further_row(scoring: Any) -> None:
    rows = replay(finding(), finding(id="f_2", family="backlog", rank=2), on=april(10, 11))
    verdict = scoring.judge(rows, truth(problem()))
    assert (verdict.false, verdict.further) == ([], 2)


def test_another_group_is_one_false_alarm_however_many_days_it_stays(scoring: Any) -> None:
    other = finding(id="f_9", subject={"type": "group", "external_id": "7", "name": "Orders"})
    verdict = scoring.judge(replay(other, on=april(8, 9, 10, 11)), truth(problem()))
    assert [one["subject"]["name"] for one in verdict.false] == ["Orders"]


def test_what_came_up_before_a_problem_began_is_a_false_alarm_for_good(scoring: Any) -> None:
    early = replay(finding(since="2025-03-01"), on=april(8, 9, 10))
    verdict = scoring.judge(early, truth(problem(start="2025-04-09", detectable="2025-04-11")))
    assert (len(verdict.false), verdict.problems[0]["found"]) == (1, None)


def test_a_topic_is_recognised_by_its_tickets_and_not_by_its_name(scoring: Any) -> None:
    surge = problem(id="t", family="topic_surge", subjects=[], tickets=["1", "2", "3"])
    told = finding(family="topic_surge", subject={"type": "topic", "external_id": "parcel", "name": "parcel"})
    assert scoring.judge(replay(told, on=april(9)), truth(surge)).problems[0]["in_time"]
    elsewhere = {**told, "evidence": {"tickets": ["8", "9"]}}
    assert not scoring.judge(replay(elsewhere, on=april(9)), truth(surge)).problems[0]["in_time"]


def test_a_decoy_that_is_named_is_counted(scoring: Any) -> None:
    decoy = {"id": "part-time", "families": ["agent_quality"], "subjects": [["agent", "5"]]}
    told = finding(family="agent_quality", subject={"type": "agent", "external_id": "5", "name": "A"})
    verdict = scoring.judge(replay(told, on=april(9)), truth(decoys=(decoy,)))
    assert [one["decoy"] for one in verdict.decoys] == ["part-time"]


def test_work_queues_are_no_alarms(scoring: Any) -> None:
    assert scoring.judge(replay(finding(family="sla_due"), on=april(9)), truth()).false == []


def test_an_interval_covers_the_paired_difference_or_not(scoring: Any) -> None:
    right = scoring.judge(replay(finding(), on=april(10)), truth(problem()))
    effect = {"value": 3.0, "low": 2.5, "high": 3.5, "unit": "ratio"}
    wrong = scoring.judge(replay(finding(effect=effect), on=april(10)), truth(problem()))
    assert (right.covered, wrong.covered) == ([True], [False])


def test_an_interval_that_holds_no_effect_is_counted(scoring: Any) -> None:
    effect = {"value": 1.1, "low": 0.9, "high": 1.3, "unit": "ratio"}
    assert scoring.judge(replay(finding(effect=effect), on=april(10)), truth(problem())).empty_intervals == 1


@pytest.mark.parametrize(("rank", "expected"), [(3, True), (4, False)])
def test_the_worst_problem_is_wanted_among_the_first_three(scoring: Any, rank: int, expected: bool) -> None:
    verdict = scoring.judge(replay(finding(rank=rank), on=april(16)), truth(problem(), problem(id="b", harm=1.0)))
    assert verdict.worst is expected


def test_unknown_causes_are_not_judged(scoring: Any) -> None:
    known = scoring.judge(replay(finding(), on=april(10)), truth(problem()))
    unknown = scoring.judge(replay(finding(cause={"kind": "unknown"}), on=april(10)), truth(problem()))
    assert (known.causes, unknown.causes) == ([True], [])


def test_worlds_add_up(scoring: Any) -> None:
    found = scoring.judge(replay(finding(), on=april(9)), truth(problem()))
    missed = scoring.judge(replay(on=()), truth(problem()))
    figures = scoring.together([found, missed])
    assert (figures["recall"], figures["families"]["speed"]["planted"], figures["false_a_week"]) == (0.5, 2, 0.0)


@pytest.mark.parametrize(
    ("start", "end", "expected"), [("2025-04-11", "2025-04-14", 1), ("2025-04-14", "2025-04-11", -1)]
)
def test_weekends_are_no_working_days(scoring: Any, start: str, end: str, expected: int) -> None:
    assert scoring.working_days(date.fromisoformat(start), date.fromisoformat(end)) == expected


def test_seeds_name_worlds_wholly_and_every_fifth_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    worlds = importlib.import_module("today_worlds")
    assert worlds.practice(3).world.hash() == worlds.practice(3).world.hash()
    assert worlds.practice(5).quiet
    assert not worlds.practice(5).main
    assert 3 <= len(worlds.practice(3).main) <= 6
    for name in [name for name in sys.modules if name.startswith("today_")]:
        sys.modules.pop(name)
