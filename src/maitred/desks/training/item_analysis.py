"""Which questions of a quiz tell something: difficulty, discrimination, distractors, and how far the score is reliable.

Classical test theory on the first attempt of each person (later ones have seen the questions): difficulty is the share
who were right, with the Wilson interval; discrimination is the corrected item-total correlation, that of the item with
the sum of all the others, with the Fisher interval; reliability is KR-20 with the interval of Feldt (1965). Under
``FEWEST`` people nothing but counts is told, and a remark needs an interval that says it as a whole.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from maitred.desks.training.marking import Answer, Question
from maitred.metrics.intervals import wilson

FEWEST = 20
"""People below which a quiz is not judged."""
EASY, HARD = 0.95, 0.30
WEAK = 0.20
_Z = 1.959964

Remark = Literal["too_few", "key_suspect", "too_easy", "too_hard", "weak", "fine", "cannot_tell"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one person answered, and of each question whether it was right."""

    answers: Mapping[str, Answer]
    right: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Bounded:
    """A value with its interval of 95 per cent."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Taken:
    """How many chose an answer, and the mean share of the other questions that they had right."""

    key: str
    right: bool
    n: int
    others: float | None


@dataclass(frozen=True, slots=True)
class ItemFound:
    """One question. ``discrimination`` is None where everybody, or nobody, was right, or too few answered."""

    key: str
    n: int
    right: int
    difficulty: Bounded | None
    discrimination: Bounded | None
    taken: tuple[Taken, ...]
    unused: tuple[str, ...]
    remark: Remark


@dataclass(frozen=True, slots=True)
class Analysis:
    """A quiz: its people, its questions in their order, and its reliability where it can be computed."""

    n: int
    needed: int
    items: tuple[ItemFound, ...]
    reliability: Bounded | None


def analysed(questions: Sequence[Question], sheets: Sequence[Sheet]) -> Analysis:
    """What the first attempts of people say about the questions.

    Parameters
    ----------
    questions
        The questions of the quiz.
    sheets
        One for each person.
    """
    n = len(sheets)
    enough = n >= FEWEST
    table = [[1 if sheet.right.get(one.key) else 0 for one in questions] for sheet in sheets]
    items = tuple(_item(one, place, table, sheets, enough) for place, one in enumerate(questions))
    return Analysis(n, FEWEST, items, kr20(table) if enough else None)


def kr20(table: Sequence[Sequence[int]]) -> Bounded | None:
    """Kuder and Richardson's formula 20 of a table of people by items, with Feldt's interval.

    None with fewer than two items or two people, or where all have the same sum.
    """
    n, k = len(table), len(table[0]) if table else 0
    if n < 2 or k < 2:
        return None
    sums = [sum(row) for row in table]
    spread = _variance(sums)
    if spread <= 0:
        return None
    shares = [sum(row[place] for row in table) / n for place in range(k)]
    value = k / (k - 1) * (1 - sum(p * (1 - p) for p in shares) / spread)
    from scipy.stats import f

    free = (n - 1, (n - 1) * (k - 1))
    above, below = float(f.ppf(0.975, *free)), float(f.ppf(0.025, *free))
    return Bounded(value, 1 - (1 - value) * above, 1 - (1 - value) * below)


def correlation(one: Sequence[float], other: Sequence[float]) -> Bounded | None:
    """Pearson's correlation with Fisher's interval; None with fewer than four pairs or where one does not vary."""
    n = len(one)
    if n < 4:
        return None
    a, b = sum(one) / n, sum(other) / n
    spread = math.sqrt(sum((x - a) ** 2 for x in one) * sum((y - b) ** 2 for y in other))
    if spread <= 0:
        return None
    value = max(-1.0, min(1.0, sum((x - a) * (y - b) for x, y in zip(one, other, strict=True)) / spread))
    middle = math.atanh(max(-0.999999, min(0.999999, value)))
    half = _Z / math.sqrt(n - 3)
    return Bounded(value, min(value, math.tanh(middle - half)), max(value, math.tanh(middle + half)))


def _item(
    question: Question, place: int, table: Sequence[Sequence[int]], sheets: Sequence[Sheet], enough: bool
) -> ItemFound:
    own = [row[place] for row in table]
    rest = [sum(row) - row[place] for row in table]
    right = sum(own)
    difficulty = discrimination = None
    if enough:
        found = wilson(right, len(own))
        difficulty = Bounded(right / len(own), found.low or 0.0, 1.0 if found.high is None else found.high)
        discrimination = correlation(own, rest)
    others = len(table[0]) - 1 if table else 0
    taken = _taken(question, sheets, rest, others)
    unused = tuple(one.key for one in taken if not one.n and not one.right) if enough else ()
    return ItemFound(
        question.key, len(own), right, difficulty, discrimination, taken, unused,
        _remark(enough, difficulty, discrimination),
    )  # fmt: skip


def _taken(question: Question, sheets: Sequence[Sheet], rest: Sequence[int], others: int) -> tuple[Taken, ...]:
    counts, sums = Counter[str](), Counter[str]()
    for sheet, had in zip(sheets, rest, strict=True):
        for key in set(sheet.answers.get(question.key, ())):
            counts[key] += 1
            sums[key] += had
    return tuple(
        Taken(one.key, one.right, counts[one.key],
              sums[one.key] / counts[one.key] / others if counts[one.key] and others else None)
        for one in question.choices
    )  # fmt: skip


def _remark(enough: bool, difficulty: Bounded | None, discrimination: Bounded | None) -> Remark:
    """The most pressing thing that the intervals say as a whole."""
    if not enough or difficulty is None:
        return "too_few"
    if discrimination is not None and discrimination.high < 0:
        return "key_suspect"
    if difficulty.low > EASY:
        return "too_easy"
    if difficulty.high < HARD:
        return "too_hard"
    if discrimination is None:
        return "cannot_tell"
    if discrimination.high < WEAK:
        return "weak"
    return "fine" if discrimination.low > 0 else "cannot_tell"


def _variance(values: Sequence[int]) -> float:
    mean = sum(values) / len(values)
    return sum((one - mean) ** 2 for one in values) / len(values)
