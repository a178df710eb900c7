"""Reviews simulated with known agents, reviewers and tickets: what is told about them has to be true."""

from __future__ import annotations

import numpy as np
import pytest

from maitred.insight import agreement
from maitred.insight.reviewing import Reviewed, reviewed

A, B, C = 5.0, 8.0, 12.0


def _world(
    seed: int, agents: int = 20, raters: int = 4, each: int = 12, spreads: tuple[float, float, float] = (A, B, C)
) -> tuple[list[tuple[str, str, float]], np.ndarray, np.ndarray]:
    """Reviews of a crossed draw, with the agents' and reviewers' true shifts."""
    draw = np.random.default_rng(seed)
    own, strict = draw.normal(0, spreads[0], agents), draw.normal(0, spreads[1], raters)
    rows = [
        (f"a{agent:02}", f"r{(one + agent) % raters}",
         float(80 + own[agent] + strict[(one + agent) % raters] + draw.normal(0, spreads[2])))
        for agent in range(agents)
        for one in range(each)
    ]  # fmt: skip
    return rows, own, strict


def _levels(found: Reviewed) -> np.ndarray:
    assert found.people is not None
    return np.array([[one.level.value, one.level.low, one.level.high] for one in found.people.values()])


def _judged(seeds: range, agents: int = 20, each: int = 12) -> dict[str, float]:
    inside, severe, beats, agent, rest = [], [], [], [], []
    for seed in seeds:
        rows, own, strict = _world(seed, agents, each=each)
        found = reviewed(rows)
        assert found.severity is not None and found.agent is not None and found.ticket is not None
        truth, told = 80 + own + strict.mean(), _levels(found)
        inside.append(np.mean((told[:, 1] <= truth) & (truth <= told[:, 2])))
        shift = strict - strict.mean()
        severe.append(np.mean([
            one.low <= shift[place] <= one.high for place, one in enumerate(found.severity.values())
        ]))  # fmt: skip
        raw = np.array([np.mean([s for a, _, s in rows if a == f"a{n:02}"]) for n in range(len(own))])
        beats.append(np.abs(told[:, 0] - truth).mean() <= np.abs(raw - truth).mean())
        agent.append(found.agent.low <= A <= found.agent.high)
        rest.append(found.ticket.value)
    return {
        "inside": float(np.mean(inside)), "severity": float(np.mean(severe)), "beats": float(np.mean(beats)),
        "agent": float(np.mean(agent)), "rest": float(np.mean(rest)),
    }  # fmt: skip


def test_levels_severity_and_spreads_lie_in_their_intervals_and_beat_raw_means() -> None:
    found = _judged(range(30))
    assert 0.92 <= found["inside"] <= 0.985
    assert 0.90 <= found["severity"] <= 1.0
    assert found["beats"] >= 0.7
    assert found["agent"] >= 0.9
    assert abs(found["rest"] - C) < 0.4


@pytest.mark.slow
def test_many_worlds_cover_95_percent() -> None:
    found = _judged(range(1_000, 1_300))
    assert 0.935 <= found["inside"] <= 0.965
    assert 0.93 <= found["severity"] <= 0.975


def test_with_the_usual_five_reviews_adjusted_levels_beat_raw_means_nearly_always() -> None:
    assert _judged(range(60), each=5, agents=24)["beats"] >= 0.95


def _measured(n: int, agents: int, seed: int, raters: int | None = None) -> float:
    """Reliability of means of ``n`` reviews: the squared correlation with what agents truly are."""
    draw = np.random.default_rng(seed)
    own = draw.normal(0, A, agents)
    if raters is None:
        strict = draw.normal(0, B, (agents, n))
    else:
        strict = draw.normal(0, B, (agents, raters))[:, np.arange(n) % raters]
    means = (own[:, None] + strict + draw.normal(0, C, (agents, n))).mean(axis=1)
    return float(np.corrcoef(own, means)[0, 1] ** 2)


@pytest.mark.parametrize(("wanted", "raters"), [(0.5, None), (0.7, None), (0.8, None), (0.5, 6), (0.6, 8)])
def test_the_number_of_reviews_that_is_named_gives_the_wanted_reliability(wanted: float, raters: int | None) -> None:
    needed = agreement.needed(wanted, agent_sd=A, rater_sd=B, ticket_sd=C, raters=raters)
    assert needed.n is not None
    assert abs(_measured(needed.n, 4_000, 7, raters) - wanted) <= 0.05


@pytest.mark.slow
def test_the_named_number_holds_for_many_wishes() -> None:
    for seed, wanted in enumerate(np.linspace(0.4, 0.9, 11)):
        needed = agreement.needed(float(wanted), agent_sd=A, rater_sd=B, ticket_sd=C)
        assert needed.n is not None
        found = _measured(needed.n, 20_000, seed)
        assert abs(found - wanted) <= 0.05
        told = agreement.reliability_of(needed.n, agent_sd=A, rater_sd=B, ticket_sd=C)
        assert abs(found - told) <= 0.02


def test_the_reliability_that_is_told_is_about_the_true_one() -> None:
    told = []
    for seed in range(20):
        people = reviewed(_world(seed, agents=40, raters=8, each=16)[0]).people
        assert people is not None
        told.append(np.mean([one.reliability.value for one in people.values()]))
    true = A**2 / (A**2 + B**2 / 8 + C**2 / 16)
    assert abs(float(np.mean(told)) - true) <= 0.05


def test_people_who_do_not_differ_are_one_group_and_very_different_ones_are_not() -> None:
    same = reviewed(_world(1, spreads=(0.0, 5.0, 10.0))[0])
    assert same.groups == (tuple(f"a{n:02}" for n in range(20)),)
    far = reviewed(_world(2, agents=6, each=40, spreads=(25.0, 5.0, 5.0))[0])
    assert len(far.groups) > 1


def test_a_strict_reviewer_of_one_half_does_not_make_that_half_worse() -> None:
    draw = np.random.default_rng(5)
    rows = []
    for agent in range(20):
        for one in range(20):
            strict = one % 20 < (14 if agent < 10 else 6)
            rows.append((f"a{agent:02}", "strict" if strict else "mild", 80 - 20 * strict + float(draw.normal(0, 6))))
    found = reviewed(rows)
    levels = _levels(found)[:, 0]
    raw = [np.mean([s for a, _, s in rows if a == f"a{n:02}"]) for n in range(20)]
    assert np.mean(raw[:10]) < np.mean(raw[10:]) - 6
    assert abs(levels[:10].mean() - levels[10:].mean()) < 1.0
    assert found.severity is not None and found.severity["strict"].high < -7 < 7 < found.severity["mild"].low


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([], "0 reviews, 30 are needed"),
        ([("a", "r", 80.0)] * 29, "29 reviews"),
        ([(f"a{n % 3}", f"r{n % 2}", float(n)) for n in range(40)], "3 people were reviewed"),
        ([(f"a{n % 8}", "r", float(n)) for n in range(40)], "a second one is needed"),
        ([(f"a{n % 8}", f"r{n % 8 % 2}", float(n)) for n in range(40)], "share too few people"),
        ([(f"a{n % 8}", f"r{n % 3}", 80.0) for n in range(48)], "the same score"),
    ],
)
def test_what_cannot_be_told_says_why(rows: list[tuple[str, str, float]], says: str) -> None:
    found = reviewed(rows)
    assert says in found.why
    assert found.people is None
