"""Reading a foreign event log from a file: CSV, Parquet or XES, each perhaps gzipped, in pages of bounded size.

For the import: ``inspect`` says what the file is and refuses one that cannot be read; ``read`` yields its pages.
Nothing here knows what the columns mean.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from maitred.base.errors import BadInput
from maitred.connectors.decoded import Bad
from maitred.connectors.files.eventlog import parquet_log, records, xes_log
from maitred.connectors.files.eventlog.pages import (
    Dialect,
    LogChunk,
    header_of,
    rows_of,
    sniff,
    sniff_encoding,
)
from maitred.connectors.files.eventlog.streams import Stream, packing_of

Kind = Literal["csv", "parquet", "xes"]
PAGE_BYTES = 16 * 1024 * 1024
_HEAD = 1 << 20
_UTF8_MARK = b"\xef\xbb\xbf"
_ENCODINGS = {"utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "cp1252 (Windows)"}
_PACKINGS = {"gz": "gzipped", "zst": "zstd-packed"}
_MARKS = {",": "comma", ";": "semicolon", "\t": "tab"}
_PACKED = (b"PK\x03\x04", b"BZh", b"\xfd7zXZ\0", b"7z\xbc\xaf")


@dataclass(frozen=True, slots=True)
class Source:
    """What a log file is. ``columns`` of an XES file are those of its first events."""

    path: Path
    kind: Kind
    packing: str
    dialect: Dialect
    columns: tuple[str, ...]

    @property
    def described(self) -> str:
        """One line for the report of an import."""
        packed = f"{_PACKINGS[self.packing]} " if self.packing else ""
        if self.kind != "csv":
            return f"{self.path.name}: {packed}{'XES' if self.kind == 'xes' else 'Parquet'}"
        mark = _MARKS.get(self.dialect.delimiter, self.dialect.delimiter)
        return f"{self.path.name}: {packed}CSV, {_ENCODINGS[self.dialect.encoding]}, fields parted by {mark}"

    def require(self, needs: Mapping[str, str]) -> None:
        """Refuse (``BadInput``) when a column is missing; ``needs``: column -> who names it."""
        for column, asker in needs.items():
            if column not in self.columns:
                raise BadInput(
                    f"{self.path.name} has no column {column!r}, which {asker} names",
                    f"its columns are: {', '.join(self.columns)}",
                )


def inspect(path: Path, needs: Collection[str] = (), *, delimiter: str | None = None) -> Source:
    """Find out what a log file is.

    Parameters
    ----------
    path
        The file.
    needs
        Columns that are looked for; a delimiter under which the header has them wins.
    delimiter
        What parts the fields of a CSV, where the guess would be wrong.

    Raises
    ------
    BadInput
        The file is missing, empty or of no known kind, or no delimiter parts it into columns.
    """
    head, packing = _head(path)
    kind = _kind(head, path)
    if kind == "parquet":
        return Source(path, kind, packing, Dialect(), parquet_log.columns_of(path))
    if kind == "xes":
        return Source(path, kind, packing, Dialect(), xes_log.columns_of(path, packing))
    dialect = sniff(head, needs, delimiter)
    text = head.decode(dialect.encoding, "replace").lstrip("\ufeff").encode()
    return Source(path, kind, packing, dialect, tuple(header_of(text, dialect)[0]))


def read(
    path: Path,
    needs: Mapping[str, str] | None = None,
    *,
    keep: Collection[str] | None = None,
    source: Source | None = None,
    page_bytes: int = PAGE_BYTES,
) -> Iterator[LogChunk]:
    """The pages of a log file, in order.

    Parameters
    ----------
    path
        The file.
    needs
        Column -> who names it (``Roles.needs``); a missing one is refused before the first page.
    keep
        Columns that the tables hold; all when null. The bodies always hold all.
    source
        What ``inspect`` found, to spare a second look.
    page_bytes
        A page ends with the last record that ends within so many bytes, or with the first one if that is longer.

    Raises
    ------
    BadInput
        As ``inspect``; also when a column is missing or there is no row at all.
    """
    source = source or inspect(path, needs or ())
    source.require(needs or {})
    if source.kind == "parquet":
        pages = parquet_log.pages(path, keep, page_bytes)
    elif source.kind == "xes":
        pages = xes_log.pages(path, source.packing, source.columns, keep, page_bytes)
    else:
        pages = _csv_pages(source, keep, page_bytes)
    found = 0
    for page in pages:
        found += page.records
        yield page
    if not found:
        raise BadInput(f"{path.name} has a header and no rows", "give a log with at least one event")


def _head(path: Path) -> tuple[bytes, str]:
    packing = packing_of(Stream(path).read(8))
    head = Stream(path, packing).read(_HEAD)
    if not head.strip(_UTF8_MARK + b"\xff\xfe \r\n\t\0"):
        raise BadInput(f"{path.name} is empty", "give a log with a header line and at least one event")
    return head, packing


def _kind(head: bytes, path: Path) -> Kind:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(_PACKED):
        raise BadInput(f"{path.name} is an archive or a workbook", "unpack it, or save it as CSV, and give that file")
    start = head[:4096].replace(b"\0", b"").lstrip(_UTF8_MARK + b"\xff\xfe \r\n\t")
    return "xes" if start.startswith(b"<") else "csv"


def _csv_pages(source: Source, keep: Collection[str] | None, page_bytes: int) -> Iterator[LogChunk]:
    stream = Stream(source.path, source.packing)
    dialect, line, header, decided = source.dialect, 1, b"", False
    for body, last in _marked_last(_pieces(stream, dialect, page_bytes)):
        if not decided and dialect.encoding in ("utf-8", "cp1252") and not body.isascii():
            dialect, decided = Dialect(sniff_encoding(body), dialect.delimiter), True
        page = rows_of(header + body, dialect, first_line=line, keep=keep, last=last)
        header = header or _header_bytes(body, dialect)
        line += page.records
        if not (page.records or last):
            continue  # the header alone, which the next page repeats
        if last and stream.broken:
            message = f"the file breaks off after row {line - 1}: {stream.broken}"
            page.bad.append(Bad(line, "bad_row", "file", message))
        yield page


def _pieces(stream: Stream, dialect: Dialect, page_bytes: int) -> Iterator[bytes]:
    """The file's bytes in pieces that end with a record."""
    rest, ended = b"", False
    while not ended:
        asked = max(page_bytes - len(rest), page_bytes // 4, 1)
        block = stream.read(asked)
        ended = len(block) < asked
        rest += block
        end = _whole_until(rest, dialect, ended)
        if not end and len(rest) > 2 * records.LONGEST:
            raise BadInput(f"a row of the file is longer than {len(rest)} bytes", "check its line ends and its quotes")
        if end:
            yield rest[:end]
            rest = rest[end:]


def _marked_last(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    held: bytes | None = None
    for piece in pieces:
        if held is not None:
            yield held, False
        held = piece
    if held is not None:
        yield held, True


def _whole_until(body: bytes, dialect: Dialect, final: bool) -> int:
    """As ``records.whole_until``, for UTF-16 too."""
    mark = dialect.delimiter.encode()
    if final or not dialect.encoding.startswith("utf-16"):
        return records.whole_until(body, mark, final=final)
    text = body[: len(body) // 2 * 2].decode(dialect.encoding, "replace").encode()
    return len(text[: records.whole_until(text, mark, final=False)].decode().encode(dialect.encoding))


def _header_bytes(body: bytes, dialect: Dialect) -> bytes:
    """The header as it stands in the file, its byte order mark and line end included."""
    if dialect.encoding.startswith("utf-16"):
        text = body.decode(dialect.encoding, "replace")
        mark = "\ufeff" * text.startswith("\ufeff")
        plain = text.removeprefix("\ufeff").encode()
        return (mark + plain[: header_of(plain, dialect)[1]].decode()).encode(dialect.encoding)
    start = len(_UTF8_MARK) if body.startswith(_UTF8_MARK) else 0
    return body[: start + header_of(body[start:], dialect)[1]]
