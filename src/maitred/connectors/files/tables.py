"""A folder with one CSV or Parquet file per table, read in pages of about 16 MiB that each decode on their own.

A page of a CSV file is the file's own bytes, cut at a record's end, with the header in front. A row that cannot be read
(too few cells, not UTF-8, a quote that never closes) is set aside by its number; the rows around it are kept.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from maitred.base.errors import BadInput
from maitred.connectors.columns import LINE
from maitred.connectors.converters import LARGEST_TEXT
from maitred.connectors.decoded import Bad

PAGE_BYTES = 16 * 1024 * 1024
PAGE_ROWS = 200_000
LARGEST_RECORD = 256 * 1024 * 1024
_SUFFIXES = (".csv", ".csv.gz", ".parquet")


@dataclass(frozen=True, slots=True)
class TableFile:
    """One file of the folder and the table it holds."""

    stream: str
    path: Path


@dataclass(frozen=True, slots=True)
class Parsed:
    """Text columns of a page with ``_line`` (0-based record number), and the records that are not rows."""

    rows: pa.Table
    count: int
    bad: list[Bad] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TablePage:
    """A piece of a table file: ``first_row`` counts records from 1; ``body`` is CSV with a header, ``parsed`` its
    rows."""

    stream: str
    file: str
    first_row: int
    body: bytes
    parsed: Parsed

    @property
    def rows(self) -> int:
        """Records, those that are not rows included."""
        return self.parsed.count


def scan(directory: Path, known: Sequence[str], what: str) -> tuple[list[TableFile], list[str]]:
    """The table files of a folder in the order of ``known``, and a notice for what is left alone.

    Raises
    ------
    BadInput
        The folder is missing, empty, or holds no table that is known.
    """
    if not directory.is_dir():
        raise BadInput(f"{directory} is not a folder", f"name the folder that holds the {what} tables")
    found: dict[str, Path] = {}
    unknown = []
    for path in sorted(p for p in directory.iterdir() if p.is_file() and not p.name.startswith(".")):
        stream = _stream(path.name)
        if stream in known:
            if stream in found:
                raise BadInput(f"{path.name} and {found[stream].name} both hold table {stream}", "keep one of them")
            found[stream] = path
        elif path.name != "import.toml":
            unknown.append(path.name)
    if not found:
        raise BadInput(
            f"{directory} holds no {what} table", f"expected files such as {known[0]}.csv or {known[0]}_data.csv"
        )
    notices = [f"not used: {', '.join(unknown)}"] if unknown else []
    return [TableFile(name, found[name]) for name in known if name in found], notices


def _stream(name: str) -> str:
    lowered = name.lower()
    for suffix in _SUFFIXES:
        if lowered.endswith(suffix):
            stem = lowered.removesuffix(suffix)
            return stem.removesuffix("_data")
    return ""


def pages(file: TableFile) -> Iterator[TablePage]:
    """Read a table file piece by piece; memory is bounded by one piece."""
    if file.path.name.lower().endswith(".parquet"):
        yield from _parquet_pages(file)
        return
    with _opened(file.path) as source:
        yield from _csv_pages(file, source)


def _opened(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb")  # type: ignore[return-value]


def _csv_pages(file: TableFile, source: IO[bytes]) -> Iterator[TablePage]:
    name = file.path.name
    try:
        rest = source.read(PAGE_BYTES)
        rest, header = _header(name, rest)
        first_row = 1
        while True:
            more = source.read(PAGE_BYTES)
            cut = _record_end(rest) if more else len(rest)
            if cut == 0 and more:
                rest += more
                if len(rest) > LARGEST_RECORD:
                    raise BadInput(
                        f"{name} row {first_row}: a record of more than {LARGEST_RECORD >> 20} MiB",
                        "a quote is probably never closed; mend the file",
                    )
                continue
            body = rest[:cut]
            if body.strip():
                page = header + body
                parsed = parse(page)
                yield TablePage(file.stream, name, first_row, page, parsed)
                first_row += parsed.count
            rest = rest[cut:] + more
            if not more:
                return
    except (EOFError, gzip.BadGzipFile, OSError) as error:
        if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
            raise
        raise BadInput(f"{name} is not a whole gzip file ({error})", "copy it again from its source") from error


def _header(name: str, start: bytes) -> tuple[bytes, bytes]:
    """Cut the header line off; returns the rest and the header with its line end."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadInput(f"{name} is UTF-16", "save it as UTF-8")
    start = start.removeprefix(b"\xef\xbb\xbf")
    if not start.strip():
        raise BadInput(f"{name} is empty", "export the table with its header")
    end = start.find(b"\n") + 1 or len(start)
    header = start[:end].rstrip(b"\r\n") + b"\n"
    for sign, called in ((b";", "';'"), (b"\t", "a tab"), (b"|", "'|'")):
        if sign in header and b"," not in header:
            raise BadInput(f"{name} separates its columns by {called}", "export it with commas")
    _check_names(name, next(csv.reader([header.decode("utf-8", "replace")]), []))
    return start[end:], header


_LONG_NUMBER = re.compile(r"(?:[0-9][ .-]{0,2}){12,}")


def _check_names(file: str, names: Sequence[str]) -> None:
    """A header names each column once and holds no long number: that would be a row, perhaps with a card, in its
    place."""
    if any(_LONG_NUMBER.search(name) for name in names):
        raise BadInput(f"{file} starts with values instead of column names", "export the table with its header")
    lowered = [name.strip().lower() for name in names]
    twice = [name for place, name in enumerate(lowered) if name in lowered[:place]]
    if twice:
        raise BadInput(f"{file} names column {twice[0]} twice in its header", "rename one of them")


def _record_end(data: bytes) -> int:
    """Where the last whole record of a piece ends: a line end outside quotes; 0 without one."""
    quotes = data.count(b'"')
    cut = data.rfind(b"\n") + 1
    tail = len(data)
    while cut > 0:
        quotes -= data.count(b'"', cut, tail)
        if quotes % 2 == 0:
            return cut
        tail = cut
        cut = data.rfind(b"\n", 0, cut - 1) + 1
    return 0


def parse(body: bytes) -> Parsed:
    """Read a page: the fast reader first, and record by record where it refuses."""
    fast = _fast(body)
    return fast if fast is not None else _slow(body)


def _fast(body: bytes) -> Parsed | None:
    from pyarrow import csv as fast_csv

    if b"\0" in body or body.count(b'"') % 2:
        return None
    names = next(csv.reader(io.StringIO(body[: body.find(b"\n")].decode("utf-8", "replace"))), [])
    names = [name.strip().lower() for name in names]
    try:
        table = fast_csv.read_csv(
            io.BytesIO(body),
            read_options=fast_csv.ReadOptions(
                use_threads=False, block_size=len(body) + 1, column_names=names, skip_rows=1
            ),
            parse_options=fast_csv.ParseOptions(newlines_in_values=True),
            convert_options=fast_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        return None
    for column in table.columns:
        longest = pc.max(pc.binary_length(column)).as_py()
        if longest is not None and longest > LARGEST_TEXT:
            return None
    lines = pa.array(range(table.num_rows), pa.int64())
    return Parsed(table.append_column(LINE, lines), table.num_rows)


_END = "\x1e"


def _slow(body: bytes) -> Parsed:
    """Record by record: exact numbers and reasons for what cannot be read."""
    csv.field_size_limit(2**31 - 1)
    notices = []
    if b"\0" in body:
        body = body.replace(b"\0", "\ufffd".encode())
        notices.append("NUL bytes were replaced by U+FFFD")
    text = body.decode("utf-8", "surrogateescape")
    reader = csv.reader(io.StringIO(f"{text}\n{_END}\n", newline=""))
    names = [name.strip().lower() for name in next(reader)]
    columns: list[list[str | None]] = [[] for _ in names]
    lines: list[int] = []
    bad: list[Bad] = []
    count = 0
    records = [record for record in reader if record]
    open_quote = records[-1] != [_END]  # it has swallowed the line behind the file
    if not open_quote:
        del records[-1]
    for line, record in enumerate(records):
        count = line + 1
        fault = _fault(record, names, line)
        if fault is None and open_quote and line == len(records) - 1:
            fault = Bad(line, "bad_row", names[0], "a quote is opened and never closed")
        if fault is not None:
            bad.append(fault)
            continue
        lines.append(line)
        for column, value in zip(columns, record, strict=True):
            column.append(value or None)
    arrays: list[Any] = [pa.array(column, pa.string()) for column in columns]
    table = pa.table([*arrays, pa.array(lines, pa.int64())], names=[*names, LINE])
    return Parsed(table, count, bad, notices)


def _fault(record: Sequence[str], names: Sequence[str], line: int) -> Bad | None:
    if len(record) != len(names):
        last = names[min(len(record), len(names)) - 1]
        why = f"{len(record)} cells where the header has {len(names)}, the last is {last} (the file may be cut off)"
        return Bad(line, "bad_row", last, why)
    for name, value in zip(names, record, strict=True):
        if len(value) > LARGEST_TEXT // 4 and len(value.encode("utf-8", "surrogateescape")) > LARGEST_TEXT:
            return Bad(line, "too_big", name, f"{name} is larger than 10 MB")
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            byte = ord(value[error.start]) - 0xDC00
            return Bad(
                line, "bad_text", name, f"{name} is not UTF-8 (byte 0x{byte:02x} at character {error.start + 1})"
            )
    return None


def _parquet_pages(file: TableFile) -> Iterator[TablePage]:
    import pyarrow.parquet as pq

    name = file.path.name
    try:
        source = pq.ParquetFile(file.path)
    except (pa.ArrowInvalid, OSError) as error:
        raise BadInput(f"{name} is not a whole Parquet file ({error})", "copy it again from its source") from error
    _check_names(name, source.schema_arrow.names)
    first_row = 1
    for rows in _batches(name, source):
        body = as_csv(rows)
        yield TablePage(file.stream, name, first_row, body, parse(body))
        first_row += rows.num_rows


def _batches(name: str, source: Any) -> Iterator[pa.Table]:
    try:
        for batch in source.iter_batches(batch_size=PAGE_ROWS):
            yield pa.Table.from_batches([batch])
    except (pa.ArrowException, OSError) as error:
        raise BadInput(f"{name} is damaged inside ({error})", "copy it again from its source") from error


def as_csv(rows: pa.Table) -> bytes:
    """A table as CSV with a header: every value as text, instants in UTC without a zone, null as an empty cell."""
    from pyarrow import csv as fast_csv

    columns = [_as_text(column) for column in rows.columns]
    names = [name.lower() for name in rows.schema.names]
    out = io.BytesIO()
    fast_csv.write_csv(pa.table(columns, names=names), out)
    return out.getvalue()


def _as_text(column: Any) -> Any:
    kind = column.type
    if pa.types.is_timestamp(kind):
        naive = pc.cast(column, pa.timestamp("us")) if kind.tz else column
        return pc.cast(pc.cast(naive, pa.timestamp("s"), safe=False), pa.string())
    if pa.types.is_floating(kind):
        whole = pc.cast(column, pa.int64(), safe=False)
        if pc.all(pc.fill_null(pc.equal(pc.cast(whole, kind), column), True)).as_py():
            return pc.cast(whole, pa.string())
    return pc.cast(column, pa.string())


def with_texts(rows: pa.Table, texts: Iterable[tuple[str, Any]]) -> bytes:
    """A parsed page as CSV again, with some of its text columns replaced."""
    replaced = dict(texts)
    names = [name for name in rows.schema.names if name != LINE]
    return as_csv(pa.table([replaced.get(name, rows[name]) for name in names], names=names))
