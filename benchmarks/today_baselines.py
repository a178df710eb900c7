"""Two simple dashboards beside Today, on the same data: what a manager would see who looks at figures that jumped.

``weekly``: a week's figure differs by more than a fifth from that of the week before. ``daily``: a day's figure lies
outside three standard deviations of the 28 days before. Both write the same lines as a replay, so that both are judged
by the same scoring; neither ranks by harm, so rows stand in the order of how far they jumped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from maitred.insight.evidence.tables import NEVER, Evidence

Floats = NDArray[np.float64]
CHANGE: Final = 0.2
DEVIATIONS: Final = 3.0
WINDOW: Final = 28
FEWEST: Final = 8
"""Cases that a week's or a month's figure rests on at least."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a dashboard: value = total / weight of a day, or the total itself where ``weight`` is None."""

    family: str
    type: str
    external: str
    name: str
    total: Floats
    weight: Floats | None
    tickets: tuple[NDArray[np.int64], NDArray[np.int64]]
    """Day and position of the tickets behind it, by day."""
    worse: str = "up"


def figures(evidence: Evidence) -> list[Figure]:
    """What a usual dashboard shows: arrivals, first replies, backlog, reopens, ratings by group, topic, person."""
    days = len(evidence.days)
    found: list[Figure] = []
    t, solves, ratings = evidence.tickets, evidence.solves, evidence.ratings
    created = evidence.days.of(t.created)
    order = np.arange(len(t))
    replied = t.first_reply_s >= 0
    reply_day = evidence.days.of(np.where(replied, t.first_reply_at, 0))
    back = solves.reopened_at < NEVER
    solve_day, rated_day = evidence.days.of(solves.solved_at), evidence.days.of(ratings.rated_at)
    back_day = evidence.days.of(np.where(back, solves.reopened_at, 0))
    ends = _ended(evidence)

    def summed(day: NDArray[np.int64], values: Any = None) -> Floats:
        kept = (day >= 0) & (day < days)
        return np.bincount(day[kept], None if values is None else values[kept], days).astype(np.float64)

    def behind(day: NDArray[np.int64], ticket: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        turn = np.argsort(day, kind="stable")
        return day[turn], ticket[turn].astype(np.int64)

    for place, (id, name) in enumerate(zip(evidence.groups.external, evidence.groups.names, strict=True)):
        mine = t.group == place
        found.append(
            Figure("volume", "group", id, name, summed(created[mine]), None, behind(created[mine], order[mine]))
        )
        there = (t.first_reply_group == place) & replied
        logs = np.log(np.maximum(t.first_reply_s[there], 60))
        day = reply_day[there]
        found.append(Figure("speed", "group", id, name, summed(day, logs), summed(day), behind(day, order[there])))
        stock = np.cumsum(summed(created[mine]) - summed(ends[mine]))
        found.append(Figure("backlog", "group", id, name, stock, None, behind(created[mine], order[mine])))
        of, came = solves.group == place, (solves.group == place) & back
        found.append(
            Figure(
                "reopen", "group", id, name, summed(back_day[came]), summed(solve_day[of]),
                behind(back_day[came], solves.ticket[came]),
            )
        )  # fmt: skip
        of = ratings.group == place
        found.append(
            Figure(
                "satisfaction", "group", id, name, summed(rated_day[of], ratings.good[of].astype(np.float64)),
                summed(rated_day[of]), behind(rated_day[of], ratings.ticket[of]), "down",
            )
        )  # fmt: skip
    for place, topic in enumerate(evidence.topic_names):
        mine = evidence.topics == place
        found.append(
            Figure(
                "topic_surge", "topic", topic, topic, summed(created[mine]), None, behind(created[mine], order[mine])
            )
        )
    staff = np.flatnonzero(evidence.people.staff | evidence.people.bot)
    for person in staff.tolist():
        of, came = solves.agent == person, (solves.agent == person) & back
        bot = bool(evidence.people.bot[person])
        names = evidence.people.names
        found.append(
            Figure(
                "bot_resolution" if bot else "agent_quality", "bot" if bot else "agent", names.external[person],
                names.names[person], summed(back_day[came]), summed(solve_day[of]),
                behind(back_day[came], solves.ticket[came]),
            )
        )  # fmt: skip
    return found


def _ended(evidence: Evidence) -> NDArray[np.int64]:
    """The day of each ticket's last solve, where it did not come back."""
    at = np.full(len(evidence.tickets), NEVER, np.int64)
    solves = evidence.solves
    for_good = solves.reopened_at >= NEVER
    at[solves.ticket[for_good]] = solves.solved_at[for_good]
    return evidence.days.of(at)


def weekly(evidence: Evidence, first: date, last: date, shown: list[Figure] | None = None) -> list[dict[str, Any]]:
    """Each week's figure against the one before, told for the whole week that follows."""
    lines = figures(evidence) if shown is None else shown

    def jumped(one: Figure, day: int) -> tuple[float, int] | None:
        end = day - (evidence.days.first + timedelta(days=day)).weekday()
        now, before = _value(one, end - 7, end), _value(one, end - 14, end - 7)
        if now is None or before is None or before == 0:
            return None
        ratio = np.exp(now - before) if one.family == "speed" else now / before
        wrong = ratio > 1 + CHANGE if one.worse == "up" else ratio < 1 - CHANGE
        return (float(ratio), end - 7) if wrong else None

    return _replayed(evidence, first, last, lines, jumped, "weekly#1")


def daily(evidence: Evidence, first: date, last: date, shown: list[Figure] | None = None) -> list[dict[str, Any]]:
    """Yesterday's figure against the 28 days before it."""
    lines = figures(evidence) if shown is None else shown

    def jumped(one: Figure, day: int) -> tuple[float, int] | None:
        at = day - 1
        values = one.total if one.weight is None else one.total / np.where(one.weight > 0, one.weight, np.nan)
        past = values[max(0, at - WINDOW) : at]
        past = past[~np.isnan(past)]
        if len(past) < WINDOW // 2 or np.isnan(values[at]) or np.std(past) == 0:
            return None
        far = float((values[at] - np.mean(past)) / np.std(past, ddof=1))
        wrong = far > DEVIATIONS if one.worse == "up" else far < -DEVIATIONS
        if not wrong:
            return None
        mean = float(np.mean(past))
        ratio = np.exp(values[at] - mean) if one.family == "speed" else values[at] / mean if mean else 2.0
        return float(ratio), at

    return _replayed(evidence, first, last, lines, jumped, "daily#1")


def _value(one: Figure, low: int, high: int) -> float | None:
    """A week's figure; None where it rests on too few cases."""
    if low < 0:
        return None
    total = float(one.total[low:high].sum())
    if one.weight is None:
        return total if total >= FEWEST else None
    weight = float(one.weight[low:high].sum())
    return total / weight if weight >= FEWEST else None


def _replayed(
    evidence: Evidence,
    first: date,
    last: date,
    lines: list[Figure],
    jumped: Callable[[Figure, int], tuple[float, int] | None],
    rule: str,
) -> list[dict[str, Any]]:
    return [
        {"as_of": f"{at:%Y-%m-%d}T06:00:00Z", "findings": _listed(evidence, lines, jumped, day, rule), "checked": []}
        for at, day in _working_days(evidence, first, last)
    ]


def _working_days(evidence: Evidence, first: date, last: date) -> Iterator[tuple[date, int]]:
    day = first
    while day <= last:
        number = (day - evidence.days.first).days
        if day.weekday() < 5 and 0 < number <= len(evidence.days):
            yield day, number
        day += timedelta(days=1)


def _listed(
    evidence: Evidence,
    lines: list[Figure],
    jumped: Callable[[Figure, int], tuple[float, int] | None],
    day: int,
    rule: str,
) -> list[dict[str, Any]]:
    there = [(told, one) for one in lines if (told := jumped(one, day)) is not None]
    there.sort(key=lambda pair: (-abs(np.log(max(pair[0][0], 1e-6))), pair[1].family, pair[1].external))
    return [_told(evidence, one, ratio, since, place, rule) for place, ((ratio, since), one) in enumerate(there, 1)]


def _told(evidence: Evidence, one: Figure, ratio: float, since: int, place: int, rule: str) -> dict[str, Any]:
    days, positions = one.tickets
    low, high = np.searchsorted(days, since), np.searchsorted(days, since + 7)
    return {
        "id": f"{rule}:{one.family}:{one.type}:{one.external}",
        "family": one.family,
        "detector": rule,
        "rank": place,
        "shown": True,
        "subject": {"type": one.type, "external_id": one.external, "name": one.name},
        "since": (evidence.days.first + timedelta(days=since)).isoformat(),
        "effect": {"value": ratio, "low": None, "high": None, "unit": "ratio"},
        "evidence": {"tickets": [str(evidence.tickets.external[one]) for one in positions[low:high][:200]]},
    }
