"""Ten thousand webhook calls on a fixed beat, with a worker that is killed midway: how fast, and whether any is lost.

A call's time counts from the instant at which it was due until it is answered, whatever was late before it; one that
was turned away as too many comes again a second later, as a helpdesk's does. The worker, a process of its own, fetches
the tickets that calls spoke of from a fake Zendesk and is killed three times. In the end what it fetched last of each
ticket has to be what the helpdesk has. The peer is a bare insert with a commit of its own.
"""

from __future__ import annotations

import argparse
import os
import queue
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import measuring

WINDOW_S = 60
AHEAD = 0.97
"""The beat leaves a little of the window for what is still to be fetched after the last call."""
SENDERS = 4
KILLS = 3
TICKETS = 1_000
REPEATED = 0.02


def part(given: argparse.Namespace) -> dict[str, Any]:
    return _worker(given) if given.part == "worker" else _burst(given)


def _burst(given: argparse.Namespace) -> dict[str, Any]:
    """Send the calls on their beat; figures of all of it."""
    from maitred.connectors.zendesk.double import Zendesk
    from maitred.sync.workspace import Workspace, canonical_specs, create

    create(given.home)
    workspace = Workspace(given.home, canonical_specs())
    out = given.home.parent / "fetched"
    with Zendesk(tickets=TICKETS, per_minute=10_000_000) as desk:
        sender = _Sender(desk, workspace, given.repeats)
        worker, killed = _started(given.home, desk.url, out), 0
        begun = sender.start()
        while sender.running():
            time.sleep(0.05)
            if sender.sent * (KILLS + 1) >= (killed + 1) * given.repeats and killed < KILLS:
                worker.send_signal(signal.SIGKILL)
                worker.wait(60)
                killed += 1
                worker = _started(given.home, desk.url, out)
        received = time.perf_counter() - begun
        Path(f"{out}.end").touch()
        if worker.wait(600):
            raise SystemExit("the worker failed")
        total = time.perf_counter() - begun
        lost = _lost(desk, out)
    workspace.close()
    return {"received": received, "total": total, "lost": lost, "killed": killed, "late": sender.late,
            "doubled": sender.doubled(given.repeats), "own": sender.own, "refused": sender.refused,
            "bare": _bare(given.home.parent / "bare.db", 500)}  # fmt: skip


class _Sender:
    """Calls about changes of tickets, each due at its own instant; some of them twice."""

    def __init__(self, desk: Any, workspace: Any, count: int) -> None:
        self.desk, self.home, self.count = desk, workspace.home, count
        self.work: queue.SimpleQueue[tuple[float, int, str] | None] = queue.SimpleQueue()
        self.sent = self.new = self.refused = 0
        self.all = count
        self.late: list[float] = []
        self.own: list[float] = []
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._send) for _ in range(SENDERS)]

    def start(self) -> float:
        threading.Thread(target=self._beat, daemon=True).start()
        for thread in self.threads:
            thread.start()
        return time.perf_counter()

    def running(self) -> bool:
        return any(thread.is_alive() for thread in self.threads)

    def doubled(self, count: int) -> int:
        """Calls that were taken as new although they had come before."""
        return self.new - count

    def _beat(self) -> None:
        dice, every, begun = random.Random(1), WINDOW_S * AHEAD / self.count, time.perf_counter()
        for number in range(self.count):
            due = begun + number * every
            time.sleep(max(0.0, due - time.perf_counter()))
            ticket = dice.randint(1, TICKETS)
            with self.desk.lock:
                self.desk.mutate({"op": "edit", "ticket": ticket, "values": {"subject": f"Version {number}"}})
            self.work.put((due, number, str(ticket)))
            if dice.random() < REPEATED:
                self.all += 1
                self.work.put((time.perf_counter(), number, str(ticket)))
        while self.sent < self.all:
            time.sleep(0.05)
        for _ in self.threads:
            self.work.put(None)

    def _send(self) -> None:
        from maitred.sync.workspace import Workspace

        workspace = Workspace(self.home, [])
        while (told := self.work.get()) is not None:
            self._one(workspace, *told)
        workspace.close()

    def _one(self, workspace: Any, due: float, number: int, ticket: str) -> None:
        from maitred.base import clock
        from maitred.base.errors import TooMany
        from maitred.connectors.live import Accepted
        from maitred.sync import inbox

        begun = time.perf_counter()
        try:
            new = inbox.receive(workspace, "zendesk", Accepted(f"call {number}", (ticket,)), BODY, clock.now())
            again = None
        except TooMany as error:
            new, again = False, error.retry_after
        ended = time.perf_counter()
        with self.lock:
            self.late.append(ended - due)
            self.own.append(ended - begun)
            self.new += new
            self.sent += again is None
            self.refused += again is not None
        if again is not None:
            threading.Timer(again, lambda: self.work.put((time.perf_counter(), number, ticket))).start()


BODY = b"x" * 1_500


def _started(home: Path, url: str, out: Path) -> subprocess.Popen[bytes]:
    words = [sys.executable, str(measuring.HERE / "hooks.py"), "--part", "worker", "--home", str(home)]
    return subprocess.Popen(
        [*words, "--out", str(out)], env={**os.environ, "MAITRED_BENCH_URL": url}, stdout=subprocess.DEVNULL
    )


def _worker(given: argparse.Namespace) -> dict[str, Any]:
    """The worker: drain until there is an end and nothing waits."""
    import httpx

    from maitred.sync import inbox
    from maitred.sync.workspace import Workspace, canonical_specs

    workspace = Workspace(given.home, canonical_specs())
    end, where = Path(f"{given.out}.end"), f"{os.environ['MAITRED_BENCH_URL']}/api/v2/tickets/show_many.json"
    with httpx.Client(trust_env=False, headers={"Authorization": "Bearer double-bearer"}) as client, \
            given.out.open("a") as kept:  # fmt: skip

        def refetch(tickets: Any) -> None:
            body = client.get(where, params={"ids": ",".join(tickets)}).raise_for_status().json()
            kept.write("".join(f"{one['id']} {one['subject']}\n" for one in body["tickets"]))
            kept.flush()
            os.fsync(kept.fileno())

        while True:
            ending = end.exists()
            if not inbox.drain(workspace, "zendesk", refetch) and ending:
                return {}
            time.sleep(0.2)


def _lost(desk: Any, out: Path) -> int:
    """Tickets whose last fetch is not what the helpdesk has."""
    seen = dict(line.split(" ", 1) for line in out.read_text().split("\n")[:-1])
    return sum(
        seen.get(str(number)) != ticket["subject"]
        for number, ticket in desk.tickets.items()
        if ticket["subject"].startswith("Version")
    )


def _bare(path: Path, times: int) -> float:
    """Inserts a second into an open SQLite file, each with a commit of its own."""
    table = sqlite3.connect(path, isolation_level=None)
    table.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE calls (id, ticket, at)")
    begun = time.perf_counter()
    for number in range(times):
        table.execute("INSERT INTO calls VALUES (?, ?, ?)", (f"call {number}", str(number), begun))
    table.close()
    return times / (time.perf_counter() - begun)


def figures(size: int) -> measuring.Sheet:
    sheet = measuring.Sheet("hooks")
    with measuring.place() as folder:
        home = Path(tempfile.mkdtemp(prefix="hooks-", dir=folder))
        found = measuring.child("hooks.py", "--part", "burst", "--home", str(home / "ws"), "--repeats", str(size))
    late, own = sorted(found["late"]), sorted(found["own"])
    rate = size / WINDOW_S
    sheet.add("hooks.calls", size, "calls")
    sheet.add("hooks.killed", found["killed"], "times")
    sheet.add("hooks.lost", found["lost"], "tickets", goal="<= 0")
    sheet.add("hooks.doubled", found["doubled"], "calls", goal="<= 0")
    sheet.add("hooks.turned_away", found["refused"], "calls")
    sheet.add("hooks.received_per_s", size / found["received"], "1/s", goal=f">= {rate:.4g}")
    sheet.add("hooks.total_s", found["total"], "s", goal=f"<= {WINDOW_S}")
    sheet.add("hooks.p99_ms", 1000 * late[len(late) * 99 // 100], "ms", goal="<= 300")
    peer = "bare insert, one commit each, one thread"
    each = sum(own) / len(own)
    sheet.add(
        "hooks.receive_ms", 1000 * each, "ms", peer=peer, peer_value=1000 / found["bare"], ratio=each * found["bare"]
    )
    sheet.spread["hooks.receive_s"] = measuring.Spread(tuple(own)).as_json()
    return sheet


if __name__ == "__main__":
    measuring.main(figures, 10_000, part)
