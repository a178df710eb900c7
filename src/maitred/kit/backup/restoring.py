"""The restore: a backup becomes a workspace again, in an empty place, and only when all of it proved itself.

For ``maitred restore FILE --to HOME``. Everything happens in a folder beside the place; what is refused or killed
leaves the place as it was.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db.backends.base.base import BaseDatabaseWrapper

from maitred import __version__
from maitred.base import faults
from maitred.base.checks import Check
from maitred.base.errors import MaitredError, UsageError
from maitred.kit.audit.verifying import verify_chain
from maitred.kit.backup import archive, staging
from maitred.kit.backup.archive import BackupDamaged, Unpacked
from maitred.kit.backup.backing import Report, backup_key, remember, require_readable
from maitred.kit.backup.comparators import regenerated
from maitred.kit.backup.copying import Tell, silent, tables
from maitred.kit.backup.databases import (
    OPERATIONS,
    check_foreign_keys,
    file,
    migrate,
    opened,
    standing_in,
    unknown,
)
from maitred.kit.backup.hashing import table_hash
from maitred.kit.backup.shapes import Shape
from maitred.kit.backup.verifying import sealed_values
from maitred.kit.secrets.keyring import Keyring, folder_of
from maitred.metrics.refresh import open_workspace
from maitred.sync.ledger import MIGRATIONS
from maitred.sync.verifying import verify as verify_warehouse

Amend = Callable[[Path], list[str]]
"""What is done to a restored workspace before it is used; its database stands in for the house's own. Gives notices."""


def restore(
    source: Path,
    home: Path,
    tell: Tell = silent,
    *,
    secret: str | None = None,
    keys: Path | None = None,
    amend: Sequence[Amend] = (),
    accept: frozenset[str] = frozenset(),
) -> Report:
    """Bring a backup back into an empty or absent folder.

    Parameters
    ----------
    secret
        Opens a sealed archive; by default what ``MAITRED_BACKUP_KEY`` says.
    keys
        A folder of keys, for a backup that was made without them.
    amend
        Run in turn on the restored workspace: erasures since the backup, the audit row of the restore.
    accept
        Names of checks whose failure is told and not refused: what was broken when the backup was made stays broken.

    Raises
    ------
    UsageError
        The folder holds something.
    BackupDamaged
        The archive is not what was written.
    MaitredError
        It was made by a newer program, or what it holds does not verify.
    """
    started = time.monotonic()
    require_readable(source)
    _check_place(home)
    with _beside(home) as folder:
        unpacked = archive.unpack(source, folder, secret or backup_key())
        manifest = unpacked.manifest
        tell("comparing", 0, 1)
        notices = _take_keys(folder, keys, unpacked)
        _refuse_newer(manifest)
        faults.step("restore.check")
        _compare(folder, manifest)
        notices += _bring_up_to_date(folder, manifest, amend)
        tell("verifying", 0, 1)
        notices += _prove(folder, manifest, accept)
        report = _reported(source, manifest, started, notices)
        remember(folder, {"file": source.name, "at": report.made_at, "sha256": report.sha256, "bytes": report.bytes})
        _settle(folder)
        faults.step("restore.rename")
        folder.replace(home)
    archive.sync_folder(home.parent)
    return replace(report, file=str(home))


def _check_place(home: Path) -> None:
    if home.is_symlink() or (home.exists() and (not home.is_dir() or any(home.iterdir()))):
        raise UsageError(f"{home} is not empty", "restore into a new folder with --to, then look at both")
    if any(sign in str(home) for sign in "[]*"):
        raise UsageError(f"a workspace path may not contain [ ] or *: {home}", "choose another folder")
    home.parent.mkdir(parents=True, exist_ok=True)


@contextmanager
def _beside(home: Path) -> Iterator[Path]:
    """A folder beside the place; gone when the block fails, and when a killed restore is followed by another."""
    for lock in home.parent.glob(f".{home.name}.*.lock"):
        if lock.name.removesuffix(".lock").rpartition(".")[2].isdigit() and _is_left(lock):
            shutil.rmtree(lock.with_suffix(".restoring"), ignore_errors=True)
            lock.unlink(missing_ok=True)
    folder = home.parent / f".{home.name}.{os.getpid()}.restoring"
    lock = folder.with_suffix(".lock")
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.unlink(missing_ok=True)
        os.close(handle)


def _is_left(lock: Path) -> bool:
    """Whether nobody works behind this lock any more."""
    handle = os.open(lock, os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def _take_keys(folder: Path, keys: Path | None, unpacked: Unpacked) -> list[str]:
    """Put the keys in place and compare them, and with them the proof of the manifest."""
    if keys is not None:
        shutil.rmtree(folder / "keys", ignore_errors=True)
        staging.take_keys(keys, folder)
    found = Keyring(_ring(folder))
    if not (found.folder / "keyring.json").is_file():
        return [f"the keys are not here: sealed values cannot be read until they are put into {Path('keys')}"]
    told = {one for kind in unpacked.manifest["keys"].values() for one in kind}
    there = {one for kind in found.fingerprints().values() for one in kind}
    if not told & there:
        raise MaitredError("these keys are another installation's", "name the folder of this one's keys with --keys")
    if not archive.check_proof(found, unpacked.body, unpacked.proof):
        return ["the key that proves the manifest is not among the keys: the archive was compared with itself alone"]
    lacking = len(told - there)
    return [f"{lacking} keys of the backup are not among these: what they sealed cannot be read"] if lacking else []


def _ring(folder: Path) -> Path:
    """The keys that the restored workspace will use: its own, else mounted ones."""
    own = folder / "keys"
    return own if (own / "keyring.json").is_file() else folder_of(folder)


def _refuse_newer(manifest: dict[str, Any]) -> None:
    if _numbers(manifest["product"]) > _numbers(__version__):
        what = f"the backup was made by maitred {manifest['product']}, which is newer than this one ({__version__})"
        raise MaitredError(what, "restore it with that version")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:3] if part.isdigit())


def _compare(folder: Path, manifest: dict[str, Any]) -> None:
    """Every table of the two databases against what the manifest says; the warehouse's are compared in the proof."""
    for part, name in (("operations", OPERATIONS), ("ledger", staging.LEDGER)):
        with opened(file(folder / name, durable=False), "maitred_restored") as database:
            wanted: dict[str, Any] = manifest["tables"][part]
            there = set(tables(database))
            for table, told in sorted(wanted.items()):
                found = table_hash(database, Shape.from_json(table, told)) if table in there else None
                if found is None or (found.rows, found.digest) != (told["rows"], told["hash"]):
                    what = f"table {table} does not hold what was backed up"
                    raise BackupDamaged(what, "take another copy of the backup")


def _bring_up_to_date(folder: Path, manifest: dict[str, Any], amend: Sequence[Amend]) -> list[str]:
    """Migrate an older backup, take out what must not come alive again, and do what was asked."""
    with opened(file(folder / OPERATIONS), "maitred_restored") as database:
        newer = unknown(database)
        if newer:
            what = f"the backup's database was made by a newer maitred (migration {newer[0]})"
            raise MaitredError(what, "restore it with that version")
        _check_ledger(folder)
        faults.step("restore.migrate")
        steps = migrate(database)
        notices = [f"the database was brought up to date by {steps} migrations"] if steps else []
        with standing_in(database, folder):
            if steps:
                _fill_in(database)
            notices += _clear(database)
            for one in amend:
                notices += one(folder)
    return notices


def _check_ledger(folder: Path) -> None:
    with opened(file(folder / staging.LEDGER, durable=False), "maitred_ledger") as ledger, ledger.cursor() as cursor:
        cursor.execute("PRAGMA user_version")
        if cursor.fetchone()[0] > len(MIGRATIONS):
            raise MaitredError("the backup's ledger was written by a newer maitred", "restore it with that version")


def _fill_in(database: BaseDatabaseWrapper) -> None:
    """What every installation has after a migration: numbers for its models and rights."""
    for config in apps.get_app_configs():
        create_contenttypes(config, verbosity=0, using=database.alias)
        create_permissions(config, verbosity=0, using=database.alias)


def _clear(database: BaseDatabaseWrapper) -> list[str]:
    """Empty what is made anew in use, and hold back what may have been sent since the backup."""
    there = set(tables(database))
    with database.cursor() as cursor:
        for table in sorted(regenerated() & there):
            cursor.execute(f"DELETE FROM {database.ops.quote_name(table)}")
        if "outbox_effect" not in there:
            return []
        cursor.execute(
            "UPDATE outbox_effect SET state = 'unknown', version = version + 1 WHERE state IN ('waiting', 'sending')"
        )
        held = cursor.rowcount
    return [f"{held} effects that had not gone out are held back: look at them in the outbox"] if held else []


def _prove(folder: Path, manifest: dict[str, Any], accept: frozenset[str]) -> list[str]:
    """All of ``verify`` on the workspace that it will be."""
    wrong = [check for check in _checks(folder, manifest) if not check.ok]
    refused = [check for check in wrong if check.check not in accept]
    if refused:
        what = f"the backup does not verify: {refused[0].check}: {refused[0].detail}"
        remedy = f"use an older backup, or take this one as it is with --accept {refused[0].check!r}"
        raise MaitredError(what, remedy)
    return [f"accepted: {check.check}: {check.detail}" for check in wrong]


def _checks(folder: Path, manifest: dict[str, Any]) -> Iterator[Check]:
    hashes = {name: told["hash"] for name, told in manifest["tables"]["warehouse"].items()}
    with closing(open_workspace(folder)) as workspace:
        yield from verify_warehouse(workspace, hashes or None)
    with opened(file(folder / OPERATIONS), "maitred_restored") as database, standing_in(database, folder):
        loose = check_foreign_keys(database)
        yield Check("references", not loose, loose[0] if loose else "every row finds the rows that it names")
        if (_ring(folder) / "keyring.json").is_file():
            yield from verify_chain(folder)
            yield from sealed_values(folder)


def _settle(folder: Path) -> None:
    """Leave nothing open or half written in the databases, and make all of it durable."""
    for name in (OPERATIONS, staging.LEDGER):
        with opened(file(folder / name), "maitred_restored") as database, database.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for path in [folder, *(one for one in folder.rglob("*") if one.is_dir())]:
        with suppress(OSError):
            archive.sync_folder(path)


def _reported(source: Path, manifest: dict[str, Any], started: float, notices: list[str]) -> Report:
    import hashlib

    with source.open("rb") as body:
        digest = hashlib.file_digest(body, "sha256").hexdigest()
    counted = [one for part in manifest["tables"].values() for one in part.values()]
    if os.environ.get("MAITRED_DATABASE"):
        notices.append(
            "MAITRED_DATABASE names another database than the restored one: unset it, or move the data there"
        )
    return Report(
        str(source),
        source.stat().st_size,
        digest,
        manifest["made_at"],
        manifest["publication"],
        len(manifest["members"]),
        len(counted),
        sum(one["rows"] for one in counted),
        round(time.monotonic() - started, 3),
        notices,
    )
