"""The answers of the query layer: rows that carry value, interval, n and verdict, or say why there is no value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Verdict = Literal["ok", "not_enough_data", "cannot_tell", "no_change", "change", "improved", "worsened"]


@dataclass(frozen=True, slots=True)
class Difference:
    """Now minus before, with the interval of the difference itself.

    ``before`` and ``before_n`` belong to the earlier period; for counts over periods of unequal length ``before`` is
    scaled to the length of the present one.
    """

    before: float | None
    before_n: int
    value: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Parameters
    ----------
    by
        Dimension values; ``None`` where the rows have none.
    value, low, high
        In the metric's unit; all null without enough data. An end is null where the data do not bound that side. Counts
        are exact and have no interval.
    n
        Rows behind the figure: what the drill-down lists. Right-censored rows are in it.
    excluded
        Rows in the same period and filters that the metric leaves out.
    censored
        How many of ``n`` are still running.
    numerator
        Rows with the claim, for shares.
    needed, reason
        Fewest rows for a value, when there are too few; why nothing can be told, when it cannot.
    method
        How value and interval were made.
    """

    by: Mapping[str, str | None]
    statistic: str
    value: float | int | None
    low: float | int | None
    high: float | int | None
    n: int
    excluded: int
    verdict: Verdict
    censored: int = 0
    numerator: int | None = None
    needed: int | None = None
    reason: str = ""
    method: str = ""
    comparison: Difference | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A metric's answer; ``period`` and ``compared`` are first and last local day, ``None`` where open."""

    metric: str
    unit: str
    publication: int | str | None
    time_zone: str
    period: tuple[str | None, str | None]
    compared: tuple[str | None, str | None] | None
    rows: tuple[Row, ...]

    def as_json(self) -> dict[str, Any]:
        """The document of ``maitred metrics show --json``."""
        return {
            "metric": self.metric,
            "unit": self.unit,
            "publication": self.publication,
            "time_zone": self.time_zone,
            "from": self.period[0],
            "to": self.period[1],
            "rows": [_row(row, self) for row in self.rows],
        }


def _row(row: Row, result: Result) -> dict[str, Any]:
    found: dict[str, Any] = {
        "by": dict(row.by),
        "statistic": row.statistic,
        "value": row.value,
        "low": row.low,
        "high": row.high,
        "n": row.n,
        "excluded": row.excluded,
        "verdict": row.verdict,
        "censored": row.censored,
        "method": row.method,
    }
    extra = {"numerator": row.numerator, "needed": row.needed, "reason": row.reason or None}
    found |= {name: value for name, value in extra.items() if value is not None}
    if row.comparison is not None:
        there = row.comparison
        found["compare"] = {
            "from": result.compared[0] if result.compared else None,
            "to": result.compared[1] if result.compared else None,
            "before": there.before,
            "before_n": there.before_n,
            "difference": there.value,
            "low": there.low,
            "high": there.high,
            "verdict": there.verdict,
        } | ({"reason": there.reason} if there.reason else {})
    return found
