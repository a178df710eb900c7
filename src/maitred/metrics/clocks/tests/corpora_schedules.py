"""Schedules of the random corpora: many zones, overlapping and odd hours, holidays, edits in every written form."""

from __future__ import annotations

import html
import json
import random
from datetime import UTC, date, datetime, timedelta

Row = dict[str, object]
Week = dict[str, dict[str, str]]
Opening = tuple[int, int, int]
"""(weekday with 0 = Sunday, first minute, last minute) of the local day."""

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
UNKNOWN_SCHEDULE = 99
SYNCED = datetime(2026, 1, 1, tzinfo=UTC)


def weekly(days: range | tuple[int, ...], *hours: tuple[int, int]) -> list[Opening]:
    return [(day, start, end) for day in days for start, end in hours]


POOL: dict[int, tuple[str, list[Opening]]] = {
    11: ("Eastern Time (US & Canada)", weekly(range(1, 6), (540, 1020))),
    12: ("London", weekly(range(1, 7), (480, 1200))),
    13: ("UTC", weekly(range(7), (0, 1440))),
    14: ("Australia/Lord_Howe", weekly(range(7), (360, 1320))),
    15: ("Chatham Is.", [*weekly(range(1, 6), (1320, 1800))]),
    16: ("Chennai", weekly(range(1, 6), (570, 780), (840, 1110))),
    17: ("America/Santiago", weekly(range(7), (0, 1440))),
    18: (
        "Pacific Time (US & Canada)",
        weekly((0,), (90, 120), (135, 165), (150, 170), (180, 240)) + weekly((3,), (600, 601)),
    ),
    19: ("Pacific/Chatham", weekly(range(7), (150, 240), (600, 720), (720, 780))),
    20: ("Europe/Dublin", weekly(range(1, 6), (510, 1050)) + weekly((6,), (1200, 1900))),
}
REMOVED, PARTLY_DELETED, EDITED = 20, 16, (11, 12, 14)


def schedule_tables(rng: random.Random, variant: str) -> dict[str, list[Row]]:
    """Rows of ``schedule``, ``schedule_holiday`` and ``audit_log``.

    ``variant``: ``none`` (no schedule at all), ``removed`` (every schedule removed: no default), else the usual mix.
    """
    if variant == "none":
        return {"schedule": [], "schedule_holiday": [], "audit_log": []}
    schedules: list[Row] = []
    oldest = rng.choice((11, 11, 12, 13, 14, 17))
    for schedule_id, (zone, openings) in POOL.items():
        created = datetime(2020 if schedule_id == oldest else 2021, 1, 1, tzinfo=UTC)
        gone = schedule_id == REMOVED or variant == "removed"
        if schedule_id == REMOVED:
            created = datetime(2019, 1, 1, tzinfo=UTC)
        schedules += [
            schedule_row(schedule_id, zone, opening, created, deleted=gone) for opening in shifted(rng, openings)
        ]
        if schedule_id == PARTLY_DELETED and not gone:
            schedules += [
                schedule_row(schedule_id, zone, one, created, deleted=True) for one in weekly((0, 6), (0, 1440))
            ]
    return {
        "schedule": schedules,
        "schedule_holiday": [row for one in POOL for row in holidays(rng, one)],
        "audit_log": audit_rows(rng),
    }


def shifted(rng: random.Random, openings: list[Opening]) -> list[Opening]:
    """Sometimes the hours of the corpus differ from the pool's by a few minutes."""
    if rng.random() < 0.7:
        return openings
    return [(day, start + (7 if start else 0), end) for day, start, end in openings]


def schedule_row(schedule_id: int, zone: str, opening: Opening, created: datetime, *, deleted: bool) -> Row:
    day, start, end = opening
    return {
        "id": schedule_id,
        "start_time": day * 1440 + start,
        "end_time": day * 1440 + end,
        "_fivetran_deleted": deleted,
        "_fivetran_synced": SYNCED,
        "name": f"Schedule {schedule_id}",
        "time_zone": zone,
        "created_at": created,
    }


def holidays(rng: random.Random, schedule_id: int) -> list[Row]:
    """One-day, long, year-end and overlapping holidays; some rows are deleted."""
    spans = [(date(2024, 7, 4), 0), (date(2024, 12, 31), 1), (date(2024, 10, 1), 0), (date(2025, 4, 18), 3)]
    spans += [(date(2024, 1, 1) + timedelta(days=rng.randrange(700)), rng.randrange(4)) for _ in range(4)]
    first, length = spans[-1]
    spans.append((first + timedelta(days=1), length + 1))
    chosen = [span for span in spans if rng.random() < 0.6]
    return [
        {
            "id": schedule_id * 100 + position,
            "schedule_id": schedule_id,
            "_fivetran_deleted": rng.random() < 0.1,
            "_fivetran_synced": SYNCED,
            "name": f"Holiday {position}",
            "start_date": start,
            "end_date": start + timedelta(days=days),
        }
        for position, (start, days) in enumerate(chosen)
    ]


def week_of(openings: list[Opening]) -> Week:
    week: Week = {}
    for day, start, end in openings:
        week.setdefault(DAYS[day], {})[clock(start)] = clock(end)
    return week


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def random_week(rng: random.Random) -> Week:
    choices: tuple[list[Opening], ...] = (
        weekly(range(1, 6), (540, 1020)),
        weekly(range(1, 6), (540, 720), (780, 1080)),
        weekly(range(7), (0, 1440)),
        weekly((1, 3, 5), (600, 1440)),
        [],
    )
    return week_of(rng.choice(choices))


def audit_rows(rng: random.Random) -> list[Row]:
    """Edits of some schedules at odd seconds, and rows that are none."""
    rows: list[Row] = []
    for schedule_id in EDITED:
        edits = rng.choice((0, 1, 1, 2, 3))
        at = datetime(2024, 2, 1, 11, 20, 9, tzinfo=UTC) + timedelta(seconds=rng.randrange(86_400 * 400))
        before: Week = {} if rng.random() < 0.4 else random_week(rng)
        for _ in range(edits):
            after = random_week(rng)
            rows.append(
                audit_row(rng, len(rows) + 1, schedule_id, at, f"{written(rng, before)} to {written(rng, after)}")
            )
            before = after
            at += timedelta(seconds=rng.choice((0, 1, 3_600, 86_400 * 40)) + rng.randrange(86_400 * 90))
    other = audit_row(rng, len(rows) + 1, 11, datetime(2024, 5, 5, tzinfo=UTC), "{} to {:mon=>{}}")
    other["source_type"] = "ticket"
    created = audit_row(rng, len(rows) + 2, 11, datetime(2024, 5, 6, tzinfo=UTC), "")
    created["change_description"] = "Workweek was looked at"
    return [*rows, other, created]


def audit_row(rng: random.Random, row_id: int, schedule_id: int, at: datetime, change: str) -> Row:
    text = f"Workweek changed from {change}"
    for _ in range(rng.choice((0, 1, 2))):
        text = html.escape(text)
    return {
        "id": row_id,
        "_fivetran_synced": SYNCED,
        "action": "update",
        "actor_id": 101,
        "change_description": text,
        "created_at": at,
        "source_id": schedule_id,
        "source_label": f"Workweek: Schedule {schedule_id}",
        "source_type": "zendesk/business_hours/workweek",
    }


def written(rng: random.Random, week: Week) -> str:
    """The hours as a Ruby hash or as JSON; an empty week also as nothing at all."""
    if not week and rng.random() < 0.3:
        return ""
    if rng.random() < 0.5:
        return json.dumps(week, separators=rng.choice(((",", ":"), (", ", ": "))))
    days = []
    for day, hours in week.items():
        spans = ", ".join(f'"{start}"=>"{end}"' for start, end in hours.items())
        days.append(f":{day}=>{{{spans}}}")
    return "{" + ", ".join(days) + "}"
