"""What can be done with chosen rows of tickets besides marking them: each desk says what it offers, and to whom.

A desk registers when its app starts. A list posts the chosen rows, or the words of its figure, to the address of what
was pressed, as it does for labels and notes; the page of a ticket shows a link.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from maitred.kit.access.actor import Actor


@dataclass(frozen=True, slots=True)
class RowAction:
    """One thing to do.

    Attributes
    ----------
    url_name
        Takes the chosen rows by POST and shows what would happen; it changes nothing.
    offered
        Whether it is offered to an actor now; asked for every list.
    of_ticket
        The address for one ticket, by its source and id; empty where it is not offered for that ticket.
    """

    name: str
    label: str | Promise
    url_name: str
    offered: Callable[[Actor], bool]
    of_ticket: Callable[[Actor, str, str], str]


_ACTIONS: dict[str, RowAction] = {}


def register(action: RowAction) -> None:
    """Add what can be done; a name is there once."""
    _ACTIONS[action.name] = action


def offered(actor: Actor) -> list[tuple[str, str]]:
    """Labels and addresses of what an actor may do with chosen rows."""
    return [(str(one.label), reverse(one.url_name)) for one in _ACTIONS.values() if one.offered(actor)]


def of_ticket(actor: Actor, source: str, ticket: str) -> list[tuple[str, str]]:
    """Labels and addresses of what an actor may do with one ticket."""
    found = ((str(one.label), one.of_ticket(actor, source, ticket)) for one in _ACTIONS.values())
    return [(label, href) for label, href in found if href]
