"""What the house forgets by itself once a day: expired sessions, finished jobs, and whatever apps register here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings

from maitred.base import clock
from maitred.kit.jobs import queue
from maitred.kit.jobs.running import Run

Cleaner = Callable[[datetime], int]
KEEP_JOBS = timedelta(days=30)

_CLEANERS: dict[str, Cleaner] = {}


def cleaner(name: str) -> Callable[[Cleaner], Cleaner]:
    """Register ``clean(now) -> how many``; it must be harmless to run twice. Declare it in ``<app>/jobs.py``."""

    def register(function: Cleaner) -> Cleaner:
        _CLEANERS[name] = function
        return function

    return register


def clean(run: Run) -> None:
    """Run every cleaner; the job's progress names them."""
    for done, (name, function) in enumerate(sorted(_CLEANERS.items()), 1):
        run.check()
        function(clock.now())
        run.progress(done, len(_CLEANERS), name)


@cleaner("sessions")
def _sessions(_: datetime) -> int:
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return 0


@cleaner("jobs")
def _jobs(now: datetime) -> int:
    return queue.drop_finished(now - KEEP_JOBS)
