"""The operational database moved between SQLite and PostgreSQL: every row, every number, every trigger."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from maitred.base.errors import LeaseHeld, MaitredError
from maitred.kit.audit.verifying import verify_chain
from maitred.kit.backup import copying
from maitred.kit.backup import move as moving
from maitred.kit.backup.backing import backup
from maitred.kit.backup.databases import OPERATIONS, check_foreign_keys, file, migrate, opened, standing_in
from maitred.kit.backup.hashing import table_hashes
from maitred.kit.backup.move import is_closed, move, quiet
from maitred.kit.backup.restoring import restore
from maitred.kit.backup.shapes import of_models
from maitred.kit.backup.tests.support import hashes, hire, last_seq, script, used, writing
from maitred.people.models import Person

Server = Callable[[], dict[str, Any]]


def model_hashes(database: BaseDatabaseWrapper) -> dict[str, Any]:
    return table_hashes(database, of_models())


def moved(home: Path, told: dict[str, Any]) -> list[str]:
    """Move the workspace's database; what was switched to."""
    done: list[str] = []
    with used(home) as source:
        move(source, told, home=home, switch=lambda: done.append(told["NAME"]))
    return done


@pytest.mark.slow
def test_a_database_copied_to_another_file_is_the_same(home: Path, tmp_path: Path) -> None:
    with used(home) as source, opened(file(tmp_path / "other.db"), "other") as target:
        copied = copying.copy(source, target)
        copying.finish(target)
        assert model_hashes(target) == model_hashes(source) == copied.tables
        assert copied.left == []
        assert check_foreign_keys(target) == []


@pytest.mark.slow
def test_numbers_of_rows_that_are_gone_are_not_given_again(home: Path, tmp_path: Path) -> None:
    with used(home) as source, opened(file(tmp_path / "other.db"), "other") as target:
        with source.cursor() as cursor:
            cursor.execute("UPDATE sqlite_sequence SET seq = 4711 WHERE name = 'people_person'")
        copying.copy(source, target)
        with standing_in(target, home):
            hire(77)
            assert Person._base_manager.order_by("-pk").values_list("pk", flat=True)[0] == 4712


def test_a_database_that_holds_something_else_is_refused(home: Path, tmp_path: Path) -> None:
    with opened(file(tmp_path / "other.db"), "other") as target, target.cursor() as cursor:
        cursor.execute("CREATE TABLE letters (body text)")
    with pytest.raises(MaitredError, match="something else"):
        moved(home, file(tmp_path / "other.db"))
    with opened(file(tmp_path / "other.db"), "other") as target:
        assert copying.tables(target) == ["letters"]


@pytest.mark.slow
def test_a_database_of_another_installation_is_refused(home: Path, tmp_path: Path) -> None:
    with opened(file(tmp_path / "other.db"), "other") as target:
        migrate(target)
        with standing_in(target, home):
            hire(1)
    with pytest.raises(MaitredError, match="something else"):
        moved(home, file(tmp_path / "other.db"))


def test_the_database_in_use_is_not_moved_onto_itself(home: Path) -> None:
    with pytest.raises(MaitredError, match="already"):
        moved(home, file(home / OPERATIONS))


def test_nobody_writes_into_the_old_database_after_a_move(home: Path, tmp_path: Path) -> None:
    assert moved(home, file(tmp_path / "other.db")) == [str(tmp_path / "other.db")]
    with used(home) as source:
        assert is_closed(source)
        with pytest.raises(DatabaseError, match="was moved"):
            hire(5)
    with pytest.raises(MaitredError, match="moved elsewhere"):
        moved(home, file(tmp_path / "third.db"))


@pytest.mark.slow
def test_a_move_that_is_refused_leaves_the_database_in_use(home: Path, tmp_path: Path) -> None:
    with used(home) as source, source.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("UPDATE people_membership SET team_id = 99")
        cursor.execute("PRAGMA foreign_keys=ON")
        with pytest.raises(MaitredError):
            move(source, file(tmp_path / "other.db"), home=home, switch=lambda: None)
        assert not is_closed(source)
        hire(5)
        assert last_seq() == 5


def test_writers_wait_while_a_database_is_quiet_and_readers_do_not(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with used(home) as source, opened(file(home / OPERATIONS), "second") as other:
        monkeypatch.setattr(moving, "_PATIENCE_SECONDS", 0)
        with quiet(source):
            assert copying.rows_in(other, "people_person") > 0
            with pytest.raises(LeaseHeld), quiet(other):
                pass


@pytest.mark.slow
def test_a_partly_copied_database_is_finished_with_what_changed_since(home: Path, tmp_path: Path) -> None:
    """Killed after a while; then people went on in the old database: changed, added and removed rows."""
    done = script(home, "copy", tmp_path / "other.db", fault="copy.batch:12")
    assert done.returncode == 137, done.stderr
    with used(home) as source, opened(file(tmp_path / "other.db"), "other") as target:
        assert copying.has_begun(target)
        hire(100)
        with source.cursor() as cursor:
            cursor.execute("UPDATE auth_group SET name = 'changed since'  WHERE id = 1")
            cursor.execute("DELETE FROM console_cache")
        copying.copy(source, target)
        assert model_hashes(target) == model_hashes(source)


@pytest.mark.slow
def test_a_round_trip_over_postgresql_changes_nothing(home: Path, tmp_path: Path, server: Server) -> None:
    there = server()
    with used(home) as source:
        before = model_hashes(source)
    assert moved(home, there) == [there["NAME"]]
    with opened(there, "there") as middle:
        assert model_hashes(middle) == before
        with standing_in(middle, home):
            assert [check for check in verify_chain(home) if not check.ok] == []
            with pytest.raises(DatabaseError, match="only ever added"), middle.cursor() as cursor:
                cursor.execute("UPDATE audit_row SET actor = 'x'")
            move(middle, file(tmp_path / "back.db"), home=home, switch=lambda: None)
            with pytest.raises(DatabaseError, match="was moved"):
                hire(5)
    with opened(file(tmp_path / "back.db"), "back") as back, standing_in(back, home):
        assert model_hashes(back) == before
        hire(5)
        assert [check for check in verify_chain(home) if not check.ok] == []


@pytest.mark.slow
def test_a_workspace_on_postgresql_comes_back_from_its_backup(home: Path, tmp_path: Path, server: Server) -> None:
    there = server()
    moved(home, there)
    (home / OPERATIONS).unlink()
    with opened(there, "there") as middle, standing_in(middle, home):
        hire(60)
        backup(home, tmp_path / "all.maitred")
        before = hashes(middle)
    restore(tmp_path / "all.maitred", tmp_path / "back")
    with used(tmp_path / "back") as database:
        after = hashes(database)
    changed = {"django_session", "usersessions_usersession", "console_cache", "outbox_effect", "django_migrations"}
    assert {name for name in before if before[name] != after[name]} == changed


@pytest.mark.slow
@pytest.mark.parametrize("label", ["copy.batch:1", "copy.batch:20", "copy.compare", "move.switch", "move.switched"])
def test_a_move_killed_at_a_step_is_finished_by_the_next_one(home: Path, server: Server, label: str) -> None:
    there = server()
    done = script(home, "move", there["NAME"], fault=label)
    assert done.returncode == 137, done.stderr
    with used(home) as source:
        before = model_hashes(source)
        hire(5)  # the old database was not closed: the kill undid that
    if label != "move.switched":
        done = script(home, "move", there["NAME"])
        assert done.returncode == 0, done.stderr
    kept = json.dumps((home / "keys" / "database.url").read_text())
    assert there["NAME"] in kept
    with opened(there, "there") as middle, standing_in(middle, home):
        assert len(model_hashes(middle)) == len(before)
        if label != "move.switched":
            assert copying.rows_in(middle, "audit_row") == 5
            assert [check for check in verify_chain(home) if not check.ok] == []


@pytest.mark.slow
def test_a_move_while_others_write_loses_nothing_that_was_acknowledged(home: Path, server: Server) -> None:
    there = server()
    acknowledged: list[str] = []
    with writing(home) as writer:
        reader = threading.Thread(target=lambda: acknowledged.extend(writer.stdout or ()), daemon=True)
        reader.start()
        while len(acknowledged) < 5:
            assert writer.poll() is None
        done = script(home, "move", there["NAME"])
        writer.wait(60)
        reader.join(10)
    assert done.returncode == 0, done.stderr
    with opened(there, "there") as middle:
        assert copying.rows_in(middle, "audit_row") == 4 + len(acknowledged)
    assert writer.returncode != 0


@pytest.mark.slow
def test_a_database_with_empty_tables_is_moved_too(tmp_path: Path, server: Server) -> None:
    """Tables that were emptied have a number 0 in SQLite's list of them."""
    there = server()
    with opened(file(tmp_path / "empty.db"), "empty") as source:
        migrate(source)
        with source.cursor() as cursor:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('people_team', 0)")
        with opened(there, "there") as target:
            copying.copy(source, target)
            assert model_hashes(target) == model_hashes(source)
