"""Reads one file and says where something stands in it that should not be kept; of the value only four digits."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from maitred.sync.screen import Finding, screen_column, screen_json_lines, screen_text
from maitred.sync.screen.prefilter import first_look

PIECE = 8_192
OVERLAP = 256
"""Bytes of a piece of a file, and how far two pieces reach into each other, so that no number is cut in two."""
CHUNK = 4 * 2**20
_PACKED = 16 * 1024
_MASK = re.compile(r"\[card •••• (\d{4})\]")
_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Hit:
    """Something at a place of a file: in which field and record, of which kind, how many, how sure, its last digits."""

    field: str
    record: str
    kind: str
    confidence: str
    count: int
    masked: str


def hits_in(path: Path, form: str) -> Iterator[Hit]:
    """What a file holds, its name included."""
    yield from text_hits(path.name, "file name", "")
    if form == "parquet":
        yield from _parquet(path)
    elif form == "lines":
        yield from _lines(path)
    else:
        yield from _bytes(path)


def text_hits(text: str, field: str, record: str) -> list[Hit]:
    """What one text holds."""
    found = screen_text(text, field)
    return _hits(found.findings, field, record, text, found.text)


def _hits(findings: tuple[Finding, ...], field: str, record: str, before: str, after: str) -> list[Hit]:
    """One hit a kind; the last digits are those of masks that were not there before."""
    if not findings:
        return []
    fresh = Counter(_MASK.findall(after)) - Counter(_MASK.findall(before))
    digits = ", ".join(f"•••• {one}" for one in sorted(fresh.elements())[:10])
    return [Hit(field[:200], record, one.kind, one.confidence, one.count, digits if one.kind == "card" else "")
            for one in findings]  # fmt: skip


def _parquet(path: Path) -> Iterator[Hit]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        first = 0
        for batch in file.iter_batches(batch_size=_ROWS):
            for name in batch.schema.names:
                yield from _column(batch.column(name), name, first)
            first += batch.num_rows


def _column(values: Any, name: str, first: int) -> Iterator[Hit]:
    screened, found = screen_column(values, name)
    by_row: dict[int, list[Finding]] = {}
    for row, one in found:
        by_row.setdefault(row, []).append(one)
    for row, findings in by_row.items():
        before, after = str(values[row].as_py()), str(screened[row].as_py())
        yield from _hits(tuple(findings), name, f"row {first + row + 1}", before, after)


def _lines(path: Path) -> Iterator[Hit]:
    """JSON lines, packed or not, in chunks that end with a line."""
    first, rest = 0, b""
    for piece in _unpacked(path):
        whole, newline, rest = (rest + piece).rpartition(b"\n")
        if newline:
            yield from _chunk(whole + newline, first)
            first += whole.count(b"\n") + 1
    if rest:
        yield from _chunk(rest, first)


def _chunk(chunk: bytes, first: int) -> Iterator[Hit]:
    screened, found = screen_json_lines(chunk)
    if not found:
        return
    before, after = chunk.split(b"\n"), screened.split(b"\n")
    for line, one in found:
        texts = before[line].decode(errors="replace"), _unescaped(after[line].decode(errors="replace"))
        yield from _hits((one,), one.field or "line", f"line {first + line + 1}", *texts)


def _unescaped(text: str) -> str:
    return text.replace("\\u2022", "•")


def _unpacked(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(0)
        if head == b"\x28\xb5\x2f\xfd":
            yield from _zstandard(file)
            return
        source: Any = gzip.GzipFile(fileobj=file) if head[:2] == b"\x1f\x8b" else file
        while piece := source.read(CHUNK):
            yield piece


def _zstandard(file: BinaryIO) -> Iterator[bytes]:
    """Frame after frame, a little at a time; a file that ends inside a frame is damaged."""
    import zstandard

    unpacking = zstandard.ZstdDecompressor().decompressobj()
    while piece := file.read(_PACKED):
        while piece:
            yield unpacking.decompress(piece)
            piece = unpacking.unused_data
            if unpacking.eof and piece:
                unpacking = zstandard.ZstdDecompressor().decompressobj()
    if not unpacking.eof:
        raise EOFError("the file ends inside a frame")


def _bytes(path: Path) -> Iterator[Hit]:
    """Any other file, unpacked where it is packed: pieces that overlap, of which only suspects are read."""
    start, tail = 0, b""
    seen: set[tuple[str, str]] = set()
    for chunk in _unpacked(path):
        held = tail + chunk
        base = start - len(tail)
        places = range(0, max(1, len(held) - OVERLAP), PIECE - OVERLAP)
        pieces = pa.array([held[one : one + PIECE] for one in places], pa.binary())
        suspects = first_look(pieces).to_pylist()
        for place, suspect in zip(places, suspects, strict=True):
            if suspect:
                text = held[place : place + PIECE].decode("utf-8", "replace")
                for hit in text_hits(text, "", ""):
                    where = f"byte {base + place + 1} on"
                    if (hit.kind, hit.masked) not in seen or hit.kind != "card":
                        seen.add((hit.kind, hit.masked))
                        yield Hit("bytes", where, hit.kind, hit.confidence, hit.count, hit.masked)
        start += len(chunk)
        tail = held[-OVERLAP:]
