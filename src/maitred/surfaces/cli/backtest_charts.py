"""A backtest as drawings: what was and what was simulated, week by week, one file for each queue and figure."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from maitred.base.errors import MaitredError

if TYPE_CHECKING:
    from maitred.insight.whatif import Backtest
    from maitred.insight.whatif.backtesting import Chart
    from maitred.kit.charts.data import Unit

_UNITS: dict[str, tuple[str, Unit]] = {
    "sla": ("Share of promises kept", "share"),
    "median": ("Median first reply", "seconds"),
    "p90": ("First reply, 90th percentile", "seconds"),
    "backlog": ("Backlog at the end of the week", "count"),
    "solved": ("Solved", "count"),
    "occupancy": ("Occupancy", "share"),
}


def write(result: Backtest, folder: Path) -> list[str]:
    """Draw each figure of each queue as SVG; returns the names of the files.

    Raises
    ------
    MaitredError
        The folder cannot be written to.
    """
    from maitred.insight import whatif
    from maitred.surfaces.cli import operating

    operating.start()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_drawn(one, folder) for one in whatif.charts(result)]
    except OSError as error:
        raise MaitredError(f"{folder} cannot be written to: {error.strerror}", "name another folder") from error


def _drawn(one: Chart, folder: Path) -> str:
    from maitred.kit.charts import fan
    from maitred.kit.charts.data import Point

    title, unit = _UNITS[one.measure]
    points = [Point(week.isoformat(), value, at=week) for week, value in zip(one.weeks, one.actual, strict=True)]
    chart = fan(
        points,
        {0.1: one.low, 0.5: one.median, 0.9: one.high},
        title=f"{title}, {one.queue}: simulated beside what was",
        unit=unit,
    )
    queue = re.sub(r"[^a-z0-9]+", "-", one.queue.casefold()).strip("-") or "queue"
    path = folder / f"{queue}-{one.measure}.svg"
    path.write_text(chart.svg(), encoding="utf-8")
    return path.name
