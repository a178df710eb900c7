"""What the audit log costs: deeds a second, each with a commit of its own, beside bare inserts of like rows.

SQLite as the product opens it (write-ahead log, every commit flushed to the disk). Contenders take turns in one
process, so that a busy disk hits all of them alike.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import measuring

ROUNDS = 7


def part(given: argparse.Namespace) -> dict[str, Any]:
    """Deeds a second of each contender, round by round, in a workspace made for it."""
    import django

    os.environ.update(MAITRED_HOME=str(given.home), DJANGO_SETTINGS_MODULE="maitred.site.settings")
    os.environ.pop("MAITRED_DATABASE", None)
    os.environ.pop("MAITRED_KEYS", None)
    from maitred.kit.secrets.keyring import Keyring

    Keyring(given.home / "keys").create()
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    each = max(1, given.repeats // ROUNDS)
    contenders = {"bare": _bare(given.home), "append": _append(), "verb": _verb()}
    answer: dict[str, Any] = {name: [] for name in contenders}
    for do in contenders.values():
        _timed(do, max(1, each // 10))
    for _ in range(ROUNDS):
        for name, do in contenders.items():
            answer[name].append(_timed(do, each))
    return {**answer, **_verified(given.home)}


def _timed(do: Callable[[], object], times: int) -> tuple[float, float]:
    """Deeds a second, and the milliseconds that each one computes."""
    begun, computing = time.perf_counter(), time.process_time()
    for _ in range(times):
        do()
    return times / (time.perf_counter() - begun), (time.process_time() - computing) / times * 1000


def _append() -> Callable[[], object]:
    from django.db import transaction

    from maitred.kit.audit.log import append

    def do() -> None:
        with transaction.atomic():
            append(**ROW)

    return do


ROW: dict[str, Any] = {
    "actor": "account:7",
    "account": 7,
    "verb": "people.rename_team",
    "object_type": "team",
    "object_id": "3",
    "diff": [
        {"do": "change", "object": "team:3", "values": {"name": ["Billing", "Billing and Returns"], "version": 2}}
    ],
    "request_id": "0" * 32,
}


def _bare(home: Path) -> Callable[[], object]:
    """A table of its own file, the same columns and indexes, no chain, no trigger, no object mapper."""
    from maitred.kit.audit.log import COLUMNS

    table = sqlite3.connect(home / "bare.db", isolation_level=None)
    table.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        f"CREATE TABLE bare ({', '.join(COLUMNS)}, hash, PRIMARY KEY (seq));"
        "CREATE INDEX bare_verb ON bare (verb); CREATE INDEX bare_account ON bare (account);"
        "CREATE INDEX bare_object ON bare (object_type, object_id);"
    )
    statement = f"INSERT INTO bare VALUES ({', '.join('?' * (len(COLUMNS) + 1))})"
    like = {**dict.fromkeys(COLUMNS, ""), **ROW, "diff": str(ROW["diff"]), "at": "2026-01-01T00:00:00.000000+00:00"}
    like["prev"] = "0" * 64
    seq = iter(range(1, 10**9))

    def do() -> None:
        table.execute(statement, [next(seq), *(like[name] for name in COLUMNS[1:]), "f" * 64])

    return do


def _verb() -> Callable[[], object]:
    """A small verb through the one door: rights, validation, version, change, audit row, answer."""
    from maitred.kit.access.actor import operator
    from maitred.kit.verbs.running import run

    ana = operator("ana")
    team = run("people.add_team", ana, {"name": "Billing 0"}).id
    version = iter(range(1, 10**9))

    def do() -> None:
        number = next(version)
        run("people.rename_team", ana, {"team": team, "name": f"Billing {number}", "version": number})

    return do


def _verified(home: Path) -> dict[str, Any]:
    from maitred.kit.audit.heads import sign_head
    from maitred.kit.audit.models import AuditRow
    from maitred.kit.audit.verifying import verify_chain

    sign_head()
    begun = time.perf_counter()
    checks = verify_chain(home)
    seconds = time.perf_counter() - begun
    if not all(one.ok for one in checks):
        raise SystemExit(f"the log is not whole: {[one for one in checks if not one.ok]}")
    return {"verified": AuditRow._base_manager.count() / seconds}


def figures(size: int) -> measuring.Sheet:
    sheet = measuring.Sheet("audit")
    with measuring.place() as folder:
        home = folder / f"audit-{os.getpid()}"
        home.mkdir()
        found = measuring.child("audit.py", "--part", "deeds", "--home", str(home), "--repeats", str(size))
    bare, append, verb = (
        measuring.Spread(*(tuple(part) for part in zip(*found[name], strict=True)))
        for name in ("bare", "append", "verb")
    )
    sheet.add("audit.deeds", size, "rows")
    peer = "bare insert of the same row, one commit each"
    for name, spread, goal in (("appends", append, ">= 900"), ("verbs", verb, ">= 300")):
        ratio = spread.median / bare.median
        sheet.add(
            f"audit.{name}_per_s", spread.median, "1/s", goal=goal, peer=peer, peer_value=bare.median, ratio=ratio
        )
    for name, spread in (("append", append), ("verb", verb)):
        cpu, peers = statistics.median(spread.cpu), statistics.median(bare.cpu)
        sheet.add(f"audit.{name}_cpu_ms", cpu, "ms", peer=peer, peer_value=peers, ratio=cpu / peers)
    sheet.add("audit.verified_per_s", found["verified"], "rows/s")
    for name, spread in (("bare", bare), ("append", append), ("verb", verb)):
        sheet.spread[f"{name}_per_s"] = measuring.Spread(spread.values).as_json("1/s")
    return sheet


if __name__ == "__main__":
    measuring.main(figures, 3500, part)
