"""Who and what a helpdesk knows: people, groups, accounts, policies, macros, and its business hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from maitred.insight.evidence.cutting import no_spans
from maitred.insight.evidence.reading import (
    Scan,
    flat,
    named,
    numeric,
    positions,
    read,
    seconds,
    truths,
)
from maitred.insight.evidence.tables import (
    NEVER,
    Accounts,
    Codes,
    Flags,
    Ints,
    Names,
    People,
    Schedules,
    Spans,
)

STAFF = ("agent", "admin", "light", "bot")
EVERY_SCHEDULE = "*"
"""Schedule id of holidays that close every schedule of a source."""
_YES = (True, 1, "true", "1", "yes")


@dataclass(frozen=True, slots=True)
class Everybody:
    """People with what tickets say of them by id: ``ids`` in order of position."""

    people: People
    ids: pa.Array
    foreign: Flags
    """Whose locale is given and is not English."""
    account_ids: pa.Array

    @property
    def at_work(self) -> Flags:
        """Staff and bots."""
        return self.people.staff | self.people.bot


def everybody_of(scan: Scan, source: str, bots: Sequence[str], zone: str) -> Everybody:
    """All helpdesk users in the order in which they were made.

    A bot is one of ``bots``, of role ``bot``, with tag ``bot`` or a true user field ``is_bot``. Bots count as staff.
    """
    rows = read(
        scan,
        "users",
        (
            *("external_id", "name", "role", "locale", "organization_id", "created_at", "suspended", "tags", "custom"),
            "source_updated_at",
        ),
    )
    created = seconds(rows["created_at"])
    created = np.where(created == NEVER, 0, created).astype(np.int64)
    order = _order(rows["external_id"], created)
    rows, created = rows.take(pa.array(order)), created[order]
    ids = flat(rows["external_id"])
    staff = _is_in(rows["role"], STAFF)
    custom = _customs(rows["custom"])
    bot = _is_in(rows["role"], ("bot",)) | _is_in(ids, bots) | _tagged(rows["tags"], "bot")
    training = [""] * len(ids)
    trained = np.full(len(ids), NEVER, dtype=np.int64)
    for place, fields in custom.items():
        bot[place] |= fields.get("is_bot") in _YES
        training[place] = _course(fields.get("training"))
        trained[place] = _day_start(fields.get("training_completed"), zone)
    suspended = truths(rows["suspended"])
    people = People(
        names=named(source, ids.to_pylist(), rows["name"].to_pylist()),
        staff=staff | bot,
        bot=bot,
        suspended_at=np.where(suspended, seconds(rows["source_updated_at"]), NEVER).astype(np.int64),
        created_at=created,
        training=tuple(training),
        trained_at=trained,
    )
    locale = pc.utf8_lower(pc.fill_null(flat(rows["locale"]), ""))
    foreign = pc.and_(pc.not_equal(locale, ""), pc.invert(pc.starts_with(locale, "en")))
    return Everybody(people, ids, truths(foreign), flat(rows["organization_id"]))


def members_of(scan: Scan, ids: pa.Array, groups: Names) -> Spans:
    """Who is in which group, since when and until when."""
    rows = read(scan, "group_members", ("user_id", "group_id", "valid_from", "valid_to"))
    person, group = positions(rows["user_id"], ids), positions(rows["group_id"], groups.external)
    begun = seconds(rows["valid_from"])
    order = np.lexsort((group, person, begun))
    order = order[(person[order] >= 0) & (group[order] >= 0)]
    until = seconds(rows["valid_to"])[order]
    nobody = np.full(len(order), -1, dtype=np.int32)
    return Spans(person[order].astype(np.int64), group[order], begun[order], until, nobody)


def groups_of(scan: Scan, source: str) -> Names:
    """The groups, by id."""
    return _listed(read(scan, "groups", ("external_id", "name")), source)


def policies_of(scan: Scan, source: str, named_in_facts: Sequence[str]) -> Names:
    """The SLA policies that are listed, and those that targets name and no list knows."""
    listed = _listed(read(scan, "sla_policies", ("external_id", "name")), source)
    known = {*listed.external, *listed.names}
    others = sorted(one for one in named_in_facts if one not in known)
    more = named(source, others, others)
    return Names(listed.ids + more.ids, listed.external + more.external, listed.names + more.names)


def policy_places(column: Any, policies: Names) -> Codes:
    """Positions of policies that a column names by id or by name."""
    by_id = positions(column, policies.external)
    return np.where(by_id >= 0, by_id, positions(column, policies.names)).astype(np.int32)


def accounts_of(scan: Scan, source: str, zone: str) -> Accounts:
    """The customers' organisations, by id."""
    rows = read(scan, "organizations", ("external_id", "name", "arr", "renewal_date"))
    rows = rows.take(pa.array(_order(rows["external_id"])))
    revenue = pc.fill_null(flat(rows["arr"]), float("nan")).to_numpy(zero_copy_only=False)
    renewal = [_day_start(day, zone) for day in rows["renewal_date"].to_pylist()]
    return Accounts(
        named(source, rows["external_id"].to_pylist(), rows["name"].to_pylist()),
        np.asarray(revenue, dtype=np.float64),
        np.array(renewal, dtype=np.int64),
    )


def schedules_of(scan: Scan, source: str) -> Schedules:
    """Business hours as they stand; the default is marked as such, else the oldest.

    Without the schedules of tickets (``of_ticket`` is empty).
    """
    rows = read(scan, "schedules", ("external_id", "name", "tz", "is_default", "created_at"))
    rows = rows.take(pa.array(_order(rows["external_id"])))
    ids = rows["external_id"].to_pylist()
    weeks: dict[str, list[tuple[int, int]]] = {one: [] for one in ids}
    hours = read(scan, "schedule_intervals", ("schedule_id", "weekday", "start_min", "end_min", "valid_to"))
    for one in hours.to_pylist():
        if one["schedule_id"] in weeks and one["valid_to"] is None:
            base = one["weekday"] * 1440
            weeks[one["schedule_id"]].append((base + one["start_min"], base + one["end_min"]))
    closed: dict[str, set[date]] = {one: set() for one in ids}
    for one in read(scan, "schedule_holidays", ("schedule_id", "start_date", "end_date")).to_pylist():
        wanted = ids if one["schedule_id"] == EVERY_SCHEDULE else [one["schedule_id"]]
        days = {
            one["start_date"] + timedelta(days=ahead) for ahead in range((one["end_date"] - one["start_date"]).days + 1)
        }
        for schedule in wanted:
            closed.setdefault(schedule, set()).update(days)
    return Schedules(
        names=named(source, ids, rows["name"].to_pylist()),
        zones=tuple(rows["tz"].to_pylist()),
        weeks=tuple(tuple(sorted(weeks[one])) for one in ids),
        holidays=tuple(frozenset(closed[one]) for one in ids),
        default=_default(rows),
        of_ticket=no_spans(),
    )


def zone_of(schedules: Schedules) -> str:
    """The zone of the default schedule, else UTC."""
    return schedules.zones[schedules.default] if schedules.default >= 0 else "UTC"


def _default(rows: pa.Table) -> int:
    if not rows.num_rows:
        return -1
    marked = np.flatnonzero(truths(rows["is_default"]))
    created = seconds(rows["created_at"])
    return int(marked[0]) if len(marked) else int(np.argmin(created))


def _listed(rows: pa.Table, source: str) -> Names:
    rows = rows.take(pa.array(_order(rows["external_id"])))
    return named(source, rows["external_id"].to_pylist(), rows["name"].to_pylist())


def _order(ids: Any, first: Ints | None = None) -> Ints:
    """Order of rows by an instant, then by id: numbers by size."""
    texts = flat(ids).to_pylist()
    keys = [(0 if first is None else int(first[place]), numeric(one)) for place, one in enumerate(texts)]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)


def _is_in(column: Any, words: Sequence[str]) -> Flags:
    found: Flags = truths(pc.is_in(flat(column), value_set=pa.array(list(words), pa.string()))).copy()
    return found


def _tagged(tags: Any, word: str) -> Flags:
    column = flat(tags)
    found = np.zeros(len(column), dtype=np.bool_)
    hits = truths(pc.equal(pc.list_flatten(column), word))
    found[pc.list_parent_indices(column).to_numpy(zero_copy_only=False)[hits]] = True
    return found


def _customs(custom: Any) -> dict[int, dict[str, Any]]:
    """User fields by position, of those users that have any that matter here."""
    column = pc.fill_null(flat(custom), "{}")
    some = np.flatnonzero(truths(pc.match_substring_regex(column, '"(?:is_bot|training|training_completed)"')))
    return {int(place): orjson.loads(column[int(place)].as_py()) for place in some}


def _course(value: Any) -> str:
    return "" if value is None or value is False else str(value)


def _day_start(value: Any, zone: str) -> int:
    """The first second of a day given as a date or as text, ``NEVER`` where it is none."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value[:10])
        except ValueError:
            return NEVER
    if not isinstance(value, date):
        return NEVER
    return int(datetime.combine(value, time(), ZoneInfo(zone)).astimezone(UTC).timestamp())
