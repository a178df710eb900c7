"""Which rows of a metric stand on one page of a list, found in kept rows: the engine then reads those tickets only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maitred.metrics.composition import EXCLUDED, PARTS, Question, parts_of, snapshots
from maitred.metrics.intervals import Integers
from maitred.metrics.kept_rows import Rows, micros, picked

MOST = 500
"""Rows of a page that are worth finding like this; more are read in one go."""
ORDERS = ("", "at", "-at", "value", "-value")


@dataclass(frozen=True, slots=True)
class Listed:
    """The tickets of a page, how many of their rows stand before it, and how many rows there are in all."""

    tickets: tuple[int, ...]
    before: int
    total: int


def find(rows: Rows, question: Question, limit: int, offset: int, part: str | None, sort: str) -> Listed | None:
    """One page of the rows that ``composition.listed`` gives for the same words; None where it has to be asked.

    Rows of one ticket that the order does not tell apart stand side by side, so that it does not matter which is first.
    """
    if question.by or sort not in ORDERS or (part is not None and part not in parts_of(question.metric)):
        return None
    if question.metric.kind == "snapshot_duration":
        return None
    pick, at = picked(rows, question)
    state, value = pick(rows.state), pick(rows.value)
    counted = state != EXCLUDED
    if rows.until is not None:
        moment = micros(snapshots(question)[0][1])
        counted &= (at <= moment) & (pick(rows.until) > moment)
        at = np.zeros(len(at), np.int8)
    if part is not None:
        column, number = PARTS[part]
        counted &= (state if column == "state" else value) == number
    chosen = np.flatnonzero(counted)
    tickets, source = pick(rows.tickets)[chosen], _places(rows)[pick(rows.source.codes)[chosen]]
    by = {"at": at, "value": value}.get(sort.removeprefix("-"))
    first = None if by is None else by[chosen].astype(np.int64) * (-1 if sort.startswith("-") else 1)
    order = _ranked(first, source, tickets, offset + limit)
    wanted = np.unique(tickets[order[offset : offset + limit]])
    before = int(np.count_nonzero(np.isin(tickets[order[:offset]], wanted)))
    return Listed(tuple(wanted.tolist()), before, len(chosen))


def _places(rows: Rows) -> Integers:
    """The place of each source in the order of their names."""
    words = rows.source.words
    found = np.zeros(len(words) + 1, np.int64)
    found[[words.index(one) for one in sorted(words)]] = np.arange(len(words))
    return found


def _ranked(first: Integers | None, source: Integers, tickets: Integers, most: int) -> NDArray[np.intp]:
    """The places of the first rows in order, ``most`` of them."""
    leading = first if first is not None else (tickets if not source.any() else source)
    near = np.arange(len(tickets))
    if most < len(tickets):
        near = np.flatnonzero(leading <= np.partition(leading, most)[most])
    keys = (tickets[near], source[near]) if first is None else (tickets[near], source[near], first[near])
    return near[np.lexsort(keys)][:most]
