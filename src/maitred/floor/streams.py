"""Random numbers by purpose: each draw is a function of seed, purpose and the identity of what it is for.

There is no generator with a state, so a change of one lever leaves every other draw as it was (common random numbers),
and results do not depend on the order of events. The mixer is SplitMix64 (Steele, Lea, Flood 2014), which absorbs one
word after another.
"""

from __future__ import annotations

import math
from enum import IntEnum

import numba as nb
import numpy as np
from numpy.typing import NDArray


class Purpose(IntEnum):
    """What a draw is for; append-only, a number is part of every world's result."""

    ARRIVAL = 1
    THIN = 2
    TOPIC = 3
    PRIORITY = 4
    LANGUAGE = 5
    EFFORT = 6
    PATIENCE = 7
    EXCHANGES = 8
    CUSTOMER_REPLY_DELAY = 9
    REOPEN = 10
    ESCALATE = 11
    RATE_OFFER = 12
    RATE_ANSWER = 13
    RATE_SCORE = 14
    CHURN = 15
    SHIFT_NOISE = 16
    ABSENCE = 17
    BREAK_JITTER = 18
    AGENT_CHOICE = 19
    TAG_ERROR = 20
    TEXT = 21
    PII = 22
    BOT = 23
    INCIDENT_TARGET = 24
    CUSTOMER = 25
    OUTCOME = 26
    TRANSFER = 27
    DAY_FACTOR = 28
    PARK = 29
    NO_REPLY = 30
    RECONTACT = 31
    CHILD = 32
    DATA_FAULT = 33
    ORGANISATION = 34


_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 1.0 / 9007199254740992.0


@nb.njit(cache=True, inline="always")
def finish(word: np.uint64) -> np.uint64:
    """The output function of SplitMix64."""
    word = (word ^ (word >> _S30)) * _M1
    word = (word ^ (word >> _S27)) * _M2
    return word ^ (word >> _S31)


@nb.njit(cache=True, inline="always")
def mix64(seed: np.uint64, purpose: int, a: int, b: int) -> np.uint64:
    """64 random bits for (seed, purpose, a, b)."""
    word = finish(np.uint64(seed) + _GAMMA)
    word = finish((word ^ np.uint64(purpose)) + _GAMMA)
    word = finish((word ^ np.uint64(a)) + _GAMMA)
    return finish((word ^ np.uint64(b)) + _GAMMA)


@nb.njit(cache=True, inline="always")
def unit(word: np.uint64) -> float:
    """A number strictly between 0 and 1, from the upper 53 bits."""
    return (float(word >> _S11) + 0.5) * _UNIT


@nb.njit(cache=True, inline="always")
def uniform(seed: np.uint64, purpose: int, a: int, b: int) -> float:
    """Uniform in (0, 1)."""
    return unit(mix64(seed, purpose, a, b))


@nb.njit(cache=True, inline="always")
def exponential(seed: np.uint64, purpose: int, a: int, b: int) -> float:
    """Exponential with mean 1."""
    return -math.log(uniform(seed, purpose, a, b))


@nb.njit(cache=True, inline="always")
def normal(seed: np.uint64, purpose: int, a: int, b: int) -> float:
    """Standard normal by Box and Muller, from one word mixed on once more."""
    first = mix64(seed, purpose, a, b)
    second = finish(first + _GAMMA)
    return math.sqrt(-2.0 * math.log(unit(first))) * math.cos(2.0 * math.pi * unit(second))


@nb.njit(cache=True)
def uniforms(seed: np.uint64, purpose: int, a: NDArray[np.uint64], b: int) -> NDArray[np.float64]:
    """``uniform`` over an array of identities."""
    drawn = np.empty(len(a))
    for place in range(len(a)):
        drawn[place] = uniform(seed, purpose, a[place], b)
    return drawn


@nb.njit(cache=True)
def normals(seed: np.uint64, purpose: int, a: NDArray[np.uint64], b: int) -> NDArray[np.float64]:
    """``normal`` over an array of identities."""
    drawn = np.empty(len(a))
    for place in range(len(a)):
        drawn[place] = normal(seed, purpose, a[place], b)
    return drawn
