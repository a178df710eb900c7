"""What engine tests need: Delta tables written in a temporary folder, and a Sail server on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from maitred.warehouse.engines import DeltaPin

QUIET = {"delta.enableDeletionVectors": "false"}


def write_table(folder: Path, name: str, *states: pa.Table, partition_by: Sequence[str] = ()) -> DeltaPin:
    """Append each state in turn to a new Delta table; the pin is of its last version."""
    from deltalake import DeltaTable, write_deltalake

    uri = str(folder / name)
    DeltaTable.create(uri, schema=states[0].schema, partition_by=list(partition_by), configuration=QUIET)
    for state in states:
        if state.num_rows:
            write_deltalake(uri, state, mode="append", schema_mode="merge")
    return DeltaPin(name, uri, DeltaTable(uri).version())


_SERVER = """
import sys
from pysail.spark import SparkConnectServer
server = SparkConnectServer(ip="127.0.0.1", port=0)
server.start(background=True)
print("%s:%s" % server.listening_address, flush=True)
sys.stdin.read()
server.stop()
"""


@contextmanager
def serving_sail() -> Iterator[str]:
    """A Sail server in a process of its own on loopback; gives its ``sc://`` address and stops it afterwards."""
    # Tests share one session, and others may run for longer than the minutes after which an idle one ends.
    quiet = {**os.environ, "RUST_LOG": "error", "SAIL_SPARK__SESSION_TIMEOUT_SECS": "7200"}
    with subprocess.Popen(
        [sys.executable, "-c", _SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=quiet
    ) as server:
        assert server.stdout is not None and server.stdin is not None
        try:
            yield f"sc://{server.stdout.readline().strip()}"
        finally:
            server.stdin.close()
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()
