"""Backups of other versions: an older schema is brought up to date, a newer one refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from maitred.base.errors import MaitredError
from maitred.kit.backup.backing import backup
from maitred.kit.backup.databases import outstanding
from maitred.kit.backup.restoring import restore
from maitred.kit.backup.tests.support import hashes, rest_of, used
from maitred.kit.backup.verifying import verify


def back_to(database: BaseDatabaseWrapper, app: str, name: str | None) -> None:
    executor = MigrationExecutor(database)
    executor.migrate([(app, name)])


@pytest.mark.slow
def test_an_older_backup_is_brought_up_to_date(home: Path, tmp_path: Path) -> None:
    with used(home) as database:
        back_to(database, "mfa", "0001_initial")
        back_to(database, "commitments", None)
        assert outstanding(database)
        before = hashes(database)
        backup(home, tmp_path / "old.maitred")
    report = restore(tmp_path / "old.maitred", tmp_path / "back")
    assert any("migrations" in notice for notice in report.notices)
    with used(tmp_path / "back") as database:
        assert outstanding(database) == []
        after = hashes(database)
        assert after["people_person"] == before["people_person"]
        assert after["mfa_authenticator"].rows == before["mfa_authenticator"].rows
        assert [check for check in verify(tmp_path / "back") if not check.ok] == []


def test_a_database_of_a_newer_program_is_refused(home: Path, tmp_path: Path) -> None:
    with used(home) as database:
        MigrationRecorder(database).record_applied("people", "0999_from_the_future")
        backup(home, tmp_path / "new.maitred")
    with pytest.raises(MaitredError, match="people.0999_from_the_future"):
        restore(tmp_path / "new.maitred", tmp_path / "back")
    assert "back" not in rest_of(tmp_path)


@pytest.mark.slow
def test_tables_of_a_desk_that_is_gone_come_back_too(home: Path, tmp_path: Path) -> None:
    with used(home) as database, database.cursor() as cursor:
        cursor.execute("CREATE TABLE former_desk (id integer PRIMARY KEY, at datetime, body text)")
        cursor.execute("INSERT INTO former_desk VALUES (1, '2024-01-01 00:00:00', 'kept')")
        before = hashes(database)["former_desk"]
        backup(home, tmp_path / "all.maitred")
    restore(tmp_path / "all.maitred", tmp_path / "back")
    with used(tmp_path / "back") as database:
        assert hashes(database)["former_desk"] == before
