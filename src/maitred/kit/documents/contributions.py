"""Sections that desks give to reports of the whole house, such as the brief: aggregates only, never a single person.

A desk registers its section when its app starts (``AppConfig.ready``); a desk that is not installed is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from maitred.base.errors import MaitredError
from maitred.kit.access.actor import Actor
from maitred.kit.documents.sections import Section

FEWEST_PEOPLE: Final = 5
"""People that stand behind every number of such a section, whoever reads it: reports are forwarded."""


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom, at which publication, and up to which local day (included) a section is made."""

    actor: Actor
    publication: int
    last: date
    zone: str


Make = Callable[[Asked], "Section | None"]
_SECTIONS: dict[str, tuple[int, Make]] = {}


def register(name: str, place: int, make: Make) -> None:
    """Add a section; a name is there once. ``make`` gives None where there is nothing that may be told."""
    _SECTIONS[name] = (place, make)


def sections(asked: Asked) -> list[Section]:
    """What desks have to say, in the order of their places; what this reader may not have is left out."""
    found = []
    for _place, make in sorted(_SECTIONS.values(), key=lambda one: one[0]):
        try:
            made = make(asked)
        except MaitredError:
            continue
        if made is not None:
            found.append(made)
    return found
