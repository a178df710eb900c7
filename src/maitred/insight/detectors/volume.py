"""Do more tickets arrive than usual, in the organisation, a group or a channel, and does service suffer or will it?

For the manager who has to find hands. Weekdays, holidays and the days after are taken out, slow drift is in the
baseline. Growth at stable service is no finding: waits must be longer, or open work must pile up. The narrowest subject
that holds most of the extra tickets is named, and the tickets are those most unlike the weeks before.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from maitred.insight.detectors.finding import Candidate, Cause, Checked, Detector, Looked, Moment, Size, Subject, Watch
from maitred.insight.detectors.open_work import OpenWork, open_work, recovering
from maitred.insight.detectors.presence import filters, spoken, subject_of
from maitred.insight.detectors.scan import Rule, Shift, Sized, daily, shifts, size
from maitred.insight.detectors.speed import sureness
from maitred.insight.detectors.waits import BusinessClock, Waits, first_replies, longer
from maitred.insight.evidence.tables import CHANNELS, Evidence, Flags, Floats, Ints, Words

FAMILY: Final = "volume"
NAME: Final = "volume.arrivals_jump#1"
RULE: Final = Rule("count", "up", 4.2, least_cases=20, smallest=1.25)
_MOST: Final = 0.7
"""Share of the extra tickets from which the narrower subject is the one to name."""
_NEAR: Final = 7
_SLOWER: Final = 1.15


@dataclass(frozen=True, slots=True)
class _Seen:
    kind: str
    subject: int
    shift: Shift


@dataclass(frozen=True, slots=True)
class _Floor:
    evidence: Evidence
    clock: BusinessClock
    waits: Waits
    work: OpenWork
    total: Floats
    weight: Floats
    series: tuple[tuple[str, int], ...]
    seen: tuple[_Seen, ...]
    created_day: Ints


def prepare(evidence: Evidence) -> Watch:
    """Daily arrivals of the workspace, its groups and channels, and their jumps."""
    tickets, days = evidence.tickets, evidence.days
    clock = BusinessClock(evidence)
    day = days.of(tickets.created)
    kept = np.where(tickets.excluded_at > tickets.created + 3600, day, -1)
    groups, channels = len(evidence.groups), len(CHANNELS)
    parts = [
        daily(kept, np.zeros(len(kept), np.int64), 1, len(days))[0],
        daily(kept, tickets.group, groups, len(days))[0],
        daily(kept, tickets.channel, channels, len(days))[0],
    ]
    total = np.concatenate(parts)
    series = (
        ("workspace", 0), *(("group", place) for place in range(groups)),
        *(("channel", place) for place in range(channels)),
    )  # fmt: skip
    weight = np.repeat((~recovering(days)).astype(np.float64)[None], len(total), 0)
    seen = tuple(_Seen(*series[one.series], one) for one in shifts(total, weight, days, RULE))
    floor = _Floor(
        evidence, clock, first_replies(evidence, clock), open_work(evidence), total, weight, series, seen, day
    )
    return partial(_watch, floor)


def _watch(floor: _Floor, moment: Moment) -> Looked:
    checked = [
        Checked(FAMILY, kind, int(sum(
            floor.total[place, : moment.days].sum() for place, one in enumerate(floor.series) if one[0] == kind
        )))
        for kind in ("workspace", "group", "channel")
    ]  # fmt: skip
    standing = [one for one in floor.seen if one.shift.stands(moment.days)]
    sized = [(one, _size(floor, one, moment)) for one in standing]
    found = [_candidate(floor, one, effect, moment) for one, effect in _named(floor, sized, moment)]
    return Looked([one for one in found if one is not None], checked)


def _size(floor: _Floor, one: _Seen, moment: Moment) -> Sized:
    return size(floor.total, floor.weight, floor.evidence.days, RULE, one.shift, moment.days)


def _named(floor: _Floor, sized: list[tuple[_Seen, Sized]], moment: Moment) -> list[tuple[_Seen, Sized]]:
    """Of subjects that jumped together, the narrowest that holds most of it; else the workspace."""

    def extra(one: tuple[_Seen, Sized]) -> float:
        return (one[1].after - one[1].before) * (moment.days - one[0].shift.since)

    whole = [one for one in sized if one[0].kind == "workspace"]
    narrow = sorted((one for one in sized if one[0].kind != "workspace"), key=extra, reverse=True)
    if whole:
        near = [one for one in narrow if abs(one[0].shift.since - whole[0][0].shift.since) <= _NEAR]
        most = [one for one in near if extra(one) >= _MOST * extra(whole[0])]
        groups = [one for one in most if one[0].kind == "group"]
        rest = [one for one in narrow if one not in near and one[0].kind == "group"]
        return [*(groups[:1] or most[:1] or whole[:1]), *rest]
    narrow = [one for one in narrow if not _everywhere(floor, one[0], moment)]
    groups = [one for one in narrow if one[0].kind == "group"]
    channels = [one for one in narrow if one[0].kind == "channel"]
    return [
        *groups,
        *(one for one in channels if all(abs(one[0].shift.since - other[0].shift.since) > _NEAR for other in groups)),
    ]


def _everywhere(floor: _Floor, one: _Seen, moment: Moment) -> bool:
    """Whether what lies outside a subject grew half as much or more: then it is not the subject's."""
    place, since = floor.series.index((one.kind, one.subject)), one.shift.since
    after = np.arange(since, moment.days)
    before = [after - 7 * ((moment.days - 1 - since) // 7 + week) for week in (1, 2, 3, 4)]
    before = [days for days in before if days[0] >= 0]

    def grown(counts: Floats) -> float:
        usual = np.mean([counts[days].sum() for days in before]) if before else 0.0
        return float(counts[after].sum() / max(float(usual), 1.0)) - 1

    rest = floor.total[0] - floor.total[place]
    return grown(rest) >= 0.5 * grown(floor.total[place])


def _candidate(floor: _Floor, one: _Seen, effect: Sized, moment: Moment) -> Candidate | None:
    evidence, since = floor.evidence, one.shift.since
    told = Size(round(effect.value, 3), round(effect.low, 3), round(effect.high, 3), "ratio")
    days = moment.days - since
    tickets = evidence.tickets
    end = int(evidence.days.starts[moment.days])
    mine = _mine(evidence, one) & (tickets.excluded_at >= end)
    now = np.flatnonzero(mine & (floor.created_day >= since) & (tickets.created < end))
    if not told.shows() or told.low <= 1.05 or len(now) < RULE.least_cases:
        return None
    piled = _piled(floor, one, moment)
    grown = longer(floor.waits, mine[floor.waits.ticket], floor.clock, since, moment.days, evidence.days.starts)
    slower = grown.ratio >= _SLOWER and grown.low > 1
    if not slower and piled < max(8.0, 0.3 * effect.before):
        return None
    past = np.flatnonzero(mine & (floor.created_day >= since - 28) & (floor.created_day < since))
    behind, about, share = telling(evidence, now, past, 1 - 1 / told.value, end)
    subject = Subject("workspace", evidence.source, evidence.source, "the whole organisation")
    if one.kind != "workspace":
        subject = subject_of(evidence, one.kind, one.subject)
    where = {"group": f"in {subject.name}", "channel": f"by {subject.name}"}.get(one.kind, "in the whole organisation")
    text = f"{told.value * effect.before:.0f} tickets a day instead of {effect.before:.0f}"
    text += f"; {100 * share:.0f} % of what came on top is about {about}" if about and share >= 0.4 else ""
    text += (
        f"; first replies take {grown.ratio:.1f} times as long" if slower else f"; {piled:.0f} more tickets lie open"
    )
    short = days <= 3 and told.value >= 2 and share >= 0.6
    return Candidate(
        family=FAMILY,
        detector=NAME,
        subject=subject,
        metric="arrivals#1",
        since=since,
        effect=told,
        n=len(now),
        title=f"{told.value:.1f} times as many tickets as usual arrive {where} since {spoken(evidence.days, since)}",
        confidence=sureness(one.shift.z, RULE.threshold),
        tickets=behind[:2000],
        waiting=round(max(grown.hours_a_week if slower else 0.0, piled * 168.0), 2),
        cause=Cause("incident" if short else "volume", text, 0.7),
        where=filters(subject),
    )


def _mine(evidence: Evidence, one: _Seen) -> Flags:
    if one.kind == "workspace":
        return np.ones(len(evidence.tickets), np.bool_)
    code = evidence.tickets.group if one.kind == "group" else evidence.tickets.channel
    return np.asarray(code == one.subject, np.bool_)


def _piled(floor: _Floor, one: _Seen, moment: Moment) -> float:
    """Open tickets at the end of the last day beyond what the same weekday had in the weeks before."""
    opened = floor.work.opened[one.subject] if one.kind == "group" else floor.work.opened.sum(axis=0)
    last, since = moment.days - 1, one.shift.since
    before = np.arange(last - 7 * ((last - since) // 7 + 1), max(since - 57, -1), -7)
    before = before[before < since]
    return float(opened[last] - np.median(opened[before])) if len(before) >= 3 else 0.0


def telling(evidence: Evidence, now: Ints, past: Ints, share: float, end: int) -> tuple[Ints, str, float]:
    """The part of new tickets most unlike those before, what most of them are about, and how much of the extra that is.

    Parameters
    ----------
    now, past
        Positions of tickets since the jump and of four weeks before.
    share
        Which part of the new ones came on top.
    """
    score = np.zeros(len(now))
    best, about = 0.0, ""
    topics = np.where(evidence.topics_known_at < end, evidence.topics, -1)
    if (topics[now] >= 0).mean() > 0.3:
        score, best, about = _lifted(
            topics[now], topics[past], np.arange(len(now)), len(now), len(past), evidence.topic_names, share
        )
    else:
        for words in (evidence.tags, evidence.words):
            new, of = _codes_of(words, now)
            old, _ = _codes_of(words, past)
            found, lift, name = _lifted(new, old, of, len(now), len(past), words.names, share)
            if lift > best:
                score, best, about = found, lift, name
    order = np.lexsort((-now, -score))
    return now[order][: max(20, int(np.ceil(share * len(now))))].astype(np.int64), about, min(best, 1.0)


def _lifted(
    new: Ints, old: Ints, of: Ints, n_new: int, n_old: int, names: tuple[str, ...], share: float
) -> tuple[Floats, float, str]:
    """Score of each ticket by its most risen code, and the share of the extra tickets that one code explains."""
    score = np.zeros(n_new)
    if not len(names) or not len(new):
        return score, 0.0, ""
    after = np.bincount(new[new >= 0], minlength=len(names)).astype(np.float64)
    before = np.bincount(old[old >= 0], minlength=len(names)).astype(np.float64)
    usual = before * n_new * (1 - share) / max(n_old, 1)
    over = (after - usual) / np.sqrt(usual + 4.0)
    there = new >= 0
    np.maximum.at(score, of[there], over[new[there]])
    top = int(np.argmax(after - usual))
    return score, float((after - usual)[top] / max(share * n_new, 1.0)), names[top]


def _codes_of(words: Words, tickets: Ints) -> tuple[Ints, Ints]:
    """Codes of some tickets, and of which of them each is."""
    if not len(words.codes):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    count = words.starts[tickets + 1] - words.starts[tickets]
    of = np.repeat(np.arange(len(tickets)), count)
    first = np.repeat(words.starts[tickets] - np.concatenate([[0], np.cumsum(count)[:-1]]), count)
    return words.codes[first + np.arange(len(of))].astype(np.int64), of


DETECTORS: tuple[Detector, ...] = (Detector(NAME, FAMILY, prepare),)
