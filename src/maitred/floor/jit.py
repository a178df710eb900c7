"""How the engine is compiled: parts that are only called by other parts, and doors whose machine code is kept on disk.

A door's cache looks at one file only; it therefore closes over a digest of all files of the engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

njit: Any = numba.njit
types: Any = numba.types

door: Any = njit(cache=True, nogil=True)

FILES = (
    "jit.py",
    "layout.py",
    "logbook.py",
    "memory.py",
    "streams.py",
    "queues.py",
    "writing.py",
    "routing.py",
    "handling.py",
    "ending.py",
    "asking.py",
    "presence.py",
    "engine.py",
)


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a part that allocates nothing, so that no array that it is handed needs counting of references.

    Whole numbers travel as int64: otherwise each mixture of widths, and each constant, makes another copy of the part
    and of all parts below it, and with them most of the compile time. That it is not inlined has to be said, since
    numba lets a part inherit the options of whatever first calls it.
    """
    return _part(function, _nrt=False, forceinline=False)


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a part into its callers: for what is small or has one caller, so that no arrays travel on the stack."""
    return _part(function, _nrt=False, forceinline=True)


def _part(function: Callable[..., Any], **options: Any) -> Any:
    part: Any = njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, **options)(function)
    template = part.get_call_template

    def widened(args: Any, kws: Any) -> Any:
        return template(tuple(_wide(arg) for arg in args), kws)

    part.get_call_template = widened
    return part


def _wide(kind: Any) -> Any:
    kind = types.unliteral(kind)
    return types.int64 if isinstance(kind, types.Integer) and kind.signed else kind


def sources_digest() -> int:
    """A positive number that changes with any source of the engine."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update((Path(__file__).parent / name).read_bytes())
    return int.from_bytes(digest.digest()[:7], "big") + 1
