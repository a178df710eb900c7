"""Do people who judge the same things agree, and how many judgements make a score reliable?

Krippendorff's alpha for any number of coders, missing values and four levels of measurement: ``1 - Do / De`` over the
coincidence matrix (Krippendorff, *Content Analysis*, 2004, ch. 11), with a percentile interval from drawing whole units
again. Reliability of a mean of reviews: ``R = A² / (A² + B² / k + C² / n)`` with the spreads of agents, raters
and tickets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from maitred.base.errors import BadInput, Invalid, UsageError

Level = Literal["nominal", "ordinal", "interval", "ratio"]
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio")
Floats: TypeAlias = NDArray[np.float64]
DRAWS = 2_000
_SEED = 20_260_301
_BLOCK = 250


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far coders agree.

    Attributes
    ----------
    alpha
        1: always; 0: as by chance; below: less than by chance. None where the values do not differ at all, or no unit
        has two of them: agreement cannot be told then.
    low, high
        The 95 % interval; None where ``alpha`` is, or where fewer than two units can be drawn from.
    units, values
        Units with two values or more, and the values in them.
    """

    alpha: float | None
    low: float | None
    high: float | None
    units: int
    values: int


@dataclass(frozen=True, slots=True)
class Needed:
    """So many reviews give the wanted reliability; None where no number of them does."""

    n: int | None
    reachable: bool


def alpha(judgements: Sequence[tuple[str, str, str]], level: Level) -> Agreement:
    """Krippendorff's alpha of judgements ``(unit, coder, value)``; an empty value is a missing one.

    Raises
    ------
    BadInput
        A coder judged a unit twice, or a value is no number where the level needs one (above 0 for ``ratio``); names
        the row, counted from 1.

    Examples
    --------
    >>> alpha([("a", "x", "1"), ("a", "y", "1"), ("b", "x", "2"), ("b", "y", "2")], "nominal").alpha
    1.0
    """
    rows = _by_unit(judgements, level)
    words = sorted({value for values in rows.values() for value in values})
    paired = [values for values in rows.values() if len(values) > 1]
    place = {word: number for number, word in enumerate(words)}
    counts = np.zeros((len(paired), len(words)))
    for unit, values in enumerate(paired):
        for value in values:
            counts[unit, place[value]] += 1
    held = int(counts.sum())
    found = _alphas(counts[None], words, level)[0] if len(paired) else np.nan
    if not np.isfinite(found):
        return Agreement(None, None, None, len(paired), held)
    low, high = _interval(counts, words, level) if len(paired) > 1 else (None, None)
    return Agreement(float(found), low, high, len(paired), held)


def _by_unit(judgements: Sequence[tuple[str, str, str]], level: Level) -> Mapping[str, list[str | float]]:
    """The values of each unit, in the order in which units come."""
    if level not in LEVELS:
        raise UsageError(f"--level {level!r} is no level of measurement", f"use {', '.join(LEVELS)}")
    rows: dict[str, list[str | float]] = {}
    met: set[tuple[str, str]] = set()
    for number, (unit, coder, text) in enumerate(judgements, 1):
        if not text.strip():
            continue
        if (unit, coder) in met:
            raise BadInput(f"row {number}: coder {coder} judged unit {unit} twice", "keep one of the two")
        met.add((unit, coder))
        rows.setdefault(unit, []).append(text if level == "nominal" else _number(text, number, level))
    return rows


def _number(text: str, row: int, level: Level) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise BadInput(f"row {row}, field value: {text!r} is no number", f"level {level} needs numbers")
    if level == "ratio" and value < 0:
        raise BadInput(f"row {row}, field value: {text} is below 0", "a ratio scale has none; use level interval")
    return value


def _alphas(counts: Floats, words: Sequence[str | float], level: Level) -> Floats:
    """Alpha of each draw; ``counts`` of shape (draws, units, values) says how often each value was given to a unit."""
    there = counts.sum(axis=2, keepdims=True)
    weights = np.divide(1.0, there - 1, out=np.zeros_like(there), where=there > 1)
    coincidences = np.einsum("dui,duj->dij", counts * weights, counts)
    diagonal = np.einsum("dui->di", counts * weights)
    spots = np.arange(counts.shape[2])
    coincidences[:, spots, spots] -= diagonal
    totals = coincidences.sum(axis=2)
    n = totals.sum(axis=1)
    distances = _distances(totals, words, level)
    observed = (coincidences * distances).sum(axis=(1, 2))
    expected = (totals[:, :, None] * totals[:, None, :] * distances).sum(axis=(1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = 1 - (n - 1) * observed / expected
    return found


def _distances(totals: Floats, words: Sequence[str | float], level: Level) -> Floats:
    """Squared differences between values; shape (draws or 1, values, values)."""
    if level == "nominal":
        different: Floats = (~np.eye(len(words), dtype=bool)).astype(np.float64)[None]
        return different
    if level == "ordinal":
        ranks = np.cumsum(totals, axis=1) - totals / 2
        between: Floats = (ranks[:, :, None] - ranks[:, None, :]) ** 2
        return between
    values = np.array(words, np.float64)
    difference = values[:, None] - values[None, :]
    if level == "ratio":
        sums = values[:, None] + values[None, :]
        difference = np.divide(difference, sums, out=np.zeros_like(difference), where=sums > 0)
    squared: Floats = (difference**2)[None]
    return squared


def _interval(counts: Floats, words: Sequence[str | float], level: Level) -> tuple[float | None, float | None]:
    draw = np.random.default_rng(_SEED)
    parts = []
    for _ in range(DRAWS // _BLOCK):
        chosen = draw.integers(0, len(counts), (_BLOCK, len(counts)))
        parts.append(_alphas(counts[chosen], words, level))
    found = np.concatenate(parts)
    found = np.where(np.isfinite(found), found, 1.0)  # a draw in which nothing differs agrees
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def needed(
    reliability: float, *, agent_sd: float, rater_sd: float, ticket_sd: float, raters: int | None = None
) -> Needed:
    """Reviews of one agent that give their mean a reliability; each by a new rater unless ``raters`` share them.

    Raises
    ------
    UsageError
        A number is not possible; names the flag.

    Examples
    --------
    >>> needed(0.8, agent_sd=5, rater_sd=10, ticket_sd=15)
    Needed(n=52, reachable=True)
    """
    if not 0 < reliability < 1:
        raise UsageError(f"--reliability {reliability} is not between 0 and 1", "give a share such as 0.8")
    if not agent_sd > 0:
        raise UsageError(f"--agent-sd {agent_sd} is not above 0", "agents who do not differ cannot be told apart")
    for flag, spread in (("--rater-sd", rater_sd), ("--ticket-sd", ticket_sd)):
        if not spread >= 0:
            raise UsageError(f"{flag} {spread} is below 0", "give a standard deviation")
    if raters is not None and raters < 1:
        raise UsageError(f"--raters {raters} is no number of raters", "give 1 or more")
    agents, rater, ticket = agent_sd**2, rater_sd**2, ticket_sd**2
    room = agents * (1 - reliability) / reliability
    """What of the error's variance is allowed."""
    everybody_new = max(ceil(round((rater + ticket) / room, 9)), 1)
    if raters is None or everybody_new <= raters:
        return Needed(everybody_new, True)
    left = room - rater / raters
    if left < 0 or (left == 0 and ticket > 0):
        return Needed(None, False)
    return Needed(max(ceil(round(ticket / left, 9)), raters) if ticket else raters, True)


def reliability_of(n: int, *, agent_sd: float, rater_sd: float, ticket_sd: float, raters: int | None = None) -> float:
    """How reliable the mean of ``n`` reviews is, 0 to 1.

    Raises
    ------
    Invalid
        There is no review.
    """
    if n < 1:
        raise Invalid("no review, no reliability", "review something first")
    k = n if raters is None else min(raters, n)
    agents = agent_sd**2
    error = sqrt(rater_sd**2 / k + ticket_sd**2 / n) ** 2
    return agents / (agents + error) if agents + error else 0.0
