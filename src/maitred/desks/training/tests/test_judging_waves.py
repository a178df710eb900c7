"""Lots, what could be seen before, and verdicts, on worlds whose truth is known."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.base.errors import Invalid
from maitred.desks.training.tests.worlds import START, World, world
from maitred.desks.training.waves.judging import foreseen, judged, width_of
from maitred.desks.training.waves.lots import drawn
from maitred.desks.training.waves.table import Cases
from maitred.insight.power import smallest_effect

SURE = World(size=0.15, per_week=20)
DAY = timedelta(days=1)


@given(st.dictionaries(st.integers(1, 99), st.integers(1, 4), min_size=4, max_size=40), st.integers(0, 999))
def test_every_wave_holds_its_share_of_every_team_and_the_seed_draws_it_again(teams: dict[int, int], seed: int) -> None:
    found = drawn(teams, 2, seed)
    assert set(found) == set(teams)
    assert found == drawn(dict(reversed(teams.items())), 2, seed)
    for inside in (found, *({one: found[one] for one in teams if teams[one] == team} for team in teams.values())):
        sizes = Counter(inside.values())
        assert abs(sizes[1] - sizes[2]) <= 1


def test_lots_are_fair() -> None:
    first = Counter(one for seed in range(400) for one, wave in drawn(dict.fromkeys(range(6), 1), 2, seed).items()
                    if wave == 1)  # fmt: skip
    assert all(160 < first[one] < 240 for one in range(6))


def test_a_wave_with_one_person_is_refused() -> None:
    with pytest.raises(Invalid, match="5 people in 3 waves leave a wave with fewer than two people.*ask for 2 waves"):
        drawn(dict.fromkeys(range(5), 1), 3, 1)
    with pytest.raises(Invalid, match="a wave with 1 person"):
        drawn({1: 1}, 1, 1)


def test_a_course_that_works_is_seen_with_its_checks() -> None:
    cases, design, truth = world(3, SURE)
    told = judged(cases, design, width_of(cases, design))
    assert (told.verdict, told.design, told.treated, told.beside) == ("improved", "did", 5, 5)
    assert told.effect is not None and told.effect.low < truth < told.effect.high
    assert told.checks is not None and told.checks.lots_as_large is not None
    assert told.checks.lots_as_large <= 0.05
    assert told.checks.same_team and told.checks.came_back is None
    assert any(one.after and one.own is not None for one in told.buckets)
    turned = replace(design, higher_is_better=False)
    assert judged(cases, turned, 7).verdict == "worse"


def test_what_matters_decides_between_no_change_and_cannot_tell() -> None:
    cases, design, _ = world(4, World(per_week=20))
    assert judged(cases, replace(design, smallest=0.2), 7).verdict == "no_real_change"
    told = judged(cases, replace(design, smallest=0.001), 7)
    assert (told.verdict, told.reason) == ("cannot_tell", "too_wide")
    still = judged(replace(cases, open=2_000), design, 7)
    assert (still.verdict, still.reason) == ("cannot_tell", "still_open")
    none = judged(Cases(np.array([]), np.array([]), np.array([], np.int64)), design, 7)
    assert (none.verdict, none.reason) == ("cannot_tell", "no_data")


def test_few_people_say_nothing() -> None:
    cases, design, _ = world(5, World(people=4, size=0.3))
    told = judged(cases, design, 7)
    assert (told.verdict, told.reason, told.effect) == ("cannot_tell", "too_few", None)
    seen = foreseen(cases, design, START - DAY)
    assert (seen.smallest_seen, seen.reason, seen.treated, seen.beside) == (None, "too_few", 2, 2)


def test_the_bad_days_are_no_before_and_what_came_back_is_told() -> None:
    cases, design, _ = world(6, World(worst=True))
    told = judged(cases, design, 7)
    assert sum(one.selected for one in told.buckets) == 4
    assert told.checks is not None and told.checks.came_back is not None and told.checks.came_back > 0
    alone = world(6, World(worst=True, waves=1, others=10))
    told = judged(alone[0], alone[1], 7)
    assert [one.first < START for one in told.buckets if one.selected] == [True] * 4


def test_what_could_be_seen_is_replayed_on_the_past_and_kept_by_the_verdict() -> None:
    cases, design, _ = world(7, World(per_week=12))
    seen = foreseen(cases, design, START - DAY)
    assert (seen.basis, seen.reason, seen.treated, seen.beside) == ("replayed", "", 5, 5)
    assert seen.smallest_seen is not None
    told = judged(cases, design, seen.width)
    assert told.smallest_seen == pytest.approx(seen.smallest_seen, rel=0.6)
    assert 10 < seen.n < 14


def test_too_little_past_takes_the_textbook_formula() -> None:
    cases, design, _ = world(8, World(per_week=40, slow=0.0))
    late = cases.day >= START.toordinal() - 70
    seen = foreseen(Cases(cases.day[late], cases.value[late], cases.who[late]), design, START - DAY)
    assert seen.basis == "formula" and seen.usual is not None
    wanted = smallest_effect("share", treated=5, control=5, n=seen.n * 12, base=seen.usual)
    assert seen.smallest_seen == pytest.approx(wanted)


def test_a_wider_look_is_taken_where_cases_are_few_and_never_after_the_start() -> None:
    for per_week, weeks in ((10.0, 1), (3.0, 2)):
        cases, design, _ = world(9, World(per_week=per_week, gap=12))
        assert width_of(cases, replace(design, settle=2)) == 7 * weeks


def test_small_null_worlds_rarely_say_improved() -> None:
    said = Counter(judged(*world(seed, World(worst=True, people=8, gap=4))[:2], 7).verdict for seed in range(24))
    assert said["improved"] <= 3
    assert said["cannot_tell"] > 12


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize(
    ("made", "low", "high"),
    [
        (World(people=20, size=0.08), 0.93, 0.97),
        (World(people=20, share=False, size=0.1), 0.93, 0.97),
        # effects that grow differ between waves, which widens the interval
        (World(people=18, waves=3, gap=6, size=0.04, growth=0.005), 0.93, 0.99),
    ],
)
def test_intervals_cover_what_was_planted(made: World, low: float, high: float) -> None:
    covered = []
    for seed in range(600):
        cases, design, truth = world(50_000 + seed, made)
        told = judged(cases, design, 7)
        assert told.effect is not None
        covered.append(told.effect.low <= truth <= told.effect.high)
    assert low <= np.mean(covered) <= high


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize(
    "made", [World(), World(worst=True), World(worst=True, waves=1, others=10), World(worst=True, share=False, waves=3)]
)
def test_nothing_that_works_is_said_to_work_one_time_in_twenty_at_most(made: World) -> None:
    said = Counter(judged(*world(90_000 + seed, made)[:2], 7).verdict for seed in range(300))
    assert said["improved"] <= 0.05 * 300
