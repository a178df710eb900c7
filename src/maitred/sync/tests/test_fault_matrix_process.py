"""Faults of the process and its machine: killed, stopped, paused, out of disk, out of time, not alone, restored."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from maitred.base import clock, faults
from maitred.base.errors import MaitredError
from maitred.canon.tables import TABLES
from maitred.connectors.doubling import Fault
from maitred.sync.engine import Outcome
from maitred.sync.tests.live import DESKS, Reader, clean, resumed, same, sound, stirred
from maitred.sync.tests.test_fault_matrix_table import Entry, matrix
from maitred.sync.tests.test_sync_crashes import KILLED, STEPS
from maitred.sync.workspace import canonical_specs
from maitred.warehouse.store import Store

LIMITED = """
import resource, sys
from maitred.sync.tests.reading_child import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.exit(main(*sys.argv[2:]))
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@contextmanager
def stirring(vendor: str, home: Path, said: pytest.LogCaptureFixture) -> Iterator[tuple[Reader, list[Outcome]]]:
    """An account that was read once and has changed since; what follows must end as one clean sync, and soundly."""
    outcomes: list[Outcome] = []
    with resumed(vendor, home) as reader:
        stirred(vendor, reader.double)
        yield reader, outcomes
        assert outcomes[-1].complete, outcomes[-1].as_json()
        same(reader, clean(vendor, reader.double, home.parent / "clean"))
        sound(reader, outcomes, said.text)


def child(reader: Reader, limit: int | None = None, **environment: str) -> subprocess.Popen[bytes]:
    """A process of its own that syncs the account once; ``limit`` bytes are the most that a file of it may have."""
    desk = DESKS[reader.account.vendor]
    words = json.dumps({"url": reader.double.url, "vendor": desk.vendor, "credentials": dict(desk.credentials)})
    start = ["-m", "maitred.sync.tests.reading_child"] if limit is None else ["-c", LIMITED, str(limit)]
    known: Mapping[str, str] = {name: value for name, value in os.environ.items() if name != "MAITRED_FAULT"}
    command = [sys.executable, *start, str(reader.home), words]
    return subprocess.Popen(command, env={**known, **environment}, stderr=subprocess.PIPE)


def ended(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """The code with which a child ended, and what it said."""
    try:
        _, err = process.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    for secret in ("double-token", "double-key", "double-secret"):
        assert secret not in err.decode()
    return process.returncode, err.decode()


def until(holds: Callable[[], Any], seconds: float = 60) -> None:
    """Wait for something in another process."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


# ---------------------------------------------------------------- killed and stopped


@matrix(58)
def test_a_reader_may_end_at_each_step(fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture) -> None:
    with stirring(vendor, home, caplog) as (reader, outcomes):
        killed = []
        for label in STEPS:
            for passing in (1, 2, 5):
                code, _ = ended(child(reader, MAITRED_FAULT=f"{label}:{passing}"))
                killed += [label] if code == KILLED else []
                stirred(vendor, reader.double) if len(killed) < 3 else None
        assert set(killed) >= {"fetch", "land.write", "land.rename", "ledger.commit"}
        outcomes += reader.until_complete()


@matrix(67)
def test_a_loader_that_ends_between_the_table_and_the_ledger(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with stirring(vendor, home, caplog) as (reader, outcomes):
        before = reader.digest()
        assert ended(child(reader, MAITRED_FAULT="load.mark:1"))[0] == KILLED
        assert reader.digest() == before
        outcomes.append(reader.sync())


@matrix(59)
def test_a_reader_that_is_asked_to_end_leaves_its_place(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The command ends after the page under way; what has no such care ends at once, and neither loses anything."""
    with stirring(vendor, home, caplog) as (reader, outcomes):
        process = _held(reader)
        process.send_signal(signal.SIGTERM)
        assert ended(process)[0] == -signal.SIGTERM
        stop = threading.Event()
        outcomes.append(reader.sync(stop=stop, progress=lambda stream, records: stop.set()))
        assert not outcomes[0].complete
        outcomes.append(reader.sync())


def _held(reader: Reader, **environment: str) -> subprocess.Popen[bytes]:
    """A child that waits for tickets which do not come."""
    at = DESKS[reader.account.vendor].tickets
    before = len(reader.double.heard(at))
    reader.double.faults.append(Fault("stall", at, value=20))
    process = child(reader, None, **environment)
    until(lambda: len(reader.double.heard(at)) > before)
    reader.double.faults.clear()
    return process


@matrix(62)
def test_an_owner_that_stood_still_past_its_lease_writes_nothing_when_it_wakes(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with stirring(vendor, home, caplog) as (reader, outcomes):
        process = _held(reader, MAITRED_LEASE_EXPIRY="1")
        _stop_between_transactions(process, reader.home)
        time.sleep(1.5)
        outcomes.append(reader.sync(wait=20))
        stood = _cursors(reader)
        process.send_signal(signal.SIGCONT)
        code, said = ended(process)
        assert code == 1 and "took its place" in said
        assert _cursors(reader) == stood


def _stop_between_transactions(process: subprocess.Popen[bytes], home: Path) -> None:
    """Stop a process while it holds no lock of the database: whoever stands still with one keeps everybody waiting."""
    while True:
        process.send_signal(signal.SIGSTOP)
        db = sqlite3.connect(home / "maitred.db", isolation_level=None, timeout=0.2)
        try:
            db.execute("BEGIN IMMEDIATE")
            db.execute("ROLLBACK")
        except sqlite3.OperationalError:
            process.send_signal(signal.SIGCONT)
            time.sleep(0.05)
        else:
            return
        finally:
            db.close()


def _cursors(reader: Reader) -> list[tuple[Any, ...]]:
    db = sqlite3.connect(reader.home / "maitred.db")
    try:
        return db.execute("SELECT stream, cursor, version FROM sync_stream ORDER BY stream").fetchall()
    finally:
        db.close()


# ---------------------------------------------------------------- disk, database, other writers


@matrix(60)
def test_a_disk_that_is_full_at_any_write(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with stirring(vendor, home, caplog) as (reader, outcomes):
        before = reader.digest()
        failed = 0
        for limit in (0, 600, 4_096, 9_000, 33_000, 70_000, 200_000):
            code, _ = ended(child(reader, limit))
            failed += code != 0
            if code:
                assert reader.digest() == before
        assert failed >= 3
        outcomes += reader.until_complete()


@matrix(61)
def test_two_syncs_at_once_follow_each_other(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with stirring(vendor, home, caplog) as (reader, outcomes):

        def one() -> None:
            other = Reader(home, reader.account, reader.double)
            outcomes.append(other.sync(wait=60))
            other.close()

        both = [threading.Thread(target=one) for _ in range(2)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join(120)
        assert [outcome.complete for outcome in outcomes] == [True, True]
        assert len({outcome.run for outcome in outcomes}) == 2


@matrix(64)
def test_a_database_that_is_locked_for_a_while_is_waited_for(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with stirring(vendor, home, caplog) as (reader, outcomes):
        threads: list[threading.Thread] = []
        held = threading.Event()

        def lock() -> None:
            db = sqlite3.connect(home / "maitred.db", isolation_level=None, timeout=20)
            db.execute("BEGIN IMMEDIATE")
            held.set()
            time.sleep(1.2)
            db.execute("COMMIT")
            db.close()

        def progress(stream: str, records: int) -> None:
            if not threads:
                threads.append(threading.Thread(target=lock))
                threads[0].start()

        outcomes.append(reader.sync(progress=progress))
        threads[0].join()
        assert held.is_set()


@matrix(65)
def test_a_commit_of_somebody_else_in_between_is_told_and_undone(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stirring(vendor, home, caplog) as (reader, outcomes):
        before, left = reader.digest(), [True]
        original = faults.step

        def step(label: str) -> None:
            if label == "load.commit" and left:
                left.clear()
                Store(home / "warehouse", canonical_specs()).merge("tickets", _foreign(reader))
            original(label)

        with monkeypatch.context() as patched:
            patched.setattr(faults, "step", step)
            with pytest.raises((MaitredError, Exception)) as told:
                reader.sync()
        assert not left and "foreign" not in str(told.value)
        assert reader.digest() == before
        outcomes.append(reader.sync())
        assert "foreign" not in [one["external_id"] for one in reader.rows("tickets", ["external_id"])]


def _foreign(reader: Reader) -> pa.Table:
    """A ticket that no helpdesk has."""
    publication = reader.workspace.publication()
    assert publication is not None
    names = [one for one in TABLES["tickets"].schema.names if one != TABLES["tickets"].partition]
    row = reader.workspace.store.scan("tickets", publication.tables["tickets"], names).to_pylist()[0]
    month = row["created_at"].year * 100 + row["created_at"].month
    return pa.Table.from_pylist([{**row, "external_id": "foreign", "created_month": month}], TABLES["tickets"].schema)


# ---------------------------------------------------------------- time


@matrix(63)
def test_a_clock_that_jumps_costs_neither_records_nor_days(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forwards by two days and back by three, in the middle of a run that the helpdesk asked to wait."""
    with stirring(vendor, home, caplog) as (reader, outcomes):
        double, real = reader.double, clock.now
        shift, jumps = [0.0], [2 * 86_400.0, -86_400.0]

        def now() -> datetime:
            return real() + timedelta(seconds=shift[0])

        def progress(stream: str, records: int) -> None:
            if jumps:
                shift[0] = jumps.pop(0)

        reader.opening = {"now": lambda: double.clock.now().timestamp() + shift[0]}
        double.faults.append(Fault("status_429", DESKS[vendor].tickets, value="30"))
        begun = double.clock.now()
        with monkeypatch.context() as patched:
            patched.setattr(clock, "now", now)
            outcomes.append(reader.sync(progress=progress))
        assert jumps == [] and (double.clock.now() - begun).total_seconds() < 7_200
        assert len(double.violations) <= 1  # a clock that leaps over the pause cannot know of it
        double.violations.clear()
        reader.opening = {}
        outcomes.append(reader.sync())


@matrix(66)
def test_an_older_backup_that_is_restored_catches_up(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with stirring(vendor, home, caplog) as (reader, outcomes):
        shutil.copytree(home, home.parent / "backup")
        assert reader.sync().complete
        stirred(vendor, reader.double)
        assert reader.sync().complete
        reader.close()
        shutil.rmtree(home)
        shutil.copytree(home.parent / "backup", home)
        outcomes.append(reader.sync())
