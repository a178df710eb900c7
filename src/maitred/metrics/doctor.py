"""What is wrong with a workspace and what to do about it: ledger, landing, tables, publications, room on the disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from maitred.base.errors import MaitredError
from maitred.sync.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    check: str
    ok: bool
    detail: str

    def as_json(self) -> dict[str, Any]:
        return {"check": self.check, "ok": self.ok, "detail": self.detail}


def examine(workspace: Workspace) -> list[Check]:
    """Look at everything that can be broken; never raises for what it finds."""
    checks: list[Check] = []
    for name, look in (
        ("ledger", _ledger),
        ("disk", _disk),
        ("landing", _landing),
        ("publication", _publication),
        ("tables", _tables),
        ("sources", _sources),
        ("quarantine", _quarantine),
    ):
        try:
            checks.extend(look(workspace))
        except MaitredError as error:
            checks.append(Check(name, False, str(error)))
    return checks


def _ledger(workspace: Workspace) -> Iterator[Check]:
    state = workspace.ledger.check()
    yield Check("ledger", state == "ok", "intact" if state == "ok" else f"{state}: restore maitred.db from a backup")


def _disk(workspace: Workspace) -> Iterator[Check]:
    usage = shutil.disk_usage(workspace.home)
    share = usage.free / usage.total
    detail = f"{share:.0%} of {usage.total / 1e9:.0f} GB free"
    yield Check("disk", share >= 0.10, detail if share >= 0.10 else f"{detail}: free some space before the next import")


def _landing(workspace: Workspace) -> Iterator[Check]:
    waiting = sum(len(workspace.ledger.unloaded(source.source_id)) for source in workspace.ledger.sources())
    detail = "every landed page is loaded" if not waiting else f"{waiting} landed pages wait: run the import again"
    yield Check("landing", waiting == 0, detail)


def _publication(workspace: Workspace) -> Iterator[Check]:
    numbers = [row[0] for row in workspace.ledger.publications()]
    publication = workspace.publication()
    if publication is None:
        yield Check("publication", True, "nothing has been published yet")
        return
    yield Check(
        "publication", True, f"{publication.number} of {publication.made_at} ({numbers[0]} to {numbers[-1]} exist)"
    )


def _tables(workspace: Workspace) -> Iterator[Check]:
    publication = workspace.publication()
    for name, version in sorted(publication.tables.items()) if publication else ():
        table = workspace.store.table(name, version)
        files = workspace.store.files(table)
        gone = [file.path for file in files if not (workspace.store.root / name / file.path).is_file()]
        rows = sum(file.rows for file in files)
        told = publication.rows.get(name) if publication else None
        if gone:
            yield Check(
                f"table {name}", False, f"{len(gone)} of {len(files)} files are missing: restore them from a backup"
            )
        elif rows != told:
            yield Check(
                f"table {name}", False, f"{rows} rows where the publication says {told}: restore it from a backup"
            )
    if publication:
        yield Check("tables", True, f"{len(publication.tables)} tables at the published versions")


def _sources(workspace: Workspace) -> Iterator[Check]:
    publication = workspace.publication()
    for name, source in sorted(publication.sources.items()) if publication else ():
        yield Check(f"source {name}", True, f"{source['kind']}, {source['tickets']:,} tickets, as of {source['as_of']}")


def _quarantine(workspace: Workspace) -> Iterator[Check]:
    count = len(workspace.ledger.quarantine())
    detail = (
        "nothing is set aside" if not count else f"set aside: {count}; `maitred import quarantine` says why"
    )
    yield Check("quarantine", True, detail)
