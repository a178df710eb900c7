"""What forms of this desk choose from: scorecards, reviewers, teams, tickets that somebody named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from maitred.base.errors import Invalid, MaitredError
from maitred.kit.access.actor import Actor
from maitred.kit.pages.fields import Option
from maitred.kit.reading import reading
from maitred.kit.verbs import run

_BETWEEN = re.compile(r"[\s,;]+")
_TEAMS = 200


def scorecards(actor: Actor, chosen: str = "") -> list[Option]:
    """The scorecards that can be used, by name."""
    found: Sequence[Any] = run("quality.scorecards", actor, {}).scorecards
    usable = [one for one in found if one.published and not one.retired]
    return [Option(str(one.id), f"{one.name} v{one.published}", chosen=str(one.id) == chosen) for one in usable]


def reviewers(actor: Actor, chosen: Sequence[str] = ()) -> list[Option]:
    """Who reviews, within reach, by name."""
    found: Sequence[Any] = run("quality.workload", actor, {}).reviewers
    return [Option(str(one.person), one.name, chosen=str(one.person) in chosen) for one in found]


def teams(actor: Actor, chosen: str = "") -> list[Option]:
    """The teams, with the whole of what one leads first."""
    found = run("people.list_teams", actor, {"limit": _TEAMS}).items
    everything = Option("", _("Everybody I lead"), chosen=not chosen)
    return [everything, *(Option(str(one.id), one.name, chosen=str(one.id) == chosen) for one in found)]


def sources() -> list[str]:
    """The names of the sources of what is published."""
    try:
        with reading() as found:
            return sorted(found.publication.sources)
    except MaitredError:
        return []


def tickets(text: str, field: str = "tickets") -> list[dict[str, str]]:
    """Tickets by their numbers; the source stands before a colon where there are several.

    Raises
    ------
    Invalid
        It cannot be told of which source a number is.
    """
    return list(_tickets(text, sources(), field))


def _tickets(text: str, known: Sequence[str], field: str) -> Iterator[dict[str, str]]:
    for word in (one for one in _BETWEEN.split(text.strip()) if one):
        source, colon, number = word.partition(":")
        if colon and number:
            yield {"source": source, "ticket": number.lstrip("#")}
        elif len(known) == 1:
            yield {"source": known[0], "ticket": word.lstrip("#")}
        else:
            message = _("%(ticket)s: write the source before it, such as %(example)s") % {
                "ticket": word, "example": f"{(known or ['zendesk'])[0]}:{word}",
            }  # fmt: skip
            raise Invalid(message, "", ({"field": field, "message": message, "code": "source"},))


def end_of(day: str, zone: ZoneInfo) -> str | None:
    """The end of a day in a zone, as verbs take an instant; ``None`` where none was given."""
    day = day.strip()
    if not day:
        return None
    try:
        found = datetime.combine(datetime.fromisoformat(day).date(), time(23, 59), zone)
    except ValueError:
        return day
    return found.isoformat()
