"""What is kept where: every file of the workspace with the store it belongs to and the form in which it is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDERS = {
    "warehouse": "tables", "landing": "landing", "inbox": "landing", "exchange": "landing", "logs": "logs",
    "audit": "logs", "exports": "exports", "out": "exports", "search": "indexes", "indexes": "indexes",
    "embeddings": "indexes", "cache": "indexes", "media": "media", "uploads": "media", "backups": "backups",
    "tmp": "other",
}  # fmt: skip
LEFT_OUT = frozenset({"keys", "static"})
"""Keys of the installation, and the product's own pages: nothing of anybody's stands in them."""
_SECRET_NAMES = (".lock",)


@dataclass(frozen=True, slots=True)
class Place:
    """A file, by its path below the workspace."""

    store: str
    path: Path
    name: str
    form: str
    size: int


def places(home: Path, store: str) -> Iterator[Place]:
    """Every file of a store, or of all; links are not followed."""
    for path in sorted(home.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.name.endswith(_SECRET_NAMES):
            continue
        parts = path.relative_to(home).parts
        if parts[0] in LEFT_OUT:
            continue
        mine = FOLDERS.get(parts[0], "database" if _database(path) else "other")
        if len(parts) == 1 and ".log" in path.name:
            mine = "logs"
        if store in ("all", mine):
            yield Place(mine, path, "/".join(parts), _form(path), path.stat().st_size)


def _database(path: Path) -> bool:
    return path.suffix in (".db", ".sqlite3") or path.name.endswith(("-wal", "-journal", "-shm"))


def _form(path: Path) -> str:
    if path.suffix == ".parquet":
        return "parquet"
    if ".jsonl" in path.suffixes or path.suffix == ".jsonl":
        return "lines"
    return "bytes"
