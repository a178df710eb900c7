"""Interventions as rows of the canonical shape, which insight and charts read."""

from __future__ import annotations

import pyarrow as pa

from maitred.canon.interventions import Expected, Intervention, table
from maitred.kit.interventions.access import every_intervention
from maitred.kit.interventions.models import Registered


def facts() -> pa.Table:
    """Every intervention as an Arrow table of ``canon.interventions.SCHEMA``."""
    return table([fact(row) for row in every_intervention()])


def fact(row: Registered) -> Intervention:
    """One row in the canonical shape."""
    expected = None
    if row.metric:
        expected = Expected(row.metric, "up" if row.direction == "up" else "down", float(row.smallest_effect or 0))
    return Intervention(
        row.pk, row.desk, row.kind, tuple(row.units), row.start, row.end, row.wave, row.selected_on,
        row.selected_period, expected, row.created_at, row.publication,
    )  # fmt: skip
