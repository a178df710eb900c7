"""Business time between instants, for many tickets of a helpdesk at once: by the schedule in force on each.

As the clocks count it for a ticket whose schedule does not change meanwhile; without schedules all time counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from maitred.metrics.clocks.schedules import ScheduleBook, book
from maitred.metrics.refresh import read_schedules
from maitred.sync.publications import Publication
from maitred.sync.workspace import Workspace

Ints = NDArray[np.int64]
REACH = timedelta(days=400)
"""So far back is counted; what waits longer waits that long in any case."""


@dataclass(frozen=True, slots=True)
class Hours:
    """The working hours of one helpdesk, and the schedule of those tickets that have one of their own."""

    calendar: ScheduleBook | None
    of_ticket: Mapping[str, int]

    def elapsed(self, tickets: Sequence[str] | None, begin: Ints, end: Ints) -> Ints | None:
        """Business seconds from one instant to another (epoch seconds); None where there are no schedules.

        Parameters
        ----------
        tickets
            Whose schedule counts; the default one for all where None.
        """
        if self.calendar is None:
            return None
        found = np.zeros(len(begin), np.int64)
        usual = self.calendar.default
        numbers = np.full(len(begin), usual, np.int64)
        if tickets is not None and self.of_ticket:
            numbers = np.array([self.of_ticket.get(one, usual) for one in tickets], np.int64)
        for number in np.unique(numbers):
            mine = numbers == number
            found[mine] = self._gone(int(number), end[mine]) - self._gone(int(number), begin[mine])
        return np.maximum(found, 0)

    def _gone(self, number: int, at: Ints) -> Ints:
        """Open seconds of a schedule before instants."""
        assert self.calendar is not None
        low, high = self.calendar.offset[number], self.calendar.offset[number + 1]
        opens, closes = self.calendar.opens[low:high], self.calendar.closes[low:high]
        if not len(opens):
            return np.zeros(len(at), np.int64)
        place = np.searchsorted(opens, at, side="right") - 1
        inside = np.maximum(place, 0)
        gone = self.calendar.before[low:high][inside] + np.minimum(at, closes[inside]) - opens[inside]
        return np.where(place < 0, 0, gone)


def of_source(workspace: Workspace, publication: Publication, source: str, as_of: datetime) -> Hours:
    """The hours of a helpdesk at a publication."""
    known = workspace.ledger.source(source)
    if known is None or "schedules" not in publication.tables:
        return Hours(None, {})
    listed = read_schedules(workspace, known, publication.tables)
    laid = book(listed, as_of - REACH, as_of + timedelta(days=14)) if listed else None
    if laid is None or laid.default < 0:
        return Hours(None, {})
    return Hours(laid, _of_tickets(workspace, publication, source, as_of, laid))


def _of_tickets(
    workspace: Workspace, publication: Publication, source: str, as_of: datetime, laid: ScheduleBook
) -> dict[str, int]:
    if "ticket_schedules" not in publication.tables:
        return {}
    names = ("source_id", "ticket_id", "schedule_id", "valid_from")
    condition = (pc.field("source_id") == source) & (pc.field("valid_from") <= as_of)
    rows = workspace.store.scan("ticket_schedules", publication.tables["ticket_schedules"], names, where=condition)
    found: dict[str, int] = {}
    for row in rows.sort_by("valid_from").to_pylist():
        if row["schedule_id"] in laid.number:
            found[row["ticket_id"]] = laid.number[row["schedule_id"]]
    return found
