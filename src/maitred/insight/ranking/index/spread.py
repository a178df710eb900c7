"""The same kernel on a Spark server: each partition of the profiles' table gives its best, and the best of those win.

The function travels by name: a server on another machine needs this package installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from maitred.insight.ranking.columns import PROFILE_COLUMNS
from maitred.insight.ranking.index import layout, oracle, scanning
from maitred.insight.ranking.index.searching import OPEN_LIMIT, Found
from maitred.insight.ranking.scoring.asked import Asked

if TYPE_CHECKING:
    from maitred.warehouse.engines import Engine

PARTITIONS = 2
_ANSWER = pa.schema([("kind", pa.int32()), ("key", pa.int64()), ("tie", pa.int64()), ("score", pa.int64())])


def search(
    engine: Engine, asked: Asked, limit: int, as_of: date, *, open_limit: int = OPEN_LIMIT, version: int = 0
) -> Found:
    """The best by the kernel inside an engine that knows the table of profiles."""
    from sqlglot import exp

    everything = exp.select("*").from_(oracle.TABLE)
    work = partial(_best_of, asked, limit, open_limit, as_of)
    rows = engine.map_in_arrow(
        everything, work, _ANSWER, key=("role",), order=("tie",), partitions=PARTITIONS
    ).to_pylist()
    return oracle.found_of(rows, asked, limit, open_limit, version)


def _best_of(
    asked: Asked, limit: int, open_limit: int, as_of: date, batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """One partition's answer, with its counts as rows of their own."""
    held = list(batches)
    table = pa.Table.from_batches(held) if held else PROFILE_COLUMNS.empty_table()
    if not table.num_rows:
        yield pa.RecordBatch.from_pylist([], schema=_ANSWER)
        return
    rows = layout.rows_of(table)
    for column in rows.values():
        column.setflags(write=False)
    rows = {name: _read_only(column) for name, column in rows.items()}
    best = scanning.Best.of(limit, open_limit, len(asked.modes))
    stretches = layout.blocks_of(rows["role"])
    until = np.minimum.reduceat(rows[layout.HIDDEN], [begin for _, begin, _ in stretches]).tolist()
    runs = _read_only(layout.runs_of(rows))
    blocks = scanning.blocks_for(scanning.stretches_of(stretches, until, runs), asked, as_of, runs)
    scanning.scan(rows, blocks, scanning.prepared(asked, as_of), best)
    answer = [(kind, int(rows["key"][row]), tie, score)
              for kind, ranked in ((oracle.BEST, best.ranked()[:limit]), (oracle.OPEN, best.open_ranked()[:open_limit]))
              for score, tie, row in ranked]  # fmt: skip
    counts = [(oracle.CONSIDERED, int(best.counts[2])), (oracle.EVERYBODY, table.num_rows)]
    counts += [(oracle.REMOVED + group, int(one)) for group, one in enumerate(best.removed)]
    answer += [(kind, 0, 0, count) for kind, count in counts]
    columns = [pa.array([one[place] for one in answer], _ANSWER.types[place]) for place in range(len(_ANSWER))]
    yield pa.RecordBatch.from_arrays(columns, schema=_ANSWER)


def _read_only(column: np.ndarray) -> np.ndarray:
    made = np.ascontiguousarray(column).view()
    made.setflags(write=False)
    return made
