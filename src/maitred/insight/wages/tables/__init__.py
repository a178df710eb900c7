"""The wage table that comes with the product, read once: occupations, areas, percentiles of annual wages.

Source: U.S. Bureau of Labor Statistics, Occupational Employment and Wage Statistics, a US government work in the
public domain. The table is cut to five occupations and reformatted.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "oews_2025_05.txt.gz"
PERCENTILES = (10, 25, 50, 75, 90)


@dataclass(frozen=True, slots=True)
class Release:
    """Which survey a table is from."""

    name: str
    survey: str
    published: date
    source: str
    attribution: str


RELEASE = Release(
    "May 2025",
    "2025-05",
    date(2026, 5, 15),
    "U.S. Bureau of Labor Statistics, Occupational Employment and Wage Statistics",
    "U.S. Bureau of Labor Statistics, Occupational Employment and Wage Statistics, May 2025 (published 2026-05-15); "
    "public domain; cut to five occupations and reformatted.",
)


@dataclass(frozen=True, slots=True)
class Occupation:
    """An occupation of the survey, who belongs to it, and which others are worth a look beside it."""

    soc: str
    title: str
    covers: str
    beside: tuple[str, ...]


OCCUPATIONS: dict[str, Occupation] = {
    one.soc: one
    for one in (
        Occupation(
            "43-1011",
            "First-line supervisors of office and administrative support workers",
            "leads one team directly; heads of several teams are nearer to managers (11-xxxx)",
            ("11-9199", "11-3131"),
        ),
        Occupation("43-4051", "Customer service representatives", "answers customers", ("43-1011",)),
        Occupation(
            "11-1021",
            "General and operations managers",
            "runs a department or a whole operation, of any trade",
            ("43-1011", "11-9199"),
        ),
        Occupation(
            "11-3131",
            "Training and development managers",
            "plans training for a company, of any trade",
            ("43-1011", "11-9199"),
        ),
        Occupation(
            "11-9199",
            "Managers, all other",
            "managers whom no other occupation names, heads of several support teams among them",
            ("43-1011", "11-1021"),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Wage:
    """An annual wage in US dollars; ``None`` was suppressed; ``at_least``: it stands at the survey's ceiling."""

    value: int | None
    at_least: bool = False

    def told(self) -> str:
        """As it is read: ``$69,500``, ``at least $239,200``, ``suppressed``."""
        if self.value is None:
            return "suppressed"
        return f"{'at least ' if self.at_least else ''}${self.value:,}"


@dataclass(frozen=True, slots=True)
class Band:
    """What an occupation pays in an area; ``employment`` is ``None`` where it was suppressed."""

    soc: str
    area: str
    employment: int | None
    p10: Wage
    p25: Wage
    p50: Wage
    p75: Wage
    p90: Wage

    @property
    def wages(self) -> tuple[tuple[int, Wage], ...]:
        """Percentile with its wage, the lowest first."""
        return tuple(zip(PERCENTILES, (self.p10, self.p25, self.p50, self.p75, self.p90), strict=True))


def band(soc: str, area: str) -> Band | None:
    """The band of an occupation in an area by its code; ``None`` where the survey has no row."""
    return _read()[1].get((soc, area))


def neighbours(soc: str) -> tuple[str, ...]:
    """Occupations that are worth a look beside one: a supervisor beside managers, an agent beside supervisors."""
    return OCCUPATIONS[soc].beside if soc in OCCUPATIONS else ()


def area_names() -> dict[str, str]:
    """Code → name of every area of the survey."""
    return _read()[0]


@cache
def _read() -> tuple[dict[str, str], dict[tuple[str, str], Band]]:
    areas: dict[str, str] = {}
    bands: dict[tuple[str, str], Band] = {}
    with gzip.open(_FILE, "rt", encoding="utf-8") as lines:
        for kind, *cells in _cells(lines):
            if kind == "A":
                areas[cells[0]] = cells[1]
            else:
                found = parsed(cells)
                bands[found.soc, found.area] = found
    return areas, bands


def _cells(lines: Iterator[str] | gzip.GzipFile) -> Iterator[list[str]]:
    for line in lines:
        text = line if isinstance(line, str) else line.decode()
        if not text.startswith("#"):
            yield text.rstrip("\n").split("\t")


def parsed(cells: list[str]) -> Band:
    """A line of the table; an empty cell was suppressed, a plus behind a value says at least.

    Examples
    --------
    >>> parsed(["43-1011", "0000000", "", "45610", "55950", "", "85090", "239200+"]).p90.told()
    'at least $239,200'
    """
    soc, area, employment, *wages = cells
    p10, p25, p50, p75, p90 = (_wage(one) for one in wages)
    return Band(soc, area, int(employment) if employment else None, p10, p25, p50, p75, p90)


def _wage(cell: str) -> Wage:
    return Wage(int(cell.rstrip("+")) if cell else None, cell.endswith("+"))
