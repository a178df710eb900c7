"""Has a customer been forgotten, or a word not been kept? For managers who want to help before the complaint comes.

A customer is forgotten when the turn has waited far beyond what is usual in the group, nobody has touched the ticket
since, and nearly all who came later have been answered. A word is broken when what was promised for a time that has
passed was not followed by a public answer while the customer was not asked for anything. Both are queues of work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.detectors.finding import Candidate, Checked, Detector, Looked, Moment, Size, Subject, Watch
from maitred.insight.detectors.scan import LEARNING
from maitred.insight.detectors.waits import BusinessClock
from maitred.insight.evidence.cutting import value_at
from maitred.insight.evidence.tables import AGENT, NEVER, STATUSES, Evidence, Flags, Floats, Ints
from maitred.insight.running import Course

FORGOTTEN: Final = "escalation.forgotten#1"
BROKEN: Final = "escalation.broken_promise#1"
BEYOND: Final = 3.0
"""Multiple of the 95 % quantile of a group's answered waits from which one is far beyond usual."""
OVERTAKEN: Final = 0.9
"""Share of the customers who came within four days after that must have been answered since."""
FEWEST: Final = 20
SINGLY: Final = 2
"""Tickets of one group up to which each has its own row."""
GRACE_S: Final = 2 * 3600
TOLD_DAYS: Final = 7
"""Days for which a broken promise is told."""
_LONG_AGO = 30 * 86_400
_DAY = 86_400
_SHORTEST_S = 4 * 3600
_LIVE = tuple(STATUSES.index(one) for one in ("new", "open"))
_PENDING = STATUSES.index("pending")
_OVER = tuple(STATUSES.index(one) for one in ("solved", "closed", "deleted", "spam"))
_SPAN = np.int64(1) << 34


@dataclass(frozen=True, slots=True)
class _Late:
    """Tickets with what they wait for: since when, seconds beyond what was due, most overdue first."""

    ticket: Ints
    since: Ints
    beyond: Floats

    def only(self, kept: Flags) -> _Late:
        return _Late(self.ticket[kept], self.since[kept], self.beyond[kept])


def prepare(evidence: Evidence) -> Watch:
    """Waits, touches and promises once, and the look at what has been forgotten."""
    forgotten, broken = _Forgotten(evidence), _Broken(evidence)

    def watch(moment: Moment) -> Looked:
        if moment.days < LEARNING:
            return Looked()
        late, kept = forgotten.at(moment.at), broken.at(moment.at)
        fresh = ~np.isin(kept.ticket, late.ticket)
        found = (
            *_rows(evidence, late, moment),
            *_broken(evidence, kept.only(fresh), broken.usual(moment.at), moment),
        )
        checked = (
            Checked("escalation", "waiting customers", forgotten.waiting(moment.at)),
            Checked("escalation", "promises", broken.passed(moment.at)),
        )
        return Looked(found, checked)

    return watch


class _Forgotten:
    """Turns that nobody of the staff has answered or touched, from when they began to when somebody did."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence, self.clock = evidence, BusinessClock(evidence)
        turns = evidence.turns
        self.ticket = turns.ticket.astype(np.int64)
        self.over = np.minimum(turns.answered_at, turns.ended_at)
        untouched = np.minimum(self.over, _next(_touches(evidence), self.ticket, turns.opened_at))
        self.end = np.minimum(untouched, evidence.tickets.excluded_at[self.ticket])
        self.groups, self.statuses = Course.of(evidence.groups_of), Course.of(evidence.statuses)
        self.group = self.groups.at(self.ticket, turns.opened_at + 1)
        self.usual: dict[int, Floats] = {}

    def waiting(self, at: int) -> int:
        """How many turns wait at an instant."""
        return int(((self.evidence.turns.opened_at < at) & (self.over >= at)).sum())

    def at(self, at: int) -> _Late:
        """Those forgotten, longest first."""
        opened = self.evidence.turns.opened_at
        rows = np.flatnonzero((opened < at - _SHORTEST_S) & (opened >= at - 6 * _LONG_AGO) & (self.end >= at))
        instant = np.full(len(rows), at)
        rows = rows[np.isin(self.statuses.at(self.ticket[rows], instant), _LIVE)]
        instant = np.full(len(rows), at)
        limit = self._limits(at)[self.groups.at(self.ticket[rows], instant) + 1]
        waited = self.clock.elapsed(self.ticket[rows], opened[rows], instant)
        kept = waited > limit
        kept[kept] = [self._overtaken(int(row), at) for row in rows[kept]]
        rows, beyond = rows[kept], (waited - limit / BEYOND)[kept]
        order = np.argsort(-beyond, kind="stable")
        return _Late(self.ticket[rows][order], opened[rows][order], beyond[order])

    def _limits(self, at: int) -> Floats:
        """Business seconds far beyond usual, of no group and of each, from waits answered in the weeks before today."""
        day = max(0, int(self.evidence.days.of(np.array([at - 1]))[0]))
        if day not in self.usual:
            start, turns = int(self.evidence.days.starts[day]), self.evidence.turns
            lately = (turns.answered_at < start) & (turns.answered_at >= start - 2 * _LONG_AGO) & (turns.seconds >= 0)
            found = np.full(len(self.evidence.groups) + 1, np.inf)
            for group in range(-1, len(self.evidence.groups)):
                mine = turns.seconds[lately & (self.group == group)]
                if len(mine) >= FEWEST:
                    found[group + 1] = max(_SHORTEST_S, BEYOND * float(np.quantile(mine, 0.95)))
            self.usual[day] = found
        return self.usual[day]

    def _overtaken(self, row: int, at: int) -> bool:
        """Whether nearly all customers of the group who came within four days after have been answered."""
        opened = self.evidence.turns.opened_at
        ends = (opened[row], min(int(opened[row]) + 4 * _DAY, at - _SHORTEST_S))
        first, last = np.searchsorted(opened, ends, side="right")
        mine = np.arange(first, last)[self.group[first:last] == self.group[row]]
        return len(mine) >= FEWEST // 2 and float(np.mean(self.over[mine] < at)) >= OVERTAKEN


class _Broken:
    """Promises of the staff that nobody kept, from when they were due to when they were answered or moot."""

    def __init__(self, evidence: Evidence) -> None:
        messages = evidence.messages
        promised = np.flatnonzero((messages.promise_at < NEVER) & (messages.kind == AGENT) & messages.public)
        ticket, sent = messages.ticket[promised].astype(np.int64), messages.sent_at[promised]
        due = messages.promise_at[promised]
        public = (messages.kind == AGENT) & messages.public
        answers = np.sort(messages.ticket[public].astype(np.int64) * _SPAN + messages.sent_at[public])
        statuses = evidence.statuses
        resting = np.isin(statuses.value, (_PENDING, *_OVER))
        rests = np.sort(statuses.ticket[resting].astype(np.int64) * _SPAN + statuses.from_at[resting])
        end = np.minimum(_next(answers, ticket, sent), _next(rests, ticket, due))
        # while the customer is asked, nothing is owed
        owed = ~np.isin(Course.of(statuses).at(ticket, due + 1), (_PENDING, *_OVER))
        self.end = np.minimum(np.minimum(end, evidence.tickets.excluded_at[ticket]), due + TOLD_DAYS * _DAY)
        kept = owed & (self.end > due + GRACE_S)
        self.ticket, self.due, self.end = ticket[kept], due[kept], self.end[kept]
        self.all_due = np.sort(due)

    def passed(self, at: int) -> int:
        """Promises whose time came within the last days."""
        first, last = np.searchsorted(self.all_due, (at - TOLD_DAYS * _DAY, at))
        return int(last - first)

    def at(self, at: int) -> _Late:
        """Promises of the last days that nobody kept, the oldest first, each ticket once."""
        rows = self._rows(at)
        rows = rows[np.argsort(self.due[rows], kind="stable")]
        _, first = np.unique(self.ticket[rows], return_index=True)
        rows = rows[np.sort(first)]
        return _Late(self.ticket[rows], self.due[rows], (at - self.due[rows]).astype(np.float64))

    def usual(self, at: int) -> float:
        """How many there were at this time of day on the days before: the median of four weeks."""
        return float(np.median([len(np.unique(self.ticket[self._rows(at - day * _DAY)])) for day in range(1, 29)]))

    def _rows(self, at: int) -> Ints:
        return np.flatnonzero((self.due + GRACE_S < at) & (self.end >= at))


def _next(keys: Ints, ticket: Ints, after: Ints) -> Ints:
    """The first instant after a given one among sorted keys of ticket and instant; ``NEVER`` if there is none."""
    if not len(keys):
        return np.full(len(ticket), NEVER, np.int64)
    place = np.searchsorted(keys, ticket * _SPAN + np.minimum(after, _SPAN - 1), side="right")
    found = keys[np.minimum(place, len(keys) - 1)]
    return np.where((place < len(keys)) & (found // _SPAN == ticket), found % _SPAN, NEVER)


def _touches(evidence: Evidence) -> Ints:
    """Each message, change of status, group or holder by the staff, as sorted keys of ticket and instant."""
    messages = evidence.messages
    staff = messages.kind == AGENT
    keys = [messages.ticket[staff].astype(np.int64) * _SPAN + messages.sent_at[staff]]
    for spans in (evidence.statuses, evidence.groups_of, evidence.assignees):
        by = spans.by >= 0
        by[by] = evidence.people.staff[spans.by[by]] & ~evidence.people.bot[spans.by[by]]
        keys.append(spans.ticket[by].astype(np.int64) * _SPAN + spans.from_at[by])
    return np.sort(np.concatenate(keys))


def _rows(evidence: Evidence, late: _Late, moment: Moment) -> Iterator[Candidate]:
    """A row per forgotten customer while a group has few of them, else one for the group."""
    group = value_at(evidence.groups_of, late.ticket, np.full(len(late.ticket), moment.at - 1)).astype(np.int64)
    for one in np.unique(group):
        mine = late.only(group == one)
        if len(mine.ticket) > SINGLY:
            yield _row(evidence, FORGOTTEN, mine, _group(evidence, int(one)), len(mine.ticket), moment)
            continue
        for place in range(len(mine.ticket)):
            single = mine.only(np.arange(len(mine.ticket)) == place)
            yield _row(evidence, FORGOTTEN, single, _ticket(evidence, int(single.ticket[0])), 1, moment)


def _broken(evidence: Evidence, late: _Late, usual: float, moment: Moment) -> Iterator[Candidate]:
    """One row for all promises that were not kept; harm is what there are more than usual."""
    n = len(late.ticket)
    if n == 1:
        yield _row(evidence, BROKEN, late, _ticket(evidence, int(late.ticket[0])), max(0.0, 1 - usual), moment)
    elif n:
        yield _row(evidence, BROKEN, late, _group(evidence, -1), max(0.0, n - usual), moment)


def _row(evidence: Evidence, name: str, late: _Late, subject: Subject, unusual: float, moment: Moment) -> Candidate:
    n = len(late.ticket)
    seconds = float(np.median(late.beyond))
    since = int(np.clip(evidence.days.of(late.since).min(), 0, len(evidence.days) - 1))
    low, high = (float(one) for one in np.quantile(late.beyond, (0.05, 0.95)))
    return Candidate(
        "escalation",
        name,
        subject,
        "backlog_age.since_customer#1",
        since,
        Size(seconds, low, high, "seconds"),
        n,
        _title(name, subject, n, float(late.beyond.max()) / 3600),
        0.9,
        late.ticket.astype(np.int64)[:2_000],
        waiting=unusual * min(seconds / 3600, 24.0),
        where={"group": subject.id} if subject.type == "group" else {},
    )


def _title(name: str, subject: Subject, n: int, hours: float) -> str:
    longest = f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"
    if name == FORGOTTEN:
        if n == 1:
            return (
                f"The customer of ticket {subject.external_id} waits {longest} longer than is usual, and nobody looked"
            )
        return f"{n} customers in {subject.name} wait up to {longest} longer than is usual, and nobody looked"
    if n == 1:
        return f"What was promised on ticket {subject.external_id} is {longest} overdue"
    return f"{n} promises to customers have passed without a word, one by {longest}"


def _ticket(evidence: Evidence, ticket: int) -> Subject:
    external = str(evidence.tickets.external[ticket])
    return Subject("ticket", f"{evidence.source}:{external}", external, f"Ticket {external}")


def _group(evidence: Evidence, group: int) -> Subject:
    if group < 0:
        return Subject("workspace", evidence.source, evidence.source, evidence.source)
    names = evidence.groups
    return Subject("group", names.ids[group], names.external[group], names.names[group] or names.external[group])


DETECTORS: Final = (Detector(FORGOTTEN, "escalation", prepare),)
"""What this module offers."""
