"""The expectations: read them, or write them anew with ``python -m tests.access.expected``.

One file per desk, and one, ``house.csv``, for every address that belongs to no desk.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from django.apps import apps
from django.conf import settings

from tests.access.cell import Cell
from tests.house import REPOSITORY

FOLDER = REPOSITORY / "tests" / "expect" / "access"
HEAD = ("url", "actor", "method", "ownership", "status")


def expected(folder: Path = FOLDER) -> dict[Cell, int]:
    """Cell → status."""
    return {
        Cell(row["url"], row["actor"], row["method"], row["ownership"]): int(row["status"])
        for path in files(folder)
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    }


def files(folder: Path = FOLDER) -> list[Path]:
    """The files of expectations, in order."""
    return sorted(folder.glob("*.csv"))


def write(found: dict[Cell, int], folder: Path = FOLDER) -> None:
    """One line per cell, sorted, in the file of its desk; a file without lines goes."""
    rooms: dict[str, list[Cell]] = defaultdict(list)
    for cell in sorted(found, key=lambda one: (one.name, one.kind, one.method, one.ownership)):
        rooms[room(cell.name)].append(cell)
    folder.mkdir(exist_ok=True)
    for path in files(folder):
        if path.stem not in rooms:
            path.unlink()
    for name, cells in rooms.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as text:
            lines = csv.writer(text, lineterminator="\n")
            lines.writerow(HEAD)
            for cell in cells:
                lines.writerow((cell.name, cell.kind, cell.method, cell.ownership, found[cell]))


def room(name: str) -> str:
    """The desk that an address belongs to by its name, else the house."""
    desks = (one.label for one in apps.get_app_configs() if one.name in settings.DESKS)
    bare = name.removeprefix("api:")
    return next((desk for desk in desks if bare == desk or bare.startswith((f"{desk}.", f"{desk}_"))), "house")


if __name__ == "__main__":
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "tests/access", "--write-access"]
    sys.exit(subprocess.run(command, cwd=REPOSITORY, check=False).returncode)
