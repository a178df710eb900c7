"""Numbers and ledgers as tables for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maitred.metrics.results import Result, Row
from maitred.surfaces.cli import output


def show(result: Result, names: Mapping[str, Mapping[str, str]] | None = None) -> None:
    """A metric's rows: value, interval, n, and why there is no value where there is none."""
    dimensions = list(dict.fromkeys(name for row in result.rows for name in row.by))
    columns = [*dimensions, "statistic", "value", "95 % interval", "n", "excluded", "verdict"]
    rows: list[list[Any]] = []
    for row in result.rows:
        interval = (
            ""
            if row.low is None and row.high is None
            else f"{_value(row.low, result.unit)} to {_value(row.high, result.unit)}"
        )
        rows.append(
            [
                *(_named(row.by.get(name), (names or {}).get(name, {})) for name in dimensions),
                row.statistic,
                _value(row.value, result.unit),
                interval,
                row.n,
                row.excluded,
                _verdict(row),
            ]
        )
        if row.comparison is not None:
            change = row.comparison
            rows[-1][-1] += f"; {change.verdict}, difference {_value(change.value, result.unit)}"
    period = f", {result.period[0] or 'start'} to {result.period[1] or 'end'} ({result.time_zone})"
    output.table(
        f"{result.metric}, publication {result.publication}{period}", columns, rows, right=("value", "n", "excluded")
    )
    if ".business" in result.metric and all(row.n == 0 and row.excluded for row in result.rows):
        output.notice("none of these tickets has a value in business hours: without a schedule, ask for .calendar")


def _named(value: str | None, names: Mapping[str, str]) -> str:
    if value is None:
        return "none"
    return f"{names[value]} ({value})" if value in names else value


def _verdict(row: Row) -> str:
    needed = f" (needs {row.needed})" if row.needed else ""
    reason = f": {row.reason}" if row.reason else ""
    return f"{row.verdict}{needed}{reason}"


def _value(value: Any, unit: str) -> str:
    if value is None:
        return "-"
    if unit == "seconds":
        return ("-" if value < 0 else "") + output.seconds(abs(round(value)))
    if unit == "share":
        return f"{value:.1%}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def explained(document: dict[str, Any]) -> None:
    """A ticket's clocks, or one clock's ledger in each mode."""
    ticket = f"ticket {document['ticket_id']} of {document['source']}, as of {document['as_of']}"
    if "clocks" in document:
        rows = [
            [c["clock"], *(output.seconds(c[mode]) for mode in ("calendar", "business_all", "business_last"))]
            for c in document["clocks"]
        ]
        output.table(
            ticket,
            ("clock", "calendar", "business_all", "business_last"),
            rows,
            right=("calendar", "business_all", "business_last"),
        )
        names = (
            "metric",
            "instance",
            "clock",
            "target_s",
            "started_at",
            "ended_at",
            "end_reason",
            "elapsed_all_s",
            "verdict_all",
            "verdict_last",
        )
        if document["sla"]:
            output.table("SLA targets", names, [[row[name] for name in names] for row in document["sla"]])
        output.line(f"`maitred explain {document['ticket_id']} frt` shows a clock second by second")
        return
    columns = ("from", "to", "event", "reason", "state", "schedule_id", "seconds", "cumulative")
    for part in document["ledgers"]:
        total = part["seconds"]
        figure = "no value" if total is None else f"{total} s = {output.seconds(total)}"
        output.table(
            f"{part['clock']} ({part['mode']}) of {ticket}: {figure}",
            columns,
            [[row[name] for name in columns] for row in part["rows"]],
            right=("seconds", "cumulative"),
        )
