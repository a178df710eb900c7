"""Contacts of the last weeks by kind, and what each took: what a publication says of the need for skills."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from maitred.canon.keys import ticket_keys
from maitred.insight import effort
from maitred.kit.reading import Reading
from maitred.metrics.catalogue.dimensions import IDENTIFIED
from maitred.metrics.scope import Scope

WEEKS = 12
RIPE_WEEKS = 4
"""Contacts younger than this may still take work: their effort is not counted yet."""
_EFFORT_WEEKS = WEEKS + RIPE_WEEKS
_MOST_EFFORT = 20_000
"""Contacts whose effort is read at most: the mean of so many is known well enough."""
_METRIC = "arrivals"
_EPOCH = date(1970, 1, 1).toordinal()

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Contacts:
    """Contacts that came within the weeks: when (weeks ago, 0 the latest), their kind, and what each took.

    ``seconds`` is NaN where the effort is not known yet or at all; ``how`` says where it comes from.
    """

    week: NDArray[np.int64]
    kinds: dict[str, NDArray[np.object_]]
    seconds: Floats
    how: str

    def like(self, wanted: Sequence[tuple[str, str]]) -> Bools:
        """Which contacts are of any of some kinds: dimension and value."""
        found = np.zeros(len(self.week), bool)
        for dimension, value in wanted:
            found |= self.kinds[dimension] == value
        return found

    def weekly(self, which: Bools) -> list[int]:
        """How many of them came in each of the latest whole weeks, the oldest first."""
        there = which & (self.week < WEEKS)
        return [int(one) for one in np.bincount(self.week[there], minlength=WEEKS)[::-1]]

    def values(self, dimension: str) -> list[str]:
        """The values that a dimension takes."""
        return sorted({str(one) for one in self.kinds[dimension] if one})


def contacts(found: Reading, scope: Scope, dimensions: Sequence[str]) -> Contacts:
    """The contacts of a publication that a reader may count."""
    key: Hashable = ("training_contacts", scope, tuple(dimensions))
    made: Contacts = found.ask.remembered(key, lambda: _read(found, scope, tuple(dimensions)))
    return made


def _read(found: Reading, scope: Scope, dimensions: tuple[str, ...]) -> Contacts:
    last = found.as_of.astimezone(found.zone).date() - timedelta(days=1)
    first = last - timedelta(weeks=_EFFORT_WEEKS) + timedelta(days=1)
    rows = found.ask.tickets(
        _METRIC, first.isoformat(), last.isoformat(), dimensions, None, found.zone.key, scope=scope
    ).rows  # fmt: skip
    week = (last.toordinal() - _local_days(rows["at"], found.zone.key)) // 7
    kinds = {name: _column(rows, name) for name in dimensions}
    seconds, how = _effort(found, rows, week)
    return Contacts(week, kinds, seconds, how)


def _local_days(instants: pa.ChunkedArray, zone: str) -> NDArray[np.int64]:
    """The day of each instant in a zone, as ``date.toordinal``."""
    local = pc.local_timestamp(pc.cast(instants, pa.timestamp("us", tz=zone)))
    days = pc.cast(pc.cast(local, pa.date32()), pa.int32())
    return np.asarray(days.to_numpy(), np.int64) + _EPOCH


def _column(rows: pa.Table, name: str) -> NDArray[np.object_]:
    """Values of a dimension; those that are ids of a vendor with their source before them."""
    values = rows[name].to_pylist()
    if name in IDENTIFIED:
        sources = rows["source_id"].to_pylist()
        values = [f"{source}:{str(one).removeprefix(f'{source}:')}" if one else None
                  for source, one in zip(sources, values, strict=True)]  # fmt: skip
    return np.array(values, dtype=object)


def _effort(found: Reading, rows: pa.Table, week: NDArray[np.int64]) -> tuple[Floats, str]:
    """What each ripe contact took in all; those of a source without effort stay unknown."""
    seconds = np.full(rows.num_rows, np.nan)
    hows: set[str] = set()
    channels = rows["channel"].to_pylist() if "channel" in rows.schema.names else ["other"] * rows.num_rows
    sources = np.array(rows["source_id"].to_pylist(), dtype=object)
    for source, about in sorted(found.publication.sources.items()):
        ripe = np.flatnonzero((sources == source) & (week >= RIPE_WEEKS))[:_MOST_EFFORT]
        if not len(ripe):
            continue
        keys = np.asarray(
            ticket_keys(pc.take(rows["ticket_id"], pa.array(ripe))).to_numpy(zero_copy_only=False), np.int64
        )
        order = np.argsort(keys, kind="stable")
        since = _instant(str(about["as_of"])) - timedelta(weeks=_EFFORT_WEEKS + 1)
        how, done = effort.actions(
            found.ask, source, since, keys[order], [channels[ripe[one]] or "other" for one in order]
        )  # fmt: skip
        if how is None:
            continue
        hows.add(how)
        sums = np.zeros(len(ripe))
        np.add.at(sums, done.ticket, done.seconds)
        seconds[ripe[order]] = sums
    return seconds, "estimated" if "estimated" in hows else next(iter(hows), "")


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
