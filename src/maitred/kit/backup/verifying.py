"""Whether everything stored is what was stored: the whole of ``maitred verify``, from landing to the audit log."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections

from maitred.base import clock
from maitred.base.checks import Check
from maitred.base.errors import MaitredError
from maitred.kit.backup import backing
from maitred.kit.backup.copying import tables
from maitred.kit.backup.databases import check_foreign_keys, outstanding
from maitred.kit.backup.hashing import BATCH
from maitred.kit.backup.shapes import of_models
from maitred.kit.secrets.keyring import Keyring, folder_of
from maitred.kit.secrets.sealing import unseal

if TYPE_CHECKING:
    from maitred.kit.secrets.rotation import Column as SealedColumn

_RESTORE = "restore it from a backup"
_SEALED = re.compile(r"v1\|[0-9a-f]{8}\|[\w=-]+\|[\w=-]+")


def verify(home: Path) -> list[Check]:
    """Look at everything; never raises for what it finds.

    Returns
    -------
    list of Check
        Ledger, publications, landing, logs, files and rows of the warehouse; database and references of the operational
        database; the audit log's checks; sealed values; the last backup. No backup yet is a notice, not a finding.
    """
    looks: list[tuple[str, Callable[[Path], Iterator[Check]]]] = [
        ("warehouse", _warehouse),
        ("database", _database),
        ("references", _references),
        ("audit", _audit),
        ("sealed values", sealed_values),
        ("backup", _backup),
    ]
    return [check for name, look in looks for check in _looked(name, look, home)]


def _looked(name: str, look: Callable[[Path], Iterator[Check]], home: Path) -> list[Check]:
    try:
        return list(look(home))
    except MaitredError as error:
        return [Check(name, False, str(error), name)]
    except Exception as error:  # noqa: BLE001  (whatever is broken in whatever way: told, and the rest looked at)
        why = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
        return [Check(name, False, f"cannot be read ({why}): {_RESTORE}", name)]


def _warehouse(home: Path) -> Iterator[Check]:
    from maitred.metrics.refresh import open_workspace
    from maitred.sync.verifying import verify as verify_warehouse

    with closing(open_workspace(home)) as workspace:
        yield from verify_warehouse(workspace)


def _database(home: Path) -> Iterator[Check]:
    database = connections[DEFAULT_DB_ALIAS]
    missing = outstanding(database)
    if missing:
        what = f"{len(missing)} migrations are missing ({missing[0]} ...): migrate it"
        yield Check("database", False, what, missing[0])
        return
    state = "ok"
    if database.vendor == "sqlite":
        with database.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check(1)")
            state = str(cursor.fetchone()[0])
    names = tables(database)
    lacking = sorted({shape.table for shape in of_models()} - set(names))
    if state != "ok" or lacking:
        what = f"table {lacking[0]} is missing" if lacking else f"is damaged ({state})"
        yield Check("database", False, f"the operational database: {what}: {_RESTORE}", lacking[0] if lacking else "")
        return
    yield Check("database", True, f"{len(names)} tables, {database.vendor}")


def _references(home: Path) -> Iterator[Check]:
    loose = check_foreign_keys(connections[DEFAULT_DB_ALIAS])
    if loose:
        yield Check("references", False, f"{loose[0]}; {len(loose)} in all: {_RESTORE}", loose[0].partition(" (")[0])
    else:
        yield Check("references", True, "every row finds the rows that it names")


def _audit(home: Path) -> Iterator[Check]:
    from maitred.kit.audit.verifying import verify_chain

    yield from verify_chain(home)


def sealed_values(home: Path) -> Iterator[Check]:
    """Every sealed value of the database opens where it stands."""
    from maitred.kit.secrets.rotation import COLUMNS

    keys = Keyring(folder_of(home))
    if not (keys.folder / "keyring.json").is_file():
        yield Check("sealed values", False, "the keys of this workspace are missing: put its keys folder back", "keys")
        return
    count = 0
    for column in COLUMNS:
        for row in _rows(column):
            for value in _sealed_in(column, row):
                try:
                    unseal(keys, value, column.at(row), column.purpose)
                except MaitredError as error:
                    first = f"{row._meta.db_table} {row.pk}"
                    yield Check("sealed values", False, f"{first} ({column.column}): {error}", first)
                    return
                count += 1
    yield Check("sealed values", True, f"{count} sealed values open")


def _rows(column: SealedColumn) -> Iterator[Any]:
    try:
        model = apps.get_model(column.model)
    except LookupError:
        return iter(())
    return iter(model._base_manager.order_by("pk").iterator(BATCH))


def _sealed_in(column: SealedColumn, row: Any) -> list[str]:
    value = getattr(row, column.column)
    if column.json:
        return _SEALED.findall(json.dumps(value))
    return [value] if value else []


def _backup(home: Path) -> Iterator[Check]:
    last = backing.last(home)
    if last is None:
        yield Check("backup", True, "no backup yet: make one with `maitred backup FILE`")
        return
    hours = (clock.now() - datetime.fromisoformat(last["at"])).total_seconds() / 3600
    yield Check("backup", True, f"the last one is {last['file']} of {last['at']}, {hours:.1f} hours old")
