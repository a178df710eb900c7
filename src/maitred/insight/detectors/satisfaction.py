"""Has the satisfaction of a group's, topic's or channel's customers fallen, other than by who was asked or answered?

Ratings are held against what the case mix of those who answered lets expect, from the day on which they were given;
ratings of bots' work are left to ``bot_resolution``, and a fall that one person explains to ``agent_quality``. The
finding says what was measured, what is left of it after the mix, and how many of those asked answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.detectors import saying
from maitred.insight.detectors.bad_events import Found, Kind, Pool, Rows, kind_of
from maitred.insight.detectors.comparable import Mix, expected, mix_of
from maitred.insight.detectors.finding import Candidate, Cause, Checked, Detector, Looked, Moment, Size, Watch
from maitred.insight.detectors.reopen import topics_of, words_of
from maitred.insight.detectors.rises import BASELINE, Bar
from maitred.insight.detectors.scan import LEARNING
from maitred.insight.evidence.tables import CHANNELS, NEVER, Codes, Evidence, Floats, Ints

NAME: Final = "satisfaction.rate_shift#1"
METRIC: Final = "csat.rate@at_solve#1"
SMALLEST: Final = 0.05
"""Points of satisfaction that matter."""
LEAST: Final = 15
HOURS_PER_UNHAPPY: Final = 8.0
"""Customer-hours that one more unhappy customer counts for beside waiting."""
_KINDS: Final = ("group", "topic", "word", "channel", "agent")
_OTHER_MIX = 0.02
_WAITED = 1.5


def prepare(evidence: Evidence) -> Watch:
    """The look at satisfaction."""
    if len(evidence.days) <= LEARNING or not len(evidence.ratings.ticket):
        return lambda moment: Looked()
    rows = rated(evidence, mix_of(evidence))
    kinds = tuple(kind for name in _KINDS if (kind := _kind(evidence, rows, name)) is not None)
    return _Look(evidence, Pool(rows, kinds, evidence.days, LEAST)).at


def rated(evidence: Evidence, mix: Mix) -> Rows:
    """A row for every rating of people's work on the day it was given; bad ones are the events."""
    ratings, days = evidence.ratings, evidence.days
    day = days.of(ratings.rated_at)
    person = ratings.agent
    bot = np.append(evidence.people.bot, False)[person]
    source = np.flatnonzero(~bot & (mix.out[ratings.ticket] > day))
    ticket, day = ratings.ticket[source], day[source]
    bad = (~ratings.good[source]).astype(np.float64)
    found = expected(mix, ticket, day, day, bad)
    usual = float(bad[day < found.fitted[0]].mean()) if (day < found.fitted[0]).any() else 0.15
    chances = np.clip(found.by_model, max(usual / 4, 0.01), min(max(4 * usual, 0.1), 0.95))
    every = np.arange(len(source))
    own = np.maximum(np.searchsorted(found.fitted, day, side="right") - 1, 0)
    one = np.ones(len(source))
    cases = (source, ticket, day, ratings.group[source], person[source], every, np.ones(len(source), np.int64))
    causal: Floats = chances[own, every]
    return Rows(*cases, every, day, bad, causal, one, chances, chances, found.fitted, one.astype(np.bool_), False)


@dataclass(frozen=True, slots=True)
class _Look:
    evidence: Evidence
    pool: Pool

    def at(self, moment: Moment) -> Looked:
        """What stands at an instant."""
        if moment.days <= LEARNING:
            return Looked()
        # a person's fall takes part, so that the group is not named for it
        found = [one for one in self.pool.standing(moment.days, SMALLEST) if one.kind.name != "agent"]
        n = int((self.pool.rows.day < moment.days).sum())
        checked = [Checked("satisfaction", f"ratings by {name}", n) for name in ("group", "topic", "channel")]
        return Looked([self._candidate(one, moment) for one in found], checked)

    def _candidate(self, one: Found, moment: Moment) -> Candidate:
        rise, before, after = one.contrast.size()
        effect = Size(-rise.value, -rise.high, -rise.low, "points")
        subject = saying.subject(self.evidence, one.kind.name, one.code)
        since, contrast = one.shift.since, one.contrast
        more = max(contrast.after.bad - contrast.before.ratio * contrast.after.expected, 0.0)
        answered = self._answered(one, moment)
        weekly = more / max(moment.days - since, 1) * 7
        return Candidate(
            family="satisfaction",
            detector=NAME,
            subject=subject,
            metric=METRIC,
            since=since,
            effect=effect,
            n=one.n,
            title=f"{saying.per_cent(1 - after)} of the ratings {_about(one.kind.name, subject.name)} are good instead "
            f"of {saying.per_cent(1 - before)} since {saying.when(self.evidence.days, since)}",
            confidence=saying.confidence(one.z),
            tickets=self.pool.telling(one),
            waiting=weekly * HOURS_PER_UNHAPPY / max(answered[1], 0.1),
            cause=self._cause(one, moment),
            where=saying.filters(one.kind.name, subject),
            parts=self._parts(one, answered, effect),
        )

    def _parts(self, one: Found, answered: tuple[float, float], effect: Size) -> tuple[str, ...]:
        """What was measured beside what is left of it, and who answered."""
        rows, day = one.kind.rows(one.shift.series), self.pool.rows.day
        mine = day[rows]
        before = rows[(mine >= one.shift.since - BASELINE) & (mine < one.shift.since)]
        raw = float(self.pool.rows.bad[before].mean() - self.pool.rows.bad[one.rows].mean()) if len(before) else 0.0
        told = [f"as measured {100 * raw:+.0f} points, with the same mix of cases {effect.value:+.0f} points"]
        if abs(100 * raw - effect.value) > 100 * _OTHER_MIX:
            told.append("the answers came from another mix of cases than before")
        if answered[0] > 0:
            told.append(
                f"{saying.per_cent(answered[1])} of those asked answered, {saying.per_cent(answered[0])} before"
            )
        return tuple(told)

    def _answered(self, one: Found, moment: Moment) -> tuple[float, float]:
        """Share of surveys that were answered, twelve weeks before the onset and since it, among the subject's tickets.

        Where no surveys are recorded, ratings per solve count.
        """
        evidence, days = self.evidence, self.evidence.days
        offers = evidence.offers
        known = len(offers.ticket) > 0
        ticket = offers.ticket if known else evidence.solves.ticket
        day = days.of(offers.offered_at if known else evidence.solves.solved_at)
        group = evidence.tickets.group[ticket]
        mine = self._same(one, ticket, day, group)
        rated = np.full(len(evidence.tickets), NEVER, np.int64)
        np.minimum.at(rated, evidence.ratings.ticket, evidence.ratings.rated_at)
        answer = rated[ticket] < min(moment.at, int(days.starts[moment.days - 1]) + 86_400)
        shares = []
        for first, last in ((one.shift.since - BASELINE, one.shift.since), (one.shift.since, moment.days)):
            window = mine & (day >= first) & (day < last)
            shares.append(float(answer[window].mean()) if window.any() else 0.0)
        return shares[0], shares[1]

    def _same(self, one: Found, ticket: Ints, day: Ints, group: Codes) -> np.ndarray:
        evidence = self.evidence
        match one.kind.name:
            case "group":
                return np.asarray(group == one.code)
            case "channel":
                return np.asarray(evidence.tickets.channel[ticket] == one.code)
            case "topic":
                return np.asarray(topics_of(evidence, ticket, day) == one.code)
        case, code = words_of(evidence, ticket)
        found = np.zeros(len(ticket), np.bool_)
        found[case[code == one.code]] = True
        return found

    def _cause(self, one: Found, moment: Moment) -> Cause:
        """Longer waits, where those who rated had waited longer than before; else nothing is claimed."""
        tickets, pool = self.evidence.tickets, self.pool.rows
        rows = one.kind.rows(one.shift.series)
        day = pool.day[rows]
        waits = tickets.first_reply_calendar_s[pool.ticket[pool.case[rows]]]
        known = (waits > 0) & (tickets.first_reply_at[pool.ticket[pool.case[rows]]] < moment.at)
        before = waits[known & (day >= one.shift.since - BASELINE) & (day < one.shift.since)]
        after = waits[known & (day >= one.shift.since) & (day < moment.days)]
        if len(before) < 20 or len(after) < 8:
            return Cause()
        ratio = float(np.median(after) / max(np.median(before), 1))
        if ratio >= _WAITED:
            return Cause("capacity", f"Those who rated waited {ratio:.1f} times as long for their first reply", 0.6)
        return Cause()


def _about(kind: str, name: str) -> str:
    return {"group": f"in {name}", "channel": f"of tickets by {name}"}.get(kind, f"about {name}")


def _kind(evidence: Evidence, rows: Rows, name: str) -> Kind | None:
    case, code = _belongs(evidence, rows, name)
    if not (code >= 0).any():
        return None
    bar = Bar({"word": 4.7, "agent": 4.5}.get(name, 4.35), LEAST, 5, SMALLEST)
    return kind_of(name, rows, case, code, evidence.days, bar)


def _belongs(evidence: Evidence, rows: Rows, name: str) -> tuple[Ints, Codes]:
    every = np.arange(len(rows.ticket))
    match name:
        case "group":
            return every, rows.group
        case "agent":
            return every, rows.agent
        case "topic":
            return every, topics_of(evidence, rows.ticket, rows.begun)
        case "channel":
            channel = evidence.tickets.channel[rows.ticket]
            return every, np.where(channel < len(CHANNELS) - 1, channel, -1).astype(np.int32)
    return words_of(evidence, rows.ticket)


DETECTORS: Final = (Detector(NAME, "satisfaction", prepare),)
