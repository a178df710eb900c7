"""By what a change in people's work may be judged: metrics told for one person, and their values on one scale.

Durations become logarithms, so that an effect is a share of the usual time; shares and means stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import exp, expm1
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np

from maitred.base.errors import Invalid, MaitredError
from maitred.metrics.asking import Asker
from maitred.metrics.catalogue import METRICS, Metric, resolve
from maitred.metrics.intervals import Floats
from maitred.metrics.scope import Scope

Scale = Literal["ratio", "share", "mean"]
External = tuple[str, str]
MINUTE = 60.0
SCALES: dict[str, Scale] = {"duration": "ratio", "share": "share", "mean": "mean"}


@dataclass(frozen=True, slots=True)
class PersonalCases:
    """Cases by day (``date.toordinal``), value (on the scale of the metric) and the number of whose they are.

    ``open_day`` and ``open_who`` are those that still run and have no value.
    """

    day: Floats
    value: Floats
    who: np.ndarray
    open_day: Floats
    open_who: np.ndarray


def goals() -> list[Metric]:
    """The metrics by which one person's work may be judged, the usual ones first."""
    return sorted(filter(_fits, METRICS.values()), key=lambda one: (not one.default, one.title, one.id))


def goal_metric(name: str) -> Metric:
    """The metric of the catalogue that a goal may be bound to.

    Raises
    ------
    Invalid
        There is none of that name, it is never shown for one person, or neither way of it is better.
    """
    try:
        metric = resolve(name)
    except MaitredError as error:
        raise _misfit(f"the catalogue has no metric {name!r}: choose one of those that are offered") from error
    if not _fits(metric):
        what = f"{metric.id} cannot be the goal of one person: choose a duration, a share or a mean told by assignee"
        raise _misfit(what)
    return metric


def personal_cases(
    ask: Asker, metric: Metric, users: Mapping[External, int], first: date, last: date, zone: ZoneInfo
) -> PersonalCases:
    """The cases of some helpdesk users between two days, each counted for whom the metric names.

    Parameters
    ----------
    users
        Helpdesk users, and the number of the person that each of them is.
    """
    words = [f"{source}:{own}" for source, own in users]
    rows = ask.tickets(
        metric.id, first.isoformat(), last.isoformat(), ("assignee",), {"assignee": words}, zone.key,
        scope=Scope.of((), users),
    ).rows  # fmt: skip
    done: list[tuple[int, float, int]] = []
    still: list[tuple[int, int]] = []
    columns = ("at", "value", "censored", "source_id", "assignee")
    for at, value, running, source, assignee in zip(*(rows[name].to_pylist() for name in columns), strict=True):
        number = users.get((source, str(assignee).removeprefix(f"{source}:")))
        day = at.astimezone(zone).date().toordinal()
        if number is None:
            continue
        if running:
            still.append((day, number))
        elif value is not None:
            done.append((day, float(value), number))
    days, values, who = (list(one) for one in zip(*done, strict=True)) if done else ([], [], [])
    return PersonalCases(
        np.array(days, np.float64), scaled(values, SCALES[metric.kind]), np.array(who, np.int64),
        np.array([day for day, _ in still], np.float64), np.array([one for _, one in still], np.int64),
    )  # fmt: skip


def scaled(values: list[float], scale: Scale) -> Floats:
    """Values on the scale of the goal: of durations logarithms, with a minute added so that seconds do not weigh."""
    return np.log(np.maximum(np.array(values), 0.0) + MINUTE) if scale == "ratio" else np.array(values, np.float64)


def in_unit(value: float | None, scale: Scale) -> float | None:
    """A mean on the scale of the goal in the metric's own unit; of durations that is a middle value in seconds."""
    return value if value is None or scale != "ratio" else max(0.0, exp(value) - MINUTE)


def told(amount: float, scale: Scale, *, higher_is_better: bool) -> float:
    """An effect (good when positive) as people say it: of durations the share of time that is saved or added."""
    if scale != "ratio":
        return amount
    return expm1(amount) if higher_is_better else -expm1(-amount)


def _fits(metric: Metric) -> bool:
    return metric.kind in SCALES and metric.direction is not None and "assignee" in metric.dimensions


def _misfit(message: str) -> Invalid:
    return Invalid(message, "mend it", ({"field": "metric", "message": message, "code": "misfit"},))
