"""The navigation: each desk says where it stands, and the frame shows what the reader may open.

A desk registers its entries when its app starts (``AppConfig.ready``); a desk that is not installed is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach

GROUPS: tuple[tuple[str, str | Promise], ...] = (
    ("", ""),
    ("operate", _("Operate")),
    ("people", _("People")),
    ("customers", _("Customers")),
    ("improve", _("Improve")),
    ("report", _("Report")),
    ("foot", ""),
)
"""In the order in which they are shown; the first and the last have no heading."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the navigation.

    Parameters
    ----------
    page
        The ``data-page`` of the pages it leads to; the link of the current page is marked by it.
    needs
        Shown to whom has this right; None shows it to everybody signed in.
    filtered
        Whether the link carries the filters on.
    key
        The letter behind ``g`` on the keyboard.
    """

    group: str
    place: int
    page: str
    label: str | Promise
    url_name: str
    needs: Right | None = None
    filtered: bool = False
    key: str = ""

    @property
    def path(self) -> str:
        return reverse(self.url_name)


_ENTRIES: dict[str, Entry] = {}


def register(*entries: Entry) -> None:
    """Add links; an address is listed once."""
    _ENTRIES.update({one.url_name: one for one in entries})


def shown(actor: Actor) -> list[tuple[str | Promise, Sequence[Entry]]]:
    """The groups with the links that an actor may follow; empty groups are left out."""
    found: list[tuple[str | Promise, Sequence[Entry]]] = []
    for name, heading in GROUPS:
        mine = [one for one in _ENTRIES.values() if one.group == name and _open(actor, one)]
        if mine:
            found.append((heading, sorted(mine, key=lambda one: one.place)))
    return found


def _open(actor: Actor, entry: Entry) -> bool:
    return entry.needs is None or reach(actor, entry.needs) is not Reach.NONE
