"""A turn of the worker at a helpdesk: one at a time, stopped when its time is up or when the worker is to end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection

from maitred.base.errors import MaitredError
from maitred.kit.jobs.running import Cancelled, GivenBack, Run

_LOOK_S = 1.0
_TELL_S = 0.5


class Turn:
    """One turn: ``stop`` is set when it is to end; what is told of its progress stands with its job.

    What ends the turn before its time (the job was cancelled, the worker is to stop, the job is another worker's) is
    raised again by ``turn`` once the work has stopped at a durable place.
    """

    def __init__(self, run: Run, seconds: float) -> None:
        self.stop = threading.Event()
        self.ended: BaseException | None = None
        self._run, self._until = run, time.monotonic() + seconds
        self._over = threading.Event()
        self._amounts: dict[str, int] = {}
        self._lock = threading.Lock()
        self._watch = threading.Thread(target=self._watching, name="helpdesk turn", daemon=True)

    def tell(self, what: str, amount: int) -> None:
        """Add to what was done; from any thread."""
        with self._lock:
            self._amounts[what] = self._amounts.get(what, 0) + amount

    def __enter__(self) -> Turn:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()

    def _watching(self) -> None:
        told = ""
        try:
            while not self._over.wait(_TELL_S):
                with suppress(DatabaseError):  # busy or away: the next look may come through
                    told = self._look(told)
        finally:
            connection.close()

    def _look(self, told: str) -> str:
        try:
            self._run.check()
            now = self._told()
            if now != told:
                self._run.progress(sum(self._amounts.values()), 0, now)
        except (Cancelled, GivenBack, MaitredError) as error:
            self.ended = self.ended or error
            self.stop.set()
            self._over.set()
            return told
        if time.monotonic() > self._until:
            self.stop.set()
        return now

    def _told(self) -> str:
        with self._lock:
            return ", ".join(f"{amount:,} {what}" for what, amount in self._amounts.items())[:80]


@contextmanager
def turn(run: Run, seconds: float) -> Iterator[Turn]:
    """Work for so long at most.

    Raises
    ------
    LeaseLost, Cancelled, GivenBack
        What ended it before its time, once the work has stopped.
    """
    with Turn(run, seconds) as mine:
        yield mine
    if mine.ended is not None:
        raise mine.ended
