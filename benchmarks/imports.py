"""How fast a Fivetran folder becomes a published workspace, by phase, in one fresh process.

The peer reads the same CSV files with DuckDB into Parquet: no types of a helpdesk, no check, no keys, no facts. It says
how far an import is from the mere reading and writing of its rows.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import measuring


def whole(log: Path, home: Path) -> dict[str, Any]:
    """Import and publish a folder in this process; seconds by phase."""
    from maitred.metrics.refresh import open_workspace, refresh
    from maitred.sync import importing, loading
    from maitred.sync.kinds import KINDS
    from maitred.sync.workspace import create

    create(home)
    workspace = open_workspace(home)
    marks: dict[str, float] = {}
    load = loading.load

    def timed_load(*given: Any, **more: Any) -> Any:
        marks["landed"] = time.perf_counter()
        return load(*given, **more)

    setattr(importing, "load", timed_load)  # noqa: B010 - the border between landing and loading is inside a function
    try:
        begun, cpu = time.perf_counter(), time.process_time()
        with workspace.writing("benchmark"):
            imported = importing.import_folder(workspace, KINDS[measuring.SOURCE](), log)
            loaded = time.perf_counter()
            loading_peak = measuring.peak_gib()
            done = refresh(workspace, imported.source, imported.loaded)
            ended = time.perf_counter()
            cpu = time.process_time() - cpu
    finally:
        setattr(importing, "load", load)  # noqa: B010
        workspace.close()
    return {
        "rows": sum(file.rows for file in imported.files),
        "set_aside": sum(file.quarantined for file in imported.files),
        "tickets": done.tickets,
        "landing": marks["landed"] - begun,
        "loading": loaded - marks["landed"],
        "facts": ended - loaded,
        "total": ended - begun,
        "cpu": cpu,
        "peak_import": loading_peak,
        "peak": measuring.peak_gib(),
    }


def bare(log: Path, out: Path) -> dict[str, Any]:
    """The same files with DuckDB's reader into Parquet."""
    import duckdb

    out.mkdir(parents=True, exist_ok=True)
    session = duckdb.connect()
    session.execute(f"SET threads = {measuring.machine()['cores']}")
    begun = time.perf_counter()
    for file in sorted(log.glob("*.csv")):
        session.execute(f"COPY (FROM read_csv('{file}')) TO '{out / file.stem}.parquet' (COMPRESSION zstd)")
    return {"total": time.perf_counter() - begun}


def part(given: argparse.Namespace) -> dict[str, Any]:
    return whole(given.log, given.home) if given.part == "whole" else bare(given.log, given.out)


def figures(size: int) -> measuring.Sheet:
    sheet = measuring.Sheet("import")
    with measuring.place() as folder:
        log = measuring.log_of(folder, size)
        home = Path(tempfile.mkdtemp(prefix="import-", dir=folder))
        try:
            words = ("imports.py", "--log", str(log), "--part")
            ours = measuring.child(*words, "whole", "--home", str(home / "workspace"))
            peer = measuring.child(*words, "bare", "--out", str(home / "bare"))
        finally:
            shutil.rmtree(home, ignore_errors=True)
    rows = ours["rows"]
    read = ours["landing"] + ours["loading"]
    sheet.add("import.tickets", ours["tickets"], "tickets")
    sheet.add("import.rows", rows, "rows")
    sheet.add("import.set_aside", ours["set_aside"], "rows", goal="<= 0")
    sheet.add(
        "import.rows_per_s",
        rows / read,
        "rows/s",
        goal=">= 200000",
        peer="DuckDB CSV to Parquet, nothing checked",
        peer_value=rows / peer["total"],
        ratio=peer["total"] / read,
    )
    sheet.add("import.rows_per_s_to_publication", rows / ours["total"], "rows/s", goal=">= 200000")
    for phase in ("landing", "loading", "facts", "total"):
        sheet.add(f"import.{phase}_s", ours[phase], "s")
    sheet.add("import.peak_gib", ours["peak_import"], "GiB", goal="<= 2")
    sheet.add("import.peak_to_publication_gib", ours["peak"], "GiB", goal="<= 2")
    sheet.spread["import.total_s"] = measuring.Spread((ours["total"],), (ours["cpu"],)).as_json()
    return sheet


if __name__ == "__main__":
    measuring.main(figures, 1_000_000, part)
