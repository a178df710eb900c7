"""What the tests of imports share: small logs to be edited, imports here and in child processes, exports as bytes."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from maitred.floor.log import write_log
from maitred.metrics.exports import export
from maitred.metrics.pipeline import Report, import_and_publish
from maitred.metrics.refresh import open_workspace
from maitred.sync.kinds import KINDS
from maitred.sync.workspace import create

EXPORTED = ("tickets", "sla", "events", "messages")
CANONICAL = {"events": "ticket_events"}
KILLED = (-signal.SIGKILL, 137)
Row = dict[str, str]


@dataclass(slots=True)
class Log:
    """The tables of a Fivetran Zendesk folder in memory, to be edited and written."""

    tables: dict[str, list[Row]]
    columns: dict[str, list[str]] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in self.tables.items():
            names = list(dict.fromkeys([*self.columns.get(name, []), *(key for row in rows for key in row)]))
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as out:
                writer = csv.DictWriter(out, names, restval="", lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
        return folder

    def copy(self) -> Log:
        return Log({name: [dict(row) for row in rows] for name, rows in self.tables.items()}, dict(self.columns))

    def ticket(self, place: int) -> Row:
        return self.tables["ticket"][place]


def generated(tickets: int, folder: Path, since: str, seed: int = 3) -> Log:
    """The tickets of a generated log that were created since a day, read back so that they can be edited."""
    write_log(folder, tickets, seed)
    log = Log({})
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as source:
            reader = csv.DictReader(source)
            log.tables[path.stem] = list(reader)
            log.columns[path.stem] = list(reader.fieldnames or ())
    log.tables["ticket"] = [row for row in log.tables["ticket"] if row["created_at"] >= since]
    kept = {row["id"] for row in log.tables["ticket"]}
    for name, rows in log.tables.items():
        if name.startswith("ticket_"):
            log.tables[name] = [row for row in rows if row["ticket_id"] in kept]
    log.write(folder)
    return log


def handmade(**tables: list[Row]) -> Log:
    """A tiny log: two tickets, a requester, an agent, comments and status changes; tables given replace its own."""
    base: dict[str, list[Row]] = {
        "user": [
            {"id": "7", "role": "agent", "name": "Ada", "email": "ada@example.org"},
            {"id": "9", "role": "end-user", "name": "Bo", "email": "bo@example.org"},
        ],
        "ticket": [ticket("1"), ticket("2", created_at="2024-03-02 08:00:00")],
        "ticket_comment": [comment("11", "1"), comment("12", "2", created="2024-03-02 09:00:00")],
        "ticket_field_history": [
            change("1", "status", "2024-03-01 08:00:00", "new", "9"),
            change("1", "status", "2024-03-01 10:00:00", "solved"),
            change("2", "status", "2024-03-02 08:00:00", "new", "9"),
        ],
    }
    return Log({**base, **tables})


def ticket(number: str, **fields: str) -> Row:
    return {
        "id": number, "created_at": "2024-03-01 08:00:00", "updated_at": "2024-03-05 08:00:00", "status": "open",
        "priority": "normal", "requester_id": "9", "submitter_id": "9", "assignee_id": "7", "via_channel": "email",
        "subject": f"Parcel {number}", "_fivetran_synced": "2024-03-06 00:00:00", **fields,
    }  # fmt: skip


def comment(number: str, ticket_id: str, **fields: str) -> Row:
    return {
        "id": number, "ticket_id": ticket_id, "user_id": "7", "created": "2024-03-01 09:00:00", "public": "TRUE",
        "body": "We are looking into it", **fields,
    }  # fmt: skip


def change(ticket_id: str, name: str, at: str, value: str, user: str = "7") -> Row:
    return {"ticket_id": ticket_id, "field_name": name, "updated": at, "value": value, "user_id": user}


def import_here(
    home: Path, folder: Path, kind: str = "fivetran-zendesk", as_of: str | None = None, wait: float = 60
) -> Report:
    """Import in this process into a workspace that is made where it is missing."""
    create(home)
    workspace = open_workspace(home)
    try:
        return import_and_publish(workspace, KINDS[kind](), folder, as_of=as_of, wait=wait)
    finally:
        workspace.close()


def exports(home: Path, number: int | None = None, scratch: Path | None = None) -> dict[str, bytes]:
    """The exported tables of a publication (the current one by default) as bytes; empty where nothing is published."""
    workspace = open_workspace(home)
    try:
        publication = workspace.publication(number)
        if publication is None:
            return {}
        found = {}
        for name in EXPORTED:
            file = (scratch or home.parent) / f"{home.name}-{os.getpid()}-{name}.csv"
            export(workspace, publication, CANONICAL.get(name, name), file)
            found[name] = file.read_bytes()
            file.unlink()
        return found
    finally:
        workspace.close()


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "maitred", *map(str, words)]


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "MAITRED_FAULT"}
    return {**kept, "MAITRED_HOME": str(home), **more}


def run_child(home: Path, *words: str | Path, fault: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own; ``fault`` ends it at a labelled step."""
    more = {"MAITRED_FAULT": fault} if fault else {}
    return subprocess.run(
        command(*words), env=environment(home, **more), capture_output=True, text=True, timeout=120, check=False
    )
