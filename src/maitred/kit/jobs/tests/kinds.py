"""Kinds of job that only tests have."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from maitred.kit.audit import deeds
from maitred.kit.jobs.registry import job
from maitred.kit.jobs.running import Run

_TICK_S = 0.02
_LONGEST_S = 60.0


@job("tests.mark", retries=2, backoff=0.01)
def mark(run: Run, name: str) -> None:
    """Leave one row in the audit log."""
    with run.deed("tests.mark"):
        deeds.note("mark", "mark", name)


@job("tests.wait", retries=2, backoff=0.01)
def wait(run: Run, name: str, folder: str) -> None:
    """Say that one is here, wait to be let go on without asking anything, then write."""
    (Path(folder) / f"began-{name}-{run.attempt}").touch()
    _until((Path(folder) / "go").exists)
    mark(run, name)


@job("tests.patient", retries=2, backoff=0.01)
def patient(run: Run, folder: str) -> None:
    """Work for long, asking whether to go on."""
    (Path(folder) / f"began-{run.attempt}").touch()
    for done in range(int(_LONGEST_S / _TICK_S)):
        run.check()
        run.progress(done, 0, "ticks")
        time.sleep(_TICK_S)


@job("tests.alone", retries=0)
def alone(run: Run, folder: str) -> None:
    """Begin once two workers are here; complain where another process does the same job now, or did it before."""
    (Path(folder) / f"worker-{os.getpid()}").touch()
    _until(lambda: len([*Path(folder).glob("worker-*")]) > 1)
    here = Path(folder) / f"here-{run.id}"
    os.close(os.open(here, os.O_CREAT | os.O_EXCL))
    time.sleep(0.005)
    with (Path(folder) / "done").open("a") as book:
        book.write(f"{run.id} {os.getpid()}\n")


@job("tests.fail", retries=2, backoff=60)
def fail(run: Run) -> None:
    """Fail with words that nobody may read."""
    raise ValueError("anna@example.org has no such ticket")


@job("tests.steps", retries=0)
def steps(run: Run, count: int) -> None:
    """Report every step."""
    for done in range(1, count + 1):
        run.progress(done, count, "steps")


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + _LONGEST_S
    while not holds() and time.monotonic() < end:
        time.sleep(_TICK_S)
