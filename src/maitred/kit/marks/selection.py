"""Which tickets are meant, and which of those somebody may open: named one by one, or everything behind a figure.

A ticket out of reach and one that does not exist look the same.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeAlias

from maitred.base.errors import Invalid, NotFound
from maitred.kit.access import scopes
from maitred.kit.access.actor import Actor
from maitred.kit.reading import published

if TYPE_CHECKING:
    from maitred.metrics.asking import Asker

Ref: TypeAlias = "tuple[str, str]"
"""A source and the ticket's id in it."""

MOST = 10_000
"""Tickets that are marked at once."""
MOST_ROWS = 100_000
"""Rows behind a figure that are looked through for them."""


@dataclass(frozen=True, slots=True)
class Meant:
    """Tickets as somebody names them: ``SOURCE:ID`` one by one, or the words of a figure, for all behind it."""

    tickets: tuple[str, ...] = ()
    metric: str | None = None
    start: str | None = None
    end: str | None = None
    where: tuple[str, ...] = ()
    part: str | None = None
    zone: str = "UTC"
    publication: int | None = None

    def words(self) -> dict[str, Any]:
        """What was said, for the journal; of single tickets only how many."""
        if self.tickets:
            return {"tickets": len(self.tickets)}
        given = {
            "metric": self.metric,
            "start": self.start,
            "end": self.end,
            "where": [*self.where],
            "part": self.part,
            "zone": self.zone,
        }
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class Selection:
    """The tickets within reach, sorted, how many others were named, and the publication that was asked."""

    tickets: tuple[Ref, ...]
    out_of_reach: int
    publication: int


def selected(actor: Actor, meant: Meant) -> Selection:
    """Resolve what somebody names at the newest publication, or at a pinned one.

    Raises
    ------
    Invalid
        Nothing is named, or both ways at once, or more than can be marked at once.
    NotFound
        Nothing has been published.
    """
    if bool(meant.tickets) is bool(meant.metric):
        raise _misfit("tickets", "name some tickets, or the metric that they stand behind")
    with published(meant.publication) as ask:
        named = _listed(meant.tickets) if meant.tickets else _behind(ask, actor, meant)
        seen = _visible(ask, without_glass(actor), named)
        number = ask.publication.number
    if len(seen) > MOST:
        raise _misfit("metric", f"{len(seen)} tickets are meant, and {MOST} are the most at once; narrow it down")
    return Selection(tuple(sorted(seen)), len(named) - len(seen), number)


def reaches(actor: Actor, ticket: Ref) -> bool:
    """Whether an actor may open a ticket."""
    try:
        with published(None) as ask:
            return bool(_visible(ask, actor, frozenset({ticket})))
    except NotFound:
        return False


def without_glass(actor: Actor) -> Actor:
    """The actor without what was opened to them for a reason, which is there to be read only."""
    if actor.break_glass is None:
        return actor
    return Actor(**{one.name: getattr(actor, one.name) for one in fields(Actor)} | {"break_glass": None})


def _listed(tickets: tuple[str, ...]) -> frozenset[Ref]:
    found = set()
    for one in tickets:
        source_id, _, ticket_id = one.partition(":")
        if not source_id or not ticket_id:
            raise _misfit("tickets", f"{one!r} names no ticket; write SOURCE:ID")
        found.add((source_id, ticket_id))
    return frozenset(found)


def _behind(ask: Asker, actor: Actor, meant: Meant) -> frozenset[Ref]:
    """The tickets of the rows behind a figure, as the actor's page of it lists them."""
    scope = scopes.figures_scope(actor)
    filters = _filters(meant.where)
    rows = ask.tickets(
        meant.metric or "", meant.start, meant.end, (), filters, meant.zone, MOST_ROWS, part=meant.part, scope=scope
    )
    if rows.total > MOST_ROWS:
        raise _misfit("metric", f"{rows.total} rows stand behind it, and {MOST_ROWS} are the most; narrow it down")
    return frozenset(zip(rows.rows["source_id"].to_pylist(), rows.rows["ticket_id"].to_pylist(), strict=True))


def _filters(where: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in where:
        name, _, value = one.partition("=")
        found.setdefault(name, []).append(value)
    return found


def _visible(ask: Asker, actor: Actor, tickets: frozenset[Ref]) -> frozenset[Ref]:
    from maitred.metrics.explaining import visible_tickets

    return visible_tickets(ask.engine, scopes.tickets_scope(actor), tickets)


def _misfit(field: str, message: str) -> Invalid:
    return Invalid(message, "mend it", ({"field": field, "message": message, "code": "misfit"},))
