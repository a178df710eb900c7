"""A page of text cells: columns read with a type, rows refused with a reason, whole columns at once.

A value that cannot be read refuses its row: it is named in ``bad`` and appears in none of the decoded tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from maitred.canon.tables import INSTANT
from maitred.connectors.columns import LINE, conform
from maitred.connectors.converters import LARGEST_TEXT, micros_of, shown
from maitred.connectors.decoded import Bad, Code, Decoded

_TRUE = pa.array(["true", "t", "1", "yes"])


class Cells:
    """One page of a table file; every column is text or missing."""

    def __init__(self, page: pa.Table) -> None:
        self._page = page.combine_chunks()
        self.rows = page.num_rows
        self.lines: Any = self._column(LINE)
        self._ok: Any = pa.repeat(True, self.rows)
        self._all_ok = True
        self._bad: dict[int, Bad] = {}
        self._notices: list[str] = []

    def require(self, name: str) -> None:
        """Refuse each row in which the column is empty."""
        empty = pc.is_null(self.text(name))
        self.refuse(empty, "missing_key", name, "is empty", self.text(name))

    def text(self, name: str) -> Any:
        """A column as text; null where empty or where the file lacks the column."""
        if name not in self._page.schema.names:
            return pa.nulls(self.rows, pa.string())
        return self._column(name)

    def body(self, name: str) -> Any:
        """A long text; a row with more than 10 MB of it is refused."""
        column = self.text(name)
        giant = pc.fill_null(pc.greater(pc.binary_length(column), LARGEST_TEXT), False)
        self.refuse(giant, "too_big", name, "is larger than 10 MB", None)
        return column

    def lowered(self, name: str) -> Any:
        return pc.utf8_lower(pc.utf8_trim_whitespace(self.text(name)))

    def instant(self, name: str, *, required: bool = True) -> Any:
        """An instant column in whole seconds UTC; a naive time is UTC, fractions are cut off."""
        column = self.text(name)
        array = _instants(column)
        unread = pc.and_(pc.is_valid(column), pc.is_null(array))
        self.refuse(unread, "bad_time", name, "is not a time such as 2024-03-08 21:30:00", column)
        if required:
            self.refuse(pc.is_null(column), "bad_time", name, "is empty", column)
        return array

    def day(self, name: str) -> Any:
        """A date column (``YYYY-MM-DD``, a time behind it is ignored)."""
        column = pc.utf8_slice_codeunits(self.text(name), 0, 10)
        try:
            array = pc.cast(column, pa.date32())
        except pa.ArrowInvalid:
            array = pa.array([_day(value) for value in column.to_pylist()], pa.date32())
        self.refuse(pc.is_null(array), "bad_time", name, "is not a date such as 2024-07-04", self.text(name))
        return array

    def whole(self, name: str) -> Any:
        """A column of whole numbers."""
        column = self.text(name)
        good = pc.fill_null(pc.match_substring_regex(column, r"^-?[0-9]{1,9}$"), False)
        self.refuse(pc.invert(good), "bad_type", name, "is not a whole number", column)
        return pc.cast(pc.if_else(good, column, "0"), pa.int64())

    def flag(self, name: str, *, absent: bool = False) -> Any:
        """``TRUE/true/t/1`` is true, anything else false; ``absent`` holds when the file lacks the column."""
        if name not in self._page.schema.names:
            return pa.repeat(absent, self.rows)
        return pc.fill_null(pc.is_in(pc.utf8_lower(self.text(name)), value_set=_TRUE), False)

    def word(self, name: str, words: Sequence[str], *, default: str) -> Any:
        """One of a few words; an unknown one reads as the default and is mentioned once."""
        lowered = self.lowered(name)
        known = pc.is_in(lowered, value_set=pa.array(words))
        for value in pc.unique(lowered.filter(pc.invert(known))).to_pylist():
            if value is not None:
                self._notices.append(f"{name} {shown(value)!r} is new to us and read as {default}")
        return pc.if_else(known, lowered, default)

    def mapped(self, name: str, table: Mapping[str, str], otherwise: str) -> Any:
        words = self.lowered(name).dictionary_encode()
        known = [table.get(word, otherwise) for word in words.dictionary.to_pylist()]
        return pc.fill_null(pa.array(known, pa.string()).take(words.indices), otherwise)

    def constant(self, value: Any, kind: pa.DataType = pa.string()) -> Any:
        return pa.repeat(pa.scalar(value, kind), self.rows)

    def refuse(self, wrong: Any, code: Code, name: str, why: str, values: Any) -> None:
        """Set aside the rows where ``wrong`` is true; the first reason of a row is the one told."""
        if not pc.any(wrong).as_py():
            return
        self._all_ok = False
        self._ok = pc.and_(self._ok, pc.invert(wrong))
        keys = self.text("id") if "id" in self._page.schema.names else self.text("ticket_id")
        for place in pc.indices_nonzero(wrong).to_pylist():
            line = self.lines[place].as_py()
            value = "" if values is None or values[place].as_py() is None else f" {shown(values[place].as_py())!r}"
            self._bad.setdefault(line, Bad(line, code, name, f"{name}{value} {why}", keys[place].as_py()))

    def decoded(self, tables: Mapping[str, Any]) -> Decoded:
        """Finish the page: canonical tables of the rows that were not refused."""
        finished = {}
        for name, columns in tables.items():
            if hasattr(columns, "rows"):
                finished[name] = columns.rows(self._ok)
                continue
            keep = columns.pop("_keep", None)
            finished[name] = self._conform(name, columns, keep)
        return Decoded({k: v for k, v in finished.items() if v.num_rows}, list(self._bad.values()), self._notices)

    def _conform(self, name: str, columns: dict[str, Any], keep: Any) -> pa.Table:
        mask = None if self._all_ok else self._ok
        if keep is not None:
            mask = keep if mask is None else pc.and_(mask, keep)
        lines = self.lines
        if mask is not None:
            columns = {key: column.filter(mask) for key, column in columns.items()}
            lines = lines.filter(mask)
        return conform(name, columns, lines)

    def _column(self, name: str) -> Any:
        column = self._page[name]
        return column.chunk(0) if column.num_chunks else pa.array([], column.type)


def _instants(column: Any) -> Any:
    """Instants of a text column at whole seconds; null where it cannot be read."""
    try:
        return pc.floor_temporal(pc.cast(pc.cast(column, pa.timestamp("us")), INSTANT), unit="second")
    except pa.ArrowInvalid:
        pass
    words = column.dictionary_encode()
    read = [_micros(value) for value in words.dictionary.to_pylist()]
    return pa.array(read, pa.int64()).take(words.indices).cast(INSTANT)


def _micros(value: str) -> int | None:
    text = value.strip()
    micros = micros_of(text[:-4] if text.endswith(" UTC") else text)
    return None if micros is None else micros // 1_000_000 * 1_000_000


def _day(value: str | None) -> Any:
    from datetime import date

    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None
