"""Backups taken while an import runs and people do things: each is one whole state, and everything in it is there."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from maitred.kit.audit.models import AuditRow
from maitred.kit.backup.backing import Report, backup
from maitred.kit.backup.restoring import restore
from maitred.kit.backup.tests.support import hashes, script, used, writing
from maitred.kit.backup.verifying import verify
from maitred.kit.backup.watching import watch
from maitred.people.models import Person
from maitred.sync.tests.support import environment, generated


def importing(home: Path, folder: Path) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "maitred", "import", "fivetran-zendesk", str(folder), "--name", folder.name]
    return subprocess.Popen(words, env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.mark.long
@pytest.mark.slow
def test_backups_under_load_are_whole_and_hold_what_was_acknowledged_before(home: Path, tmp_path: Path) -> None:
    done: list[str] = []
    kept: list[tuple[Path, int]] = []
    generated(150, tmp_path / "log0", since="2025-06-01")
    generated(150, tmp_path / "log1", since="2025-06-01", seed=4)
    with writing(home) as people, used(home):
        listening = threading.Thread(target=lambda: done.extend(people.stdout or ()), daemon=True)
        listening.start()
        for name in ("log0", "log1"):
            child = importing(home, tmp_path / name)
            while child.poll() is None:
                kept.append((tmp_path / f"{len(kept)}.maitred", len(done)))
                backup(home, kept[-1][0])
            assert child.returncode == 0
        kept.append((tmp_path / "last.maitred", len(done)))
        backup(home, kept[-1][0])
        assert people.poll() is None
    listening.join(10)
    assert len(done) > 10
    chosen = kept[:: max(1, len(kept) // 6)] + kept[-1:]
    publications = {holds_all(archive, before, tmp_path / f"back{n}") for n, (archive, before) in enumerate(chosen)}
    assert len(publications) > 1


def holds_all(archive: Path, acknowledged: int, back: Path) -> int | None:
    report = restore(archive, back)
    with used(back) as database:
        assert [check for check in verify(back) if not check.ok] == []
        rows = hashes(database)
        assert rows["audit_row"].rows >= 4 + acknowledged
        # A deed is there with its audit row or not at all.
        assert AuditRow._base_manager.filter(verb="people.hire").count() + 3 == Person._base_manager.count()
    return report.publication


@pytest.mark.slow
def test_a_watched_backup_follows_what_changes_and_rests_when_nothing_does(home: Path, tmp_path: Path) -> None:
    stop, reports = threading.Event(), list[Report]()
    met = threading.Semaphore(0)

    def told(report: Report) -> None:
        reports.append(report)
        met.release()

    def watching() -> None:
        with used(home):
            watch(home, tmp_path / "all.maitred", stop, told, every=0.05)

    watcher = threading.Thread(target=watching)
    watcher.start()
    try:
        assert met.acquire(timeout=20)
        assert not met.acquire(timeout=0.6)
        assert script(home, "hire", 1).returncode == 0
        assert met.acquire(timeout=20)
        assert not met.acquire(timeout=0.6)
    finally:
        stop.set()
        watcher.join(20)
    assert len(reports) == 2
    restore(tmp_path / "all.maitred", tmp_path / "back")
    with used(tmp_path / "back"):
        assert Person._base_manager.filter(email="p0@example.org").count() == 2
