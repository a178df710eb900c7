"""Signs of accounts that may leave, by day: more contacts, worse tone, bad ratings, reopenings, silence after contact.

An account's tickets are held against its own share of all tickets before, so weekdays, holidays and what makes all
write are taken out; its tone, ratings and reopenings against its own past, drawn to that of all accounts, and against
how all accounts moved meanwhile. Scores are standard errors; what is said of a day uses that day and those before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from maitred.insight.detectors.scan import LASTS, LEARNING, daily
from maitred.insight.evidence.tables import CUSTOMER, Evidence, Flags, Floats, Ints

WINDOWS: Final = (3, 7, 14, 21, 28, 42)
BASELINE: Final = 112
LEAST: Final = 8
TOGETHER: Final = 5.0
"""Standard errors from which signs together are a finding, of which one at least is no contact."""
ALONE: Final = 7.0
"""Standard errors from which contacts alone are."""
ALSO: Final = 1.5
"""Standard errors from which a sign is told as a part."""
_SMALLEST = 1.5
_ALONE_RATIO = 2.5
_MOST = 3.0
"""What one sign that is no contact can add at most."""
_SAID = 3.0
"""What a word of leaving adds, where few accounts speak so."""
COMMON: Final = 6
"""Accounts that wrote of leaving in eight weeks, from which it is a habit of speech here and says nothing alone."""
_CONTACTS = 3.0
_LONGEST = 84
_SILENT = 21
_NINETY = 1.645 * 1.1
_TONE_DRAW, _RATE_DRAW = 10.0, 8.0
_MATURE = 7


@dataclass(frozen=True, slots=True)
class Episode:
    """An account that shows signs: since when, how many times as many tickets (90 % interval), each sign in words."""

    account: int
    since: int
    z: float
    ratio: float
    low: float
    high: float
    n: int
    waiting: float
    tickets: Ints
    parts: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Course:
    """One episode of one row: seen after day ``raised``, over after day ``ended``."""

    row: int
    raised: int
    since: int
    ended: int
    z: float


@dataclass(slots=True)
class Signs:
    """Running sums by account (rows: accounts with ``LEAST`` tickets) and day, one column more than days."""

    accounts: Ints
    first: Ints
    """Day of the first ticket of every account."""
    leaving: Ints
    """Positions of customers' messages of leaving, by time."""
    sums: dict[str, Floats]
    whole: dict[str, Floats]
    spread: Floats
    """By day, how much more the weekly tickets of accounts vary than chance."""
    known: Floats
    """Accounts with a ticket before each day."""
    tickets: list[Ints]
    created: list[Ints]
    courses: list[_Course] = field(default_factory=list)

    def episodes(self, days: int) -> Iterator[Episode]:
        """Those that stand for somebody who knows the first ``days`` days."""
        for one in self.courses:
            if one.raised < days <= one.ended:
                yield self._episode(one, days)

    def waiting(self, account: int, since: int, until: int) -> float:
        """Hours a week that an account's customers waited for answers from a day on, beyond what they did before."""
        place = int(np.searchsorted(self.accounts, account))
        if place >= len(self.accounts) or self.accounts[place] != account or until <= since:
            return 0.0
        hours = self.sums["hours"][place]
        before = max(0, since - BASELINE)
        usual = (hours[since] - hours[before]) / max(1, since - before)
        return max(0.0, 7 * float((hours[until] - hours[since]) / (until - since) - usual))

    def _episode(self, one: _Course, days: int) -> Episode:
        row = np.array([one.row])
        n, expected, before = (float(part[0]) for part in self.contacts(row, days, days - one.since))
        ratio = max(n, 0.5) / max(expected, 1e-9)
        half = _NINETY * float(np.sqrt(self.spread[days - 1] * (1 / max(n, 0.5) + 1 / (before + 1))))
        signs = {name: float(z[0]) for name, z in self.others(row, days, days - one.since).items()}
        parts = {"contacts": f"{n:.0f} tickets where {expected:.1f} were usual"}
        words = {"tone": "tone worse than before", "ratings": "more bad ratings", "reopens": "solved tickets come back"}
        parts |= {name: words[name] for name in words if signs[name] >= ALSO}
        if self._silent(one.row, days):
            parts["silence"] = f"silent for {_SILENT} days after much contact"
        first, last = np.searchsorted(self.created[one.row], (one.since, days))
        return Episode(
            int(self.accounts[one.row]), one.since, one.z, ratio, ratio * float(np.exp(-half)),
            ratio * float(np.exp(half)), int(n), self.waiting(int(self.accounts[one.row]), one.since, days),
            self.tickets[one.row][first:last][::-1], parts,
        )  # fmt: skip

    def contacts(self, rows: Ints, until: int, window: int) -> tuple[Floats, Floats, Floats]:
        """Tickets of the last days, how many the account's earlier share of all tickets makes, and tickets before."""
        begin = max(0, until - window)
        # a customer's past begins with the first ticket, or four weeks before
        came = np.minimum(self.first[self.accounts[rows]], max(0, begin - 28))
        before = np.maximum(max(0, begin - BASELINE), came)
        mine, whole = self.sums["tickets"][rows], self.whole["tickets"]
        n = mine[:, until] - mine[:, begin]
        past = mine[:, begin] - mine[np.arange(len(rows)), before]
        everybody = whole[begin] - whole[before]
        # its share among the tickets of all others, drawn to that of a mean account by one ticket
        share = (past + 1) / np.maximum(everybody - past + self.known[begin], 1.0)
        others = whole[until] - whole[begin] - n
        return n, np.maximum(share * others, 1e-9), past

    def others(self, rows: Ints, until: int, window: int) -> dict[str, Floats]:
        """Scores of tone, ratings and reopenings of the last days; above 0 is worse."""
        begin = max(0, until - max(window, 14))
        before = max(0, begin - BASELINE)
        over = _Over(self, rows, before, begin, until)
        return {
            "tone": over.mean("tone", "tones", "tone_squares"),
            "ratings": over.rate("bad", "ratings", 3),
            "reopens": over.rate("reopens", "solves", 2),
        }

    def _silent(self, row: int, days: int) -> bool:
        """No ticket for three weeks where the account's share makes four."""
        n, expected, _ = self.contacts(np.array([row]), days, _SILENT)
        return bool(n[0] == 0 and expected[0] >= 4)


@dataclass(frozen=True, slots=True)
class _Over:
    """Sums over the days before a window and in it."""

    signs: Signs
    rows: Ints
    before: int
    begin: int
    until: int

    def _parts(self, name: str) -> tuple[Floats, Floats, float, float]:
        mine, whole = self.signs.sums[name][self.rows], self.signs.whole[name]
        return (
            mine[:, self.begin] - mine[:, self.before],
            mine[:, self.until] - mine[:, self.begin],
            float(whole[self.begin] - whole[self.before]),
            float(whole[self.until] - whole[self.begin]),
        )

    def mean(self, total: str, count: str, squares: str) -> Floats:
        """How far a mean fell, against the own past and against everybody meanwhile."""
        past, now, all_past, all_now = self._parts(total)
        n_past, n_now, whole_past, whole_now = self._parts(count)
        _, _, square, _ = self._parts(squares)
        if whole_past < 30 or whole_now < 1:
            return np.zeros(len(self.rows))
        level = all_past / whole_past
        variance = max(square / whole_past - level**2, 0.05)
        own = (past + _TONE_DRAW * level) / (n_past + _TONE_DRAW)
        moved = all_now / whole_now - level
        error = np.sqrt(2.2 * variance * (1 / np.maximum(n_now, 1) + 1 / (n_past + _TONE_DRAW)))
        found: Floats = (own + moved - now / np.maximum(n_now, 1)) / error
        return np.where(n_now >= 5, found, 0.0)

    def rate(self, hits: str, cases: str, fewest: int) -> Floats:
        """How far a rate rose, by the tail of counts like it."""
        past, now, all_past, all_now = self._parts(hits)
        n_past, n_now, whole_past, whole_now = self._parts(cases)
        if whole_past < 30 or all_past < 1:
            return np.zeros(len(self.rows))
        level = all_past / whole_past
        own = (past + _RATE_DRAW * level) / (n_past + _RATE_DRAW)
        moved = max(1.0, all_now / max(whole_now, 1.0) / level)
        expected = np.maximum(own * moved * n_now, 0.05)
        return np.where(now >= fewest, tail(now, expected, 1.3, past + 2), 0.0)


def signs_of(evidence: Evidence) -> Signs:
    """Every account's signs, and the episodes that they make."""
    days, tickets = len(evidence.days), evidence.tickets
    account = tickets.account.astype(np.int64)
    day = evidence.days.of(tickets.created)
    # what left the helpdesk on the day on which it came never counted
    counts = evidence.days.of(tickets.excluded_at) > day
    many = np.bincount(account[counts & (account >= 0)], minlength=len(evidence.accounts.names))
    chosen = np.flatnonzero(many >= LEAST)
    row = np.full(len(many) + 1, -1, np.int64)
    row[chosen] = np.arange(len(chosen))
    of = row[account]
    first = np.full(len(many), LASTS, np.int64)
    np.minimum.at(first, account[counts & (account >= 0)], day[counts & (account >= 0)])
    sums, whole = _sums(evidence, of, len(chosen), np.where(counts, day, -1))
    order = _split(of, counts, len(chosen))
    known = np.searchsorted(np.sort(first), np.arange(days + 1), side="left").astype(np.float64)
    signs = Signs(
        chosen, first, _leaving(evidence), sums, whole, np.ones(days), known, order, [day[one] for one in order]
    )  # fmt: skip
    signs.spread = _spread(signs, days)
    signs.courses = _courses(signs, evidence, days)
    return signs


def _split(of: Ints, counts: Flags, rows: int) -> list[Ints]:
    kept = np.flatnonzero((of >= 0) & counts)
    kept = kept[np.argsort(of[kept], kind="stable")]
    return list(np.split(kept, np.cumsum(np.bincount(of[kept], minlength=rows))[:-1]))


def _sums(evidence: Evidence, of: Ints, rows: int, created: Ints) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Running sums of each sign by row, and over all tickets."""
    days, messages, solves = evidence.days, evidence.messages, evidence.solves
    ratings, turns = evidence.ratings, evidence.turns
    spoken = (messages.kind == CUSTOMER) & messages.public
    tone = messages.tone.astype(np.float64)
    solved = days.of(solves.solved_at) + _MATURE
    hours = np.maximum(turns.calendar_s, 0) / 3600
    kinds: dict[str, tuple[Ints, Ints, Floats | None]] = {
        "tickets": (created, np.arange(len(created)), None),
        "tones": (days.of(messages.sent_at)[spoken], messages.ticket[spoken], None),
        "tone": (days.of(messages.sent_at)[spoken], messages.ticket[spoken], tone[spoken]),
        "tone_squares": (days.of(messages.sent_at)[spoken], messages.ticket[spoken], tone[spoken] ** 2),
        "ratings": (days.of(ratings.rated_at), ratings.ticket, None),
        "bad": (days.of(ratings.rated_at), ratings.ticket, (~ratings.good).astype(np.float64)),
        "solves": (solved, solves.ticket, None),
        "reopens": (days.of(solves.reopened_at), solves.ticket, None),
        "hours": (days.of(turns.answered_at), turns.ticket, hours),
    }
    sums, whole = {}, {}
    for name, (day, ticket, values) in kinds.items():
        place = of[ticket] if len(of) else np.empty(0, np.int64)
        total, weight = daily(day, place, max(1, rows), len(days), values)
        mine = weight if values is None else total
        every, each = daily(day, np.zeros(len(day), np.int64), 1, len(days), values)
        sums[name] = _running(mine)[:rows]
        whole[name] = _running(each if values is None else every)[0]
    return sums, whole


def _running(values: Floats) -> Floats:
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


def _leaving(evidence: Evidence) -> Ints:
    messages = evidence.messages
    return np.flatnonzero(messages.leaving & (messages.kind == CUSTOMER))


def _spread(signs: Signs, days: int) -> Floats:
    """How much more weekly tickets of accounts vary than chance, by day, from the weeks before (outliers clipped)."""
    found = np.full(days, 1.3)
    rows = np.arange(len(signs.accounts))
    away, expected = 30 * 1.3, 30.0
    for until in range(42, days + 1, 7):
        seen = signs.sums["tickets"][:, until - 7] >= LEAST
        n, e, _ = signs.contacts(rows[seen], until, 7)
        away += float(np.minimum((n - e) ** 2, 9 * np.maximum(e, 0.2)).sum())
        expected += float(e.sum())
        found[until - 1 :] = min(4.0, max(1.0, away / max(expected, 1e-9)))
    return found


def tail(n: Floats, expected: Floats, spread: float, known: Floats) -> Floats:
    """Standard errors that correspond to the chance of so many or more: negative binomial.

    Parameters
    ----------
    spread
        Variance over mean of counts whose mean is known.
    known
        Cases from which the mean was estimated.
    """
    from scipy.special import betainc, ndtri

    excess = np.maximum((spread - 1) * expected + expected**2 / np.maximum(known, 0.5), 1e-6 * expected**2 + 1e-12)
    size = expected**2 / excess
    chance = betainc(np.maximum(n, 1e-9), size, expected / (expected + size))
    return np.asarray(-ndtri(np.clip(chance, 1e-60, 1 - 1e-9)), np.float64)


def _courses(signs: Signs, evidence: Evidence, days: int) -> list[_Course]:
    """Episodes of every row, in order of the day on which they were seen."""
    found: list[_Course] = []
    ended = np.full(len(signs.accounts), -1, np.int64)
    said = _said(signs, evidence, days)
    for until in range(LEARNING, days + 1):
        rows = np.flatnonzero((ended < until - 1) & _busy(signs, until))
        if len(rows) == 0:
            continue
        score = _scores(signs, rows, until, said)
        for place in np.flatnonzero(score > 0):
            row = int(rows[place])
            since, z = _onset(signs, row, until)
            last = _end(signs, row, since, until, days)
            ended[row] = last
            found.append(_Course(row, until - 1, since, last, max(z, float(score[place]))))
    return found


def _busy(signs: Signs, until: int) -> Flags:
    """Rows with tickets enough in the longest window, that were customers before it."""
    mine = signs.sums["tickets"]
    return np.asarray(
        (mine[:, until] - mine[:, max(0, until - WINDOWS[-1])] >= LEAST)
        & (signs.first[signs.accounts] < until - WINDOWS[1]),
        np.bool_,
    )


def _scores(signs: Signs, rows: Ints, until: int, said: Flags) -> Floats:
    """The largest score of the windows that suffice; 0 where none does."""
    best = np.zeros(len(rows))
    for window in WINDOWS:
        n, expected, past = signs.contacts(rows, until, window)
        contacts = tail(n, expected, float(signs.spread[until - 1]), past + 1)
        others = np.stack(list(signs.others(rows, until, window).values()))
        words = said[rows, until - 1]
        added = np.clip(others, 0, _MOST)
        together = np.sqrt(np.maximum(contacts, 0) ** 2 + (added**2).sum(axis=0) + _SAID**2 * words)
        enough = (n >= LEAST) & (n >= _SMALLEST * expected) & (contacts >= _CONTACTS)
        more = (others >= ALSO).any(axis=0) | words
        new = signs.first[signs.accounts[rows]] >= until - window - 28
        alone = (contacts >= ALONE) & (n >= _ALONE_RATIO * expected) & ~new & (past >= 3)
        right = enough & ((more & (together >= TOGETHER)) | alone)
        best = np.where(right, np.maximum(best, together), best)
    return best


def _said(signs: Signs, evidence: Evidence, days: int) -> Flags:
    """Whether an account wrote of leaving in the 28 days up to each day, while few accounts did."""
    found = np.zeros((len(signs.accounts), days), np.bool_)
    account = evidence.tickets.account[evidence.messages.ticket[signs.leaving]].astype(np.int64)
    at = evidence.days.of(evidence.messages.sent_at[signs.leaving])
    for one, day in zip(account, at, strict=True):
        place = int(np.searchsorted(signs.accounts, one))
        if one >= 0 and place < len(signs.accounts) and signs.accounts[place] == one:
            found[place, max(0, day) : day + 28] = True
    for day in range(days):
        found[:, day] &= not common(account, at, day)
    return found


def common(account: Ints, day: Ints, until: int) -> bool:
    """Whether so many accounts wrote of leaving in the eight weeks before the last four that it says little."""
    before = (day < until - 28) & (day >= until - 84) & (account >= 0)
    return len(np.unique(account[before])) >= COMMON


def _onset(signs: Signs, row: int, until: int) -> tuple[int, float]:
    """The first day, with a ticket on it, of the window that stands out most."""
    mine = signs.sums["tickets"][row]
    best, since = -np.inf, until - 1
    rows = np.array([row])
    for window in range(1, min(56, until - 14) + 1):
        begin = until - window
        if mine[begin + 1] == mine[begin]:
            continue
        n, expected, past = signs.contacts(rows, until, window)
        z = float(tail(n, expected, float(signs.spread[until - 1]), past + 1)[0])
        if z > best:
            best, since = z, begin
    return since, best


def _end(signs: Signs, row: int, since: int, until: int, days: int) -> int:
    """The last day count for which an episode stands: until two weeks look nearly as before, or it became the level."""
    rows = np.array([row])
    n, expected, _ = signs.contacts(rows, until, until - since)
    rate = float(expected[0] / max(until - since, 1))
    middle = rate + (float(n[0]) / max(until - since, 1) - rate) / 3
    for day in range(until + 1, days + 1):
        if day - since >= _LONGEST:
            return day
        mine = signs.sums["tickets"][row]
        if day >= since + 21 and (mine[day] - mine[day - 14]) / 14 < middle and not signs._silent(row, day):
            return day
    return LASTS
