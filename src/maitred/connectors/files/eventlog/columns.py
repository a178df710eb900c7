"""The text columns of one part of a log, each as distinct values and codes, worked out once per column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Array: TypeAlias = "pa.Array[Any]"


@dataclass(frozen=True, slots=True)
class Coded:
    """A column: ``values[codes[row]]`` is the row's value; the code -1 means that it is missing."""

    values: Array
    codes: Ints

    @property
    def texts(self) -> list[str]:
        """The distinct values."""
        texts: list[Any] = self.values.to_pylist()
        return texts

    def translated(self, meaning: dict[str, str | None]) -> Coded:
        """The column with each value replaced; what maps to nothing becomes missing."""
        new = [meaning.get(text) for text in self.texts]
        index = {text: code for code, text in enumerate(dict.fromkeys(text for text in new if text is not None))}
        table = np.array([-1 if text is None else index[text] for text in new] + [-1], np.int64)
        return Coded(pa.array(list(index), pa.string()), table[self.codes])

    def at(self, rows: Ints) -> Array:
        """The values of some rows, null where missing."""
        return take(self.values, self.codes[rows])


def take(values: Array, codes: Ints) -> Array:
    """``values[codes]``; the code -1 gives null."""
    places: Any = pa.array(codes, mask=codes < 0)
    return values.take(places)


@dataclass(slots=True)
class Columns:
    """The columns of ``table``; texts are trimmed, and those of ``missing`` are missing."""

    table: pa.Table
    missing: tuple[str, ...] = ("",)
    _done: dict[str, Coded] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Coded:
        if name not in self._done:
            self._done[name] = self._coded(self.table.column(name))
        return self._done[name]

    def __contains__(self, name: str) -> bool:
        return name in self.table.column_names

    def _coded(self, column: pa.ChunkedArray[Any]) -> Coded:
        chunks: list[Any] = column.cast(pa.string()).dictionary_encode().chunks
        if not chunks:
            return Coded(pa.array([], pa.string()), np.zeros(0, np.int64))
        codes = np.concatenate([chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False) for chunk in chunks])
        texts: Any = pc.utf8_trim_whitespace(chunks[-1].dictionary)
        gone: Any = pc.is_in(texts, pa.array(self.missing, pa.string()))
        kept: Any = pc.if_else(gone, pa.scalar(None, pa.string()), texts).dictionary_encode()
        table = np.append(kept.indices.fill_null(-1).to_numpy(zero_copy_only=False), -1)
        return Coded(kept.dictionary, table[codes].astype(np.int64))


def equals(values: Array, text: str) -> Flags:
    """Which values are ``text``; a null is not."""
    same: Any = pc.equal(values, pa.scalar(text, pa.string()))
    return np.asarray(same.fill_null(False).to_numpy(zero_copy_only=False), np.bool_)
