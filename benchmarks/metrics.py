"""How long a question takes on the facts of a large workspace, warm: metrics cut and filtered, and one ticket's ledger.

The peer of the median and p90 is DuckDB's own quantiles over the same column, without intervals, verdicts or dimensions
of an instant: what the answer would cost at least.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import measuring

REPEATS = 10
QUESTIONS: dict[str, dict[str, Any]] = {
    "frt": {
        "metric": "frt",
        "statistic": ("median", "p90"),
        "by": ("group", "priority"),
        "where": {"channel": ["email"]},
    },
    "frt_by_week_and_group": {"metric": "frt", "statistic": ("median",), "by": ("week", "group")},
    "sla.attainment": {"metric": "sla.attainment", "by": ("sla_metric", "priority"), "where": {"channel": ["email"]}},
    "backlog": {"metric": "backlog", "by": ("group", "priority")},
}
GOALS = {"frt": "<= 0.5", "frt_by_week_and_group": "<= 0.3", "sla.attainment": "<= 0.5", "backlog": "<= 0.5"}


def asked(home: Path, repeats: int) -> dict[str, Any]:
    """Seconds of the first and of each warm answer."""
    from maitred.metrics.asking import asking
    from maitred.metrics.explaining import explain
    from maitred.metrics.queries import show
    from maitred.metrics.refresh import open_workspace
    from maitred.metrics.scope import Scope
    from maitred.sync.loading import ticket_keys_of

    workspace = open_workspace(home)
    publication = workspace.publication()
    assert publication is not None
    found: dict[str, Any] = {}
    with asking(workspace, publication) as ask:
        for name, question in QUESTIONS.items():
            begun = time.perf_counter()
            result = show(ask.engine, publication=publication.number, scope=Scope.everything(), **question)
            cold = time.perf_counter() - begun

            def again(question: dict[str, Any] = question) -> None:
                show(ask.engine, publication=publication.number, scope=Scope.everything(), **question)

            spread = measuring.repeated(again, repeats, warm=1)
            found[name] = {"cold": cold, "warm": spread.values, "rows": len(result.rows)}
    keys = ticket_keys_of(workspace, measuring.SOURCE)
    wanted = [str(keys[len(keys) * step // (2 * repeats)]) for step in range(2 * repeats)]
    for metric in ("frt", None):
        explain(workspace, publication, wanted[0], metric)
        times = []
        for ticket in wanted:
            begun = time.perf_counter()
            explain(workspace, publication, ticket, metric)
            times.append(time.perf_counter() - begun)
        found["ledger" if metric else "all_clocks"] = {"warm": times}
    files = workspace.store.files(workspace.store.table("ticket_facts", publication.tables["ticket_facts"]))
    paths = [str(workspace.store.root / "ticket_facts" / file.path) for file in files]
    workspace.close()
    found["bare"] = {"warm": _bare(paths, repeats)}
    return found


def _bare(paths: list[str], repeats: int) -> tuple[float, ...]:
    import duckdb

    session = duckdb.connect(config={"threads": measuring.machine()["cores"]})
    question = (
        "SELECT group_at_first_reply, priority_at_created, count(*), quantile_disc(frt_business_last, [0.5, 0.9]) "
        f"FROM read_parquet({paths}) WHERE channel = 'email' GROUP BY 1, 2"
    )
    return measuring.repeated(lambda: session.execute(question).fetchall(), repeats).values


def part(given: argparse.Namespace) -> dict[str, Any]:
    return asked(given.home, given.repeats)


def figures(size: int) -> measuring.Sheet:
    sheet = measuring.Sheet("metrics")
    with measuring.place() as folder:
        home = measuring.workspace_of(folder, size)
        found = measuring.child("metrics.py", "--part", "asked", "--home", str(home), "--repeats", str(REPEATS))
    bare = measuring.Spread(tuple(found["bare"]["warm"]))
    sheet.add("metrics.tickets", size, "tickets")
    for name in QUESTIONS:
        spread = measuring.Spread(tuple(found[name]["warm"]))
        beside: dict[str, Any] = {}
        if name == "frt":
            beside = {"peer": "bare DuckDB quantiles", "peer_value": bare.p95(), "ratio": spread.p95() / bare.p95()}
        sheet.add(f"{name}.p95_s", spread.p95(), "s", goal=GOALS[name], **beside)
        sheet.add(f"{name}.first_s", found[name]["cold"], "s")
        sheet.add(f"{name}.rows", found[name]["rows"], "rows")
        sheet.spread[f"{name}_s"] = spread.as_json()
    for name, goal in (("ledger", "<= 0.2"), ("all_clocks", "<= 0.2")):
        spread = measuring.Spread(tuple(found[name]["warm"]))
        sheet.add(f"explain.{name}.p95_s", spread.p95(), "s", goal=goal)
        sheet.spread[f"explain.{name}_s"] = spread.as_json()
    sheet.add("explain.ledger.median_s", measuring.Spread(tuple(found["ledger"]["warm"])).median, "s", goal="<= 0.05")
    sheet.spread["bare_duckdb_s"] = bare.as_json()
    return sheet


if __name__ == "__main__":
    measuring.main(figures, 1_000_000, part)
