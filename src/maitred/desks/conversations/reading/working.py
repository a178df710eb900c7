"""Reading what is new: every message once, a conversation anew when one of its messages changed, all when rules change.

Killed at any moment it goes on where it was: months are committed one by one, and the index follows the table.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from maitred.desks.conversations.reading import gathering, table, wordindex
from maitred.desks.conversations.reading.gathering import Due, People
from maitred.insight.text import turns
from maitred.insight.text.turns import Talk
from maitred.sync.publications import Publication
from maitred.sync.workspace import Workspace

Tell = Callable[[int, int], None]
AT_ONCE = 4_000
"""Messages of conversations that are held in memory together."""
ALONE = 1_500
"""So few messages are read by this process alone."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a round did: messages read, conversations removed (whole ones), and the version of the table afterwards."""

    read: int
    removed: int
    version: int | None


def refresh(
    workspace: Workspace, publication: Publication, zone: ZoneInfo, *, processes: int | None = None,
    tell: Tell = lambda done, total: None,
) -> Done | None:  # fmt: skip
    """Read what is new in a publication; None where another process is at it.

    Parameters
    ----------
    zone
        In which zone times are told by those whose own is not known.
    processes
        How many read at once; two where there are two cores.
    """
    home = workspace.home
    (home / table.FOLDER).mkdir(exist_ok=True)
    with _alone(home) as mine:
        if not mine:
            return None
        found = gathering.due(workspace, publication, turns.rules_id())
        if found.months:
            _read(workspace, publication, found, zone, processes or min(2, len(os.sched_getaffinity(0))), tell)
            table.tidy(home)
        if wordindex.version(home) != table.version(home):
            wordindex.rebuild(home)
        _note(home, publication)
        read = {(source, int(key)) for one in found.read.values() for source, keys in one.items() for key in keys}
        gone = {(source, int(key)) for one in found.gone.values() for source, keys in one.items() for key in keys}
        if gone - read:
            wordindex.squeeze(home)
        return Done(found.messages, len(gone - read), table.version(home))


def _note(home: Path, publication: Publication) -> None:
    """What was read, for whoever has to say how far behind the texts are."""
    if table.version(home) is not None:
        told = max(str(one["as_of"]) for one in publication.sources.values())
        seen = str(publication.rows.get("messages", 0))
        wordindex.note(home, {"publication": str(publication.number), "as_of": told, "messages": seen,
                              "rules": turns.rules_id()})  # fmt: skip


def _read(
    workspace: Workspace, publication: Publication, found: Due, zone: ZoneInfo, processes: int, tell: Tell
) -> None:
    home = workspace.home
    if wordindex.version(home) != table.version(home):
        wordindex.rebuild(home)
    people = gathering.people_of(workspace, publication)
    habits = gathering.habits(workspace, publication, people)
    done = 0
    with _readers(processes if found.messages > ALONE else 1, habits) as reader:
        for month in found.months:
            rows = [table.SCHEMA.empty_table()]
            for part in reader(_parts(_talks(workspace, publication, found, month, people), zone), month):
                rows.append(part)
                done += part.num_rows
                tell(done, found.messages)
            whole, leaving = pa.concat_tables(rows), _leaving(found, month)
            note = {"rules": turns.rules_id(), "publication": str(publication.number)}
            version = table.replace(home, month, whole, leaving, note)
            wordindex.write(home, month, whole, leaving, version)


def _talks(
    workspace: Workspace, publication: Publication, found: Due, month: int, people: People
) -> Iterator[tuple[list[dict[str, Any]], Talk]]:
    for source, keys in found.read.get(month, {}).items():
        for start in range(0, len(keys), AT_ONCE):
            yield from gathering.talks(workspace, publication, source, keys[start : start + AT_ONCE], people)


def _leaving(found: Due, month: int) -> dict[str, list[int]]:
    """The tickets of which nothing that was read before may stay in a month."""
    sources = {*found.read.get(month, {}), *found.gone.get(month, {})}
    parts = (found.read.get(month, {}), found.gone.get(month, {}))
    return {one: sorted({int(key) for part in parts for key in part.get(one, ())}) for one in sorted(sources)}


Part = list[tuple[list[dict[str, Any]], Talk]]
Reader = Callable[[Iterator[Part], int], Iterator[pa.Table]]


def _parts(talks: Iterator[tuple[list[dict[str, Any]], Talk]], zone: ZoneInfo) -> Iterator[Part]:
    part: Part = []
    size = 0
    for rows, talk in talks:
        told = replace(talk, said=tuple(one if one.zone else replace(one, zone=zone.key) for one in talk.said))
        part.append(([{name: one[name] for name in _KEPT} for one in rows], told))
        size += len(rows)
        if size >= AT_ONCE // 8:
            yield part
            part, size = [], 0
    if part:
        yield part


_KEPT = ("source_id", "external_id", "ticket_id", "ticket_key", "load_seq", "author_id", "is_public", "sent_at")
_HABITS: Mapping[str, Sequence[str]] = {}


def _start(habits: Mapping[str, Sequence[str]]) -> None:
    global _HABITS
    _HABITS = habits


def _of_part(part: Part, month: int) -> pa.Table:
    """The readings of some conversations."""
    read = turns.read([talk for _, talk in part], _HABITS)
    rules = turns.rules_id()
    rows = [
        table.row(found, **message, kind=said.kind, rules=rules, begun_month=month)
        for (messages, talk), readings in zip(part, read, strict=True)
        for message, said, found in zip(messages, talk.said, readings, strict=True)
    ]
    return pa.Table.from_pylist(rows, schema=table.SCHEMA)


@contextmanager
def _readers(processes: int, habits: Mapping[str, Sequence[str]]) -> Iterator[Reader]:
    """What reads parts: this process, or a few; no more parts are in memory than they can read soon."""
    if processes < 2:
        _start(habits)
        yield lambda parts, month: (_of_part(one, month) for one in parts)
        return
    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_start, initargs=(habits,)
    ) as pool:

        def spread(parts: Iterator[Part], month: int) -> Iterator[pa.Table]:
            waiting: list[Any] = []
            for one in parts:
                waiting.append(pool.submit(_of_part, one, month))
                if len(waiting) >= 3 * processes:
                    yield waiting.pop(0).result()
            for one in waiting:
                yield one.result()

        yield spread


@contextmanager
def _alone(home: Path) -> Iterator[bool]:
    """Whether this process is the one that reads; another one's is free as soon as it ends."""
    handle = os.open(home / table.FOLDER / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(handle)
