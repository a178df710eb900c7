"""One job being done: what its handler gets in its hand, and the fence that keeps a late worker from writing.

While a handler runs, every statement that writes on its connection first asks whether the job is still this worker's;
inside a transaction PostgreSQL keeps the answer true until the commit, and SQLite lets one writer in at a time anyway.
So a worker that was stopped past its lease wakes up, meets the fence at its first write, and has changed nothing.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.db import connection

from maitred.kit.access.actor import Actor, Kind
from maitred.kit.audit.deeds import Deed, deed
from maitred.kit.jobs import queue
from maitred.kit.jobs.models import Job

Report = Callable[[Job, int, int, str], None]

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "TRUNCATE", "COPY", "CREATE", "DROP", "ALTER")
_EVERY_S = 0.5
"""How often progress is written at most."""


class GivenBack(BaseException):
    """The worker is to stop; the job goes back to the queue. Not an ``Exception``, so that handlers let it pass."""


class Cancelled(BaseException):
    """Somebody cancelled the job while it ran."""


class Run:
    """What a handler sees of its job.

    The fence stands around the handler's own thread and database connection. What it starts besides (threads, files,
    the warehouse) must be harmless when two workers do it, or have a lease of its own.

    Attributes
    ----------
    id, attempt
        The job's id and which attempt this is, from 1. A key made of the id makes an outer call idempotent.
    actor
        The worker, on behalf of the one who asked.
    """

    def __init__(self, job: Job, stop: threading.Event, report: Report) -> None:
        self.id, self.attempt = job.pk, job.attempts
        self.actor = worker_actor(job.actor, job.account)
        self._job, self._stop, self._report = job, stop, report
        self._written = 0.0

    def progress(self, done: int, total: int, what: str = "") -> None:
        """Say how far the job is (``total`` 0: not known). Call it between transactions.

        Raises
        ------
        LeaseLost
            The job is another worker's by now.
        """
        self._report(self._job, done, total, what)
        if done == total or time.monotonic() - self._written >= _EVERY_S:
            queue.progress(self._job, done, total, what)
            self._written = time.monotonic()

    def check(self) -> None:
        """Ask whether to go on; call it where the work can be left and begun again.

        Raises
        ------
        LeaseLost
            The job is another worker's by now.
        Cancelled, GivenBack
            It was cancelled, or the worker is asked to stop. The worker catches them; let them pass.
        """
        if self.fence():
            raise Cancelled
        if self._stop.is_set():
            raise GivenBack

    def deed(self, verb: str, reason: str = "") -> AbstractContextManager[Deed]:
        """A deed of the worker on behalf of the asker."""
        return deed(self.actor, verb, reason)

    def fence(self) -> bool:
        """Refuse to go on with a job that is another worker's; returns whether somebody asked to cancel it.

        Raises
        ------
        LeaseLost
            It is.
        """
        keep = " FOR SHARE" if connection.vendor == "postgresql" and connection.in_atomic_block else ""
        with connection.cursor() as cursor:
            cursor.execute("SELECT lease_token, cancel_asked FROM jobs_job WHERE id = %s" + keep, [self.id])
            row = cursor.fetchone()
        if row is None or row[0] != self._job.lease_token:
            raise queue.lost(self._job)
        return bool(row[1])


@contextmanager
def fenced(run: Run) -> Iterator[None]:
    """Let nothing be written on this thread's connection unless the job is still this worker's."""

    def guard(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.lstrip()[:8].upper().startswith(_WRITES):
            run.fence()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        yield


def worker_actor(on_behalf_of: str = "", account: int | None = None) -> Actor:
    """The worker as one who acts; ``account`` is the asker's, so that the deed stands among theirs."""
    name = f"worker:{socket.gethostname()[:80]}-{os.getpid()}"
    return Actor(Kind.WORKER, name, account=account, on_behalf_of=on_behalf_of)
