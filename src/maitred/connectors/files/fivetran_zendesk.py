"""Fivetran's Zendesk tables, as a warehouse keeps them, brought into the canonical shape.

One function per table; each gets a page of text columns and gives canonical rows. History has no old values and no
order inside a second: both are left to the reader of the canonical events. Times are naive UTC.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from maitred.base.errors import BadInput
from maitred.canon.tables import INSTANT, SLA_METRICS, STATUSES
from maitred.canon.zones import iana_zone
from maitred.connectors.columns import conform
from maitred.connectors.decoded import Decoded
from maitred.connectors.files.cells import Cells

TARGET_FIELDS = {
    "first_reply_time": "first_reply",
    "next_reply_time": "next_reply",
    "periodic_update_time": "periodic_update",
    "pausable_update_time": "pausable_update",
    "requester_wait_time": "requester_wait",
    "agent_work_time": "agent_work",
    "total_resolution_time": "total_resolution",
    "group_ownership_time": "group_ownership",
}
HISTORY_FIELDS = {
    "status": "status",
    "assignee_id": "assignee",
    "group_id": "group",
    "priority": "priority",
    "type": "type",
    "subject": "subject",
    "tags": "tags",
    "ticket_form_id": "form",
    "brand_id": "brand",
    "organization_id": "organization",
    "requester_id": "requester",
    "satisfaction_score": "satisfaction",
    "sla_policy": "sla_policy",
}
CHANNELS = {
    "email": "email",
    "web": "web",
    "help_center": "web",
    "mobile": "web",
    "mobile_sdk": "web",
    "web_widget": "web",
    "web_form": "web",
    "chat": "chat",
    "chat_transcript": "chat",
    "voice": "phone",
    "phone": "phone",
    "native_messaging": "messaging",
    "messaging": "messaging",
    "whatsapp": "messaging",
    "line": "messaging",
    "telegram": "messaging",
    "api": "api",
}
ROLES = {"end-user": "end_user", "agent": "agent", "admin": "admin"}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORKWEEK = "zendesk/business_hours/workweek"


def decode(stream: str, page: pa.Table) -> Decoded:
    """Decode one page of a table.

    Parameters
    ----------
    stream
        Table name without ``_data`` (``ticket_field_history``); one of ``STREAMS``.
    page
        Text columns of any subset of the table's columns, plus ``_line``.
    """
    cells = Cells(page)
    for name in REQUIRED[stream]:
        cells.require(name)
    tables = STREAMS[stream](cells)
    return cells.decoded(tables)


def check_columns(stream: str, file: str, names: Sequence[str]) -> None:
    """Refuse a file that lacks a column without which its table means nothing.

    Raises
    ------
    BadInput
        Names the file, the column and the columns that are there.
    """
    missing = [name for name in REQUIRED[stream] if name not in names]
    if missing:
        raise BadInput(
            f"{file} has no column {missing[0]} (it has {', '.join(names)})", "export the table with this column"
        )


def _updated(cells: Cells) -> Any:
    """When Fivetran wrote the row; the earliest instant where that is missing."""
    synced = cells.instant("_fivetran_synced", required=False)
    return pc.fill_null(synced, pa.scalar(0, INSTANT))


def _deleted(cells: Cells, updated: Any) -> dict[str, Any]:
    gone = cells.flag("_fivetran_deleted")
    return {
        "deleted_at": pc.if_else(gone, updated, pa.scalar(None, INSTANT)),
        "delete_kind": pc.if_else(gone, "soft", pa.scalar(None, pa.string())),
    }


def _ticket(cells: Cells) -> dict[str, Any]:
    updated = _updated(cells)
    created = cells.instant("created_at")
    status = cells.word("status", STATUSES, default="open")
    requester = cells.text("requester_id")
    tickets = {
        "external_id": cells.text("id"),
        "source_updated_at": updated,
        **_deleted(cells, updated),
        "number": cells.text("id"),
        "subject": cells.text("subject"),
        "status_raw": pc.fill_null(cells.text("status"), ""),
        "status": status,
        "priority_raw": cells.text("priority"),
        "priority": cells.lowered("priority"),
        "type": cells.text("type"),
        "channel_raw": cells.text("via_channel"),
        "channel": cells.mapped("via_channel", CHANNELS, "other"),
        "requester_id": requester,
        "submitter_id": cells.text("submitter_id"),
        "assignee_id": cells.text("assignee_id"),
        "group_id": cells.text("group_id"),
        "organization_id": cells.text("organization_id"),
        "brand_id": cells.text("brand_id"),
        "form_id": cells.text("ticket_form_id"),
        "parent_id": cells.text("problem_id"),
        "created_at": created,
        "updated_at": pc.fill_null(cells.instant("updated_at", required=False), created),
        "due_at": cells.instant("due_at", required=False),
        "history_from": created,
    }
    events = {
        "external_id": pc.binary_join_element_wise(cells.text("id"), "created", ":"),
        "source_updated_at": updated,
        "ticket_id": cells.text("id"),
        "occurred_at": created,
        "seq": cells.constant(0, pa.int32()),
        "actor_id": cells.text("submitter_id"),
        "actor_type": cells.constant("unknown"),
        "field": cells.constant("created"),
        "provenance": cells.constant("native"),
        "uncertainty_s": cells.constant(0, pa.int64()),
    }
    return {"tickets": tickets, "ticket_events": events}


def _comment(cells: Cells) -> dict[str, Any]:
    public = cells.flag("public")
    updated = _updated(cells)
    return {
        "messages": {
            "external_id": cells.text("id"),
            "source_updated_at": updated,
            **_deleted(cells, updated),
            "ticket_id": cells.text("ticket_id"),
            "author_id": cells.text("user_id"),
            "author_type": _actor_hint(cells.text("user_id")),
            "direction": pc.if_else(public, "out", "internal"),
            "is_public": public,
            "sent_at": cells.instant("created"),
            "body_text": pc.fill_null(cells.body("body"), ""),
            "attachments_count": cells.constant(0, pa.int32()),
            "is_first": cells.constant(False, pa.bool_()),
            "automated": cells.constant(False, pa.bool_()),
        }
    }


def _actor_hint(actor: Any) -> Any:
    system = pc.fill_null(pc.or_(pc.starts_with(actor, "-"), pc.equal(actor, "0")), True)
    return pc.if_else(system, "system", "unknown")


def _history(cells: Cells) -> dict[str, Any]:
    names = cells.lowered("field_name")
    targets = pc.fill_null(pc.is_in(names, value_set=pa.array(list(TARGET_FIELDS))), False)
    value = pc.utf8_trim_whitespace(cells.text("value"))
    value = pc.if_else(pc.equal(value, ""), pa.scalar(None, pa.string()), value)
    at = cells.instant("updated")
    when = pc.cast(pc.divide(pc.cast(at, pa.int64()), 1_000_000), pa.string())
    common = {
        "external_id": pc.binary_join_element_wise(cells.text("ticket_id"), names, when, ":"),
        "source_updated_at": _updated(cells),
        "ticket_id": cells.text("ticket_id"),
        "actor_id": cells.text("user_id"),
    }
    statuses = pc.fill_null(pc.equal(names, "status"), False)
    lowered = pc.if_else(statuses, pc.utf8_lower(value), value)
    wrong = pc.and_(statuses, pc.invert(pc.fill_null(pc.is_in(lowered, value_set=pa.array(STATUSES)), False)))
    cells.refuse(wrong, "bad_enum", "value", "is not a known status", value)
    seconds, business, unread = _targets(value, targets)
    cells.refuse(unread, "bad_value", "value", 'is not an SLA target such as {"minutes":480,...}', value)
    return {
        "ticket_events": {
            **common,
            "_keep": pc.invert(targets),
            "occurred_at": at,
            "seq": cells.constant(0, pa.int32()),
            "actor_type": _actor_hint(cells.text("user_id")),
            "field": _canonical_field(names),
            "new_value": lowered,
            "new_raw": value,
            "provenance": cells.constant("native"),
            "uncertainty_s": cells.constant(0, pa.int64()),
        },
        "sla_events": {
            **common,
            "_keep": targets,
            "metric": _by_word(names, TARGET_FIELDS, SLA_METRICS[0]),
            "instance": cells.constant(0, pa.int32()),
            "type": pc.if_else(pc.is_valid(value), "applied", "cleared"),
            "at": at,
            "target_s": seconds,
            "in_business_hours": business,
            "provenance": cells.constant("native"),
        },
    }


def _canonical_field(names: Any) -> Any:
    words = names.dictionary_encode()
    known = [HISTORY_FIELDS.get(word, f"custom:{word}") for word in words.dictionary.to_pylist()]
    return pa.array(known, pa.string()).take(words.indices)


def _by_word(names: Any, table: dict[str, str], otherwise: str) -> Any:
    words = names.dictionary_encode()
    known = [table.get(word, otherwise) for word in words.dictionary.to_pylist()]
    return pa.array(known, pa.string()).take(words.indices)


def _targets(value: Any, wanted: Any) -> tuple[Any, Any, Any]:
    """Seconds and business flag of SLA values, and which wanted values cannot be read; each shape (n,)."""
    words = pc.if_else(wanted, value, pa.scalar(None, pa.string())).dictionary_encode()
    parsed = [_target(word) for word in words.dictionary.to_pylist()]
    seconds = pa.array([p[0] if p else None for p in parsed], pa.int64()).take(words.indices)
    business = pa.array([p[1] if p else None for p in parsed], pa.bool_()).take(words.indices)
    return seconds, business, pc.and_(pc.is_valid(words.indices), pc.is_null(seconds))


def _target(word: str) -> tuple[int, bool] | None:
    try:
        document = json.loads(word)
        minutes = document["minutes"]
    except (ValueError, KeyError, TypeError):
        return None
    if isinstance(minutes, str) and minutes.strip().isdigit():
        minutes = int(minutes)
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 0 <= minutes < 1e8:
        return None
    return int(minutes * 60), bool(document.get("in_business_hours", False))


def _ticket_schedule(cells: Cells) -> dict[str, Any]:
    at = cells.instant("created_at")
    when = pc.cast(pc.divide(pc.cast(at, pa.int64()), 1_000_000), pa.string())
    updated = _updated(cells)
    return {
        "ticket_schedules": {
            "external_id": pc.binary_join_element_wise(cells.text("ticket_id"), when, cells.text("schedule_id"), ":"),
            "source_updated_at": updated,
            **_deleted(cells, updated),
            "ticket_id": cells.text("ticket_id"),
            "schedule_id": cells.text("schedule_id"),
            "valid_from": at,
        }
    }


def _ticket_tag(cells: Cells) -> dict[str, Any]:
    updated = _updated(cells)
    return {
        "ticket_tags": {
            "external_id": pc.binary_join_element_wise(cells.text("ticket_id"), cells.text("tag"), ":"),
            "source_updated_at": updated,
            **_deleted(cells, updated),
            "ticket_id": cells.text("ticket_id"),
            "tag": cells.text("tag"),
        }
    }


def _user(cells: Cells) -> dict[str, Any]:
    updated = _updated(cells)
    zone_raw = cells.text("time_zone")
    return {
        "users": {
            "external_id": cells.text("id"),
            "source_updated_at": updated,
            **_deleted(cells, updated),
            "name": cells.text("name"),
            "email": cells.text("email"),
            "phone": cells.text("phone"),
            "role": cells.mapped("role", ROLES, "unknown"),
            "active": cells.flag("active", absent=True),
            "organization_id": cells.text("organization_id"),
            "time_zone": _zones(zone_raw),
            "time_zone_raw": zone_raw,
            "locale": cells.text("locale"),
            "created_at": cells.instant("created_at", required=False),
            "last_login_at": cells.instant("last_login_at", required=False),
            "suspended": cells.flag("suspended"),
        }
    }


def _zones(names: Any) -> Any:
    words = names.dictionary_encode()
    known = [iana_zone(word) for word in words.dictionary.to_pylist()]
    return pa.array(known, pa.string()).take(words.indices)


def _group(cells: Cells) -> dict[str, Any]:
    updated = _updated(cells)
    return {
        "groups": {
            "external_id": cells.text("id"),
            "source_updated_at": updated,
            **_deleted(cells, updated),
            "name": cells.text("name"),
            "is_queue": cells.constant(False, pa.bool_()),
        }
    }


def _organization(cells: Cells) -> dict[str, Any]:
    updated = _updated(cells)
    return {
        "organizations": {
            "external_id": cells.text("id"),
            "source_updated_at": updated,
            **_deleted(cells, updated),
            "name": pc.fill_null(cells.text("name"), ""),
        }
    }


def _schedule(cells: Cells) -> dict[str, Any]:
    updated = _updated(cells)
    raw = cells.text("time_zone")
    zones = _zones(raw)
    cells.refuse(pc.is_null(zones), "unknown_zone", "time_zone", "is not a time zone we know", raw)
    start, end = cells.whole("start_time"), cells.whole("end_time")
    backwards = pc.fill_null(pc.or_(pc.less_equal(end, start), pc.less(start, 0)), False)
    cells.refuse(backwards, "bad_value", "end_time", "is not after start_time", cells.text("end_time"))
    too_late = pc.fill_null(pc.greater(end, 8 * 1440), False)
    cells.refuse(too_late, "bad_value", "end_time", "lies beyond the week", cells.text("end_time"))
    return {
        "schedules": {
            "external_id": cells.text("id"),
            "source_updated_at": updated,
            "name": cells.text("name"),
            "tz": zones,
            "tz_raw": raw,
            "is_default": cells.constant(False, pa.bool_()),
            "created_at": cells.instant("created_at", required=False),
            "valid_from": cells.constant(0, INSTANT),
        },
        "schedule_intervals": _Intervals(cells, start, end, updated),
    }


@dataclass(frozen=True, slots=True)
class _Intervals:
    """Interval rows: one file row may be cut at midnights into several (see ``rows``)."""

    cells: Cells
    start: Any
    end: Any
    updated: Any

    def rows(self, keep: Any) -> pa.Table:
        ids, starts, ends = (c.to_pylist() for c in (self.cells.text("id"), self.start, self.end))
        kept, gone = keep.to_pylist(), _deleted(self.cells, self.updated)["deleted_at"].to_pylist()
        lines, updated = self.cells.lines.to_pylist(), self.updated.to_pylist()
        names = "external_id source_updated_at deleted_at delete_kind schedule_id weekday start_min end_min _l"
        out: dict[str, list[Any]] = {name: [] for name in names.split()}
        for k, schedule in enumerate(ids):
            if not kept[k]:
                continue
            for day in range(starts[k] // 1440, (ends[k] - 1) // 1440 + 1):
                low, high = max(starts[k], day * 1440), min(ends[k], day * 1440 + 1440)
                values = (
                    f"{schedule}:{low}:{high}",
                    updated[k],
                    gone[k],
                    "soft" if gone[k] else None,
                    schedule,
                    (day - 1) % 7,
                    low - day * 1440,
                    high - day * 1440,
                    lines[k],
                )
                for name, value in zip(out, values, strict=True):
                    out[name].append(value)
        types: dict[str, Any] = dict.fromkeys(("source_updated_at", "deleted_at"), INSTANT)
        types |= dict.fromkeys(("weekday", "start_min", "end_min"), pa.int32())
        row_lines = out.pop("_l")
        columns = {name: pa.array(column, types.get(name, pa.string())) for name, column in out.items()}
        return conform("schedule_intervals", columns, pa.array(row_lines, pa.int64()))


def _holiday(cells: Cells) -> dict[str, Any]:
    updated = _updated(cells)
    first, last = cells.day("start_date"), cells.day("end_date")
    backwards = pc.fill_null(pc.less(last, first), False)
    cells.refuse(backwards, "bad_value", "end_date", "lies before start_date", cells.text("end_date"))
    return {
        "schedule_holidays": {
            "external_id": pc.binary_join_element_wise(
                cells.text("schedule_id"),
                pc.coalesce(cells.text("id"), cells.text("start_date")),
                ":",
            ),
            "source_updated_at": updated,
            **_deleted(cells, updated),
            "schedule_id": cells.text("schedule_id"),
            "name": cells.text("name"),
            "start_date": first,
            "end_date": last,
        }
    }


def _audit(cells: Cells) -> dict[str, Any]:
    mine = pc.fill_null(pc.equal(cells.text("source_type"), WORKWEEK), False)
    words = cells.text("change_description").to_pylist()
    parsed = [_workweeks(word) if take and word else None for word, take in zip(words, mine.to_pylist(), strict=True)]
    unread = pc.and_(mine, pa.array([p is None for p in parsed]))
    description = cells.text("change_description")
    cells.refuse(unread, "bad_value", "change_description", "does not say how the workweek changed", description)
    return {
        "schedule_versions": {
            "external_id": pc.coalesce(
                cells.text("id"), pc.binary_join_element_wise(cells.text("source_id"), cells.text("created_at"), ":")
            ),
            "source_updated_at": _updated(cells),
            "_keep": mine,
            "schedule_id": cells.text("source_id"),
            "changed_at": cells.instant("created_at"),
            "intervals_before": pa.array([json.dumps(p[0]) if p else None for p in parsed], pa.string()),
            "intervals_after": pa.array([json.dumps(p[1]) if p else None for p in parsed], pa.string()),
        }
    }


_CHANGE = re.compile(r"changed from (.*) to (.*?)\.?\s*$", re.S)


def _workweeks(description: str) -> tuple[list[list[int]], list[list[int]]] | None:
    """Hours before and after, each ``[weekday 0=Monday, start minute, end minute]``; None where it cannot be read."""
    match = _CHANGE.search(html.unescape(html.unescape(description)))
    if match is None:
        return None
    before, after = (_workweek(part) for part in match.groups())
    return None if before is None or after is None else (before, after)


def _workweek(text: str) -> list[list[int]] | None:
    text = text.strip()
    if text in ("", "nil", "null", "{}"):
        return []
    as_json = re.sub(r":?\"?(\w{3})\"?\s*(?:=>|:)\s*\{", r'"\1":{', text).replace("=>", ":")
    try:
        week = json.loads(as_json)
        return sorted(
            [WEEKDAYS.index(day[:3].lower()), _minute(start), _minute(end)]
            for day, hours in week.items()
            for start, end in hours.items()
        )
    except (ValueError, AttributeError, TypeError):
        return None


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")[:2]
    return int(hour) * 60 + int(minute)


STREAMS: dict[str, Callable[[Cells], dict[str, Any]]] = {
    "ticket": _ticket,
    "ticket_comment": _comment,
    "ticket_field_history": _history,
    "ticket_schedule": _ticket_schedule,
    "ticket_tag": _ticket_tag,
    "user": _user,
    "group": _group,
    "organization": _organization,
    "schedule": _schedule,
    "schedule_holiday": _holiday,
    "audit_log": _audit,
}
"""Tables that are read, in the order in which they are loaded."""

REQUIRED: dict[str, tuple[str, ...]] = {
    "ticket": ("id", "created_at", "status"),
    "user": ("id",),
    "group": ("id",),
    "organization": ("id",),
    "ticket_comment": ("id", "ticket_id", "created"),
    "ticket_field_history": ("ticket_id", "field_name", "updated"),
    "ticket_schedule": ("ticket_id", "created_at", "schedule_id"),
    "ticket_tag": ("ticket_id", "tag"),
    "schedule": ("id", "time_zone", "start_time", "end_time"),
    "schedule_holiday": ("schedule_id", "start_date", "end_date"),
    "audit_log": ("source_type", "source_id", "created_at"),
}
"""Columns without which a table cannot be read."""

FULL_LISTS = ("schedules", "schedule_intervals", "schedule_holidays")
"""Canonical tables that a file states completely: a row that is gone from the file is gone."""
