"""The map of OWASP ASVS 5 (``docs/asvs.csv``): reads it, and tells which of its tests did not run.

``python -m tests.asvs FILE...`` reads lists of the tests that passed, one to a line, as ``MAITRED_ASVS_RAN=FILE`` makes
the test runner write them, and fails where a test that the map names is in none of them.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

MAP = Path(__file__).resolve().parents[1] / "docs" / "asvs.csv"
_RAN = "MAITRED_ASVS_RAN"


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement: how it is met here, by which tests it is shown, and a sentence about it."""

    id: str
    level: int
    status: str
    evidence: tuple[str, ...]
    reason: str

    @property
    def number(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.id.removeprefix("V").split("."))


def read(path: Path = MAP) -> list[Row]:
    """The rows of the map, in the order of the file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            Row(one["id"], int(one["level"]), one["status"], _split(one["evidence"]), one["reason"])
            for one in csv.DictReader(lines)
        ]


def _split(evidence: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in evidence.split(";") if one.strip())


def missing(passed: Iterable[str]) -> dict[str, list[str]]:
    """Tests that the map names and that did not pass, with the requirements that lean on them."""
    ran = {plain(one) for one in passed}
    found: dict[str, list[str]] = {}
    for row in read():
        for one in row.evidence:
            if one not in ran:
                found.setdefault(one, []).append(row.id)
    return found


def plain(node: str) -> str:
    """The name of a test without its parameters."""
    return node.strip().partition("[")[0]


class Ran:
    """A plugin of the test runner that writes down each test that passed."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            with self.target.open("a", encoding="utf-8") as file:
                file.write(f"{plain(report.nodeid)}\n")


def register(config: pytest.Config) -> None:
    """Write down what passed, where somebody asks for it; of several processes the one that gathers the reports."""
    target = os.environ.get(_RAN)
    if target and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Ran(Path(target)), "asvs-ran")


def main(files: list[str]) -> int:
    """Compare the map with what ran; tells the difference and returns how the process ends."""
    passed = [line for name in files for line in Path(name).read_text(encoding="utf-8").splitlines()]
    lacking = missing(passed)
    for node, ids in sorted(lacking.items()):
        sys.stderr.write(f"{node} did not run or did not pass: {', '.join(ids)}\n")
    rows = read()
    named = {one for row in rows for one in row.evidence}
    sys.stdout.write(f"{len(named) - len(lacking)} of {len(named)} tests of docs/asvs.csv ran and passed\n")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
