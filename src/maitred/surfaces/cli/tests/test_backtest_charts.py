"""A backtest's figures as drawings: a file for each, with what was and what was simulated."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from maitred.insight.whatif.backtesting import Chart
from maitred.insight.whatif.measures import MEASURES
from maitred.surfaces.cli import backtest_charts


def test_each_figure_is_drawn_into_a_file_named_for_queue_and_figure(tmp_path: Path) -> None:
    weeks = tuple(date(2025, 1, 6) + timedelta(weeks=week) for week in range(8))
    names = []
    for measure in MEASURES:
        values = tuple(0.8 + week / 100 for week in range(8))
        low, high = (tuple(value + away for value in values) for away in (-0.05, 0.05))
        one = Chart("Orders & delivery", "conditional", measure, weeks, (*values[:7], None), values, low, high)
        names.append(backtest_charts._drawn(one, tmp_path))
    assert names == [f"orders-delivery-{measure}.svg" for measure in MEASURES]
    for name in names:
        assert (tmp_path / name).read_text(encoding="utf-8").startswith("<svg")
