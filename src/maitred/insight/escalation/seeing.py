"""What is known of open tickets at an instant that may say whether somebody will escalate them.

Clocks, turns, silence, reopenings, hand-overs, missed targets, tone of the customer's words from the lexical tier and
its change within the ticket, and the account: its worth, its renewal, its tickets and its escalations before. Every
number comes from rows before the instant, also in tickets that were escalated later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.evidence.tables import AGENT, CHANNELS, CUSTOMER, NEVER, Evidence, Floats, Ints
from maitred.insight.open_tickets import Open

_HOUR, _DAY = 3600, 86_400
_SPAN = np.int64(1) << 34
_STATUSES = 4
GROUPS: Final = (
    "age", "waiting", "silence", "chasers", "exchanges", "reopened", "moved", "targets", "tone", "tone_fall", "promise",
    "account_worth", "account_history", "unassigned", "kind",
)  # fmt: skip
"""What numbers are about, which is also what a reason is called by; ``kind`` is status, channel and priority."""


@dataclass(frozen=True, slots=True)
class Table:
    """Features of tickets, shape (tickets, features), and to which of ``GROUPS`` each column belongs."""

    values: Floats
    group: Ints


class Seen(Open):
    """The tickets of the evidence, and what can be known of each at any instant."""

    def __init__(self, evidence: Evidence, escalated_at: Ints) -> None:
        super().__init__(evidence)
        self.escalated_at = escalated_at
        messages = evidence.messages
        self.own = _Last(messages.ticket[messages.kind == CUSTOMER], messages.sent_at[messages.kind == CUSTOMER],
                         messages.tone[messages.kind == CUSTOMER].astype(np.float64))  # fmt: skip
        staff = (messages.kind == AGENT) & messages.public
        self.replies = _Last(messages.ticket[staff], messages.sent_at[staff], np.zeros(int(staff.sum())))
        promised = staff & (messages.promise_at < NEVER)
        self.promises = _Last(messages.ticket[promised], messages.promise_at[promised], np.zeros(int(promised.sum())))
        targets = evidence.targets
        late = targets.due_at < np.minimum(targets.ended_at, evidence.as_of)
        self.missed = _Last(targets.ticket[late], targets.due_at[late], np.zeros(int(late.sum())))
        solved = evidence.solves.reopened_at
        self.back = _Last(evidence.solves.ticket[solved < NEVER], solved[solved < NEVER],
                          np.zeros(int((solved < NEVER).sum())))  # fmt: skip
        account = evidence.tickets.account.astype(np.int64)
        hit = np.flatnonzero((escalated_at < NEVER) & (account >= 0))
        self.account_hits = _Last(account[hit], escalated_at[hit], np.zeros(len(hit)))
        known = np.flatnonzero(account >= 0)
        self.account_tickets = _Last(account[known], evidence.tickets.created[known], np.zeros(len(known)))

    def table(self, ticket: Ints, at: int) -> Table:
        """What is known of tickets at an instant."""
        tickets, instant = self.evidence.tickets, np.full(len(ticket), at, np.int64)
        account = tickets.account[ticket].astype(np.int64)
        waits = np.where(self.turns.at(ticket, instant) >= at, self._waiting(ticket, at), 0.0)
        first, last, second = self.own.first(ticket, at), self.own.last(ticket, at), self.own.last(ticket, at, 1)
        fall = np.maximum(first - last, 0.0)
        said, replied = self.own.count(ticket, at), self.replies.count(ticket, at)
        answered = self.replies.when(ticket, at)
        chasers = self.own.count(ticket, at) - self.own.count_until(ticket, np.where(answered > 0, answered, -1))
        promise = self.promises.when(ticket, at)
        hits, seen = self.account_hits.count(account, at), self.account_tickets.count(account, at)
        revenue = np.nan_to_num(np.append(self.evidence.accounts.revenue, np.nan)[account], nan=0.0)
        renewal = np.append(self.evidence.accounts.renewal, NEVER)[account]
        near = np.where(renewal < NEVER, np.clip(1 - (renewal - at) / (180 * _DAY), 0, 1), 0.0)
        near = np.where(renewal < at, 0.0, near)
        back = self.back.count(ticket, at)
        missed = self.missed.count(ticket, at)
        columns: list[tuple[str, Floats]] = [
            ("age", np.log1p((at - tickets.created[ticket]) / _HOUR)),
            ("waiting", np.log1p(waits / _HOUR)), ("waiting", np.minimum(waits / _DAY, 10.0)),
            ("silence", np.log1p((at - np.maximum(answered, tickets.created[ticket])) / _HOUR)),
            ("chasers", np.minimum(chasers, 6.0)), ("exchanges", np.log1p(said)), ("exchanges", np.log1p(replied)),
            ("reopened", np.minimum(back, 4.0)), ("reopened", (back > 1).astype(np.float64)),
            ("moved", np.log1p(self.moved.before(ticket, at))), ("targets", np.minimum(missed, 4.0)),
            ("tone", np.minimum(last, 0.0)), ("tone", np.minimum(second, 0.0)),
            ("tone", np.log1p(self.bad.before(ticket, at))),
            ("tone_fall", fall), ("tone_fall", fall * np.minimum(waits / _DAY, 3.0)),
            ("promise", ((promise > 0) & (promise < at) & (answered < promise)).astype(np.float64)),
            ("account_worth", np.log1p(revenue)), ("account_worth", near),
            ("account_history", np.log1p(hits)), ("account_history", (hits + 0.5) / (seen + 25.0)),
            ("account_history", np.log1p(seen)),
            ("unassigned", (self.assignees.at(ticket, instant) < 0).astype(np.float64)),
        ]  # fmt: skip
        status = self.statuses.at(ticket, instant)
        columns += [("kind", (status == one).astype(np.float64)) for one in range(_STATUSES)]
        columns += [("kind", (tickets.channel[ticket] == one).astype(np.float64)) for one in range(len(CHANNELS))]
        columns += [("kind", (tickets.priority[ticket] == one).astype(np.float64)) for one in range(4)]
        place = {name: number for number, name in enumerate(GROUPS)}
        group = np.array([place[name] for name, _ in columns], np.int64)
        return Table(np.column_stack([value for _, value in columns]).reshape(len(ticket), len(columns)), group)

    def live(self, at: int) -> Ints:
        """Open tickets at an instant that nobody has escalated."""
        there = self.running(at)
        return there[self.escalated_at[there] >= at]

    def waited(self, ticket: Ints, at: int) -> Floats:
        """Seconds since the turn of each customer who waits; 0 where nobody does."""
        instant = np.full(len(ticket), at, np.int64)
        found: Floats = np.where(self.turns.at(ticket, instant) >= at, self._waiting(ticket, at), 0.0)
        return found

    def reopenings(self, ticket: Ints, at: int) -> Floats:
        """How often each ticket came back before an instant."""
        return self.back.count(ticket, at)

    def _waiting(self, ticket: Ints, at: int) -> Floats:
        turns = self.evidence.turns
        key = turns.ticket.astype(np.int64) * _SPAN + turns.opened_at
        order = np.argsort(key, kind="stable")
        place = np.searchsorted(key[order], ticket.astype(np.int64) * _SPAN + at, side="left") - 1
        found = key[order][np.maximum(place, 0)]
        known = (place >= 0) & (found // _SPAN == ticket)
        return np.where(known, at - found % _SPAN, 0.0).astype(np.float64)


class _Last:
    """Rows of a thing by time: how many lie before an instant, when the last was, the first and the last value."""

    def __init__(self, of: Ints, at: Ints, value: Floats) -> None:
        order = np.lexsort((at, of))
        self.key = of[order].astype(np.int64) * _SPAN + np.minimum(at[order], _SPAN - 1)
        self.value = value[order]

    def count(self, of: Ints, at: int) -> Floats:
        """How many before an instant."""
        first, last = self._ends(of, at)
        return (last - first).astype(np.float64)

    def count_until(self, of: Ints, until: Ints) -> Floats:
        """How many up to an instant of each; none where it is negative."""
        key = of.astype(np.int64) * _SPAN
        first = np.searchsorted(self.key, key, side="left")
        last = np.searchsorted(self.key, key + np.maximum(until, 0), side="right")
        return np.where(until >= 0, last - first, 0).astype(np.float64)

    def when(self, of: Ints, at: int) -> Ints:
        """When the last one was before an instant; 0 where there was none."""
        first, last = self._ends(of, at)
        if not len(self.key):
            return np.zeros(len(of), np.int64)
        found = self.key[np.maximum(last - 1, 0)] % _SPAN
        return np.where(last > first, found, 0)

    def first(self, of: Ints, at: int) -> Floats:
        """The value of the first one; 0 where there is none."""
        first, last = self._ends(of, at)
        return self._value(first, last > first)

    def last(self, of: Ints, at: int, back: int = 0) -> Floats:
        """The value of the last one, or of one so many before it."""
        first, last = self._ends(of, at)
        return self._value(last - 1 - back, last - back > first)

    def _ends(self, of: Ints, at: int) -> tuple[Ints, Ints]:
        key = of.astype(np.int64) * _SPAN
        return np.searchsorted(self.key, key, side="left"), np.searchsorted(self.key, key + at, side="left")

    def _value(self, place: Ints, there: np.ndarray) -> Floats:
        if not len(self.value):
            return np.zeros(len(place))
        found: Floats = np.where(there, self.value[np.clip(place, 0, len(self.value) - 1)], 0.0)
        return found
