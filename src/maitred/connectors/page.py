"""What one page of vendor records becomes: the frame in which every decoder works.

A decoder describes each canonical table by a literal table of ``Field`` (canonical column, vendor path, converter)
and adds
the page's records to it, a column at a time. ``Page`` keeps count of which record a row came from, sets aside records
that cannot be read, and gathers notices. Nothing here raises for what a record holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute

from maitred.connectors.columns import conform, decoded_schema
from maitred.connectors.converters import Array, Converter, Faults, id_text
from maitred.connectors.decoded import Bad, Code, Decoded
from maitred.connectors.lines import Unreadable

Record = dict[str, Any]
pc: Any = pyarrow.compute


class Field(NamedTuple):
    """One line of a mapping.

    ``path`` is a key of the record, ``a.b`` for a nested one, ``a|b`` for the first that is not null, ``.`` for the
    whole
    record (a computed value), empty for a constant. In tables of parts (events, messages) it only names the vendor's
    field.
    """

    column: str
    path: str
    convert: Converter


def pluck(records: Sequence[Record], path: str) -> list[Any]:
    """The raw values at a path, one per record, None where the record has none."""
    if path in (".", ""):
        return list(records)
    first, _, others = path.partition("|")
    values = _pluck_one(records, first)
    if not others or None not in values:
        return values
    fallback = pluck(records, others)
    return [other if value is None else value for value, other in zip(values, fallback, strict=True)]


def _pluck_one(records: Sequence[Record], path: str) -> list[Any]:
    key, _, rest = path.partition(".")
    if not rest:
        return [record.get(key) for record in records]
    inner = [found if isinstance(found := record.get(key), dict) else {} for record in records]
    return _pluck_one(inner, rest)


class Page:
    """Gathers the rows, set-aside records and notices of one page.

    Parameters
    ----------
    records
        Parsed values in the order of the page; what is not an object is set aside at once.
    key
        The vendor's name of a record's id, used to name records that are set aside.
    """

    def __init__(self, records: Sequence[object], key: str = "id") -> None:
        self.records: list[Record] = []
        self.lines: list[int] = []
        self._all = records
        self._key = key
        self._bad: dict[tuple[int, str, str], Bad] = {}
        self._refused: set[int] = set()
        self._tables: dict[str, list[pa.Table]] = {}
        self._notices: dict[str, int] = {}
        for line, record in enumerate(records):
            if isinstance(record, dict):
                self.records.append(record)
                self.lines.append(line)
            elif isinstance(record, Unreadable):
                self.bad(line, record.code, "record", record.message)
            else:
                self.bad(line, "bad_type", "record", "the record is not a JSON object")

    def bad(self, line: int, code: Code, field: str, message: str) -> None:
        """Set aside the record of a line, or the part of it that ``field`` names."""
        record = self._all[line]
        key = id_text(record.get(self._key)) if isinstance(record, dict) else None
        self._bad.setdefault((line, code, field), Bad(line, code, field, message, key))

    def refuse(self, line: int, code: Code, field: str, message: str) -> None:
        """Set aside a record as a whole: nothing further is read from it."""
        self.bad(line, code, field, message)
        self._refused.add(line)

    def notice(self, message: str, times: int = 1) -> None:
        """Something the person who imports should know; the same notice is counted, not repeated."""
        self._notices[message] = self._notices.get(message, 0) + times

    def readable(self) -> Iterable[tuple[int, Record]]:
        """Line and record of every record that has not been refused as a whole."""
        refused = self._refused
        for line, record in zip(self.lines, self.records, strict=True):
            if line not in refused:
                yield line, record

    def keep(self, wanted: Callable[[Record], bool]) -> None:
        """Go on with only those records that the stream is about."""
        pairs = [(line, record) for line, record in zip(self.lines, self.records, strict=True) if wanted(record)]
        self.lines = [line for line, _ in pairs]
        self.records = [record for _, record in pairs]

    def add(self, table: str, fields: Sequence[Field]) -> None:
        """One row per record. A record that cannot become a row is refused as a whole: no further parts are read from
        it."""
        records, lines = self.records, self.lines
        if self._refused:
            lines = [line for line, _ in self.readable()]
            records = [record for _, record in self.readable()]
        columns = {field.column: (field, pluck(records, field.path)) for field in fields}
        self._refused.update(self._build(table, columns, lines))

    def add_parts(self, table: str, fields: Sequence[Field], rows: Sequence[tuple[Any, ...]]) -> None:
        """Any number of rows per record: tuples of the line and then one raw value per field that is not a constant."""
        if not rows:
            return
        lines, *given = zip(*rows, strict=True)
        values = iter(given)
        self._build(table, {field.column: (field, next(values) if field.path else lines) for field in fields}, lines)

    def finish(self) -> Decoded:
        """The outcome, with what was set aside in the order of the page."""
        tables = {
            name: parts[0] if len(parts) == 1 else pa.concat_tables(parts) for name, parts in self._tables.items()
        }
        bad = sorted(self._bad.values(), key=lambda fault: fault.line)
        return Decoded(tables, bad, [f"{text} ({n} times)" if n > 1 else text for text, n in self._notices.items()])

    def _build(self, table: str, columns: Mapping[str, tuple[Field, Sequence[Any]]], lines: Sequence[int]) -> set[int]:
        """Convert the columns, leave out rows with faults, keep the rest; gives the lines with faults."""
        schema = decoded_schema(table)
        arrays: dict[str, Array] = {}
        faulty: set[int] = set()
        for name, (field, values) in columns.items():
            faults = Faults()
            arrays[name] = field.convert(values, faults)
            if not schema.field(name).nullable and arrays[name].null_count:
                _miss(arrays[name], field, faults)
            for row, (code, message) in faults.rows.items():
                if row not in faulty:  # one reason is enough to set a row aside
                    faulty.add(row)
                    self.bad(lines[row], code, _named(field), message)
            self._note(table, name, faults)
        numbers: Any = pa.array(lines, pa.int64())
        if faulty:
            sound = pa.array([row not in faulty for row in range(len(lines))], pa.bool_())
            arrays = {name: pc.filter(array, sound) for name, array in arrays.items()}
            numbers = pc.filter(numbers, sound)
        if len(numbers):
            self._tables.setdefault(table, []).append(conform(table, arrays, numbers))
        return {lines[row] for row in faulty}

    def _note(self, table: str, column: str, faults: Faults) -> None:
        for (value, read_as), times in faults.new_values.items():
            self.notice(f"new_enum: {table}.{column} has the unknown value {value!r}, read as {read_as}", times)
        for why, times in faults.dropped.items():
            self.notice(f"{table}.{column}: left out {why}", times)
        if faults.mended:
            self.notice(f"{table}.{column}: NUL or half a surrogate pair replaced by U+FFFD", faults.mended)


def _named(field: Field) -> str:
    return field.column if field.path == "." else field.path.replace("|", " or ")


def _miss(array: Any, field: Field, faults: Faults) -> None:
    for row in pc.indices_nonzero(pc.is_null(array)).to_pylist():
        faults.bad(row, "missing_key", f"{_named(field)} is missing")
