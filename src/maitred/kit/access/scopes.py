"""What part of the warehouse an actor may see: what their figures are made of, and which tickets they may open.

Who reaches whom is known to a room above; it hands in how to ask (``set_scopes``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from maitred.kit.access.actor import Actor

if TYPE_CHECKING:
    from maitred.metrics.scope import Scope

Scoping: TypeAlias = "Callable[[Actor], Scope]"

_scopes: list[Scoping] = []


def set_scopes(figures: Scoping, tickets: Scoping) -> None:
    """Say how the two are found."""
    _scopes[:] = [figures, tickets]


def figures_scope(actor: Actor) -> Scope:
    """What an actor's figures may be made of."""
    return _scopes[0](actor)


def tickets_scope(actor: Actor) -> Scope:
    """Which tickets an actor may open."""
    return _scopes[1](actor)
