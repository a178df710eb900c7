"""A server and a worker that are killed at any moment lose nothing that was acknowledged and do nothing by halves."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from maitred.kit.access.actor import Role
from maitred.people.making import make_person
from maitred.people.models import Account
from maitred.people.tests.signing import a_token, an_account
from tests.house import House, operating_on

KILLS = int(os.environ.get("MAITRED_KILLS", "12"))
TOKENS = 60
"""A token may ask 60 times a minute; the writers take turns with many."""
PROMISE = {"to_kind": "customer", "to_whom": "Northwind", "due": "2100-01-10T16:00:00Z"}


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_server_and_worker_are_killed(tmp_path: Path) -> None:
    house = House(tmp_path / "workspace")
    assert house.run("init").code == 0
    tokens = _tokens(house)
    kept: list[tuple[int, str]] = []
    rolls = random.Random(7)
    for number in range(KILLS):
        _round(house.home, tokens, kept, rolls, number)
    assert len(kept) >= KILLS
    with closing(sqlite3.connect(house.home / "operations.db")) as database:
        there = dict(database.execute("SELECT id, what FROM commitments_commitment"))
        rows = database.execute("SELECT count(*) FROM audit_row WHERE verb = 'commitments.promise'").fetchone()[0]
    assert [one for one in kept if there.get(one[0]) != one[1]] == []
    assert rows == len(there)
    assert house.ask("verify")["ok"]


def _tokens(house: House) -> list[str]:
    with operating_on(house.home):
        from maitred.kit.access.actor import operator
        from maitred.kit.audit.deeds import change, deed
        from maitred.surfaces.cli.accounts import top

        account = an_account("ana", Role.AGENT)
        with deed(operator("tests"), "tests.person"):
            person = make_person("Ana", top())
            change(Account._base_manager.get(pk=account.pk), None, person=person)
        return [a_token(account, "write:commitments") for _ in range(TOKENS)]


def _round(home: Path, tokens: list[str], kept: list[tuple[int, str]], rolls: random.Random, number: int) -> None:
    """Serve, write, kill."""
    before = len(kept)
    server, url = _served(home)
    worker = _started(home, "worker")
    stop = threading.Event()
    writers = [threading.Thread(target=_write, args=(url, tokens, kept, stop, f"{number}.{n}")) for n in range(2)]
    for one in writers:
        one.start()
    limit = time.monotonic() + 30
    while len(kept) == before and time.monotonic() < limit:
        time.sleep(0.01)
    time.sleep(rolls.uniform(0.0, 0.7))
    for process in (server, worker):
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    stop.set()
    for one in writers:
        one.join()


def _write(url: str, tokens: list[str], kept: list[tuple[int, str]], stop: threading.Event, name: str) -> None:
    count = 0
    with httpx.Client(base_url=url, timeout=5) as client:
        while not stop.is_set():
            count += 1
            what = f"promise {name}.{count}"
            headers = {"Authorization": f"Bearer {random.choice(tokens)}"}
            try:
                answer = client.post("/api/v1/commitments/promise", json={**PROMISE, "what": what}, headers=headers)
            except httpx.HTTPError:
                continue
            if answer.status_code == 200:
                kept.append((answer.json()["id"], what))


def _served(home: Path) -> tuple[subprocess.Popen[str], str]:
    server = _started(home, "serve", "--port", "0")
    assert server.stdout is not None
    line = server.stdout.readline()
    assert line.startswith("listening on http://"), line
    return server, line.removeprefix("listening on ").strip()


def _started(home: Path, *words: str) -> subprocess.Popen[str]:
    environment: dict[str, Any] = {**os.environ, "MAITRED_HOME": str(home)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.Popen(
        [sys.executable, "-m", "maitred", *words],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    )  # fmt: skip
