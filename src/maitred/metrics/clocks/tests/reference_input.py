"""What the slow reference reads: a Fivetran-Zendesk folder brought to plain Python values by the input rules."""

from __future__ import annotations

import csv
import html
import json
import re
import tomllib
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from maitred.metrics.clocks.tests.reference_time import FOREVER, Schedule, Week, zone_of

TABLES = (
    "ticket",
    "ticket_comment",
    "ticket_field_history",
    "ticket_schedule",
    "ticket_tag",
    "user",
    "schedule",
    "schedule_holiday",
    "audit_log",
)
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Comment:
    id: int
    at: int
    author: int | None
    public: bool


@dataclass(frozen=True, slots=True)
class Change:
    at: int
    field: str
    value: str
    actor: int | None


@dataclass(slots=True)
class Ticket:
    id: int
    created: int
    status: str
    priority: str
    requester: int | None
    assignee: int | None
    tags: set[str] = field(default_factory=set)
    comments: list[Comment] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    schedule_changes: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class User:
    role: str
    active: bool


@dataclass(slots=True)
class Corpus:
    as_of: int
    bots: set[int]
    users: dict[int, User]
    tickets: list[Ticket]
    schedules: dict[int, Schedule]
    default: Schedule | None


def read_corpus(folder: Path) -> Corpus:
    """Read a folder by the rules of the specification's section 2."""
    tables = {name: read_table(folder, name) for name in TABLES}
    settings = read_settings(folder)
    as_of = find_as_of(settings, tables)
    schedules, default = read_schedules(tables, as_of)
    return Corpus(
        as_of=as_of,
        bots={int(one) for one in settings.get("actors", {}).get("bots", [])},
        users=read_users(tables["user"]),
        tickets=read_tickets(tables, as_of),
        schedules=schedules,
        default=default,
    )


def read_settings(folder: Path) -> dict[str, Any]:
    path = folder / "import.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def read_table(folder: Path, name: str) -> list[Row]:
    """The rows of one table from ``name.csv``, ``name_data.csv`` or the same with ``.parquet``, in any case."""
    wanted = {f"{name}.csv", f"{name}_data.csv", f"{name}.parquet", f"{name}_data.parquet"}
    rows: list[Row] = []
    for path in sorted(folder.iterdir()):
        if path.name.lower() in wanted:
            rows += read_parquet(path) if path.name.lower().endswith(".parquet") else read_csv(path)
    return rows


def read_csv(path: Path) -> list[Row]:
    csv.field_size_limit(1 << 30)
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return [
            {(column or "").strip().lower(): value or "" for column, value in row.items() if isinstance(value, str)}
            for row in csv.DictReader(handle)
        ]


def read_parquet(path: Path) -> list[Row]:
    import pyarrow.parquet as pq

    return [
        {str(column).lower(): as_text(value) for column, value in row.items()}
        for row in pq.read_table(path).to_pylist()
    ]


def as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value)


def instant(text: str) -> int | None:
    """Seconds since 1970 of a timestamp; no zone means UTC; fractions are cut off; None if it is no timestamp."""
    found = re.fullmatch(
        r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?)?\s*(Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?",
        text.strip(),
    )
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    zone = found.group(7)
    if zone and zone[0] in "+-":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        moment = moment - ahead if zone[0] == "+" else moment + ahead
    return int(moment.timestamp())


def truth(text: str) -> bool:
    return text.strip().lower() in {"true", "t", "1"}


def number(text: str) -> int | None:
    text = text.strip()
    return int(text) if re.fullmatch(r"[+-]?\d+", text) else None


def newest(rows: list[Row], key: Callable[[Row], Hashable]) -> list[Row]:
    """One row per key: the greatest ``_fivetran_synced``, then the last row."""
    kept: dict[Hashable, tuple[int, Row]] = {}
    for row in rows:
        synced = instant(row.get("_fivetran_synced", ""))
        rank = -FOREVER if synced is None else synced
        if key(row) not in kept or rank >= kept[key(row)][0]:
            kept[key(row)] = (rank, row)
    return [row for _, row in kept.values()]


def find_as_of(settings: dict[str, Any], tables: dict[str, list[Row]]) -> int:
    given = settings.get("as_of")
    if given is not None:
        stated = instant(str(given))
        if stated is None:
            raise ValueError(f"as_of {given!r} is not a timestamp")
        return stated
    synced = [instant(row.get("_fivetran_synced", "")) for row in tables["ticket"]]
    return max((one for one in synced if one is not None), default=0)


def read_users(rows: list[Row]) -> dict[int, User]:
    users = {}
    for row in newest(rows, lambda row: number(row.get("id", ""))):
        user_id = number(row.get("id", ""))
        if user_id is not None:
            users[user_id] = User(row.get("role", "").strip().lower(), truth(row.get("active", "true")))
    return users


def read_tickets(tables: dict[str, list[Row]], as_of: int) -> list[Ticket]:
    tickets: dict[int, Ticket] = {}
    for row in newest(tables["ticket"], lambda row: number(row["id"])):
        ticket_id, created = number(row["id"]), instant(row["created_at"])
        if ticket_id is None or created is None or created > as_of:
            continue
        tickets[ticket_id] = Ticket(
            id=ticket_id,
            created=created,
            status=row.get("status", "").strip().lower(),
            priority=row.get("priority", "").strip().lower(),
            requester=number(row.get("requester_id", "")),
            assignee=number(row.get("assignee_id", "")),
        )
    add_comments(tickets, tables["ticket_comment"], as_of)
    add_changes(tickets, tables["ticket_field_history"], as_of)
    add_schedule_changes(tickets, tables["ticket_schedule"], as_of)
    for row in tables["ticket_tag"]:
        ticket = tickets.get(number(row["ticket_id"]) or 0)
        if ticket is not None:
            ticket.tags.add(row["tag"].strip())
    return [tickets[key] for key in sorted(tickets)]


def add_comments(tickets: dict[int, Ticket], rows: list[Row], as_of: int) -> None:
    for row in newest(rows, lambda row: number(row["id"])):
        ticket, at, comment_id = tickets.get(number(row["ticket_id"]) or 0), instant(row["created"]), number(row["id"])
        if ticket is None or at is None or at > as_of or comment_id is None:
            continue
        ticket.comments.append(Comment(comment_id, at, number(row.get("user_id", "")), truth(row.get("public", ""))))
    for ticket in tickets.values():
        ticket.comments.sort(key=lambda one: (one.at, one.id))
        ticket.comments = [
            Comment(one.id, max(one.at, ticket.created), one.author, one.public) for one in ticket.comments
        ]


def add_changes(tickets: dict[int, Ticket], rows: list[Row], as_of: int) -> None:
    def key(row: Row) -> Hashable:
        return number(row["ticket_id"]), row["field_name"].strip().lower(), instant(row["updated"])

    for row in newest(rows, key):
        ticket, at = tickets.get(number(row["ticket_id"]) or 0), instant(row["updated"])
        if ticket is None or at is None or at > as_of:
            continue
        name, value = row["field_name"].strip().lower(), row.get("value", "").strip()
        ticket.changes.append(Change(at, name, value, number(row.get("user_id", ""))))
    for ticket in tickets.values():
        ticket.changes.sort(key=lambda one: (one.at, one.field))
        ticket.changes = [
            Change(max(one.at, ticket.created), one.field, one.value, one.actor) for one in ticket.changes
        ]


def add_schedule_changes(tickets: dict[int, Ticket], rows: list[Row], as_of: int) -> None:
    def key(row: Row) -> Hashable:
        return number(row["ticket_id"]), instant(row["created_at"]), number(row["schedule_id"])

    for row in newest(rows, key):
        ticket, at = tickets.get(number(row["ticket_id"]) or 0), instant(row["created_at"])
        schedule_id = number(row["schedule_id"])
        if ticket is not None and at is not None and at <= as_of and schedule_id is not None:
            ticket.schedule_changes.append((at, schedule_id))
    for ticket in tickets.values():
        ticket.schedule_changes.sort()
        ticket.schedule_changes = [(max(at, ticket.created), one) for at, one in ticket.schedule_changes]


def read_schedules(tables: dict[str, list[Row]], as_of: int) -> tuple[dict[int, Schedule], Schedule | None]:
    rows_of: dict[int, list[Row]] = {}
    for row in tables["schedule"]:
        rows_of.setdefault(int(row["id"]), []).append(row)
    schedules, candidates = {}, []
    for schedule_id, rows in rows_of.items():
        kept = [row for row in rows if not truth(row.get("_fivetran_deleted", ""))]
        live = kept or rows
        schedules[schedule_id] = Schedule(
            id=schedule_id,
            zone=zone_of(live[0]["time_zone"].strip()),
            weeks=read_versions(schedule_id, hours_of_rows(live), tables["audit_log"], as_of),
            holidays=read_holidays(schedule_id, tables["schedule_holiday"]),
        )
        if kept:
            created = min(instant(row.get("created_at", "")) or 0 for row in kept)
            candidates.append((created, schedule_id))
    return schedules, schedules[min(candidates)[1]] if candidates else None


Hours = tuple[tuple[tuple[int, int], ...], ...]


def hours_of_rows(rows: list[Row]) -> Hours:
    """Minutes since Sunday 00:00, cut at each midnight."""
    week: list[list[tuple[int, int]]] = [[] for _ in WEEKDAYS]
    for row in rows:
        start, end = int(float(row["start_time"])), int(float(row["end_time"]))
        while start < end:
            midnight = (start // 1440 + 1) * 1440
            stop = min(end, midnight)
            week[start // 1440 % 7].append((start - (midnight - 1440), stop - (midnight - 1440)))
            start = stop
    return tuple(tuple(day) for day in week)


def read_holidays(schedule_id: int, rows: list[Row]) -> list[tuple[date, date]]:
    return [
        (date.fromisoformat(row["start_date"].strip()[:10]), date.fromisoformat(row["end_date"].strip()[:10]))
        for row in rows
        if number(row["schedule_id"]) == schedule_id and not truth(row.get("_fivetran_deleted", ""))
    ]


def read_versions(schedule_id: int, live: Hours, rows: list[Row], as_of: int) -> list[Week]:
    """The versions of one schedule: before the first edit, between edits, and the live one after the last."""
    edits = []
    for row in newest(rows, lambda row: row.get("id") or tuple(sorted(row.items()))):
        if row.get("source_type", "").strip() != "zendesk/business_hours/workweek":
            continue
        at, text = instant(row.get("created_at", "")), plain(row.get("change_description", ""))
        if number(row.get("source_id", "")) != schedule_id or at is None or at > as_of:
            continue
        found = re.match(r"\s*workweek changed from\b(.*?)\s+to\b(.*)", text, re.IGNORECASE | re.DOTALL)
        if found is not None:
            edits.append((at, number(row.get("id", "")) or 0, found.group(1), found.group(2)))
    edits.sort()
    if not edits:
        return [Week(live, -FOREVER, FOREVER)]
    first = hours_of_text(edits[0][2])
    if not any(first):
        first = hours_of_text(edits[0][3])
    weeks = [Week(first, -FOREVER, edits[0][0])]
    for position, (at, _, _, after) in enumerate(edits):
        last = position == len(edits) - 1
        weeks.append(Week(live if last else hours_of_text(after), at, FOREVER if last else edits[position + 1][0]))
    return weeks


def plain(text: str) -> str:
    """Undo HTML escaping, however often it was applied."""
    while html.unescape(text) != text:
        text = html.unescape(text)
    return text


def hours_of_text(text: str) -> Hours:
    """Opening hours out of a Ruby hash or JSON object of weekdays."""
    week: list[list[tuple[int, int]]] = [[] for _ in WEEKDAYS]
    for name, body in re.findall(
        r"\b(sun|mon|tue|wed|thu|fri|sat)[a-z]*\"?\s*(?:=>|:)\s*\{([^{}]*)\}", text, re.IGNORECASE
    ):
        for start, end in re.findall(r"(\d{1,2}:\d\d)\"?\s*(?:=>|:)\s*\"?(\d{1,2}:\d\d)", body):
            week[WEEKDAYS.index(name.lower())].append((minutes(start), minutes(end)))
    return tuple(tuple(day) for day in week)


def minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def target(text: str) -> tuple[int, bool] | None:
    """(seconds, counted in business hours) of an SLA target; None when it is cleared or no target."""
    if not text:
        return None
    try:
        value = json.loads(text)
        business = value.get("in_business_hours", False)
        return round(float(value["minutes"]) * 60), business is True or truth(str(business))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
