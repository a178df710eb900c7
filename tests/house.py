"""What whole-house tests share: where things lie, and the command line run in this process as a person would run it."""

from __future__ import annotations

import atexit
import csv
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.db.utils import load_backend
from django.test.utils import override_settings

from maitred.site.workspace import database as database_of

REPOSITORY = Path(__file__).resolve().parents[1]
SOURCE = REPOSITORY / "src" / "maitred"
BLOCKER: list[Any] = []
"""The test runner's guard over databases, where there is a test runner (set by ``conftest``)."""


def maitred_shared_data() -> Path:
    """The folder of public data that is not part of the repository."""
    named = os.environ.get("MAITRED_SHARED_DATA")
    return Path(named) if named else REPOSITORY.parent / "shared" / "data"


@contextmanager
def operating_on(home: Path) -> Iterator[None]:
    """Bind Django to the operational database of a workspace, as a process of its own would be bound.

    A fresh workspace gets a copy of a database that was migrated once for all tests.
    """
    from django.conf import settings
    from django.db import connections

    database = home / "operations.db"
    if not database.exists():
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(_migrated(), database)
    with _databases_allowed(), override_settings(MAITRED_HOME=home):
        mine = connections["default"]
        connections["default"] = load_backend("django.db.backends.sqlite3").DatabaseWrapper(
            {**settings.DATABASES["default"], **database_of(home)}, alias="default"
        )
        try:
            yield
        finally:
            connections["default"].close()
            connections["default"] = mine


@cache
def _migrated() -> Path:
    """A migrated operational database without rows, made by a process of its own."""
    folder = Path(tempfile.mkdtemp(prefix="maitred-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    environment = {**os.environ, "MAITRED_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "maitred.site.settings"}
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=environment, check=True, timeout=120)
    with closing(sqlite3.connect(folder / "operations.db")) as made:
        made.execute("PRAGMA journal_mode=DELETE")
    return folder / "operations.db"


def _databases_allowed() -> Any:
    """Lift the test runner's guard, which is for the database of the tests, not for those of workspaces."""
    return BLOCKER[0].unblock() if BLOCKER else nullcontext()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class House:
    """A workspace and the command line over it."""

    home: Path

    def run(self, *words: str) -> Answer:
        """Run one command with the repository as the current folder."""
        from maitred.surfaces.cli.run import run

        out, err = io.StringIO(), io.StringIO()
        before = Path.cwd()
        os.chdir(REPOSITORY)
        try:
            with (
                patch.dict(os.environ, {"MAITRED_HOME": str(self.home)}),
                operating_on(self.home),
                redirect_stdout(out),
                redirect_stderr(err),
            ):
                code = run(list(words))
        finally:
            os.chdir(before)
        return Answer(code, out.getvalue(), err.getvalue())

    def ask(self, *words: str) -> Any:
        """Run one command with ``--json`` and read its document; it must succeed."""
        answer = self.run(*words, "--json")
        assert answer.code == 0, answer.err
        return json.loads(answer.out)

    def exported(self, table: str, *words: str) -> list[dict[str, str]]:
        """The rows of ``export TABLE`` as text cells."""
        file = self.home.parent / f"{table}.csv"
        self.ask("export", table, "--to", str(file), *words)
        return rows_of(file)


def rows_of(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV file as text cells."""
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))
