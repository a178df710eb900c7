"""A Delta table outside publications and time travel: a row that is taken out is gone from every byte at once.

Rows stand under a surrogate ``key`` that says nothing of anybody; only the range of keys enters the log. Taking rows
out writes the files anew that hold them, removes the old ones, and clears the log of what named them. One writer at a
time: whoever writes holds the lock of the table.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.base.errors import Conflict
from maitred.warehouse.store import DataFile, Spec, Store

KEY = "key"
MANY_FILES = 24


class ErasableTable:
    """One table of rows by key.

    Parameters
    ----------
    root
        The folder of the warehouse.
    schema
        Its columns; ``key`` is a 64-bit whole number.
    """

    def __init__(self, root: Path, name: str, schema: pa.Schema) -> None:
        self.name, self.schema = name, schema
        self.folder = root / name
        self._store = Store(root, [Spec(name, schema, stats=(KEY,))])

    @property
    def uri(self) -> str:
        return str(self.folder)

    def exists(self) -> bool:
        return self._store.exists(self.name)

    def version(self) -> int:
        return self._store.version(self.name)

    def rows(self) -> int:
        """How many rows there are."""
        return sum(file.rows for file in self._files())

    def batches(self) -> Iterator[pa.Table]:
        """All rows, one file after another."""
        for file in self._files():
            yield self._read(file)

    @contextmanager
    def writing(self, wait: float = 60.0) -> Iterator[None]:
        """Hold the table for writing.

        Raises
        ------
        Conflict
            Somebody else holds it for longer than that.
        """
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with self.folder.with_name(f".{self.name}.lock").open("w") as lock:
            ends = time.monotonic() + wait
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except OSError as error:
                    if time.monotonic() >= ends:
                        what = f"another process writes the table {self.name} at the moment"
                        raise Conflict(what, "wait until it has ended, or give a longer --wait") from error
                    time.sleep(0.05)
            yield

    def put(self, rows: pa.Table) -> int:
        """Add rows, in the place of those of the same key; returns the new version."""
        if not rows.num_rows:
            return self.version()
        table = self._store.table(self.name)
        removed, kept = self._without(rows[KEY])
        added = [one for part in kept for one in self._written(part)]
        added += self._written(rows.select(self.schema.names).cast(self.schema))
        version = self._store._commit(table, added, removed, None)
        if removed:
            self._clear()
        if len(self._files()) > MANY_FILES:
            self._store.compact(self.name)
            self._clear()
        return version

    def erase(self, keys: Sequence[int]) -> int:
        """Take rows out; when it returns they are gone from every file. Returns how many there were."""
        if not self.exists():
            return 0
        before = self.rows()
        removed, kept = self._without(pa.chunked_array([pa.array(sorted(set(keys)), pa.int64())]))
        if removed:
            added = [one for part in kept for one in self._written(part)]
            self._store._commit(self._store.table(self.name), added, removed, None)
        self._clear()
        return before - self.rows()

    def _written(self, rows: pa.Table) -> list[Any]:
        return self._store.write_files(self.name, rows)

    def _files(self) -> list[DataFile]:
        return self._store.files(self._store.table(self.name)) if self.exists() else []

    def _read(self, file: DataFile) -> pa.Table:
        import pyarrow.parquet as pq

        return pq.read_table(str(self.folder / file.path), partitioning=None).select(self.schema.names)

    def _without(self, keys: pa.ChunkedArray) -> tuple[list[DataFile], list[pa.Table]]:
        """The files that hold one of these keys, and what stays of each."""
        import pyarrow.parquet as pq

        wanted = np.unique(np.asarray(keys.to_numpy()))
        removed, kept = [], []
        for file in self._files():
            held = pq.read_table(str(self.folder / file.path), columns=[KEY], partitioning=None)[KEY].to_numpy()
            gone = np.isin(held, wanted)
            if gone.any():
                removed.append(file)
                kept.append(self._read(file).filter(pa.array(~gone)))
        return removed, [part for part in kept if part.num_rows]

    def _clear(self) -> None:
        """Remove what no file of the newest version is, and the entries of the log that came before it."""
        self._store.vacuum(self.name, [])
        table = self._store.table(self.name)
        table.create_checkpoint()
        newest = int(table.version())
        for path in (self.folder / "_delta_log").glob("*.json"):
            if path.stem.isdigit() and int(path.stem) < newest:
                path.unlink(missing_ok=True)
        for path in (self.folder / "_delta_log").glob("*.checkpoint.parquet"):
            if int(path.name.partition(".")[0]) < newest:
                path.unlink(missing_ok=True)


def keys_of(table: pa.Table) -> list[int]:
    """The keys of these rows."""
    return [int(key) for key in pc.unique(table[KEY]).to_pylist()]
