"""Keeps the last few large answers of a publication at hand, for pages that list what is behind a figure."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from maitred.kit.reading.memory import Memory
from maitred.metrics.asking import Asker

T = TypeVar("T")
_KEPT = 12


def kept(ask: Asker, kind: str, key: Hashable, make: Callable[[], T]) -> T:
    """The answer for a key, made now or among the last twelve of its kind; an answer may take some megabytes."""
    if ask.memory is None:
        return make()
    memory: Memory = ask.remembered(("kept", kind), lambda: Memory(_KEPT))
    return memory.remembered(key, make)
