"""The worker: does what is due, one job at a time, sends the outbox beside it, and leaves nothing half-owned behind.

Any number of workers may run. On SIGTERM or SIGINT a worker lets its job reach the next check, gives it back and ends;
a worker that finds its job in other hands ends with 1, since it does not know what else it missed.
"""

from __future__ import annotations

import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection

from maitred.base import clock, faults
from maitred.base.errors import LeaseLost, MaitredError
from maitred.kit.jobs import leases, queue, schedules
from maitred.kit.jobs.models import Job
from maitred.kit.jobs.registry import Kind, kinds
from maitred.kit.jobs.running import Cancelled, GivenBack, Run, fenced

POLL_S = 1.0
_FAILURES = 30
"""Turns in a row that may fail on the database before the worker gives up."""
_LONGEST_WAIT_S = 30.0


def work(once: bool = False, stop: threading.Event | None = None) -> int:
    """Do what is due until told to stop.

    Parameters
    ----------
    once
        End when nothing is due any more, instead of waiting for more.
    stop
        Ends the worker when set, as SIGTERM and SIGINT do (the signals only where this is the main thread).

    Returns
    -------
    int
        The exit code: 0, or 1 when a job was found in another worker's hands; then nothing was written for it.
    """
    ending = stop or threading.Event()
    with _signals(ending):
        try:
            _Worker(ending).run(once)
        except LeaseLost as error:
            print(f"{error.what}: {error.remedy}", file=sys.stderr)
            return 1
    return 0


class _Worker:
    """One process that works: its name as a holder, and whether it is to stop."""

    def __init__(self, stop: threading.Event) -> None:
        self.stop = stop
        self.name = leases.myself()
        self.broken: Exception | None = None

    def run(self, once: bool) -> None:
        self._patiently(schedules.ensure_rounds, once)
        if once:
            while not self.stop.is_set() and self._turn() + self._send():
                pass
            return
        sender = threading.Thread(target=self._sending, name="outbox")
        sender.start()
        try:
            while not self.stop.is_set():
                if not self._patiently(self._turn, once):
                    self.stop.wait(POLL_S)
        finally:
            self.stop.set()
            sender.join()
        if self.broken is not None:
            raise self.broken

    def _turn(self) -> int:
        """Everything that is due for one look at the clock, and one job; returns how much that was."""
        done = schedules.fire_due() + queue.reclaim(self.name)
        job = queue.claim(self.name)
        if job is not None:
            faults.step("jobs.claimed")
            self._do(job)
        return done + (job is not None)

    def _do(self, job: Job) -> None:
        screen.begun(job)
        run = Run(job, self.stop, screen.progress)
        with leases.Heartbeat(queue.held_of(job)):
            outcome = _attempted(run, job, kinds().get(job.kind))
            faults.step("jobs.done")
            self._patiently(lambda: queue.settle(job, **outcome), once=False)
        screen.ended(job, outcome["state"])

    def _send(self) -> int:
        from maitred.kit.outbox import sending

        return sending.drain(self.name, self.stop)

    def _sending(self) -> None:
        """The outbox has a thread and a connection of its own: a long job does not hold letters up."""
        try:
            while not self.stop.is_set():
                if not self._patiently(self._send, once=False):
                    self.stop.wait(POLL_S)
        except Exception as error:  # noqa: BLE001  (raised again where the worker's caller can see it)
            self.broken = error
        finally:
            self.stop.set()
            connection.close()

    def _patiently(self, do: Callable[[], Any], once: bool) -> Any:
        """Bear a database that is busy or away for a while."""
        for failures in range(1, _FAILURES + 1):
            try:
                return do()
            except (OperationalError, InterfaceError):
                if once or failures == _FAILURES:
                    raise
                connection.close()
                if self.stop.wait(min(_LONGEST_WAIT_S, float(failures))):
                    return None
        raise AssertionError("unreachable")


def _attempted(run: Run, job: Job, kind: Kind | None) -> dict[str, Any]:
    """Run the handler; what is to be written of it."""
    if kind is None:
        return {"state": Job.FAILED, "error": f"no desk of this installation does {job.kind}"}
    try:
        with fenced(run):
            faults.step("jobs.run")
            kind.function(run, **job.arguments)
    except GivenBack:
        return {"state": Job.QUEUED, "run_at": clock.now(), "attempts": job.attempts - 1}
    except Cancelled:
        return {"state": Job.CANCELLED}
    except LeaseLost:
        raise
    except Exception as error:  # noqa: BLE001  (whatever a handler raises is the job's failure, kept in its row)
        return _failed(job, kind, error)
    return {"state": Job.DONE}


def _failed(job: Job, kind: Kind, error: Exception) -> dict[str, Any]:
    why = reason(error)
    if job.attempts >= job.max_attempts:
        return {"state": Job.FAILED, "error": f"given up after {job.attempts} attempts: {why}"}
    pause = timedelta(seconds=kind.pause(job.attempts))
    return {"state": Job.QUEUED, "error": why, "run_at": clock.now() + pause}


def reason(error: Exception) -> str:
    """What failed and where, without the message: messages quote values, and values can be personal."""
    name = error.kind if isinstance(error, MaitredError) else type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    ours = [one for one in frames if "maitred" in one.filename] or frames
    file = ours[-1].filename.replace("\\", "/").rpartition("/maitred/")[2].rpartition("site-packages/")[2]
    return f"{name} at {file}:{ours[-1].lineno}"


@contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
    """Let SIGTERM and SIGINT end the work in order; a second one ends it as it always does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}

    def ask(number: int, _: object) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    for one in before:
        signal.signal(one, ask)
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


class _Screen:
    """What a person who started the worker in a terminal sees; nothing where nobody looks."""

    def begun(self, job: Job) -> None:
        self._say(f"job {job.pk} {job.kind}: attempt {job.attempts} of {job.max_attempts}")

    def progress(self, job: Job, done: int, total: int, what: str) -> None:
        of = f" of {total}" if total else ""
        self._say(f"job {job.pk} {job.kind}: {done}{of} {what}", "\r")

    def ended(self, job: Job, state: str) -> None:
        self._say(f"job {job.pk} {job.kind}: {state}")

    def _say(self, line: str, end: str = "\n") -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\x1b[2K{line}{end}")
            sys.stderr.flush()


screen = _Screen()
