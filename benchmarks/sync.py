"""How fast a live account becomes a published warehouse, from a fake Zendesk without latency in a process of its own.

The peer asks for the same pages and parses them with orjson, and keeps nothing: it says how far a sync is from the mere
fetching of its records. Both share the machine with the fake helpdesk. Facts (clocks) are not computed here.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import measuring

CHANGED = 500
FAST = 10**9


def desk(given: argparse.Namespace) -> dict[str, Any]:
    """The fake helpdesk: prints its address, serves until its input ends."""
    from maitred.connectors.doubling import VirtualClock
    from maitred.connectors.zendesk.double import Zendesk

    clock = VirtualClock()
    with Zendesk(given.size, clock=clock, exports_per_minute=FAST, per_minute=FAST, service_levels=False) as double:
        print(double.url, flush=True)
        for line in sys.stdin:
            first = int(line)
            for number in range(first, first + CHANGED):
                double.mutate({"op": "edit", "ticket": number, "values": {"priority": "urgent"}, "note": "Noted"})
            clock.advance(120)
            print("changed", flush=True)
    sys.exit(0)


@contextmanager
def running(size: int) -> Iterator[tuple[str, Any]]:
    """The address of a fake helpdesk, and how to have some of its tickets changed."""
    words = [sys.executable, str(Path(__file__).resolve()), "--part", "desk", "--size", str(size)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None and process.stdout is not None
    try:
        url = process.stdout.readline().strip()

        def change(first: int) -> None:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(f"{first}\n")
            process.stdin.flush()
            process.stdout.readline()

        yield url, change
    finally:
        process.stdin.close()
        process.wait(timeout=60)


def _account(url: str) -> Any:
    from urllib.parse import urlsplit

    from maitred.base.egress import allowed
    from maitred.connectors.live import Account
    from maitred.connectors.zendesk.double import EMAIL, TOKEN

    entry = allowed("127.0.0.1", "127.0.0.0/8", (urlsplit(url).port or 0,))
    return Account("zendesk", "zendesk", url, {"email": EMAIL, "token": TOKEN}, allow=(entry,),
                   requests_per_minute=FAST)  # fmt: skip


def whole(given: argparse.Namespace) -> dict[str, Any]:
    """Backfill, then cycles with some changed tickets, then a reconcile; seconds and memory."""
    from maitred.sync.engine import sync
    from maitred.sync.opening import opened
    from maitred.sync.tests.live import published
    from maitred.sync.workspace import Workspace, canonical_specs, create

    create(given.home)
    workspace = Workspace(given.home, canonical_specs())
    found: dict[str, Any] = {"cycles": []}

    def run(**options: Any) -> tuple[float, float, Any]:
        begun, cpu = time.perf_counter(), _cpu()
        with opened(workspace, account) as opening:
            outcome = sync(workspace, *opening, publish=published, **options)
        if not outcome.complete:
            raise SystemExit(f"the sync did not complete: {outcome.as_json()}")
        return time.perf_counter() - begun, _cpu() - cpu, outcome

    with running(given.size) as (url, change):
        account = _account(url)
        found["total"], found["cpu"], outcome = run()
        found["records"] = sum(each.records for each in outcome.streams)
        found["rows"] = sum(workspace.publication().rows.values())  # type: ignore[union-attr]
        found["peak"] = measuring.peak_gib()
        for place in range(5):
            change(1 + place * CHANGED)
            seconds, _, outcome = run()
            changed = {each.stream: each.loaded for each in outcome.streams}
            assert changed["tickets"] == CHANGED, changed
            found["cycles"].append(seconds)
        found["reconcile"], found["reconcile_cpu"], outcome = run(reconcile=True)
    workspace.close()
    return found


def _cpu() -> float:
    own, helpers = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + helpers.ru_utime + helpers.ru_stime


def bare(given: argparse.Namespace) -> dict[str, Any]:
    """The same exports, asked for and parsed."""
    import httpx
    import orjson

    from maitred.connectors.zendesk.double import EMAIL, TOKEN

    records = 0
    with running(given.size) as (url, _), httpx.Client(auth=(f"{EMAIL}/token", TOKEN), timeout=60) as client:
        begun = time.perf_counter()
        for name in ("users", "tickets"):
            where: dict[str, Any] = {"start_time": 0}
            while True:
                page = orjson.loads(client.get(f"{url}/api/v2/incremental/{name}/cursor.json", params=where).content)
                records += len(page[name])
                if page["end_of_stream"]:
                    break
                where = {"cursor": page["after_cursor"]}
        for name, more in (("ticket_events", {"include": "comment_events"}), ("ticket_metric_events", {})):
            start = 0
            while True:
                where = {"start_time": start, **more}
                page = orjson.loads(client.get(f"{url}/api/v2/incremental/{name}.json", params=where).content)
                records += len(page[name])
                if page["end_of_stream"]:
                    break
                start = page["end_time"]
        return {"total": time.perf_counter() - begun, "records": records}


def rate(given: argparse.Namespace) -> dict[str, Any]:
    """Which share of the allowed rate a backfill uses, in the helpdesk's own time."""
    from maitred.connectors.zendesk.double import Zendesk
    from maitred.sync.engine import sync
    from maitred.sync.opening import opened
    from maitred.sync.tests.live import account_at, published
    from maitred.sync.workspace import Workspace, canonical_specs, create

    create(given.home)
    with Zendesk(3_000, page=10) as double:
        account = account_at(double, "zendesk", dict(double.credentials))
        workspace = Workspace(given.home, canonical_specs())
        now = {"pause": double.clock.advance, "now": lambda: double.clock.now().timestamp()}
        with opened(workspace, account, **now) as opening:
            outcome = sync(workspace, *opening, publish=published, streams=["tickets"])
        asked = double.heard("/api/v2/incremental/tickets")
        minutes = (asked[-1].at - asked[0].at).total_seconds() / 60
        refused = sum(1 for one in double.requests if one.status == 429)
        workspace.close()
    assert outcome.complete
    return {"share": (len(asked) - 1) / (10 * minutes), "refused": refused, "inside": len(double.violations)}


PARTS = {"desk": desk, "whole": whole, "bare": bare, "rate": rate}


def part(given: argparse.Namespace) -> dict[str, Any]:
    return PARTS[given.part](given)


def figures(size: int) -> measuring.Sheet:
    sheet = measuring.Sheet("sync")
    with measuring.place() as folder:
        words = ("sync.py", "--size", str(size), "--part")
        ours = measuring.child(*words, "whole", "--home", str(folder / "sync-home"))
        peer = measuring.child(*words, "bare")
        used = measuring.child(*words, "rate", "--home", str(folder / "sync-rate"))
    sheet.add("sync.records", ours["records"], "records")
    sheet.add("sync.rows", ours["rows"], "rows")
    sheet.add(
        "sync.rows_per_s",
        ours["rows"] / ours["total"],
        "rows/s",
        goal=">= 20000",
        peer="the same exports fetched and parsed, nothing kept",
        peer_value=peer["records"] / peer["total"],
        ratio=(ours["records"] / ours["total"]) / (peer["records"] / peer["total"]),
    )
    sheet.add("sync.peak_gib", ours["peak"], "GiB", goal="<= 1")
    spread = measuring.Spread(tuple(ours["cycles"]))
    sheet.add("sync.cycle_500_s", spread.median, "s", goal="<= 5")
    sheet.add("sync.reconcile_s", ours["reconcile"], "s")
    sheet.add("sync.reconcile_cpu_s", ours["reconcile_cpu"], "s", goal="<= 60")
    sheet.add("sync.rate_used", used["share"], "of the allowed rate", goal=">= 0.95")
    sheet.add("sync.inside_retry_after", used["inside"], "requests", goal="<= 0")
    sheet.spread["sync.cycle_500_s"] = spread.as_json()
    return sheet


if __name__ == "__main__":
    measuring.main(figures, 1_000_000, part)
