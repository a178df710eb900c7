"""Prints the part of ``requirements.lock`` that the product needs to run, hashes included: no tests, no types.

For the container image. The lock is resolved once, with every extra; this walks its ``# via`` lines from what
``pyproject.toml`` names under ``dependencies``, so that image and tests run the same versions and no second lock can
fall behind. With names as arguments it starts from those instead: ``python containers/runtime_lock.py setuptools``.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One pin of the lock: its package, its lines as they stand, and the packages that asked for it."""

    name: str
    lines: tuple[str, ...]
    asked_by: frozenset[str]


def needed(lock: str, roots: Collection[str]) -> list[Entry]:
    """The pins that the roots lead to, in the order of the lock.

    Raises
    ------
    KeyError
        A root is not in the lock.
    """
    pins = list(entries(lock))
    reached = set(roots)
    if lacking := reached - {pin.name for pin in pins}:
        raise KeyError(f"requirements.lock does not hold {', '.join(sorted(lacking))}: compile it anew")
    while more := {pin.name for pin in pins if pin.asked_by & reached} - reached:
        reached |= more
    return [pin for pin in pins if pin.name in reached]


def entries(lock: str) -> Iterator[Entry]:
    """The pins of a lock as ``uv pip compile --generate-hashes`` writes it."""
    block: list[str] = []
    for line in [*lock.splitlines(), ""]:
        if block and not line.startswith(" "):
            yield _entry(block)
            block = []
        if line and not line.startswith("#"):
            block.append(line)


def roots(project: str) -> set[str]:
    """The packages that a ``pyproject.toml`` needs without extras."""
    return {_canonical(one) for one in tomllib.loads(project)["project"]["dependencies"]}


def _entry(block: list[str]) -> Entry:
    comments = [line.split("#", 1)[1].strip() for line in block if line.lstrip().startswith("#")]
    asked_by = {_canonical(one.removeprefix("via").strip()) for one in comments if one.removeprefix("via").strip()}
    lines = tuple(line for line in block if not line.lstrip().startswith("#"))
    return Entry(_canonical(block[0]), lines, frozenset(asked_by))


def _canonical(requirement: str) -> str:
    found = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", found.group(0)).lower() if found else ""


if __name__ == "__main__":
    asked = set(sys.argv[1:]) or roots((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    for pin in needed((REPOSITORY / "requirements.lock").read_text(encoding="utf-8"), asked):
        print("\n".join(pin.lines))
