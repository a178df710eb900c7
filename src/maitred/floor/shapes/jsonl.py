"""JSON Lines from Arrow columns: objects put together column by column, without a Python object per line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_ESCAPES = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))
_CONTROL = r"[\x00-\x1f]"


def quoted(texts: pa.Array) -> pa.Array:
    """Texts as JSON; null as ``null``."""
    escaped = texts
    for plain, written in _ESCAPES:
        if pc.any(pc.match_substring(escaped, plain)).as_py():
            escaped = pc.replace_substring(escaped, plain, written)
    if pc.any(pc.match_substring_regex(escaped, _CONTROL)).as_py():
        slow = [None if text is None else orjson.dumps(text).decode() for text in texts.to_pylist()]
        return pc.fill_null(pa.array(slow, pa.string()), "null")
    return pc.fill_null(joined('"', escaped, '"'), "null")


def plain(values: pa.Array) -> pa.Array:
    """Numbers (also as text) and ready JSON as they are; null as ``null``."""
    return pc.fill_null(pc.cast(values, pa.string()), "null")


def joined(*parts: Any) -> pa.Array:
    """Texts put one after another; a plain ``str`` stands in every row; null where a part is null."""
    arrays: list[Any] = [pa.scalar(part, pa.string()) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*arrays, "")


def instants(seconds: NDArray[np.int64]) -> pa.Array:
    """Epoch seconds as ISO 8601 in quotes; negative ones as ``null``."""
    moments = pa.array(seconds, pa.int64(), mask=seconds < 0).cast(pa.timestamp("s"))
    return pc.fill_null(pc.strftime(moments, '"%Y-%m-%dT%H:%M:%SZ"'), "null")


def formatted(moments: pa.Array, pattern: str) -> pa.Array:
    """Instants in a form of their own, in UTC."""
    return pc.strftime(moments, pattern)


def otherwise(texts: pa.Array, other: Any) -> pa.Array:
    """Texts, and something else where there is none."""
    return pc.coalesce(texts, pa.scalar(other, pa.string()) if isinstance(other, str) else other)


def ends(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each run of equal keys ends."""
    return np.flatnonzero(np.r_[keys[1:] != keys[:-1], True]) + 1 if len(keys) else np.zeros(0, np.int64)


def lists(items: pa.Array, ends: NDArray[np.int64]) -> pa.Array:
    """Consecutive items joined by commas; ``ends`` are where each list ends."""
    offsets = pa.array(np.r_[0, ends].astype(np.int32))
    return pc.binary_join(pa.ListArray.from_arrays(offsets, items), ",")


def objects(fields: Sequence[tuple[str, Any]]) -> pa.Array:
    """One JSON object per row from keys and columns of ready JSON; a plain ``str`` is the same JSON in every row."""
    parts: list[Any] = []
    glue = "{"
    for key, column in fields:
        glue += f'"{key}":'
        if isinstance(column, str):
            glue += column
        else:
            parts += [glue, column]
            glue = ""
        glue += ","
    return joined(*parts, glue[:-1] + "}")


def write(out: IO[bytes], lines: pa.Array) -> int:
    """Write each text as a line; gives how many."""
    if len(lines):
        ended = joined(lines, "\n")
        start, stop = (int.from_bytes(ended.buffers()[1][at : at + 4], "little") for at in _span(ended))
        out.write(memoryview(ended.buffers()[2])[start:stop])
    return len(lines)


def _span(array: pa.Array) -> tuple[int, int]:
    return 4 * array.offset, 4 * (array.offset + len(array))


def dump(path: Path, records: Iterable[object]) -> int:
    """A file of some records, for lists that are short."""
    lines = [orjson.dumps(record) for record in records]
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return len(lines)
