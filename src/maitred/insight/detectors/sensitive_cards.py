"""More tickets than usual bring a card number: of all tickets, or of the one channel or topic that explains it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from maitred.insight.detectors.topic_counts import BASELINE, Contacts, Scanned, counted, scan
from maitred.insight.detectors.topic_words import counting, customers, first_of_case
from maitred.insight.evidence.tables import CUSTOMER, Codes, Evidence, Floats, Ints

Kind = Literal["workspace", "channel", "topic"]
STRONG: Final = 4.5
"""Standard errors from which a rise counts."""
LEAST: Final = 8
SMALLEST: Final = 1.8
"""Ratio to the usual that matters."""
EXPLAINS: Final = 0.75
"""Part of the additional tickets that a channel or topic must have to be named instead of all."""
CALM_DAYS: Final = 5
LONGEST: Final = 56
_WINDOWS: Final = (1, 2, 3, 5, 7, 10, 14, 21, 28)
_NINETY = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Rise:
    """A rise that stands: shares of tickets before and since, the difference's interval, tickets newest first."""

    kind: Kind
    code: int
    since: int
    before: float
    after: float
    low: float
    high: float
    z: float
    customers: int
    tickets: Ints


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Tickets with a card number of the customer's own accord, by the day on which the first one came.

    ``case`` marks the first such ticket of a customer within a week; ``raised`` holds by day the onset of the rise that
    stands at its end, -1 where there is none.
    """

    ticket: Ints
    day: Ints
    customer: Ints
    case: Floats
    made: Ints
    channel: Codes
    topic: Codes
    channel_of: Codes
    topic_of: Codes
    raised: Ints
    found: Scanned

    @classmethod
    def of(cls, evidence: Evidence) -> Arrivals:
        """From messages; what was asked for is the asking person's matter."""
        days = evidence.days.complete(evidence.as_of)
        made = np.where(counting(evidence, evidence.days.of(evidence.tickets.created)), _day(evidence), -1)
        ticket, day = _first_cards(evidence)
        kept = (day >= 0) & (day < days) & (made[ticket] >= 0)
        ticket, day = ticket[kept], day[kept]
        customer = customers(evidence)[ticket]
        case = first_of_case(customer, np.zeros(len(ticket), np.int64), day)
        none = np.zeros(len(ticket), dtype=np.int64)
        inside = (made >= 0) & (made < days)
        exposure = np.bincount(made[inside], minlength=days)[None].astype(np.float64)
        found = scan(Contacts(counted(day, none, none, (1, 1, days), case), exposure), _WINDOWS, LEAST, SMALLEST, False)
        topic = np.where(evidence.topics_known_at < _next_day(evidence, made), evidence.topics, -1).astype(np.int32)
        channel = evidence.tickets.channel
        columns = (channel[ticket], topic[ticket], channel, topic)
        return cls(ticket, day, customer, case.astype(np.float64), made, *columns, _raised(found, days), found)

    def known(self, days: int) -> int:
        """How many tickets with a card number somebody knows who knows so many days."""
        return int(np.searchsorted(self.day, days))

    def risen(self, days: int) -> list[Rise]:
        """What stands after so many days: at most one rise, with the narrowest subject that explains it."""
        if not 0 < days <= len(self.raised) or self.raised[days - 1] < 0:
            return []
        since = int(self.raised[days - 1])
        whole = self._rise("workspace", -1, since, days)
        if whole is None:
            return []
        narrow = [
            one
            for kind, codes in (("topic", self.topic), ("channel", self.channel))
            for code in np.unique(codes[(self.day >= since) & (self.day < days) & (codes >= 0)])
            if (one := self._rise("topic" if kind == "topic" else "channel", int(code), since, days)) is not None
            and self._explains(one, whole, since, days)
        ]
        return [max(narrow, key=lambda one: (one.after - one.before, one.kind, -one.code))] if narrow else [whole]

    def _explains(self, one: Rise, whole: Rise, since: int, days: int) -> bool:
        """Whether it has most of the additional tickets, and clearly more than its part of all tickets would bring."""
        made = self._made(one.kind, one.code, since, days)
        every = self._made("workspace", -1, since, days)
        extra = (one.after - one.before) * made
        return extra >= EXPLAINS * (whole.after - whole.before) * every and made <= 0.6 * every

    def _rise(self, kind: Kind, code: int, since: int, days: int) -> Rise | None:
        first = max(0, since - BASELINE)
        now, past = self._made(kind, code, since, days), self._made(kind, code, first, since)
        cards = self._cards(kind, code)
        recent = cards & (self.day >= since) & (self.day < days)
        seen, usual = (
            float(self.case[recent].sum()),
            float(self.case[cards & (self.day >= first) & (self.day < since)].sum()),
        )
        who = len(np.unique(self.customer[recent]))
        if not now or not past or who < LEAST:
            return None
        after, before = seen / now, usual / past
        error = _NINETY * 1.15 * np.sqrt(max(after, 1 / now) / now + max(before, 0.5 / past) / past)
        low, high = after - before - error, after - before + error
        if low <= 0 or after < SMALLEST * before:
            return None
        z = float(self.found.z[0, :days].max(initial=0.0))
        return Rise(kind, code, since, before, after, float(low), float(high), z, who, self.ticket[recent][::-1])

    def _cards(self, kind: Kind, code: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        if kind == "workspace":
            return np.ones(len(self.ticket), dtype=np.bool_)
        return np.asarray((self.topic if kind == "topic" else self.channel) == code)

    def _made(self, kind: Kind, code: int, first: int, last: int) -> int:
        inside = (self.made >= first) & (self.made < last)
        if kind != "workspace":
            inside &= (self.topic_of if kind == "topic" else self.channel_of) == code
        return int(inside.sum())


def _day(evidence: Evidence) -> Ints:
    return evidence.days.of(evidence.tickets.created)


def _next_day(evidence: Evidence, day: Ints) -> Ints:
    starts = np.append(evidence.days.starts[1:], evidence.as_of)
    return np.asarray(starts[np.maximum(day, 0)])


def _first_cards(evidence: Evidence) -> tuple[Ints, Ints]:
    """Tickets with a card number from the customer that nobody had asked for, and the day, in order of days."""
    sent = evidence.messages
    asked = np.full(len(evidence.tickets), np.iinfo(np.int64).max)
    asks = sent.asks_card & (sent.kind != CUSTOMER)
    np.minimum.at(asked, sent.ticket[asks], sent.sent_at[asks])
    rows = np.flatnonzero(sent.card & (sent.kind == CUSTOMER) & (sent.sent_at < asked[sent.ticket]))
    ticket, first = np.unique(sent.ticket[rows], return_index=True)
    day = evidence.days.of(sent.sent_at[rows[first]])
    order = np.lexsort((ticket, day))
    return ticket[order], day[order]


def _raised(found: Scanned, days: int) -> Ints:
    """By day the onset of the rise that stands at its end: it opens when strong and closes after quiet days."""
    raised = np.full(days, -1, dtype=np.int64)
    since = last = -1
    for day in range(days):
        z = found.z[0, day]
        if z >= STRONG or (since >= 0 and z >= STRONG - 1.5 and found.length[0, day] <= 5):
            onset = day + 1 - int(found.length[0, day])
            since = onset if since < 0 else min(since, onset) if day - since < 10 else since
            last = day
        if since >= 0 and (day - last >= CALM_DAYS or day - since >= LONGEST):
            since = -1
        raised[day] = since
    return raised
