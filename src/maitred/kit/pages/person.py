"""What desks put on the page of a person, a team or a bot: a section each, made for whoever looks.

The page belongs to no desk alone: the roster shows it, quality, coaching and training add what they know. A desk
registers its sections when its app starts (``AppConfig.ready``); a desk that is not installed is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.functional import Promise

from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach

Kind = Literal["person", "team", "bot"]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose page it is.

    Parameters
    ----------
    kind, id, name
        ``person`` 17 is the person with that id; a bot is a person of its own kind; a team stands in the tree.
    own
        Whether the reader looks at their own page.
    publication, start, end, zone
        What the figures of the page are made of: the publication, first and last local day, and the zone's key. Zero
        and empty before anything was published.
    """

    kind: Kind
    id: int
    name: str
    own: bool = False
    publication: int = 0
    start: str = ""
    end: str = ""
    zone: str = "UTC"


Make = Callable[[HttpRequest, Subject], "Mapping[str, Any] | None"]


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the page.

    Parameters
    ----------
    name
        Also the anchor of the section; a name is there once.
    place
        Its place on the page: load 10, speed 20, targets 30, quality 40, satisfaction 50, skills 60, coaching 70,
        training 80, roster and leave 90.
    make
        Gives what the template needs, or None where there is nothing to show. The reader has reached the page already;
        what the section shows it gets from verbs, which ask for rights of their own.
    kinds
        On whose pages it stands.
    """

    name: str
    place: int
    title: str | Promise
    template: str
    make: Make
    needs: Right
    kinds: frozenset[Kind] = frozenset({"person"})


_SECTIONS: dict[str, Section] = {}


def register(*sections: Section) -> None:
    """Add sections."""
    _SECTIONS.update({one.name: one for one in sections})


def sections(actor: Actor, kind: Kind) -> list[Section]:
    """The sections of such a page that an actor may see, in the order of their places."""
    found = [one for one in _SECTIONS.values() if kind in one.kinds and reach(actor, one.needs) is not Reach.NONE]
    return sorted(found, key=lambda one: (one.place, one.name))
