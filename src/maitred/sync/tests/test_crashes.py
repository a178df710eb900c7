"""An import that is killed at any moment: readers see the old or the new state, and the next run completes it."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from maitred.metrics.doctor import examine
from maitred.metrics.refresh import open_workspace
from maitred.sync.tests.conftest import Story
from maitred.sync.tests.support import KILLED, command, environment, exports, import_here, run_child
from maitred.sync.workspace import create

LABELS = (
    "land.write",
    "land.rename",
    "ledger.commit",
    "load.decode",
    "load.merge",
    "load.commit",
    "load.mark",
    "publish.write",
    "publish.flip",
)
SOME = ("load.commit",)
"""Asked in every run; the others in the slow one."""


def a_home(story: Story, folder: Path, fresh: bool) -> Path:
    """An empty workspace, or a copy of the one that holds the state before the change."""
    home = folder / "home"
    if fresh:
        create(home)
    else:
        shutil.copytree(story.home, home)
    return home


def shows_a_whole_state(story: Story, home: Path) -> bool:
    return exports(home) in ({}, story.old, story.new)


def completes(story: Story, home: Path) -> None:
    """The next run ends in the state of a clean import, and finds nothing wrong."""
    import_here(home, story.after)
    assert exports(home) == story.new
    workspace = open_workspace(home)
    wrong = [check for check in examine(workspace) if not check.ok and check.check != "disk"]
    workspace.close()
    assert wrong == []


def kill_at_random(story: Story, folder: Path, seed: int, deaths: int) -> int:
    """Kill imports of the changed log at random moments of their life, until so many died of it; returns how many.

    How long a life is, is learned as it goes: an import that ends before its moment comes shows that moments have to
    come sooner. On a busy machine the first guess may be several times too long.
    """
    dice = random.Random(seed)
    life = {False: 60.0, True: 60.0}
    died = rounds = 0
    while died < deaths:
        fresh = rounds % 3 == 2
        home = a_home(story, folder / str(rounds), fresh)
        arguments = command("import", "fivetran-zendesk", story.after)
        started = time.monotonic()
        with subprocess.Popen(
            arguments, env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as child:
            try:
                ended = child.wait(dice.uniform(0.25, 1.0) * life[fresh])
            except subprocess.TimeoutExpired:
                child.kill()
                died += child.wait(60) in KILLED
            else:
                assert ended == 0
                life[fresh] = time.monotonic() - started
        assert shows_a_whole_state(story, home), f"round {rounds} shows a half state"
        completes(story, home)
        shutil.rmtree(home)
        rounds += 1
        assert rounds < 4 * deaths + 8, f"only {died} of {rounds} imports died"
    return died


@pytest.mark.slow
def test_an_import_killed_at_random_moments_ends_like_a_clean_one(story: Story, tmp_path: Path) -> None:
    assert kill_at_random(story, tmp_path, seed=1, deaths=3) == 3


@pytest.mark.long
@pytest.mark.slow
def test_an_import_killed_at_fifty_random_moments_ends_like_a_clean_one(story: Story, tmp_path: Path) -> None:
    assert kill_at_random(story, tmp_path, seed=2, deaths=50) == 50


@pytest.mark.parametrize("label", [one if one in SOME else pytest.param(one, marks=pytest.mark.slow) for one in LABELS])
def test_an_import_killed_at_a_labelled_step_ends_like_a_clean_one(story: Story, tmp_path: Path, label: str) -> None:
    home = a_home(story, tmp_path, fresh=False)
    done = run_child(home, "import", "fivetran-zendesk", story.after, fault=f"{label}:1")
    assert done.returncode == 137
    assert exports(home) == story.old
    completes(story, home)


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("fresh", [True, False], ids=["first import", "later import"])
@pytest.mark.parametrize("label", LABELS)
def test_an_import_killed_at_many_passings_of_a_step_ends_like_a_clean_one(
    story: Story, tmp_path: Path, label: str, fresh: bool
) -> None:
    """Each of the first dozen passings, then ever sparser ones, until the step is not passed that often."""
    passing = 0
    while True:
        passing += max(1, passing // 8)
        home = a_home(story, tmp_path / str(passing), fresh)
        done = run_child(home, "import", "fivetran-zendesk", story.after, fault=f"{label}:{passing}")
        assert shows_a_whole_state(story, home)
        if done.returncode == 0:
            break
        assert done.returncode == 137, done.stderr
        completes(story, home)
    assert passing > 1


@pytest.mark.slow
def test_an_import_of_another_source_does_not_publish_what_a_killed_one_left(story: Story, tmp_path: Path) -> None:
    home = a_home(story, tmp_path, fresh=False)
    run_child(home, "import", "fivetran-zendesk", story.after, fault="publish.write:1")
    assert run_child(home, "import", "fivetran-zendesk", story.before, "--name", "other").returncode == 0
    workspace = open_workspace(home)
    from maitred.metrics.exports import export

    publication = workspace.publication()
    assert publication is not None
    assert publication.number == 2
    for table in ("tickets", "sla", "messages"):
        export(workspace, publication, table, tmp_path / "mine.csv", source="fivetran-zendesk")
        assert (tmp_path / "mine.csv").read_bytes() == story.old[table]
    workspace.close()


@pytest.mark.slow
def test_a_crash_twice_in_a_row_still_ends_like_a_clean_import(story: Story, tmp_path: Path) -> None:
    home = a_home(story, tmp_path, fresh=False)
    for fault in ("load.mark:3", "publish.flip:1"):
        assert run_child(home, "import", "fivetran-zendesk", story.after, fault=fault).returncode == 137
        assert exports(home) == story.old
    completes(story, home)


def test_a_workspace_whose_making_was_interrupted_can_be_made_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    create(home)
    (home / "maitred.json").rename(home / ".maitred.json.part")
    create(home)
    assert (home / "maitred.json").is_file()
