"""Do solved tickets of a group, topic, macro or person come back more often than they did, and than others do?

Every day on which a solve stands is judged as it passes (``durable``), bots' solves apart. A macro that is new is held
against the tickets without it; everything else against its own past. A person is named only where the person's tickets
come back more often than those of the group's other people in the same days, and nothing else of the person's work got
worse (that is ``agent_quality``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.detectors import saying
from maitred.insight.detectors.bad_events import Found, Kind, Pool, Rows, kind_of, pairs
from maitred.insight.detectors.comparable import day_of, mix_of
from maitred.insight.detectors.durable import standing
from maitred.insight.detectors.finding import Candidate, Cause, Checked, Detector, Looked, Moment, Watch
from maitred.insight.detectors.rises import Bar
from maitred.insight.detectors.scan import LEARNING
from maitred.insight.detectors.worn import Others, other_signals
from maitred.insight.evidence.tables import Codes, Evidence, Floats, Ints

NAME: Final = "reopen.rate_shift#1"
METRIC: Final = "reopen_rate.transitions#1"
SMALLEST: Final = 0.03
"""Points of reopenings that matter."""
LEAST: Final = 8
_USUAL_HOURS = 24.0
_OPEN_WORDS = 60
_KINDS: Final = ("group", "topic", "word", "macro", "agent")
_CAUSES: Final = {
    "macro": Cause("macro", "Tickets with this macro come back, those without it do not", 0.8),
    "topic": Cause("product", "One subject comes back whoever works on it", 0.5),
    "word": Cause("product", "One subject comes back whoever works on it", 0.5),
    "agent": Cause("agent", "Comparable tickets of the group's other people do not come back more often", 0.6),
}


def prepare(evidence: Evidence) -> Watch:
    """The look at reopenings."""
    if len(evidence.days) <= LEARNING or not len(evidence.solves.ticket):
        return lambda moment: Looked()
    mix = mix_of(evidence)
    bot = np.append(evidence.people.bot, False)[evidence.solves.agent]
    rows = standing(evidence, mix, evidence.solves.reopened_at, ~bot)
    kinds = tuple(kind for name in _KINDS if (kind := _kind(evidence, rows, name)) is not None)
    hours = _hours(evidence, rows)
    look = _Look(evidence, Pool(rows, kinds, evidence.days, LEAST), hours, other_signals(evidence))
    return look.at


@dataclass(frozen=True, slots=True)
class _Look:
    evidence: Evidence
    pool: Pool
    hours: Floats
    signals: Others

    def at(self, moment: Moment) -> Looked:
        """What stands at an instant."""
        if moment.days <= LEARNING:
            return Looked()
        found = self.pool.standing(moment.days, SMALLEST)
        kept = [one for one in found if not self._worn(one, moment.days)]
        return Looked([self._candidate(one, moment.days) for one in kept], self._checked(moment.days))

    def _worn(self, one: Found, days: int) -> bool:
        """Whether other signals of a person got worse too."""
        return one.kind.name == "agent" and self.signals.worse(one.code, one.shift.since, days)

    def _candidate(self, one: Found, days: int) -> Candidate:
        size, before, after = one.contrast.size()
        subject = saying.subject(self.evidence, one.kind.name, one.code)
        since, contrast = one.shift.since, one.contrast
        more = max(contrast.after.bad - contrast.before.ratio * contrast.after.expected, 0.0)
        hours = self.hours[self.pool.rows.model(since)]
        about = saying.about(one.kind.name, subject)
        than = "against" if one.kind.new[one.shift.series] else "instead of"
        return Candidate(
            family="reopen",
            detector=NAME,
            subject=subject,
            metric=METRIC,
            since=since,
            effect=size,
            n=one.n,
            title=f"{saying.per_cent(after)} of the solved tickets {about} come back {than} {saying.per_cent(before)}"
            f" since {saying.when(self.evidence.days, since)}",
            confidence=saying.confidence(one.z),
            tickets=self.pool.telling(one),
            waiting=more / max(days - since, 1) * 7 * hours,
            cause=_CAUSES.get(one.kind.name, Cause()),
            where=saying.filters(one.kind.name, subject),
        )

    def _checked(self, days: int) -> list[Checked]:
        """How many solves of each kind of subject were looked at."""
        n = int((self.pool.rows.begun < days).sum())
        return [Checked("reopen", f"solves by {name}", n) for name in ("group", "topic", "macro", "agent")]


def _kind(evidence: Evidence, rows: Rows, name: str) -> Kind | None:
    """Subjects of one kind with their changes; none where the helpdesk has no such thing."""
    case, code = _belongs(evidence, rows, name)
    if not (code >= 0).any():
        return None
    bar = Bar({"word": 4.8, "agent": 4.5}.get(name, 4.3), smallest=SMALLEST)
    return kind_of(name, rows, case, code, evidence.days, bar, against=name == "macro")


def _belongs(evidence: Evidence, rows: Rows, name: str) -> tuple[Ints, Codes]:
    every = np.arange(len(rows.ticket))
    match name:
        case "group":
            return every, rows.group
        case "agent":
            return every, rows.agent
        case "topic":
            return every, topics_of(evidence, rows.ticket, rows.begun)
        case "word":
            return words_of(evidence, rows.ticket)
    return _macros_of(evidence, rows)


def topics_of(evidence: Evidence, ticket: Ints, day: Ints) -> Codes:
    """The helpdesk's topic of each ticket as known on a day, -1 where it was not."""
    known = day_of(evidence.days, evidence.topics_known_at)[ticket] <= day
    return np.where(known, evidence.topics[ticket], -1).astype(np.int32)


def words_of(evidence: Evidence, ticket: Ints) -> tuple[Ints, Codes]:
    """Cases and their words, where most tickets have no topic; the words are those usual in the first weeks."""
    first = int(np.searchsorted(evidence.days.of(evidence.tickets.created), LEARNING, side="left"))
    if not first or not len(evidence.words.names) or (evidence.topics[:first] >= 0).mean() > 0.5:
        return np.empty(0, np.int64), np.empty(0, np.int32)
    starts, codes = evidence.words.starts, evidence.words.codes
    share = np.bincount(codes[: starts[first]], minlength=len(evidence.words.names)) / first
    usual = np.flatnonzero((share >= 0.015) & (share <= 0.25))
    usual = usual[np.argsort(-share[usual], kind="stable")][:_OPEN_WORDS]
    length = (starts[1:] - starts[:-1])[ticket]
    case = np.repeat(np.arange(len(ticket)), length)
    place = np.repeat(starts[ticket] - (np.cumsum(length) - length), length) + np.arange(int(length.sum()))
    kept = np.isin(codes[place], usual)
    return case[kept], codes[place][kept]


def _macros_of(evidence: Evidence, rows: Rows) -> tuple[Ints, Codes]:
    """Solves and the macros used on their ticket between the solve before and the solve."""
    macros, solves = evidence.macros, evidence.solves
    if not len(macros.ticket):
        return np.empty(0, np.int64), np.empty(0, np.int32)
    solved = solves.solved_at[rows.source]
    base = int(min(solved.min(initial=0), macros.used_at.min(initial=0)))
    span = int(max(solved.max(initial=0), macros.used_at.max(initial=0))) - base + 1
    order = np.lexsort((solved, rows.ticket))
    keys = rows.ticket[order] * span + (solved[order] - base)
    place = np.searchsorted(keys, macros.ticket * span + (macros.used_at - base), side="left")
    inside = np.minimum(place, len(keys) - 1)
    mine = (place < len(keys)) & (rows.ticket[order[inside]] == macros.ticket)
    return pairs(order[inside[mine]], macros.macro[mine].astype(np.int64), max(len(evidence.macro_names), 1))


def _hours(evidence: Evidence, rows: Rows) -> Floats:
    """Hours that a customer whose ticket came back waits for the next solve, as known at each model's day."""
    solves, days = evidence.solves, evidence.days
    again = solves.started_at > evidence.tickets.created[solves.ticket]
    solved = days.of(solves.solved_at)
    found = np.full(len(rows.fitted), _USUAL_HOURS)
    for place, fitted in enumerate(rows.fitted):
        waits = solves.calendar_s[again & (solved < fitted) & (solves.calendar_s > 0)]
        if len(waits) >= 8:
            found[place] = float(np.median(waits)) / 3600
    return found


DETECTORS: Final = (Detector(NAME, "reopen", prepare),)
