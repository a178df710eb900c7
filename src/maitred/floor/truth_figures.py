"""The figures in which effects of plants are told, computed from a run by plain counting.

Ids are those of the metric catalogue where the figure has one there; ``truth.…`` is what only the simulation knows.
Days are counted on the clock of the world, waits on the wall.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from maitred.canon.tables import STATUSES
from maitred.floor.latent import ms_of
from maitred.floor.logbook import Kind
from maitred.floor.plants.planted import Concern, under
from maitred.floor.run import Run

Mask = NDArray[np.bool_]
SOLVED: Final = STATUSES.index("solved")
PENDING: Final = STATUSES.index("pending")
OPEN: Final = STATUSES.index("open")
SECOND: Final = 1000.0
DAY: Final = 86_400_000
WEEK: Final = 7 * DAY
LOGGED: Final = (
    "reopen_rate.transitions#1",
    "backlog#1",
    "rwt.calendar#1",
    "transfer_rate.out#1",
    "truth.parked",
    "csat.rate@at_solve#1",
    "truth.churned",
    "truth.records",
)
"""Those that need the log."""


def figure(run: Run, concern: Concern) -> float:
    """One figure of a run; not a number where it has no cases."""
    start, end = (ms_of(run.world, one) for one in (concern.start, concern.end))
    population = dict(concern.population)
    if concern.metric in WHOLE:
        return WHOLE[concern.metric](run, population, concern)
    return FIGURES[concern.metric](run, members(run, population), start, end)


def members(run: Run, population: dict[str, str]) -> Mask:
    """The tickets of a population; people's are those that they solved last, a group's those that came to it first."""
    world, tickets = run.world, run.tickets
    kept = np.ones(len(tickets), dtype=np.bool_)
    for key, value in population.items():
        names = value.split(",")
        if key == "topic":
            kept &= _of_class(run, [under(one.topic, value) for one in world.classes])
        elif key in ("group", "groups"):
            kept &= _of_class(run, [one.group in names for one in world.classes])
        elif key in ("agent", "agents"):
            places = [place for place, one in enumerate(world.agents) if one.id in names]
            kept &= np.isin(tickets["solver"], places)
        elif key == "bot":
            kept &= tickets["bot"] > 0
        elif key == "account":
            kept &= _account(run) == int(value)
        elif key == "hours":
            kept &= _in_hours(run, value)
    return kept


def _of_class(run: Run, wanted: list[bool]) -> Mask:
    found: Mask = np.array(wanted, dtype=np.bool_)[run.tickets["class_"]]
    return found


def _account(run: Run) -> NDArray[np.int32]:
    from maitred.floor.customers import population

    found: NDArray[np.int32] = population(run.world).account[run.tickets["customer"]]
    return found


def _in_hours(run: Run, hours: str) -> Mask:
    """Tickets created in these minutes of the local day of their class."""
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from maitred.floor.latent import origin

    low, high = (int(one) for one in hours.split("-"))
    zero = origin(run.world)
    days = run.world.warmup + run.world.days + 1
    offsets = {
        one.zone: np.array(
            [
                (zero + timedelta(days=day)).astimezone(ZoneInfo(one.zone)).utcoffset() or timedelta()
                for day in range(days)
            ],
            dtype="timedelta64[ms]",
        ).astype(np.int64)
        for one in run.world.classes
    }
    zones = sorted(offsets)
    table = np.stack([offsets[zone] for zone in zones])
    zone = np.array([zones.index(one.zone) for one in run.world.classes])[run.tickets["class_"]]
    created = run.tickets["created"]
    local = created + table[zone, np.minimum(created // DAY, days - 1)]
    minute = (local // 60_000) % 1440
    found: Mask = (minute >= low) & (minute < high)
    return found


def _created(run: Run, mine: Mask, start: int, end: int) -> NDArray[np.void]:
    created = run.tickets["created"]
    return run.tickets[mine & (created >= start) & (created < end)]


def _done(run: Run, mine: Mask, start: int, end: int) -> NDArray[np.void]:
    solved = run.tickets["solved"]
    return run.tickets[mine & (solved >= start) & (solved < end)]


def _mean(values: NDArray[Any]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


def arrivals(run: Run, mine: Mask, start: int, end: int) -> float:
    """Tickets created."""
    return float(len(_created(run, mine, start, end)))


def solved(run: Run, mine: Mask, start: int, end: int) -> float:
    """Tickets solved, by their last solve."""
    return float(len(_done(run, mine, start, end)))


def first_reply(run: Run, mine: Mask, start: int, end: int) -> float:
    """Median seconds on the wall to the first reply of a person, unanswered tickets counted as longest."""
    there = _created(run, mine, start, end)
    there = there[there["bot"] < 2]
    if not len(there):
        return float("nan")
    waits = np.where(there["first_reply"] >= 0, there["first_reply"] - there["created"], 1 << 60)
    middle = float(np.sort(waits)[(len(waits) - 1) // 2])
    return middle / SECOND if middle < 1 << 59 else float("nan")


def full_resolution(run: Run, mine: Mask, start: int, end: int) -> float:
    """Median seconds on the wall from creation to the last solve."""
    there = _created(run, mine, start, end)
    there = there[there["solved"] >= 0]
    return float(np.median(there["solved"] - there["created"]) / SECOND) if len(there) else float("nan")


def satisfied(run: Run, mine: Mask, start: int, end: int) -> float:
    """Good ratings among those recorded for tickets solved in the days."""
    from maitred.floor.surveys import surveys

    found = surveys(run)
    at = run.tickets["solved"]
    kept = mine & (at >= start) & (at < end) & (found.rated >= 0)
    return _mean(found.seen_good[kept])


def durable_bot(run: Run, mine: Mask, start: int, end: int) -> float:
    """Share of the tickets that the bot closed that stayed closed, of those that are ripe."""
    ripe = (run.world.warmup + run.world.days) * DAY - WEEK
    there = _created(run, mine, start, min(end, ripe))
    return _mean(there["bot"][there["bot"] >= 2] == 2)


def handed_over(run: Run, mine: Mask, start: int, end: int) -> float:
    """Share of the tickets that the bot saw that it handed to a person."""
    there = _created(run, mine, start, end)
    return _mean(there["bot"][there["bot"] > 0] == 1)


def backlog(run: Run, mine: Mask, start: int, end: int) -> float:
    """Tickets neither solved nor closed at the end of the days."""
    log = run.log[(run.log["kind"] == Kind.STATUS) & (run.log["time"] < end)]
    status = np.zeros(len(run.tickets), dtype=np.int32)
    status[log["ticket"]] = log["new"]
    return float(np.sum(mine & (run.tickets["created"] < end) & (status < SOLVED)))


def effort(run: Run, mine: Mask, start: int, end: int) -> float:
    """Mean seconds of handling of the tickets solved."""
    return _mean(_done(run, mine, start, end)["effort"] / SECOND)


def abandoned(run: Run, mine: Mask, start: int, end: int) -> float:
    """Share of live contacts that hung up."""
    from maitred.floor.world import LIVE

    live = mine & _of_class(run, [one.channel in LIVE for one in run.world.classes])
    return _mean(_created(run, live, start, end)["abandoned"] > 0)


def waiting(run: Run, mine: Mask, start: int, end: int) -> float:
    """Mean seconds in new and open, as recorded, of tickets solved in the days."""
    log = recorded(run)
    changes = log[(log["kind"] == Kind.STATUS) | (log["kind"] == Kind.CREATED)]
    changes = changes[np.argsort(changes["ticket"], kind="stable")]
    status = np.where(changes["kind"] == Kind.CREATED, 0, changes["new"])
    same = changes["ticket"][1:] == changes["ticket"][:-1]
    lasted = (changes["time"][1:] - changes["time"][:-1]) * (same & (status[:-1] <= OPEN))
    waited = np.bincount(changes["ticket"][:-1], lasted, len(run.tickets))
    at = run.tickets["solved"]
    return _mean(waited[mine & (at >= start) & (at < end)] / SECOND)


def recorded(run: Run) -> NDArray[np.void]:
    """The log as the helpdesk shows it."""
    from maitred.floor.records.register import recorded as shown

    return shown(run)


FIGURES: Final[dict[str, Callable[[Run, Mask, int, int], float]]] = {
    "arrivals#1": arrivals,
    "solved#1": solved,
    "frt.calendar#1": first_reply,
    "full_resolution.calendar#1": full_resolution,
    "csat.rate@at_solve#1": satisfied,
    "durable_resolution.bot#1": durable_bot,
    "handoff_rate#1": handed_over,
    "backlog#1": backlog,
    "rwt.calendar#1": waiting,
    "truth.effort": effort,
    "truth.abandoned": abandoned,
}


def reopened(run: Run, population: dict[str, str], concern: Concern) -> float:
    """Share of the tickets first solved in the days that came back; people's are those that they solved first.

    Tickets first solved in the last week of the world are left out: they have not had the time.
    """
    start, end = (ms_of(run.world, one) for one in (concern.start, concern.end))
    ripe = (run.world.warmup + run.world.days) * DAY - WEEK
    solves = run.log[(run.log["kind"] == Kind.STATUS) & (run.log["new"] == SOLVED)]
    tickets, first = np.unique(solves["ticket"], return_index=True)
    at, who = solves["time"][first], solves["actor"][first]
    kept = (at >= start) & (at < min(end, ripe))
    others = {key: value for key, value in population.items() if key not in ("agent", "agents")}
    kept &= members(run, others)[tickets]
    if len(others) < len(population):
        names = population.get("agent", population.get("agents", "")).split(",")
        kept &= np.isin(who, [place for place, one in enumerate(run.world.agents) if one.id in names])
    return _mean(run.tickets["reopens"][tickets[kept]] > 0)


def passed_on(run: Run, population: dict[str, str], concern: Concern) -> float:
    """Of the tickets assigned to a person: share that went on unsolved to somebody else; pairs of ticket and person."""
    start, end = (ms_of(run.world, one) for one in (concern.start, concern.end))
    log = run.log
    solves = (log["kind"] == Kind.STATUS) & (log["new"] == SOLVED)
    given = (log["kind"] == Kind.ASSIGNED) & (log["new"] >= 0)
    rows = log[solves | given | (log["kind"] == Kind.GROUP)]
    rows = rows[np.argsort(rows["ticket"], kind="stable")]
    held = rows["kind"] == Kind.ASSIGNED
    again = np.zeros(len(rows), dtype=np.bool_)
    again[1:] = (
        held[1:] & held[:-1] & (rows["ticket"][1:] == rows["ticket"][:-1]) & (rows["new"][1:] == rows["new"][:-1])
    )
    rows, held = rows[~again], held[~again]
    onward = np.zeros(len(rows), dtype=np.bool_)
    onward[:-1] = (rows["ticket"][1:] == rows["ticket"][:-1]) & (rows["kind"][1:] != Kind.STATUS)
    bots = [place for place, one in enumerate(run.world.agents) if one.is_bot]
    places = [place for place in _holders(run, population) if place not in bots]
    mine = held & (rows["time"] >= start) & (rows["time"] < end) & np.isin(rows["new"], places)
    pairs = rows["ticket"].astype(np.int64) * (1 << 24) + rows["new"]
    return _mean(np.isin(np.unique(pairs[mine]), pairs[mine & onward]))


def _holders(run: Run, population: dict[str, str]) -> list[int]:
    """Positions of the people that a population names, by themselves or by their first group."""
    if "agent" in population:
        return [place for place, one in enumerate(run.world.agents) if one.id == population["agent"]]
    group = population.get("group", "")
    return [place for place, one in enumerate(run.world.agents) if one.groups and group in ("", one.groups[0])]


def parked(run: Run, population: dict[str, str], concern: Concern) -> float:
    """Changes to pending without a word to the customer in the days, by the people of the population."""
    start, end = (ms_of(run.world, one) for one in (concern.start, concern.end))
    log = recorded(run)
    log = log[(log["time"] >= start) & (log["time"] < end)]
    aside = log[(log["kind"] == Kind.STATUS) & (log["new"] == PENDING)]
    said = log[log["kind"] == Kind.AGENT_MESSAGE]
    aside = aside[np.isin(aside["actor"], _holders(run, population))]
    silent = ~np.isin(
        aside["ticket"].astype(np.int64) << 37 | aside["time"], said["ticket"].astype(np.int64) << 37 | said["time"]
    )
    return float(np.sum(silent))


def churned(run: Run, population: dict[str, str], concern: Concern) -> float:
    """Accounts that left in the days."""
    from maitred.floor.churn import churn
    from maitred.floor.customers import population as people

    start, end = (ms_of(run.world, one) for one in (concern.start, concern.end))
    left = churn(run).left
    kept = (left >= start) & (left < end)
    if "segment" in population:
        names = [name for name, _, _ in run.world.customers.segments]
        kept &= people(run.world).segment == names.index(population["segment"])
    return float(kept.sum())


def records(run: Run, population: dict[str, str], concern: Concern) -> float:
    """Rows of a table that bear a time in the days; of users, those that are deleted."""
    import pyarrow.compute as pc

    table = run.tables[population["table"]]
    if population["table"] == "users":
        return float(pc.sum(pc.is_valid(table["deleted_at"])).as_py() or 0)
    at = table["occurred_at"]
    inside = pc.and_(pc.greater_equal(at, _scalar(at, concern.start)), pc.less(at, _scalar(at, concern.end)))
    return float(pc.sum(inside).as_py() or 0)


def _scalar(column: object, at: datetime) -> object:
    import pyarrow as pa

    return pa.scalar(at, column.type)  # type: ignore[attr-defined]


WHOLE: Final[dict[str, Callable[[Run, dict[str, str], Concern], float]]] = {
    "reopen_rate.transitions#1": reopened,
    "transfer_rate.out#1": passed_on,
    "truth.parked": parked,
    "truth.churned": churned,
    "truth.records": records,
}
"""Figures that are no property of single tickets."""
