"""``maitred insight``: the statistics of the product on data sets of one's own; no workspace is needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional

import typer

from maitred.surfaces.cli import output

if TYPE_CHECKING:
    from maitred.insight.datasets import Column, DataSet

group = typer.Typer(help="Honest statistics on your own data sets.", no_args_is_help=True)

LEVEL = 0.95
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
In = Annotated[Path, typer.Option("--in", help="A CSV or Parquet file; a column `set` separates data sets.")]
Adjust = Annotated[str, typer.Option(help="Columns to adjust for, separated by commas.")]
Answer = dict[str, Any]


def _columns(text: str, flag: str) -> list[str]:
    from maitred.base.errors import UsageError

    found = [one.strip() for one in text.split(",") if one.strip()]
    if len(set(found)) != len(found):
        raise UsageError(f"{flag} names a column twice", "name each column once")
    return found


def _numbers(text: str, flag: str) -> list[float]:
    from maitred.base.errors import UsageError

    try:
        return [float(one) for one in text.split(",")]
    except ValueError:
        raise UsageError(f"{flag} {text!r} is not a list of numbers", "write for instance 4,8") from None


def _answers(
    verb: str, path: Path, columns: Sequence[Column], answer: Callable[[DataSet], Answer], json_: bool
) -> None:
    from maitred.base.errors import Invalid
    from maitred.insight.datasets import read

    found = []
    for one in read(path, columns):
        try:
            found.append({"set": one.name, **answer(one)})
        except Invalid as error:
            raise type(error)(f"{path.name}, set {one.name}: {error.what}", error.remedy) from error
    _print(verb, found, json_)


def _print(verb: str, answers: list[Answer], json_: bool) -> None:
    if json_:
        output.document({"verb": verb, "level": LEVEL, "answers": answers})
        return
    names = [*answers[0]] if answers else []
    rows = [[_cell(one.get(name)) for name in names] for one in answers]
    output.table(f"{verb}, {LEVEL:.0%} intervals", names, rows)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_cell(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_cell(one) for one in value)
    return "" if value is None else str(value)


def _set_aside(answer: Answer, *names: str) -> Answer:
    """An answer without the fields that say nothing."""
    return {name: value for name, value in answer.items() if name not in names or value not in (None, "", (), [])}


@group.command("interval")
def interval_(
    in_: In,
    statistic: Annotated[Literal["share", "mean", "median", "p90", "nps"], typer.Option(help="What to estimate.")],
    json_: Json = False,
) -> None:
    """A statistic with its interval; columns value [cluster]."""
    from maitred.insight.datasets import Column
    from maitred.insight.interval import interval

    columns = (Column("value"), Column("cluster", number=False, required=False))
    _answers(
        "interval", in_, columns, lambda one: _set_aside(asdict(interval(one, statistic)), "needed", "clusters"), json_
    )


@group.command("compare")
def compare_(
    in_: In,
    kind: Annotated[Literal["share", "duration"], typer.Option(help="What the values are.")],
    adjust: Adjust = "",
    json_: Json = False,
) -> None:
    """People, teams or bots on like cases, and who can be told apart; columns subject, value and those of --adjust."""
    from maitred.insight.compare import compare
    from maitred.insight.datasets import Column

    by = _columns(adjust, "--adjust")
    columns = (Column("subject", number=False), Column("value"), *(Column(name, number=False) for name in by))
    _answers("compare", in_, columns, lambda one: asdict(compare(one, kind, by)), json_)


@group.command("change")
def change_(
    in_: In,
    kind: Annotated[Literal["count", "share", "value"], typer.Option(help="What the values are.")],
    season: Annotated[int, typer.Option(help="Days of the season; 1 for none.")] = 7,
    baseline: Annotated[int, typer.Option(help="First days, from which alone is learned.")] = 56,
    budget: Annotated[
        float, typer.Option("--false-alarms-per-year", help="False alarms accepted for one series.")
    ] = 1.0,
    json_: Json = False,
) -> None:
    """When a daily series changed; columns t, value [n] [holiday]."""
    from maitred.insight.change import changes
    from maitred.insight.datasets import Column

    columns = (Column("t"), Column("value"), Column("n", required=False), Column("holiday", required=False))
    _answers(
        "change",
        in_,
        columns,
        lambda one: _set_aside(asdict(changes(one, kind, season, baseline, budget)), "needed"),
        json_,
    )


@group.command("screen")
def screen_(
    in_: In,
    at: Annotated[float, typer.Option(help="The day looked at.")],
    kind: Annotated[Literal["count"], typer.Option(help="What the values are.")] = "count",
    season: Annotated[int, typer.Option(help="Days of the season; 1 for none.")] = 7,
    q: Annotated[float, typer.Option("--q", help="Share of false ones among the flagged.")] = 0.10,
    json_: Json = False,
) -> None:
    """Which of many series stand out on a day; columns series, t, value."""
    from maitred.insight.datasets import Column
    from maitred.insight.multiplicity import screen

    columns = (Column("series", number=False), Column("t"), Column("value"))
    _answers("screen", in_, columns, lambda one: asdict(screen(one, at, season, q)), json_)


@group.command("effect")
def effect_(
    in_: In,
    kind: Annotated[Literal["mean", "share"], typer.Option(help="What the values are.")],
    season: Annotated[int, typer.Option(help="Periods of the season, for a series of its own.")] = 1,
    selected_on: Annotated[
        Optional[str], typer.Option(help="First and last period by whose outcome the treated were chosen: T,T.")
    ] = None,
    json_: Json = False,
) -> None:
    """Whether something worked (higher = better); columns unit, t, value [n], treated_from (empty = never)."""
    from maitred.base.errors import UsageError
    from maitred.insight.datasets import Column
    from maitred.insight.effect import effect

    chosen = _numbers(selected_on, "--selected-on") if selected_on else None
    if season < 1 or (chosen is not None and not chosen):
        raise UsageError("--season is at least 1", "leave it out where there is no season")
    between = (min(chosen), max(chosen)) if chosen else None
    columns = (
        Column("unit", number=False),
        Column("t"),
        Column("value"),
        Column("n", required=False),
        Column("treated_from"),
    )
    _answers("effect", in_, columns, lambda one: asdict(effect(one, kind, season, between)), json_)


@group.command("power")
def power_(
    kind: Annotated[Literal["share", "mean"], typer.Option(help="What the values are.")],
    treated: Annotated[int, typer.Option(help="Treated units.")],
    control: Annotated[int, typer.Option(help="Other units.")],
    n: Annotated[float, typer.Option("--n", help="Answers of one unit in one window.")],
    base: Annotated[Optional[float], typer.Option(help="Share before, 0 to 1.")] = None,
    sd: Annotated[Optional[float], typer.Option(help="Standard deviation of one value.")] = None,
    power: Annotated[float, typer.Option(help="Chance of seeing it.")] = 0.8,
    alpha: Annotated[float, typer.Option(help="Chance of a false claim.")] = 0.05,
    json_: Json = False,
) -> None:
    """The smallest effect that a comparison would show."""
    from maitred.insight.power import smallest_effect

    found = smallest_effect(kind, treated=treated, control=control, n=n, base=base, sd=sd, power=power, alpha=alpha)
    _print("power", [{"set": "0", "smallest_effect": found}], json_)


@group.command("survival")
def survival_(
    in_: In, at: Annotated[str, typer.Option(help="Times, separated by commas.")], json_: Json = False
) -> None:
    """How many last longer than a time, those still running included; columns duration, event (1 = ended)."""
    from maitred.insight.datasets import Column

    times = _numbers(at, "--at")
    _answers("survival", in_, (Column("duration"), Column("event")), lambda one: _lasting(one, times), json_)


def _lasting(data: DataSet, times: Sequence[float]) -> Answer:
    import numpy as np

    from maitred.base.errors import Invalid
    from maitred.insight.survival import lasting

    duration, event = data.numbers("duration"), data.numbers("event")
    there = ~np.isnan(duration) & ~np.isnan(event)
    if not np.isin(event[there], (0.0, 1.0)).all() or (duration[there] < 0).any():
        raise Invalid("event is 1 or 0 and a duration is not below 0", "1 = ended, 0 = still running")
    if not there.any():
        none = {"value": None, "low": None, "high": None}
        return {
            "n": 0,
            "at": [{"t": time, **none, "at_risk": 0} for time in times],
            "median": none,
            "verdict": "not_enough_data",
        }
    found = lasting(duration[there], event[there], times)
    median = {"value": found.median, "low": found.median_low, "high": found.median_high}
    return {
        "n": found.n,
        "events": found.events,
        "at": [asdict(one) for one in found.at],
        "median": median,
        "verdict": "ok",
    }


@group.command("nonresponse")
def nonresponse_(in_: In, adjust: Adjust, json_: Json = False) -> None:
    """A survey weighted back to all who were asked; columns answered (0 or 1), value and those of --adjust."""
    from maitred.insight.datasets import Column
    from maitred.insight.nonresponse import weighted

    by = _columns(adjust, "--adjust")
    columns = (Column("answered"), Column("value"), *(Column(name, number=False) for name in by))
    _answers("nonresponse", in_, columns, lambda one: asdict(weighted(one, by)), json_)


@group.command("drivers")
def drivers_(
    in_: In,
    outcome: Annotated[str, typer.Option(help="The column to explain.")],
    drivers: Annotated[str, typer.Option(help="Columns that may explain it, separated by commas.")],
    cluster: Annotated[Optional[str], typer.Option(help="The column whose equal values belong together.")] = None,
    json_: Json = False,
) -> None:
    """What goes together with an outcome, each driver held against the others."""
    from maitred.base.errors import UsageError
    from maitred.insight.datasets import Column, DataSet
    from maitred.insight.drivers import drivers as found_drivers

    names = _columns(drivers, "--drivers")
    if outcome in names or not names:
        raise UsageError("--drivers names the outcome, or nothing", "name at least one other column")
    columns = [Column(outcome), *(Column(name, number=None) for name in names)]
    if cluster and cluster not in (outcome, *names):
        columns.append(Column(cluster, number=False))

    def answer(one: DataSet) -> Answer:
        held = dict(one.columns)
        if cluster:
            held["cluster"] = [str(value) for value in one.columns[cluster]]
        found = asdict(found_drivers(DataSet(one.name, held, one.rows), outcome, names))
        return {**found, "drivers": [_set_aside(driver, "together_with") for driver in found["drivers"]]}

    _answers("drivers", in_, columns, answer, json_)
