"""How long one handling segment takes, per class and per person: measured where it is recorded, else inferred.

For the fit. Recorded are time entries and the talk and wrap-up of calls and engagements. Where they are missing, the
gap between a person's consecutive actions is work with perhaps idle time on top; gaps of people who had something
waiting are read first. The weakest input of a fitted floor, hence flagged everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from maitred.insight.whatif.delays import Work, inferred, measured, speeds
from maitred.insight.whatif.history import History
from maitred.insight.whatif.past import Past, ticket_places, user_places

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CUT = 2_700.0
"""Gaps from 45 minutes on are breaks or other business."""
_FEWEST = 60
_NEAR = 300_000
_COVERED = 0.5


@dataclass(frozen=True, slots=True)
class Efforts:
    """Effort of all classes and people.

    ``seconds`` is the effort of every segment (expected, where it was not recorded), ``over`` its log over the class's
    median, ``speed`` the log multiplier of each agent with its standard deviation.
    """

    classes: tuple[Work, ...]
    how: Literal["measured", "estimated"]
    measured: tuple[bool, ...]
    speed: Floats
    speed_sd: Floats
    seconds: Floats
    over: Floats


def efforts(history: History, known: Past, class_: Ints, families: Ints, since: int) -> Efforts:
    """Fit the effort of a history.

    Parameters
    ----------
    class_
        Class of each ticket, -1 for those that are not read.
    families
        Of each class, the number of the family (channel) that stands in where a class has too few segments.
    since
        Epoch ms from which on segments teach anything.
    """
    work = known.segments
    recorded = _recorded(history, known)
    of = class_[work.ticket]
    # a bare note may be work that was broken off
    ended = work.public | work.pending | work.solved | (work.moved >= 0)
    fair = (of >= 0) & (work.end >= since) & ended
    classes: list[Work] = []
    is_measured: list[bool] = []
    gap = _gaps(known)
    values = np.full(len(work), np.nan)
    for k in range(len(families)):
        mine = fair & (of == k)
        told = mine & np.isfinite(recorded)
        if told.sum() >= _COVERED * mine.sum() and told.sum() >= 20:
            classes.append(measured(recorded[told]))
            is_measured.append(True)
            values[told] = recorded[told]
            continue
        classes.append(_inferred(gap, known, mine, fair & np.isin(of, np.flatnonzero(families == families[k]))))
        is_measured.append(False)
        read = mine & (gap >= 1.0) & (gap < CUT)
        values[read] = gap[read]
    medians = np.array([one.median for one in classes])
    usable = fair & np.isfinite(values) & (values >= 1.0)
    logs = np.full(len(work), np.nan)
    logs[usable] = np.log(values[usable]) - np.log(medians[of[usable]])
    centre = {k: float(np.median(logs[usable & (of == k)])) for k in range(len(families)) if (usable & (of == k)).any()}
    for k, middle in centre.items():
        logs[usable & (of == k)] -= middle
    speed, sd, _ = speeds(np.clip(logs[usable], -3, 3), work.agent[usable], len(known.agents))
    how: Literal["measured", "estimated"] = "measured" if is_measured and all(is_measured) else "estimated"
    return Efforts(
        classes=tuple(_without_people(one, float(np.var(speed))) for one in classes),
        how=how,
        measured=tuple(is_measured),
        speed=speed,
        speed_sd=sd,
        seconds=_expected(classes, of, work.agent, speed, recorded),
        over=np.nan_to_num(logs - speed[work.agent], nan=0.0) if len(work) else logs,
    )


def _recorded(history: History, known: Past) -> Floats:
    """Recorded seconds of each segment, nan where nothing was recorded."""
    found = np.full(len(known.segments), np.nan)
    entries = history.time_entries
    if entries.num_rows:
        _match(
            found,
            known,
            ticket_places(known, entries["ticket_key"]),
            user_places(known, entries["user_id"]),
            _ms(entries["executed_at"]),
            _seconds(entries["spent_s"]),
        )
    for table in (history.calls, history.engagements):
        if table.num_rows:
            length = _seconds(table["talk_s"]) + _seconds(table["wrap_s"])
            agent = user_places(known, table["agent_id"])
            _match(found, known, ticket_places(known, table["ticket_key"]), agent, _ms(table["ended_at"]), length)
    return found


def _match(found: Floats, known: Past, ticket: Ints, agent: Ints, time: Ints, seconds: Floats) -> None:
    """Give each record to the segment of the same person and ticket whose end is nearest, within five minutes."""
    work = known.segments
    good = (ticket >= 0) & (agent >= 0) & (seconds > 0) & (time > 0)
    people = len(known.agents) + 1
    names = work.ticket * people + work.agent
    order = np.lexsort((work.end, names))
    low = int(work.end.min(initial=0))
    span = int(work.end.max(initial=1)) - low + 4 * _NEAR
    keys = names[order] * span + (work.end[order] - low + _NEAR)
    wanted = (ticket[good] * people + agent[good]) * span + (
        np.clip(time[good] - low, -_NEAR, span - 2 * _NEAR) + _NEAR
    )
    if not len(keys):
        return
    at = np.searchsorted(keys, wanted)
    left, right = np.maximum(at - 1, 0), np.minimum(at, len(keys) - 1)
    near = np.where(np.abs(keys[left] - wanted) <= np.abs(keys[right] - wanted), left, right)
    close = np.abs(keys[near] - wanted) <= _NEAR
    places, values = order[near[close]], seconds[good][close]
    fresh = np.isnan(found[places])
    found[places[fresh]] = values[fresh]


def _gaps(known: Past) -> Floats:
    """Seconds from the earliest possible beginning to the end; conversations run beside each other."""
    work = known.segments
    alone = np.where(known.live[work.ticket], np.maximum(work.since, work.taken), work.begun)
    return np.asarray((work.end - alone) / 1000.0, np.float64)


def _inferred(gap: Floats, known: Past, mine: NDArray[np.bool_], family: NDArray[np.bool_]) -> Work:
    """From gaps of people who had something waiting; else from all gaps; else from the family's."""
    for chosen in (mine & known.segments.after_work, mine, family & known.segments.after_work, family):
        if chosen.sum() >= _FEWEST:
            return inferred(gap[chosen], CUT)
    return inferred(gap[family], CUT)


def _without_people(work: Work, spread: float) -> Work:
    """A class's own log-sd: the spread between people is theirs."""
    own = max(0.05, work.sigma**2 - spread) ** 0.5
    return Work(work.median, own, work.busy, work.idle, work.n, work.error)


def _expected(classes: list[Work], of: Ints, agent: Ints, speed: Floats, recorded: Floats) -> Floats:
    """Recorded seconds, else what the class and the person take on average."""
    means = np.array([one.median * np.exp(0.5 * one.sigma**2) for one in classes] or [0.0])
    usual = np.where(of >= 0, means[np.maximum(of, 0)], 0.0) * np.exp(speed[agent] if len(speed) else 0.0)
    return np.asarray(np.where(np.isfinite(recorded), recorded, usual), np.float64)


def _seconds(column: pa.ChunkedArray) -> Floats:
    return np.asarray(pc.fill_null(pc.cast(column, pa.float64()), 0.0).to_numpy(), np.float64)


def _ms(column: pa.ChunkedArray) -> Ints:
    return np.asarray(pc.fill_null(pc.cast(column, pa.int64()), 0).to_numpy(), np.int64) // 1000
