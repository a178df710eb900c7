"""The expectations: read them, or write them anew with ``python -m tests.access.expected``."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

from tests.access.cell import Cell
from tests.house import REPOSITORY

FILE = REPOSITORY / "tests" / "expect" / "access.csv"


def expected(path: Path = FILE) -> dict[Cell, int]:
    """Cell → status."""
    with path.open(encoding="utf-8", newline="") as text:
        return {
            Cell(row["url"], row["actor"], row["method"], row["ownership"]): int(row["status"])
            for row in csv.DictReader(text)
        }


def write(found: dict[Cell, int], path: Path = FILE) -> None:
    """One line per cell, sorted."""
    with path.open("w", encoding="utf-8", newline="") as text:
        lines = csv.writer(text, lineterminator="\n")
        lines.writerow(("url", "actor", "method", "ownership", "status"))
        for cell in sorted(found, key=lambda one: (one.name, one.kind, one.method, one.ownership)):
            lines.writerow((cell.name, cell.kind, cell.method, cell.ownership, found[cell]))


if __name__ == "__main__":
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "tests/access", "--write-access"]
    sys.exit(subprocess.run(command, cwd=REPOSITORY, check=False).returncode)
