"""The one writer's lease: killed, stopped and living holders, in real processes."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from maitred.base.errors import LeaseHeld, LeaseLost
from maitred.metrics.refresh import open_workspace, refresh
from maitred.sync import lease
from maitred.sync.importing import import_folder
from maitred.sync.kinds import KINDS
from maitred.sync.ledger import Ledger
from maitred.sync.tests.conftest import Story
from maitred.sync.tests.support import command, environment, exports, import_here
from maitred.sync.verifying import table_hash, verify
from maitred.sync.workspace import create
from maitred.warehouse.watch import Watch

STOPPING = """
import os, signal, sys
from maitred.base import faults
label, _, left = sys.argv[1].partition(":")
left = int(left)
def step(passed):
    global left
    left -= passed == label
    if passed == label and left == 0:
        os.kill(os.getpid(), signal.SIGSTOP)
faults.step = step
from maitred.surfaces.cli.run import run
sys.exit(run(sys.argv[2:]))
"""
LABELS = (
    "land.write",
    "land.rename",
    "load.decode",
    "load.merge",
    "load.commit",
    "load.mark",
    "publish.write",
    "publish.flip",
)
Child = subprocess.Popen[str]


@contextmanager
def stopped(home: Path, folder: Path, step: str, expiry: float = 0.3) -> Iterator[Child]:
    """An import in another process that has stopped itself at a labelled step; killed at the end where it still is."""
    arguments = [sys.executable, "-c", STOPPING, step, "import", "fivetran-zendesk", str(folder)]
    with subprocess.Popen(
        arguments,
        env=environment(home, MAITRED_LEASE_EXPIRY=str(expiry)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            _, status = os.waitpid(child.pid, os.WUNTRACED)
            assert os.WIFSTOPPED(status), child.communicate()
            yield child
        finally:
            child.kill()


def woken(child: Child) -> tuple[int, str]:
    """Exit code and last words of a stopped import that is let go on."""
    child.send_signal(signal.SIGCONT)
    _, err = child.communicate(timeout=60)
    return child.returncode, err


def a_home(story: Story, folder: Path) -> Path:
    shutil.copytree(story.home, folder / "home")
    return folder / "home"


def row(home: Path) -> tuple[str, int, float]:
    db = sqlite3.connect(home / "maitred.db")
    try:
        found: tuple[str, int, float] = db.execute("SELECT holder, token, expires FROM lease").fetchone()
        return found
    finally:
        db.close()


def number(home: Path) -> int:
    workspace = open_workspace(home)
    publication = workspace.publication()
    workspace.close()
    return publication.number if publication else 0


def hashes(home: Path) -> dict[str, str]:
    """The hashes of the canonical tables as published."""
    workspace = open_workspace(home)
    publication = workspace.publication()
    assert publication is not None
    names = ("tickets", "ticket_events", "messages", "users", "sla_events")
    found = {name: table_hash(workspace, publication, name) for name in names}
    workspace.close()
    return found


def assert_verified(home: Path) -> None:
    workspace = open_workspace(home)
    wrong = [check for check in verify(workspace) if not check.ok]
    workspace.close()
    assert wrong == []


def assert_overtaken_at(story: Story, folder: Path, step: str) -> None:
    """A holder stopped at a step is overtaken; woken, it ends in an error and changes nothing that is shown."""
    home = a_home(story, folder)
    with stopped(home, story.after, step) as child:
        import_here(home, story.after)
        assert exports(home) == story.new
        code, err = woken(child)
    assert (code, err.count("\n")) == (1, 1), err
    assert exports(home) == story.new
    assert exports(home, 1) == story.old
    assert number(home) == 2
    assert_verified(home)
    import_here(folder / "clean", story.before)
    import_here(folder / "clean", story.after)
    import_here(home, story.after)
    assert hashes(home) == hashes(folder / "clean")
    assert exports(home) == story.new


# ------------------------------------------------------------ the lease alone


def a_ledger(folder: Path) -> tuple[Path, Path]:
    Ledger(folder / "maitred.db").close()
    return folder / "maitred.db", folder / "writer.lock"


def assert_refused(place: tuple[Path, Path], holder: str, wait: float = 0) -> None:
    with pytest.raises(LeaseHeld, match=f"{holder} is writing"), lease.held(*place, "another", wait):
        pass


def test_of_many_takers_one_holds_the_lease_at_a_time(tmp_path: Path) -> None:
    place = a_ledger(tmp_path)
    inside: list[int] = []
    tokens: list[int] = []
    crowds: list[int] = []

    def take() -> None:
        with lease.held(*place, "a test", 30) as token:
            inside.append(token)
            crowds.append(len(inside))
            time.sleep(0.01)
            inside.remove(token)
            tokens.append(token)

    takers = [threading.Thread(target=take) for _ in range(6)]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join()
    assert tokens == [1, 2, 3, 4, 5, 6]
    assert crowds == [1] * 6


def test_a_heartbeat_keeps_the_lease_beyond_its_expiry(tmp_path: Path) -> None:
    place = a_ledger(tmp_path)
    with lease.held(*place, "the first", 0, expiry=0.3):
        assert_refused(place, "the first", wait=0.8)


def test_a_holder_without_heartbeat_is_overtaken_and_its_leaving_frees_nothing(tmp_path: Path) -> None:
    place = a_ledger(tmp_path)
    first = lease.held(*place, "the first", 0, expiry=0.2, beat=60)
    assert first.__enter__() == 1
    with lease.held(*place, "the second", 1) as token:
        assert token == 2
        assert_refused(place, "the second")
        first.__exit__(None, None, None)
        assert_refused(place, "the second")
        assert row(tmp_path)[0] == "the second"
    with lease.held(*place, "a third", 0) as token:
        assert token == 3


def test_a_fenced_ledger_refuses_every_change_once_the_lease_is_anothers(story: Story, tmp_path: Path) -> None:
    home = a_home(story, tmp_path)
    workspace = open_workspace(home)
    ledger = workspace.ledger
    pages = list(ledger.pages())
    with workspace.writing("the first"):
        db = sqlite3.connect(home / "maitred.db", isolation_level=None)
        db.execute("UPDATE lease SET token = token + 1, holder = 'the second'")
        changes = (
            lambda: ledger.land("zendesk", "ticket", "00", "f", 0, 1, 1),
            lambda: ledger.met_again("zendesk", "ticket", pages[0].sha256, 9),
            lambda: ledger.mark_loaded([], [], []),
            lambda: ledger.put_source("zendesk", "fivetran-zendesk", {}),
            lambda: ledger.retry([1]),
            lambda: ledger.unland([1]),
            ledger.settle,
            ledger.unsettle,
            lambda: ledger.publish(2, "00"),
            lambda: ledger.drop_publications([1]),
            lambda: ledger.forget_files("tickets", []),
            lambda: workspace.store.compact("tickets") or workspace.store.restore("tickets", 0),
            lambda: workspace.store.vacuum("tickets", []),
        )
        before = "\n".join(db.iterdump())
        for change in changes:
            with pytest.raises(LeaseLost, match="the second took its place"):
                change()
        assert "\n".join(db.iterdump()) == before
        db.close()
    workspace.close()
    assert exports(home) == story.old


# ------------------------------------------------------------ processes


@pytest.mark.slow
def test_a_killed_holder_leaves_the_lease_free_at_once(story: Story, tmp_path: Path) -> None:
    home = a_home(story, tmp_path)
    with stopped(home, story.after, "load.mark:1", expiry=300) as child:
        child.kill()
    holder, token, expires = row(home)
    assert holder.startswith("import of fivetran-zendesk (process")
    assert expires > time.time() + 100
    import_here(home, story.after, wait=0)
    assert row(home) == ("", token + 1, 0)
    assert exports(home) == story.new


def test_a_stopped_holder_is_overtaken_and_changes_nothing_when_it_wakes_up(story: Story, tmp_path: Path) -> None:
    home = a_home(story, tmp_path)
    with stopped(home, story.after, "publish.flip:1") as child:
        import_here(home, story.after)
        code, err = woken(child)
    assert code == 1
    assert "took its place as the writer" in err
    assert exports(home) == story.new
    assert number(home) == 2
    assert_verified(home)


@pytest.mark.slow
@pytest.mark.parametrize("label", LABELS)
def test_a_holder_stopped_at_any_step_is_overtaken_and_changes_nothing(
    story: Story, tmp_path: Path, label: str
) -> None:
    assert_overtaken_at(story, tmp_path, f"{label}:1")


@pytest.mark.slow
def test_a_stopped_holder_keeps_the_lease_for_its_thirty_seconds(story: Story, tmp_path: Path) -> None:
    home = a_home(story, tmp_path)
    with stopped(home, story.after, "load.merge:2", expiry=30) as child:
        left = row(home)[2] - time.time()
        with pytest.raises(LeaseHeld, match=f"process {child.pid}"):
            import_here(home, story.after, wait=2)
        started = time.monotonic()
        import_here(home, story.after, wait=60)
        assert left - 3 < time.monotonic() - started < left + 10
        assert woken(child)[0] == 1
    assert exports(home) == story.new


@pytest.mark.slow
def test_a_third_writer_honours_the_second_beside_a_stopped_first(story: Story, tmp_path: Path) -> None:
    home = a_home(story, tmp_path)
    with stopped(home, story.after, "load.decode:1") as child:
        workspace = open_workspace(home)
        with workspace.writing("the second"):
            with pytest.raises(LeaseHeld, match="the second"):
                import_here(home, story.after, wait=0.2)
            child.kill()
            child.wait()
            with pytest.raises(LeaseHeld, match="the second"):
                import_here(home, story.after, wait=0.2)
        workspace.close()
    import_here(home, story.after, wait=0)
    assert exports(home) == story.new


@pytest.mark.slow
def test_a_holder_stopped_within_a_ledger_transaction_is_named_until_it_is_killed(story: Story, tmp_path: Path) -> None:
    home = a_home(story, tmp_path)
    with stopped(home, story.after, "ledger.commit:2") as child:
        time.sleep(0.4)
        with pytest.raises(LeaseHeld, match=f"process {child.pid}"):
            import_here(home, story.after, wait=0)
        assert exports(home) == story.old
        child.kill()
        child.wait()
        import_here(home, story.after, wait=1)
    assert exports(home) == story.new


@pytest.mark.slow
def test_a_version_that_a_woken_writer_commits_is_invisible_and_undone_by_the_next(
    story: Story, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    create(home)
    with stopped(home, story.after, "load.commit:1") as child:
        import_here(home, story.after)
        workspace = open_workspace(home)
        published = workspace.publication()
        assert published is not None
        ahead = set(workspace.store.specs) - {n for n, v in published.tables.items() if workspace.store.latest(n) == v}
        assert woken(child)[0] == 1
    late = {n for n, v in published.tables.items() if workspace.store.latest(n) != v} - ahead
    assert len(late) == 1
    assert exports(home) == story.new
    with workspace.writing("the next"):
        pass
    for name in late:
        newest = sum(part.num_rows for part in workspace.store.batches(name, None))
        assert newest == published.rows[name]
    assert workspace.back_to_published() is False
    workspace.close()


@pytest.mark.slow
def test_a_version_that_a_woken_writer_commits_in_between_stops_the_publication(story: Story, tmp_path: Path) -> None:
    home = tmp_path / "home"
    create(home)
    with stopped(home, story.after, "load.commit:1") as child:
        workspace = open_workspace(home)
        with workspace.writing("the second"):
            imported = import_folder(workspace, KINDS["fivetran-zendesk"](), story.after)
            assert woken(child)[0] == 1
            with pytest.raises(LeaseLost, match="another process changed table"):
                refresh(workspace, imported.source, imported.loaded)
        workspace.close()
    assert exports(home) == {}
    import_here(home, story.after)
    assert exports(home) == story.new


@pytest.mark.slow
def test_two_imports_at_the_same_time_both_succeed_one_after_the_other(story: Story, tmp_path: Path) -> None:
    home = a_home(story, tmp_path)
    both = [
        subprocess.Popen(
            command("import", "fivetran-zendesk", story.after), env=environment(home), stdout=subprocess.DEVNULL
        )
        for _ in range(2)
    ]
    assert [child.wait(120) for child in both] == [0, 0]
    assert exports(home) == story.new
    assert row(home)[1] >= 3
    assert_verified(home)


def test_the_writer_deletes_no_file_that_came_after_it_lost_the_lease(story: Story, tmp_path: Path) -> None:
    home = a_home(story, tmp_path)
    late = home / "warehouse" / "messages" / "part-of-the-next-writer.parquet"
    workspace = open_workspace(home)

    def another_begins() -> None:
        late.write_bytes(b"from the next writer")

    workspace.store.watch = Watch("1", another_begins)
    assert workspace.store.vacuum("messages", []) == []
    workspace.close()
    assert late.exists()


def test_a_process_that_stands_still_in_mid_transaction_is_named_as_what_keeps_others_waiting(tmp_path: Path) -> None:
    create(tmp_path / "home")
    path = tmp_path / "home" / "maitred.db"
    still = sqlite3.connect(path, isolation_level=None)
    still.execute("BEGIN IMMEDIATE")
    ledger = Ledger(path)
    ledger.connection.execute("PRAGMA busy_timeout=50")
    try:
        with pytest.raises(LeaseHeld, match="locked for half a minute by a process that does not go on"):
            ledger.put_source("zendesk", "zendesk", {})
        still.execute("ROLLBACK")
        ledger.put_source("zendesk", "zendesk", {})
        assert ledger.source("zendesk") is not None
    finally:
        ledger.close()
        still.close()
