"""From canonical Delta tables to all clocks, SLA verdicts, turns, episodes and assignments written as Delta: how fast.

Beside it, on the same files, in fresh processes with the same number of threads: DuckDB window functions
(``windows.sql``) and a plain pandas loop (``plain.py``). Every column that a peer produces is compared first.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import pstats
import shutil
import statistics
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import measuring
import plain
import windows

if TYPE_CHECKING:
    from maitred.metrics.clocks.engine import Reference
    from maitred.sync.ledger import Source
    from maitred.sync.workspace import Workspace

REPEATS = 5
PATIENCE = 60.0
"""Seconds of a slow peer after which two repeats are enough."""
SAMPLE = 20_000
CANONICAL = ("tickets", "ticket_events", "messages", "sla_events", "ticket_schedules", "ticket_tags")
PANDAS_TICKETS = 300


class Opened:
    """A workspace with what the clock engine needs of it."""

    def __init__(self, home: Path) -> None:
        from maitred.metrics import refresh

        self.workspace: Workspace = refresh.open_workspace(home)
        source = self.workspace.ledger.source(measuring.SOURCE)
        publication = self.workspace.publication()
        if source is None or publication is None:
            raise SystemExit("the workspace holds no published log")
        self.source: Source = source
        self.as_of = datetime.fromisoformat(publication.sources[measuring.SOURCE]["as_of"])
        self.reference: Reference = refresh.reference(self.workspace, source, self.as_of)

    def files(self) -> dict[str, list[str]]:
        """Parquet files of the canonical tables that a peer reads."""
        store = self.workspace.store
        return {
            name: [str(store.root / name / file.path) for file in store.files(store.table(name))]
            for name in (*CANONICAL, "users")
        }

    def keys(self) -> Any:
        from maitred.sync.loading import ticket_keys_of

        return ticket_keys_of(self.workspace, measuring.SOURCE)

    def bucket(self) -> dict[str, Any]:
        """The canonical rows of one bucket from the middle."""
        from maitred.metrics import refresh

        keys = self.keys()
        start = max(0, min(len(keys) // 2, len(keys) - refresh.BUCKET))
        part = keys[start : start + refresh.BUCKET]
        return refresh.inputs(self.workspace, measuring.SOURCE, low=int(part[0]), high=int(part[-1]))


# ---------------------------------------------------------------- contenders, each in its own process


def ours(home: Path, repeats: int) -> dict[str, Any]:
    """Full refreshes of a workspace: seconds of each, peak memory of the first and of all in one process."""
    from maitred.metrics import refresh
    from maitred.sync.loading import Loaded

    opened = Opened(home)

    def work() -> None:
        refresh.refresh(opened.workspace, opened.source, Loaded(), full=True)

    work()
    once = measuring.peak_gib()
    spread = measuring.repeated(work, repeats, warm=0)
    peak = measuring.peak_gib()
    opened.workspace.close()
    return {"seconds": spread.values, "cpu": spread.cpu, "peak": once, "peak_of_all": peak}


def kernel_alone(home: Path, repeats: int) -> dict[str, Any]:
    """The compiled walk alone over the rows of one bucket, on one core."""
    from maitred.metrics.clocks import engine, kernel

    opened = Opened(home)
    rows = opened.bucket()
    events = sum(rows[name].num_rows for name in ("messages", "ticket_events", "sla_events"))
    found: dict[str, list[float]] = {"walk": [], "order": [], "compute": []}
    core: list[float] = []
    walk, order = kernel.walk_tickets, kernel.ordered

    def timed(name: str, function: Any) -> Any:
        def call(*given: Any) -> Any:
            begun, on_core = time.perf_counter(), time.thread_time()
            answer = function(*given)
            found[name].append(time.perf_counter() - begun)
            if name == "walk":
                core.append(time.thread_time() - on_core)
            return answer

        return call

    kernel.walk_tickets, kernel.ordered = timed("walk", walk), timed("order", order)
    try:
        found["compute"] += measuring.repeated(lambda: engine.compute(rows, opened.reference), repeats).values
    finally:
        kernel.walk_tickets, kernel.ordered = walk, order
    opened.workspace.close()
    return {
        "events": events,
        "walk": found["walk"][1:],
        "core": core[1:],
        "order": found["order"][1:],
        "compute": found["compute"],
    }


def duckdb_windows(home: Path, out: Path, repeats: int) -> dict[str, Any]:
    opened = Opened(home)
    out.mkdir(parents=True, exist_ok=True)
    files, as_of = opened.files(), int(opened.as_of.timestamp())

    def work() -> None:
        windows.run(files, opened.reference.book, as_of, out)

    spread = measuring.repeated(work, repeats, warm=0, patience=PATIENCE)
    opened.workspace.close()
    return {"seconds": spread.values, "cpu": spread.cpu, "peak": measuring.peak_gib()}


def pandas_loop(home: Path, repeats: int) -> dict[str, Any]:
    """The plain loop over a sample, and the columns in which it differs from ours."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from maitred.metrics.clocks import engine

    opened = Opened(home)
    rows = opened.bucket()
    keys = rows["tickets"]["ticket_key"].to_numpy()
    chosen = np.sort(np.random.default_rng(1).choice(keys, min(PANDAS_TICKETS, len(keys)), replace=False))
    wanted = pa.array(chosen)
    sample = {name: table.filter(pc.is_in(table["ticket_key"], value_set=wanted)) for name, table in rows.items()}
    frames = {name: table.to_pandas(strings_to_categorical=False) for name, table in sample.items()}
    for frame in frames.values():
        for column in frame.columns[frame.dtypes == "category"]:
            frame[column] = frame[column].astype(object)
    users = opened.workspace.store.scan("users", None, ["external_id", "role"])
    frames["users"] = users.to_pandas()
    found: list[Any] = []
    spread = measuring.repeated(
        lambda: found.append(plain.run(frames, opened.reference.book, opened.as_of)), repeats, warm=0
    )
    facts = engine.compute(sample, opened.reference).facts
    tickets, targets = (pa.Table.from_pandas(frame, preserve_index=False) for frame in found[-1])
    differing = {
        **differences(facts["ticket_facts"], tickets, ("ticket_key",)),
        **differences(facts["sla_facts"], targets, ("ticket_key", "metric", "instance")),
    }
    opened.workspace.close()
    names = [n for n in tickets.schema.names if n != "ticket_key"]
    names += [f"sla.{n}" for n in targets.schema.names if n not in ("ticket_key", "metric", "instance")]
    return {"seconds": spread.values, "tickets": len(chosen), "differing": differing, "names": names}


# ---------------------------------------------------------------- equality


def differences(mine: Any, peer: Any, key: tuple[str, ...]) -> dict[str, int]:
    """Rows that differ, by column of the peer; both tables must have the same keys (else ``rows`` says how far off)."""
    order = [(k, "ascending") for k in key]
    mine, peer = _plain(mine).sort_by(order), _plain(peer).sort_by(order)
    if mine.num_rows != peer.num_rows:
        return {"rows": abs(mine.num_rows - peer.num_rows)}
    found = {}
    for name in peer.schema.names:
        a, b = mine[name].to_pylist(), peer[name].to_pylist()
        differing = sum(not _same(x, y) for x, y in zip(a, b, strict=True))
        if differing:
            found[name] = differing
    return found


def _same(x: Any, y: Any) -> bool:
    if x is None or y is None:
        return (x is None or x != x) and (y is None or y != y)
    return bool(x == y)


def _plain(table: Any) -> Any:
    """Texts without dictionaries, instants as whole epoch seconds."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = []
    for column in table.columns:
        if pa.types.is_dictionary(column.type):
            column = pc.cast(column, pa.string())
        if pa.types.is_timestamp(column.type):
            column = pc.divide(pc.cast(column, pa.int64()), 1_000_000)
        columns.append(column)
    return pa.table(columns, names=table.schema.names)


def check_windows(home: Path, out: Path) -> tuple[dict[str, int], list[str], int]:
    """Columns in which DuckDB's output differs from ours on a sample, columns it lacks, and columns compared."""
    import numpy as np
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    opened = Opened(home)
    keys = opened.keys()
    chosen = np.sort(np.random.default_rng(2).choice(keys, min(SAMPLE, len(keys)), replace=False))
    differing: dict[str, int] = {}
    lacking: list[str] = []
    compared = 0
    publication = opened.workspace.publication()
    for facts, file, key in (
        ("ticket_facts", "tickets", ("ticket_key",)),
        ("sla_facts", "sla", ("ticket_key", "metric", "instance")),
        ("turn_facts", "turns", ("ticket_key", "turn")),
        ("episode_facts", "episodes", ("ticket_key", "episode")),
        ("assignment_facts", "assignments", ("ticket_key", "station")),
    ):
        peer = pq.read_table(out / f"{file}.parquet", filters=pc.field("ticket_key").isin(chosen))
        peer = peer.rename_columns(["breach_at_all" if n == "breach_at" else n for n in peer.schema.names])
        version = publication.tables[facts] if publication else None
        names = opened.workspace.store.specs[facts].schema.names
        lacking += [f"{facts}.{n}" for n in names if n not in peer.schema.names and n not in ("layer", "source_id")]
        mine = opened.workspace.store.scan(facts, version, peer.schema.names, keys=chosen)
        compared += len(peer.schema.names) - len(key)
        differing.update({f"{facts}.{n}": d for n, d in differences(mine, peer, key).items()})
    opened.workspace.close()
    return differing, lacking, compared


# ---------------------------------------------------------------- figures


def part(given: argparse.Namespace) -> dict[str, Any]:
    if given.part == "ours":
        return ours(given.home, given.repeats)
    if given.part == "kernel":
        return kernel_alone(given.home, given.repeats)
    if given.part == "windows":
        return duckdb_windows(given.home, given.out, given.repeats)
    return pandas_loop(given.home, given.repeats)


def profile(home: Path) -> str:
    """The functions that take the time of one bucket: reading, computing, writing."""
    from maitred.metrics import refresh
    from maitred.metrics.clocks import engine

    opened = Opened(home)
    rows = opened.bucket()
    engine.compute(rows, opened.reference)
    watch = cProfile.Profile()
    begun = time.perf_counter()
    watch.enable()
    rows = opened.bucket()
    read = time.perf_counter()
    facts = engine.compute(rows, opened.reference).facts
    computed = time.perf_counter()
    for name, table in facts.items():
        opened.workspace.store.write_files(name, table)
    watch.disable()
    written = time.perf_counter()
    text = io.StringIO()
    pstats.Stats(watch, stream=text).strip_dirs().sort_stats("tottime").print_stats(18)
    lines = [line for line in text.getvalue().splitlines() if line.strip()]
    head = f"one bucket of {rows['tickets'].num_rows:,} tickets, {refresh.BUCKET:,} at most: "
    opened.workspace.close()
    return "\n".join(
        [head + f"read {read - begun:.2f} s, compute {computed - read:.2f} s, write {written - computed:.2f} s", *lines]
    )


def figures(size: int) -> measuring.Sheet:
    sheet = measuring.Sheet("clocks")
    with measuring.place() as folder:
        original = measuring.workspace_of(folder, size)
        out = folder / f"windows-{size}"
        with measuring.copied(original) as home:
            try:
                _compare(sheet, home, out)
            finally:
                shutil.rmtree(out, ignore_errors=True)
    return sheet


def _compare(sheet: measuring.Sheet, home: Path, out: Path) -> None:
    rows = measuring.rows_of(home)
    events, tickets = measuring.events_of(rows), rows["tickets"]
    place = ("--home", str(home))
    peer = measuring.child("clocks.py", "--part", "windows", *place, "--out", str(out), "--repeats", str(REPEATS))
    differing, lacking, compared = check_windows(home, out)
    loop = measuring.child("clocks.py", "--part", "pandas", *place, "--repeats", "2")
    alone = measuring.child("clocks.py", "--part", "kernel", *place, "--repeats", str(REPEATS))
    mine = measuring.child("clocks.py", "--part", "ours", *place, "--repeats", str(REPEATS))

    sheet.add("clocks.tickets", tickets, "tickets")
    sheet.add("clocks.events", events, "events")
    sheet.add("duckdb.columns_compared", compared, "columns")
    sheet.add("duckdb.columns_differing", len(differing), "columns", goal="<= 0")
    sheet.add("duckdb.columns_lacking", len(lacking), "columns")
    sheet.add("pandas.columns_compared", len(loop["names"]), "columns")
    sheet.add("pandas.columns_differing", len(loop["differing"]), "columns", goal="<= 0")
    measuring.note("columns that differ, DuckDB: " + (str(differing) if differing else "none"))
    measuring.note("columns that differ, pandas: " + (str(loop["differing"]) if loop["differing"] else "none"))
    measuring.note("columns that the DuckDB implementation lacks: " + (", ".join(lacking) or "none"))
    measuring.note("columns that the pandas implementation computes: " + ", ".join(loop["names"]))

    seconds = measuring.Spread(tuple(mine["seconds"]), tuple(mine["cpu"]))
    theirs = measuring.Spread(tuple(peer["seconds"]), tuple(peer["cpu"]))
    plain_loop = measuring.Spread(tuple(loop["seconds"]))
    walk = measuring.Spread(tuple(alone["walk"]), tuple(alone["core"]))
    kept = sheet.add("clocks.events_per_s", events / seconds.median, "events/s", goal=">= 2000000")
    sheet.add(
        "clocks.refresh_s",
        seconds.median,
        "s",
        goal=">= 10",
        peer="DuckDB window functions",
        peer_value=theirs.median,
        ratio=theirs.median / seconds.median,
        of_ratio=True,
    )
    cpu, their_cpu = statistics.median(seconds.cpu), statistics.median(theirs.cpu)
    sheet.add(
        "clocks.refresh_cpu_s",
        cpu,
        "s",
        peer="DuckDB window functions",
        peer_value=their_cpu,
        ratio=their_cpu / cpu,
    )
    each, loop_each = seconds.median / tickets * 1e6, plain_loop.median / loop["tickets"] * 1e6
    sheet.add(
        "clocks.us_per_ticket",
        each,
        "us",
        goal=">= 100",
        peer=f"pandas day loop, {loop['tickets']} tickets",
        peer_value=loop_each,
        ratio=loop_each / each,
        of_ratio=True,
    )
    fast = sheet.add("kernel.events_per_s", alone["events"] / walk.median, "events/s", goal=">= 8000000")
    sheet.add("kernel.events_per_core_s", alone["events"] / statistics.median(walk.cpu), "events/s")
    order = measuring.Spread(tuple(alone["order"]))
    compute = measuring.Spread(tuple(alone["compute"]))
    sheet.add("kernel.ordering_events_per_s", alone["events"] / order.median, "events/s")
    sheet.add("compute.events_per_s_per_core", alone["events"] / compute.median, "events/s")
    sheet.add(
        "clocks.peak_gib", mine["peak"], "GiB", goal="<= 2", peer="DuckDB window functions", peer_value=peer["peak"]
    )
    sheet.add("clocks.peak_of_repeats_gib", mine["peak_of_all"], "GiB")
    sheet.spread["clocks.refresh_s"] = seconds.as_json()
    sheet.spread["duckdb.windows_s"] = theirs.as_json()
    sheet.spread["pandas.loop_s"] = plain_loop.as_json()
    sheet.spread["kernel.walk_s"] = walk.as_json()
    sheet.spread["kernel.order_s"] = order.as_json()
    if not (kept and fast) or theirs.median < 10 * seconds.median:
        measuring.note(profile(home))


if __name__ == "__main__":
    measuring.main(figures, 1_000_000, part)
