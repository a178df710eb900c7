"""Draws are reproducible, follow their distributions, and no two purposes know of each other."""

from __future__ import annotations

import math

import numpy as np
import pytest

from maitred.floor.streams import Purpose, exponential, finish, mix64, normals, uniform, uniforms

GAMMA = 0x9E3779B97F4A7C15
N = 20_000
NUMBERS = np.arange(N, dtype=np.uint64)


def test_the_mixer_gives_the_published_numbers_of_splitmix64() -> None:
    states = [(1234567 + (step + 1) * GAMMA) % 2**64 for step in range(5)]
    assert [int(finish(np.uint64(state))) for state in states] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_equal_words_give_equal_numbers_and_any_other_word_another() -> None:
    words = {
        int(mix64(np.uint64(seed), purpose, a, b))
        for seed in (1, 2)
        for purpose in (1, 2)
        for a in (0, 1, 2**40)
        for b in (0, 1)
    }
    assert len(words) == 24
    assert int(mix64(np.uint64(1), 2, 3, 4)) == int(mix64(np.uint64(1), 2, 3, 4))


def test_no_two_purposes_are_correlated_for_equal_keys() -> None:
    table = np.stack([uniforms(np.uint64(42), int(purpose), NUMBERS, 0) for purpose in Purpose])
    r = np.atleast_2d(np.corrcoef(table))[np.triu_indices(len(Purpose), 1)]
    assert len(r) == len(Purpose) * (len(Purpose) - 1) // 2
    assert np.abs(r).max() < 4 / math.sqrt(N)


def test_neighbouring_seeds_keys_and_numbers_are_not_correlated() -> None:
    base = uniforms(np.uint64(42), 5, NUMBERS, 0)
    others = [
        uniforms(np.uint64(43), 5, NUMBERS, 0),
        uniforms(np.uint64(42), 5, NUMBERS + np.uint64(1), 0),
        uniforms(np.uint64(42), 5, NUMBERS, 1),
        uniforms(np.uint64(42), 5, NUMBERS << np.uint64(40), 0),
    ]
    for other in others:
        assert abs(np.corrcoef(base, other)[0, 1]) < 4 / math.sqrt(N)


def test_uniform_numbers_fill_their_interval_evenly() -> None:
    drawn = uniforms(np.uint64(7), int(Purpose.THIN), np.arange(200_000, dtype=np.uint64), 3)
    assert drawn.min() > 0.0
    assert drawn.max() < 1.0
    counts = np.bincount((drawn * 100).astype(int), minlength=100)
    square = float(((counts - 2000.0) ** 2 / 2000.0).sum())
    assert square < 99 + 4 * math.sqrt(2 * 99)
    assert drawn.mean() == pytest.approx(0.5, abs=4 * math.sqrt(1 / 12 / 200_000))


def test_normal_numbers_have_the_moments_of_their_distribution() -> None:
    drawn = normals(np.uint64(7), int(Purpose.EFFORT), np.arange(200_000, dtype=np.uint64), 0)
    moments = [float((drawn**power).mean()) for power in (1, 2, 3, 4)]
    spread = [1.0, 2.0, 15.0, 96.0]
    for found, exact, variance in zip(moments, (0.0, 1.0, 0.0, 3.0), spread, strict=True):
        assert found == pytest.approx(exact, abs=4 * math.sqrt(variance / 200_000))


def test_exponential_numbers_have_the_moments_of_their_distribution() -> None:
    drawn = np.array([exponential(np.uint64(7), int(Purpose.PATIENCE), key, 0) for key in range(50_000)])
    assert drawn.min() > 0
    assert drawn.mean() == pytest.approx(1.0, abs=4 / math.sqrt(50_000))
    assert (drawn**2).mean() == pytest.approx(2.0, abs=4 * math.sqrt(20 / 50_000))


def test_an_array_of_keys_draws_what_each_key_draws() -> None:
    drawn = uniforms(np.uint64(3), int(Purpose.BOT), np.array([5, 9], np.uint64), 2)
    assert drawn.tolist() == [uniform(np.uint64(3), int(Purpose.BOT), key, 2) for key in (5, 9)]


def test_purposes_keep_their_numbers() -> None:
    assert [int(Purpose.ARRIVAL), int(Purpose.ORGANISATION)] == [1, 34]
    assert len({int(purpose) for purpose in Purpose}) == len(Purpose)
