"""The only way to marks: those of tickets that one may open, one's own to change, one's own journals to take back."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from django.db.models import QuerySet

from maitred.base.errors import NotFound
from maitred.kit.access import belonging
from maitred.kit.access.actor import Actor
from maitred.kit.marks.models import Journal, Mark
from maitred.kit.marks.selection import Ref, reaches, without_glass

_AT_ONCE = 500


def marks_of(actor: Actor, source: str, ticket: str) -> QuerySet[Mark]:
    """The marks of a ticket that the actor may open, in the order in which they were put there.

    Raises
    ------
    NotFound
        There is no such ticket, or none for this actor.
    """
    if not reaches(actor, (source, ticket)):
        raise NotFound(f"there is no ticket {ticket} that you may see", "check the number, or ask who may see it")
    return Mark._base_manager.filter(source_id=source, ticket_id=ticket).order_by("pk")


def marks_on(tickets: Iterable[Ref], kind: str = "label") -> dict[Ref, tuple[str, ...]]:
    """What stands on tickets that one has reached already, for a list of them."""
    found: dict[Ref, list[str]] = {}
    for some in _by_source(tickets):
        rows = some.filter(kind=kind).order_by("text")
        for source_id, ticket_id, text in rows.values_list("source_id", "ticket_id", "text"):
            found.setdefault((source_id, ticket_id), []).append(text)
    return {ticket: tuple(texts) for ticket, texts in found.items()}


def having(tickets: Iterable[Ref], kind: str, text: str) -> frozenset[Ref]:
    """Those of the tickets that have this very mark already."""
    found: set[Ref] = set()
    for some in _by_source(tickets):
        found |= set(some.filter(kind=kind, text=text).values_list("source_id", "ticket_id"))
    return frozenset(found)


def access_own_mark(actor: Actor, mark: int) -> Mark:
    """One mark that the actor wrote."""
    return belonging.one(_own(actor), mark, "mark")


def access_removable_mark(actor: Actor, mark: int) -> Mark:
    """One mark that the actor may take off: their own, or a label of a ticket that they may open."""
    row = Mark._base_manager.filter(pk=mark, kind="label").first()
    if row is not None and reaches(without_glass(actor), (row.source_id, row.ticket_id)):
        return row
    return access_own_mark(actor, mark)


def access_own_journal(actor: Actor, journal: int) -> Journal:
    """One journal of the actor's own."""
    rows = Journal._base_manager.all()
    return belonging.one(rows if actor.operator else rows.filter(owner=actor.account or 0), journal, "mark-journal")


def _own(actor: Actor) -> QuerySet[Mark]:
    rows = Mark._base_manager.all()
    return rows if actor.operator else rows.filter(author=actor.account or 0)


def _by_source(tickets: Iterable[Ref]) -> Iterable[QuerySet[Mark]]:
    for source_id, pairs in groupby(sorted(set(tickets)), key=lambda ticket: ticket[0]):
        ids = [ticket_id for _, ticket_id in pairs]
        for start in range(0, len(ids), _AT_ONCE):
            yield Mark._base_manager.filter(source_id=source_id, ticket_id__in=ids[start : start + _AT_ONCE])
