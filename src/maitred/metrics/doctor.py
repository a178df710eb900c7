"""What is wrong with a workspace and what to do about it: ledger, landing, tables, publications, room on the disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from maitred.base.checks import Check
from maitred.base.errors import MaitredError
from maitred.sync.workspace import Workspace

__all__ = ["Check", "examine"]


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
        except Exception as error:  # noqa: BLE001  (whatever is broken in whatever way: told, and the rest looked at)
            why = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
            checks.append(Check(name, False, f"cannot be read ({why}): restore it from a backup"))
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
    if publication is None:
        return
    wrong = 0
    for name, version in sorted(publication.tables.items()):
        found = _damage(workspace, name, version, publication.rows.get(name))
        if found:
            wrong += 1
            yield Check(f"table {name}", False, found)
    if not wrong:
        yield Check("tables", True, f"{len(publication.tables)} tables at the published versions")


def _damage(workspace: Workspace, name: str, version: int, told: int | None) -> str:
    """What is wrong with a published table and what to do; empty where nothing is."""
    if not workspace.store.exists(name):  # opening it would make a new empty one
        return "its log is gone: restore its folder from a backup"
    try:
        files = workspace.store.files(workspace.store.table(name, version))
    except MaitredError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001  (a torn log fails in many ways)
        return f"cannot be read ({type(error).__name__}): restore its _delta_log from a backup"
    sizes = [_size(workspace, name, file.path) for file in files]
    gone = sum(size is None for size in sizes)
    torn = sum(size is not None and size != file.size for size, file in zip(sizes, files, strict=True))
    rows = sum(file.rows for file in files)
    if gone or torn:
        what = " and ".join(
            filter(None, (f"{gone} missing" if gone else "", f"{torn} of another size" if torn else ""))
        )
        return f"of {len(files)} files {what}: restore them from a backup"
    if rows != told:
        return f"{rows} rows where the publication says {told}: restore it from a backup"
    return ""


def _size(workspace: Workspace, name: str, path: str) -> int | None:
    try:
        return (workspace.store.root / name / path).stat().st_size
    except OSError:
        return None


def _sources(workspace: Workspace) -> Iterator[Check]:
    publication = workspace.publication()
    for name, source in sorted(publication.sources.items()) if publication else ():
        yield Check(f"source {name}", True, f"{source['kind']}, {source['tickets']:,} tickets, as of {source['as_of']}")


def _quarantine(workspace: Workspace) -> Iterator[Check]:
    count = len(workspace.ledger.quarantine())
    detail = "nothing is set aside" if not count else f"set aside: {count}; `maitred import quarantine` says why"
    yield Check("quarantine", True, detail)
