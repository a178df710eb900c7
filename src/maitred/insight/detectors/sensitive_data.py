"""Do card numbers arrive that should not, or does somebody ask for them? For managers who answer for card data.

Card numbers are those that the import has masked (issuer and check digit passed), so long numbers that are no cards
never count. Three rows: more tickets than usual bring one (of all, of a channel, of a topic); a person asks customers
for card data, where one message is enough; and the numbers that wait to be removed in the helpdesk, as one row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.detectors.finding import Candidate, Cause, Checked, Detector, Looked, Moment, Size, Subject, Watch
from maitred.insight.detectors.saying import subject as named
from maitred.insight.detectors.saying import when
from maitred.insight.detectors.scan import LEARNING
from maitred.insight.detectors.sensitive_cards import Arrivals, Rise
from maitred.insight.evidence.tables import CUSTOMER, Evidence, Flags, Ints

ARRIVE: Final = "sensitive_data.arrive#1"
ASKED: Final = "sensitive_data.asked#1"
DUE: Final = "redaction_due.cards#1"
METRIC: Final = "card_messages.rate"
FLOOR: Final = 20.0
"""Customer-hours a week that a request for card data counts at least: it is a breach by itself."""
ARRIVING_FLOOR: Final = 10.0
EPISODE_DAYS: Final = 14
"""Requests of a person within these days of each other are one episode, told until so long after the last one."""
MANY_PEOPLE: Final = 4
"""So many people who ask at the same time follow a habit of the place, not of their own."""
DUE_DAYS: Final = 14


def prepare(evidence: Evidence) -> Watch:
    """Card numbers by day, and who asked for card data when."""
    arrivals = Arrivals.of(evidence)
    requests = _Requests.of(evidence)

    def watch(moment: Moment) -> Looked:
        if moment.days <= LEARNING:
            return Looked()
        checked = (Checked("sensitive_data", "cards", arrivals.known(moment.days)),)
        risen = [_arriving(evidence, one, moment) for one in arrivals.risen(moment.days)]
        return Looked((*risen, *_asking(evidence, requests, moment)), checked)

    return watch


def prepare_due(evidence: Evidence) -> Watch:
    """Messages with a card number, by time."""
    messages = np.flatnonzero(evidence.messages.card)
    at, ticket = evidence.messages.sent_at[messages], evidence.messages.ticket[messages]

    def watch(moment: Moment) -> Looked:
        first, last = np.searchsorted(at, (moment.at - DUE_DAYS * 86_400, moment.at))
        tickets = _standing(evidence, ticket[first:last][::-1], moment)
        if not len(tickets):
            return Looked()
        return Looked((_due(evidence, at[first:last], tickets),), (Checked("redaction_due", "cards", int(last)),))

    return watch


def _arriving(evidence: Evidence, rise: Rise, moment: Moment) -> Candidate:
    where = _subject(evidence, rise)
    value, low, high = (round(100 * one, 3) for one in (rise.after - rise.before, rise.low, rise.high))
    place = (
        "" if rise.kind == "workspace" else f" by {where.name}" if rise.kind == "channel" else f" about {where.name}"
    )
    share = f"{100 * rise.after:.1f} % of tickets{place} bring a card number"
    return Candidate(
        family="sensitive_data",
        detector=ARRIVE,
        subject=where,
        metric=METRIC,
        since=rise.since,
        effect=Size(value, low, high, "points"),
        n=rise.customers,
        title=f"{share} since {when(evidence.days, rise.since)}, usually {100 * rise.before:.1f} %",
        confidence=round(min(0.99, 0.6 + 0.07 * (rise.z - 1)), 3),
        tickets=_standing(evidence, rise.tickets, moment),
        floor=ARRIVING_FLOOR,
        cause=Cause("unknown"),
        where={"channel": where.external_id} if rise.kind == "channel" else {},
    )


def _subject(evidence: Evidence, rise: Rise) -> Subject:
    if rise.kind == "workspace":
        return Subject("workspace", evidence.source, evidence.source, evidence.source)
    return named(evidence, rise.kind, rise.code)


@dataclass(frozen=True, slots=True)
class _Requests:
    """Messages of staff that ask for card data, by time: instant, day, person, ticket."""

    at: Ints
    day: Ints
    person: Ints
    ticket: Ints

    @classmethod
    def of(cls, evidence: Evidence) -> _Requests:
        """Those whose writer is known."""
        sent = evidence.messages
        rows = np.flatnonzero(sent.asks_card & sent.public & (sent.kind != CUSTOMER) & (sent.author >= 0))
        at = sent.sent_at[rows]
        return cls(at, evidence.days.of(at), sent.author[rows].astype(np.int64), sent.ticket[rows])

    def until(self, at: int) -> _Requests:
        """Those before an instant."""
        last = int(np.searchsorted(self.at, at))
        return _Requests(self.at[:last], self.day[:last], self.person[:last], self.ticket[:last])

    def of_(self, kept: Flags) -> _Requests:
        """Some of them."""
        return _Requests(self.at[kept], self.day[kept], self.person[kept], self.ticket[kept])

    def episode(self) -> _Requests:
        """The last ones, back to a gap."""
        gaps = np.flatnonzero(np.diff(self.day) > EPISODE_DAYS)
        first = int(gaps[-1]) + 1 if len(gaps) else 0
        return self.of_(np.arange(len(self.at)) >= first)


def _asking(evidence: Evidence, requests: _Requests, moment: Moment) -> Iterator[Candidate]:
    known = requests.until(int(evidence.days.starts[min(moment.days, len(evidence.days) - 1)]))
    known = known.of_(evidence.tickets.excluded_at[known.ticket] >= moment.at)
    recent = known.of_(known.day >= moment.days - EPISODE_DAYS)
    people = np.unique(recent.person)
    if len(people) >= MANY_PEOPLE:
        episode = known.of_(np.isin(known.person, people)).episode()
        everybody = Subject("workspace", evidence.source, evidence.source, evidence.source)
        yield _asked(evidence, everybody, episode, f"{len(people)} people ask", moment)
        return
    for person in people:
        who = named(evidence, "agent", int(person))
        yield _asked(evidence, who, known.of_(known.person == person).episode(), f"{who.name} asks", moment)


def _asked(evidence: Evidence, who: Subject, asked: _Requests, asks: str, moment: Moment) -> Candidate:
    from scipy.stats import chi2

    tickets = _standing(evidence, asked.ticket[::-1], moment)
    n, since = len(tickets), int(asked.day[0])
    low, high = chi2.ppf(0.05, 2 * n) / 2, chi2.ppf(0.95, 2 * n + 2) / 2
    times = "once" if n == 1 else f"in {n} tickets"
    return Candidate(
        family="sensitive_data",
        detector=ASKED,
        subject=who,
        metric=METRIC,
        since=since,
        effect=Size(float(n), round(float(low), 3), round(float(high), 3), "tickets"),
        n=n,
        title=f"{asks} customers for card data, {times} since {when(evidence.days, since)}",
        confidence=0.95,
        tickets=tickets,
        floor=FLOOR,
        cause=Cause("agent", "the message asks the customer for card data", 0.9)
        if who.type == "agent"
        else Cause("macro", "several people began to ask at the same time", 0.5),
    )


def _due(evidence: Evidence, at: Ints, tickets: Ints) -> Candidate:
    n = len(tickets)
    since = int(evidence.days.of(at[:1])[0])
    numbers = "1 ticket has a card number" if n == 1 else f"{n} tickets have a card number"
    return Candidate(
        family="redaction_due",
        detector=DUE,
        subject=Subject("workspace", evidence.source, evidence.source, evidence.source),
        metric=METRIC,
        since=max(since, 0),
        effect=Size(float(n), float(n), float(n), "tickets"),
        n=n,
        title=f"{numbers} to be removed in the helpdesk",
        confidence=1.0,
        tickets=tickets,
        floor=1.0,
    )


def _standing(evidence: Evidence, tickets: Ints, moment: Moment) -> Ints:
    """Tickets that are still there, each once, in their order."""
    kept = tickets[evidence.tickets.excluded_at[tickets] >= moment.at]
    _, first = np.unique(kept, return_index=True)
    return kept[np.sort(first)]


DETECTORS: tuple[Detector, ...] = (
    Detector(ARRIVE, "sensitive_data", prepare),
    Detector(DUE, "redaction_due", prepare_due),
)
