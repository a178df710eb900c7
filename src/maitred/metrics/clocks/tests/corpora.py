"""Random Fivetran-Zendesk folders full of edge cases, for comparing the engine with the slow reference.

``write_corpus(folder, seed, tickets)`` always writes the same folder for the same arguments. ``rewrite_folder`` makes
a copy with the rows shuffled and, on request, some rows repeated: both exports must stay the same.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from maitred.metrics.clocks.tests.corpora_schedules import SYNCED, Row, schedule_tables
from maitred.metrics.clocks.tests.corpora_tickets import (
    AGENTS,
    AS_OF,
    BOTS,
    CUSTOMERS,
    DELETED_CUSTOMER,
    DOWNGRADED,
    GONE_END_USER,
    ODD_ROLE,
    TicketMaker,
)

Tables = dict[str, list[Row]]

OPTIONAL_TABLES = ("ticket_tag", "audit_log", "schedule_holiday", "ticket_schedule", "group", "organization")
OPTIONAL_COLUMNS = {
    "ticket": ("description", "subject", "type", "via_channel", "updated_at", "submitter_id", "organization_id"),
    "ticket_comment": ("body", "voice_comment"),
    "schedule": ("name",),
    "schedule_holiday": ("name", "id"),
    "user": ("email", "name"),
    "ticket_tag": ("_fivetran_synced",),
    "audit_log": ("actor_id", "source_label", "action"),
}
FIRST_TICKET = 5_000


def write_corpus(folder: Path, seed: int, tickets: int) -> None:
    """Write a folder of ``tickets`` tickets; the seed chooses files, formats, schedules and stories."""
    rng = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    tables = make_tables(rng, seed, tickets)
    add_duplicates(rng, tables)
    leave_out(rng, tables)
    for name, rows in tables.items():
        rng.shuffle(rows)
        write_table(rng, folder, name, rows)
    write_settings(rng, folder)


def make_tables(rng: random.Random, seed: int, tickets: int) -> Tables:
    variant = {3: "removed", 5: "none"}.get(seed % 7, "usual")
    tables: Tables = {
        "ticket": [],
        "ticket_comment": [],
        "ticket_field_history": [],
        "ticket_schedule": [],
        "ticket_tag": [],
        "user": [] if seed % 11 == 4 else users(),
        "group": [{"id": one, "name": f"Group {one}", "_fivetran_synced": SYNCED} for one in (11, 12, 13)],
        "organization": [{"id": one, "name": f"Org {one}", "_fivetran_synced": SYNCED} for one in (21, 22)],
        **schedule_tables(rng, variant),
    }
    comment_ids = list(range(1, tickets * 120))
    rng.shuffle(comment_ids)
    for ticket_id in range(FIRST_TICKET, FIRST_TICKET + tickets):
        TicketMaker(rng, tables, ticket_id, comment_ids).write()
    return tables


def users() -> list[Row]:
    def user(user_id: int, role: str, *, active: bool = True) -> Row:
        return {
            "id": user_id,
            "_fivetran_synced": SYNCED,
            "active": active,
            "created_at": datetime(2023, 1, 1, tzinfo=UTC),
            "email": f"u{user_id}@x.example",
            "name": f"User {user_id}",
            "organization_id": 21,
            "role": role,
            "time_zone": "UTC",
        }

    return [
        *(user(one, "admin" if one == AGENTS[-1] else "agent", active=one != AGENTS[2]) for one in AGENTS),
        *(user(one, "end-user") for one in CUSTOMERS),
        user(BOTS[0], "agent"),
        user(DOWNGRADED, "end-user", active=False),
        user(DELETED_CUSTOMER, "end-user", active=False),
        user(GONE_END_USER, "end-user", active=False),
        user(ODD_ROLE, ""),
    ]


def add_duplicates(rng: random.Random, tables: Tables) -> None:
    """Exact copies, and older versions of a row that say something else."""
    wrong = {"ticket": "status", "ticket_comment": "public", "ticket_field_history": "value"}
    for name in ("ticket", "ticket_comment", "ticket_field_history", "ticket_schedule", "user"):
        rows = tables[name]
        copies = [dict(row) for row in rows if rng.random() < 0.03]
        older = [dict(row) for row in rows if rng.random() < 0.03 and name in wrong]
        for row in older:
            row["_fivetran_synced"] = SYNCED - timedelta(days=rng.randrange(1, 300))
            row[wrong[name]] = {"ticket": "closed", "ticket_comment": not row.get("public")}.get(name, "")
        rows += copies + older


def leave_out(rng: random.Random, tables: Tables) -> None:
    """Optional tables and columns that a folder may lack."""
    for name in OPTIONAL_TABLES:
        if rng.random() < 0.08:
            tables.pop(name)
    for name, columns in OPTIONAL_COLUMNS.items():
        for column in columns:
            if rng.random() < 0.2:
                for row in tables.get(name, []):
                    row.pop(column, None)


def write_settings(rng: random.Random, folder: Path) -> None:
    lines = []
    if rng.random() < 0.4:
        lines.append(f'as_of = "{AS_OF:%Y-%m-%dT%H:%M:%SZ}"')
    if rng.random() < 0.85:
        lines += ["[actors]", f"bots = [{BOTS[0]}, {BOTS[1]}]"]
    if lines:
        (folder / "import.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_table(rng: random.Random, folder: Path, name: str, rows: list[Row]) -> None:
    if not rows and rng.random() < 0.5:
        return
    stem = rng.choice((name, name, f"{name}_data", name.upper(), f"{name.title()}_DATA"))
    if rows and rng.random() < 0.2:
        write_parquet(folder / f"{stem}.parquet", rows)
    else:
        write_csv(rng, folder / f"{stem}.csv", rows)


def write_parquet(path: Path, rows: list[Row]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pylist([dict(row) for row in rows])
    empty = [field.name for field in table.schema if pa.types.is_null(field.type)]
    pq.write_table(table.drop_columns(empty), path)


def write_csv(rng: random.Random, path: Path, rows: list[Row]) -> None:
    columns = list(rows[0]) if rows else ["id"]
    rng.shuffle(columns)
    with path.open("w", encoding=rng.choice(("utf-8", "utf-8-sig")), newline="") as handle:
        writer = csv.writer(handle, lineterminator=rng.choice(("\n", "\r\n")))
        writer.writerow([column.upper() if rng.random() < 0.05 else column for column in columns])
        writer.writerows([[cell(rng, row.get(column)) for column in columns] for row in rows])


def cell(rng: random.Random, value: object) -> str:
    """One cell in one of the spellings that the importer must understand."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return rng.choice(("TRUE", "true", "t", "1") if value else ("FALSE", "false", "f", "0", ""))
    if isinstance(value, datetime):
        return spelled(rng, value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def spelled(rng: random.Random, at: datetime) -> str:
    plain = at.strftime("%Y-%m-%d %H:%M:%S")
    return rng.choice(
        (
            plain,
            plain,
            plain.replace(" ", "T") + "Z",
            plain + " UTC",
            plain + ".987654",
            plain.replace(" ", "T") + ".500Z",
            (at + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S+02:00"),
            (at - timedelta(hours=3, minutes=30)).strftime("%Y-%m-%d %H:%M:%S-03:30"),
        )
    )


def rewrite_folder(source: Path, to: Path, *, seed: int, repeat: bool = False) -> None:
    """Copy a folder with the rows of every table shuffled and, if asked, a tenth of them repeated."""
    rng = random.Random(seed)
    to.mkdir(parents=True)
    for path in sorted(source.iterdir()):
        if path.suffix.lower() == ".csv":
            rewrite_csv(rng, path, to / path.name, repeat)
        elif path.suffix.lower() == ".parquet":
            rewrite_parquet(rng, path, to / path.name, repeat)
        else:
            (to / path.name).write_bytes(path.read_bytes())


def new_order(rng: random.Random, rows: int, repeat: bool) -> list[int]:
    order = [*range(rows), *(one for one in range(rows) if repeat and rng.random() < 0.1)]
    rng.shuffle(order)
    return order


def rewrite_csv(rng: random.Random, path: Path, to: Path, repeat: bool) -> None:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle))
    with to.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([rows[0], *(rows[1:][one] for one in new_order(rng, len(rows) - 1, repeat))])


def rewrite_parquet(rng: random.Random, path: Path, to: Path, repeat: bool) -> None:
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    pq.write_table(table.take(new_order(rng, table.num_rows, repeat)), to)


def differences(got: list[dict[str, str]], wanted: list[dict[str, str]]) -> Iterator[str]:
    """Each cell that differs, readable; extra columns of ``got`` are allowed."""
    if len(got) != len(wanted):
        yield f"{len(got)} rows instead of {len(wanted)}"
    for mine, theirs in zip(got, wanted, strict=False):
        key = [theirs[one] for one in ("ticket_id", "metric", "instance") if one in theirs]
        for column, value in theirs.items():
            if mine.get(column) != value:
                yield f"{key} {column}: {mine.get(column)!r} instead of {value!r}"
