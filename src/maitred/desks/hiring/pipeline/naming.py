"""Names and contacts of candidates: read from the vault for those who may, by whoever keeps the vault.

The keeper of profiles says how they are read (``use``); without a vault there is nobody to name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """How somebody is called and reached, and where the house has it from."""

    name: str
    email: str
    source: str = ""
    basis: str = ""


Reader = Callable[[Collection[int]], Mapping[int, Named]]
_READERS: list[Reader] = []


def use(reader: Reader) -> None:
    """Say how names are read; the last one said holds."""
    _READERS[:] = [reader]


def named(profiles: Collection[int]) -> Mapping[int, Named]:
    """Names by profile, of those that are still there. Whoever calls it has asked whether the reader may."""
    return _READERS[0](profiles) if _READERS and profiles else {}
