"""Compile the kernel of hiring search ahead of its first use: ``python -m maitred.insight.ranking.index.warm``."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from maitred.insight.ranking.columns import Features, as_table
from maitred.insight.ranking.index.searching import Index
from maitred.insight.ranking.scoring import asked, weights


def warm() -> None:
    """Search among one invented person, which compiles both doors and leaves their machine code in the cache."""
    town = {"kind": "city", "geonameid": 5128581, "radius_km": 50}
    chips: list[dict[str, Any]] = [{"slot": "place", "value": town}, {"slot": "years_min", "value": 1, "must": True}]
    with tempfile.TemporaryDirectory() as folder:
        index = Index.open(Path(folder))
        index.append(as_table([Features(key=1, tie=1)]))
        index.search(asked(chips, weights()), 1, date(2000, 1, 1))


if __name__ == "__main__":
    warm()
