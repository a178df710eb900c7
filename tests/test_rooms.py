"""The rooms of the house: who may import whom, and which room alone names a heavy library."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.house import REPOSITORY, SOURCE

ROOMS = {
    "site",
    "surfaces",
    "desks",
    "people",
    "kit",
    "insight",
    "metrics",
    "sync",
    "testing",
    "connectors",
    "warehouse",
    "floor",
    "canon",
    "base",
}
"""Every top-level package that the house may have; ARCHITECTURE.md says what each is for."""
ALONE = {
    "duckdb": ("warehouse",),
    "deltalake": ("warehouse",),
    "pyspark": ("warehouse",),
    "pysail": ("warehouse",),
    "numba": ("metrics/clocks", "floor", "insight"),
    "django": ("site", "surfaces", "desks", "people", "kit"),
    "httpx": ("connectors", "kit"),
}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "services", "core"}


def _modules() -> Iterator[Path]:
    for path in sorted(SOURCE.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.relative_to(SOURCE).parts):
            yield path


@cache
def _imported(path: Path) -> set[str]:
    """Top-level packages that a module imports anywhere, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.slow  # `make check` runs it as well
def test_every_contract_of_the_import_linter_is_kept() -> None:
    program = Path(sys.executable).with_name("lint-imports")  # a process of its own, since it sets up logging
    done = subprocess.run([program, "--no-cache"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("library", ALONE)
def test_a_heavy_library_is_named_only_in_its_own_room(library: str) -> None:
    users = [str(path.relative_to(SOURCE)) for path in _modules() if library in _imported(path)]
    assert [user for user in users if not user.startswith(tuple(f"{room}/" for room in ALONE[library]))] == []


def test_there_is_no_room_that_the_plan_does_not_know() -> None:
    rooms = {path.name for path in SOURCE.iterdir() if path.is_dir() and any(path.glob("**/*.py"))}
    assert rooms <= ROOMS


def test_no_folder_or_module_has_a_name_that_says_nothing() -> None:
    named = {part.removesuffix(".py") for path in _modules() for part in path.relative_to(SOURCE).parts}
    assert named & FORBIDDEN_NAMES == set()


def test_every_module_says_what_it_answers() -> None:
    silent = [
        str(path.relative_to(SOURCE))
        for path in _modules()
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_every_room_says_what_it_is_for() -> None:
    rooms = [path for path in SOURCE.iterdir() if (path / "__init__.py").is_file()]
    silent = [path.name for path in rooms if not ast.get_docstring(ast.parse((path / "__init__.py").read_text()))]
    assert silent == []
