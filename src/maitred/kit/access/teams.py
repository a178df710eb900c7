"""The tree of teams as this room needs it: which teams stand above or below some, and which exist at all.

The tree belongs to a room above; it hands in how to ask it (``set_kin``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

Kin = Callable[[frozenset[int]], frozenset[int]]
"""From teams to themselves and their ancestors, or to themselves and their descendants."""

_kin: list[Kin] = []


def set_kin(above: Kin, below: Kin) -> None:
    """Say how the teams above and below some are found."""
    _kin[:] = [above, below]


def above(teams: frozenset[int]) -> frozenset[int]:
    """Teams and all their ancestors."""
    return _kin[0](teams)


def below(teams: frozenset[int]) -> frozenset[int]:
    """Teams and all their descendants."""
    return _kin[1](teams)


def known(teams: Iterable[int]) -> frozenset[int]:
    """Those of the ids that are teams."""
    asked = frozenset(teams)
    return asked & below(asked)
