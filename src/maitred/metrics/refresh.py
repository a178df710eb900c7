"""Facts kept in step with the canonical tables, and the publication that shows both: work in proportion to the change.

A full refresh walks all tickets of a source bucket by bucket into layer ``2 n``; a partial one recomputes the changed
and the open tickets into layer ``2 n + 1``, which hides their rows of the layer below (``n`` = the source's number).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.canon.keys import ticket_key
from maitred.canon.tables import TABLES
from maitred.metrics import desk_tables
from maitred.metrics.clocks import engine, policies
from maitred.metrics.clocks.schedules import Holiday, Hours, Schedule, ScheduleBook, Version, book
from maitred.metrics.facts import FACTS
from maitred.sync.ledger import Source
from maitred.sync.loading import Loaded, ticket_keys_of
from maitred.sync.publications import Publication, publish
from maitred.sync.workspace import Workspace, canonical_specs
from maitred.warehouse.store import Spec

BUCKET = 60_000
"""Tickets computed at a time: bounds memory, large enough to keep the kernel busy."""
OVERLAY_SHARE = 0.10
EVERY_SCHEDULE = "*"
"""Schedule id of holidays that close every schedule of a source."""
REFERENCE_TABLES = frozenset(
    (
        *("users", "schedules", "schedule_intervals", "schedule_versions", "schedule_holidays"),
        *("sla_policies", "sla_targets"),
    )
)
_MOMENT = {
    "ticket_events": "occurred_at",
    "messages": "sent_at",
    "sla_events": "at",
    "ticket_schedules": "valid_from",
    "tickets": "created_at",
}
_WORDS = (
    "status",
    "priority",
    "requester_id",
    "assignee_id",
    "group_id",
    "channel",
    "type",
    "organization_id",
    "brand_id",
    "form_id",
    "actor_id",
    "actor_type",
    "field",
    "new_value",
    "author_id",
    "author_type",
    "metric",
    "schedule_id",
)


def open_workspace(home: Path) -> Workspace:
    """The workspace with the canonical tables, the facts tables, and those of the desks."""
    return Workspace(home, [*canonical_specs(), *facts_specs(), *desk_tables.specs()])


def facts_specs() -> list[Spec]:
    """How the facts tables are stored."""
    return [Spec(name, schema, "layer", ("ticket_key",), ("ticket_key",)) for name, schema in FACTS.items()]


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did: the publication, how many tickets were computed, and whether all of them were."""

    publication: Publication | None
    tickets: int
    full: bool
    notices: list[str] = field(default_factory=list)


def refresh(
    workspace: Workspace,
    source: Source,
    loaded: Loaded,
    *,
    full: bool = False,
    progress: Callable[[str, int], None] = lambda what, amount: None,
) -> Refreshed:
    """Recompute the facts of a source after a load and publish; nothing changed makes no publication."""
    last = workspace.publication()
    before = last.sources.get(source.source_id) if last else None
    as_of = _as_of(workspace, source)
    mark = _fingerprint(source)
    if (
        before
        and not full
        and not loaded.tables
        and before["as_of"] == as_of.isoformat()
        and before["settings"] == mark
    ):
        return Refreshed(last, 0, False)
    ref = reference(workspace, source, as_of)
    rules = read_policies(workspace, source.source_id)
    whole = full or before is None or before["settings"] != mark or bool(loaded.tables & REFERENCE_TABLES)
    everything = ticket_keys_of(workspace, source.source_id)
    if not whole:
        assert before is not None
        keys = _due(workspace, source, loaded, before, as_of)
        overlay = _overlay_size(workspace, source)
        whole = len(keys) + overlay > OVERLAY_SHARE * len(everything) + 1000
    if whole:
        _all_tickets(workspace, source, ref, rules, everything, progress)
        count = len(everything)
    else:
        _some_tickets(workspace, source, ref, rules, keys)
        progress("tickets", len(keys))
        count = len(keys)
    sources = dict(last.sources) if last else {}
    sources[source.source_id] = {
        "as_of": as_of.isoformat(),
        "number": source.number,
        "kind": source.kind,
        "settings": mark,
        "tickets": len(everything),
    }
    return Refreshed(_publish(workspace, sources), count, whole, policies.notices(rules))


def republished(workspace: Workspace) -> Publication:
    """The tables as they stand, published with the sources of the publication before: a desk's facts came in."""
    last = workspace.publication()
    assert last is not None, "only a published workspace takes the facts of desks"
    return _publish(workspace, dict(last.sources))


def _publish(workspace: Workspace, sources: dict[str, dict[str, Any]]) -> Publication:
    tables, rows = {}, {}
    for name in workspace.store.specs:
        if not workspace.store.exists(name):
            continue
        table = workspace.store.table(name)
        tables[name] = int(table.version())
        rows[name] = sum(file.rows for file in workspace.store.files(table))
    return publish(workspace.publications, workspace.ledger, tables, rows, sources)


def _fingerprint(source: Source) -> str:
    settings = {key: value for key, value in source.settings.items() if key != "as_of"}
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]


def _as_of(workspace: Workspace, source: Source) -> datetime:
    """The instant up to which a source speaks (``metrics.md`` section 2: as-of instant)."""
    given = source.settings.get("as_of")
    if given:
        return datetime.fromisoformat(given.replace("Z", "+00:00"))
    column = "source_updated_at" if source.kind == "fivetran-zendesk" else None
    latest = None
    for table, moment in {"tickets": column or "updated_at", **({} if column else _MOMENT)}.items():
        if not workspace.store.exists(table):
            continue
        names = [moment] if table != "tickets" else [column or "updated_at"]
        rows = workspace.store.scan(table, None, names, where=pc.field("source_id") == source.source_id)
        value = pc.max(rows[names[0]]).as_py()
        if value is not None and (latest is None or value > latest):
            latest = value
    return latest or datetime(1970, 1, 1, tzinfo=UTC)


# ---------------------------------------------------------------- reference


def reference(
    workspace: Workspace,
    source: Source,
    as_of: datetime,
    versions: dict[str, int] | None = None,
    *,
    tickets: pa.Table | None = None,
    actors: dict[str, pa.Table] | None = None,
    lasting: Callable[[Hashable, Callable[[], Any]], Any] | None = None,
    known: Callable[[Iterable[str]], pa.Table] | None = None,
) -> engine.Reference:
    """Users and schedules of a source as the clock engine needs them.

    ``tickets`` and ``actors`` narrow them to what some tickets need, so that one ticket is explained in a moment;
    ``lasting`` keeps the schedules, laid out from the beginning of a year, for the next ticket of the same versions;
    ``known`` finds users by id where they are kept in memory.
    """
    versions = versions or {}
    users = _users(workspace, source, versions.get("users"), actors, known)
    first = _first_instant(workspace, source) if tickets is None else pc.min(tickets["created_at"]).as_py()
    first = min(first, as_of)

    def laid_out(begin: datetime) -> ScheduleBook:
        return book(read_schedules(workspace, source, versions), begin, as_of + timedelta(days=730))

    if lasting is None:
        calendar = laid_out(first)
    else:
        year = datetime(first.year, 1, 1, tzinfo=UTC)
        calendar = lasting(("schedules", source.source_id, year), lambda: laid_out(year))
    return engine.reference(source.source_id, users, calendar, as_of, source.settings.get("bots", ()))


def _users(
    workspace: Workspace,
    source: Source,
    version: int | None,
    actors: dict[str, pa.Table] | None,
    known: Callable[[Iterable[str]], pa.Table] | None,
) -> pa.Table:
    """Id, role and state of the source's users, or of those who act in some tickets."""
    condition = pc.field("source_id") == source.source_id
    if actors is not None and known is not None:
        return known(_named_actors(actors).to_pylist()).filter(condition)
    if actors is not None:
        condition = condition & pc.field("external_id").isin(_named_actors(actors))
    return workspace.store.scan("users", version, ["external_id", "role", "active"], where=condition)


def _named_actors(rows: dict[str, pa.Table]) -> pa.Array:
    """Ids of everybody who acts in some tickets."""
    columns = [
        rows["tickets"]["requester_id"],
        rows["tickets"]["assignee_id"],
        rows["ticket_events"]["actor_id"],
        rows["messages"]["author_id"],
        rows["sla_events"]["actor_id"],
    ]
    return pa.concat_arrays([pc.unique(pc.cast(column, pa.string())) for column in columns]).drop_null()


def _first_instant(workspace: Workspace, source: Source) -> datetime:
    rows = workspace.store.scan("tickets", None, ["created_at"], where=pc.field("source_id") == source.source_id)
    value = pc.min(rows["created_at"]).as_py()
    return value or datetime(1970, 1, 1, tzinfo=UTC)


def read_schedules(workspace: Workspace, source: Source, versions: dict[str, int] | None = None) -> list[Schedule]:
    """The schedules of a source with their hours, versions and holidays."""

    def rows(name: str) -> list[dict[str, Any]]:
        mine = pc.field("source_id") == source.source_id
        columns = [c for c in TABLES[name].schema.names if not c.startswith("raw")]
        found: list[dict[str, Any]] = workspace.store.scan(
            name, (versions or {}).get(name), columns, where=mine
        ).to_pylist()
        return found

    hours: dict[str, list[dict[str, Any]]] = {}
    for row in rows("schedule_intervals"):
        hours.setdefault(row["schedule_id"], []).append(row)
    holidays: dict[str, list[Holiday]] = {}
    for row in sorted(rows("schedule_holidays"), key=lambda r: (r["start_date"], r["external_id"])):
        if row["deleted_at"] is None:
            holiday = Holiday(row["name"] or "", row["start_date"], row["end_date"])
            holidays.setdefault(row["schedule_id"], []).append(holiday)
    edits: dict[str, list[dict[str, Any]]] = {}
    for row in rows("schedule_versions"):
        edits.setdefault(row["schedule_id"], []).append(row)
    for holiday_list in holidays.values():
        holiday_list.extend(h for h in holidays.get(EVERY_SCHEDULE, ()) if h not in holiday_list)
    found = []
    for row in sorted(rows("schedules"), key=lambda r: (ticket_key(r["external_id"]), r["external_id"])):
        key = row["external_id"]
        all_hours = hours.get(key, [])
        live = [h for h in all_hours if h["deleted_at"] is None]
        removed = (bool(all_hours) and not live) or row["deleted_at"] is not None
        now = tuple(Hours(h["weekday"], h["start_min"], h["end_min"]) for h in (live or all_hours))
        found.append(
            Schedule(
                key,
                row["name"] or key,
                row["tz"],
                _versions(now, edits.get(key, [])),
                tuple(holidays.get(key, holidays.get(EVERY_SCHEDULE, ()))),
                row["created_at"],
                removed,
            )
        )
    return found


def _versions(now: tuple[Hours, ...], edits: list[dict[str, Any]]) -> tuple[Version, ...]:
    """Hours before, between and after the recorded edits; the last is what the live table says."""
    if not edits:
        return (Version(now),)
    edits = sorted(edits, key=lambda r: (r["changed_at"], r["external_id"]))
    after = [_hours(row["intervals_after"]) for row in edits]
    first = _hours(edits[0]["intervals_before"]) or after[0]
    starts: list[datetime | None] = [None, *(row["changed_at"] for row in edits)]
    hours = [first, *after[:-1], now]
    ends = [*starts[1:], None]
    return tuple(Version(h, a, b) for h, a, b in zip(hours, starts, ends, strict=True))


def _hours(text: str | None) -> tuple[Hours, ...]:
    return tuple(Hours(*entry) for entry in json.loads(text or "[]"))


# ---------------------------------------------------------------- all tickets


def inputs(
    workspace: Workspace,
    source_id: str,
    *,
    low: int | None = None,
    high: int | None = None,
    keys: Any = None,
    versions: dict[str, int] | None = None,
    rules: Sequence[policies.Policy] = (),
) -> dict[str, pa.Table]:
    """The canonical rows of some tickets, as the clock engine reads them, with the targets that policies apply."""
    tables = {}
    for name, columns in engine.INPUTS.items():
        if name == "tickets":
            columns = (*columns, *policies.ticket_columns(rules))
        condition = pc.field("source_id") == source_id
        if name != "tickets":
            condition = condition & pc.field("deleted_at").is_null()
        words = [column for column in columns if column in _WORDS]
        version = (versions or {}).get(name)
        tables[name] = workspace.store.scan(
            name, version, columns, low=low, high=high, keys=keys, where=condition, words=words
        )
    return policies.completed(tables, rules)


def read_policies(
    workspace: Workspace, source_id: str, versions: dict[str, int] | None = None
) -> list[policies.Policy]:
    """The service-level policies of a source, where it tells them together with their targets."""
    mine = pc.field("source_id") == source_id
    rows = [
        workspace.store.scan(name, (versions or {}).get(name), columns, where=mine)
        for name, columns in (("sla_targets", policies.TARGET_COLUMNS), ("sla_policies", policies.POLICY_COLUMNS))
    ]
    return policies.read_policies(rows[1].to_pylist(), rows[0].to_pylist()) if rows[0].num_rows else []


def _all_tickets(
    workspace: Workspace,
    source: Source,
    ref: engine.Reference,
    rules: Sequence[policies.Policy],
    keys: Any,
    progress: Callable[[str, int], None],
) -> None:
    layer = 2 * source.number
    added: dict[str, list[Any]] = {name: [] for name in FACTS}

    def bucket(part: Any) -> tuple[dict[str, list[Any]], int]:
        rows = inputs(workspace, source.source_id, low=int(part[0]), high=int(part[-1]), rules=rules)
        facts = engine.compute(rows, ref, layer=layer).facts
        return {name: workspace.store.write_files(name, table) for name, table in facts.items()}, len(part)

    with ThreadPoolExecutor(2) as pool:
        for written, count in pool.map(bucket, _buckets(keys)):
            for name, files in written.items():
                added[name].extend(files)
            progress("tickets", count)
    for name, files in added.items():
        workspace.store.commit_files(name, files, [layer, layer + 1])


def _buckets(keys: Any) -> Iterator[Any]:
    for start in range(0, len(keys), BUCKET):
        yield keys[start : start + BUCKET]


# ---------------------------------------------------------------- some tickets


def _due(workspace: Workspace, source: Source, loaded: Loaded, before: dict[str, Any], as_of: datetime) -> Any:
    """Tickets to recompute: changed ones, and where as-of moved also open ones and those with rows after it."""
    parts = [loaded.keys()]
    then = datetime.fromisoformat(before["as_of"])
    if then != as_of:
        parts.append(_open_tickets(workspace, source))
        earlier = min(then, as_of)
        for name, moment in _MOMENT.items():
            late = (pc.field("source_id") == source.source_id) & (
                pc.field(moment) > pa.scalar(earlier, pa.timestamp("us", tz="UTC"))
            )
            rows = workspace.store.scan(name, None, ["ticket_key"], where=late)
            parts.append(rows["ticket_key"].to_numpy())
    return np.unique(np.concatenate(parts)).astype(np.int64)


def _open_tickets(workspace: Workspace, source: Source) -> Any:
    mine = (pc.field("source_id") == source.source_id) & pc.field("is_open")
    rows = workspace.store.scan("ticket_facts", None, ["ticket_key"], where=mine)
    return rows["ticket_key"].to_numpy()


def _overlay_size(workspace: Workspace, source: Source) -> int:
    table = workspace.store.table("ticket_facts")
    layer = str(2 * source.number + 1)
    return sum(file.rows for file in workspace.store.files(table) if file.partition == layer)


def _some_tickets(
    workspace: Workspace, source: Source, ref: engine.Reference, rules: Sequence[policies.Policy], keys: Any
) -> None:
    layer = 2 * source.number + 1
    rows = inputs(workspace, source.source_id, low=int(keys[0]), high=int(keys[-1]), keys=keys, rules=rules)
    facts = engine.compute(rows, ref, layer=layer).facts
    for name, fresh in facts.items():
        kept = [
            part.filter(pc.invert(pc.is_in(part["ticket_key"], value_set=pa.array(keys))))
            for part in workspace.store.partition(name, layer)
        ]
        whole = pa.concat_tables([*kept, fresh.cast(FACTS[name])])
        workspace.store.commit_files(name, workspace.store.write_files(name, whole), [layer])
