"""A reader that is killed anywhere: the next run goes on from the last durable page, and the warehouse is as if nothing
had been."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from maitred.connectors.doubling import Double
from maitred.connectors.salesforce.double import CLIENT, SECRET, Salesforce
from maitred.connectors.zendesk.double import EMAIL, TOKEN, Zendesk
from maitred.sync.tests.live import Reader, account_at

STEPS = (
    *("fetch", "land.write", "land.rename", "ledger.commit", "load.decode", "load.mark"),
    *("publish.write", "publish.flip"),
)
KILLED = 137
Made = Callable[[], tuple[Double, str, dict[str, str]]]


def zendesk() -> tuple[Double, str, dict[str, str]]:
    return Zendesk(tickets=40, page=15), "zendesk", {"email": EMAIL, "token": TOKEN}


def salesforce() -> tuple[Double, str, dict[str, str]]:
    return Salesforce(30), "salesforce", {"client_id": CLIENT, "client_secret": SECRET}


@contextmanager
def account(made: Made, home: Path) -> Iterator[tuple[Reader, str]]:
    double, vendor, credentials = made()
    with double:
        reader = Reader(home, account_at(double, vendor, credentials), double)
        words = json.dumps({"url": double.url, "vendor": vendor, "credentials": credentials})
        try:
            yield reader, words
        finally:
            reader.close()


def child(reader: Reader, words: str, fault: str = "") -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if name != "MAITRED_FAULT"}
    if fault:
        environment["MAITRED_FAULT"] = fault
    command = [sys.executable, "-m", "maitred.sync.tests.reading_child", str(reader.home), words]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)


def ended(process: subprocess.Popen[bytes]) -> int:
    _, err = process.communicate(timeout=120)
    assert process.returncode in (0, 1, KILLED, -signal.SIGKILL), err.decode()[-2000:]
    return process.returncode


def clean(reader: Reader, folder: Path) -> str:
    other = Reader(folder, reader.account, reader.double)
    assert other.sync().complete
    try:
        return other.digest()
    finally:
        other.close()


@pytest.mark.parametrize("label", ["ledger.commit", "publish.flip"])
def test_a_reader_that_ends_at_a_step_is_followed_by_one_that_goes_on(label: str, tmp_path: Path) -> None:
    with account(zendesk, tmp_path / "home") as (reader, words):
        assert ended(child(reader, words, f"{label}:3" if label == "ledger.commit" else f"{label}:1")) == KILLED
        assert reader.sync().complete
        assert reader.digest() == clean(reader, tmp_path / "clean")


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("label", STEPS)
@pytest.mark.parametrize("made", [zendesk, salesforce])
def test_a_reader_may_end_at_any_passing_of_any_step(made: Made, label: str, tmp_path: Path) -> None:
    """Each passing of a label ends one process; the next one meets the passing after it, until none is left."""
    with account(made, tmp_path / "home") as (reader, words):
        passing, step = 1, 1
        while ended(child(reader, words, f"{label}:{passing}")) == KILLED:
            step += 1 if step < 4 else 2  # what a process passes before its first page is the same each time
            passing = step
            assert passing < 400, "it never gets through"
        assert reader.sync().complete
        assert reader.digest() == clean(reader, tmp_path / "clean")


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("times", [20, 200])
def test_killed_at_random_moments_it_ends_as_one_clean_sync_and_fetches_no_page_twice_more(
    times: int, tmp_path: Path
) -> None:
    draw = random.Random(20261129)
    with account(zendesk, tmp_path / "home") as (reader, words):
        kills = 0
        for place in range(times):
            values = {"priority": ("urgent", "low")[place // 40 % 2]}
            reader.double.mutate({"op": "edit", "ticket": 1 + place % 40, "values": values, "note": "Noted"})
            reader.double.clock.advance(120)
            process = child(reader, words)
            time.sleep(0.3 + draw.random() * 2.2)
            process.kill()
            kills += ended(process) == -signal.SIGKILL
        assert kills >= times * 2 // 5
        assert reader.until_complete()[-1].complete
        assert reader.digest() == clean(reader, tmp_path / "clean")
        asked = reader.double.heard("/api/v2/incremental/tickets")
        places = [one.query["cursor"] for one in asked if "cursor" in one.query]
        assert max(places.count(one) for one in set(places)) <= kills + 2
