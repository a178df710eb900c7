"""Do the tickets that a bot solves stay solved, or do their customers come back within a week, on whichever channel?

A bot's solve is durable when its ticket is not reopened and its requester writes no new ticket for seven days. The
share is held against the bot's own past, a new bot against people on comparable cases, and a bot of which most do not
last is named for that alone. What customers of people's tickets do as well in the same days is no bot's doing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.detectors import saying
from maitred.insight.detectors.bad_events import Contrast, Found, Level, Pool, kind_of
from maitred.insight.detectors.comparable import mix_of
from maitred.insight.detectors.durable import HORIZON, contacted_again, standing
from maitred.insight.detectors.finding import Candidate, Cause, Checked, Detector, Looked, Moment, Size, Watch
from maitred.insight.detectors.rises import BASELINE, Bar
from maitred.insight.detectors.scan import LASTS, LEARNING, Shift
from maitred.insight.evidence.tables import AGENT, BOT, NEVER, Codes, Evidence, Flags, Floats, Ints

NAME: Final = "bot_resolution.durable_shift#1"
METRIC: Final = "durable_resolution.bot#1"
SMALLEST: Final = 0.05
LEAST: Final = 8
_NEW_BOT = 15.0
"""Points by which a new bot's customers come back more often than those of people before it is a finding."""
_MOST = 0.5
_FAR = 0.25
_MANY = 50
_USUAL_HOURS = 24.0
_NINETY = 1.6448536269514722


def prepare(evidence: Evidence) -> Watch:
    """The look at what bots solve."""
    bots = solved_by_bot(evidence)
    if len(evidence.days) <= LEARNING or not (bots >= 0).any():
        return lambda moment: Looked()
    again = contacted_again(evidence)
    failed = np.minimum(evidence.solves.reopened_at, again)
    rows = standing(evidence, mix_of(evidence), failed, np.ones(len(bots), np.bool_))
    every = np.arange(len(rows.ticket))
    kind = kind_of("bot", rows, every, bots[rows.source], evidence.days, Bar(3.9, smallest=SMALLEST), against=True)
    wrote = again < evidence.solves.reopened_at
    return _Look(evidence, Pool(rows, (kind,), evidence.days, LEAST), wrote, _hours(evidence, bots, rows.fitted)).at


def solved_by_bot(evidence: Evidence) -> Codes:
    """The bot of each solve on whose ticket no person had written to the customer yet; -1 where there is none.

    Where nobody is named as the solver, the bot that wrote is.
    """
    solves, people, messages = evidence.solves, evidence.people, evidence.messages
    tickets = len(evidence.tickets)
    solver = np.where(np.append(people.bot, False)[solves.agent], solves.agent, -1)
    human = np.full(tickets, NEVER, np.int64)
    mine = messages.public & (messages.kind == AGENT)
    np.minimum.at(human, messages.ticket[mine], messages.sent_at[mine])
    automatic = messages.public & (messages.kind == BOT) & (messages.author >= 0)
    first = np.full(tickets, NEVER, np.int64)
    np.minimum.at(first, messages.ticket[automatic], messages.sent_at[automatic])
    author = np.full(tickets, -1, np.int64)
    opening = automatic & (messages.sent_at == first[messages.ticket])
    author[messages.ticket[opening]] = messages.author[opening]
    nobody = (solves.agent < 0) & (first[solves.ticket] < solves.solved_at)
    found = np.where(nobody, author[solves.ticket], solver)
    return np.where(human[solves.ticket] < solves.solved_at, -1, found).astype(np.int32)


@dataclass(frozen=True, slots=True)
class _Look:
    evidence: Evidence
    pool: Pool
    wrote: Flags
    """Of each solve, whether the customer wrote a new ticket first."""
    hours: Floats

    def at(self, moment: Moment) -> Looked:
        """What stands at an instant."""
        if moment.days <= LEARNING:
            return Looked()
        found = [one for one in self.pool.standing(moment.days, SMALLEST) if self._own(one, moment.days)]
        named = {one.code for one in found}
        kind = self.pool.kinds[0]
        levels = (self._low(place, moment.days) for place in range(len(kind.codes)) if kind.codes[place] not in named)
        found += [one for one in levels if one is not None]
        n = self._solves(moment.days)
        return Looked(
            [self._candidate(one, moment.days) for one in found], [Checked("bot_resolution", "solves of bots", n)]
        )

    def _solves(self, days: int) -> int:
        cases = np.unique(self.pool.rows.case[self.pool.kinds[0].row])
        return int((self.pool.rows.begun[cases] < days).sum())

    def _own(self, one: Found, days: int) -> bool:
        """Whether it is the bot's doing: people's customers did not come back as much more in the same days."""
        if one.kind.new[one.shift.series]:
            return one.contrast.size()[0].value >= _NEW_BOT
        nobody = np.zeros(len(self.pool.rows.day), np.bool_)
        return self.pool.apart(one, days, nobody) >= 2.5

    def _low(self, place: int, days: int) -> Found | None:
        """A bot of which most solves of the last twelve weeks did not last, far more than of people."""
        rows, kind = self.pool.rows, self.pool.kinds[0]
        mine = kind.rows(place)
        cases = np.unique(rows.case[mine])
        begun = rows.begun[cases]
        mature = cases[(begun >= days - BASELINE - HORIZON) & (begun < days - HORIZON)]
        since = int(begun.min(initial=LASTS))
        if len(mature) < _MANY or days - since < 14:
            return None
        bad = self._failed(mature, days)
        if bad - _NINETY * float(np.sqrt(bad * (1 - bad) / len(mature))) < _MOST:
            return None
        others = np.setdiff1d(
            np.flatnonzero((rows.begun >= days - BASELINE - HORIZON) & (rows.begun < days - HORIZON)), cases
        )
        usual = self._failed(others, days) if len(others) >= _MANY else 0.2
        if bad - usual < _FAR:
            return None
        contrast = Contrast(
            Level(usual * max(len(others), _MANY), float(max(len(others), _MANY))),
            *(Level(bad * len(mature), float(len(mature))), 1.0),
        )
        shift = Shift(place, days - 1, since, LASTS, True, 5.0)
        now = mine[(rows.day[mine] >= days - BASELINE) & (rows.day[mine] < days)]
        return Found(kind, shift, contrast, 5.0, now, len(mature))

    def _failed(self, cases: Ints, days: int) -> float:
        rows = self.pool.rows
        last = rows.start[cases] + np.maximum(rows.length[cases] - 1, 0)
        return float(((rows.bad[last] > 0) & (rows.day[last] < days)).mean())

    def _candidate(self, one: Found, days: int) -> Candidate:
        rise, before, after = one.contrast.size()
        subject = saying.subject(self.evidence, "bot", one.code)
        since, contrast = one.shift.since, one.contrast
        more = max(contrast.after.bad - contrast.before.ratio * contrast.after.expected, 0.0)
        span = min(days - since, BASELINE) if one.shift.raised == days - 1 else days - since
        lone = one.kind.new[one.shift.series] or one.shift.raised == days - 1
        than = "against" if lone else "instead of"
        of_people = " of people's" if lone else ""
        return Candidate(
            family="bot_resolution",
            detector=NAME,
            subject=subject,
            metric=METRIC,
            since=since,
            effect=Size(-rise.value, -rise.high, -rise.low, "points"),
            n=one.n,
            title=f"{saying.per_cent(1 - after)} of what {subject.name} solves stays solved for a week {than} "
            f"{saying.per_cent(1 - before)}{of_people} since {saying.when(self.evidence.days, since)}",
            confidence=saying.confidence(one.z),
            tickets=self.pool.telling(one),
            waiting=more / max(span, 1) * 7 * self.hours[self.pool.rows.model(since)],
            cause=Cause("bot", "Customers of people's tickets do not come back more often in the same days", 0.8),
            where=saying.filters("bot", subject),
            parts=self._parts(one),
        )

    def _parts(self, one: Found) -> tuple[str, ...]:
        rows = self.pool.rows
        bad = one.rows[rows.bad[one.rows] > 0]
        wrote = int(self.wrote[rows.source[rows.case[bad]]].sum())
        return (f"{len(bad)} did not last: {wrote} customers wrote again, {len(bad) - wrote} tickets were reopened",)


def _hours(evidence: Evidence, bots: Codes, fitted: Ints) -> Floats:
    """Hours until people solve a ticket (median), which is what a customer who comes back waits for; by model."""
    solves, days = evidence.solves, evidence.days
    solved = days.of(solves.solved_at)
    found = np.full(len(fitted), _USUAL_HOURS)
    for place, last in enumerate(fitted):
        waits = solves.calendar_s[(bots < 0) & (solved < last) & (solves.calendar_s > 0)]
        if len(waits) >= LEAST:
            found[place] = float(np.median(waits)) / 3600
    return found


DETECTORS: Final = (Detector(NAME, "bot_resolution", prepare),)
