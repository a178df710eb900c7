"""Open work out of a publication: whose it is, of which kind, and what such work took in the past.

Reads episodes, turns, assignments and the work that was recorded on tickets; ``load`` does the arithmetic. One reading
for a publication, kept as long as that is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from sqlglot import exp, parse_one

from maitred.desks.roster.load import Estimate, Kind, Looked, learned
from maitred.desks.roster.load import load as expected
from maitred.insight import effort
from maitred.insight.running import Course
from maitred.metrics import views
from maitred.metrics.asking import Asker

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
External = tuple[str, str]

NEVER = 1 << 33
"""Seconds since 1970 that have not come."""
DAY = 86_400
HORIZON = 28 * DAY
LEARNED_WEEKS = range(4, 17)
"""Weeks before as-of on which the past is looked at: four weeks must have passed since."""
USUAL_WEEKS = range(12, 0, -1)
STATES = ("due", "idle")
"""A customer waits for a reply, or nobody waits for us."""
_SPAN = 1 << 34
_WEEKS_READ = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits on whom.

    ``known`` are the estimates, ``now`` the open tickets of each helpdesk user by kind with their numbers, ``past``
    the loads of earlier weeks in seconds, the oldest first, from the week on in which the user first had a ticket.
    ``how`` says where effort comes from: recorded, or estimated from gaps between actions; None where neither is.
    """

    how: Literal["measured", "estimated"] | None = None
    known: Mapping[Kind, Estimate] = field(default_factory=dict)
    now: Mapping[External, Sequence[tuple[Kind, str]]] = field(default_factory=dict)
    past: Mapping[External, Sequence[float]] = field(default_factory=dict)

    def kinds(self, agents: Iterable[External]) -> list[Kind]:
        """The kinds of all open tickets of helpdesk users."""
        return [kind for agent in agents for kind, _ in self.now.get(agent, ())]

    def weeks(self, agents: Iterable[External]) -> list[float]:
        """The loads of earlier weeks, added up over helpdesk users that are one person."""
        rows = [list(self.past[agent]) for agent in agents if agent in self.past]
        if not rows:
            return []
        most = max(len(row) for row in rows)
        return [sum(row[place - most] for row in rows if place - most >= -len(row)) for place in range(most)]


def waiting(ask: Asker) -> Waiting:
    """The open work of a publication."""
    found: Waiting = ask.remembered(("roster_waiting",), lambda: _read(ask))
    return found


def _read(ask: Asker) -> Waiting:
    parts = [_source(ask, name, str(one["as_of"])) for name, one in sorted(ask.publication.sources.items())]
    hows = {part.how for part in parts if part.how}
    how: Any = "estimated" if "estimated" in hows else next(iter(hows), None)
    known = learned(row for part in parts for row in part.looked) if how else {}
    now: dict[External, list[tuple[Kind, str]]] = {}
    past: dict[External, list[float]] = {}
    for part in parts:
        now.update(part.now)
        for agent, weeks in part.past.items():
            loads = [expected(kinds, known).value for kinds in weeks]
            if known and all(one is not None for one in loads):
                past[agent] = [float(one or 0.0) for one in loads]
    return Waiting(how, known, now, past)


@dataclass(frozen=True, slots=True)
class _Part:
    how: Literal["measured", "estimated"] | None
    looked: list[Looked]
    now: dict[External, list[tuple[Kind, str]]]
    past: dict[External, list[list[Kind]]]


def _source(ask: Asker, source: str, as_of_text: str) -> _Part:
    as_of = datetime.fromisoformat(as_of_text)
    as_of = as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC)
    floor = _Floor(ask, source, as_of)
    how, actions = effort.actions(ask, source, as_of - timedelta(weeks=_WEEKS_READ), floor.keys, floor.channel_names)
    sums = _Sums(actions.ticket, actions.at, actions.seconds)
    end = int(as_of.timestamp())
    looked: list[Looked] = []
    if how is not None:
        for week in LEARNED_WEEKS:
            at = end - week * 7 * DAY
            rows = floor.open_at(at)
            took = sums.between(floor.ticket[rows], at, at + HORIZON)
            kinds = floor.kinds(rows, at)
            names = floor.ticket[rows]
            looked += [
                Looked(kind, float(seconds), f"{source}:{name}")
                for kind, seconds, name in zip(kinds, took, names, strict=True)
            ]
    now = {agent: list(those) for agent, those in floor.held(end + 1).items()}
    past: dict[External, list[list[Kind]]] = {}
    for week in USUAL_WEEKS:
        held = floor.held(end - week * 7 * DAY)
        for agent in set(held) - set(past):
            past[agent] = []
        for agent, weeks in past.items():
            weeks.append([kind for kind, _ in held.get(agent, [])])
    return _Part(how, looked, now, past)


class _Floor:
    """Episodes of one source with whose turn and whose ticket it was at any instant."""

    def __init__(self, ask: Asker, source: str, as_of: datetime) -> None:
        since = as_of - timedelta(weeks=_WEEKS_READ)
        self.source = source
        episodes = _facts(ask, "episode_facts", source, "ended_at", since, _EPISODE)
        episodes = episodes.filter(pc.is_null(episodes["exclusion"]))
        keys = _numbers(episodes["ticket_key"])
        self.keys, self.ticket = np.unique(keys, return_inverse=True)
        self.ids = episodes["ticket_id"].to_pylist()
        self.start, self.end = _seconds(episodes["started_at"], 0), _seconds(episodes["ended_at"], NEVER)
        self.channels = [one or "other" for one in episodes["channel"].to_pylist()]
        self.groups = [one or "none" for one in episodes["group_id"].to_pylist()]
        self.channel_names = [""] * len(self.keys)
        for place, ticket in enumerate(self.ticket.tolist()):
            self.channel_names[ticket] = self.channels[place]
        turns = _facts(ask, "turn_facts", source, "answered_at", since, _TURN)
        at, there = _positions(self.keys, turns["ticket_key"])
        self.turns = Course(at, _seconds(turns["opened_at"], 0)[there], _seconds(turns["answered_at"], NEVER)[there])
        held = _facts(
            ask, "assignment_facts", source, "to_at", since, ("ticket_key", "assignee_id", "from_at", "to_at")
        )
        at, there = _positions(self.keys, held["ticket_key"])
        self.until = _seconds(held["to_at"], NEVER)[there]
        self.holders = [one for one, kept in zip(held["assignee_id"].to_pylist(), there, strict=True) if kept]
        self.stations = Course(at, _seconds(held["from_at"], 0)[there], np.arange(len(at)))

    def open_at(self, at: int) -> Ints:
        """Episodes that had begun and not ended."""
        return np.flatnonzero((self.start < at) & (self.end >= at))

    def kinds(self, rows: Ints, at: int) -> list[Kind]:
        """What each of them was at the instant."""
        due = self.turns.at(self.ticket[rows], np.full(len(rows), at, np.int64)) >= at
        return [
            (STATES[0] if one else STATES[1], self.channels[row], f"{self.source}:{self.groups[row]}")
            for row, one in zip(rows.tolist(), due.tolist(), strict=True)
        ]

    def held(self, at: int) -> dict[External, list[tuple[Kind, str]]]:
        """Open tickets by whom they were assigned to."""
        rows = self.open_at(at)
        station = self.stations.at(self.ticket[rows], np.full(len(rows), at, np.int64))
        held = (station >= 0) & (self.until[np.maximum(station, 0)] >= at) if len(self.until) else station > 0
        found: dict[External, list[tuple[Kind, str]]] = {}
        for row, kind, place, one in zip(rows.tolist(), self.kinds(rows, at), station.tolist(), held.tolist(),
                                         strict=True):  # fmt: skip
            if one:
                found.setdefault((self.source, self.holders[place]), []).append((kind, self.ids[row]))
        return found


class _Sums:
    """Effort of tickets between instants."""

    def __init__(self, ticket: Ints, at: Ints, seconds: Floats) -> None:
        order = np.lexsort((at, ticket))
        self.key = ticket[order] * _SPAN + at[order]
        self.sums = np.concatenate([[0.0], np.cumsum(seconds[order])])

    def between(self, ticket: Ints, first: int, last: int) -> Floats:
        """Seconds spent from one instant on, up to another (not included)."""
        low, high = (np.searchsorted(self.key, ticket * _SPAN + at, side="left") for at in (first, last))
        found: Floats = self.sums[high] - self.sums[low]
        return np.maximum(found, 0.0)


_EPISODE = ("ticket_key", "ticket_id", "started_at", "ended_at", "channel", "group_id", "exclusion")
_TURN = ("ticket_key", "opened_at", "answered_at")
_STATION = ("ticket_key", "assignee_id", "from_at", "to_at")


def _facts(ask: Asker, table: str, source: str, ends: str, since: datetime, columns: Sequence[str]) -> pa.Table:
    """Rows of a facts table of one source that had not ended at an instant."""
    view = f"current_{table}"
    views.prepare(ask.engine, view)
    kept = parse_one(f"source_id = :source AND ({ends} IS NULL OR UNIX_MICROS({ends}) >= :since)")
    query = exp.select(*(exp.column(name, quoted=True) for name in columns)).from_(view).where(kept)
    return ask.engine.query(query, {"source": source, "since": int(since.timestamp()) * 1_000_000})


def _positions(keys: Ints, column: pa.ChunkedArray) -> tuple[Ints, NDArray[np.bool_]]:
    """Places of ticket keys among those known, and which rows have one."""
    wanted = _numbers(column)
    place = np.searchsorted(keys, wanted)
    there = place < len(keys)
    there[there] = keys[place[there]] == wanted[there]
    return place[there].astype(np.int64), there


def _numbers(column: pa.ChunkedArray) -> Ints:
    return np.asarray(column.to_numpy(), np.int64)


def _seconds(column: pa.ChunkedArray, missing: int) -> Ints:
    micros = pc.fill_null(pc.cast(column, pa.int64()), missing * 1_000_000)
    return np.asarray(micros.to_numpy(), np.int64) // 1_000_000
