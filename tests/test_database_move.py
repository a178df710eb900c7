"""``maitred database move`` from the command line: afterwards every command works on PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.postgres import NoServer, server

NAME = "maitred_moved"


def maitred(home: Path, *words: str, **more: str) -> Any:
    """What a command prints, as JSON."""
    surroundings = {**os.environ, "MAITRED_HOME": str(home), **more}
    surroundings.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, "-m", "maitred", *words, "--json"],
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_after_the_move_commands_find_the_accounts_in_postgresql(tmp_path: Path) -> None:
    home = tmp_path / "workspace"
    maitred(home, "init")
    maitred(home, "user", "add", "ana", "--role", "admin", "--password", "env:WORD", WORD="steep-violet-harbour-91")
    try:
        with server() as url, psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            admin.execute(f"CREATE DATABASE {NAME}")
            there = f"{url.rpartition('/')[0]}/{NAME}"
            try:
                moved = maitred(home, "database", "move", "--to", "env:THERE", THERE=there)
                assert "people_account" in moved["tables"]
                with psycopg.connect(there) as held:
                    assert held.execute("SELECT username FROM people_account").fetchall() == [("ana",)]
                maitred(
                    home, "user", "add", "ben", "--role", "auditor", "--password", "env:WORD", WORD="low-amber-ferry-27"
                )
                with psycopg.connect(there) as held:
                    rows = held.execute("SELECT username FROM people_account ORDER BY username").fetchall()
                assert rows == [("ana",), ("ben",)]
                assert maitred(home, "verify")["ok"] is True
            finally:
                admin.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
    except NoServer:
        pytest.skip("there is no PostgreSQL here")
