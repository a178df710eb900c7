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
unliteral: Any = numba.types.unliteral

door: Any = njit(cache=True, nogil=True)

FILES = (
    "jit.py",
    "layout.py",
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

    The part is compiled once for each set of argument types: a constant argument would otherwise make a copy of it for
    each of its values, and with it most of the compile time.
    """
    return _part(function, _nrt=False)


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a part into its callers: for what is small or has one caller, so that no arrays travel on the stack."""
    return _part(function, _nrt=False, forceinline=True)


def _part(function: Callable[..., Any], **options: Any) -> Any:
    part: Any = njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, **options)(function)
    template = part.get_call_template

    def without_literals(args: Any, kws: Any) -> Any:
        return template(tuple(unliteral(arg) for arg in args), kws)

    part.get_call_template = without_literals
    return part


def sources_digest() -> int:
    """A positive number that changes with any source of the engine."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update((Path(__file__).parent / name).read_bytes())
    return int.from_bytes(digest.digest()[:7], "big") + 1
