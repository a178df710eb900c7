"""Many writers of one object: no update is lost, and nobody is told that the database is locked."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from maitred.kit.access.actor import operator
from maitred.kit.audit import deeds, verifying
from maitred.kit.audit.models import AuditRow
from maitred.kit.audit.tests import working
from maitred.kit.audit.tests.databases import COMMITS, environment
from maitred.people.models import Team

pytestmark = COMMITS


def counter() -> int:
    with deeds.deed(operator("ana"), "test.make"):
        return deeds.create(Team, name="0").pk


def in_processes(home: Path, *calls: tuple[object, ...]) -> list[dict[str, Any]]:
    """Run the working processes side by side; what each one answers."""
    begun = [
        subprocess.Popen(
            [sys.executable, "-m", working.__name__, *map(str, words)],
            env=environment(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for words in calls
    ]
    answers = []
    for one in begun:
        out, err = one.communicate(timeout=540)
        assert one.returncode == 0, err.decode()[-2000:]
        answers.append(json.loads(out))
    return answers


def assert_nothing_lost(home: Path, team: int, seen: list[dict[str, int]], times: int) -> None:
    """The counter is exact, each success is a row of the log, the log is whole."""
    assert sum(one["locked"] for one in seen) == 0
    assert sum(one["done"] for one in seen) == times
    row = Team._base_manager.get(pk=team)
    assert (int(row.name), row.version) == (times, times + 1)
    assert AuditRow._base_manager.filter(verb="test.count").count() == times
    assert [one for one in verifying.verify_chain(home) if not one.ok] == []


def test_four_threads_lose_no_update_of_two_hundred(home: Path) -> None:
    team = counter()

    def work(_: int) -> dict[str, int]:
        try:
            return working.count(team, 50)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        seen = [*pool.map(work, range(4))]
    assert_nothing_lost(home, team, seen, 200)


@pytest.mark.slow
def test_eight_processes_lose_no_update_of_ten_thousand(home: Path) -> None:
    team = counter()
    seen = in_processes(home, *[("count", team, 1250)] * 8)
    assert_nothing_lost(home, team, seen, 10_000)
