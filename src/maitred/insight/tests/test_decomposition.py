"""Parts of a difference: they add up exactly, and planted mix and rate changes are told apart."""

from __future__ import annotations

from fractions import Fraction
from math import fsum

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.insight import decomposition
from maitred.insight.decomposition import MOST_PARTS, OTHER, Category, Part, decompose


def share(hits: int, n: int) -> Part:
    smooth = (hits + 2) / (n + 4)
    return Part(n, hits / n if n else None, smooth * (1 - smooth) / (n + 4), float(n))


counted = st.tuples(st.integers(0, 300), st.integers(0, 300)).map(lambda pair: share(min(pair), max(pair)))
periods = st.dictionaries(st.sampled_from([*"abcdefghijklmn", None]), counted, min_size=1, max_size=14)


@settings(max_examples=30, deadline=None)
@given(periods, periods)
def test_parts_add_up_exactly(before: dict[Category, Part], now: dict[Category, Part]) -> None:
    found = decompose(before, now, 1)
    if found is None:
        assert not sum(part.n for part in before.values()) or not sum(part.n for part in now.values())
        return
    assert fsum(one.total for one in found.effects) == pytest.approx(found.difference, abs=1e-12)
    assert fsum(one.mix for one in found.effects) == pytest.approx(found.mix, abs=1e-12)
    assert fsum(one.rate for one in found.effects) == pytest.approx(found.rate, abs=1e-12)
    assert found.mix + found.rate == pytest.approx(found.now - found.before, abs=1e-12)
    assert sum(one.n_now for one in found.effects) == sum(part.n for part in now.values())
    assert len(found.effects) <= MOST_PARTS + 1


@settings(max_examples=30, deadline=None)
@given(periods, periods)
def test_the_sums_behind_the_printed_parts_are_exact(before: dict[Category, Part], now: dict[Category, Part]) -> None:
    nothing = Part(0, None, 0.0, 0.0)
    both = {name: (before.get(name, nothing), now.get(name, nothing)) for name in {**before, **now}}
    totals = [[pair[side] for pair in both.values()] for side in (0, 1)]
    if not all(sum(part.n for part in side) for side in totals):
        return
    effects = decomposition._effects(both, both)
    difference = decomposition._figure(totals[1]) - decomposition._figure(totals[0])
    assert sum((mix + rate for mix, rate in effects.values()), Fraction(0)) == difference


@settings(max_examples=30, deadline=None)
@given(periods, periods)
def test_turning_the_periods_round_turns_the_signs(before: dict[Category, Part], now: dict[Category, Part]) -> None:
    there, back = decompose(before, now, 1), decompose(now, before, 1)
    if there is None or back is None:
        assert there is back
        return
    backwards = {one.category: one for one in back.effects}
    for one in there.effects:
        assert one.mix == pytest.approx(-backwards[one.category].mix, abs=1e-12)
        assert one.rate == pytest.approx(-backwards[one.category].rate, abs=1e-12)


def test_a_moved_mix_is_no_change_of_levels() -> None:
    found = decompose(
        {"easy": share(90, 100), "hard": share(50, 100)},
        {"easy": share(45, 50), "hard": share(75, 150)},
        1,
    )
    assert found is not None
    assert found.rate == 0 and found.mix == pytest.approx(-0.1)
    assert found.before == pytest.approx(0.7) and found.now == pytest.approx(0.6)


def test_a_moved_level_is_no_change_of_mix() -> None:
    found = decompose({"a": share(800, 1000), "b": share(800, 1000)}, {"a": share(600, 1000), "b": share(800, 1000)}, 1)
    assert found is not None
    by_name = {one.category: one for one in found.effects}
    assert found.mix == 0 and by_name["a"].rate == pytest.approx(-0.1) and by_name["b"].rate == 0
    assert (by_name["a"].verdict, by_name["b"].verdict) == ("change", "cannot_tell")


def test_a_new_category_moves_the_mix_only() -> None:
    found = decompose({"old": share(90, 100)}, {"old": share(90, 100), "new": share(10, 100)}, 1)
    assert found is not None
    new = next(one for one in found.effects if one.category == "new")
    assert new.rate == 0 and new.level_before is None and new.mix < 0


def test_small_categories_stand_together() -> None:
    big: dict[Category, Part] = {"big": share(400, 800)}
    small: dict[Category, Part] = {f"s{number}": share(3, 6) for number in range(5)}
    found = decompose(big | small, big | small, 1)
    assert found is not None
    assert [one.category for one in found.effects] == ["big", OTHER]
    assert (found.merged, found.effects[1].n_now) == (5, 30)


def test_hidden_categories_never_stand_alone() -> None:
    parts: dict[Category, Part] = {name: share(50, 100) for name in "abc"}
    found = decompose(parts, parts, 1, together=frozenset("ab"))
    assert found is not None
    assert {one.category for one in found.effects} == {"c", OTHER}


def test_intervals_cover_the_planted_effects() -> None:
    dice = np.random.default_rng(3)
    shares, levels = np.array([[0.6, 0.4], [0.5, 0.5]]), np.array([[0.9, 0.7], [0.9, 0.6]])
    average = (shares * levels).sum(axis=1).mean()
    truth = {
        "mix": (shares[1] - shares[0]) * (levels.mean(axis=0) - average),
        "rate": shares.mean(axis=0) * (levels[1] - levels[0]),
    }
    covered = {"mix": 0, "rate": 0}
    for seed in range(400):
        both: list[dict[Category, Part]] = []
        for side in (0, 1):
            n = dice.multinomial(600, shares[side])
            both.append({"ab"[k]: share(int(dice.binomial(n[k], levels[side, k])), int(n[k])) for k in (0, 1)})
        found = decompose(both[0], both[1], seed)
        assert found is not None
        one = next(effect for effect in found.effects if effect.category == "b")
        for name, interval in (("mix", one.mix_interval), ("rate", one.rate_interval)):
            assert interval.low is not None and interval.high is not None
            covered[name] += interval.low <= truth[name][1] <= interval.high
    assert all(0.92 <= count / 400 <= 0.98 for count in covered.values()), covered
