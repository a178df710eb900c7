"""What comes back from a backup is what was there, of every model and every table."""

from __future__ import annotations

from pathlib import Path

import pytest

from maitred.kit.audit.models import AuditRow
from maitred.kit.backup import comparators
from maitred.kit.backup.backing import backup, last
from maitred.kit.backup.comparators import COMPARATORS, Way
from maitred.kit.backup.restoring import restore
from maitred.kit.backup.shapes import of_models, stored_models
from maitred.kit.backup.tests.support import hashes, hire, rest_of, used
from maitred.kit.backup.verifying import verify
from maitred.sync.tests.support import exports

CHANGED = {Way.REGENERATED, Way.HELD}


def changed_tables() -> set[str]:
    return {one._meta.db_table for one in stored_models() if COMPARATORS[one._meta.label].way in CHANGED}


def test_every_model_says_how_it_comes_back() -> None:
    assert comparators.missing() == []


def test_no_model_that_is_gone_says_how_it_comes_back() -> None:
    assert sorted(set(COMPARATORS) - {model._meta.label for model in stored_models()}) == []


def test_every_table_comes_back_equal_and_the_rest_as_declared(home: Path, tmp_path: Path) -> None:
    with used(home) as database:
        report = backup(home, tmp_path / "all.maitred")
        before = hashes(database)
    assert {shape.table for shape in of_models()} <= {name for name, one in before.items() if one.rows}
    restore(tmp_path / "all.maitred", tmp_path / "back")
    with used(tmp_path / "back") as database:
        after = hashes(database)
    assert {name for name in before if after[name] != before[name]} == changed_tables()
    assert exports(tmp_path / "back") == exports(home)
    assert report.tables > len(before)


def test_a_restored_workspace_verifies_and_works(archive: Path, tmp_path: Path) -> None:
    restore(archive, tmp_path / "back")
    with used(tmp_path / "back"):
        hire(50)
        assert [check for check in verify(tmp_path / "back") if not check.ok] == []
        assert AuditRow._base_manager.count() == 5
    assert (tmp_path / "back" / "keys").stat().st_mode & 0o777 == 0o700


def test_sessions_end_with_a_restore_and_waiting_effects_are_not_sent(archive: Path, tmp_path: Path) -> None:
    report = restore(archive, tmp_path / "back")
    with used(tmp_path / "back") as database, database.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_session")
        assert cursor.fetchone()[0] == 0
        cursor.execute("SELECT DISTINCT state FROM outbox_effect WHERE state IN ('waiting', 'sending')")
        assert cursor.fetchall() == []
    assert any("held back" in notice for notice in report.notices)


def test_a_backup_leaves_nothing_but_its_file_and_a_note(home: Path, tmp_path: Path) -> None:
    before = rest_of(home)
    with used(home):
        report = backup(home, tmp_path / "all.maitred")
    assert set(rest_of(home)) - set(before) <= {"backups.json", "operations.db-wal", "operations.db-shm"}
    assert rest_of(tmp_path) == ["all.maitred", "home"]
    assert (tmp_path / "all.maitred").stat().st_mode & 0o777 == 0o600
    noted = last(home)
    assert noted is not None and noted["sha256"] == report.sha256
    assert any("like a password" in notice for notice in report.notices)


@pytest.mark.slow
def test_the_address_of_a_database_does_not_travel_with_the_keys(home: Path, tmp_path: Path) -> None:
    (home / "keys" / "database.url").write_text("postgresql://user:password@127.0.0.1/elsewhere")
    with used(home):
        backup(home, tmp_path / "all.maitred")
    restore(tmp_path / "all.maitred", tmp_path / "back")
    assert (tmp_path / "back" / "keys" / "keyring.json").is_file()
    assert not (tmp_path / "back" / "keys" / "database.url").exists()


@pytest.mark.slow
def test_keys_that_live_elsewhere_are_not_in_the_backup(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "keys").rename(tmp_path / "mounted")
    monkeypatch.setenv("MAITRED_KEYS", str(tmp_path / "mounted"))
    with used(home):
        assert "outside" in backup(home, tmp_path / "all.maitred").notices[0]
    monkeypatch.delenv("MAITRED_KEYS")
    report = restore(tmp_path / "all.maitred", tmp_path / "without")
    assert any("keys are not here" in notice for notice in report.notices)
    restore(tmp_path / "all.maitred", tmp_path / "with", keys=tmp_path / "mounted")
    with used(tmp_path / "with"):
        assert [check for check in verify(tmp_path / "with") if not check.ok] == []


@pytest.mark.slow
def test_a_sealed_backup_opens_with_its_key_alone(home: Path, tmp_path: Path) -> None:
    with used(home):
        report = backup(home, tmp_path / "all.maitred", secret="correct horse battery staple")
    assert report.notices == []
    assert b"keyring.json" not in (tmp_path / "all.maitred").read_bytes()
    with pytest.raises(Exception, match="sealed"):
        restore(tmp_path / "all.maitred", tmp_path / "back")
    with pytest.raises(Exception, match="does not open"):
        restore(tmp_path / "all.maitred", tmp_path / "back", secret="another horse battery staple")
    restore(tmp_path / "all.maitred", tmp_path / "back", secret="correct horse battery staple")
    assert exports(tmp_path / "back") == exports(home)
