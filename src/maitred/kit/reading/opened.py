"""The publications that this process has open: one engine each, shared by its threads, closed when long unused."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from django.conf import settings

from maitred.base.errors import NotFound
from maitred.kit.reading.memory import Memory
from maitred.metrics import kept
from maitred.metrics.asking import Asker, opened
from maitred.metrics.refresh import open_workspace
from maitred.sync.publications import Publication
from maitred.sync.workspace import Workspace
from maitred.warehouse.engines import Engine

KEPT = 3
"""Publications kept open: the newest, the one before it while readers move on, and one that somebody pinned."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One publication, ready to be asked."""

    ask: Asker
    memory: Memory

    @property
    def publication(self) -> Publication:
        return self.ask.publication

    @property
    def as_of(self) -> datetime:
        """The latest instant up to which a source of it is known."""
        return max(datetime.fromisoformat(one["as_of"]) for one in self.publication.sources.values())

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone: the workspace's setting, else that of the first schedule, else UTC."""
        return self.memory.remembered(("zone",), self._zone)

    @property
    def hours(self) -> str:
        """The clock that durations are told in unless another is asked for: business where there are schedules."""
        return "business" if self.publication.rows.get("schedules") else "calendar"

    def values(self, dimension: str) -> tuple[str, ...]:
        """The values that a column of the tickets takes, sorted: ``channel``, ``priority_at_created``."""
        return self.memory.remembered(("values", dimension), lambda: self._values(dimension))

    def _zone(self) -> ZoneInfo:
        named = self.ask.workspace.settings.get("time_zone")
        if named:
            return ZoneInfo(str(named))
        if "schedules" not in self.publication.tables:
            return ZoneInfo("UTC")
        version = self.publication.tables["schedules"]
        rows = self.ask.workspace.store.scan("schedules", version, ["external_id", "tz", "is_default"]).to_pylist()
        known = [row for row in rows if row["tz"]]
        known.sort(key=lambda row: (not row["is_default"], len(row["external_id"]), row["external_id"]))
        return ZoneInfo(known[0]["tz"]) if known else ZoneInfo("UTC")

    def _values(self, dimension: str) -> tuple[str, ...]:
        from sqlglot import exp

        from maitred.metrics import views

        views.prepare(self.ask.engine, "current_ticket_facts")
        column = exp.column(dimension, quoted=True)
        rows = self.ask.engine.query(exp.select(column).distinct().from_("current_ticket_facts"))
        return tuple(sorted(one for one in rows.column(0).to_pylist() if one))


@dataclass(slots=True)
class _Held:
    engine: Engine
    memory: Memory = field(default_factory=Memory)
    readers: int = 0


_HELD: OrderedDict[tuple[str, int], _Held] = OrderedDict()
_LOCK = Lock()
_HERE: ContextVar[tuple[Path, Reading] | None] = ContextVar("_HERE", default=None)
"""What this thread reads at the moment: a page that asks many verbs of one publication opens it once."""


@contextmanager
def published(number: int | None) -> Iterator[Asker]:
    """The newest publication, or the pinned one, with an engine on its tables.

    Raises
    ------
    NotFound
        Nothing has been published yet, or the pinned one is gone.
    """
    with reading(number) as found:
        yield found.ask


@contextmanager
def reading(number: int | None = None) -> Iterator[Reading]:
    """Like ``published``, with what is remembered about it."""
    home = Path(settings.MAITRED_HOME)
    here = _HERE.get()
    if here is not None and here[0] == home and number == here[1].publication.number:
        yield here[1]
        return
    workspace = open_workspace(home)
    try:
        publication = workspace.publication(number)
        if publication is None:
            raise NotFound("nothing has been published yet", "import something first: `maitred import --help`")
        key = (f"{workspace.home}:{publication.made_at}", publication.number)
        held = _taken(key, workspace, publication)
        found = Reading(Asker(held.engine, publication, workspace, held.memory), held.memory)
        before = _HERE.set((home, found))
        try:
            yield found
        finally:
            _HERE.reset(before)
            _given_back(held)
    finally:
        workspace.close()


def _taken(key: tuple[str, int], workspace: Workspace, publication: Publication) -> _Held:
    with _LOCK:
        held = _HELD.get(key)
        if held is None:
            held = _HELD[key] = _Held(opened(workspace, publication))
            kept.keep(held.engine)
        _HELD.move_to_end(key)
        held.readers += 1
        _close_unused()
    return held


def _given_back(held: _Held) -> None:
    with _LOCK:
        held.readers -= 1
        _close_unused()


def _close_unused() -> None:
    """Close what is beyond the number kept and read by nobody, the longest unused first."""
    for key in [key for key, held in _HELD.items() if not held.readers][: max(0, len(_HELD) - KEPT)]:
        _closed(_HELD.pop(key))


def forget() -> None:
    """Close everything that nobody reads; for the end of a process and for tests."""
    with _LOCK:
        for key in [key for key, held in _HELD.items() if not held.readers]:
            _closed(_HELD.pop(key))


def _closed(held: _Held) -> None:
    kept.keep(held.engine).forget()
    held.engine.close()
