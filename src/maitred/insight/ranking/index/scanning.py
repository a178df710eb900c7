"""A query as the flat arrays that the kernel reads, and one scan over any columns that lie like a segment's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from maitred.insight.ranking.index import kernel
from maitred.insight.ranking.index.layout import HIDDEN, WORDS, Rows
from maitred.insight.ranking.scoring import tables
from maitred.insight.ranking.scoring.asked import SETS, Asked

EPOCH = date(1970, 1, 1)
FEWEST_IN_RUN = 12
MOST_PARTS = 4_000
_SCORED = ("role", "place", "years", "lead_years", "education", "team_size", "recency", *SETS)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the kernel is handed of a query; the same for every segment."""

    place_values: np.ndarray
    asks: np.ndarray
    weights: np.ndarray
    items: np.ndarray
    means: np.ndarray
    filters: np.ndarray
    modes: np.ndarray
    filter_roles: np.ndarray
    filter_places: np.ndarray


@dataclass(slots=True)
class Best:
    """What a scan gathers: the best, the best of whom a must cannot be told, and the counts."""

    scores: np.ndarray
    ties: np.ndarray
    rows: np.ndarray
    open_scores: np.ndarray
    open_ties: np.ndarray
    open_rows: np.ndarray
    counts: np.ndarray
    removed: np.ndarray

    @classmethod
    def of(cls, limit: int, open_limit: int, groups: int) -> Best:
        """Room for so many."""
        one, other = max(1, limit), max(1, open_limit)
        return cls(*(np.zeros(n, np.int64) for n in (one, one, one, other, other, other, 4, groups)))

    def ranked(self) -> list[tuple[int, int, int]]:
        """Score, tie and row of the best, in their order."""
        return _in_order(self.scores, self.ties, self.rows, int(self.counts[0]))

    def open_ranked(self) -> list[tuple[int, int, int]]:
        """The same of those of whom a must cannot be told."""
        return _in_order(self.open_scores, self.open_ties, self.open_rows, int(self.counts[1]))


def prepared(asked: Asked, as_of: date) -> Prepared:
    """The arrays of a query."""
    sets = {name: place for place, name in enumerate(SETS)}
    items = [(sets[one.feature], one.group, one.dated, one.listed, one.bit) for one in asked.items]
    asks = (
        asked.support_months, asked.total_months, asked.lead_months, asked.education, asked.equivalent_months,
        asked.team_size, int(asked.place_values is not None), int(asked.remote), days(as_of),
    )  # fmt: skip
    no_place = np.full(1, tables.UNKNOWN_PLACE, np.int16)
    filters = [(one.group, int(one.kind), one.a, one.b, one.c, one.d) for one in asked.filters]
    return Prepared(
        _fixed(no_place if asked.place_values is None else asked.place_values),
        _fixed(np.array(asks, np.int64)),
        _fixed(np.array([asked.weight(name) for name in _SCORED], np.int64)),
        _fixed(np.array(items, np.int64).reshape(-1, 5)),
        _fixed(_means(asked)),
        _fixed(np.array(filters, np.int64).reshape(-1, 6)),
        _fixed(np.array(asked.modes, np.int64)),
        _fixed(asked.filter_roles),
        _fixed(asked.filter_places),
    )


def days(day: date) -> int:
    """Days since 1970, as the column of days to hide after counts them."""
    return (day - EPOCH).days


def _means(asked: Asked) -> np.ndarray:
    """Of each set, the mean for every sum of values, counted in the unit of which all values are multiples."""
    groups = [len({one.group for one in asked.items if one.feature == name}) for name in SETS]
    width = tables.FULL // kernel.UNIT * max(groups) + 1
    found = np.zeros((len(SETS), width), np.int64)
    for place, count in enumerate(groups):
        if count:
            found[place] = np.arange(width) * kernel.UNIT // count
    return found


def blocks_for(stretches: np.ndarray, asked: Asked, as_of: date, runs: np.ndarray) -> np.ndarray:
    """The parts of a segment that are looked through, those that can score most first.

    Parameters
    ----------
    stretches
        Of each role's block: role, first row, end, first run, last run, the first day on which one of it hides.

    Returns
    -------
    numpy.ndarray
        Each part is a role's block, or what of it lives near, farther or far from the place asked for: role, first row,
        end, value of the role, whether it leads, highest and lowest value of the place, whether nobody is hidden.
    """
    values = asked.role_values
    worth = np.zeros(len(stretches), np.int64) if values is None else values[stretches[:, 0]]
    if values is not None:
        stretches, worth = stretches[worth > 0], worth[worth > 0]
    parts = _cut(stretches, asked, runs)
    block = parts[:, 0]
    role = stretches[block, 0]
    seen = stretches[block, 5] >= days(as_of)
    columns = (role, parts[:, 1], parts[:, 2], worth[block], tables.leading()[role], parts[:, 3], parts[:, 4], seen)
    made = np.stack([np.asarray(one, np.int64) for one in columns], axis=1)
    most = asked.weight("role") * made[:, 3] + asked.weight("place") * made[:, 5]
    return _fixed(made[np.argsort(-most, kind="stable")])


def _cut(stretches: np.ndarray, asked: Asked, runs: np.ndarray) -> np.ndarray:
    """Block, first row, end, highest and lowest value of the place; whole blocks where cutting would not pay."""
    whole = np.zeros((len(stretches), 5), np.int64)
    whole[:, 0] = np.arange(len(stretches))
    whole[:, 1:3] = stretches[:, 1:3]
    whole[:, 3] = tables.FULL
    count = int(np.sum(stretches[:, 4] - stretches[:, 3]))
    rows = int(np.sum(stretches[:, 2] - stretches[:, 1]))
    if asked.place_values is None or asked.remote or count > max(64, rows // FEWEST_IN_RUN):
        return whole
    made = np.empty((MOST_PARTS, 5), np.int64)
    parts = kernel.cut(_fixed(stretches[:, 1:5]), runs, asked.place_values, made)
    return made[:parts] if parts >= 0 else whole


def stretches_of(blocks: Sequence[tuple[int, int, int]], until: Sequence[int], runs: np.ndarray) -> np.ndarray:
    """Of each role's block: role, first row, end, first run, last run, the first day on which one of it hides."""
    found = np.array(blocks, np.int64).reshape(-1, 3)
    places = np.searchsorted(runs[1], found[:, 1:3])
    return np.concatenate([found, places, np.array(until, np.int64).reshape(-1, 1)], axis=1)


def scan(rows: Rows, blocks: np.ndarray, query: Prepared, best: Best, base: int = 0) -> None:
    """Look through blocks of rows and gather the best."""
    columns = (
        "role_p", "months_support", "months_total", "months_lead", "months_since_support", "city", "remote_ok",
        "education", "team_size", WORDS, "tie", HIDDEN,
    )  # fmt: skip
    kernel.scan(
        *(rows[name] for name in columns), blocks, query.place_values, query.asks, query.weights, query.items,
        query.means, query.filters, query.modes, query.filter_roles, query.filter_places, base, best.scores, best.ties,
        best.rows, best.open_scores, best.open_ties, best.open_rows, best.counts, best.removed,
    )  # fmt: skip


def _in_order(scores: np.ndarray, ties: np.ndarray, rows: np.ndarray, size: int) -> list[tuple[int, int, int]]:
    order: Sequence[int] = np.lexsort((ties[:size], -scores[:size])).tolist()
    return [(int(scores[place]), int(ties[place]), int(rows[place])) for place in order]


def _fixed(found: np.ndarray) -> np.ndarray:
    made = np.ascontiguousarray(found)
    made = made.view()
    made.setflags(write=False)
    return made
