"""What a reader of counts only is given: figures without the cells that few people stand behind, and coarse numbers.

Three rules. A cell with fewer people than the minimum is hidden; one such cell beside visible ones takes the next
smallest with it, so that it is not the rest of a total. What a filter picks is judged like a cut by the same dimension,
so it opens nothing that the cut hides. And counts are multiples of a number, other values as coarse as their intervals
warrant, so that one ticket more or less rarely shows.

All functions are pure. Not covered: periods that differ by few days, and totals that are cells of another table by
accident; there only the coarse numbers stand between a reader and a difference.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import TypeAlias, TypeVar

from maitred.metrics.results import Difference, Result, Row
from maitred.metrics.scope import Scope

T = TypeVar("T")
Cell: TypeAlias = "tuple[str | None, ...]"
Table: TypeAlias = "dict[Cell, int]"
"""Cells and the people behind each, as the bits of a number."""

_STEPS = {"share": 0.01, "nps": 1.0}
_STEPS_OF_UNITS = {"seconds": 60.0}
_SMALL_STEP = 0.1
_ADDITIVE = ("share", "mean", "nps")
_CLUSTERS = re.compile(r", \d+ clusters")
NEIGHBOUR = "with the total and the rest, the one cell that has too little data could be told"


def disclosed(result: Result, scope: Scope, hidden: Collection[Cell], hidden_before: Collection[Cell] = ()) -> Result:
    """A result as a scope of counts only may have it.

    Parameters
    ----------
    hidden, hidden_before
        Dimension values of the cells to hide, in the period and in the one compared with (see ``hidden_cells``).
    """
    reason = f"fewer than {scope.minimum_people} people, here or in the only other cell that would be hidden"
    rows = []
    for row in result.rows:
        cell = tuple(row.by.values())
        if cell in hidden:
            rows.append(_silenced(row, reason))
        else:
            shown = coarse(row, result.unit, scope.round_counts_to)
            rows.append(_without_past(shown, reason) if cell in hidden_before else shown)
    return replace(result, rows=tuple(_beside_small(rows)))


def withheld(result: Result, hidden: Collection[Cell], hidden_before: Collection[Cell], minimum: int) -> Result:
    """A result without the cells behind which stand too few people whom the reader does not lead; the rest is exact."""
    reason = f"fewer than {minimum} people whom you do not lead, here or in the only other cell that would be hidden"
    rows = [
        _silenced(row, reason)
        if tuple(row.by.values()) in hidden
        else _without_past(row, reason)
        if tuple(row.by.values()) in hidden_before
        else row
        for row in result.rows
    ]
    return replace(result, rows=tuple(rows))


def hidden_cells(people: Mapping[Cell, Collection[Hashable]], minimum: int) -> frozenset[Cell]:
    """The cells of a table that must not be shown.

    Works from the grand total down over every coarser table of the same dimensions: what is hidden there stays hidden
    in its parts, and wherever a total is visible, its hidden parts are none, or at least two with ``minimum`` people
    together.

    Parameters
    ----------
    people
        Who stands behind each cell that has rows; every cell names one value for each dimension.
    """
    everybody = {
        person: place for place, person in enumerate(dict.fromkeys(p for some in people.values() for p in some))
    }
    finest = {cell: sum(1 << everybody[person] for person in set(some)) for cell, some in people.items()}
    width = len(next(iter(finest), ()))
    gone: dict[tuple[int, ...], set[Cell]] = {}
    for size in range(width + 1):
        for kept in combinations(range(width), size):
            gone[kept] = _hidden(_coarser(finest, kept), kept, gone, minimum)
    return frozenset(gone[tuple(range(width))])


def rounded(number: int, base: int) -> int:
    """The nearest multiple of ``base``, halves away from zero.

    >>> [rounded(n, 5) for n in (-3, 2, 3, 12, 13)]
    [-5, 0, 5, 10, 15]
    """
    if base <= 1:
        return number
    size = (2 * abs(number) + base) // (2 * base) * base
    return size if number >= 0 else -size


def coarse(row: Row, unit: str, base: int) -> Row:
    """A row with counts as multiples of ``base`` and other values rounded as far as their kind bears."""
    if base <= 1:
        return row
    step = (
        float(base) if row.statistic == "count" else _STEPS.get(row.statistic, _STEPS_OF_UNITS.get(unit, _SMALL_STEP))
    )
    return replace(
        row,
        value=_near(row.value, step),
        low=_near(row.low, step),
        high=_near(row.high, step),
        n=rounded(row.n, base),
        excluded=rounded(row.excluded, base),
        censored=rounded(row.censored, base),
        numerator=None if row.numerator is None else rounded(row.numerator, base),
        method=_CLUSTERS.sub("", row.method),
        comparison=None if row.comparison is None else _coarse_difference(row.comparison, step, base),
    )


def _coarse_difference(there: Difference, step: float, base: int) -> Difference:
    return replace(
        there,
        before=_near(there.before, step),
        before_n=rounded(there.before_n, base),
        value=_near(there.value, step),
        low=_near(there.low, step),
        high=_near(there.high, step),
    )


def _near(value: float | int | None, step: float) -> float | int | None:
    """The nearest multiple of a step; whole numbers stay whole, and tenths are not written as 0.30000000000000004."""
    if value is None:
        return None
    if isinstance(value, int):
        return rounded(value, round(step)) if step >= 1 else value
    return round(round(value / step) * step, 6)


def _silenced(row: Row, reason: str) -> Row:
    """A row that says nothing, not even how much it is about."""
    past = None if row.comparison is None else Difference(None, 0, None, None, None, "not_enough_data", reason)
    return Row(row.by, row.statistic, None, None, None, 0, 0, "not_enough_data", reason=reason, comparison=past)


def _without_past(row: Row, reason: str) -> Row:
    past = Difference(None, 0, None, None, None, "not_enough_data", reason)
    return row if row.comparison is None else replace(row, comparison=past)


def _beside_small(rows: list[Row]) -> list[Row]:
    """Where one row alone lacks a value and its kind adds up to a total, the next smallest goes without as well."""
    found = list(rows)
    for statistic in {row.statistic for row in rows if row.statistic in _ADDITIVE}:
        mine = [(row.n, place) for place, row in enumerate(rows) if row.statistic == statistic]
        silent = [place for _, place in mine if rows[place].verdict == "not_enough_data"]
        spoken = [(n, place) for n, place in mine if place not in silent]
        if len(silent) == 1 and spoken:
            _, place = min(spoken)
            found[place] = _silenced(rows[place], NEIGHBOUR)
    return found


def _coarser(finest: Table, kept: tuple[int, ...]) -> Table:
    """The table of some of the dimensions: people behind all that shares their values."""
    found: Table = {}
    for cell, people in finest.items():
        part = tuple(cell[place] for place in kept)
        found[part] = found.get(part, 0) | people
    return found


def _hidden(table: Table, kept: tuple[int, ...], gone: Mapping[tuple[int, ...], set[Cell]], minimum: int) -> set[Cell]:
    """Cells too small, parts of hidden totals, and those that keep either from being told by difference."""
    axes = range(len(kept))
    above = {axis: gone[_without(kept, axis)] for axis in axes}
    found = {
        cell
        for cell, people in table.items()
        if people.bit_count() < minimum or any(_without(cell, axis) in above[axis] for axis in axes)
    }
    lines = [line for axis in axes for line in _lines(table, axis, above[axis])]
    alone = {line[0] for line in lines if len(line) == 1}
    again = bool(found)
    while again:
        again = False
        for line in lines:
            if (chosen := _next_smallest(line, table, found, alone, minimum)) is not None:
                found.add(chosen)
                again = True
    return found


def _lines(table: Table, axis: int, hidden_totals: set[Cell]) -> Iterator[list[Cell]]:
    """The cells that add up to each visible total along one dimension."""
    totals: dict[Cell, list[Cell]] = {}
    for cell in table:
        totals.setdefault(_without(cell, axis), []).append(cell)
    return (line for total, line in totals.items() if total not in hidden_totals)


def _next_smallest(line: list[Cell], table: Table, found: set[Cell], alone: set[Cell], minimum: int) -> Cell | None:
    """The cell to hide next, if the hidden ones of a line can be told from the others.

    A cell that is a whole line elsewhere equals a visible total, so it hides nothing and is chosen last.
    """
    hidden = [cell for cell in line if cell in found]
    together = 0
    for cell in hidden:
        together |= table[cell]
    if not hidden or (len(hidden) > 1 and together.bit_count() >= minimum):
        return None
    visible = [cell for cell in line if cell not in found]
    return min(visible, key=lambda cell: (cell in alone, table[cell].bit_count(), _sortable(cell)), default=None)


def _without(values: tuple[T, ...], place: int) -> tuple[T, ...]:
    return values[:place] + values[place + 1 :]


def _sortable(cell: Cell) -> list[tuple[bool, str]]:
    return [(value is None, value or "") for value in cell]
