"""How the texts are compiled: parts that only other parts call, and doors whose machine code is kept on disk.

Code on disk is found by the file of the door alone, so a door closes over a digest of all files it is made of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., Any])

_njit: Any = numba.njit
_unliteral: Any = numba.types.unliteral


def door(function: Function) -> Function:
    """Compiles what Python calls, and keeps the machine code on disk."""
    compiled: Function = _njit(cache=True, nogil=True)(function)
    return compiled


def allocating(function: Function) -> Function:
    """Compiles a part that makes arrays."""
    compiled: Function = _njit(nogil=True)(function)
    return compiled


def inner(function: Function) -> Function:
    """Compiles a part that allocates nothing, so that no array handed to it needs counting of references.

    It is compiled once for each set of argument types; a constant argument would else make a copy for each value.
    """
    part: Any = _njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False)(function)
    template = part.get_call_template

    def without_literals(args: Any, kws: Any) -> Any:
        return template(tuple(_unliteral(arg) for arg in args), kws)

    part.get_call_template = without_literals
    compiled: Function = part
    return compiled


def sources_digest() -> int:
    """A positive number that changes with any source of the compiled parts."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for path in (here.parent / "streams.py", *sorted(here.glob("*.py"))):
        digest.update(path.read_bytes())
    return int.from_bytes(digest.digest()[:7], "big") + 1
