"""What a process keeps in memory of all publications together, up to a share of the machine's memory."""

from __future__ import annotations

import os
from collections import OrderedDict
from threading import Lock
from typing import Protocol


class Weighed(Protocol):
    """Something that says how much room it takes."""

    @property
    def bytes(self) -> int:
        """Bytes of memory."""
        ...


class Shelf:
    """What this process keeps of all publications together, up to a number of bytes; the longest unused goes first."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._rows: OrderedDict[tuple[int, str], Weighed] = OrderedDict()
        self._lock = Lock()

    def taken(self, key: tuple[int, str]) -> Weighed | None:
        with self._lock:
            if key in self._rows:
                self._rows.move_to_end(key)
            return self._rows.get(key)

    def put(self, key: tuple[int, str], rows: Weighed) -> None:
        with self._lock:
            self._rows[key] = rows
            self._rows.move_to_end(key)
            total = sum(one.bytes for one in self._rows.values())
            while total > self.most and self._rows:
                total -= self._rows.popitem(last=False)[1].bytes

    def drop(self, keeper: int) -> None:
        with self._lock:
            for key in [key for key in self._rows if key[0] == keeper]:
                del self._rows[key]


def _share_of_memory() -> int:
    """An eighth of the machine's memory, one gibibyte at most."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        memory = 4 * 2**30
    return min(2**30, memory // 8)


SHELF = Shelf(_share_of_memory())
