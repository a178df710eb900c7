"""The embedded index: people as memory-mapped columns, searched by one thread, changed by one writer at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from threading import Lock

import numpy as np
import pyarrow as pa

from maitred.insight.ranking.columns import FEATURE_NAMES, Features
from maitred.insight.ranking.index import layout, scanning, storage
from maitred.insight.ranking.index.layout import GONE, HIDDEN, WORDS, Rows
from maitred.insight.ranking.index.storage import Manifest, Segment
from maitred.insight.ranking.scoring.asked import BITS, Asked

FOLDER = Path("hiring") / "index"
"""Where the index of a workspace lies below it."""
OPEN_LIMIT = 20
"""How many of those of whom a must cannot be told are shown."""
MANY_SEGMENTS = 8
_SHIFT = 40
STRETCHES = "stretches"


@dataclass(frozen=True, slots=True)
class Hit:
    """One person found; ``row`` says where the row lies in this version."""

    key: int
    score: int
    tie: int
    row: int = -1


@dataclass(frozen=True, slots=True)
class Found:
    """The best, the best of whom a must cannot be told, how many were looked at, how many each filter removed."""

    version: int
    rows: int
    hits: tuple[Hit, ...]
    cannot_tell: tuple[Hit, ...]
    considered: int
    removed: tuple[int, ...]
    """Of each group of filters of the query."""

    def shares(self) -> tuple[float, ...]:
        """The share of those looked at that each group of filters removed."""
        return tuple(one / self.considered if self.considered else 0.0 for one in self.removed)


@dataclass(frozen=True, slots=True)
class _Opened:
    manifest: Manifest
    stamp: tuple[int, int]
    parts: tuple[tuple[Segment, Rows], ...]


class Index:
    """The index in one folder; safe to search from several threads, and while another process writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = Lock()
        self._opened = self._open()

    @classmethod
    def open(cls, folder: Path) -> Index:
        """The index of that folder; an empty one where nothing was written yet."""
        return cls(folder)

    @property
    def version(self) -> int:
        return self._now().manifest.version

    @property
    def rows(self) -> int:
        """People who can be found, hidden ones included."""
        return self._now().manifest.rows

    # ------------------------------------------------------------ reading

    def search(self, asked: Asked, limit: int, as_of: date, *, open_limit: int = OPEN_LIMIT) -> Found:
        """The exact best of all who may be found on that day; ties by ascending ``tie``."""
        now = self._now()
        query = scanning.prepared(asked, as_of)
        best = scanning.Best.of(limit, open_limit, len(asked.modes))
        for number, (_segment, rows) in enumerate(now.parts):
            blocks = scanning.blocks_for(rows[STRETCHES], asked, as_of, rows[storage.RUNS])
            if len(blocks):
                scanning.scan(rows, blocks, query, best, number << _SHIFT)
        hits, others = (self._hits(now, one) for one in (best.ranked()[:limit], best.open_ranked()[:open_limit]))
        removed = tuple(int(one) for one in best.removed)
        return Found(now.manifest.version, now.manifest.rows, hits, others, int(best.counts[2]), removed)

    def _hits(self, now: _Opened, ranked: Iterable[tuple[int, int, int]]) -> tuple[Hit, ...]:
        return tuple(
            Hit(int(now.parts[row >> _SHIFT][1]["key"][row & ((1 << _SHIFT) - 1)]), score, tie, row)
            for score, tie, row in ranked
        )

    def features(self, keys: Sequence[int]) -> dict[int, Features]:
        """The rows of these people, of those who are there."""
        now = self._now()
        found = {}
        for _segment, rows in now.parts:
            for place in _where(rows, np.array(keys, np.int64)):
                row = _features(rows, int(place))
                found[row.key] = row
        return found

    def features_of(self, hits: Iterable[Hit], version: int) -> dict[int, Features]:
        """The rows of hits of one version; looked for by key where the index has moved on."""
        now = self._now()
        listed = list(hits)
        if now.manifest.version != version:
            return self.features([one.key for one in listed])
        mask = (1 << _SHIFT) - 1
        return {one.key: _features(now.parts[one.row >> _SHIFT][1], one.row & mask) for one in listed}

    def warm(self) -> None:
        """Load the compiled kernel, so that the first query does not wait for it."""
        from maitred.insight.ranking.scoring import asked, weights

        nothing = asked([], weights())
        empty = {name: np.zeros(0, kind) for name, kind in layout.COLUMNS.items()}
        empty |= {HIDDEN: np.zeros(0, np.int32), WORDS: np.zeros((len(BITS), 0), np.int64)}
        for column in empty.values():
            column.setflags(write=False)
        query = scanning.prepared(nothing, date(2000, 1, 1))
        best = scanning.Best.of(1, 1, 0)
        runs = np.zeros((2, 0), np.int32)
        stretches = scanning.stretches_of([], [], runs)
        scanning.scan(empty, scanning.blocks_for(stretches, nothing, date(2000, 1, 1), runs), query, best)

    def _now(self) -> _Opened:
        """What the manifest names now; opened again when it was switched."""
        if _stamp(self.folder) != self._opened.stamp:
            with self._lock:
                if _stamp(self.folder) != self._opened.stamp:
                    self._opened = self._open()
        return self._opened

    def _open(self) -> _Opened:
        known = {one.name: (one, rows) for one, rows in getattr(self, "_opened", _NOTHING).parts}
        while True:
            stamp = _stamp(self.folder)
            manifest = storage.read(self.folder)
            try:
                parts = tuple((one, self._mapped(one, known)) for one in manifest.segments)
            except FileNotFoundError:  # switched in between: what the older manifest named is gone
                if stamp == _stamp(self.folder):
                    raise
                continue
            return _Opened(manifest, stamp, parts)

    def _mapped(self, segment: Segment, known: dict[str, tuple[Segment, Rows]]) -> Rows:
        was = known.get(segment.name)
        if was is not None and was[0].hidden == segment.hidden:
            return was[1]
        if was is None:
            rows = storage.mapped(self.folder, segment)
        else:
            rows = {**was[1], HIDDEN: _hidden(self.folder, segment)}
        return {**rows, STRETCHES: scanning.stretches_of(segment.blocks, segment.until, rows[storage.RUNS])}

    # ------------------------------------------------------------ writing

    def append(self, table: pa.Table) -> Manifest:
        """Add people, or put newer rows in the place of those of the same key; visible in one step."""
        rows = layout.rows_of(table)
        with storage.writing(self.folder) as manifest:
            if not len(rows["key"]):
                return manifest
            kept = self._without(manifest, rows["key"])
            fresh = storage.write_segment(self.folder, rows)
            made = storage.switch(self.folder, Manifest(0, (*kept, fresh)))
            self._overwrite(made)
        return self.compact(MANY_SEGMENTS) if len(made.segments) > MANY_SEGMENTS else made

    def erase(self, keys: Sequence[int]) -> int:
        """Take people out: not to be found from now on, and gone from every byte when this returns.

        Returns
        -------
        int
            How many of them were there.
        """
        gone = np.array(sorted(set(keys)), np.int64)
        with storage.writing(self.folder) as manifest:
            kept = self._without(manifest, gone)
            there = manifest.rows - sum(one.live for one in kept)
            made = storage.switch(self.folder, Manifest(0, kept)) if there else manifest
            self._overwrite(made)
        return there

    def compact(self, segments: int = 1) -> Manifest:
        """Write the smaller segments as one, without those who are gone, until at most so many are left."""
        with storage.writing(self.folder) as manifest:
            self._overwrite(manifest)
            by_size = sorted(manifest.segments, key=lambda one: one.rows, reverse=True)
            kept, small = by_size[: max(0, segments - 1)], by_size[max(0, segments - 1) :]
            if len(small) < 2 and all(one.live == one.rows for one in small):
                return manifest
            parts = [storage.mapped(self.folder, one) for one in small]
            rows = layout.joined([layout.picked(part, np.nonzero(part[HIDDEN] != GONE)[0]) for part in parts])
            fresh = [storage.write_segment(self.folder, rows)] if len(rows["key"]) else []
            return storage.switch(self.folder, Manifest(0, (*kept, *fresh)))

    def rebuild(self, tables: Iterable[pa.Table]) -> Manifest:
        """Make these rows the whole index."""
        parts = [layout.rows_of(table) for table in tables if table.num_rows]
        with storage.writing(self.folder):
            fresh = (storage.write_segment(self.folder, layout.joined(parts)),) if parts else ()
            return storage.switch(self.folder, Manifest(0, fresh))

    def _without(self, manifest: Manifest, keys: np.ndarray) -> tuple[Segment, ...]:
        """The segments with these people hidden for good."""
        made = []
        for one in manifest.segments:
            rows = storage.mapped(self.folder, one)
            places = _where(rows, keys)
            if len(places):
                hidden = rows[HIDDEN].copy()
                hidden[places] = GONE
                one = storage.write_hidden(self.folder, one, hidden)
            if one.live:
                made.append(one)
        return tuple(made)

    def _overwrite(self, manifest: Manifest) -> None:
        """Take those who are gone out of the bytes; also what a killed writer left."""
        for one in manifest.segments:
            if one.live < one.rows:
                rows = storage.mapped(self.folder, one)
                left = np.nonzero((rows[HIDDEN] == GONE) & (rows["key"] != 0))[0]
                if len(left):
                    storage.overwrite(self.folder, one, left)


_NOTHING = _Opened(Manifest(), (0, 0), ())


def _stamp(folder: Path) -> tuple[int, int]:
    try:
        found = (folder / storage.MANIFEST).stat()
    except OSError:
        return (0, 0)
    return (found.st_ino, found.st_mtime_ns)


def _hidden(folder: Path, segment: Segment) -> np.ndarray:
    return np.asarray(np.memmap(folder / segment.name / segment.hidden, np.int32, "r", shape=(segment.rows,)))


def _where(rows: Rows, keys: np.ndarray) -> np.ndarray:
    """Places of living rows with one of these keys."""
    held = rows["key"]
    if len(keys) <= 16:
        hit = np.zeros(len(held), np.bool_)
        for key in keys:
            hit |= held == key
    else:
        ordered = np.sort(keys)
        place = np.minimum(np.searchsorted(ordered, held), len(ordered) - 1)
        hit = ordered[place] == held
    places = np.nonzero(hit)[0]
    return np.asarray(places[rows[HIDDEN][places] != GONE])


def _features(rows: Rows, place: int) -> Features:
    values: dict[str, int | date] = {name: int(rows[name][place]) for name in layout.COLUMNS}
    values |= {name: int(rows[WORDS][number, place]) for number, name in enumerate(BITS)}
    days = max(int(rows[HIDDEN][place]), 0)
    values[HIDDEN] = min(scanning.EPOCH + timedelta(days=min(days, 2_932_896)), date.max)
    return Features(**{name: values[name] for name in FEATURE_NAMES})  # type: ignore[arg-type]
