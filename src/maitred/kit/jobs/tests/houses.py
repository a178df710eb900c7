"""Installations of their own for tests that end processes: a folder, keys, a migrated database, real workers.

On SQLite; on PostgreSQL too where ``MAITRED_TEST_DATABASE`` names a server.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from maitred.kit.secrets.keyring import Keyring

SERVER = os.environ.get("MAITRED_TEST_DATABASE", "")
ENGINES = ("sqlite", "postgresql") if SERVER else ("sqlite",)
TIMEOUT_S = 60.0
KILLED = 137


@dataclass
class House:
    """One installation; ``database`` is an address of PostgreSQL, or empty for the file in the folder."""

    home: Path
    database: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    children: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        """Start a process of this installation."""
        child = subprocess.Popen(
            [sys.executable, "-m", "maitred.kit.jobs.tests.child", *words],
            env=self._environment(variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.children.append(child)
        return child

    def run(self, *words: str, **variables: str) -> tuple[int, str]:
        """Run a process to its end: exit code, and what it said on either stream."""
        child = self.start(*words, **variables)
        out, err = child.communicate(timeout=TIMEOUT_S)
        return child.returncode, out + err

    def ask(self, kind: str, times: int = 1, **arguments: Any) -> list[int]:
        """Enqueue jobs; their ids."""
        code, said = self.run("ask", kind, json.dumps(arguments), str(times))
        assert code == 0, said
        return [int(line) for line in said.split()]

    def post(self, way: str, *more: dict[str, Any], **arguments: Any) -> int:
        """Put something into the outbox, ``more`` in the same deed; the first one's id."""
        code, said = self.run("post", way, json.dumps(arguments), *(json.dumps(one) for one in more))
        assert code == 0, said
        return int(said.split()[0])

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database answers, read by another connection than anybody's of the product."""
        if self.database:
            with psycopg.connect(self.database) as connection:
                return connection.execute(query.encode()).fetchall()
        file = sqlite3.connect(self.home / "operations.db", timeout=10)
        try:
            return file.execute(query).fetchall()
        finally:
            file.close()

    def write(self, statement: str) -> None:
        """Change the database behind the product's back."""
        if self.database:
            with psycopg.connect(self.database) as connection:
                connection.execute(statement.encode())
            return
        file = sqlite3.connect(self.home / "operations.db", timeout=10)
        with file:
            file.execute(statement)
        file.close()

    def marks(self) -> int:
        """How many rows the marking jobs left in the audit log."""
        return len(self.rows("SELECT seq FROM audit_row WHERE verb = 'tests.mark'"))

    def state(self, table: str, row: int) -> str:
        return str(self.rows(f"SELECT state FROM {table} WHERE id = {row}")[0][0])

    def end(self) -> None:
        """End what still runs; also what is stopped."""
        for child in self.children:
            if child.poll() is None:
                child.send_signal(signal.SIGCONT)
                child.kill()
            child.communicate(timeout=TIMEOUT_S)

    def _environment(self, variables: dict[str, str]) -> dict[str, str]:
        own = {"MAITRED_HOME": str(self.home), "DJANGO_SETTINGS_MODULE": "maitred.site.settings"}
        if self.database:
            own["MAITRED_DATABASE"] = self.database
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAITRED_")}
        return {**inherited, **own, **self.variables, **variables}


def eventually(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds, within the time limit."""
    end = time.monotonic() + TIMEOUT_S
    while not holds():
        assert time.monotonic() < end, f"it never came to pass that {what}"
        time.sleep(0.05)


@pytest.fixture(scope="session", params=ENGINES)
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A migrated installation, to be copied."""
    home = tmp_path_factory.mktemp("template") / "home"
    home.mkdir()
    Keyring(home / "keys").create()
    database = _created("") if request.param == "postgresql" else ""
    made = House(home, database)
    migrate = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, env=made._environment({}), check=True, timeout=TIMEOUT_S)
    yield made
    _dropped(database)


@pytest.fixture
def house(template: House, tmp_path: Path) -> Iterator[House]:
    """An installation of this test's own."""
    home = tmp_path / "home"
    shutil.copytree(template.home, home)
    made = House(home, _created(template.database) if template.database else "")
    yield made
    made.end()
    _dropped(made.database)


def _created(like: str) -> str:
    name = f"maitred_house_{uuid.uuid4().hex[:12]}"
    pattern = f" TEMPLATE {like.rpartition('/')[2]}" if like else ""
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}{pattern}".encode())
    return f"{SERVER.rpartition('/')[0]}/{name}"


def _dropped(database: str) -> None:
    if database:
        with psycopg.connect(SERVER, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {database.rpartition('/')[2]} WITH (FORCE)".encode())
