"""One line of the access matrix."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """An address, a kind of actor, a method and, where the address names an object, whose it is."""

    name: str
    kind: str
    method: str
    ownership: str
