"""The operational database under the house exchanged for another one, with nothing lost and nobody writing meanwhile.

Writers are kept out by the database itself: on SQLite by the one write transaction that it allows (``BEGIN
IMMEDIATE``), on PostgreSQL by ``LOCK TABLE … IN SHARE ROW EXCLUSIVE MODE``. Both end with the process, however it ends;
readers go on. Whoever waited is refused afterwards: the old database then carries triggers that say what happened, so
that a server that was not restarted cannot write into the past.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from maitred.base import faults
from maitred.base.errors import LeaseHeld, MaitredError
from maitred.kit.backup import copying
from maitred.kit.backup.copying import Tell, silent
from maitred.kit.backup.databases import check_foreign_keys, opened, standing_in
from maitred.kit.backup.hashing import Hashed
from maitred.kit.backup.shapes import of_models
from maitred.kit.secrets.waiting import patient

TARGET = "maitred_target"
CLOSED = "maitred_moved"
_WHY = "this database was moved: restart the program"
_PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved: rows and hash per table, and tables that no part of the program knows, which stayed behind."""

    tables: dict[str, Hashed]
    left: list[str]

    def as_json(self) -> dict[str, Any]:
        return {
            "tables": {name: {"rows": one.rows, "hash": one.digest} for name, one in self.tables.items()},
            "left": self.left,
        }


def move(
    source: BaseDatabaseWrapper,
    told: dict[str, Any],
    *,
    home: Path,
    switch: Callable[[], None],
    announce: Callable[[], None] = lambda: None,
    tell: Tell = silent,
) -> Moved:
    """Copy the operational database, compare every table, verify the audit log there, and switch.

    Parameters
    ----------
    source
        The database in use.
    told
        Django's settings of the other one, which is empty or holds a part of this move that was killed.
    home
        The workspace, for the audit log's files and keys.
    switch
        Makes the other database the one in use, durably. Called while writers still wait.
    announce
        Writes the deed into the audit log; called before writers are kept away, so that the row goes along.

    Raises
    ------
    MaitredError
        The other database holds something else, a table differs, or the audit log does not verify. The source is then
        the database in use as before.
    LeaseHeld
        Somebody writes without end.
    """
    with opened(told, TARGET) as target:
        _refuse_same(source, target)
        announce()
        with quiet(source):
            copied = copying.copy(source, target, tell)
            _prove(target, home)
            close(source)
            faults.step("move.switch")
            switch()
            faults.step("move.switched")
        copying.finish(target)
    return Moved(copied.tables, copied.left)


@contextmanager
def quiet(source: BaseDatabaseWrapper) -> Iterator[None]:
    """Nobody writes to the database while the block runs; what the block itself changed there is kept at its end."""
    assert connections[source.alias] is source
    try:
        with patient(source, _PATIENCE_SECONDS), transaction.atomic(using=source.alias, durable=True):
            if source.vendor == "postgresql":
                _lock(source)
            yield
    except OperationalError as error:
        if "locked" not in str(error) and "lock timeout" not in str(error):
            raise
        raise LeaseHeld("another process writes to the operational database without end", "stop it first") from error


def close(source: BaseDatabaseWrapper) -> None:
    """Refuse every further write to a database that is no longer the one in use."""
    with source.cursor() as cursor:
        if source.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {CLOSED}() RETURNS trigger LANGUAGE plpgsql "
                f"AS $function$ BEGIN RAISE EXCEPTION '{_WHY}'; END $function$"
            )
        for shape in of_models():
            for statement in _refusals(source, shape.table):
                cursor.execute(statement)


def is_closed(source: BaseDatabaseWrapper) -> bool:
    """Whether this database was moved elsewhere."""
    kept = "sqlite_master WHERE type = 'trigger' AND name" if source.vendor == "sqlite" else "pg_trigger WHERE tgname"
    with source.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {kept} LIKE %s", [f"{CLOSED}%"])
        return bool(cursor.fetchone()[0])


def _refusals(source: BaseDatabaseWrapper, table: str) -> Sequence[str]:
    quoted = source.ops.quote_name
    if source.vendor == "postgresql":
        return (
            f"CREATE OR REPLACE TRIGGER {CLOSED} BEFORE INSERT OR UPDATE OR DELETE ON {quoted(table)} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {CLOSED}()",
        )
    return [
        f"CREATE TRIGGER IF NOT EXISTS {quoted(f'{CLOSED}_{table}_{deed.lower()}')} BEFORE {deed} ON {quoted(table)} "
        f"BEGIN SELECT RAISE(ABORT, '{_WHY}'); END"
        for deed in ("INSERT", "UPDATE", "DELETE")
    ]


def _refuse_same(source: BaseDatabaseWrapper, target: BaseDatabaseWrapper) -> None:
    names = ("ENGINE", "NAME", "HOST", "PORT")
    if all(str(source.settings_dict[name]) == str(target.settings_dict[name]) for name in names):
        raise MaitredError("the workspace is in that database already", "name another one")
    if is_closed(source):
        raise MaitredError("this database was moved elsewhere already", "restart the program")


def _lock(source: BaseDatabaseWrapper) -> None:
    quoted = source.ops.quote_name
    names = ", ".join(quoted(shape.table) for shape in of_models())
    with source.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute(f"SET LOCAL lock_timeout = '{_PATIENCE_SECONDS}s'")
        # Locked before anything is read: what is read then is what the locks protect.
        cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


def _prove(target: BaseDatabaseWrapper, home: Path) -> None:
    """What hashes cannot say: rows that name each other do, and the audit log holds in its new place."""
    from maitred.kit.audit.verifying import verify_chain

    loose = check_foreign_keys(target)
    if loose:
        raise MaitredError(f"{loose[0]} in the database names a row that is not there", "mend it before the move")
    with standing_in(target, home):
        wrong = [check for check in verify_chain(home) if not check.ok]
    if wrong:
        raise MaitredError(f"{wrong[0].check}: {wrong[0].detail}", "run `maitred verify` on the present database first")
