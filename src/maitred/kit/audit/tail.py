"""How far this installation itself has seen the log go: one line beside the database, written after each commit.

Between two signed heads the chain alone does not show that its end was cut off. This mark does, where somebody changed
the database but not the workspace's files. It is a lower bound: a crash right after a commit leaves it one behind.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

FOLDER = "audit"
_FILE = "tail"
_LENGTH = 20 + 1 + 64 + 1


@dataclass(frozen=True, slots=True)
class Mark:
    """A row that was committed: its number and hash."""

    seq: int
    hash: str


def mark(home: Path, seq: int, digest: str) -> None:
    """Remember the row that was committed just now. One write in place, not flushed: the commit was."""
    path = f"{home}/{FOLDER}/{_FILE}"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    except FileNotFoundError:
        if not home.is_dir():
            return
        (home / FOLDER).mkdir(mode=0o700, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(handle, f"{seq:020d} {digest}\n".encode(), 0)
    finally:
        os.close(handle)


def marked(home: Path) -> Mark | None:
    """The row remembered last; nothing where none was, or where the line is torn."""
    path = home / FOLDER / _FILE
    text = path.read_text(errors="replace") if path.is_file() else ""
    seq, _, digest = text.rstrip("\n").partition(" ")
    if len(text) != _LENGTH or not seq.isdigit():
        return None
    return Mark(int(seq), digest)
