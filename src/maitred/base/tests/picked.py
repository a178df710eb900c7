"""Which cases of a large table run how often."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest


def one_in(every: int, cases: Iterable[Any], name: Callable[[Any], str] = str) -> list[Any]:
    """Cases of a slow test: the first of ``every`` so many is slow, the others are long as well."""
    slow, long = (pytest.mark.slow,), (pytest.mark.slow, pytest.mark.long)
    return [
        pytest.param(case, id=name(case), marks=long if place % every else slow) for place, case in enumerate(cases)
    ]


def often(*cases: str, long: tuple[str, ...]) -> list[Any]:
    """Cases of a slow test, and those of them that are long as well."""
    return [*cases, *(pytest.param(case, marks=pytest.mark.long) for case in long)]
