"""The doctor: a healthy workspace is ok, every kind of damage is named with a remedy, and a moved one still works."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from maitred.metrics import exports, refresh
from maitred.metrics.clocks.tests.scenarios import Scenario
from maitred.metrics.conftest import published
from maitred.metrics.doctor import Check, examine
from maitred.metrics.explaining import explain

Damage = Callable[[Path], None]


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published workspace with two tickets; read-only, tests work on copies."""
    story = Scenario()
    for hour in (10, 11):
        story.ticket(f"2024-06-03 {hour}:00:00").customer(f"2024-06-03 {hour}:00:00")
        story.agent("2024-06-03 15:00:00").status("2024-06-03 16:00:00", "solved")
    folder = tmp_path_factory.mktemp("healthy")
    published(folder / "workspace", story.write(folder / "tables")).workspace.close()
    return folder / "workspace"


@pytest.fixture
def home(healthy: Path, tmp_path: Path) -> Path:
    shutil.copytree(healthy, tmp_path / "home")
    return tmp_path / "home"


def examined(home: Path) -> list[Check]:
    """All checks but the one of the disk, which is about the machine."""
    with closing(refresh.open_workspace(home)) as opened:
        return [check for check in examine(opened) if check.check != "disk"]


def wrong(home: Path) -> dict[str, str]:
    return {check.check: check.detail for check in examined(home) if not check.ok}


def test_a_healthy_workspace_is_ok(home: Path) -> None:
    checks = examined(home)
    assert [check.check for check in checks if not check.ok] == []
    names = {check.check for check in checks}
    assert names == {"ledger", "landing", "publication", "tables", "source fivetran-zendesk", "quarantine"}
    detail = {check.check: check.detail for check in checks}
    assert "2 tickets, as of 2026-01-01" in detail["source fivetran-zendesk"]


def test_an_empty_workspace_is_ok(tmp_path: Path) -> None:
    from maitred.sync.workspace import create

    create(tmp_path / "home")
    checks = examined(tmp_path / "home")
    assert all(check.ok for check in checks)
    assert "nothing has been published yet" in {check.detail for check in checks}


def data_file(home: Path, table: str = "ticket_facts") -> Path:
    return next((home / "warehouse" / table).rglob("*.parquet"))


def delete_a_data_file(home: Path) -> None:
    data_file(home).unlink()


def cut_a_data_file(home: Path) -> None:
    data_file(home).write_bytes(data_file(home).read_bytes()[:-10])


def tear_the_log(home: Path) -> None:
    newest = max((home / "warehouse" / "messages" / "_delta_log").glob("*.json"))
    newest.write_bytes(newest.read_bytes()[: newest.stat().st_size // 2])


def lose_the_log(home: Path) -> None:
    shutil.rmtree(home / "warehouse" / "messages" / "_delta_log")


def change_the_manifest(home: Path) -> None:
    path = home / "publications" / "1.json"
    path.write_text(path.read_text().replace('"made_at": "2', '"made_at": "3'))


def lose_the_manifest(home: Path) -> None:
    (home / "publications" / "1.json").unlink()


def leave_pages_unloaded(home: Path) -> None:
    with closing(sqlite3.connect(home / "maitred.db")) as ledger, ledger:
        ledger.execute("UPDATE sync_page SET loaded = 0 WHERE seq = 1")


def raise_the_schema(home: Path) -> None:
    with closing(sqlite3.connect(home / "maitred.db")) as ledger, ledger:
        ledger.execute("PRAGMA user_version = 999")


def scramble_the_ledger(home: Path) -> None:
    for path in home.glob("maitred.db*"):
        path.unlink()
    (home / "maitred.db").write_bytes(b"not a database at all" * 400)


DAMAGES: tuple[tuple[Damage, str, str, str], ...] = (
    (delete_a_data_file, "table ticket_facts", "1 missing", "from a backup"),
    (cut_a_data_file, "table ticket_facts", "1 of another size", "from a backup"),
    (tear_the_log, "table messages", "", "from a backup"),
    (lose_the_log, "table messages", "its log is gone", "from a backup"),
    (change_the_manifest, "publication", "manifest of publication 1 has changed", "from a backup"),
    (lose_the_manifest, "publication", "manifest of publication 1 is missing", "from a backup"),
    (leave_pages_unloaded, "landing", "1 landed pages wait", "run the import again"),
    (raise_the_schema, "ledger", "newer maitred (schema 999", "use that version"),
    (scramble_the_ledger, "ledger", "cannot be opened", "from a backup"),
)


@pytest.mark.parametrize(("damage", "check", "what", "remedy"), DAMAGES, ids=[d[0].__name__ for d in DAMAGES])
def test_damage_is_named_with_its_remedy(home: Path, damage: Damage, check: str, what: str, remedy: str) -> None:
    damage(home)
    found = wrong(home)
    assert check in found
    assert what in found[check] and remedy in found[check]


def test_looking_changes_nothing(home: Path) -> None:
    """Also not where a table's log is gone: a new empty one would hide the loss."""
    lose_the_log(home)
    before = {path for path in home.rglob("*") if "maitred.db-" not in path.name}
    examined(home)
    assert {path for path in home.rglob("*") if "maitred.db-" not in path.name} == before


def test_all_damage_is_found_in_one_look(home: Path) -> None:
    delete_a_data_file(home)
    tear_the_log(home)
    leave_pages_unloaded(home)
    assert set(wrong(home)) == {"table ticket_facts", "table messages", "landing"}


def doctor(home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "maitred", "doctor", "--json"],
        env={**os.environ, "MAITRED_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_exits_with_1_where_something_is_wrong(home: Path) -> None:
    lose_the_manifest(home)
    done = doctor(home)
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert document["ok"] is False
    assert "publication" in {check["check"] for check in document["checks"] if not check["ok"]}


def test_a_copied_and_a_moved_workspace_still_work(healthy: Path, home: Path, tmp_path: Path) -> None:
    """Same exports, same ledger of a ticket, nothing wrong, wherever it lies."""
    moved = home.rename(tmp_path / "moved elsewhere")
    found = []
    for place in (healthy, moved):
        with closing(refresh.open_workspace(place)) as opened:
            publication = opened.publication()
            assert publication is not None
            exports.export(opened, publication, "tickets", tmp_path / "t.csv")
            found.append(((tmp_path / "t.csv").read_bytes(), explain(opened, publication, "1000", "frt")))
    assert found[0] == found[1]
    assert wrong(moved) == {}


def holding_the_path(home: Path) -> set[str]:
    """Names of the files in which a byte sequence is the folder's own path."""
    files = [path for path in home.rglob("*") if path.is_file()]
    assert len(files) > 20
    return {path.name for path in files if str(home).encode() in path.read_bytes()}


FIRST_COMMIT = "0" * 20 + ".json"


def test_no_file_of_ours_holds_the_path_of_the_workspace(healthy: Path) -> None:
    """Every byte of every file but the table library's note on how a table was made, which nothing reads."""
    assert holding_the_path(healthy) <= {FIRST_COMMIT}


def test_a_workspace_does_not_store_its_own_path(healthy: Path) -> None:
    assert holding_the_path(healthy) == set()
