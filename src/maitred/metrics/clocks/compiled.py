"""How the kernel is compiled: parts that are only called by other parts, and doors whose machine code is kept on disk.

Compilation takes several seconds, so a door's code is cached beside the package. The cache's own check looks at one
file only; a door therefore closes over a digest of all files of the kernel, which is part of the cache's key.
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

FILES = ("business.py", "codes.py", "kernel.py", "targets.py", "walk.py", "compiled.py")


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a part that allocates nothing, so that no array that it is handed needs counting of references.

    The part is compiled once for each set of argument types: a constant argument would otherwise make a copy of it for
    each of its values, and with it most of the compile time.
    """
    return _part(function, _nrt=False)


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a part into its callers: for what is small or has one caller, so that no arrays travel on the stack."""
    return _part(function, _nrt=False, forceinline=True)


def allocating(function: Callable[..., Any]) -> Any:
    """Compile a part that makes arrays of its own."""
    return _part(function)


def _part(function: Callable[..., Any], **options: Any) -> Any:
    part: Any = njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, **options)(function)
    template = part.get_call_template

    def without_literals(args: Any, kws: Any) -> Any:
        return template(tuple(unliteral(arg) for arg in args), kws)

    part.get_call_template = without_literals
    return part


def sources_digest() -> int:
    """A positive number that changes with any source of the kernel."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update((Path(__file__).parent / name).read_bytes())
    return int.from_bytes(digest.digest()[:7], "big") + 1
