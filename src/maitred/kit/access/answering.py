"""What is looked up once for one answer: a page asks many verbs, and each of them what its reader reaches.

Only within ``one_answer``, which a surface opens around a request that changes nothing; elsewhere every look is new.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

T = TypeVar("T")

_KNOWN: ContextVar[dict[Hashable, Any] | None] = ContextVar("_KNOWN", default=None)


@contextmanager
def one_answer() -> Iterator[None]:
    """What is looked up within the block is looked up once."""
    before = _KNOWN.set({})
    try:
        yield
    finally:
        _KNOWN.reset(before)


def looked_up(key: Hashable, look: Callable[[], T]) -> T:
    """What was found for a key within this answer, else what is found now."""
    known = _KNOWN.get()
    if known is None:
        return look()
    if key not in known:
        known[key] = look()
    return cast("T", known[key])
