"""Landing: every page of foreign bytes, screened, named by its content, durable before anything else may know of it.

``landing/<source>/<stream>/<sha256>.<form>.zst``: written beside, fsynced, renamed, directory fsynced. The same content
has the same name, so that landing it twice is landing it once.
"""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

from maitred.base import faults
from maitred.base.errors import WarehouseDamaged

PART, LIVE_PART = "part", "fetched"
"""Endings of pieces that are not whole yet: a writer of the workspace's, and an account's reader's."""


def write(root: Path, source_id: str, stream: str, body: bytes, form: str, part: str = PART) -> str:
    """Make a page durable; returns the SHA-256 of its bytes. ``form`` is ``csv``, ``jsonl`` or ``arrow``."""
    import zstandard

    digest = hashlib.sha256(body).hexdigest()
    path = _path(root, source_id, stream, digest, form)
    if path.exists():
        return digest
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.{part}")
    faults.step("land.write")
    try:
        with beside.open("wb") as out:
            out.write(zstandard.ZstdCompressor(level=1).compress(body))
            out.flush()
            os.fsync(out.fileno())
        faults.step("land.rename")
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)
    return digest


def read(root: Path, source_id: str, stream: str, digest: str, form: str) -> bytes:
    """The bytes of a landed page, checked against their name."""
    import zstandard

    path = _path(root, source_id, stream, digest, form)
    try:
        body = zstandard.ZstdDecompressor().decompress(path.read_bytes())
    except (OSError, zstandard.ZstdError) as error:
        raise WarehouseDamaged(
            f"landed page {digest[:12]} of {stream} cannot be read ({error})", "import its file again"
        ) from error
    if hashlib.sha256(body).hexdigest() != digest:
        raise WarehouseDamaged(f"landed page {digest[:12]} of {stream} has changed on disk", "restore it from a backup")
    return body


def sweep(root: Path, source_id: str = "*", part: str = PART) -> int:
    """Remove pieces that a killed process left unfinished; returns how many."""
    pieces = list(root.glob(f"{source_id}/*/.*.{part}"))
    for piece in pieces:
        piece.unlink(missing_ok=True)
    return len(pieces)


def _path(root: Path, source_id: str, stream: str, digest: str, form: str) -> Path:
    return root / source_id / stream / f"{digest}.{form}.zst"


def sync_directory(folder: Path) -> None:
    """Make renames inside a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
