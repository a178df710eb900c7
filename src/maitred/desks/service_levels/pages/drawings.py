"""From the answers of verbs to charts: what stands on which axis, in which words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Literal

from django.utils.translation import gettext as _

from maitred.desks.service_levels.pages import wording
from maitred.desks.service_levels.pages.figures import drill, label_of, title
from maitred.desks.service_levels.pages.opening import Opened
from maitred.desks.service_levels.verbs.figures import Figures
from maitred.kit import charts
from maitred.kit.charts import Chart, Datum, Row
from maitred.kit.pages import words
from maitred.metrics.catalogue import METRICS


def trend(opened: Opened, metric: str, statistic: str = "") -> Chart:
    """The way of a metric through the period with its usual range, and what was noted meanwhile."""
    given = opened.words(metric=metric)
    shown = opened.ask("service_levels.trend", **given, **({"statistic": statistic} if statistic else {}))
    declared = METRICS[shown.metric]
    unit = _unit(declared.unit, shown.statistic)
    points = [
        charts.Point(
            words.day(date.fromisoformat(one.start)) if one.start == one.end else wording.span(one.start, one.end),
            None if one.closed else one.value,
            one.low,
            one.high,
            one.n,
            drill(opened, shown.metric, period=f"{one.start}..{one.end}", statistic=statistic or None),
            at=date.fromisoformat(one.start),
        )
        for one in shown.points
    ]
    heading = _("%(what)s by %(bucket)s") % {"what": title(declared), "bucket": wording.bucket(shown.bucket)}
    if not any(one.value is not None for one in points):
        few = _("Each %(bucket)s alone has too few to tell; a longer period is drawn by week.")
        counted = any(one.n for one in points)
        told = few % {"bucket": wording.bucket(shown.bucket)} if counted else _("Nothing was counted in this period.")
        return charts.empty("control_chart", heading, told)
    lines = {name: [getattr(one, name) for one in shown.points] for name in ("centre", "lower", "upper")}
    known = {name: some for name, some in lines.items() if any(one is not None for one in some)}
    return charts.control_chart(
        points,
        title=heading,
        unit=unit,
        measure=wording.measure(declared, shown.statistic),
        **known,
        annotations=_annotations(opened, shown.points),
        unfinished_last=bool(shown.points and shown.points[-1].unfinished),
        note=wording.trend(shown),
    )


def _annotations(opened: Opened, points: Any) -> list[charts.Annotation]:
    """What people noted in the period, at the bucket in which it happened."""
    from maitred.desks.service_levels.pages import keeping

    found = []
    for day, text, _kind in keeping.noted(opened):
        place = next((at for at, one in enumerate(points) if one.start <= day <= one.end), None)
        if place is not None:
            found.append(charts.Annotation(place, text))
    return found


def attainment(opened: Opened, by: str = "group") -> Chart:
    """Share of targets met by a dimension, each with its interval; by name, never by value."""
    shown: Figures = opened.ask("metrics.show", **opened.words(metric="sla.attainment", by=[by]))
    heading = _("Share of targets met")
    told = [one for one in shown.rows if one.value is not None]
    if not told:
        return charts.empty("dots_with_intervals", heading, _("No target fell due in this period, or too few to tell."))
    rows = [
        Row(
            label_of(one, by),
            one.value,
            one.low,
            one.high,
            one.n,
            drill(opened, shown.metric, **{by: one.by[by] if one.by[by] is not None else "none"}),
        )
        for one in sorted(told, key=lambda one: label_of(one, by).casefold())
    ]
    return charts.dots_with_intervals(rows, title=heading, unit="share", better="higher", head=wording.dimension(by))


def states(opened: Opened, by: str = "") -> Chart:
    """Where the time of solved tickets went, as shares that add up to the whole."""
    shown = opened.ask("service_levels.time_by_state", **opened.words(by=by or None))
    heading = _("Time of solved tickets by what they waited for")
    rows = [*shown.rows, shown.total] if by else [shown.total]
    told = [one for one in rows if one.n and one.hours > 0]
    if not told:
        return charts.empty("stacked_states", heading, _("No ticket was solved in this period, or too few to tell."))
    stacks = [
        charts.Stack(
            one.name or one.value or _("All"),
            tuple(Datum(wording.state(part.state), part.hours * 3600, None, None, one.n) for part in one.states),
        )
        for one in told
    ]
    note = _("%(n)s tickets") % {"n": words.count(shown.total.n)}
    return charts.stacked_states(
        stacks, title=heading, unit="seconds", head=wording.dimension(by or "group"), note=note
    )


def changed(opened: Opened, metric: str, by: str = "group") -> Chart:
    """What the difference between two periods is made of; the parts add up to it."""
    shown = opened.ask(
        "service_levels.what_changed", **opened.words(metric=metric, by=by, compare=opened.filters.compare)
    )
    declared = METRICS[shown.metric]
    heading = _("What the change in %(what)s is made of") % {"what": words.inside(title(declared))}
    if not shown.parts or shown.measured_before is None or shown.measured_now is None:
        return charts.empty(
            "waterfall", heading, shown.reason or _("There is too little data to split the difference.")
        )
    measures: dict[str, charts.Unit] = {"share": "share", "share_slower": "share", "count": "count"}
    unit = measures.get(shown.measure, "points")
    parts = [
        charts.Part(
            wording.other() if one.other else (one.name or one.category or _("none")),
            one.total,
            one.total_low,
            one.total_high,
            one.n_now,
        )
        for one in shown.parts
    ]
    slower = shown.measure == "share_slower"
    better = "lower" if slower else declared.direction or ""
    note = ""
    if slower and shown.threshold is not None:
        note = _("Share of tickets that took longer than %(threshold)s, the median of the time before.") % {
            "threshold": words.duration(shown.threshold)
        }
    return charts.waterfall(
        parts,
        title=heading,
        unit=unit,
        start=Datum(_("before"), shown.measured_before, n=shown.n_before),
        end=Datum(_("now"), shown.measured_now, n=shown.n_now),
        better=better,
        head=wording.dimension(by),
        note=note,
    )


def backlog(opened: Opened) -> Chart:
    """Unsolved tickets at the end of each day."""
    words_ = opened.words()
    shown = opened.ask("service_levels.backlog_ages", **words_)
    points = [
        charts.Point(
            words.day(date.fromisoformat(one.day)),
            one.n,
            n=one.n,
            at=date.fromisoformat(one.day),
            drill=drill(opened, "backlog#1", period=f"{one.day}..{one.day}"),
        )
        for one in shown.series
    ]
    heading = _("Backlog at the end of each %(bucket)s") % {"bucket": wording.bucket(shown.bucket)}
    if not any(one.value is not None for one in points):
        return charts.empty("control_chart", heading, _("Nothing was open in this period."))
    return charts.control_chart(points, title=heading, unit="count", measure=_("tickets"))


def process(opened: Opened, of: str = "group") -> Chart:
    """The way of solved tickets between stations."""
    shown = opened.ask("service_levels.process_map", **opened.words(of=of))
    heading = (
        _("The way of solved tickets between groups") if of == "group" else _("The way of solved tickets by status")
    )
    if not shown.stations:
        return charts.empty("process_map", heading, _("No ticket was solved in this period."))
    names = {one.id: wording.station(one.name) for one in shown.stations}
    nodes = [charts.Node(names[one.id], None, n=one.tickets, key=one.id) for one in shown.stations]
    edges = [
        charts.Edge(
            f"{names.get(one.station, one.station)} → {names.get(one.next, one.next)}",
            one.median,
            one.low,
            one.high,
            one.n,
            source=one.station,
            target=one.next,
        )
        for one in shown.steps
    ]
    note = _("%(n)s tickets") % {"n": words.count(shown.tickets)}
    if shown.stations_left or shown.steps_left:
        note += " · " + _("%(stations)s rarer stations and %(steps)s rarer steps are not drawn") % {
            "stations": shown.stations_left,
            "steps": shown.steps_left,
        }
    return charts.process_map(nodes, edges, title=heading, note=note)


def survival(opened: Opened, metric: str) -> Chart:
    """Share of tickets still waiting after a time."""
    shown = opened.ask("service_levels.survival", **opened.words(metric=metric))
    heading = _("Still waiting for %(what)s") % {"what": words.inside(title(METRICS[shown.metric]))}
    if shown.verdict == "not_enough_data" or not shown.steps:
        return charts.empty("survival", heading, _("Too few tickets to draw the curve (n %(n)s).") % {"n": shown.n})
    steps = tuple(
        charts.Step(words.duration(one.at), one.value, one.low, one.high, one.at_risk, time=float(one.at))
        for one in _thinned(shown.steps, 400)
    )
    curve = charts.Curve(_("all tickets"), steps, shown.median)
    return charts.survival(
        [curve],
        title=heading,
        note=_("%(n)s tickets, %(open)s still open") % {"n": words.count(shown.n), "open": words.count(shown.censored)},
    )


def distribution(opened: Opened, metric: str) -> Chart:
    """How often each duration occurs, with median and 90th percentile."""
    shown = opened.ask("service_levels.distribution", **opened.words(metric=metric))
    declared = METRICS[shown.metric]
    heading = _("How %(what)s is distributed") % {"what": words.inside(title(declared))}
    bins = [
        charts.Bin("", one.n, start=float(one.low), end=float(one.high if one.high is not None else one.low * 1.5 + 1))
        for one in shown.bins
    ]
    if not any(one.value for one in bins):
        return charts.empty("distribution", heading, _("Nothing was measured in this period."))
    found = [
        charts.Mark(_(name), value)
        for name, value in (("median", shown.median), ("p90", shown.p90))
        if value is not None
    ]
    return charts.distribution(bins, title=heading, unit=_unit(declared.unit, "median"), marked=found)


def causes(opened: Opened) -> Chart:
    """Breaches by what they owe to; the parts add up to all of them."""
    shown = opened.ask("service_levels.breach_causes", **opened.words())
    heading = _("Breaches by what they owe most to")
    rows = [
        Row(wording.cause(one.cause), one.count, one.low, one.high, one.mostly) for one in shown.causes if one.count > 0
    ]
    if not rows:
        return charts.empty("pareto", heading, shown.reason or _("No target was missed in this period."))
    rows.sort(key=lambda one: -(one.value or 0))
    return charts.pareto(rows, title=heading, unit="count", head=_("Owes to"))


def strip(opened: Opened, source: str, ticket: str) -> Chart:
    """One ticket's life: its states in lanes, its messages above."""
    document = opened.ask(
        "metrics.explain", ticket=ticket, source=source, metric="unsolved_time", publication=opened.publication
    ).document
    part = next((one for one in document["ledgers"] if one["mode"] == "calendar"), None)
    said = opened.ask("tickets.conversation", source=source, ticket=ticket, publication=opened.publication)
    spans = [
        charts.Span(wording.status(row["state"] or ""), _instant(row["from"]), _instant(row["to"]))
        for row in (part or {"rows": []})["rows"]
        if row["to"] and row["seconds"]
    ]
    sides: dict[str | None, Literal["customer", "staff", "system"]] = {
        "agent": "staff", "bot": "system", "system": "system"}  # fmt: skip
    ticks = [
        charts.Tick(wording.author(one.author_type or ""), _instant(one.at), sides.get(one.author_type, "customer"))
        for one in said.messages
        if one.at and one.public
    ]
    return charts.timeline_strip(spans[:400], ticks[:400], title=_("The ticket's life"), zone=opened.known.zone)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _thinned(steps: Any, most: int) -> list[Any]:
    """At most so many steps, evenly chosen, the first and the last among them."""
    every = list(steps)
    if len(every) <= most:
        return every
    return [every[round(place * (len(every) - 1) / (most - 1))] for place in range(most)]


def _unit(unit: str, statistic: str) -> Any:
    if unit in ("seconds", "share", "points"):
        return unit
    return "ratio" if statistic == "mean" else "count"


BUILDERS: Mapping[str, Callable[..., Chart]] = {
    "trend": trend,
    "attainment": attainment,
    "states": states,
    "changed": changed,
    "backlog": backlog,
    "process": process,
    "survival": survival,
    "distribution": distribution,
    "causes": causes,
    "strip": strip,
}
TAKES: Mapping[str, frozenset[str]] = {
    "trend": frozenset({"metric", "statistic"}),
    "attainment": frozenset({"by"}),
    "states": frozenset({"by"}),
    "changed": frozenset({"metric", "by"}),
    "backlog": frozenset(),
    "process": frozenset({"of"}),
    "survival": frozenset({"metric"}),
    "distribution": frozenset({"metric"}),
    "causes": frozenset(),
    "strip": frozenset({"source", "ticket"}),
}
"""The words of an address that each chart takes."""
