"""What a metric is: one declared number with its unit, population, time basis, SQL pieces and meaning.

The SQL pieces are written in sqlglot's neutral dialect over one facts view, use integers and instants only, and name
nothing but that view's columns and ``as_of`` (the instant up to which the row's source is known).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["duration", "share", "count", "mean", "nps", "snapshot_count", "snapshot_duration"]
Direction = Literal["lower", "higher"]

POPULATION = "exclusion IS NULL"
POPULATION_TEXT = "tickets that are not deleted, merged or spam"

SMALLEST_N: dict[str, int] = {
    "median": 8,
    "p90": 40,
    "p95": 80,
    "share": 10,
    "share of a person": 30,
    "mean": 10,
    "nps": 30,
}
"""Below this many rows a statistic has no value (statistics page, section 1); counts have no smallest n."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One declared metric.

    Parameters
    ----------
    name, variant, attribution, version
        Make the id ``name.variant@attribution#version``; variant and attribution may be empty.
    title
        What a page calls it.
    kind
        How it is summarised. ``duration`` and ``mean`` give quantiles and means of ``value``; ``share`` the share of
        rows with ``numerator``; ``count`` the sum of ``value``; ``nps`` a score from -1, 0, 1; the ``snapshot_`` kinds
        look at the rows alive at an instant (``at`` .. ``until``).
    unit
        ``seconds``, ``share``, ``tickets``, ``points``, or ``per_ticket``.
    direction
        Which way is better; ``None`` when neither is.
    facts
        The view that holds the rows (see ``metrics.views``).
    at, basis
        SQL of the instant that places a row in time, and its name in words. Rows without it are left out.
    clock
        ``calendar``, ``business_all``, ``business_last`` or empty.
    value, numerator
        SQL of the integer value (null: row has no value and counts as excluded), or of the claim that a share counts.
    censored, bound
        SQL of the claim that a row without value is still running, and of its time so far (right-censored).
    population, population_text
        SQL and words of the rows that count; the others in the window are counted as ``excluded``.
    maturity_days
        Rows younger than this at the as-of instant are left out (and counted as excluded).
    dimensions
        Dimension name to column: the value at the instant of the time basis, never today's.
    cluster
        Columns that rows share when they are not independent (per-turn and per-target data: the ticket).
    row
        Columns beside the ticket that name one row.
    needs_history
        Tickets whose change log is not complete are refused (and counted as excluded).
    per
        How many of the whole-number ``value`` make one unit: scores are added up in hundredths.
    of_people
        Rows judge the work of single people: seen by who may name the person, by others only with enough people.
    default
        Whether shorter forms of the id stand for this metric.
    """

    name: str
    title: str
    kind: Kind
    unit: str
    direction: Direction | None
    facts: str
    at: str
    basis: str
    meaning: str
    variant: str = ""
    attribution: str = ""
    version: int = 1
    clock: str = ""
    value: str = "1"
    numerator: str = ""
    censored: str = ""
    bound: str = ""
    until: str = ""
    population: str = POPULATION
    population_text: str = POPULATION_TEXT
    maturity_days: int = 0
    dimensions: Mapping[str, str] = field(default_factory=dict)
    cluster: tuple[str, ...] = ()
    row: tuple[str, ...] = ()
    needs_history: bool = False
    per: int = 1
    of_people: bool = False
    default: bool = False

    @property
    def id(self) -> str:
        """The pinned id, version last."""
        variant = f".{self.variant}" if self.variant else ""
        attribution = f"@{self.attribution}" if self.attribution else ""
        return f"{self.name}{variant}{attribution}#{self.version}"

    @property
    def example(self) -> str:
        """One command that shows it."""
        by = next((name for name in ("group", "channel", "source") if name in self.dimensions), "")
        shown = self.id.partition("#")[0]
        return f"maitred metrics show {shown} --from 2024-03-01 --to 2024-03-31" + (f" --by {by}" if by else "")

    def as_json(self) -> dict[str, object]:
        """One entry of ``maitred metrics list --json``."""
        return {
            "id": self.id,
            "title": self.title,
            "unit": self.unit,
            "direction": self.direction,
            "population": self.population_text,
            "basis": self.basis,
            "clock": self.clock or None,
            "attribution": self.attribution or None,
            "dimensions": sorted(self.dimensions),
            "statistics": list(self.statistics),
            "default": self.default,
            "meaning": self.meaning,
            "example": self.example,
        }

    @property
    def statistics(self) -> tuple[str, ...]:
        """The statistics that can be asked for, the usual one first."""
        if self.kind in ("duration", "snapshot_duration"):
            return ("median", "p90", "p95")
        if self.kind == "mean":
            return ("mean", "median", "p90", "p95")
        return ("count",) if self.kind in ("count", "snapshot_count") else (self.kind,)

    def smallest_n(self, statistic: str, of_people: bool = False) -> int:
        """Fewest rows for which ``statistic`` has a value; shares of single persons need more."""
        if statistic == "share" and of_people:
            return SMALLEST_N["share of a person"]
        return SMALLEST_N.get(statistic, 0)
