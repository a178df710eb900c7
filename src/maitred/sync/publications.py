"""Publications: a manifest ``{table: version}`` that is switched at once, read by many and readable again later.

The manifest is durable before the ledger row that makes it the current one; a reader pins one number, sees one state.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maitred.base import clock, faults
from maitred.base.errors import NotFound, WarehouseDamaged
from maitred.sync.landing import sync_directory
from maitred.sync.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Publication:
    """One published state.

    Attributes
    ----------
    number
        Counts up from 1.
    tables
        Version of each table.
    rows
        Row count of each table.
    sources
        For each source ``as_of`` (ISO 8601), ``tickets`` and what the next refresh has to compare with.
    """

    number: int
    made_at: str
    tables: dict[str, int]
    rows: dict[str, int]
    sources: dict[str, dict[str, Any]]


def current(folder: Path, ledger: Ledger) -> Publication | None:
    """The newest publication, None before the first."""
    row = ledger.publication()
    return None if row is None else _read(folder, *row)


def pinned(folder: Path, ledger: Ledger, number: int) -> Publication:
    """An older publication, as reported then."""
    row = ledger.publication(number)
    if row is None:
        raise NotFound(
            f"publication {number} does not exist or is no longer kept", "`maitred doctor` lists those that do"
        )
    return _read(folder, *row)


def publish(
    folder: Path, ledger: Ledger, tables: dict[str, int], rows: dict[str, int], sources: dict[str, dict[str, Any]]
) -> Publication:
    """Write the manifest durably, then flip. Returns the new publication."""
    last = ledger.publication()
    number = 1 if last is None else last[0] + 1
    publication = Publication(number, clock.iso(clock.now()), tables, rows, sources)
    folder.mkdir(parents=True, exist_ok=True)
    body = json.dumps(
        {
            "number": number,
            "made_at": publication.made_at,
            "tables": tables,
            "rows": rows,
            "sources": sources,
        },
        sort_keys=True,
        indent=1,
    ).encode()
    path = folder / f"{number}.json"
    beside = folder / f".{number}.{os.getpid()}.part"
    faults.step("publish.write")
    files = ledger.fence.attest(tables) if ledger.fence else []
    with beside.open("wb") as out:
        out.write(body)
        out.flush()
        os.fsync(out.fileno())

    def place() -> None:
        beside.replace(path)
        sync_directory(folder)

    faults.step("publish.flip")
    ledger.publish(number, hashlib.sha256(body).hexdigest(), place, files)
    return publication


def sweep(folder: Path) -> int:
    """Remove manifests that a killed process left unfinished; returns how many."""
    pieces = list(folder.glob(".*.part"))
    for piece in pieces:
        piece.unlink(missing_ok=True)
    return len(pieces)


def _read(folder: Path, number: int, made_at: str, digest: str) -> Publication:
    try:
        body = (folder / f"{number}.json").read_bytes()
    except OSError as error:
        raise WarehouseDamaged(
            f"the manifest of publication {number} is missing", "restore it from a backup"
        ) from error
    if hashlib.sha256(body).hexdigest() != digest:
        raise WarehouseDamaged(f"the manifest of publication {number} has changed on disk", "restore it from a backup")
    manifest = json.loads(body)
    return Publication(number, made_at, manifest["tables"], manifest["rows"], manifest["sources"])
