"""A table's log read back: which files were live at which versions, and who made the newest of these versions.

Read from the log's own lines, for upkeep, for the check before a publication and for ``verify``; a log whose beginning
was cleaned away starts from its first readable version.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from maitred.base.errors import WarehouseDamaged

WRITER = "writer"
"""The name under which a commit carries its writer's stamp."""


class LogDamaged(WarehouseDamaged):
    """A table's log has a gap or a torn entry; ``file`` names it, relative to the warehouse."""

    def __init__(self, what: str, file: str) -> None:
        super().__init__(what, "restore that file from a backup")
        self.file = file


@dataclass(frozen=True, slots=True)
class Stored:
    """A data file that a version added; ``rows`` is None where the log does not tell."""

    path: str
    rows: int | None
    size: int


@dataclass(frozen=True, slots=True)
class Commit:
    """What one version changed."""

    version: int
    writer: str
    added: list[Stored]
    removed: list[str]


@dataclass(frozen=True, slots=True)
class Span:
    """A file that was live from version ``first`` on, up to but without ``end`` (None: until now)."""

    file: Stored
    first: int
    end: int | None


def versions(log: Path) -> list[int]:
    """The versions that have an entry in the log, ascending."""
    return sorted(int(path.stem) for path in log.glob("*.json") if path.stem.isdigit())


def start(log: Path) -> int:
    """The first version that can still be read: 0, or that of a checkpoint where the log before it was cleaned away.

    Raises
    ------
    LogDamaged
        There is neither the one nor the other.
    """
    first = versions(log)[0]
    if first == 0:
        return 0
    marks = {int(path.name.partition(".")[0]) for path in log.glob("*.checkpoint*.parquet")}
    usable = [mark for mark in marks if mark >= first - 1]
    if not usable:
        name = _name(log, first - 1)
        raise LogDamaged(f"version {first - 1} is missing from the log of table {log.parent.name}", name)
    return max(first, min(usable))


def commits(log: Path, after: int, upto: int) -> Iterator[Commit]:
    """The versions above ``after`` up to ``upto``.

    Raises
    ------
    LogDamaged
        One of them is missing or torn.
    """
    for version in range(after + 1, upto + 1):
        yield _commit(log, version)


def spans(log: Path, beginning: Callable[[int], Iterable[Stored]]) -> list[Span]:
    """Every file that the log knows of, with the versions at which it was live.

    Parameters
    ----------
    beginning
        Gives the live files at the log's first readable version, where that is not 0.

    Raises
    ------
    LogDamaged
        The log has a gap or a torn entry.
    """
    known = versions(log)
    if not known:
        raise LogDamaged(f"the log of table {log.parent.name} is gone", _name(log, 0))
    first = start(log)
    live: dict[str, tuple[Stored, int]] = {}
    if first > 0:
        live = {file.path: (file, first) for file in beginning(first)}
    ended: list[Span] = []
    for commit in commits(log, first if first > 0 else -1, known[-1]):
        for path in commit.removed:
            if path in live:
                file, since = live.pop(path)
                ended.append(Span(file, since, commit.version))
        live.update((file.path, (file, commit.version)) for file in commit.added)
    return ended + [Span(file, since, None) for file, since in live.values()]


def needed(found: Iterable[Span], wanted: Sequence[int]) -> list[Span]:
    """Those that are live at one of the wanted versions (ascending)."""
    kept = []
    for span in found:
        place = bisect_left(wanted, span.first)
        if place < len(wanted) and (span.end is None or wanted[place] < span.end):
            kept.append(span)
    return kept


def _commit(log: Path, version: int) -> Commit:
    name = _name(log, version)
    try:
        entries = [json.loads(line) for line in (log / Path(name).name).read_bytes().splitlines() if line.strip()]
        return _told(version, entries)
    except FileNotFoundError as error:
        raise LogDamaged(f"version {version} is missing from the log of table {log.parent.name}", name) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LogDamaged(f"version {version} in the log of table {log.parent.name} is torn", name) from error


def _told(version: int, entries: Sequence[dict[str, Any]]) -> Commit:
    if not entries:
        raise ValueError("an empty entry")
    added, removed, writer = [], [], ""
    for entry in entries:
        if "add" in entry:
            add = entry["add"]
            rows = json.loads(add["stats"]).get("numRecords") if add.get("stats") else None
            added.append(Stored(unquote(add["path"]), rows, add["size"]))
        elif "remove" in entry:
            removed.append(unquote(entry["remove"]["path"]))
        elif "commitInfo" in entry:
            writer = str(entry["commitInfo"].get(WRITER, ""))
    return Commit(version, writer, added, removed)


def _name(log: Path, version: int) -> str:
    return f"{log.parent.name}/_delta_log/{version:020}.json"
