"""The register of job kinds: which function does what is asked for, how often it is tried, and when it comes round.

An app declares its kinds in ``<app>/jobs.py``:

    @job("imports.read", retries=3)
    def read(run: Run, batch: str) -> None:
        for done, page in enumerate(pages(batch)):
            run.check()
            with run.deed("imports.land"):
                land(page)
            run.progress(done, total, "pages")

A job is done at least once: a worker may die after the work and before the mark. A handler must therefore be
idempotent: the same arguments a second time change nothing more. Arguments are ids and small plain values, never
personal data.
"""

from __future__ import annotations

import importlib
import importlib.util
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from django.apps import apps

F = TypeVar("F", bound=Callable[..., None])
LONGEST_PAUSE = 3600.0


@dataclass(frozen=True, slots=True)
class Round:
    """When a kind comes round by itself, until somebody sets its schedule otherwise."""

    expression: str
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of job.

    Parameters
    ----------
    retries
        How often it is tried again after a failure.
    backoff
        Seconds before the first retry; doubled for each further one, at most an hour, with jitter.
    """

    name: str
    function: Callable[..., None]
    retries: int
    backoff: float
    round: Round | None

    @property
    def attempts(self) -> int:
        return self.retries + 1

    def pause(self, attempts: int) -> float:
        """Seconds to wait after so many attempts: between half and all of the doubled pause, so that herds spread."""
        return random.uniform(0.5, 1.0) * min(LONGEST_PAUSE, self.backoff * 2.0 ** (attempts - 1))  # noqa: S311


_KINDS: dict[str, Kind] = {}


def job(name: str, *, retries: int = 3, backoff: float = 10.0, round: Round | None = None) -> Callable[[F], F]:
    """Register ``do(run: Run, **arguments) -> None`` as the work of a kind.

    Raises
    ------
    TypeError
        Another function has that name.
    """

    def register(function: F) -> F:
        there = _KINDS.get(name)
        if there is not None and there.function.__module__ != function.__module__:
            raise TypeError(f"there are two kinds of job {name}")
        _KINDS[name] = Kind(name, function, retries, backoff, round)
        return function

    return register


def kinds() -> Mapping[str, Kind]:
    """Every kind of the installation, by name."""
    _discover()
    return _KINDS


@cache
def _discover() -> None:
    importlib.import_module("maitred.kit.jobs.builtin")
    for app in apps.get_app_configs():
        if app.name.startswith("maitred.") and importlib.util.find_spec(f"{app.name}.jobs") is not None:
            importlib.import_module(f"{app.name}.jobs")
