"""What desks put on the start page: a card each, made for whoever looks, in the order of their places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach

Make = Callable[[HttpRequest], "Mapping[str, Any] | None"]


@dataclass(frozen=True, slots=True)
class Card:
    """One card.

    Parameters
    ----------
    make
        Gives what the template needs, or None where there is nothing to show.
    """

    name: str
    place: int
    template: str
    make: Make
    needs: Right | None = None


_CARDS: dict[str, Card] = {}


def register(card: Card) -> None:
    """Add a card; a name is there once."""
    _CARDS[card.name] = card


def cards(actor: Actor) -> list[Card]:
    """The cards that an actor may see."""
    mine = [one for one in _CARDS.values() if one.needs is None or reach(actor, one.needs) is not Reach.NONE]
    return sorted(mine, key=lambda one: one.place)
