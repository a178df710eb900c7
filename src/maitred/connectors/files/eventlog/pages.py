"""One page of a log file: the bytes that are landed, and the table of texts that they hold.

For the import and for anybody who decodes a landed page again: a page opens with the header, so it needs nothing but
itself and its ``Dialect``. Rows that cannot be read are set aside with row, field and reason; the rest is kept.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.base.errors import BadInput
from maitred.connectors.decoded import Bad
from maitred.connectors.files.eventlog import records

LINE = "_line"
LARGEST_FIELD = 10_000_000
_BOM = "\ufeff"
_REPLACED = "\ufffd"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text file is written: ``utf-8``, ``utf-16-le``, ``utf-16-be`` or ``cp1252``, and what parts the fields."""

    encoding: str = "utf-8"
    delimiter: str = ","


@dataclass(frozen=True, slots=True)
class LogChunk:
    """One page.

    Attributes
    ----------
    body
        What is landed: the file's own bytes cut at a record's end, with the header in front (XES, Parquet: CSV).
    rows
        Text columns as named by the header, and ``_line``: number of the record in the file, the first one after the
        header being 1.
    bad
        Records set aside; ``line`` counts as ``_line`` does.
    records
        Records of the page, those set aside included.
    """

    body: bytes
    rows: pa.Table
    bad: list[Bad]
    notices: list[str] = field(default_factory=list)
    dialect: Dialect = field(default_factory=Dialect)
    first_line: int = 1
    records: int = 0


def rows_of(
    body: bytes, dialect: Dialect, *, first_line: int = 1, keep: Collection[str] | None = None, last: bool = False
) -> LogChunk:
    """Read one landed page.

    Parameters
    ----------
    body
        A page: a header line, then records.
    dialect
        How the file is written (``sniff`` finds it for a page of unknown origin).
    first_line
        Number of the page's first record in its file.
    keep
        Columns to read; all when null.
    last
        Whether the file ends here, which a cut-off record then says.
    """
    text, notices, mended = _as_utf8(body, dialect, first_line)
    names, start = header_of(text, dialect)
    kept = [name for name in names if keep is None or name in keep]
    page = _Page(text[start:], names, kept, dialect.delimiter.encode(), first_line, last)
    rows, bad, count = page.read()
    rows, too_big = without_giants(rows)
    if mended:
        notices += _mended_fields(rows, mended)
    bad = sorted([*bad, *too_big], key=lambda one: one.line)
    return LogChunk(body, rows, bad, notices, dialect, first_line, count)


def header_of(text: bytes, dialect: Dialect) -> tuple[list[str], int]:
    """Column names of a page in UTF-8 (made unique) and where its records start."""
    first = next(records.records(text, dialect.delimiter.encode(), final=True), None)
    if first is None:
        return [], len(text)
    line = text[first.start : first.end].decode("utf-8", "replace").lstrip(_BOM).rstrip("\r\n")
    fields = next(csv.reader(io.StringIO(line), delimiter=dialect.delimiter), [])
    return unique_names(fields), first.end


def unique_names(fields: Sequence[str]) -> list[str]:
    """Trimmed names; an empty one becomes ``column_3``, the second of two equal ones ``name.1``."""
    names: list[str] = []
    for place, raw in enumerate(fields, 1):
        name = base = raw.strip() or f"column_{place}"
        again = 0
        while name in names:
            again += 1
            name = f"{base}.{again}"
        names.append(name)
    return names


def sniff(body: bytes, needs: Collection[str] = (), delimiter: str | None = None) -> Dialect:
    """How a text is written, judged by its beginning.

    Raises
    ------
    BadInput
        When no delimiter gives more than one column, or the text is in an encoding that is not read.
    """
    encoding = sniff_encoding(body)
    text = body[: 1 << 20].decode(encoding, "replace").lstrip(_BOM)
    return Dialect(encoding, delimiter or _sniff_delimiter(text, needs))


def sniff_encoding(body: bytes) -> str:
    """UTF-16 by its mark or its zero bytes; UTF-8 unless the bytes cannot be that; else cp1252."""
    if body.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        raise BadInput("the file is written in UTF-32", "save it as UTF-8")
    if body.startswith(b"\xff\xfe"):
        return "utf-16-le"
    if body.startswith(b"\xfe\xff"):
        return "utf-16-be"
    head = body[:4096]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > 0.4 * (len(head) / 2) > 4 * min(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8" if _is_utf8(body) else "cp1252"


def _is_utf8(body: bytes) -> bool:
    """Whether the bytes are UTF-8, perhaps cut at the end or damaged in a few places."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(body) - 4 and error.reason == "unexpected end of data":
            return True
        replaced = body.decode("utf-8", "replace")
        damaged = replaced.count(_REPLACED)
        foreign = len(replaced) - len(replaced.encode("ascii", "ignore")) - damaged
        return foreign > 10 * damaged
    return True


def _sniff_delimiter(text: str, needs: Collection[str]) -> str:
    tried = {mark: _shape(text, mark) for mark in (",", ";", "\t", "|", ":")}
    by_name = [mark for mark, (names, _) in tried.items() if needs and set(needs) <= set(names)]
    if by_name:
        return by_name[0]
    best = max(tried, key=lambda mark: (tried[mark][1] * (len(tried[mark][0]) > 1), len(tried[mark][0])))
    if len(tried[best][0]) > 1:
        return best
    only = tried[","][0][0] if tried[","][0] else ""
    raise BadInput(
        f"the file has only one column ({only[:80]!r}) whether parted by comma, semicolon, tab, | or :",
        "check that it is a table with a header line",
    )


def _shape(text: str, mark: str) -> tuple[list[str], float]:
    """Column names, and the share of the first rows that have as many fields as the header."""
    lines = text[: text.rfind("\n") + 1] or text
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(lines, newline=""), delimiter=mark):
            rows += [row] if row else []
            if len(rows) > 50:
                break
    except csv.Error:  # a field beyond the reader's limit: what came before it must do
        pass
    if not rows:
        return [], 0.0
    names = unique_names(rows[0])
    return names, sum(len(row) == len(names) for row in rows) / len(rows)


def _as_utf8(body: bytes, dialect: Dialect, first_line: int) -> tuple[bytes, list[str], str]:
    """The page in UTF-8 without NUL; what had to be mended, in words, if anything."""
    mended = []
    if dialect.encoding == "utf-8":
        text = body.removeprefix(b"\xef\xbb\xbf")
        try:
            text.decode("utf-8")
        except UnicodeDecodeError:
            text = text.decode("utf-8", "replace").encode()
            mended.append("bytes that are not UTF-8")
    elif dialect.encoding == "cp1252":
        text = body.decode("cp1252", "replace").encode()
        mended += ["bytes that are not cp1252"] if _REPLACED.encode() in text else []
    else:
        text = body.decode(dialect.encoding, "replace").removeprefix(_BOM).encode()
    if b"\0" in text:
        text = text.replace(b"\0", _REPLACED.encode())
        mended.append("NUL bytes")
    return text, [], " and ".join(mended)


def _mended_fields(rows: pa.Table, what: str) -> Iterator[str]:
    for name in rows.column_names:
        if name == LINE:
            continue
        hit = pc.match_substring(rows.column(name), _REPLACED)
        lines = rows.column(LINE).filter(hit)
        if len(lines):
            yield f"column {name}: {what} replaced by \ufffd in {len(lines)} rows (first: row {lines[0].as_py()})"


def without_giants(rows: pa.Table) -> tuple[pa.Table, list[Bad]]:
    """The table without the rows that hold a field longer than ``LARGEST_FIELD`` bytes."""
    bad: dict[int, Bad] = {}
    for name in rows.column_names:
        sizes: Any = pc.binary_length(rows.column(name)) if name != LINE else None
        if sizes is None or (pc.max(sizes).as_py() or 0) < LARGEST_FIELD:
            continue
        lengths = np.asarray(sizes.fill_null(0).to_numpy())
        for place in np.flatnonzero(lengths >= LARGEST_FIELD).tolist():
            line: Any = rows.column(LINE)[place].as_py()
            message = f"row {line}, field {name}: {lengths[place]} bytes, where less than {LARGEST_FIELD} are read"
            bad.setdefault(place, Bad(line, "too_big", name, message))
    if not bad:
        return rows, []
    stay = pa.array([place not in bad for place in range(rows.num_rows)])
    return rows.filter(stay), list(bad.values())


@dataclass(slots=True)
class _Page:
    """The records of one page on their way into a table."""

    text: bytes
    names: list[str]
    kept: list[str]
    delimiter: bytes
    first_line: int
    last: bool
    bad: list[Bad] = field(default_factory=list)

    def read(self) -> tuple[pa.Table, list[Bad], int]:
        """The rows, the records set aside, and how many records there were."""
        if not self.text.strip(b"\r\n"):
            return self._numbered(self._empty(), []), [], 0
        if records.quotes_are_plain(self.text, self.delimiter):
            try:
                rows = self._parse(self.text, threads=True)
                return self._numbered(rows, []), [], rows.num_rows
            except pa.ArrowInvalid:
                return self._without_ragged(self.text, [])
        return self._without_broken()

    def _without_broken(self) -> tuple[pa.Table, list[Bad], int]:
        good, gone, number = [], [], 0
        for record in records.records(self.text, self.delimiter, final=True):
            if record.broken:
                gone.append(number)
                self._set_aside(number, "quote", "a quote opens in it and never closes")
            else:
                good.append(self.text[record.start : record.end])
            number += 1
        text = b"".join(good)
        if not text:
            return self._numbered(self._empty(), []), self.bad, number
        return self._without_ragged(text, gone)

    def _without_ragged(self, text: bytes, gone: list[int]) -> tuple[pa.Table, list[Bad], int]:
        """Parse one row at a time; ``gone`` are numbers of records already taken out of ``text``."""
        ragged: list[tuple[int, int]] = []

        def skip(row: Any) -> str:
            ragged.append((row.number - 2, row.actual_columns))  # the header is row 1
            return "skip"

        rows = self._parse(text, threads=False, skip=skip)
        numbers = _numbers(rows.num_rows + len(ragged), gone)
        for place, fields in ragged:
            end = self.last and place == len(numbers) - 1 and fields < len(self.names)
            more = ": the file ends in the middle of it" if end else ""
            what = f"{fields} fields where the header has {len(self.names)}{more}"
            self._set_aside(numbers[place], "row", what)
        left = {place for place, _ in ragged}
        kept = [number for place, number in enumerate(numbers) if place not in left]
        return self._numbered(rows, kept), self.bad, len(numbers) + len(gone)

    def _set_aside(self, number: int, where: str, what: str) -> None:
        line = self.first_line + number
        self.bad.append(Bad(line, "bad_row", where, f"row {line}: {what}"))

    def _parse(self, text: bytes, *, threads: bool, skip: Any = None) -> pa.Table:
        from pyarrow import csv as arrow_csv

        quoted = b'"' in text
        head = self.delimiter.join(b"c%d" % place for place in range(len(self.names))) + b"\n"
        longest = len(text) + len(head) + 1
        places = [self.names.index(name) for name in self.kept]
        return arrow_csv.read_csv(
            io.BytesIO(head + text),
            read_options=arrow_csv.ReadOptions(
                use_threads=threads, block_size=min(longest, 4 << 20) if not quoted and threads else longest
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.delimiter.decode(),
                newlines_in_values=quoted,
                invalid_row_handler=skip,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={f"c{place}": pa.string() for place in places},
                include_columns=[f"c{place}" for place in places],
                strings_can_be_null=False,
                check_utf8=False,
            ),
        ).rename_columns(self.kept)

    def _empty(self) -> pa.Table:
        return pa.table({name: pa.array([], pa.string()) for name in self.kept})

    def _numbered(self, rows: pa.Table, numbers: list[int]) -> pa.Table:
        places = np.array(numbers, np.int64) if numbers else np.arange(rows.num_rows, dtype=np.int64)
        return rows.append_column(LINE, pa.array(places + self.first_line))


def _numbers(count: int, gone: list[int]) -> list[int]:
    """Numbers of the ``count`` records that are left when those of ``gone`` were taken out."""
    left, number = set(gone), 0
    numbers: list[int] = []
    while len(numbers) < count:
        if number not in left:
            numbers.append(number)
        number += 1
    return numbers
