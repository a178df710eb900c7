"""Every value of ours beside the vendor's, with its class: one table per source and publication, made once.

For the pages that show how far our numbers match the helpdesk's own. The classes and their order are those of
``reconciliation.RULES``, here for all tickets at once instead of pair by pair.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from maitred.base.errors import NotFound
from maitred.metrics import reading
from maitred.metrics.asking import Asker
from maitred.metrics.explaining import GROUP_COLUMNS, PEOPLE_COLUMNS
from maitred.metrics.reconciliation import (
    MINUTE,
    RULES,
    ZENDESK,
    changed_roles,
    vendor_values,
    written_by,
)
from maitred.metrics.scope import Scope
from maitred.sync.publications import Publication
from maitred.sync.workspace import Workspace

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

CLASSES = tuple(name for name, _ in RULES)
PAIRS = tuple((metric, clock) for metric in ZENDESK for clock in ("calendar", "business"))
"""Every metric and clock that a vendor may tell."""
_NO_VALUE = -(1 << 31)
_TICKET = (
    *("ticket_id", "created_at", "exclusion", "is_open", "last_solved_at", "public_agent_replies"),
    *("reopens_transitions", *GROUP_COLUMNS, *PEOPLE_COLUMNS),
    *(f"{name}_{mode}" for name in (*ZENDESK, "frt_any") for mode in ("calendar", "business_all", "business_last")),
)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """All pairs of a source, by ticket.

    Attributes
    ----------
    tickets
        One row per ticket with vendor values: ``ticket_id`` and who may see it (its groups and people).
    ticket, pair, reason
        One entry per value compared: row in ``tickets``, place in ``PAIRS``, place in ``CLASSES``.
    ours, vendor
        Seconds; the smallest int32 stands for no value.
    """

    source: str
    tickets: pa.Table
    ticket: NDArray[np.int32]
    pair: NDArray[np.int8]
    reason: NDArray[np.int8]
    ours: NDArray[np.int32]
    vendor: NDArray[np.int32]

    def seen_by(self, scope: Scope) -> Flags:
        """Which entries belong to tickets that a scope reaches, as ``explaining.may_see`` decides for one ticket."""
        if not scope.restricted:
            return np.ones(len(self.ticket), np.bool_)
        seen = np.zeros(self.tickets.num_rows, np.bool_)
        for held, columns in ((scope.groups, GROUP_COLUMNS), (scope.people, PEOPLE_COLUMNS)):
            ids = pa.array(sorted(external for of, external in held or () if of == self.source), pa.string())
            for name in columns if len(ids) else ():
                seen |= pc.is_in(self.tickets[name], value_set=ids).to_numpy(zero_copy_only=False)
        found: Flags = seen[self.ticket]
        return found

    def rows(self, chosen: Ints) -> Iterator[Row]:
        """Entries as plain values."""
        names = self.tickets["ticket_id"].take(pa.array(self.ticket[chosen])).to_pylist()
        for ticket, place in zip(names, chosen.tolist(), strict=True):
            metric, clock = PAIRS[int(self.pair[place])]
            ours, vendor = (None if v == _NO_VALUE else int(v) for v in (self.ours[place], self.vendor[place]))
            apart = None if ours is None or vendor is None else ours - vendor
            reason = CLASSES[int(self.reason[place])]
            yield Row(self.source, ticket, f"{metric}.{clock}", ours, vendor, apart, reason)

    def apart(self) -> Ints:
        """How far each entry's two values are apart; where one is missing, further than any other."""
        missing = (self.ours == _NO_VALUE) != (self.vendor == _NO_VALUE)
        found: Ints = np.abs(self.ours.astype(np.int64) - self.vendor)
        return np.where(missing, np.int64(1) << 40, found)


@dataclass(frozen=True, slots=True)
class Row:
    """One value of ours and the vendor's, in seconds; ``difference`` is ours minus the vendor's."""

    source: str
    ticket: str
    metric: str
    ours: int | None
    vendor: int | None
    difference: int | None
    reason: str


def place_of(metric: str) -> int:
    """Place in ``PAIRS`` of a word such as ``frt.business``.

    Raises
    ------
    NotFound
        No vendor tells such a value.
    """
    known = {f"{name}.{clock}": place for place, (name, clock) in enumerate(PAIRS)}
    if metric not in known:
        raise NotFound(f"no value {metric!r} is compared", f"known: {', '.join(known)}")
    return known[metric]


def reconciled(ask: Asker, source: str) -> Reconciled:
    """The table of a source at the publication asked; where there is a memory it is made once.

    Raises
    ------
    NotFound
        The source is not in the publication.
    """
    if source not in ask.publication.sources:
        known = ", ".join(sorted(ask.publication.sources)) or "none"
        raise NotFound(f"source {source} is not published", f"known: {known}")
    return ask.remembered(("reconciled", source), lambda: _made(ask.workspace, ask.publication, source))


def of_ticket(ask: Asker, source: str, ticket: str) -> tuple[Row, ...]:
    """All values of one ticket, in the order of ``PAIRS``; empty where the vendor tells none."""
    table = reconciled(ask, source)
    place = pc.index(table.tickets["ticket_id"], ticket).as_py()
    return () if place < 0 else tuple(table.rows(np.flatnonzero(table.ticket == place)))


# ---------------------------------------------------------------- making it


def _made(workspace: Workspace, publication: Publication, source: str) -> Reconciled:
    mine = pc.field("source_id") == source
    edits = workspace.store.scan(
        "schedule_versions", publication.tables.get("schedule_versions"), ["changed_at"], where=mine
    )["changed_at"]
    people = changed_roles(workspace, publication, source)
    parts = [
        _slice(workspace, publication, source, low, high, people, _micros(edits))
        for low, high in reading.key_slices(workspace, publication, source)
    ]
    tickets = pa.concat_tables([part[0] for part in parts]) if parts else _bare()
    before = np.cumsum([0, *(part[0].num_rows for part in parts)])
    columns = [np.concatenate([part[1][name] for part in parts] or [np.zeros(0)]) for name in range(5)]
    starts = np.repeat(before[:-1], [len(part[1][0]) for part in parts]) if parts else np.zeros(0, np.int64)
    return Reconciled(
        source,
        tickets,
        (columns[0] + starts).astype(np.int32),
        columns[1].astype(np.int8),
        columns[2].astype(np.int8),
        columns[3].astype(np.int32),
        columns[4].astype(np.int32),
    )


def _bare() -> pa.Table:
    return pa.table({name: pa.array([], pa.string()) for name in ("ticket_id", *GROUP_COLUMNS, *PEOPLE_COLUMNS)})


def _slice(
    workspace: Workspace,
    publication: Publication,
    source: str,
    low: int,
    high: int,
    people: Collection[str],
    edits: Ints,
) -> tuple[pa.Table, list[NDArray[Any]]]:
    """Tickets of a range of keys that have vendor values, and the columns ticket, pair, reason, ours, vendor."""
    mine = pc.field("source_id") == source
    told = workspace.store.scan(
        "tickets",
        publication.tables["tickets"],
        ["ticket_key", "vendor_values", "updated_at"],
        low=low,
        high=high,
        where=mine & pc.field("vendor_values").is_valid(),
    )
    facts = reading.facts(workspace, publication, "ticket_facts", _TICKET, source, low=low, high=high)
    revised = reading.facts(workspace, publication, "sla_facts", ["revisions"], source, low=low, high=high)
    changed = pc.unique(revised.filter(pc.greater(revised["revisions"], 0))["ticket_key"])
    told, facts = _side_by_side(told, facts)
    vendor = _vendor(publication.sources[source]["kind"], told["vendor_values"].to_pylist(), facts)
    hints = {
        "target_revised": _is_in(told["ticket_key"], changed),
        "late_data": _micros(told["updated_at"]) > _as_of(publication, source),
        "schedule_edited": _edited(facts, edits, _as_of(publication, source)),
        "role_changed": _by_people(workspace, publication, source, set(people), facts, low, high),
    }
    rows: list[list[NDArray[Any]]] = []
    for place, (metric, clock) in enumerate(PAIRS):
        there, theirs = vendor[place]
        if there.any():
            ours = _seconds(facts, f"{metric}_{'calendar' if clock == 'calendar' else 'business_all'}")
            reason = _classes(metric, clock, ours, theirs, facts, hints)
            chosen = np.flatnonzero(there)
            values = [np.where(np.isnan(v), _NO_VALUE, v)[chosen] for v in (ours, theirs)]
            rows.append([chosen, np.full(len(chosen), place), reason[chosen], *values])
    columns = [np.concatenate([row[name] for row in rows] or [np.zeros(0, np.int64)]) for name in range(5)]
    order = np.lexsort((columns[1], columns[0]))
    kept = facts.select(["ticket_id", *GROUP_COLUMNS, *PEOPLE_COLUMNS])
    return kept, [column[order] for column in columns]


def _side_by_side(told: pa.Table, facts: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Rows of both for the same tickets in the same order."""
    told = told.filter(pc.is_in(told["ticket_key"], value_set=pc.unique(facts["ticket_key"])))
    told = told.take(pa.array(np.argsort(told["ticket_key"].to_numpy(), kind="stable")))
    facts = facts.take(pa.array(np.argsort(facts["ticket_key"].to_numpy(), kind="stable")))
    place = np.searchsorted(facts["ticket_key"].to_numpy(), told["ticket_key"].to_numpy())
    return told, facts.take(pa.array(place))


def _vendor(kind: str, texts: list[str], facts: pa.Table) -> list[tuple[Flags, Floats]]:
    """For each of ``PAIRS``: whether the vendor tells it, and its seconds (NaN for none)."""
    found = [(np.zeros(len(texts), np.bool_), np.full(len(texts), np.nan)) for _ in PAIRS]
    number = {pair: place for place, pair in enumerate(PAIRS)}
    created = facts["created_at"].to_pylist()
    for row, text in enumerate(texts):
        fact = {"created_at": created[row]}
        for metric, clock, seconds in vendor_values(kind, json.loads(text), fact):
            there, values = found[number[metric, clock]]
            there[row] = True
            if seconds is not None:
                values[row] = seconds
    return found


def _classes(
    metric: str, clock: str, ours: Floats, vendor: Floats, facts: pa.Table, hints: Mapping[str, Flags]
) -> NDArray[Any]:
    """Place in ``CLASSES`` for every ticket: the first rule that holds."""
    calendar = clock == "calendar"
    last = ours if calendar else _seconds(facts, f"{metric}_business_last")
    any_reply = _seconds(facts, f"frt_any_{'calendar' if calendar else 'business_all'}")
    no_ours, no_vendor = np.isnan(ours), np.isnan(vendor)
    nobody = np.zeros(len(ours), np.bool_)
    resolution = metric in ("full_resolution", "first_resolution")
    holds = {
        "equal": _near(ours, vendor) | (no_ours & no_vendor),
        "schedule_mode": nobody if calendar else _near(last, vendor),
        "rounding": _near(ours, vendor, 2 * MINUTE + 7),
        "agent_created": no_ours & (facts["public_agent_replies"].to_numpy() > 0) if metric == "frt" else nobody,
        "bot_reply": _near(any_reply, vendor) if metric == "frt" else nobody,
        "reopened": facts["reopens_transitions"].to_numpy() > 0 if resolution else nobody,
        "merged_or_deleted": _is_in(facts["exclusion"], pa.array(["merged", "deleted"])),
        "vendor_null": no_vendor,
        "ours_null": no_ours,
        "unexplained": ~nobody,
        **hints,
        "schedule_edited": nobody if calendar else hints["schedule_edited"],
    }
    return np.select([holds[name] for name in CLASSES], list(range(len(CLASSES))))


def _near(a: Floats, b: Floats, tolerance: int = MINUTE) -> Flags:
    with np.errstate(invalid="ignore"):
        found: Flags = np.abs(a - b) <= tolerance
    return found


def _seconds(facts: pa.Table, name: str) -> Floats:
    found: Floats = pc.cast(facts[name], pa.float64()).to_numpy(zero_copy_only=False)
    return np.asarray(found, np.float64)


def _is_in(column: Any, values: Any) -> Flags:
    words = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    found: Flags = pc.is_in(column, value_set=words).to_numpy(zero_copy_only=False)
    return found


def _micros(column: Any) -> Ints:
    """Instants as microseconds; the smallest number for none."""
    return np.asarray(pc.fill_null(pc.cast(column, pa.int64()), -(1 << 62)).to_numpy(), np.int64)


def _as_of(publication: Publication, source: str) -> int:
    as_of = datetime.fromisoformat(publication.sources[source]["as_of"])
    return (as_of - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _edited(facts: pa.Table, edits: Ints, as_of: int) -> Flags:
    """Whether the hours were edited while a ticket was unsolved: after its creation, up to its last solve or as-of."""
    solved = _micros(facts["last_solved_at"])
    still = facts["is_open"].to_numpy() | (solved == -(1 << 62))
    edits = np.sort(edits)
    first = np.searchsorted(edits, _micros(facts["created_at"]), side="right")
    found: Flags = np.searchsorted(edits, np.where(still, as_of, solved), side="right") > first
    return found


def _by_people(
    workspace: Workspace, publication: Publication, source: str, people: set[str], facts: pa.Table, low: int, high: int
) -> Flags:
    """Whether one of some people wrote on a ticket or has it."""
    if not people:
        return np.zeros(facts.num_rows, np.bool_)
    wrote = written_by(workspace, publication, source, people, low, high)
    has = _is_in(facts["last_assignee_id"], pa.array(sorted(people), pa.string()))
    return has | _is_in(facts["ticket_key"], pa.array(sorted(wrote), pa.int64()))
