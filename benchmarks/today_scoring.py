"""How a replay of Today is judged against the truth of a practice world, as the figures to reach define it.

``judge(rows, truth)`` reads the lines of ``maitred today --replay FROM TO --json`` and the truth beside the world, and
nothing else. From one world come counts and lists; ``together`` makes figures of any number of worlds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

ROUTINE: Final = ("sla_due", "escalation", "report_due", "review_due", "redaction_due", "data_health")
"""Work queues: listed, but no alarms."""
WITHIN, WORST_WITHIN, TOP = 3, 6, 3
"""Working days after evidence suffices in which a problem is to be shown, and the worst one among the first three."""
LINGERS: Final = 28
"""Days after a problem's end in which its consequences are no false alarms."""
EARLY: Final = 3
"""Days by which an estimated onset may lie before the true one and still mean the same problem."""
OVERLAP: Final = 0.5
TURNED: Final = ("bot_resolution",)
"""Families whose metric counts what stays solved, where the truth counts what comes back."""
BACK: Final = 14

Finding = Mapping[str, Any]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """A planted problem as the truth file tells it (``today_truth``)."""

    id: str
    kind: str
    family: str
    subjects: Sequence[Sequence[str]]
    tickets: frozenset[str]
    start: date
    end: date | None
    detectable: date | None
    causes: Sequence[str]
    actions: Sequence[str]
    consequences: Sequence[Mapping[str, Any]]
    harm: float
    figure: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding on a day: what it means (``right``, ``consequence``, ``false`` or ``routine``) and of which problem."""

    day: date
    finding: Finding
    problem: Problem | None
    meaning: str


@dataclass(slots=True)
class Verdict:
    """What came of one world."""

    seed: int
    days: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)
    """Each planted problem: family, whether it could be known, found in time, found at all, delay, rank, error."""
    false: list[dict[str, Any]] = field(default_factory=list)
    decoys: list[dict[str, Any]] = field(default_factory=list)
    covered: list[bool] = field(default_factory=list)
    missed: list[dict[str, Any]] = field(default_factory=list)
    """Intervals that do not hold the true effect."""
    empty_intervals: int = 0
    further: int = 0
    worst: bool | None = None
    causes: list[bool] = field(default_factory=list)
    actions: list[bool] = field(default_factory=list)


def judge(rows: Iterable[Row], truth: Mapping[str, Any]) -> Verdict:
    """Judge one replay.

    Parameters
    ----------
    rows
        One line per working day: ``as_of`` and ``findings`` in rank order.
    truth
        ``problems``, ``decoys``, ``first`` (the world's first day).
    """
    lines = sorted(rows, key=lambda row: str(row["as_of"]))
    problems = [_problem(one) for one in truth["problems"]]
    listed = [(day_of(row), one) for row in lines for one in row["findings"] if one.get("shown", True)]
    came: dict[str, date] = {}
    for day, one in listed:
        came.setdefault(str(one["id"]), day)
    seen = [_meant(day, one, problems, came[str(one["id"])]) for day, one in listed]
    verdict = Verdict(int(truth["seed"]), len(lines))
    days = [day_of(row) for row in lines]
    first = date.fromisoformat(truth["first"])
    for one in problems:
        mine = [shown for shown in seen if shown.problem is one]
        verdict.problems.append(_found(one, mine, days))
        _size_up(verdict, one, mine, first)
    verdict.further = _further(seen)
    verdict.worst = _worst(problems, seen, days)
    verdict.empty_intervals = sum(_says_nothing(shown.finding) for shown in seen if shown.meaning != "routine")
    _alarms(verdict, seen, truth.get("decoys", ()))
    return verdict


def day_of(row: Row) -> date:
    """The date of a line."""
    return date.fromisoformat(str(row["as_of"])[:10])


def _problem(told: Mapping[str, Any]) -> Problem:
    def dated(name: str) -> date | None:
        return date.fromisoformat(told[name]) if told.get(name) else None

    start = dated("start")
    assert start is not None
    return Problem(
        told["id"],
        told.get("kind", ""),
        told["family"],
        told.get("subjects", ()),
        frozenset(told.get("tickets", ())),
        start,
        dated("end"),
        dated("detectable"),
        told.get("causes", ()),
        told.get("actions", ()),
        told.get("consequences", ()),
        float(told.get("harm", 0.0)),
        told.get("figure", {}),
    )


# ---------------------------------------------------------------- what a finding means


def _meant(day: date, finding: Finding, problems: Sequence[Problem], came: date) -> Shown:
    """What a finding means that first came up on the day ``came``."""
    if finding["family"] in ROUTINE:
        return Shown(day, finding, None, "routine")
    began = date.fromisoformat(str(finding["since"])[:10])
    there = [one for one in problems if one.start <= day and not _over(one, day) and _since(one, began, came)]
    for one in there:
        if finding["family"] == one.family and _names(finding, one.subjects, one):
            return Shown(day, finding, one, "right")
    for one in there:
        if any(
            finding["family"] in told["families"] and _names(finding, told["subjects"], one)
            for told in one.consequences
        ):
            return Shown(day, finding, one, "consequence")
    return Shown(day, finding, None, "false")


def _since(problem: Problem, began: date, came: date) -> bool:
    """Whether a finding came up after a problem began, or states an onset that is hardly earlier."""
    return came >= problem.start or began >= problem.start - timedelta(days=EARLY)


def _over(problem: Problem, day: date) -> bool:
    return problem.end is not None and day > problem.end + timedelta(days=LINGERS)


def _names(finding: Finding, subjects: Sequence[Sequence[str]], problem: Problem) -> bool:
    """Whether a finding is about one of these subjects; a topic is recognised by the tickets of its evidence."""
    about = finding["subject"]
    named = {str(about.get("external_id", "")), *str(about.get("external_id", "")).split(",")}
    for kind, id in subjects:
        if kind == about["type"] and (id == "*" or id in named or (id == "=" and _overlap(finding, problem.tickets))):
            return True
    return about["type"] == "topic" and finding["family"] == problem.family and _overlap(finding, problem.tickets)


def _overlap(finding: Finding, tickets: frozenset[str]) -> bool:
    mine = {str(one) for one in finding.get("evidence", {}).get("tickets", ())}
    return bool(mine) and bool(tickets) and len(mine & tickets) >= OVERLAP * len(mine)


# ---------------------------------------------------------------- one problem


def _found(problem: Problem, mine: Sequence[Shown], days: Sequence[date]) -> dict[str, Any]:
    """Whether, when and how well a problem was shown."""
    known = problem.detectable
    after = [] if known is None else [day for day in days if day > known]
    judged = known is not None and len(after) >= WITHIN
    right = [one for one in mine if one.meaning == "right"]
    first = min((one.day for one in right), default=None)
    cause = min((one.day for one in mine), default=None)
    limit = after[WITHIN - 1] if judged else None
    opening = next((one for one in right if one.day == first), None)
    since = None if opening is None else date.fromisoformat(str(opening.finding["since"])[:10])
    return {
        "id": problem.id,
        "kind": problem.kind,
        "family": problem.family,
        "start": problem.start.isoformat(),
        "detectable": known.isoformat() if known else None,
        "judged": judged,
        "in_time": bool(judged and limit and first and first <= limit),
        "as_other": bool(judged and limit and cause and cause <= limit),
        "found": first.isoformat() if first else None,
        "delay": None if first is None or known is None else working_days(known, first),
        "rank": None if opening is None else int(opening.finding["rank"]),
        "since_error": None if since is None else abs((since - problem.start).days),
    }


def working_days(start: date, end: date) -> int:
    """Working days after ``start`` up to ``end``; negative where ``end`` comes first."""
    if end < start:
        return -working_days(end, start)
    return sum((start + timedelta(days=n)).weekday() < 5 for n in range(1, (end - start).days + 1))


def _size_up(verdict: Verdict, problem: Problem, mine: Sequence[Shown], first: date) -> None:
    """Interval, cause and action of the right findings, once for each finding, a week after it came up."""
    by_id: dict[str, list[Shown]] = {}
    for one in mine:
        if one.meaning == "right":
            by_id.setdefault(str(one.finding["id"]), []).append(one)
    for shown in by_id.values():
        last = shown[min(len(shown) - 1, 4)]
        true = effect(problem, last.finding, first, last.day)
        told = last.finding["effect"]
        if true is not None and told["low"] is not None and told["high"] is not None:
            verdict.covered.append(bool(told["low"] <= true <= told["high"]))
            if not verdict.covered[-1]:
                detector = last.finding.get("detector", "")
                about = {"id": problem.id, "family": problem.family, "day": last.day.isoformat()}
                verdict.missed.append({**about, "detector": detector, "told": told, "true": true})
        kind = last.finding.get("cause", {}).get("kind", "unknown")
        if kind != "unknown" and problem.causes:
            verdict.causes.append(kind in problem.causes)
        offered = [str(one["id"]) for one in last.finding.get("actions", ())]
        if problem.actions:
            verdict.actions.append(bool(offered) and offered[0] in problem.actions)


def effect(problem: Problem, finding: Finding, first: date, until: date) -> float | None:
    """The true effect from the problem's beginning to a day, in the unit of a finding; None where it has no such unit.

    The difference between the world with the problem and the same world without it, on the problem's own figure.
    """
    figure = problem.figure
    if not figure:
        return None
    low = (problem.start - first).days
    high = min((until - first).days, len(figure["with"]["total"]))
    if problem.end is not None:
        high = min(high, (problem.end - first).days + 1)
    if high <= low:
        return None
    total, weight = (math.fsum(figure["with"][name][low:high]) for name in ("total", "weight"))
    usual, of = (math.fsum(figure["without"][name][low:high]) for name in ("total", "weight"))
    sign = -1.0 if problem.family in TURNED else 1.0
    unit, kind = finding["effect"]["unit"], figure["kind"]
    if kind == "mean" and unit == "ratio" and weight and of:
        return math.exp(total / weight - usual / of)
    if kind == "share" and weight and of:
        if unit == "points":
            return sign * 100.0 * (total / weight - usual / of)
        return (total / weight) / (usual / of) if unit == "ratio" and usual else None
    if kind == "count":
        if unit == "ratio":
            return total / usual if usual else None
        return {"tickets": total - usual, "tickets_per_day": (total - usual) / (high - low)}.get(unit)
    if kind == "level" and unit == "tickets":
        return float(figure["with"]["total"][high - 1] - figure["without"]["total"][high - 1])
    return None


def _says_nothing(finding: Finding) -> bool:
    """Whether an interval contains "no effect"."""
    told = finding["effect"]
    none = 1.0 if told["unit"] == "ratio" else 0.0
    return told["low"] is None or told["high"] is None or bool(told["low"] <= none <= told["high"])


def _further(seen: Sequence[Shown]) -> int:
    """Rows beyond the first for one cause on one day, over all days."""
    rows: dict[tuple[date, str], int] = {}
    for one in seen:
        if one.problem is not None:
            key = (one.day, one.problem.id)
            rows[key] = rows.get(key, 0) + 1
    return sum(count - 1 for count in rows.values())


def _worst(problems: Sequence[Problem], seen: Sequence[Shown], days: Sequence[date]) -> bool | None:
    """Whether the most harmful problem stood among the first three in time; None where there is none to judge."""
    harmful = [one for one in problems if one.harm > 0 and one.detectable is not None and one.family != "improvement"]
    if not harmful:
        return None
    worst = max(harmful, key=lambda one: one.harm)
    assert worst.detectable is not None
    after = [day for day in days if day > worst.detectable]
    if len(after) < WORST_WITHIN:
        return None
    return any(
        one.problem is worst and one.day <= after[WORST_WITHIN - 1] and int(one.finding["rank"]) <= TOP for one in seen
    )


# ---------------------------------------------------------------- alarms


def _alarms(verdict: Verdict, seen: Sequence[Shown], decoys: Sequence[Mapping[str, Any]]) -> None:
    """False alarms (each subject and family once, again after two weeks of silence) and the decoys among them."""
    last: dict[tuple[str, str, str], date] = {}
    for one in seen:
        if one.meaning != "false":
            continue
        about = one.finding["subject"]
        key = (one.finding["family"], about["type"], str(about.get("external_id", "")))
        new = key not in last or (one.day - last[key]).days > BACK
        last[key] = one.day
        if not new:
            continue
        told = {
            "day": one.day.isoformat(),
            "family": key[0],
            "subject": {"type": key[1], "external_id": key[2], "name": about.get("name", "")},
            "since": one.finding["since"],
            "detector": one.finding.get("detector", ""),
            "title": one.finding.get("title", ""),
            "rank": one.finding["rank"],
        }
        verdict.false.append(told)
        verdict.decoys += [{**told, "decoy": decoy["id"]} for decoy in decoys if _lured(one, decoy)]


def _lured(shown: Shown, decoy: Mapping[str, Any]) -> bool:
    finding = shown.finding
    if finding["family"] not in decoy["families"]:
        return False
    about = finding["subject"]
    if any(kind == about["type"] and id == str(about.get("external_id", "")) for kind, id in decoy["subjects"]):
        return True
    if about["type"] == "topic" and _overlap(finding, frozenset(decoy.get("tickets", ()))):
        return True
    window = decoy.get("window")
    since = str(finding["since"])[:10]
    return bool(window and window[0] <= since <= window[1] and about["type"] in ("workspace", "group", "channel"))


# ---------------------------------------------------------------- many worlds


def together(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Figures of many worlds; a share of nothing is None."""
    problems = [one for verdict in verdicts for one in verdict.problems]
    judged = [one for one in problems if one["judged"]]
    weeks = sum(verdict.days for verdict in verdicts) / 5
    rows = sum(verdict.days for verdict in verdicts)
    worst = [verdict.worst for verdict in verdicts if verdict.worst is not None]
    errors = sorted(one["since_error"] for one in problems if one["since_error"] is not None)
    return {
        "worlds": len(verdicts),
        "problems": len(judged),
        "recall": share(one["in_time"] for one in judged),
        "recall_any_family": share(one["as_other"] for one in judged),
        "found_at_all": share(one["found"] is not None for one in judged),
        "false_a_week": sum(len(verdict.false) for verdict in verdicts) / weeks if weeks else None,
        "decoys": sum(len(verdict.decoys) for verdict in verdicts),
        "worst": share(worst),
        "coverage": share(one for verdict in verdicts for one in verdict.covered),
        "empty_intervals": sum(verdict.empty_intervals for verdict in verdicts),
        "further_a_day": sum(verdict.further for verdict in verdicts) / rows if rows else None,
        "since_error": median(errors),
        "causes": share(one for verdict in verdicts for one in verdict.causes),
        "actions": share(one for verdict in verdicts for one in verdict.actions),
        "families": {family: by_family(judged, verdicts, family) for family in families(judged, verdicts)},
    }


def families(judged: Sequence[Mapping[str, Any]], verdicts: Sequence[Verdict]) -> list[str]:
    """Families that were planted or that raised a false alarm."""
    return sorted({one["family"] for one in judged} | {one["family"] for v in verdicts for one in v.false})


def by_family(judged: Sequence[Mapping[str, Any]], verdicts: Sequence[Verdict], family: str) -> dict[str, Any]:
    """Planted, found in time, found at all, median delay, and false alarms of one family."""
    mine = [one for one in judged if one["family"] == family]
    delays = sorted(one["delay"] for one in mine if one["delay"] is not None)
    return {
        "planted": len(mine),
        "in_time": sum(one["in_time"] for one in mine),
        "as_other": sum(one["as_other"] and not one["in_time"] for one in mine),
        "found": sum(one["found"] is not None for one in mine),
        "delay": median(delays),
        "false": sum(one["family"] == family for verdict in verdicts for one in verdict.false),
    }


def share(cases: Iterable[Any]) -> float | None:
    """Share of true ones."""
    told = [bool(one) for one in cases]
    return sum(told) / len(told) if told else None


def median(values: Sequence[float]) -> float | None:
    """The middle of sorted values."""
    if not values:
        return None
    half = len(values) // 2
    return float(values[half]) if len(values) % 2 else (values[half - 1] + values[half]) / 2
