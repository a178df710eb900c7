"""The Delta tables of a workspace: created with their canonical schema, merged into by one writer, read by many.

A merge brings in rows by primary key, newer wins, and is idempotent: the same rows again make no new version. It writes
Parquet files itself and commits them with the removed ones in one Delta transaction, so that the work is proportional
to the rows and to the files they touch (see docs/decisions/0002-own-merge.md for what was measured).
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.base import faults
from maitred.base.errors import WarehouseDamaged
from maitred.warehouse import history
from maitred.warehouse.watch import Watch

if TYPE_CHECKING:
    from deltalake import DeltaTable

FILE_ROWS = 200_000
"""Rows of a full data file: small enough to rewrite in a moment, large enough to scan fast."""
GROUP_ROWS = 32_768
SMALL_FILE_ROWS = FILE_ROWS // 4
PINNED_LISTS = 200
_DICTIONARY = (
    "source_id",
    "raw_ref",
    "delete_kind",
    "actor_id",
    "actor_type",
    "author_id",
    "author_type",
    "direction",
    "field",
    "old_value",
    "new_value",
    "new_raw",
    "provenance",
    "via",
    "status",
    "status_raw",
    "priority",
    "priority_raw",
    "type",
    "channel",
    "channel_raw",
    "assignee_id",
    "group_id",
    "organization_id",
    "brand_id",
    "form_id",
    "metric",
    "role",
    "tag",
    "schedule_id",
    "custom",
)


@dataclass(frozen=True, slots=True)
class Spec:
    """How one table is stored.

    ``order`` are the columns by which rows stand inside a file; ``stats`` the columns whose range is kept in the log
    (keys and times only: a text value never enters the log, so that it can be erased).
    """

    name: str
    schema: pa.Schema
    partition: str | None = None
    order: tuple[str, ...] = ()
    stats: tuple[str, ...] = ()

    @property
    def file_schema(self) -> pa.Schema:
        return pa.schema([f for f in self.schema if f.name != self.partition])


@dataclass(frozen=True, slots=True)
class DataFile:
    """One live file of a table version; the key range is None where the table has no ticket key."""

    path: str
    rows: int
    size: int
    partition: str | None
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did: rows new, rows replaced by a newer state, rows that changed nothing, version afterwards.

    ``changed`` holds ``load_seq``, ``_line`` and, where the table has it, ``ticket_key`` of the rows that count; None
    when nothing changed.
    """

    inserted: int
    updated: int
    superseded: int
    version: int
    changed: pa.Table | None = None


_PINNED: dict[tuple[str, str, int, int, int], list[DataFile]] = {}
"""Files of versions that were read before, by the entry of the log that made the version."""


@cache
def _format(words: tuple[str, ...]) -> Any:
    import pyarrow.dataset as ds

    return ds.ParquetFileFormat(
        read_options=ds.ParquetReadOptions(dictionary_columns=list(words)),
        default_fragment_scan_options=ds.ParquetFragmentScanOptions(pre_buffer=False, use_buffered_stream=True),
    )


def _part(path: Path, words: tuple[str, ...]) -> Any:
    """A data file with what its end says of it, which is read once as long as nobody touches the file."""
    state = path.stat()
    return _fragment(str(path), words, state.st_ino, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=512)
def _fragment(path: str, words: tuple[str, ...], *_state: int) -> Any:
    from pyarrow.fs import LocalFileSystem

    return _format(words).make_fragment(path, LocalFileSystem())


class Store:
    """The tables below one folder."""

    def __init__(self, root: Path, specs: Iterable[Spec]) -> None:
        self.root = root
        self.specs = {spec.name: spec for spec in specs}
        self.watch: Watch | None = None

    # ------------------------------------------------------------ tables and versions

    def uri(self, name: str) -> str:
        return str(self.root / name)

    def exists(self, name: str) -> bool:
        return self.latest(name) is not None

    def latest(self, name: str) -> int | None:
        """The newest version, from the names in the log alone; None where there is no table."""
        log = self.root / name / "_delta_log"
        names = [path.stem for path in log.glob("*.json") if path.stem.isdigit()] if log.is_dir() else []
        return int(max(names)) if names else None

    def table(self, name: str, version: int | None = None) -> DeltaTable:
        """The table at a version (the newest by default); created empty where it does not exist yet."""
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError

        if not self.exists(name):
            return self._create(name)
        try:
            return DeltaTable(self.uri(name), version=version)
        except DeltaError as error:
            raise WarehouseDamaged(
                f"table {name}{'' if version is None else f' at version {version}'} cannot be opened ({error})",
                "run `maitred doctor`, then restore its _delta_log from a backup",
            ) from error

    def version(self, name: str) -> int:
        return int(self.table(name).version())

    def _create(self, name: str) -> DeltaTable:
        from deltalake import DeltaTable

        spec = self.specs[name]
        self.root.mkdir(parents=True, exist_ok=True)
        table = DeltaTable.create(
            self.uri(name),
            schema=spec.schema,
            partition_by=[spec.partition] if spec.partition else None,
            configuration={
                "delta.dataSkippingStatsColumns": ",".join(spec.stats) or "source_id",
                "delta.enableDeletionVectors": "false",
                "delta.logRetentionDuration": "interval 400 days",
                "delta.deletedFileRetentionDuration": "interval 400 days",
            },
            mode="ignore",
        )
        _forget_location(self.root / name / "_delta_log" / f"{0:020}.json")
        _sync_directory(self.root / name / "_delta_log")
        return table

    def files(self, table: DeltaTable) -> list[DataFile]:
        """Live files of an opened table with their row counts and key ranges."""
        actions = pa.table(table.get_add_actions(flatten=True))
        partition = self.specs[Path(table.table_uri).name].partition
        columns = {name: actions[name].to_pylist() for name in actions.schema.names}
        nothing = [None] * actions.num_rows
        return [
            DataFile(path, rows or 0, size, None if part is None else str(part), low, high)
            for path, rows, size, part, low, high in zip(
                columns["path"],
                columns.get("num_records", nothing),
                columns["size_bytes"],
                columns.get(f"partition.{partition}", nothing),
                columns.get("min.ticket_key", nothing),
                columns.get("max.ticket_key", nothing),
                strict=True,
            )
        ]

    def _files_at(self, name: str, version: int | None) -> list[DataFile]:
        """Live files of a version; a pinned one never changes, so that its log is read once."""
        if version is None:
            return self.files(self.table(name))
        try:
            logged = (self.root / name / "_delta_log" / f"{version:020}.json").stat()
        except OSError:  # its entry was cleaned away, or there is no such version
            return self.files(self.table(name, version))
        key = (str(self.root), name, version, logged.st_ino, logged.st_mtime_ns)
        known = _PINNED.get(key)
        if known is None:
            if len(_PINNED) >= PINNED_LISTS:
                _PINNED.clear()
            known = _PINNED[key] = self.files(self.table(name, version))
        return known

    # ------------------------------------------------------------ reading

    def scan(
        self,
        name: str,
        version: int | None,
        columns: Sequence[str],
        *,
        low: int | None = None,
        high: int | None = None,
        keys: Any = None,
        where: Any = None,
        words: Sequence[str] = (),
        partition: int | None = None,
    ) -> pa.Table:
        """Read columns of a table at a version into memory.

        Parameters
        ----------
        low, high
            Only rows with ``low <= ticket_key <= high``; files and row groups outside are not opened.
        keys
            Only rows whose ``ticket_key`` is one of these (an int64 array).
        where
            A ``pyarrow.compute`` expression on top.
        words
            Text columns to return dictionary-encoded.
        partition
            Only rows of this partition value.
        """
        import pyarrow.dataset as ds

        spec = self.specs[name]
        files = [f for f in self._files_at(name, version) if _overlaps(f, low, high) and _holds(f, keys)]
        if partition is not None:
            files = [f for f in files if f.partition == str(partition)]
        schema = pa.schema([spec.schema.field(column) for column in columns])
        if not files:
            return schema.empty_table()
        condition = where
        for bound in _bounds(low, high, keys):
            condition = bound if condition is None else condition & bound
        parts = [_part(self.root / name / f.path, tuple(words)) for f in files]
        data = ds.FileSystemDataset(parts, spec.file_schema, _format(tuple(words)))
        return data.to_table(columns=list(columns), filter=condition)

    def batches(self, name: str, version: int | None) -> Iterator[pa.Table]:
        """All rows of a table at a version, one data file after another (partition column included)."""
        import pyarrow.parquet as pq

        spec = self.specs[name]
        for file in self.files(self.table(name, version)):
            yield self._whole(spec, file, pq.read_table(str(self.root / name / file.path), partitioning=None))

    def partition(self, name: str, value: int, version: int | None = None) -> Iterator[pa.Table]:
        """The rows of one partition value, one data file after another."""
        spec = self.specs[name]
        for file in self.files(self.table(name, version)):
            if file.partition == str(value):
                yield self._whole(spec, file, _read(str(self.root / name / file.path)))

    def _whole(self, spec: Spec, file: DataFile, rows: pa.Table) -> pa.Table:
        if spec.partition is not None and file.partition is not None:
            kind = spec.schema.field(spec.partition).type
            rows = rows.append_column(spec.partition, pa.repeat(pa.scalar(int(file.partition), kind), rows.num_rows))
        return rows.select(spec.schema.names).cast(spec.schema)

    # ------------------------------------------------------------ writing

    def merge(
        self, name: str, rows: pa.Table, metadata: dict[str, str] | None = None, *, moving: bool = False
    ) -> Merged:
        """Bring in rows by ``(source_id, external_id)``; the newer ``(source_updated_at, load_seq, _line)`` wins.

        A row replaces the stored one when it is newer, or when it is as old, differs in content and was loaded later.
        ``rows`` has the table's schema and may have ``_line``. Rows that change nothing are counted as superseded.
        Where rows may be ``moving`` to another ticket, stored ones are looked for in the whole of their months.
        """
        from maitred.warehouse import merging

        spec = self.specs[name]
        total = rows.num_rows
        rows = merging.newest(rows)
        table = self.table(name)
        files = self.files(table)
        near = [f for f in files if _partition_in(f, rows, spec) and (moving or _overlaps_rows(f, rows, spec))]
        if not near:
            version = self._commit(table, self._write(spec, rows.select(spec.schema.names)), [], metadata)
            return Merged(rows.num_rows, 0, total - rows.num_rows, version, _told(rows))
        paths = {str(self.root / name / f.path): f for f in near}
        found = merging.compare(rows, list(paths), spec, moving)
        if not found.changed.num_rows:
            return Merged(0, 0, total, int(table.version()))
        added: list[Any] = []
        fresh = found.changed.filter(pc.is_null(found.changed["_file"]))
        touched = pc.unique(found.changed["_file"].drop_null()).to_pylist()
        removed = [paths[path] for path in touched]

        def rewritten(path: str) -> list[Any]:
            replacing = found.changed.filter(pc.fill_null(pc.equal(found.changed["_file"], path), False))
            kept = merging.without(self._whole(spec, paths[path], _read(path)), replacing)
            return self._write(spec, pa.concat_tables([kept, replacing.select(spec.schema.names)]))

        with ThreadPoolExecutor(2) as pool:  # reading, sorting and writing leave Python's lock most of the time
            for files_of_one in pool.map(rewritten, touched):
                added += files_of_one
        if fresh.num_rows:
            added += self._write(spec, fresh.select(spec.schema.names))
        version = self._commit(table, added, removed, metadata)
        updated = found.changed.num_rows - fresh.num_rows
        return Merged(fresh.num_rows, updated, total - found.changed.num_rows, version, _told(found.changed))

    def write_files(self, name: str, rows: pa.Table) -> list[Any]:
        """Write rows as files that are not part of the table yet; commit them with ``commit_files``."""
        return self._write(self.specs[name], rows)

    def commit_files(
        self, name: str, added: Sequence[Any], partitions: Sequence[int], metadata: dict[str, str] | None = None
    ) -> int:
        """Make written files the whole content of the given partition values, in one commit."""
        table = self.table(name)
        values = {str(value) for value in partitions}
        removed = [f for f in self.files(table) if f.partition in values]
        if not added and not removed:
            return int(table.version())
        return self._commit(table, added, removed, metadata)

    def _write(self, spec: Spec, rows: pa.Table) -> list[Any]:
        if not rows.num_rows:
            return []
        if spec.partition is None:
            return self._write_partition(spec, rows, None)
        values = rows[spec.partition]
        found = pc.unique(values).to_pylist()
        if len(found) == 1:
            return self._write_partition(spec, rows, found[0])
        added = []
        for value in sorted(found):
            added += self._write_partition(spec, rows.filter(pc.equal(values, value)), value)
        return added

    def _write_partition(self, spec: Spec, rows: pa.Table, value: int | None) -> list[Any]:
        rows = rows.select([n for n in rows.schema.names if n != spec.partition])
        if spec.order:
            rows = _sorted(rows, spec.order)
        added = []
        for start in range(0, rows.num_rows, FILE_ROWS):
            added.append(self._write_file(spec, rows.slice(start, FILE_ROWS), value))
        return added

    def _write_file(self, spec: Spec, rows: pa.Table, value: int | None) -> Any:
        import pyarrow.parquet as pq
        from deltalake.transaction import AddAction

        folder = "" if value is None else f"{spec.partition}={value}/"
        relative = f"{folder}part-{uuid.uuid4().hex}.parquet"
        path = self.root / spec.name / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        faults.step("load.merge")
        words = [n for n in rows.schema.names if n in _DICTIONARY or pa.types.is_dictionary(rows.schema.field(n).type)]
        with path.open("wb") as out:
            pq.write_table(
                rows,
                out,
                compression="lz4" if spec.partition == "layer" else "zstd",
                compression_level=None if spec.partition == "layer" else 1,
                row_group_size=GROUP_ROWS,
                use_dictionary=words,
                write_statistics=[n for n in (*spec.stats, "source_id") if n in rows.schema.names],
                store_schema=False,
            )
            out.flush()
            os.fsync(out.fileno())
        _sync_directory(path.parent)
        return AddAction(
            path=relative,
            size=path.stat().st_size,
            partition_values={} if spec.partition is None else {spec.partition: str(value)},
            modification_time=int(time.time() * 1000),
            data_change=True,
            stats=json.dumps(_statistics(rows, spec.stats)),
        )

    def _commit(
        self, table: DeltaTable, added: Sequence[Any], removed: Sequence[DataFile], metadata: dict[str, str] | None
    ) -> int:
        from deltalake import CommitProperties, PostCommitHookProperties
        from deltalake.exceptions import DeltaError
        from deltalake.transaction import RemoveAction

        if not added and not removed:
            return int(table.version())
        spec = self.specs[Path(table.table_uri).name]
        stamp = int(time.time() * 1000)
        partition = spec.partition
        actions = [
            *added,
            *(
                RemoveAction(f.path, True, stamp, f.size, {} if partition is None else {partition: f.partition})
                for f in removed
            ),
        ]
        stamped = dict(metadata or {})
        if self.watch is not None:
            self.watch.guard()
            stamped[history.WRITER] = self.watch.stamp
        faults.step("load.commit")
        try:
            table.create_write_transaction(
                actions,
                mode="append",
                schema=spec.schema,
                partition_by=[partition] if partition else [],
                commit_properties=CommitProperties(custom_metadata=stamped),
                post_commithook_properties=PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False),
            )
        except DeltaError:
            if self.watch is not None:
                self.watch.guard()  # a conflict with the present writer is told as what it is
            raise
        _sync_directory(self.root / spec.name / "_delta_log", newest=True)
        return self.version(spec.name)

    def restore(self, name: str, version: int) -> bool:
        """Show the files of an earlier version again, as a new version; False where they are the live ones already."""
        wanted = {f.path for f in self.files(self.table(name, version))}
        restored = False
        while True:  # a writer that lost its lease may commit once more in between
            table = self.table(name)
            if {f.path for f in self.files(table)} == wanted:
                break
            if self.watch is not None:
                self.watch.guard()
            table.restore(version)
            _sync_directory(self.root / name / "_delta_log", newest=True)
            restored = True
        if self.watch is not None:
            self.watch.base[name] = int(table.version())
        return restored

    # ------------------------------------------------------------ upkeep

    def surplus(self, name: str) -> int:
        """How many small files of a table could be joined to others of their partition."""
        small = [f.partition for f in self.files(self.table(name)) if f.rows < SMALL_FILE_ROWS]
        return len(small) - len(set(small))

    def compact(self, name: str) -> int:
        """Join small files of each partition into full ones; the same rows, a new version. Returns files removed."""
        spec = self.specs[name]
        table = self.table(name)
        small: dict[str | None, list[DataFile]] = {}
        for file in self.files(table):
            if file.rows < SMALL_FILE_ROWS:
                small.setdefault(file.partition, []).append(file)
        removed, added = [], []
        for files in small.values():
            if len(files) < 2:
                continue
            removed += files
            parts = [self._whole(spec, f, _read(str(self.root / name / f.path))) for f in files]
            added += self._write(spec, pa.concat_tables(parts))
        self._commit(table, added, removed, {"maintenance": "compact"})
        return len(removed)

    def history(self, name: str) -> list[history.Span]:
        """Every file that the log of a table knows of, with the versions at which it was live."""

        def beginning(version: int) -> list[history.Stored]:
            return [history.Stored(f.path, f.rows, f.size) for f in self.files(self.table(name, version))]

        return history.spans(self.root / name / "_delta_log", beginning)

    def vacuum(self, name: str, keep_versions: Sequence[int]) -> list[str]:
        """Delete files that neither the newest nor any kept version needs; returns their paths inside the table.

        The files are listed before the writer makes sure that it still is the writer: what another one writes from then
        on is not among them.
        """
        folder = self.root / name
        found = [p.relative_to(folder) for p in folder.rglob("*.parquet")]
        if self.watch is not None:
            self.watch.guard()
        spans = self.history(name)
        keep = sorted({*keep_versions, self.version(name)})
        needed = {span.file.path for span in history.needed(spans, keep)}
        gone = [p.as_posix() for p in found if p.parts[0] != "_delta_log" and p.as_posix() not in needed]
        for path in gone:
            (folder / path).unlink(missing_ok=True)
        return gone


def _told(rows: pa.Table) -> pa.Table | None:
    names = [n for n in ("load_seq", "_line", "ticket_key") if n in rows.schema.names]
    return rows.select(names) if rows.num_rows else None


def _read(path: str) -> pa.Table:
    import pyarrow.parquet as pq

    return pq.read_table(path, partitioning=None)


def _bounds(low: int | None, high: int | None, keys: Any) -> Iterator[Any]:
    if low is not None:
        yield pc.field("ticket_key") >= low
    if high is not None:
        yield pc.field("ticket_key") <= high
    if keys is not None:
        yield pc.field("ticket_key").isin(pa.array(keys, pa.int64()))


def _overlaps(file: DataFile, low: int | None, high: int | None) -> bool:
    if file.low is None or file.high is None:
        return True
    return (high is None or file.low <= high) and (low is None or file.high >= low)


def _holds(file: DataFile, keys: Any) -> bool:
    if keys is None or file.low is None or file.high is None:
        return True
    place = int(np.searchsorted(keys, file.low))
    return place < len(keys) and int(keys[place]) <= file.high


def _partition_in(file: DataFile, rows: pa.Table, spec: Spec) -> bool:
    if spec.partition is None:
        return True
    return file.partition in {str(value) for value in pc.unique(rows[spec.partition]).to_pylist()}


def _overlaps_rows(file: DataFile, rows: pa.Table, spec: Spec) -> bool:
    if "ticket_key" not in spec.schema.names or not rows.num_rows:
        return True
    span = pc.min_max(rows["ticket_key"]).as_py()
    return _overlaps(file, span["min"], span["max"])


def _sorted(rows: pa.Table, order: Sequence[str]) -> pa.Table:
    keys = [
        pc.cast(rows[name], pa.int64()).to_numpy()
        for name in reversed(order)
        if not pa.types.is_string(rows.schema.field(name).type)
    ]
    first = keys[-1]
    if bool(np.all(first[1:] > first[:-1])):
        return rows
    place = np.lexsort(keys)
    if bool(np.all(place == np.arange(len(place)))):
        return rows
    return rows.combine_chunks().take(pa.array(place))


def _statistics(rows: pa.Table, names: Sequence[str]) -> dict[str, Any]:
    low: dict[str, Any] = {}
    high: dict[str, Any] = {}
    nulls: dict[str, int] = {}
    for name in names:
        span = pc.min_max(rows[name]).as_py()
        nulls[name] = rows[name].null_count
        if span["min"] is None:
            continue
        for target, value in ((low, span["min"]), (high, span["max"])):
            target[name] = value if isinstance(value, int) else value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {"numRecords": rows.num_rows, "minValues": low, "maxValues": high, "nullCount": nulls}


def _forget_location(log: Path) -> None:
    """Take the folder's own path out of a table's first commit, so that a workspace can be moved without a trace."""
    lines = []
    for line in log.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        entry.get("commitInfo", {}).get("operationParameters", {}).pop("location", None)
        lines.append(json.dumps(entry, separators=(",", ":")))
    beside = log.with_name(f".{log.name}.part")
    beside.write_text("\n".join(lines) + "\n", encoding="utf-8")
    beside.replace(log)


def _sync_directory(folder: Path, newest: bool = False) -> None:
    """Make directory entries (and the newest log file) durable."""
    if newest:
        last = max(folder.glob("*.json"), default=None)
        if last is not None:
            with last.open("rb") as log:
                os.fsync(log.fileno())
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
