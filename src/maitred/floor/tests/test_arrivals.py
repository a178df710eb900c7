"""What arrives follows the asked intensity, hour by hour and day by day, and surges leave the rest as it was."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.typing import NDArray

from maitred.floor.arrivals import ARRIVAL, arrivals
from maitred.floor.customers import population
from maitred.floor.plants import AtRiskAccount, NewTopic, Outage, TopicSurge
from maitred.floor.rates import day_factors, rates
from maitred.floor.tests.worlds import FLAT, OFFICE, WAVES, small_world
from maitred.floor.world import Customers, Holiday, TicketClass, World

DAY, HOUR = 86_400_000, 3_600_000


def of(world: World, *classes: TicketClass, **changes: Any) -> World:
    """The small world with other classes."""
    return replace(world, classes=classes, **changes)


def mail(weekly: float = 2_000.0, profile: tuple[float, ...] = FLAT, **changes: Any) -> TicketClass:
    return TicketClass("mail", "email", "billing/refund", "Front", weekly, profile, **changes)


def by_day(rows: NDArray[np.void], days: int) -> NDArray[np.int64]:
    return np.bincount(rows["time"] // DAY, minlength=days)


def local_hours(world: World, rows: NDArray[np.void], zone: str) -> list[datetime]:
    origin = datetime.combine(world.start, datetime.min.time(), UTC) - timedelta(days=world.warmup)
    return [(origin + timedelta(milliseconds=int(ms))).astimezone(ZoneInfo(zone)) for ms in rows["time"]]


def test_arrivals_are_sorted_inside_the_world_and_no_key_comes_twice() -> None:
    world = small_world()
    rows = arrivals(world)
    assert rows.dtype == ARRIVAL
    order = np.lexsort((rows["key"], rows["class_"], rows["time"]))
    assert np.array_equal(order, np.arange(len(rows)))
    assert rows["time"].min() >= 0
    assert rows["time"].max() < (world.warmup + world.days) * DAY
    assert len(np.unique(rows["key"])) == len(rows)
    assert np.array_equal(rows["key"] >> np.uint64(40), rows["class_"].astype(np.uint64))


def test_a_world_draws_the_same_arrivals_every_time_and_another_seed_others() -> None:
    assert arrivals(small_world()).tobytes() == arrivals(small_world()).tobytes()
    assert arrivals(small_world()).tobytes() != arrivals(small_world(seed=12)).tobytes()


def test_counts_by_class_and_hour_of_the_week_follow_the_intensity() -> None:
    classes = (
        mail(900.0, WAVES, day_factor=0.0),
        replace(mail(700.0, OFFICE, day_factor=0.0), name="chat", channel="chat"),
    )
    world = of(small_world(), *classes, start=date(2025, 1, 6), days=126, warmup=0)
    rows = arrivals(world)
    for place, one in enumerate(classes):
        seen = np.bincount((rows["time"][rows["class_"] == place] // HOUR) % 168, minlength=168)
        expected = 18 * one.weekly * np.array(one.profile) / sum(one.profile)
        assert seen[expected == 0].sum() == 0
        busy = expected > 0
        square = float(((seen[busy] - expected[busy]) ** 2 / expected[busy]).sum())
        assert square < busy.sum() + 4 * math.sqrt(2 * busy.sum())


def test_counts_by_quarter_hour_follow_the_interpolated_intensity() -> None:
    world = of(small_world(), mail(40_000.0, WAVES, zone="Asia/Kathmandu"), days=56)
    rows, expected = arrivals(world), rates(world).expected()[0]
    seen = np.bincount(rows["time"] // 900_000, minlength=len(expected))
    square = float(((seen - expected) ** 2 / expected).sum())
    assert abs(square - len(expected)) < 4 * math.sqrt(2 * len(expected) + float((1 / expected).sum()))


def test_inside_a_quarter_hour_arrivals_follow_the_slope_of_the_intensity() -> None:
    profile = tuple(float(1 + abs(hour % 24 - 12) ** 2) for hour in range(168))
    world = of(small_world(), mail(400_000.0, profile, day_factor=0.0), start=date(2025, 1, 6), days=14, warmup=0)
    rows, found = arrivals(world), rates(world)
    falling = [quarter for quarter in range(672) if 4 * 2 <= quarter % 96 < 4 * 8]
    inside = rows["time"][np.isin(rows["time"] // 900_000 % 672, falling)]
    left, right = found.left[0, falling].sum(), found.right[0, falling].sum()
    first = float((inside % 900_000 < 450_000).mean())
    expected = (3 * left + right) / (4 * (left + right))
    assert expected > 0.505
    assert first == pytest.approx(expected, abs=4 * 0.5 / math.sqrt(len(inside)))


def test_the_interpolation_keeps_every_hours_sum_and_closed_hours_closed() -> None:
    one = mail(100.0, OFFICE)
    found = rates(of(small_world(), one))
    hourly = ((found.left[0] + found.right[0]) / 2 * 900_000).reshape(168, 4).sum(axis=1)
    assert hourly == pytest.approx(100.0 * np.array(OFFICE) / sum(OFFICE))
    assert (found.left >= 0).all()
    assert (found.right >= 0).all()
    assert found.left[0][np.repeat(OFFICE, 4) == 0].max() == 0


def test_days_are_as_over_dispersed_as_asked() -> None:
    world = of(small_world(), mail(14_000.0, day_factor=0.2), start=date(2025, 1, 6), days=1_400, warmup=0)
    counts = by_day(arrivals(world), 1_400)
    factor = math.sqrt((counts.var() - counts.mean()) / counts.mean() ** 2)
    assert counts.mean() == pytest.approx(2_000, rel=0.02)
    assert factor == pytest.approx(0.2, rel=0.08)


def test_without_a_day_factor_days_are_poisson() -> None:
    world = of(small_world(), mail(14_000.0, day_factor=0.0), start=date(2025, 1, 6), days=1_000, warmup=0)
    counts = by_day(arrivals(world), 1_000)
    assert counts.var() / counts.mean() == pytest.approx(1.0, abs=4 * math.sqrt(2 / 1_000))


def test_classes_share_the_luck_of_a_day_as_correlated_as_asked() -> None:
    for share in (0.0, 0.6, 1.0):
        classes = [replace(mail(day_factor=0.15), name=name) for name in ("a", "b")]
        found = rates(of(small_world(), *classes, days=1_500, warmup=0, day_correlation=share)).day
        assert np.atleast_2d(np.corrcoef(found))[0, 1] == pytest.approx(share, abs=0.08)


def test_the_day_factor_is_gamma_distributed() -> None:
    lots = np.linspace(-4, 4, 4001)
    density = np.exp(-(lots**2) / 2) / np.exp(-(lots**2) / 2).sum()
    for variation in (0.05, 0.12, 0.5, 1.0):
        drawn = day_factors(lots, variation)
        mean = float(density @ drawn)
        assert mean == pytest.approx(1.0, abs=2e-3)
        assert math.sqrt(float(density @ (drawn - mean) ** 2)) == pytest.approx(variation, rel=1e-2)
    median = float(day_factors(np.zeros(1), 1.0)[0])
    assert median == pytest.approx(math.log(2), abs=1e-9)


def test_season_trend_and_holidays_shape_the_year() -> None:
    season = (2.0, *(1.0,) * 11)
    base = mail(7_000.0, day_factor=0.0, season=season, trend=0.5)
    closed = Holiday("closed", date(2025, 6, 9), date(2025, 6, 10))
    world = of(small_world(), base, start=date(2025, 1, 6), days=350, warmup=0, holidays=(closed,))
    counts = by_day(arrivals(world), 350).astype(float)
    first = (date(2025, 6, 9) - world.start).days
    around = [first - 7, first - 6, first + 7, first + 8]
    assert counts[first : first + 2].mean() / counts[around].mean() == pytest.approx(0.35, abs=0.04)
    assert counts[:25].mean() / counts[26:51].mean() == pytest.approx(2.0 / 1.5 ** (26 / 365.25), rel=0.04)
    assert counts[-28:].mean() / counts[26:54].mean() == pytest.approx(1.5 ** (296 / 365.25), rel=0.03)


@pytest.mark.parametrize(("day", "hours"), [(date(2025, 3, 30), 23), (date(2025, 10, 26), 25), (date(2025, 4, 6), 24)])
def test_office_hours_stay_on_the_local_clock_when_clocks_change(day: date, hours: int) -> None:
    doors = tuple(1.0 if hour in (8, 9) else 0.0 for _ in range(7) for hour in range(24))
    classes = (mail(30_000.0, doors, zone="Europe/Berlin"), replace(mail(30_000.0, zone="Europe/Berlin"), name="all"))
    world = of(small_world(), *classes, start=day - timedelta(days=1), days=3, warmup=0)
    rows = arrivals(world)
    opened = [
        when.hour for when in local_hours(world, rows[rows["class_"] == 0], "Europe/Berlin") if when.date() == day
    ]
    assert set(opened) == {8, 9}
    local_day = rates(world).local_day[0]
    assert np.bincount(local_day)[np.unique(local_day)[1]] in (hours * 4, 96)
    on_day = [when for when in local_hours(world, rows[rows["class_"] == 1], "Europe/Berlin") if when.date() == day]
    assert len({when.astimezone(UTC).hour for when in on_day}) == min(24, hours)


def test_nothing_arrives_before_a_class_starts() -> None:
    since = datetime(2025, 3, 20, 10, 7, tzinfo=UTC)
    world = of(small_world(), replace(mail(5_000.0), name="old"), replace(mail(5_000.0, starts=since), name="new"))
    rows = arrivals(world)
    first = rows["time"][rows["class_"] == 1].min()
    start = (since - datetime(2025, 2, 24, tzinfo=UTC)) / timedelta(milliseconds=1)
    assert start <= first < start + 4 * HOUR
    later = np.bincount(rows["class_"][rows["time"] >= start])
    assert later[1] / later[0] == pytest.approx(1.0, abs=0.1)
    expected = rates(world).expected().sum(axis=1)
    assert np.bincount(rows["class_"]) == pytest.approx(expected, abs=4 * np.sqrt(expected).max())


def test_a_surge_leaves_ordinary_arrivals_byte_for_byte_as_they_were() -> None:
    world = small_world()
    surged = world.plant(
        Outage("o1", topic="billing", at="2025-03-20T09:00Z", hours=6, volume=5.0),
        TopicSurge("s1", topic="account", start="2025-04-01", end="2025-04-10"),
        AtRiskAccount("r1", account=7, start="2025-03-10"),
    )
    rows = arrivals(surged)
    assert rows[rows["cause"] < 0].tobytes() == arrivals(world).tobytes()
    assert set(rows["cause"].tolist()) == {-1, 0, 1, 2}
    order = np.lexsort((rows["key"], rows["class_"], rows["time"]))
    assert np.array_equal(order, np.arange(len(rows)))
    assert len(np.unique(rows["key"])) == len(rows)


def test_a_surge_is_the_same_whatever_else_is_planted() -> None:
    surge = TopicSurge("s1", topic="account", start="2025-04-01", end="2025-04-10", accounts=0.4)
    outage = Outage("o1", topic="billing", at="2025-03-20T09:00Z")
    alone, beside = arrivals(small_world().plant(surge)), arrivals(small_world().plant(outage, surge))
    fields = ["time", "key", "customer", "priority", "language"]
    assert np.array_equal(alone[alone["cause"] == 0][fields], beside[beside["cause"] == 1][fields])


def test_a_change_of_one_class_or_day_leaves_the_others_alone() -> None:
    world = small_world()
    more = replace(world, classes=(replace(world.classes[0], weekly=90.0), *world.classes[1:]))
    rows, moved = arrivals(world), arrivals(more)
    assert rows[rows["class_"] > 0].tobytes() == moved[moved["class_"] > 0].tobytes()
    longer = arrivals(replace(world, days=70))
    assert longer[: len(rows)].tobytes() == rows.tobytes()


@pytest.mark.parametrize(("shape", "share"), [("step", 1.0), ("ramp", 0.5), ("decay", (1 - math.exp(-3)) / 3)])
def test_a_surge_brings_the_asked_volume_in_the_asked_shape(shape: Any, share: float) -> None:
    world = of(small_world(), mail(20_000.0, day_factor=0.0), days=28, warmup=0)
    surge = TopicSurge("s1", topic="billing", start="2025-03-06T05:20Z", end="2025-03-20", volume=1.5, shape=shape)
    rows = arrivals(world.plant(surge))
    extra = rows["time"][rows["cause"] == 0]
    start = (datetime(2025, 3, 6, 5, 20, tzinfo=UTC) - datetime(2025, 3, 3, tzinfo=UTC)) / timedelta(milliseconds=1)
    end = 17 * DAY
    expected = 1.5 * share * 20_000 * (end - start) / (7 * DAY)
    assert len(extra) == pytest.approx(expected, abs=4 * math.sqrt(expected))
    assert start <= extra.min()
    assert extra.max() < end
    first = float((extra < (start + end) / 2).mean())
    middle = {"step": 0.5, "ramp": 0.25, "decay": (1 - math.exp(-1.5)) / (1 - math.exp(-3))}[shape]
    assert first == pytest.approx(middle, abs=4 * 0.5 / math.sqrt(len(extra)))


def test_a_surge_hits_only_its_share_of_accounts() -> None:
    world = of(small_world(customers=Customers(accounts=500, per_account=3.0)), mail(3_000.0))
    people = population(world)
    half = arrivals(world.plant(TopicSurge("s", topic="billing", start="2025-03-10", accounts=0.3)))
    hit = np.unique(people.account[half["customer"][half["cause"] == 0]])
    assert 0.2 * 500 < len(hit) < 0.36 * 500
    one = arrivals(world.plant(AtRiskAccount("r", account=7, start="2025-03-10", weekly=60.0)))
    assert set(people.account[one["customer"][one["cause"] == 0]].tolist()) == {7}
    few = arrivals(world.plant(TopicSurge("s", topic="billing", start="2025-03-10", accounts=0.001)))
    assert len(np.unique(people.account[few["customer"][few["cause"] == 0]])) >= 1


def test_a_new_topic_begins_with_its_plant() -> None:
    world = small_world().plant(
        NewTopic("n1", topic="billing/vat", like="billing/refund", at="2025-03-28", weekly=200.0)
    )
    rows = arrivals(world.planted())
    new = rows[rows["class_"] >= 4]
    assert len(new) > 500
    assert new["time"].min() >= 32 * DAY


def test_customers_write_by_their_weight_and_priorities_come_by_their_shares() -> None:
    shares = (0.4, 0.3, 0.2, 0.1)
    one = mail(60_000.0, priorities=shares, languages=(("en", 0.6), ("de", 0.3), ("fr", 0.1)))
    world = of(small_world(customers=Customers(accounts=400, per_account=5.0)), one, warmup=0)
    rows, people = arrivals(world), population(world)
    assert np.bincount(rows["priority"]) / len(rows) == pytest.approx(np.array(shares), abs=0.005)
    contacts = np.bincount(rows["customer"], minlength=len(people.weight))
    expected = np.diff(people.weight, prepend=0.0) * len(rows)
    many = expected > 5
    square = float(((contacts[many] - expected[many]) ** 2 / expected[many]).sum())
    assert square < many.sum() + 4 * math.sqrt(2 * many.sum())
    spoken = np.bincount(rows["language"]) / len(rows)
    assert spoken == pytest.approx(np.array([0.6, 0.3, 0.1]), abs=0.06)


def test_a_customer_keeps_to_one_language() -> None:
    rows = arrivals(of(small_world(), mail(9_000.0, languages=(("en", 0.5), ("de", 0.5)))))
    pairs = np.unique(np.stack([rows["customer"], rows["language"].astype(np.int32)]), axis=1)
    assert len(np.unique(pairs[0])) == pairs.shape[1]


def test_the_population_is_one_of_accounts_with_people() -> None:
    world = small_world(customers=Customers(accounts=2_000, per_account=12.0, skew=0.8))
    people = population(world)
    assert np.array_equal(np.unique(people.account), np.arange(2_000))
    assert len(people.account) == pytest.approx(24_000, rel=0.1)
    assert np.bincount(people.segment) / 2_000 == pytest.approx(np.array([0.1, 0.3, 0.6]), abs=0.04)
    assert (np.diff(people.weight) > 0).all()
    assert people.weight[-1] == 1.0
    assert float(people.temper.std()) == pytest.approx(0.5, rel=0.03)
    assert np.median(people.revenue[people.segment == 1]) == pytest.approx(9_000, rel=0.15)
    assert people.renewal.min() >= 0
    assert people.renewal.max() < 365 * DAY
    sizes = np.diff(np.concatenate([[0.0], people.weight[np.flatnonzero(np.diff(people.account, append=2_000))]]))
    assert float(np.log(sizes).std()) == pytest.approx(0.8, rel=0.1)
