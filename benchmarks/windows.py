"""The peer in SQL: a straightforward DuckDB implementation of the clocks (``windows.sql``), Parquet in and out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import measuring

if TYPE_CHECKING:
    from maitred.metrics.clocks.schedules import ScheduleBook

SPANS = ("frt", "frt_any", "time_to_assign", "frt_assign", "first_resolution", "full_resolution", "age", "frt_handoff")
STATUSES = ("new", "open", "pending", "hold")
SUMS = {"awt": ("new", "open"), "rwt": ("new", "open", "hold"), "unsolved_time": STATUSES}
_VIEWS = {
    "tickets": "tickets",
    "ticket_events": "events",
    "messages": "comments",
    "sla_events": "targets",
    "ticket_schedules": "assignments_of_schedules",
    "ticket_tags": "tags",
    "users": "users",
}


def run(files: dict[str, list[str]], book: ScheduleBook, as_of: int, out: Path) -> None:
    """Read the canonical Parquet files, compute, write one Parquet file per facts table below ``out``."""
    import duckdb

    session = duckdb.connect(config={"threads": measuring.machine()["cores"]})
    session.execute("SET TimeZone = 'UTC'")
    session.execute("SET preserve_insertion_order = false")
    for table, view in _VIEWS.items():
        names = ", ".join(f"'{path}'" for path in files[table])
        live = "" if table in ("tickets", "users") else " WHERE deleted_at IS NULL"
        session.execute(f"CREATE VIEW {view} AS SELECT * FROM read_parquet([{names}], hive_partitioning = false){live}")
    session.execute("CREATE TEMP TABLE f (schedule VARCHAR, opens BIGINT, closes BIGINT, before BIGINT)")
    session.executemany("INSERT INTO f VALUES (?, ?, ?, ?)", _cumulative(book))
    session.execute(f"CREATE MACRO as_of() AS {as_of}::BIGINT")
    session.execute(f"CREATE MACRO default_schedule() AS '{book.ids[book.default]}'")
    text = (measuring.HERE / "windows.sql").read_text()
    for words, value in (("{pivots}", _pivots()), ("{columns}", _columns()), ("{out}", str(out))):
        text = text.replace(words, value)
    session.execute(text)
    session.close()


def _cumulative(book: ScheduleBook) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for k, name in enumerate(book.ids):
        for i in range(int(book.offset[k]), int(book.offset[k + 1])):
            rows.append((name, int(book.opens[i]), int(book.closes[i]), int(book.before[i])))
    return rows


def _pivots() -> str:
    parts = [
        f"sum({mode}) FILTER (clock = '{clock}') AS {clock}_{mode}"
        for clock in (*SPANS, *STATUSES, "nrt")
        for mode in ("calendar", "business")
    ]
    return ", ".join(parts) + ","


def _columns() -> str:
    """Each clock in three modes; the two business modes are one where a ticket has one schedule."""
    parts = []
    for mode in ("calendar", "business_all", "business_last"):
        short = mode.split("_")[0]
        parts += [f"{clock}_{short}::INTEGER AS {clock}_{mode}" for clock in SPANS]
        parts += [f"coalesce({s}_{short}, 0)::INTEGER AS {s}_time_{mode}" for s in STATUSES]
        for name, of in SUMS.items():
            parts.append("(" + " + ".join(f"coalesce({s}_{short}, 0)" for s in of) + f")::INTEGER AS {name}_{mode}")
        parts += [f"nrt_{short}::INTEGER AS nrt_sum_{mode}", f"nrt_max_{short}::INTEGER AS nrt_max_{mode}"]
    return ", ".join(parts) + ","
