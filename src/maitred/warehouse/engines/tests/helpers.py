"""Tables written for tests: the only place outside the loader that makes a Delta table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from maitred.warehouse.engines import DeltaPin

QUIET = {"delta.enableDeletionVectors": "false"}


def write_table(folder: Path, name: str, *states: pa.Table, partition_by: Sequence[str] = ()) -> DeltaPin:
    """Append each state in turn to a new Delta table; the pin is of its last version."""
    from deltalake import DeltaTable, write_deltalake

    uri = str(folder / name)
    DeltaTable.create(uri, schema=states[0].schema, partition_by=list(partition_by), configuration=QUIET)  # type: ignore[arg-type]
    for state in states:
        if state.num_rows:
            write_deltalake(uri, state, mode="append", schema_mode="merge")
    return DeltaPin(name, uri, DeltaTable(uri).version())
