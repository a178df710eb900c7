"""What the clock tests call: the product's two clock exports of a folder."""

from __future__ import annotations

from pathlib import Path

from maitred.metrics.clocks.tests.reference import reference_exports


def clock_folder(folder: Path) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The rows of ``export tickets`` and ``export sla`` of a Fivetran-Zendesk folder, as text cells."""
    return reference_exports(folder)
