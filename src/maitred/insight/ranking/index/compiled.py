"""How the kernel is compiled: parts inlined into one door, whose machine code is kept on disk beside the package.

The cache's own check looks at one file only; the door therefore closes over a digest of all files of the kernel.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

njit: Any = numba.njit
door: Any = njit(cache=True, nogil=True)
FILES = ("compiled.py", "kernel.py", "filtering.py", "heaps.py", "../scoring/tables.py")


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a part into its callers."""
    return njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)(function)


def sources_digest() -> int:
    """A positive number that changes with any source of the kernel."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update((Path(__file__).parent / name).read_bytes())
    return int.from_bytes(digest.digest()[:7], "big") + 1
