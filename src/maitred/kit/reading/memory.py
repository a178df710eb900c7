"""Answers of one publication, each computed once: a bounded memory; two askers of the same thing wait for one."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Event, Lock
from typing import Any, TypeVar

T = TypeVar("T")

MOST = 20_000
"""Answers kept; the longest unused goes first. A table of figures takes a few kilobytes."""


class Memory:
    """Remembers what was made for a key. Failures are not remembered."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._found: OrderedDict[Hashable, Any] = OrderedDict()
        self._making: dict[Hashable, Event] = {}
        self._lock = Lock()

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer for a key, made now or before.

        Whoever asks while another thread makes it waits for that; if it fails there, the next in line tries.
        """
        while True:
            with self._lock:
                if key in self._found:
                    self._found.move_to_end(key)
                    found: T = self._found[key]
                    return found
                busy = self._making.get(key)
                if busy is None:
                    done = self._making[key] = Event()
                    break
            busy.wait()
        try:
            made = make()
            with self._lock:
                self._found[key] = made
                while len(self._found) > self._most:
                    self._found.popitem(last=False)
            return made
        finally:
            with self._lock:
                del self._making[key]
            done.set()
