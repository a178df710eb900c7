"""The figure that each planted problem moves, day by day, in a world with it and in the same world without it.

Both runs have the same draws of everything else, so their difference is what the problem did; from it follow the day
on which evidence suffices, the true effect at any day, and how many hours of waiting a week it cost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import numpy as np
import today_plants as own
from numpy.typing import NDArray

from maitred.canon.tables import STATUSES
from maitred.floor import plants as floor
from maitred.floor.latent import ms_of, origin
from maitred.floor.logbook import Intent, Kind
from maitred.floor.plants.planted import Planted, instant, opening, under
from maitred.floor.run import Run
from maitred.floor.world import World

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
DAY: Final = 86_400_000
SOLVED, PENDING = STATUSES.index("solved"), STATUSES.index("pending")
ENOUGH: Final = 5.0
"""Standard errors at which somebody who knew subject, metric and onset would call it."""
CASES: Final = 8
GIVEN_AWAY: Final = 0.006
"""Share of customers' messages of the floor that hold a card number unasked (``floor.records.bodies``)."""


@dataclass(frozen=True, slots=True)
class Daily:
    """Sums of a day by the day on which they became known; ``square`` is the sum of squares of means.

    ``kind``: ``count`` (weight is not used), ``share`` (cases out of weight), ``mean`` (of logs of seconds),
    ``level`` (a stock at the end of the day), ``single`` (each case counts by itself).
    """

    kind: Literal["count", "share", "mean", "level", "single"]
    total: Floats
    weight: Floats
    square: Floats

    def document(self) -> dict[str, Any]:
        """As the truth file holds it."""
        return {"total": [round(float(one), 3) for one in self.total], "weight": [int(one) for one in self.weight]}


def muted(world: World, id: str) -> World:
    """The world with one problem taken out, its place kept."""
    nothing = floor.Nothing(id, "2000-01-01", "2000-01-02")
    return replace(world, plants=tuple(nothing if getattr(one, "id", "") == id else one for one in world.plants))


def series(run: Run, plant: Planted, place: int) -> Daily:
    """The daily figure of a problem in a run; the run may be without it."""
    match plant:
        case floor.MassLeave():
            return first_replies(run, of_group(run, plant.group))
        case floor.Understaffed():
            return first_replies(run, of_group(run, plant.group) & in_hours(run, plant.hours))
        case own.Creep():
            return open_work(run, of_group(run, plant.group))
        case own.VolumeJump():
            return arrivals(run, of_group(run, plant.group) if plant.group else of_topic(run, ""))
        case floor.Outage() | floor.TopicSurge() | floor.Release() | floor.NewTopic():
            return arrivals(run, of_topic(run, plant.topic))
        case floor.MacroPublished():
            return reopens(run, of_topic(run, plant.topic), None)
        case floor.Training():
            return reopens(run, of_topic(run, ""), [id for id, _ in plant.cohort(run.world)])
        case floor.AgentChange():
            return reopens(run, of_topic(run, ""), [plant.agent])
        case own.Displeased():
            return ratings(run, of_last_group(run, plant.group), plant, place)
        case floor.CherryPicking():
            return passed_on(run, plant.agent)
        case own.Pile():
            return aside(run, plant)
        case floor.AtRiskAccount():
            return arrivals(run, of_account(run, plant.account))
        case own.AsksCard():
            return asked(run, plant.agent)
        case own.CardForm():
            return cards(run, plant, place)
        case floor.BotChange():
            return undone(run)
        case own.WrongHours():
            return arrivals(run, wrong_hours(run, plant))
        case _:
            raise ValueError(f"no figure for {type(plant).__name__}")


# ---------------------------------------------------------------- which tickets


def of_topic(run: Run, topic: str) -> Flags:
    """Tickets of a topic; all of them when it is empty."""
    wanted = [not topic or under(one.topic, topic) for one in run.world.classes]
    found: Flags = np.array(wanted, np.bool_)[run.tickets["class_"]]
    return found


def of_group(run: Run, group: str) -> Flags:
    """Tickets that come to a group first."""
    found: Flags = np.array([one.group == group for one in run.world.classes], np.bool_)[run.tickets["class_"]]
    return found


def of_last_group(run: Run, group: str) -> Flags:
    """Tickets that are in a group at the end."""
    found: Flags = run.tickets["group"] == [one.name for one in run.world.groups].index(group)
    return found


def of_account(run: Run, account: int) -> Flags:
    from maitred.floor.customers import population

    found: Flags = population(run.world).account[run.tickets["customer"]] == account
    return found


def in_hours(run: Run, hours: tuple[int, int]) -> Flags:
    """Tickets created in these minutes of the local day of their class."""
    from maitred.floor.truth_figures import members

    return members(run, {"hours": f"{hours[0]}-{hours[1]}"})


def wrong_hours(run: Run, plant: Planted) -> Flags:
    """Tickets whose clocks run on the wrong hours; none in a world without the problem."""
    if not any(isinstance(one, own.WrongHours) and one.id == plant.id for one in run.world.plants):
        return np.zeros(len(run.tickets), np.bool_)
    assert isinstance(plant, own.WrongHours)
    since = run.tickets["created"] >= ms_of(run.world, instant(plant.start))
    found: Flags = of_group(run, plant.group) & since
    return found


# ---------------------------------------------------------------- what is counted


def days_of(run: Run, at: Ints) -> Ints:
    """The visible day of each instant; -1 before the first, the number of days behind the last."""
    found: Ints = np.clip(at // DAY - run.world.warmup, -1, run.world.days).astype(np.int64)
    return found


def sums(run: Run, at: Ints, values: Floats | None = None) -> Floats:
    """Sums by visible day."""
    day = days_of(run, at)
    kept = (day >= 0) & (day < run.world.days)
    found: Floats = np.bincount(day[kept], None if values is None else values[kept], run.world.days).astype(np.float64)
    return found


def arrivals(run: Run, mine: Flags) -> Daily:
    """Tickets created."""
    total = sums(run, run.tickets["created"][mine])
    return Daily("count", total, np.ones_like(total), total)


def first_replies(run: Run, mine: Flags) -> Daily:
    """Logs of business seconds to the first reply of a person, by the day of the reply."""
    tickets = run.tickets[mine & (run.tickets["first_reply"] >= 0) & (run.tickets["bot"] < 2)]
    logs = np.log(np.maximum(business(run, tickets), 60.0))
    at = tickets["first_reply"]
    return Daily("mean", sums(run, at, logs), sums(run, at), sums(run, at, logs**2))


def business(run: Run, tickets: NDArray[np.void]) -> Floats:
    """Seconds of the first group's opening hours between creation and first reply."""
    found = np.zeros(len(tickets))
    world = run.world
    for schedule in world.schedules:
        names = {one.name for one in world.groups if one.schedule == schedule.name}
        mine = np.array([one.group in names for one in world.classes])[tickets["class_"]]
        if mine.any():
            done = opened(world, schedule.name)
            last = len(done) - 1
            first, end = (np.minimum(tickets[name][mine] // 60_000, last) for name in ("created", "first_reply"))
            found[mine] = 60.0 * (done[end] - done[first])
    return found


def opened(world: World, name: str) -> Floats:
    """Open minutes of a schedule before each minute from the origin on."""
    from zoneinfo import ZoneInfo

    schedule = next(one for one in world.schedules if one.name == name)
    zone, zero = ZoneInfo(schedule.zone), origin(world)
    count = (world.warmup + world.days + 2) * 1440
    is_open = np.zeros(count + 1)
    day = zero.astimezone(zone).date() - timedelta(days=1)
    closed = [(one.first, one.last) for one in schedule.holidays]
    while True:
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        base = round((midnight - zero) / timedelta(minutes=1))
        if base >= count:
            break
        if not any(first <= day <= last for first, last in closed):
            for span in schedule.spans:
                if span.weekday == day.weekday():
                    is_open[max(0, base + span.start) : max(0, base + span.end)] = 1.0
        day += timedelta(days=1)
    found: Floats = np.r_[0.0, np.cumsum(is_open)]
    return found


def open_work(run: Run, mine: Flags) -> Daily:
    """Unsolved tickets at the end of each day."""
    log = run.log[(run.log["kind"] == Kind.STATUS) & mine[run.log["ticket"]]]
    was, now = log["old"] < SOLVED, log["new"] < SOLVED
    change = now.astype(np.float64) - was
    begin = float(np.sum(change[days_of(run, log["time"]) < 0])) + float(
        np.sum(days_of(run, run.tickets["created"][mine]) < 0)
    )
    total = begin + np.cumsum(sums(run, log["time"], change) + sums(run, run.tickets["created"][mine]))
    return Daily("level", total, np.ones_like(total), total)


def solved_rows(run: Run) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """Solvings, and those after which the ticket came back with the instant at which it did (``time``)."""
    log = run.log[run.log["kind"] == Kind.STATUS]
    rows = log[((log["old"] < SOLVED) & (log["new"] == SOLVED)) | ((log["old"] >= SOLVED) & (log["new"] < SOLVED))]
    rows = rows[np.argsort(rows["ticket"], kind="stable")]
    ends = rows["new"] == SOLVED
    back = np.zeros(len(rows), np.bool_)
    back[1:] = ~ends[1:] & ends[:-1] & (rows["ticket"][1:] == rows["ticket"][:-1])
    returned = rows[np.flatnonzero(back) - 1].copy()
    returned["time"] = rows["time"][back]
    return rows[ends], returned


def reopens(run: Run, mine: Flags, agents: list[str] | None) -> Daily:
    """Reopenings by their day, against solvings by theirs."""
    solves, back = solved_rows(run)
    people = [place for place, one in enumerate(run.world.agents) if agents is None or one.id in agents]

    def counted(rows: NDArray[np.void]) -> Floats:
        return sums(run, rows["time"][mine[rows["ticket"]] & np.isin(rows["actor"], people)])

    return Daily("share", counted(back), counted(solves), counted(back))


def undone(run: Run) -> Daily:
    """What the bot closed and what came back of it, as the same ticket or as a new one within a week."""
    solves, back = solved_rows(run)
    bots = [place for place, one in enumerate(run.world.agents) if one.is_bot]
    tickets = run.tickets
    followed = np.flatnonzero((tickets["parent"] >= 0) & (tickets["bot"][np.maximum(tickets["parent"], 0)] >= 2))
    again = tickets["created"][followed]
    total = sums(run, back["time"][np.isin(back["actor"], bots)]) + sums(run, again)
    return Daily("share", total, sums(run, solves["time"][np.isin(solves["actor"], bots)]), total)


def ratings(run: Run, mine: Flags, plant: Planted, place: int) -> Daily:
    """Good ratings out of all by the day of the answer, as the helpdesk shows them."""
    from maitred.floor.surveys import surveys

    assert isinstance(plant, own.Displeased)
    found = surveys(run)
    good = found.seen_good.astype(np.float64)
    if any(isinstance(one, own.Displeased) and one.id == plant.id for one in run.world.plants):
        good = good * ~plant.hit(run, place)
    kept = mine & (found.rated >= 0)
    total = sums(run, found.rated[kept], good[kept])
    return Daily("share", total, sums(run, found.rated[kept]), total)


def passed_on(run: Run, agent: str) -> Daily:
    """Tickets that a person was given and that went on unsolved to somebody else, by the day of passing on."""
    person = next(place for place, one in enumerate(run.world.agents) if one.id == agent)
    log = run.log[run.log["kind"] == Kind.ASSIGNED]
    onward = (log["old"] == person) & (log["new"] < 0) & (log["actor"] == person)
    total = sums(run, log["time"][onward])
    return Daily("share", total, sums(run, log["time"][log["new"] == person]), total)


def aside(run: Run, plant: own.Pile) -> Daily:
    """Tickets that lie in pending for three days without a word to the customer, at the end of each day."""
    log = run.log
    who = plant.who(run.world)
    said = log[log["kind"] == Kind.AGENT_MESSAGE]
    spoken = said["ticket"].astype(np.int64) << 40 | said["time"]
    rows = log[log["kind"] == Kind.STATUS]
    rows = rows[np.argsort(rows["ticket"], kind="stable")]
    silent = (rows["new"] == PENDING) & np.isin(rows["actor"], who)
    silent &= ~np.isin(rows["ticket"].astype(np.int64) << 40 | rows["time"], spoken)
    at = np.flatnonzero(silent)
    following = np.minimum(at + 1, len(rows) - 1)
    same = (rows["ticket"][following] == rows["ticket"][at]) & (following > at)
    left = np.where(same, rows["time"][following], 1 << 60)
    old = rows["time"][at] + 3 * DAY
    lain = left > old
    total = np.cumsum(sums(run, old[lain]) - sums(run, np.minimum(left[lain], 1 << 50)))
    return Daily("level", total, np.ones_like(total), total)


def asked(run: Run, agent: str) -> Daily:
    """Messages in which a person asks for card data."""
    person = next(place for place, one in enumerate(run.world.agents) if one.id == agent)
    log = run.log
    rows = (log["kind"] == Kind.AGENT_MESSAGE) & (log["actor"] == person) & (log["new"] == Intent.ASK_CARD)
    total = sums(run, log["time"][rows])
    return Daily("single", total, np.ones_like(total), total)


def cards(run: Run, plant: own.CardForm, place: int) -> Daily:
    """Card numbers that customers write: those that the form asks for, and those that a few give away anyway."""
    said = np.isin(run.log["kind"], (Kind.CREATED, Kind.CUSTOMER_MESSAGE))
    total = GIVEN_AWAY * sums(run, run.log["time"][said])
    if any(isinstance(one, own.CardForm) and one.id == plant.id for one in run.world.plants):
        total += sums(run, run.tickets["created"][plant.hit(run, place)])
    return Daily("count", total, np.ones_like(total), total)


# ---------------------------------------------------------------- what follows from it


def scores(present: Daily, absent: Daily, start: int) -> Floats:
    """Standard errors of the difference on each day from the onset, by everything known since then."""
    count = len(present.total)
    found = np.zeros(count)
    if present.kind == "level":
        usual = absent.total - rolling(absent.total, 21)
        spread = max(float(np.std(usual)), 1.0)
        grown = present.total - absent.total
        found[start:] = np.where(grown >= CASES, grown / spread, 0.0)[start:]
        return found
    total, weight = np.cumsum(present.total[start:]), np.cumsum(present.weight[start:])
    total_without, weight_without = np.cumsum(absent.total[start:]), np.cumsum(absent.weight[start:])
    if present.kind == "single":
        found[start:] = np.where(total >= 1, 99.0, 0.0)
    elif present.kind == "count":
        extra = total - total_without
        noise = np.sqrt(np.maximum(scatter(absent) * total_without, 1.0))
        found[start:] = np.where(extra >= CASES, extra / noise, 0.0)
    else:
        present_rate, absent_rate = (
            known / np.maximum(of, 1.0) for known, of in ((total, weight), (total_without, weight_without))
        )
        if present.kind == "share":
            usual_rate = absent.total.sum() / max(absent.weight.sum(), 1.0)
            variance = max(usual_rate * (1 - usual_rate), 1e-4)
        else:
            mean = absent.total.sum() / max(absent.weight.sum(), 1.0)
            variance = max(absent.square.sum() / max(absent.weight.sum(), 1.0) - mean**2, 1e-4)
        error = np.sqrt(variance * scatter(absent) / np.maximum(weight, 1.0))
        found[start:] = np.where(weight >= CASES, np.abs(present_rate - absent_rate) / error, 0.0)
    return found


def scatter(absent: Daily) -> float:
    """How much more days scatter than their cases alone would, at least 1."""
    if absent.kind == "count":
        days = np.arange(len(absent.total)) % 7
        mean = np.bincount(days, absent.total, 7) / np.maximum(np.bincount(days, minlength=7), 1)
        expected = mean[days]
        kept = expected > 0.2
        if not kept.any():
            return 1.0
        return max(1.0, float(np.mean((absent.total - expected)[kept] ** 2 / expected[kept])))
    whole = max(absent.weight.sum(), 1.0)
    rate = absent.total.sum() / whole
    variance = rate * (1 - rate) if absent.kind == "share" else absent.square.sum() / whole - rate**2
    kept = absent.weight >= 3
    if not kept.any() or variance <= 0:
        return 1.0
    day = np.arange(len(absent.total)) % 7
    weekday = np.bincount(day, absent.total, 7) / np.maximum(np.bincount(day, absent.weight, 7), 1.0)
    residual = (absent.total - weekday[day] * absent.weight)[kept]
    return max(1.0, float(np.mean(residual**2 / (variance * absent.weight[kept]))))


def rolling(values: Floats, width: int) -> Floats:
    """Mean of the days around."""
    weight = np.convolve(np.ones(len(values)), np.ones(width), "same")
    found: Floats = np.convolve(values, np.ones(width), "same") / weight
    return found


def detectable(present: Daily, absent: Daily, start: int) -> int | None:
    """The first day at whose end evidence suffices, None if it never does."""
    enough = np.flatnonzero(scores(present, absent, start) >= ENOUGH)
    return int(enough[0]) if len(enough) else None


def piled(present: Run, absent: Run, plant: Planted) -> tuple[Daily, Daily] | None:
    """Open work of the group, where a problem shows there as well; else None."""
    if not isinstance(plant, floor.MassLeave | floor.Understaffed):
        return None
    return open_work(present, of_group(present, plant.group)), open_work(absent, of_group(absent, plant.group))


def waiting(present: Run, absent: Run, start: datetime, days: int) -> float:
    """Hours a week that customers waited more because of a problem, over its first days."""
    low = ms_of(present.world, start)
    high = low + days * DAY

    def waited(run: Run) -> float:
        mine = (run.tickets["created"] >= low) & (run.tickets["created"] < high)
        return float(run.tickets["waited"][mine].sum()) / 3_600_000

    return (waited(present) - waited(absent)) * 7.0 / days


def first_day(world: World) -> datetime:
    """The first visible instant."""
    return opening(world)
