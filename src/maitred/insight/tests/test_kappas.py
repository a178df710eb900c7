"""When a machine's answer may count: kappa on worked cases, and each part of the rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from maitred.insight.kappas import Agreed, dropped, kappa, standing

NOW = datetime(2026, 3, 1, tzinfo=UTC)
YOUNG = NOW - timedelta(days=10)
PEOPLE = Agreed(0.70, 0.60, 0.80, 60)
MACHINE = Agreed(0.72, 0.62, 0.82, 60)


def _cases(yes_yes: int, yes_no: int, no_yes: int, no_no: int) -> list[list[tuple[str, str]]]:
    pairs = [("yes", "yes")] * yes_yes + [("yes", "no")] * yes_no + [("no", "yes")] * no_yes + [("no", "no")] * no_no
    return [[pair] for pair in pairs]


@pytest.mark.parametrize(
    ("counts", "expected"), [((20, 5, 10, 15), 0.40), ((45, 15, 25, 15), 0.1304), ((25, 35, 5, 35), 0.2593)]
)
def test_kappa_equals_the_cases_of_the_books(counts: tuple[int, int, int, int], expected: float) -> None:
    found = kappa(_cases(*counts))
    assert found.value == pytest.approx(expected, abs=5e-5)
    assert found.low is not None and found.high is not None and found.low < expected < found.high


def test_two_people_are_interchangeable() -> None:
    one, other = kappa(_cases(20, 5, 10, 15), alike=True), kappa(_cases(20, 10, 5, 15), alike=True)
    assert one.value == other.value == pytest.approx((0.7 - (0.55**2 + 0.45**2)) / (1 - (0.55**2 + 0.45**2)))


def test_answers_that_never_differ_tell_nothing() -> None:
    assert kappa(_cases(40, 0, 0, 0)).value is None
    assert kappa([]).n == 0
    assert kappa([[], [("yes", "no")]]).n == 1


def test_the_interval_covers_the_true_kappa() -> None:
    draw, hit = np.random.default_rng(1), 0
    for _ in range(120):
        truth = draw.random(120) < 0.4
        first, second = truth ^ (draw.random(120) < 0.1), truth ^ (draw.random(120) < 0.15)
        found = kappa([[(str(a), str(b))] for a, b in zip(first, second, strict=True)])
        assert found.low is not None and found.high is not None
        yes_a, yes_b = 0.4 * 0.9 + 0.6 * 0.1, 0.4 * 0.85 + 0.6 * 0.15
        seen, chance = 0.9 * 0.85 + 0.1 * 0.15, yes_a * yes_b + (1 - yes_a) * (1 - yes_b)
        hit += found.low <= (seen - chance) / (1 - chance) <= found.high
    assert hit >= 108


@pytest.mark.parametrize(
    ("machine", "people", "newest", "drifted", "says"),
    [
        (MACHINE, PEOPLE, YOUNG, False, ""),
        (Agreed(0.70, 0.6000001, 0.8, 50), Agreed(0.70, 0.5, 0.9, 50), YOUNG, False, ""),
        (Agreed(0.70, 0.59, 0.8, 60), PEOPLE, YOUNG, False, "no more than 0.10 below"),
        (Agreed(0.72, 0.62, 0.82, 49), PEOPLE, YOUNG, False, "49 cases"),
        (MACHINE, Agreed(0.7, 0.6, 0.8, 12), YOUNG, False, "12 cases"),
        (MACHINE, PEOPLE, NOW - timedelta(days=90), False, "older than 90 days"),
        (MACHINE, PEOPLE, None, False, "older than 90 days"),
        (Agreed(None, None, None, 60), PEOPLE, YOUNG, False, "cannot be told"),
        (MACHINE, PEOPLE, YOUNG, True, "less with people than before"),
    ],
)
def test_each_part_of_the_rule_decides(
    machine: Agreed, people: Agreed, newest: datetime | None, drifted: bool, says: str
) -> None:
    found = standing(machine, people, newest, NOW, drifted=drifted)
    assert found.verified is (says == "")
    assert says in found.why


def test_a_machine_that_got_worse_has_drifted_and_one_that_did_not_has_not() -> None:
    good, bad = _cases(45, 3, 3, 49), _cases(30, 20, 20, 30)
    assert dropped(good, bad)
    assert not dropped(good, _cases(44, 4, 4, 48))
    assert not dropped(good[:10], bad[:10])
