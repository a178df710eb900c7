"""Labels and notes on tickets: look at what would happen, do it for all of them at once, take it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from maitred.base import clock
from maitred.base.errors import Conflict, Invalid, NotFound
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.marks import bulk
from maitred.kit.marks.access import (
    access_own_journal,
    access_own_mark,
    access_removable_mark,
    having,
    marks_of,
)
from maitred.kit.marks.models import LONGEST, Journal, Mark
from maitred.kit.marks.selection import Meant, Ref, Selection, selected
from maitred.kit.verbs import Names, Version, action, question
from maitred.kit.verbs.words import LARGEST

UNDO_FOR = timedelta(minutes=10)
LONGEST_LABEL = 60
MOST_LISTED = 200
JournalId = Annotated[int, Names("mark-journal"), Field(ge=1, le=LARGEST)]
MarkId = Annotated[int, Names("mark"), Field(ge=1, le=LARGEST)]
Kind = Literal["label", "note"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
_ONE = BeforeValidator(lambda given: [given] if isinstance(given, str) else given)
"""One word where several may be given."""
Tickets = Annotated[
    tuple[Annotated[str, StringConstraints(pattern=r"^[^:]+:.+$", max_length=130)], ...],
    Field(max_length=MOST_LISTED),
    _ONE,
]
Filters = Annotated[
    tuple[Annotated[str, StringConstraints(pattern=r"^\w+=.+$", max_length=200)], ...], Field(max_length=20), _ONE
]
Zone = Annotated[str, StringConstraints(max_length=64)]
Publication = Annotated[int, Field(ge=1, le=LARGEST)]
Expected = Annotated[int, Field(ge=0, le=LARGEST)]


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen: tickets that would get the mark, that have it, that one may not open or that do not exist.

    ``publication`` is the one that was asked; hand it to ``marks.apply`` with ``would`` as ``expected``.
    """

    would: int
    have: int
    out_of_reach: int
    publication: int


@dataclass(frozen=True, slots=True)
class Applied:
    """What happened, under the number of its journal, and until when it can be taken back."""

    journal: int
    added: int
    have: int
    out_of_reach: int
    undo_until: datetime


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back.

    ``left`` marks say something else by now and stay; ``tickets`` names the first of them. ``gone`` had been taken off
    already.
    """

    journal: int
    removed: int
    gone: int
    left: int
    tickets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MarkShown:
    """A label or a note on a ticket; ``author`` is the account that put it there."""

    id: int
    source: str
    ticket: str
    kind: str
    text: str
    author: int | None
    mine: bool
    created: datetime
    journal: int
    version: int


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a ticket, the oldest first."""

    marks: tuple[MarkShown, ...]


@question(needs=Right.MARKS_WRITE, example={"kind": "label", "text": "export fails", "metric": "frt.business_all"})
def preview(
    actor: Actor,
    kind: Kind,
    text: Text,
    tickets: Tickets = (),
    metric: Word | None = None,
    start: Day | None = None,
    end: Day | None = None,
    where: Filters = (),
    part: Word | None = None,
    zone: Zone = "UTC",
    publication: Publication | None = None,
) -> Preview:
    """Say what a label or a note on many tickets would change; nothing is written.

    Parameters
    ----------
    kind, text
        A label of at most 60 characters, or a note.
    tickets
        ``SOURCE:ID`` of at most 200 tickets; or else a metric:
    metric, start, end, where, part, zone, publication
        All tickets behind a figure, at most 10,000, in the words of its list of tickets.
    """
    meant = Meant(tickets, metric, start, end, where, part, zone, publication)
    found, have = _weighed(actor, meant, kind, _said(kind, text))
    return Preview(len(found.tickets) - len(have), len(have), found.out_of_reach, found.publication)


@action(needs=Right.MARKS_WRITE, example={"kind": "label", "text": "export fails", "tickets": ["demo:10042"]})
def apply(
    actor: Actor,
    kind: Kind,
    text: Text,
    tickets: Tickets = (),
    metric: Word | None = None,
    start: Day | None = None,
    end: Day | None = None,
    where: Filters = (),
    part: Word | None = None,
    zone: Zone = "UTC",
    publication: Publication | None = None,
    expected: Expected | None = None,
) -> Applied:
    """Put a label or a note on tickets; those that have it already stay as they are. It can be undone for ten minutes.

    Parameters
    ----------
    kind, text
        A label of at most 60 characters, or a note. It lives here; the helpdesk is not changed.
    tickets
        ``SOURCE:ID`` of at most 200 tickets; or else a metric:
    metric, start, end, where, part, zone, publication
        All tickets behind a figure, at most 10,000, in the words of its list of tickets.
    expected
        How many the preview said would change; where it is another number by now, nothing is done.
    """
    meant, said = Meant(tickets, metric, start, end, where, part, zone, publication), _said(kind, text)
    found, have = _weighed(actor, meant, kind, said)
    unmarked = [ticket for ticket in found.tickets if ticket not in have]
    _refuse_surprises(found, unmarked, expected)
    journal = deeds.create(
        Journal,
        owner_id=actor.account,
        kind=kind,
        text=said,
        selection=meant.words(),
        publication=found.publication,
        added=len(unmarked),
    )
    bulk.put(journal, unmarked)
    until = journal.created_at + UNDO_FOR
    return Applied(journal.pk, len(unmarked), len(have), found.out_of_reach, until)


@action(needs=Right.MARKS_WRITE, example={"journal": 1})
def undo(actor: Actor, journal: JournalId) -> Undone:
    """Take back what one put on tickets within the last ten minutes, where it still says what it said.

    What others had put there before stays, and so does what was changed since; the answer names those tickets.
    """
    row = access_own_journal(actor, journal)
    _refuse_late(row, clock.now())
    deeds.change(row, None, undone_at=clock.now())
    removed, left = bulk.take_back(row)
    named = tuple(":".join(ticket) for ticket in left[:MOST_LISTED])
    return Undone(row.pk, removed, row.added - removed - len(left), len(left), named)


@question(needs=Right.TICKETS_READ, example={"source": "demo", "ticket": "10042"})
def of(actor: Actor, source: Word, ticket: Word) -> Marks:
    """List the labels and notes of one ticket.

    Parameters
    ----------
    source, ticket
        The helpdesk and the ticket's id in it.
    """
    return Marks(tuple(_shown(actor, row) for row in marks_of(actor, source, ticket)[:MOST_LISTED]))


@action(needs=Right.MARKS_WRITE, example={"mark": 1, "text": "export fails on large files", "version": 1})
def change(actor: Actor, mark: MarkId, text: Text, version: Version) -> MarkShown:
    """Put other words into a label or a note that one wrote."""
    row = access_own_mark(actor, mark)
    return _shown(actor, deeds.change(row, version, text=_said(row.kind, text)))


@action(needs=Right.MARKS_WRITE, example={"mark": 1, "version": 1})
def remove(actor: Actor, mark: MarkId, version: Version) -> MarkShown:
    """Take off a note that one wrote, or a label of a ticket that one may open."""
    row = access_removable_mark(actor, mark)
    shown = _shown(actor, row)
    deeds.remove(row, version)
    return shown


def _weighed(actor: Actor, meant: Meant, kind: str, text: str) -> tuple[Selection, frozenset[Ref]]:
    """What is selected, and those of it that have the mark."""
    found = selected(actor, meant)
    return found, having(found.tickets, kind, text)


def _said(kind: str, text: str) -> str:
    """The words as they are kept; a label is one line."""
    if kind != "label":
        return text
    label = " ".join(text.split())
    if len(label) > LONGEST_LABEL:
        what = f"a label has at most {LONGEST_LABEL} characters"
        raise Invalid(what, "shorten it, or write a note", ({"field": "text", "message": what, "code": "too_long"},))
    return label


def _refuse_surprises(found: Selection, unmarked: list[Ref], expected: int | None) -> None:
    if not found.tickets:
        raise NotFound("there is none of these tickets that you may see", "check the numbers, or ask who may see them")
    if expected is not None and len(unmarked) != expected:
        raise Conflict(f"{len(unmarked)} tickets would change by now, not {expected}", "look at the preview again")
    if not unmarked:
        raise Conflict("all of these tickets have it already", "nothing is left to do")


def _refuse_late(row: Journal, now: datetime) -> None:
    if row.undone_at is not None:
        raise Conflict("this was taken back already", "nothing is left to do")
    if now > row.created_at + UNDO_FOR:
        raise Conflict("this was done more than ten minutes ago", "take marks off one by one")


def _shown(actor: Actor, row: Mark) -> MarkShown:
    return MarkShown(
        row.pk, row.source_id, row.ticket_id, row.kind, row.text, row.author_id, row.author_id == actor.account,
        row.created_at, row.journal_id, row.version,
    )  # fmt: skip
