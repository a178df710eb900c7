"""One chart of every kind on invented figures, with gaps, an unfinished bucket and drills; the tests look at them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from maitred.kit import charts
from maitred.kit.charts import (
    Annotation,
    Bin,
    Cell,
    Change,
    Chart,
    Curve,
    Datum,
    Edge,
    Goal,
    Mark,
    Node,
    Part,
    Point,
    Row,
    Span,
    Stack,
    Step,
    Tick,
)

FIRST = date(2026, 10, 22)
MINUTES = (
    *(
        39.4,
        41.3,
        48.7,
        44.6,
        35.4,
        42.0,
        39.5,
        42.6,
        35.6,
        43.0,
        42.9,
        48.3,
        43.3,
        None,
        36.0,
        51.0,
        34.3,
        46.4,
        40.7,
        56.8,
    ),
    *(51.2, 53.4, 55.0, 58.1, 49.7, 60.4, 53.6, 41.0),
)


def named(day: date) -> str:
    return f"{day.day} {day:%b}"


def days() -> list[Point]:
    found = []
    for i, one in enumerate(MINUTES):
        at = FIRST + timedelta(days=i)
        value = None if one is None else one * 60
        found.append(Point(named(at), value, n=None if one is None else 60 + i, drill=f"/drill/day/{i}", at=at))
    return found


def control_chart() -> Chart:
    return charts.control_chart(
        days(), title="Median first reply by day", unit="seconds", measure="Median first reply, business hours",
        centre=42 * 60, lower=31 * 60, upper=52 * 60, unfinished_last=True,
        previous=[None if one is None else one * 57 for one in reversed(MINUTES)],
        annotations=[Annotation(19, "Release 8.4"), Annotation(21, "Two people on leave")],
    )  # fmt: skip


def dots_with_intervals() -> Chart:
    rows = [
        Row("Onboarding", 0.968, 0.951, 0.979, 612, "/drill/onboarding"),
        Row("VIP", 0.941, 0.902, 0.967, 221, "/drill/vip"),
        Row("Billing", 0.912, 0.893, 0.928, 1040, "/drill/billing"),
        Row("Technical", 0.834, 0.806, 0.859, 742, "/drill/technical"),
        Row("Partners", None, n=4),
        Row("Returns", 0.889, 0.812, 0.936, 96, "/drill/returns"),
    ]
    return charts.dots_with_intervals(
        rows,
        title="First reply within target by team",
        unit="share",
        measure="First replies within target, 95% interval",
        target=0.9,
        better="higher",
        head="Team",
    )


def stacked_states() -> Chart:
    states = ("Queue", "Agent", "Customer", "On hold", "Hand-over")
    hours = {
        "Technical": (9, 4, 12, 6, 3),
        "Billing": (3, 2, 8, 1, 0.5),
        "Onboarding": (1, 3, 14, 0, 1),
        "VIP": (0.5, 2, 3, 1, 0.2),
    }
    rows = [
        Stack(
            team,
            tuple(
                Datum(state, part * 3600, n=int(part * 40) + 5, drill=f"/drill/{team}/{i}")
                for i, (state, part) in enumerate(zip(states, parts, strict=True))
            ),
        )
        for team, parts in hours.items()
    ]
    return charts.stacked_states(rows, title="Where resolution time goes", measure="Share of elapsed time", head="Team")


def heat_map() -> Chart:
    cells = [
        Cell(
            "",
            None
            if (day, hour) == (5, 3)
            else 4 + 30 * max(0, 1 - abs(hour - 11) / 7) * (1.3 if day == 0 else 1 if day < 5 else 0.3),
            n=40,
            drill=f"/drill/{day}/{hour}",
            day=day,
            hour=hour,
        )
        for day in range(7)
        for hour in range(24)
    ]
    return charts.heat_map(
        cells, title="Tickets by hour of the week", unit="count", measure="Tickets in an hour, mean of 8 weeks"
    )


def fan() -> Chart:
    starts = [FIRST + timedelta(days=7 * i) for i in range(16)]
    past = [812, 846, 830, 902, 871, 884, 921, 948, 930, 962]
    points = [
        Point(named(at), past[i] if i < 10 else None, n=past[i] if i < 10 else None, at=at)
        for i, at in enumerate(starts)
    ]

    def ahead(offset: float) -> list[float | None]:
        return [None] * 10 + [975 + 8 * step + offset * (40 + 18 * step) for step in range(6)]

    quantiles = {0.05: ahead(-1.6), 0.25: ahead(-0.7), 0.5: ahead(0), 0.75: ahead(0.7), 0.95: ahead(1.6)}
    return charts.fan(points, quantiles, title="Tickets to come", unit="count", measure="New tickets a week")


def slope() -> Chart:
    rows = [
        Change("Technical", 3400, 3100, 3700, 420, "/drill/t", before=2500, before_n=400, verdict="worse"),
        Change("Billing", 1900, 1800, 2050, 700, "/drill/b", before=2700, before_n=690, verdict="better"),
        Change("Onboarding", 2450, 2300, 2600, 310, "/drill/o", before=2480, before_n=300, verdict="same"),
        Change("VIP", 1500, 1200, 1900, 60, "/drill/v", before=1650, before_n=58),
    ]  # fmt: skip
    return charts.slope(rows, title="First reply before and after the new queue", unit="seconds", before="October",
                        after="November", measure="Median first reply", head="Team")  # fmt: skip


def pareto() -> Chart:
    counts = {"Sign-in": 412, "Export fails": 288, "Invoice wrong": 190, "Webhook retries": 121, "Slow pages": 64,
              "Change of address": 41, "Other": 38}  # fmt: skip
    rows = [Row(label, n, n=n, drill=f"/drill/reason/{i}") for i, (label, n) in enumerate(counts.items())]
    return charts.pareto(rows, title="Contact reasons", measure="Tickets, 28 days", head="Reason")


def survival() -> Chart:
    curves = []
    for label, speed, start in (("Technical", 9, 320), ("Billing", 5, 410)):
        left, steps = float(start), []
        for i in range(25):
            value = left / start
            steps.append(
                Step(
                    "",
                    value,
                    max(0.0, value - 0.05),
                    min(1.0, value + 0.05),
                    int(left),
                    f"/drill/{label}",
                    time=i * 7200.0,
                )
            )
            left *= 1 - 1 / speed
        curves.append(Curve(label, tuple(steps), median=speed * 0.65 * 7200))
    return charts.survival(
        curves, title="Time until solved", measure="Share of tickets not solved yet, 95% band", head="Team"
    )


def process_map() -> Chart:
    names = (
        ("new", "New", 300, 1204),
        ("bot", "Bot", 60, 610),
        ("tier1", "First line", 2400, 1010),
        ("tier2", "Second line", 9000, 340),
        ("dev", "Engineering", 90000, 61),
        ("done", "Solved", None, 1180),
    )
    moves = (
        ("new", "bot", 60, 610),
        ("new", "tier1", 900, 594),
        ("bot", "tier1", 300, 416),
        ("bot", "done", 20, 190),
        ("tier1", "tier2", 5400, 340),
        ("tier2", "dev", 14000, 61),
        ("tier1", "done", 7200, 670),
        ("tier2", "done", 30000, 270),
        ("dev", "tier2", 100000, 55),
        ("tier2", "tier1", 8000, 48),
    )
    return charts.process_map(
        [Node(label, stay, n=n, key=key, drill=f"/drill/{key}") for key, label, stay, n in names],
        [Edge("", time, n=n, source=a, target=b, drill=f"/drill/{a}/{b}") for a, b, time, n in moves],
        title="The way of a ticket",
        measure="Tickets and median time, 28 days",
    )


def waterfall() -> Chart:
    parts = [
        Part("Volume", 420, 300, 540, 900, "/drill/volume"),
        Part("Mix of topics", 180, -20, 380, 900),
        Part("Fewer people", 360, 200, 520, 900),
        Part("New macro", -240, -330, -150, 300, "/drill/macro"),
        Part("Not explained", 60),
    ]
    return charts.waterfall(
        parts,
        title="Why first reply rose",
        unit="seconds",
        start=Datum("October", 2520, n=1986),
        end=Datum("November", 3300, n=2010),
        measure="Mean first reply",
        better="lower",
    )


def distribution() -> Chart:
    counts = (12, 60, 143, 190, 172, 120, 96, 71, 40, 33, 20, 14, 9, 4, 6, 2, 1)
    bins = [
        Bin("", n, n=n, start=i * 600.0, end=(i + 1) * 600.0, drill=f"/drill/bin/{i}") for i, n in enumerate(counts)
    ]
    return charts.distribution(
        bins,
        title="First reply times",
        unit="seconds",
        measure="Tickets by first reply, business hours",
        marked=[Mark("median", 2520), Mark("p90", 5900)],
    )


def timeline_strip() -> Chart:
    start = datetime(2026, 11, 10, 8, 12, tzinfo=UTC)

    def at(hours: float) -> datetime:
        return start + timedelta(hours=hours)

    spans = [
        Span("Open", at(0), at(3)),
        Span("Waiting on customer", at(3), at(9), "customer"),
        Span("Closed hours", at(9), at(24), "nobody"),
        Span("Open", at(24), at(26)),
        Span("On hold", at(26), at(31), "held"),
        Span("Open", at(31), at(32.5)),
    ]
    ticks = [
        Tick("Customer: export fails", at(0), "customer"),
        Tick("Priya: first reply", at(3)),
        Tick("Customer: file attached", at(9), "customer"),
        Tick("Status on hold", at(26), "system"),
        Tick("Lee: solved", at(32.5)),
    ]
    return charts.timeline_strip(spans, ticks, title="Ticket 48213", measure="States and messages, UTC")


def sparkline() -> Chart:
    return charts.sparkline(days(), title="First reply", unit="seconds", lower=31 * 60, upper=52 * 60)


def bullet() -> Chart:
    rows = [
        Goal("First reply", 2520, 2400, 2700, 1986, "/drill/frt", target=1800),
        Goal("Next reply", 4100, n=4100, target=5400),
        Goal("Resolution", None, target=28800),
    ]
    return charts.bullet(
        rows, title="Goals of the quarter", unit="seconds", measure="Median, business hours", head="Goal"
    )


KINDS: dict[str, Callable[[], Chart]] = {
    one.__name__: one
    for one in (control_chart, dots_with_intervals, stacked_states, heat_map, fan, slope, pareto, survival, process_map,
                waterfall, distribution, timeline_strip, sparkline, bullet)
}  # fmt: skip
