"""Whether records become canonical rows: all of a sound account's, purely, and without ever raising."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any, get_args

from maitred.canon.tables import TABLES
from maitred.connectors.columns import LINE, decoded_schema
from maitred.connectors.decoded import Bad, Code, Decoded
from maitred.connectors.page import Record
from maitred.testing.bench import Bench, Sitting, sitting

MOST_RECORDS = 200
MUTATED_RECORDS = 3
DEEPEST = 4
_NO_RECORDS: tuple[object, ...] = (None, True, 7, -1.5, "text", [], [{}], {}, {"id": None}, {"id": {}}, {"id": [1]})
_REPLACED_BY: tuple[object, ...] = (
    *(None, True, 0, -1, 2**70, 1e300, "", "text", "\x00", "\ud800", "2026-13-45T99:99:99Z", "0001-01-01T00:00:00Z"),
    *([], [None], [[]], ["text"], {}, {"id": "x"}, [{"id": []}]),
)
_GONE = object()


def records_become_rows(bench: Bench) -> None:
    """Every record of a sound account becomes rows of the tables that its stream feeds, in their schemas."""
    for name, records in _samples(bench).items():
        found = bench.decode(name, records)
        bench.require(not found.bad, "a sound account decodes without loss", f"{name}: {found.bad[:1]}")
        _is_sound(bench, name, records, found)


def decoding_is_total(bench: Bench) -> None:
    """No record makes the decoder raise: whatever value stands anywhere, it becomes rows or a ``Bad``."""
    for name, records in _samples(bench).items():
        _decoded(bench, name, list(_NO_RECORDS))
        for record in records[:MUTATED_RECORDS]:
            mutated = list(mutations(record))
            _is_sound(bench, name, mutated, _decoded(bench, name, mutated))


def decoding_is_pure(bench: Bench) -> None:
    """The same records give the same rows, and are left as they were."""
    rule = "decoding is pure"
    for name, records in _samples(bench).items():
        before = copy.deepcopy(records)
        first = bench.decode(name, records)
        bench.require(records == before, rule, f"{name}: the records were changed by it")
        bench.decode(name, list(_NO_RECORDS))
        second = bench.decode(name, copy.deepcopy(records))
        same = (
            first.bad == second.bad and first.notices == second.notices and first.tables.keys() == second.tables.keys()
        )
        same = same and all(first.tables[table].equals(rows) for table, rows in second.tables.items())
        bench.require(same, rule, f"{name}: the same records, decoded twice, gave other rows")


def mutations(record: Record) -> Iterator[Record]:
    """The record with each of its values in turn taken away, or replaced by what nobody expects there."""
    for path in _paths(record, ()):
        for value in (_GONE, *_REPLACED_BY):
            mutated = copy.deepcopy(record)
            _put(mutated, path, value)
            yield mutated


def _samples(bench: Bench) -> dict[str, list[Record]]:
    """Records of every stream that has any."""
    with sitting(bench) as seat:
        found = {name: _some(seat, name) for name in seat.available}
    return {name: records for name, records in found.items() if records}


def _some(seat: Sitting, name: str) -> list[Record]:
    return [record for page in seat.read(name) for record in page.records][:MOST_RECORDS]


def _decoded(bench: Bench, name: str, records: Sequence[Any]) -> Decoded:
    """All records at once; where that raises, the first that does so alone is named."""
    try:
        return bench.decode(name, records)
    except Exception as error:
        for record in records:
            try:
                bench.decode(name, [record])
            except Exception as alone:
                raise _raised(bench, name, record, alone) from alone
        raise _raised(bench, name, f"{len(records)} records together", error) from error


def _raised(bench: Bench, name: str, record: Any, error: Exception) -> AssertionError:
    told = f"{name} raised {type(error).__name__} ({error}) for {str(record)[:200]!r}"
    return bench.broken("decoding never raises", told)


def _is_sound(bench: Bench, name: str, records: Sequence[Any], found: Decoded) -> None:
    """Tables that the stream feeds, in their schemas; lines and codes that exist."""
    lines = range(len(records))
    for table, rows in found.tables.items():
        known = table in TABLES and table in bench.feeds[name].feeds
        bench.require(known, "a stream feeds the tables that it names", f"{name} gave rows of {table}")
        wanted = decoded_schema(table)
        rule = "rows have the canonical schema of their table"
        bench.require(rows.schema.equals(wanted), rule, f"{name}: {table} has {rows.schema.names}")
        bench.require(set(rows[LINE].to_pylist()) <= set(lines), "every row names its record", f"{name}: {table}")
    for bad in found.bad:
        told = isinstance(bad, Bad) and bad.line in lines and bad.code in get_args(Code) and bad.message
        bench.require(told, "a record that is set aside says which and why", f"{name}: {bad}")


def _paths(value: object, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if len(path) >= DEEPEST:
        return
    items: Sequence[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value[:2]))
    for key, inner in items:
        yield (*path, key)
        yield from _paths(inner, (*path, key))


def _put(record: Any, path: tuple[Any, ...], value: object) -> None:
    for key in path[:-1]:
        record = record[key]
    if value is _GONE:
        del record[path[-1]]
    else:
        record[path[-1]] = value
