"""Compile the clock kernel ahead of its first use: ``python -m maitred.metrics.clocks.warm``."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa

from maitred.canon.tables import TABLES
from maitred.metrics.clocks import engine
from maitred.metrics.clocks.schedules import book


def warm() -> None:
    """Run the engine over no tickets, which compiles it and leaves its machine code in the cache."""
    moment = datetime(2025, 1, 1, tzinfo=UTC)
    tables = {
        name: pa.schema([TABLES[name].schema.field(column) for column in columns]).empty_table()
        for name, columns in engine.INPUTS.items()
    }
    users = pa.schema([TABLES["users"].schema.field(name) for name in ("external_id", "role", "active")]).empty_table()
    engine.compute(tables, engine.reference("none", users, book([], moment, moment), moment))


if __name__ == "__main__":
    warm()
