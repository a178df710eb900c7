"""How soon a few changed tickets are published in a large workspace, beside computing everything again.

500 tickets get one new comment and two status rows; 80 % of them were created in the last four weeks, the others any
time in the year. The changed rows arrive as a small Fivetran folder. A second round changes 1 % of all tickets.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import measuring

CHANGED = 500
RECENT_DAYS = 28
ROUNDS = 5
FORMAT = "%Y-%m-%d %H:%M:%S"


def changed_folder(log: Path, folder: Path, changed: int, step: int) -> int:
    """Write a Fivetran folder with the changed rows of round ``step``; returns how many rows it has."""
    import numpy as np
    from pyarrow import csv as arrow_csv

    from maitred.floor.log import AS_OF, FIRST_AGENT

    options = arrow_csv.ConvertOptions(column_types={}, strings_can_be_null=True)
    tickets = arrow_csv.read_csv(log / "ticket.csv", convert_options=options)
    size = tickets.num_rows
    as_of = datetime.fromtimestamp(AS_OF, UTC)
    created = tickets["created_at"].to_numpy(zero_copy_only=False).astype("datetime64[s]")
    border = np.searchsorted(created, np.datetime64((as_of - timedelta(days=RECENT_DAYS)).replace(tzinfo=None), "s"))
    dice = np.random.default_rng(step)
    recent = dice.choice(np.arange(border, size), min(changed * 4 // 5, size - int(border)), replace=False)
    others = dice.choice(np.arange(0, border), min(changed - len(recent), int(border)), replace=False)
    chosen = np.sort(np.concatenate([recent, others]))
    moment = as_of + timedelta(minutes=10 * step)
    written, solved, synced = (moment + timedelta(minutes=m) for m in (0, 3, 5))
    folder.mkdir(parents=True)
    rows = tickets.take(chosen).to_pylist()
    for row in rows:
        row["status"], row["updated_at"] = "solved", solved.strftime(FORMAT)
        row["_fivetran_synced"] = synced.strftime(FORMAT)
        row["created_at"] = row["created_at"].strftime(FORMAT)
    _write(folder / "ticket.csv", rows)
    agent = FIRST_AGENT + 1
    first_comment = 10**12 + step * 10**9
    _write(
        folder / "ticket_comment.csv",
        [
            {
                "id": first_comment + k,
                "ticket_id": row["id"],
                "user_id": agent,
                "created": written.strftime(FORMAT),
                "public": "TRUE",
                "body": "text",
            }
            for k, row in enumerate(rows)
        ],
    )
    history = [
        {
            "ticket_id": row["id"],
            "field_name": "status",
            "updated": at.strftime(FORMAT),
            "value": value,
            "user_id": agent,
        }
        for row in rows
        for at, value in ((written, "open"), (solved, "solved"))
    ]
    _write(folder / "ticket_field_history.csv", history)
    return len(rows) * 4


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="") as out:
        table = csv.DictWriter(out, list(rows[0]))
        table.writeheader()
        table.writerows(rows)


def rounds(home: Path, log: Path, repeats: int) -> dict[str, Any]:
    """Publish ``repeats`` rounds of changes, then 1 % of the tickets, then everything; seconds of each."""
    from maitred.metrics.refresh import open_workspace, refresh
    from maitred.sync.importing import import_folder
    from maitred.sync.kinds import KINDS
    from maitred.sync.loading import Loaded

    workspace = open_workspace(home)
    kind = KINDS[measuring.SOURCE]()
    answer: dict[str, Any] = {"import": [], "facts": [], "total": [], "cpu": [], "tickets": []}

    def publish(step: int, changed: int) -> tuple[float, float, float, Any]:
        folder = home / f"changes-{step}"
        changed_folder(log, folder, changed, step)
        begun, cpu = time.perf_counter(), time.process_time()
        with workspace.writing("benchmark"):
            imported = import_folder(workspace, kind, folder)
            loaded = time.perf_counter()
            done = refresh(workspace, imported.source, imported.loaded)
        ended, cpu = time.perf_counter(), time.process_time() - cpu
        shutil.rmtree(folder)
        return loaded - begun, ended - loaded, cpu, done

    for step in range(1, repeats + 2):
        imported, facts, cpu, done = publish(step, CHANGED)
        if step == 1:
            continue  # warms the process up
        answer["import"].append(imported)
        answer["facts"].append(facts)
        answer["total"].append(imported + facts)
        answer["cpu"].append(cpu)
        answer["tickets"].append(done.tickets)
        answer["full"] = done.full
    size = ws_tickets(workspace)
    imported, facts, cpu, done = publish(repeats + 2, max(1, size // 100))
    answer["percent"] = {"import": imported, "facts": facts, "tickets": done.tickets, "full": done.full}
    answer["peak"] = measuring.peak_gib()
    source = workspace.ledger.source(measuring.SOURCE)
    assert source is not None
    rebuilt = measuring.repeated(lambda: refresh(workspace, source, Loaded(), full=True), 2, warm=0)
    answer["rebuild"], answer["rebuild_cpu"] = rebuilt.values, rebuilt.cpu
    workspace.close()
    return answer


def ws_tickets(workspace: Any) -> int:
    publication = workspace.publication()
    return int(publication.sources[measuring.SOURCE]["tickets"])


def part(given: argparse.Namespace) -> dict[str, Any]:
    return rounds(given.home, given.log, given.repeats)


def figures(size: int) -> measuring.Sheet:
    sheet = measuring.Sheet("publish")
    with measuring.place() as folder:
        log, original = measuring.log_of(folder, size), measuring.workspace_of(folder, size)
        with measuring.copied(original) as home:
            words = ("--part", "rounds", "--home", str(home), "--log", str(log), "--repeats", str(ROUNDS))
            found = measuring.child("publish.py", *words)
    total = measuring.Spread(tuple(found["total"]), tuple(found["cpu"]))
    rebuild = measuring.Spread(tuple(found["rebuild"]), tuple(found["rebuild_cpu"]))
    sheet.add("publish.tickets", size, "tickets")
    sheet.add("publish.changed", CHANGED, "tickets")
    sheet.add("publish.recomputed", max(found["tickets"]), "tickets")
    sheet.add(
        "publish.total_s",
        total.median,
        "s",
        goal="<= 5",
        peer="facts of all tickets computed again",
        peer_value=rebuild.median,
        ratio=total.median / rebuild.median,
    )
    for phase in ("import", "facts"):
        spread = measuring.Spread(tuple(found[phase]))
        sheet.add(f"publish.{phase}_s", spread.median, "s")
        sheet.spread[f"publish.{phase}_s"] = spread.as_json()
    percent = found["percent"]
    sheet.add("publish.one_percent_recomputed", percent["tickets"], "tickets")
    sheet.add(
        "publish.one_percent_facts_s",
        percent["facts"],
        "s",
        goal="<= 0.03",
        peer="facts of all tickets computed again",
        peer_value=rebuild.median,
        ratio=percent["facts"] / rebuild.median,
        of_ratio=True,
    )
    sheet.add("publish.one_percent_import_s", percent["import"], "s")
    sheet.add("publish.peak_gib", found["peak"], "GiB", goal="<= 2")
    sheet.spread["publish.total_s"] = total.as_json()
    sheet.spread["rebuild_s"] = rebuild.as_json()
    if found["full"] or percent["full"]:
        measuring.note("a round was computed in full: the changed tickets were too large a share of this size")
    return sheet


if __name__ == "__main__":
    measuring.main(figures, 1_000_000, part)
