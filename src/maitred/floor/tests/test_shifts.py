"""Who is there when: local shifts, breaks, leave, sickness and planted gaps, also when clocks change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.typing import NDArray

from maitred.floor.logbook import Kind
from maitred.floor.plants import Attrition, MassLeave, Understaffed
from maitred.floor.shifts import AWAY, PRESENCE, SICK, TAKEN, planned, presence
from maitred.floor.tests.worlds import WEEKDAYS, small_world
from maitred.floor.world import Agent, Holiday, Schedule, Span, World

DAY, HOUR, MINUTE = 86_400_000, 3_600_000, 60_000
BERLIN = ZoneInfo("Europe/Berlin")
Spans = list[tuple[datetime, datetime]]


def one(agent: Agent, **changes: Any) -> World:
    """The small world with one person."""
    return small_world(agents=(agent,), bots=(), **changes)


def person(**changes: Any) -> Agent:
    plain = Agent("p0", "Person", ("Front",), WEEKDAYS, zone="Europe/Berlin", absence=0.0, breaks=())
    return replace(plain, **changes)


def instant(world: World, ms: int) -> datetime:
    return datetime.combine(world.start, datetime.min.time(), UTC) + timedelta(days=-world.warmup, milliseconds=ms)


def spans(world: World, rows: NDArray[np.void], agent: int = 0, on: Kind = Kind.SHIFT_ON) -> Spans:
    """Begin and end of somebody's shifts or breaks, in Berlin's time."""
    off = Kind.SHIFT_OFF if on == Kind.SHIFT_ON else Kind.BREAK_OFF
    mine = rows[rows["agent"] == agent]
    starts, ends = mine["time"][mine["kind"] == on], mine["time"][mine["kind"] == off]
    assert len(starts) == len(ends)
    assert (starts < ends).all()
    assert (ends[:-1] < starts[1:]).all()
    pairs = zip(starts.tolist(), ends.tolist(), strict=True)
    return [(instant(world, a).astimezone(BERLIN), instant(world, b).astimezone(BERLIN)) for a, b in pairs]


def hours(found: Spans) -> float:
    return sum((end - start) / timedelta(hours=1) for start, end in found)


def test_presence_is_sorted_by_time_kind_and_agent() -> None:
    rows = presence(small_world())
    assert rows.dtype == PRESENCE
    assert np.array_equal(np.lexsort((rows["agent"], rows["kind"], rows["time"])), np.arange(len(rows)))
    assert rows["time"].min() >= 0
    assert presence(small_world()).tobytes() == rows.tobytes()


def test_shifts_follow_the_local_week_of_each_zone() -> None:
    for zone in ("Europe/Berlin", "Australia/Sydney", "America/New_York"):
        world = one(person(zone=zone))
        found = spans(world, presence(world))
        local = [(a.astimezone(ZoneInfo(zone)), b.astimezone(ZoneInfo(zone))) for a, b in found][1:]
        assert {start.weekday() for start, _ in local} == {0, 1, 2, 3, 4}
        assert {(start.hour, start.minute, end.hour, end.minute) for start, end in local} == {(9, 0, 17, 0)}
        assert len(found) >= (world.days + world.warmup) // 7 * 5


@pytest.mark.parametrize(("day", "long"), [(date(2025, 3, 30), 23), (date(2025, 10, 26), 25), (date(2025, 4, 6), 24)])
def test_a_day_on_which_clocks_change_is_worked_by_the_local_clock(day: date, long: int) -> None:
    sundays = (Span(6, 0, 1440),)
    world = one(person(shifts=sundays), start=day - timedelta(days=3), days=7, warmup=0)
    on_day = [span for span in spans(world, presence(world)) if span[0].date() == day]
    assert hours([(a.astimezone(UTC), b.astimezone(UTC)) for a, b in on_day]) == long
    assert (on_day[0][0].hour, on_day[0][1].hour) == (0, 0)


def test_office_hours_move_in_utc_when_clocks_change() -> None:
    world = one(person(), start=date(2025, 3, 24), days=14, warmup=0)
    starts = [start.astimezone(UTC).hour for start, _ in spans(world, presence(world))]
    assert starts[:5] == [8] * 5
    assert starts[5:10] == [7] * 5


def test_shifts_that_touch_at_midnight_are_one() -> None:
    always = tuple(Span(day, 0, 1440) for day in range(7))
    world = one(person(shifts=always, groups=("Front",)))
    rows = presence(world)
    assert rows["kind"].tolist() == [Kind.SHIFT_ON, Kind.SHIFT_OFF]
    assert rows["time"][0] == 0
    assert rows["time"][1] >= (world.warmup + world.days) * DAY


def test_nobody_on_leave_is_there_and_the_loss_is_told_apart() -> None:
    away = (date(2025, 3, 10), date(2025, 3, 14))
    world = one(person(leave=(away,), absence=0.3))
    rows = presence(world)
    assert not any(away[0] <= start.date() <= away[1] for start, _ in spans(world, rows))
    absent = rows[rows["kind"] == Kind.ABSENT]
    left = absent[absent["old"] == AWAY]
    assert len(left) == 5
    assert left["value"].tolist() == [480] * 5
    assert [instant(world, int(ms)).astimezone(BERLIN).hour for ms in left["time"]] == [9] * 5


def test_sickness_takes_its_share_and_is_drawn_by_person_and_date() -> None:
    people = tuple(person(id=f"p{n}", absence=0.05) for n in range(60))
    world = small_world(agents=people, bots=())
    rows = presence(world)
    sick = rows[(rows["kind"] == Kind.ABSENT) & (rows["old"] == SICK)]
    shifts = (rows["kind"] == Kind.SHIFT_ON).sum() + len(sick)
    assert len(sick) / shifts == pytest.approx(0.05, abs=4 * (0.05 * 0.95 / shifts) ** 0.5)
    fewer = presence(small_world(agents=people[30:], bots=()))
    assert np.array_equal(fewer[fewer["agent"] == 5]["time"], rows[rows["agent"] == 35]["time"])
    later = one(people[3], start=date(2025, 3, 17), days=42)
    fresh = {span for span in spans(later, presence(later)) if span[0].date() > date(2025, 3, 20)}
    assert fresh <= set(spans(world, rows, 3))


def test_breaks_wander_a_little_and_stay_inside_their_shift() -> None:
    world = one(person(breaks=((120, 15), (235, 45), (470, 60))))
    rows = presence(world)
    shifts, breaks = spans(world, rows), spans(world, rows, on=Kind.BREAK_ON)
    assert all(any(a < start and end < b for a, b in shifts) for start, end in breaks)
    lunch = [(start, end) for start, end in breaks if 12 <= start.hour + start.minute / 60 < 14]
    assert len(lunch) == len(shifts)
    assert {(end - start).seconds for start, end in lunch} == {45 * 60}
    minutes = [start.hour * 60 + start.minute - 775 for start, _ in lunch]
    assert -15 <= min(minutes) < -8
    assert 8 < max(minutes) <= 15


def test_a_holiday_of_the_groups_schedule_closes_it() -> None:
    closed = date(2025, 4, 18)
    schedule = Schedule("Berlin", "Europe/Berlin", WEEKDAYS, (Holiday("Good Friday", closed, closed),))
    world = one(person(), schedules=(schedule,))
    rows = presence(world)
    worked = {start.date() for start, _ in spans(world, rows)}
    assert closed not in worked
    assert closed - timedelta(days=1) in worked
    assert not (rows["kind"] == Kind.ABSENT).any()


def test_nobody_works_before_being_hired_or_from_the_day_of_leaving_on() -> None:
    world = one(person(hired=date(2025, 3, 12), left=date(2025, 4, 9)))
    found = spans(world, presence(world))
    assert found[0][0].date() == date(2025, 3, 12)
    assert found[-1][0].date() == date(2025, 4, 8)
    gone = small_world().plant(Attrition("x", at="2025-03-20", agents=("p1",))).planted()
    assert max(end for _, end in spans(gone, presence(gone), 1)).date() < date(2025, 3, 20)


def test_a_planted_gap_takes_exactly_the_asked_hours_and_nothing_else() -> None:
    people = tuple(person(id=f"p{n}", absence=0.04, breaks=((240, 45),)) for n in range(4))
    base = small_world(agents=people, bots=())
    plant = Understaffed(
        "u", group="Front", start="2025-03-17", end="2025-03-29", share=0.5, hours=(600, 720), weekdays=(0, 2)
    )
    gone = set(plant.absent(base))
    world = base.plant(plant)
    before, after = presence(base), presence(world)
    for place, agent in enumerate(people):
        if agent.id not in gone:
            assert before[before["agent"] == place].tobytes() == after[after["agent"] == place].tobytes()
            continue
        was, now = spans(base, before, place), spans(world, after, place)
        cut = [span for span in was if span not in now]
        days = {date(2025, 3, day) for day in (17, 19, 24, 26)}
        assert {start.date() for start, _ in cut} <= days
        for start, end in cut:
            first, last = start.replace(hour=10), start.replace(hour=12)
            assert (start, first) in now
            assert (last, end) in now
        taken = after[(after["agent"] == place) & (after["kind"] == Kind.ABSENT) & (after["old"] == TAKEN)]
        assert taken["value"].tolist() == [120] * len(cut)
        assert hours(was) - hours(now) == 2 * len(cut)


def test_people_on_planted_leave_have_no_breaks_either() -> None:
    base = small_world(agents=(person(breaks=((240, 45),)),), bots=())
    world = base.plant(MassLeave("m", group="Front", start="2025-03-17", end="2025-03-22", share=1.0))
    rows = presence(world)
    for kind in (Kind.SHIFT_ON, Kind.BREAK_ON):
        assert not any(
            date(2025, 3, 17) <= start.date() <= date(2025, 3, 21) for start, _ in spans(world, rows, on=kind)
        )
    assert len(spans(base, presence(base))) - len(spans(world, rows)) == 5


def test_a_gap_across_midnight_utc_cuts_only_its_part() -> None:
    sydney = person(zone="Australia/Sydney", shifts=(Span(2, 480, 960),))
    base = one(sydney)
    world = base.plant(Understaffed("u", group="Front", start="2025-03-19", end="2025-03-20", share=1.0))
    lost = hours(spans(base, presence(base))) - hours(spans(world, presence(world)))
    assert lost == 5.0


def test_a_bot_serves_around_the_clock() -> None:
    world = small_world()
    rows = presence(world)
    robot = rows[rows["agent"] == 6]
    assert robot["kind"].tolist() == [Kind.SHIFT_ON, Kind.SHIFT_OFF]
    assert robot["time"][0] == 0
    assert robot["time"][1] >= (world.warmup + world.days) * DAY


def test_planned_shifts_are_those_of_the_contract_before_absence() -> None:
    agent = person(absence=1.0, leave=((date(2025, 3, 10), date(2025, 3, 14)),))
    world = one(agent)
    rows = presence(world)
    assert not spans(world, rows)
    assert len(planned(world, agent)) == (rows["kind"] == Kind.ABSENT).sum()
