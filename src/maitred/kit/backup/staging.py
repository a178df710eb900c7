"""A workspace as it stands at one moment, gathered in a folder beside it while everybody goes on writing.

Files that never change (data files, log entries, landed pages, manifests) are linked, so that upkeep cannot take them
away; databases are snapshots. What refers is taken before what it refers to: first the operational database, whose rows
name publications, then the ledger, then what the ledger names.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from maitred.base import faults
from maitred.base.errors import MaitredError
from maitred.kit.backup import copying
from maitred.kit.backup.databases import OPERATIONS, file, opened
from maitred.metrics.refresh import open_workspace
from maitred.sync.ledger import Ledger
from maitred.sync.publications import Publication
from maitred.sync.workspace import SETTINGS
from maitred.warehouse import history

FOLDER = ".backup"
LEDGER = "maitred.db"
STATE = "backups.json"
_LOCK = "lock"
_TRIES = 5
_APART = frozenset(
    {
        FOLDER,
        STATE,
        "landing",
        "publications",
        "warehouse",
        "keys",
        "writer.lock",
        SETTINGS,
        "audit",
        "exports",
        "readings",
    }
    | {f"{name}{end}" for name in (LEDGER, OPERATIONS) for end in ("", "-wal", "-shm", "-journal")}
)
"""What is gathered in its own way, or belongs to this place alone; all else in a workspace is copied as it is."""


@contextmanager
def stage(home: Path) -> Iterator[Path]:
    """An empty folder on the workspace's own file system; what killed backups left there is removed."""
    root = home / FOLDER
    root.mkdir(mode=0o700, exist_ok=True)
    _sweep(root)
    folder = Path(tempfile.mkdtemp(dir=root))
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        image = folder / "image"
        image.mkdir()
        yield image
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)
        with suppress(OSError):
            root.rmdir()


def take_operations(source: BaseDatabaseWrapper, image: Path) -> None:
    """A snapshot of the operational database as a SQLite file, whatever it stands in."""
    faults.step("backup.database")
    if source.vendor == "sqlite":
        with source.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(image / OPERATIONS)])
        return
    with opened(file(image / OPERATIONS, durable=False), "maitred_snapshot") as target, _one_instant(source):
        copying.copy(source, target)
        copying.finish(target)


def take_ledger_and_tables(home: Path, image: Path) -> None:
    """A snapshot of the ledger with every file that it speaks of.

    Raises
    ------
    MaitredError
        A file that a publication or a landed page needs is missing in the workspace.
    """
    for attempt in range(_TRIES):
        try:
            _take(home, image)
            return
        except FileNotFoundError as error:  # upkeep let a publication go between the snapshot and the link
            if attempt == _TRIES - 1:
                missing = Path(str(error.filename)).relative_to(home)
                raise MaitredError(f"{missing} is missing in the workspace", "run `maitred verify`") from error
            for name in ("landing", "publications", "warehouse"):
                shutil.rmtree(image / name, ignore_errors=True)


def take_keys(folder: Path, image: Path) -> None:
    """The keys, without the address of a database: a restored workspace has one of its own."""
    target = image / "keys"
    target.mkdir(mode=0o700)
    for path in sorted(folder.iterdir()):
        if path.name == "keyring.json" or path.suffix == ".key":
            shutil.copyfile(path, target / path.name)


def take_rest(home: Path, image: Path) -> None:
    """Settings, signed heads, and whatever else people keep in a workspace."""
    shutil.copyfile(home / SETTINGS, image / SETTINGS)
    for path in sorted(home.iterdir()):
        if path.name in _APART or path.name.startswith(".") or path.is_symlink():
            continue
        if path.is_dir():
            shutil.copytree(path, image / path.name, symlinks=True, ignore=shutil.ignore_patterns(".*"))
        elif path.is_file():
            shutil.copyfile(path, image / path.name)


def take_heads(home: Path, image: Path) -> None:
    """The file of signed heads, taken before the database: it never says more than the database does."""
    kept = home / "audit" / "heads.jsonl"
    if kept.is_file():
        (image / "audit").mkdir(mode=0o700)
        shutil.copyfile(kept, image / "audit" / kept.name)


def files(image: Path) -> list[str]:
    """Every file of an image, as names inside it."""
    return sorted(path.relative_to(image).as_posix() for path in image.rglob("*") if path.is_file())


def _sweep(root: Path) -> None:
    for folder in root.iterdir():
        with suppress(OSError):
            handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(handle)


@contextmanager
def _one_instant(source: BaseDatabaseWrapper) -> Iterator[None]:
    """Within the block every query sees the same instant; writers go on."""
    assert connections[source.alias] is source
    with transaction.atomic(using=source.alias, durable=True):
        with source.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _take(home: Path, image: Path) -> None:
    faults.step("backup.link")
    (image / LEDGER).unlink(missing_ok=True)
    with closing(sqlite3.connect(home / LEDGER, timeout=30)) as db:
        db.execute("VACUUM INTO ?", (str(image / LEDGER),))
    for name in ("landing", "publications", "warehouse"):
        (image / name).mkdir()
    shutil.copyfile(home / SETTINGS, image / SETTINGS)
    with closing(Ledger(image / LEDGER)) as ledger:
        _link_pages(home, image, ledger)
        published = _link_manifests(home, image, ledger)
    _link_tables(home, image, published)


def _link_pages(home: Path, image: Path, ledger: Ledger) -> None:
    there: dict[Path, dict[str, Path]] = {}
    for page in ledger.pages():
        folder = home / "landing" / page.source_id / page.stream
        if folder not in there:
            there[folder] = {path.name.split(".")[0]: path for path in folder.glob("*.zst")}
        found = there[folder].get(page.sha256)
        if found is None:
            raise FileNotFoundError(2, "landed page", str(folder / page.sha256))
        _link(found, image / found.relative_to(home))


def _link_manifests(home: Path, image: Path, ledger: Ledger) -> list[dict[str, int]]:
    published = []
    for number, _, _ in ledger.publications():
        name = f"{number}.json"
        _link(home / "publications" / name, image / "publications" / name)
        published.append(json.loads((image / "publications" / name).read_bytes())["tables"])
    return published


def _link_tables(home: Path, image: Path, published: Iterable[dict[str, int]]) -> None:
    versions: dict[str, set[int]] = {}
    for tables in published:
        for name, version in tables.items():
            versions.setdefault(name, set()).add(version)
    with closing(open_workspace(image)) as workspace:
        for name, wanted in sorted(versions.items()):
            _link_log(home / "warehouse" / name, image / "warehouse" / name, max(wanted))
            needed = history.needed(workspace.store.history(name), sorted(wanted))
            for path in sorted({span.file.path for span in needed}):
                _link(home / "warehouse" / name / path, image / "warehouse" / name / path)


def _link_log(table: Path, image: Path, last: int) -> None:
    """The log up to a version: what came later is nobody's yet."""
    for path in sorted((table / "_delta_log").iterdir()):
        version = path.name.split(".")[0]
        if version.isdigit() and int(version) <= last and path.suffix in (".json", ".parquet"):
            _link(path, image / "_delta_log" / path.name)
    pointer = table / "_delta_log" / "_last_checkpoint"
    if pointer.is_file() and json.loads(content := pointer.read_bytes())["version"] <= last:
        (image / "_delta_log" / pointer.name).write_bytes(content)


def _link(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        return
    try:
        os.link(path, target)
    except PermissionError:  # a file system without links
        shutil.copyfile(path, target)


def current(image: Path) -> Publication | None:
    """The newest publication of an image."""
    with closing(open_workspace(image)) as workspace:
        return workspace.publication()
