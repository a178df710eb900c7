"""Whether what is stored is what was stored: landing, logs, files and rows of everything that can still be read.

The warehouse's half of ``maitred verify``: bytes are read back and compared with what the ledger wrote down when they
were made. Each check names the first bad thing, so that it can be fetched from a backup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from maitred.base.checks import Check
from maitred.base.errors import MaitredError
from maitred.canon.tables import BOOKKEEPING, TABLES
from maitred.sync import landing
from maitred.sync.publications import Publication
from maitred.sync.workspace import Workspace, file_hash
from maitred.warehouse import history
from maitred.warehouse.hashing import canonical_hash

_RESTORE = "restore it from a backup"
Problem = tuple[str, str]
"""The bad thing and what is wrong with it."""


def verify(workspace: Workspace, hashes: Mapping[str, str] | None = None) -> list[Check]:
    """Read everything back; never raises for what it finds.

    Reads beside a writer as any reader does; only a publication that upkeep lets go meanwhile may look like damage.

    Parameters
    ----------
    hashes
        Table hashes of the current publication as a backup wrote them down; compared where given.

    Returns
    -------
    list of Check
        ``ledger``, ``publications``, ``landing``, ``logs``, ``files``, ``rows`` and, where asked for, ``hashes``.
    """
    published = _Published()
    looks: list[tuple[str, Callable[[], tuple[str, list[Problem]]]]] = [
        ("ledger", lambda: _ledger(workspace)),
        ("publications", lambda: _publications(workspace, published)),
        ("landing", lambda: _landing(workspace)),
        ("logs", lambda: _logs(workspace, published)),
        ("files", lambda: _files(workspace, published)),
        ("rows", lambda: _rows(published)),
    ]
    if hashes is not None:
        looks.append(("hashes", lambda: _hashes(workspace, published, hashes)))
    return [_checked(name, look) for name, look in looks]


def table_hash(workspace: Workspace, publication: Publication, table: str) -> str:
    """The hash of a published table's content, the same in any order of rows and cut of files.

    What only says how a record was loaded does not count for a canonical table. A facts table is hashed as it is
    stored, with its layers.

    Returns
    -------
    str
        32 hexadecimal digits.

    Raises
    ------
    WarehouseDamaged
        The table cannot be read.
    """
    names = workspace.store.specs[table].schema.names
    columns = [name for name in names if name not in BOOKKEEPING] if table in TABLES else names
    return canonical_hash(workspace.store.batches(table, publication.tables[table]), columns)


@dataclass(slots=True)
class _Published:
    """What the live publications hold, gathered by one check for those after it."""

    all: list[Publication] = field(default_factory=list)
    spans: dict[str, list[history.Span]] = field(default_factory=dict)

    def versions(self, table: str) -> list[int]:
        return sorted({p.tables[table] for p in self.all if table in p.tables})

    def tables(self) -> list[str]:
        return sorted({name for publication in self.all for name in publication.tables})


def _checked(name: str, look: Callable[[], tuple[str, list[Problem]]]) -> Check:
    try:
        fine, problems = look()
    except MaitredError as error:
        return Check(name, False, str(error), name)
    except Exception as error:  # noqa: BLE001  (whatever is broken in whatever way: told, and the rest looked at)
        why = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
        return Check(name, False, f"cannot be read ({why}): {_RESTORE}", name)
    if not problems:
        return Check(name, True, fine)
    first, what = problems[0]
    more = f"; {len(problems) - 1} more" if len(problems) > 1 else ""
    return Check(name, False, f"{first} {what}{more}: {_RESTORE}", first)


def _ledger(workspace: Workspace) -> tuple[str, list[Problem]]:
    state = workspace.ledger.check()
    return "intact", [] if state == "ok" else [(workspace.ledger.path.name, f"is damaged ({state})")]


def _publications(workspace: Workspace, published: _Published) -> tuple[str, list[Problem]]:
    problems = []
    for number, _, _ in workspace.ledger.publications():
        try:
            found = workspace.publication(number)
        except MaitredError as error:
            problems.append((f"publications/{number}.json", f"is not as it was written ({error.what})"))
            continue
        if found is not None:
            published.all.append(found)
    return f"{len(published.all)} manifests as they were written", problems


def _landing(workspace: Workspace) -> tuple[str, list[Problem]]:
    pages = [(p.source_id, p.stream, p.sha256) for p in workspace.ledger.pages()]
    with ThreadPoolExecutor(2) as pool:  # reading, unpacking and hashing leave Python's lock
        found = list(pool.map(lambda page: _landed(workspace.landing, *page), pages))
    return f"{len(pages)} pages as they were landed", [problem for problem in found if problem]


def _landed(root: Path, source_id: str, stream: str, digest: str) -> Problem | None:
    folder = root / source_id / stream
    path = next(folder.glob(f"{digest}.*.zst"), None)
    if path is None:
        return f"landing/{source_id}/{stream}/{digest}", "is missing"
    try:
        landing.read(root, source_id, stream, digest, path.name.split(".")[1])
    except MaitredError as error:
        return f"landing/{source_id}/{stream}/{path.name}", f"is not as it was landed ({error.what})"
    return None


def _logs(workspace: Workspace, published: _Published) -> tuple[str, list[Problem]]:
    problems = []
    for name in published.tables():
        try:
            published.spans[name] = workspace.store.history(name)
        except history.LogDamaged as error:
            problems.append((f"warehouse/{error.file}", f"is damaged ({error.what})"))
            continue
        problems += _log(workspace, published, name)
    return f"{len(published.spans)} logs without a gap", problems


def _log(workspace: Workspace, published: _Published, name: str) -> Iterator[Problem]:
    """Whether the published versions can be read from a log that has no gap."""
    log = workspace.store.root / name / "_delta_log"
    wanted, first, last = published.versions(name), history.start(log), history.versions(log)[-1]
    for version in wanted:
        if not first <= version <= last:
            yield f"warehouse/{name}/_delta_log/{version:020}.json", "is missing, and a publication needs it"
            return
    spans = history.needed(published.spans[name], wanted[-1:])
    try:
        live = {file.path for file in workspace.store.files(workspace.store.table(name, wanted[-1]))}
    except Exception as error:  # noqa: BLE001  (a damaged checkpoint fails in many ways)
        yield f"warehouse/{name}/_delta_log", f"has a checkpoint that cannot be read ({type(error).__name__})"
        return
    if live != {span.file.path for span in spans}:
        yield f"warehouse/{name}/_delta_log", "has a checkpoint that differs from its log"


def _files(workspace: Workspace, published: _Published) -> tuple[str, list[Problem]]:
    known = workspace.ledger.file_hashes()
    files = list(_live(published))
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda f: _file(workspace.store.root, f[0], f[1], known.get((f[0], f[1].path))), files))
    unknown = sum((name, file.path) not in known for name, file in files)
    detail = f"{len(files)} data files as they were written"
    return (
        f"{detail} ({unknown} of them known by size and row count alone)" if unknown else detail,
        [problem for problem in found if problem],
    )


def _live(published: _Published) -> Iterator[tuple[str, history.Stored]]:
    """Each file of each live publication once, with its table."""
    for name, spans in sorted(published.spans.items()):
        files = {span.file.path: span.file for span in history.needed(spans, published.versions(name))}
        for path in sorted(files):
            yield name, files[path]


def _file(root: Path, table: str, file: history.Stored, digest: str | None) -> Problem | None:
    import pyarrow.parquet as pq

    path = root / table / file.path
    named = f"warehouse/{table}/{file.path}"
    try:
        size = path.stat().st_size
        if size != file.size:
            return named, f"has {size} bytes where the log says {file.size}"
        if digest is not None and file_hash(path) != digest:
            return named, "has changed since it was written"
        rows = pq.read_metadata(path).num_rows
    except FileNotFoundError:
        return named, "is missing"
    except Exception as error:  # noqa: BLE001  (a damaged file fails in many ways)
        return named, f"cannot be read ({type(error).__name__})"
    if file.rows is not None and rows != file.rows:
        return named, f"has {rows} rows where the log says {file.rows}"
    return None


def _rows(published: _Published) -> tuple[str, list[Problem]]:
    """Each publication's row counts against its files' as the log tells them."""
    counts = {(name, version): n for name in published.spans for version, n in _row_counts(published, name)}
    problems = []
    for publication in published.all:
        for name, version in sorted(publication.tables.items()):
            found, told = counts.get((name, version)), publication.rows.get(name)
            if name in published.spans and found != told:
                problems.append((f"table {name} of publication {publication.number}", f"has {found} rows, not {told}"))
    return f"{len(counts)} published table versions have as many rows as their manifests say", problems


def _row_counts(published: _Published, name: str) -> Iterator[tuple[int, int]]:
    """Rows of a table at each published version: files that came so far less those that went."""
    changes: list[tuple[int, int]] = []
    for span in published.spans[name]:
        changes.append((span.first, span.file.rows or 0))
        if span.end is not None:
            changes.append((span.end, -(span.file.rows or 0)))
    changes.sort()
    place = total = 0
    for version in published.versions(name):
        while place < len(changes) and changes[place][0] <= version:
            total += changes[place][1]
            place += 1
        yield version, total


def _hashes(workspace: Workspace, published: _Published, hashes: Mapping[str, str]) -> tuple[str, list[Problem]]:
    current = published.all[-1] if published.all else None
    problems: list[Problem] = []
    for name, told in sorted(hashes.items()):
        there = current is not None and name in current.tables
        if current is None or not there or table_hash(workspace, current, name) != told:
            problems.append((f"table {name}", "holds other rows than were backed up" if there else "is missing"))
    return f"{len(hashes)} tables hold the rows that were backed up", problems
