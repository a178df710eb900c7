"""How the live reading of an account stands, for commands and pages: read from the ledger alone."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow.compute as pc

from maitred.base import clock
from maitred.base.errors import MaitredError
from maitred.sync.standing import Gap, Standing, Standings, moment_of
from maitred.sync.workspace import Workspace


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """Where one stream stands.

    Attributes
    ----------
    complete
        Whether its last turn reached its end; ``reason`` says why not.
    lag_s
        Seconds since the moment up to which it was read; None where it never reached its end.
    loaded, superseded, quarantined
        What became of the ``records`` that were landed, as far as they are loaded.
    todo
        Tickets whose children are still to be read.
    """

    stream: str
    kind: str
    cursor: dict[str, Any] | None
    complete: bool
    completed_at: str | None
    lag_s: float | None
    pages: int
    records: int
    loaded: int
    superseded: int
    quarantined: int
    todo: int
    gaps: int
    reason: str


@dataclass(frozen=True, slots=True)
class Status:
    """An account's health.

    Attributes
    ----------
    running
        Who reads it at the moment; empty where nobody does.
    expected, counted
        Tickets as the helpdesk counts them (None where it does not), and as they are published here.
    budget
        Each bucket's rate a minute and for how many seconds it is closed.
    probe
        What the last look at the account found.
    days
        What the last comparison of tickets by the day of their creation found (``daily.Compared``); empty before it.
    """

    account: str
    running: str
    last_run: dict[str, Any] | None
    complete: bool
    lag_s: float | None
    streams: list[StreamStatus]
    expected: int | None
    counted: int
    waiting: int
    gaps: list[Gap]
    quarantined: int
    budget: list[dict[str, Any]]
    probe: dict[str, Any]
    reconciled_at: str | None
    days: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The document of ``maitred sync status --json``."""
        return asdict(self)


def status(workspace: Workspace, slug: str) -> Status:
    """How an account stands; empty where it was never read."""
    with closing(Standings(workspace.ledger.path, slug)) as standings:
        known = standings.account()
        gaps = standings.gaps()
        counts, waiting = standings.counts(), standings.waiting()
        streams = [
            _stream(each, counts.get(each.stream, (0, 0, 0, 0)), waiting.get(each.stream, 0), gaps)
            for each in standings.standings()
        ]
        runs = standings.runs(1)
        lags = [each.lag_s for each in streams if each.lag_s is not None]
        return Status(
            slug,
            standings.holder(),
            runs[0] if runs else None,
            bool(streams) and all(each.complete for each in streams),
            max(lags) if lags and len(lags) == len(streams) else None,
            streams,
            known.get("counted"),
            _counted(workspace, slug),
            standings.unloaded(),
            gaps,
            sum(each.quarantined for each in streams),
            standings.buckets(),
            known.get("probe", {}),
            known.get("reconciled_at"),
            known.get("days", {}),
        )


def runs(workspace: Workspace, slug: str, limit: int = 20) -> list[dict[str, Any]]:
    """The last runs of an account, newest first, each with what its streams did."""
    with closing(Standings(workspace.ledger.path, slug)) as standings:
        return standings.runs(limit)


def _stream(each: Standing, counts: tuple[int, int, int, int], todo: int, gaps: list[Gap]) -> StreamStatus:
    reached = moment_of(each.completed_at)
    lag = None if reached is None else max((clock.now() - reached).total_seconds(), 0.0)
    return StreamStatus(
        each.stream,
        each.kind,
        each.cursor,
        each.complete,
        each.completed_at,
        lag,
        each.pages,
        each.records,
        counts[1],
        counts[2],
        counts[3],
        todo,
        sum(1 for gap in gaps if gap.stream == each.stream),
        each.reason,
    )


def _counted(workspace: Workspace, slug: str) -> int:
    """Tickets of the account in the newest publication that are not deleted."""
    try:
        published = workspace.publication()
    except MaitredError:
        return 0
    if published is None or "tickets" not in published.tables:
        return 0
    mine = (pc.field("source_id") == slug) & pc.field("deleted_at").is_null()
    rows = workspace.store.scan("tickets", published.tables["tickets"], ["ticket_key"], where=mine)
    return int(rows.num_rows)
