"""Texts made of one publication, kept by this process and shared with the other processes of the same server.

What one process made, the others read from a file instead of making it again. The key must hold everything a text
depends on, the reader's rights and scope first of all: whoever asks has decided before what the reader may see. The
folder belongs to one run of the server (``surfaces.console.serving`` makes and removes it), so no text outlives the
code, the rights or the workspace that it was made with. Without a folder each process keeps its own texts.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

from maitred.kit.reading.memory import Memory

FOLDER = "MAITRED_SHARED_TEXTS"
"""The variable of the environment that names the folder."""
MOST_HERE = 1_000
"""Texts in the memory of a process: some tens of kilobytes each, packed."""
MOST_BYTES = 256 * 2**20
"""Bytes of all files; the longest unused go first."""
_LOOK_AFTER = 64
_SUM = hashlib.sha256().digest_size
_HERE = Memory(MOST_HERE)


def kept(key: Hashable, make: Callable[[], str], *, folder: Path | None = None) -> str:
    """The text for a key: made before, by this process or another one of the server, else made now.

    Parameters
    ----------
    key
        Texts, numbers, mappings, sequences and sets of these.
    folder
        Where files are; that of the environment unless given.
    """
    place = folder or _folder()
    digest = hashlib.sha256(plain(key).encode()).hexdigest()
    packed: bytes = _HERE.remembered((place, digest), lambda: _read_or_made(place, digest, make))
    return zlib.decompress(packed).decode()


def forget() -> None:
    """Drop what this process keeps in memory; for tests."""
    global _HERE
    _HERE = Memory(MOST_HERE)


def plain(value: Any) -> str:
    """A value in one unambiguous way of writing, the same in every process: sets and mappings are sorted.

    >>> plain(("a", frozenset({3, 1}), {"x": None}))
    "('a',<1,3>,{'x':None})"
    """
    if isinstance(value, frozenset | set):
        return f"<{','.join(sorted(plain(one) for one in value))}>"
    if isinstance(value, Mapping):
        return f"{{{','.join(sorted(f'{plain(name)}:{plain(one)}' for name, one in value.items()))}}}"
    if isinstance(value, tuple | list):
        return f"({','.join(plain(one) for one in value)})"
    return repr(value)


def _folder() -> Path | None:
    named = os.environ.get(FOLDER)
    return Path(named) if named else None


def _read_or_made(folder: Path | None, digest: str, make: Callable[[], str]) -> bytes:
    found = None if folder is None else _read(folder / digest)
    if found is not None:
        return found
    packed = zlib.compress(make().encode(), 1)
    if folder is not None:
        with suppress(OSError):  # a full disk costs time, not answers
            _write(folder, digest, packed)
    return packed


def _read(path: Path) -> bytes | None:
    """What a file holds; None where there is none, or not a whole one."""
    try:
        held = path.read_bytes()
        os.utime(path)
    except OSError:
        return None
    packed = held[_SUM:]
    return packed if hashlib.sha256(packed).digest() == held[:_SUM] else None


def _write(folder: Path, digest: str, packed: bytes) -> None:
    """Under a name of its own first: a reader meets a whole file or none, also after a kill."""
    beside = folder / f".{digest}-{token_hex(4)}"
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(hashlib.sha256(packed).digest() + packed)
    beside.replace(folder / digest)
    if int(digest[:8], 16) % _LOOK_AFTER == 0:
        tidy(folder)


def tidy(folder: Path, most: int = MOST_BYTES) -> None:
    """Remove the longest unused files beyond a number of bytes."""
    found = []
    for path in folder.iterdir():
        with suppress(OSError):
            state = path.stat()
            found.append((state.st_mtime_ns, state.st_size, path))
    total = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if total <= most:
            return
        path.unlink(missing_ok=True)
        total -= size
