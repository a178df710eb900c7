"""A backup or a restore that is killed at any step leaves what was there, and the next one ends like the first."""

from __future__ import annotations

from pathlib import Path

import pytest

from maitred.kit.backup.tests.support import rest_of, script, used
from maitred.kit.backup.verifying import verify

BACKUP = ("backup.database", "backup.link", "backup.write:1", "backup.write:20", "backup.seal", "backup.rename")
RESTORE = ("restore.unpack:1", "restore.unpack:30", "restore.check", "restore.migrate", "restore.rename")


def backup_is_killed(home: Path, folder: Path, label: str) -> None:
    """Killed once with no backup there yet and once with an older one; then done."""
    target = folder / "all.maitred"
    assert script(home, "backup", target, fault=label).returncode == 137
    assert not target.exists()
    target.write_bytes(b"the backup of yesterday")
    assert script(home, "backup", target, fault=label).returncode == 137
    assert target.read_bytes() == b"the backup of yesterday"
    finished = script(home, "backup", target)
    assert finished.returncode == 0, finished.stderr
    assert rest_of(folder) == ["all.maitred", "home"]
    assert ".backup" not in rest_of(home)


def restore_is_killed(archive: Path, folder: Path, label: str) -> None:
    place = folder / "place"
    place.mkdir()
    assert script(folder / "none", "restore", archive, place / "back", fault=label).returncode == 137
    assert not (place / "back").exists()
    finished = script(folder / "none", "restore", archive, place / "back")
    assert finished.returncode == 0, finished.stderr
    assert rest_of(place) == ["back"]
    with used(place / "back"):
        assert [check for check in verify(place / "back") if not check.ok] == []


@pytest.mark.slow
@pytest.mark.parametrize("label", BACKUP)
def test_a_killed_backup_leaves_the_older_one_and_no_rest(home: Path, tmp_path: Path, label: str) -> None:
    backup_is_killed(home, tmp_path, label)
    assert script(tmp_path / "none", "restore", tmp_path / "all.maitred", tmp_path / "back").returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("label", RESTORE)
def test_a_killed_restore_leaves_nothing_under_the_name(archive: Path, tmp_path: Path, label: str) -> None:
    restore_is_killed(archive, tmp_path, label)
    assert rest_of(tmp_path / "place") == ["back"]
