"""Specifications that were worked out once: the same chart of the same publication is not composed twice.

Keys carry everything that decides what is shown: the name, the publication, the filters with the reader's reach, the
language and the theme. What is remembered is never changed by whoever gets it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

T = TypeVar("T")
MOST = 256


@dataclass(frozen=True, slots=True)
class Key:
    """What decides a chart.

    Parameters
    ----------
    reach
        Whose figures the reader may see, and the filters, as one text; two readers who see different rows differ here.
    """

    name: str
    publication: int
    reach: str
    theme: str = ""
    language: str = ""


_held: OrderedDict[Hashable, object] = OrderedDict()
_lock = Lock()


def remembered(key: Hashable, make: Callable[[], T]) -> T:
    """What was made for a key, or what is made now; the one that was not asked for longest is forgotten first."""
    with _lock:
        if key in _held:
            _held.move_to_end(key)
            return _held[key]  # type: ignore[return-value]
    made = make()
    with _lock:
        _held[key] = made
        _held.move_to_end(key)
        while len(_held) > MOST:
            _held.popitem(last=False)
    return made


def forget() -> None:
    """Begin with nothing remembered."""
    with _lock:
        _held.clear()
