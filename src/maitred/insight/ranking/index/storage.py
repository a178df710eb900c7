"""Segments on disk and the manifest that names them, switched by one rename.

A segment's columns are never rewritten, except that the rows of an erased person are overwritten where they stand.
Which rows live is a file of its own that a new manifest replaces. Killed at any moment, readers see the index before
or after.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from maitred.base import faults
from maitred.insight.ranking.index.layout import COLUMNS, GONE, HIDDEN, WORDS, Rows, blocks_of, runs_of
from maitred.insight.ranking.scoring.asked import BITS

MANIFEST = "index.json"
FORM = 1
RUNS = "runs"


@dataclass(frozen=True, slots=True)
class Segment:
    """One folder of columns: its rows, those that live, its blocks by role, the file that says which rows live.

    ``runs`` are how many runs of one role and city it has, ``until`` the first day on which a row of each block hides.
    """

    name: str
    rows: int
    live: int
    hidden: str
    blocks: tuple[tuple[int, int, int], ...]
    runs: int = 0
    until: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the index consists of; the version grows with every switch."""

    version: int = 0
    segments: tuple[Segment, ...] = ()
    form: int = FORM

    @property
    def rows(self) -> int:
        """People who can be found."""
        return sum(one.live for one in self.segments)


def read(folder: Path) -> Manifest:
    """The manifest; an empty one where nothing was indexed yet."""
    try:
        document = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        return Manifest()
    segments = tuple(
        Segment(**{**one, "blocks": tuple(map(tuple, one["blocks"])), "until": tuple(one["until"])})
        for one in document["segments"]
    )
    return Manifest(document["version"], segments, document["form"])


def switch(folder: Path, manifest: Manifest) -> Manifest:
    """Make this the index, with the next version, and take away what it no longer names."""
    made = replace(manifest, version=read(folder).version + 1)
    faults.step("index.switch")
    _write(folder / MANIFEST, json.dumps(asdict(made), separators=(",", ":")).encode())
    sweep(folder, made)
    return made


def sweep(folder: Path, manifest: Manifest) -> None:
    """Take away folders and files that the manifest does not name: what a killed writer left, what was replaced."""
    named = {one.name: one.hidden for one in manifest.segments}
    for path in folder.glob("segment-*"):
        if path.name not in named:
            shutil.rmtree(path, ignore_errors=True)
            continue
        for old in path.glob(f"{HIDDEN}-*"):
            if old.name != named[path.name]:
                old.unlink(missing_ok=True)


@contextmanager
def writing(folder: Path) -> Iterator[Manifest]:
    """Be the one writer while the block runs; what a killed one left undone is put right first."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "writer.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        manifest = read(folder)
        sweep(folder, manifest)
        yield manifest


def write_segment(folder: Path, rows: Rows) -> Segment:
    """A new segment of these rows, which stand in order; not part of the index until a manifest names it."""
    name = f"segment-{uuid.uuid4().hex}"
    place = folder / name
    place.mkdir(parents=True)
    for column in (*COLUMNS, WORDS):
        faults.step("index.segment")
        _write(place / column, np.ascontiguousarray(rows[column]))
    blocks = tuple(blocks_of(rows["role"]))
    runs = runs_of(rows)
    _write(place / RUNS, runs)
    bare = Segment(name, len(rows["key"]), 0, "", blocks, runs.shape[1])
    return write_hidden(folder, bare, rows[HIDDEN])


def write_hidden(folder: Path, segment: Segment, hidden: np.ndarray) -> Segment:
    """The segment with another say on which rows live."""
    name = f"{HIDDEN}-{uuid.uuid4().hex}"
    _write(folder / segment.name / name, np.ascontiguousarray(hidden, np.int32))
    until = np.minimum.reduceat(hidden, [begin for _, begin, _ in segment.blocks])
    live = int(np.count_nonzero(hidden != GONE))
    return replace(segment, hidden=name, live=live, until=tuple(int(one) for one in until))


def overwrite(folder: Path, segment: Segment, rows: np.ndarray) -> None:
    """Take these rows out of the bytes of every column."""
    for column in COLUMNS:
        path = folder / segment.name / column
        held = np.memmap(path, COLUMNS[column], "r+", shape=(segment.rows,))
        held[rows] = 0
        held.flush()
    words = np.memmap(folder / segment.name / WORDS, np.int64, "r+", shape=(len(BITS), segment.rows))
    words[:, rows] = 0
    words.flush()


def mapped(folder: Path, segment: Segment) -> Rows:
    """The columns of a segment as memory-mapped arrays that cannot be written."""
    place = folder / segment.name
    found = {name: _map(place / name, kind, (segment.rows,)) for name, kind in COLUMNS.items()}
    found[HIDDEN] = _map(place / segment.hidden, np.dtype(np.int32), (segment.rows,))
    found[WORDS] = _map(place / WORDS, np.dtype(np.int64), (len(BITS), segment.rows))
    found[RUNS] = _map(place / RUNS, np.dtype(np.int32), (2, segment.runs))
    return found


def _map(path: Path, kind: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    return np.asarray(np.memmap(path, kind, "r", shape=shape))


def _write(path: Path, data: bytes | np.ndarray) -> None:
    beside = path.with_name(f".{path.name}.part")
    with beside.open("wb") as out:
        out.write(data if isinstance(data, bytes) else data.data.cast("B"))
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
