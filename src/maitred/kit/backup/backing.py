"""The backup: one file with everything of an installation as it stood at one moment, made while the house goes on.

For ``maitred backup FILE``. Published tables are pinned by links before anything is read, databases are snapshots, each
table's rows and hash go into the manifest, and the file stands under its name only when it is whole and durable.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from maitred import __version__
from maitred.base import clock, faults
from maitred.base.errors import MaitredError, UsageError, WorkspaceMissing
from maitred.kit.audit import heads, tail
from maitred.kit.backup import archive, staging
from maitred.kit.backup.copying import Tell, silent
from maitred.kit.backup.databases import OPERATIONS, file, opened
from maitred.kit.backup.hashing import table_hash
from maitred.kit.backup.shapes import of_database
from maitred.kit.secrets.keyring import Keyring, folder_of
from maitred.kit.secrets.waiting import patient
from maitred.metrics.refresh import open_workspace
from maitred.sync.verifying import table_hash as warehouse_hash
from maitred.sync.workspace import SETTINGS

SECRET = "MAITRED_BACKUP_KEY"  # noqa: S105  (the variable's name)
_APART = "keys are kept outside of the workspace and are not in the backup: back them up on their own"
_INSIDE = f"the keys are in the backup: keep the file like a password, or set {SECRET} to have it sealed"


@dataclass(frozen=True, slots=True)
class Report:
    """What a backup or a restore did.

    Attributes
    ----------
    tables
        How many tables of the databases and of the warehouse were hashed; ``rows`` is the sum of their rows.
    notices
        What its owner has to know, in whole sentences.
    """

    file: str
    bytes: int
    sha256: str
    made_at: str
    publication: int | None
    members: int
    tables: int
    rows: int
    seconds: float
    notices: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def backup(home: Path, target: Path, tell: Tell = silent, *, secret: str | None = None) -> Report:
    """Write everything of a workspace into one file.

    Parameters
    ----------
    home
        The workspace; its operational database is the one of the settings.
    target
        Replaced at once when the new backup is whole.
    tell
        Called with what is being done, how much of it is done and how much there is.
    secret
        Seals the archive; by default what ``MAITRED_BACKUP_KEY`` says (the key itself, or ``file:PATH``).

    Raises
    ------
    MaitredError
        The target cannot be written or lies inside the workspace, or the workspace lacks a file that it needs.
    """
    started = time.monotonic()
    secret = secret or backup_key()
    _check(home, target)
    archive.sweep(target)
    with staging.stage(home) as image:
        manifest = _gather(home, image, tell)
        members = staging.files(image)
        total = sum((image / name).stat().st_size for name in members)
        with archive.packing(target, secret) as packed:
            header = {**{name: manifest[name] for name in ("format", "product", "install", "made_at")}, "bytes": total}
            packed.put(archive.HEADER, {"kind": "maitred backup", **header})
            for place, name in enumerate(members):
                tell("writing", place, len(members))
                packed.add(name, image / name)
            manifest["members"] = {name: [one.size, one.sha256] for name, one in packed.members.items()}
            body = packed.put(archive.MANIFEST, manifest)
            faults.step("backup.seal")
            packed.put(archive.PROOF, archive.prove(_keys(home), body))
    return _reported(home, target, manifest, started, _notices(home, secret))


def backup_key() -> str | None:
    """The key that seals archives, from the environment; None where none is set."""
    told = os.environ.get(SECRET) or None
    if told and told.startswith("file:"):
        return Path(told.removeprefix("file:")).read_text().strip()
    return told


def last(home: Path) -> dict[str, Any] | None:
    """What the workspace remembers of its last backup: ``file``, ``at``, ``sha256``, ``bytes``; None without one."""
    path = home / staging.STATE
    if not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def _check(home: Path, target: Path) -> None:
    if not (home / SETTINGS).is_file():
        raise WorkspaceMissing(f"there is no workspace in {home}", "make one with `maitred init`, or set MAITRED_HOME")
    if home.resolve() in target.resolve().parents:
        raise UsageError(f"{target} lies inside the workspace and would be lost with it", "name a file elsewhere")
    if target.is_dir() or not target.resolve().parent.is_dir():
        raise UsageError(f"{target} is no file that can be written", "name a file in a folder that exists")


def _gather(home: Path, image: Path, tell: Tell) -> dict[str, Any]:
    """Fill the image and describe it; see ``staging`` for why in this order."""
    source = connections[DEFAULT_DB_ALIAS]
    tell("snapshot", 0, 1)
    with patient(source):
        heads.sign_head()
        staging.take_heads(home, image)
        staging.take_operations(source, image)
    staging.take_ledger_and_tables(home, image)
    staging.take_rest(home, image)
    keys = folder_of(home)
    if _travels(home):
        staging.take_keys(keys, image)
    return {
        "format": archive.FORMAT,
        "product": __version__,
        "install": heads.public_key(Keyring(keys)),
        "made_at": clock.iso(clock.now()),
        "database": source.vendor,
        "keys": Keyring(keys).fingerprints(),
        "keys_inside": _travels(home),
        **describe(image, tell),
    }


def describe(image: Path, tell: Tell = silent) -> dict[str, Any]:
    """Rows and hash of every table of a workspace image, and the schemas at which its databases stand."""
    tables: dict[str, dict[str, Any]] = {}
    with opened(file(image / OPERATIONS, durable=False), "maitred_image") as snapshot:
        tables["operations"] = dict(_hashed(snapshot, tell))
        migrations = sorted(f"{app}.{name}" for app, name in MigrationRecorder(snapshot).applied_migrations())
        _mark_tail(snapshot, image)
    with opened(file(image / staging.LEDGER, durable=False), "maitred_image") as ledger:
        tables["ledger"] = dict(_hashed(ledger, tell))
    publication, tables["warehouse"] = _warehouse(image, tell)
    return {"tables": tables, "migrations": migrations, "publication": publication}


def _hashed(connection: BaseDatabaseWrapper, tell: Tell) -> Iterator[tuple[str, dict[str, Any]]]:
    shapes = of_database(connection)
    for place, shape in enumerate(shapes):
        tell(f"hashing {shape.table}", place, len(shapes))
        found = table_hash(connection, shape)
        yield shape.table, {"rows": found.rows, "hash": found.digest, **shape.as_json()}


def _warehouse(image: Path, tell: Tell) -> tuple[int | None, dict[str, Any]]:
    with closing(open_workspace(image)) as workspace:
        publication = workspace.publication()
        if publication is None:
            return None, {}
        found = {}
        for place, (name, rows) in enumerate(sorted(publication.rows.items())):
            tell(f"hashing {name}", place, len(publication.rows))
            found[name] = {"rows": rows, "hash": warehouse_hash(workspace, publication, name)}
        return publication.number, found


def _mark_tail(snapshot: BaseDatabaseWrapper, image: Path) -> None:
    with snapshot.cursor() as cursor:
        cursor.execute("SELECT seq, hash FROM audit_row ORDER BY seq DESC LIMIT 1")
        row = cursor.fetchone()
    if row is not None:
        tail.mark(image, *row)


def _travels(home: Path) -> bool:
    """Whether the keys go into the backup: where they live in the workspace. Mounted ones are somebody's own care."""
    return folder_of(home).resolve() == (home / "keys").resolve()


def _keys(home: Path) -> Keyring:
    return Keyring(folder_of(home))


def _notices(home: Path, secret: str | None) -> list[str]:
    if not _travels(home):
        return [_APART]
    return [] if secret else [_INSIDE]


def _reported(home: Path, target: Path, manifest: dict[str, Any], started: float, notices: list[str]) -> Report:
    with target.open("rb") as body:
        digest = hashlib.file_digest(body, "sha256").hexdigest()
    size = target.stat().st_size
    remember(home, {"file": target.name, "at": manifest["made_at"], "sha256": digest, "bytes": size})
    counted = [one for part in manifest["tables"].values() for one in part.values()]
    return Report(
        str(target),
        size,
        digest,
        manifest["made_at"],
        manifest["publication"],
        len(manifest["members"]),
        len(counted),
        sum(one["rows"] for one in counted),
        round(time.monotonic() - started, 3),
        notices,
    )


def remember(home: Path, state: dict[str, Any]) -> None:
    """Write down the last backup."""
    beside = home / f".{staging.STATE}.part"
    beside.write_text(json.dumps(state, indent=1))
    beside.replace(home / staging.STATE)


def require_readable(path: Path) -> None:
    """Make sure that a file can be read at all.

    Raises
    ------
    MaitredError
        It is not there or may not be read.
    """
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        what = f"the backup {path} cannot be read ({error.strerror})"
        raise MaitredError(what, "check its name and rights") from error
