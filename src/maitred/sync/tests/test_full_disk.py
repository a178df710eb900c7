"""A disk that fills up half-way: one clear line, readers go on, the next run completes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from maitred.sync.tests.conftest import Story
from maitred.sync.tests.support import environment, exports, import_here
from maitred.sync.workspace import create

LIMITED = """
import resource, sys
from maitred.surfaces.cli.run import run
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.exit(run(sys.argv[2:]))
"""


def run_limited(home: Path, limit: int, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the program where no file may grow beyond ``limit`` bytes."""
    arguments = [sys.executable, "-c", LIMITED, str(limit), *map(str, words)]
    return subprocess.run(arguments, env=environment(home), capture_output=True, text=True, timeout=120, check=False)


def assert_fails_and_recovers(story: Story, home: Path, limit: int, before: dict[str, bytes]) -> None:
    done = run_limited(home, limit, "import", "fivetran-zendesk", story.after)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("maitred: the disk is full"), done.stderr
    assert done.stderr.count("\n") == 1
    assert exports(home) == before
    import_here(home, story.after)
    assert exports(home) == story.new


@pytest.mark.parametrize("limit", [200, pytest.param(9_000, marks=pytest.mark.slow)])
def test_a_later_import_on_a_full_disk_fails_in_one_line_and_completes_later(
    story: Story, tmp_path: Path, limit: int
) -> None:
    shutil.copytree(story.home, tmp_path / "home")
    assert_fails_and_recovers(story, tmp_path / "home", limit, story.old)


@pytest.mark.slow
@pytest.mark.parametrize("limit", [0, 1_000, 2_500, 5_000, 12_000, 16_000, 24_000, 33_000])
def test_an_import_at_many_limits_of_the_disk_fails_in_one_line_and_completes_later(
    story: Story, tmp_path: Path, limit: int
) -> None:
    shutil.copytree(story.home, tmp_path / "home")
    assert_fails_and_recovers(story, tmp_path / "home", limit, story.old)


@pytest.mark.slow
@pytest.mark.parametrize("limit", [2_500, 5_000, 12_000, 24_000, 33_000])
def test_a_first_import_on_a_full_disk_publishes_nothing_and_completes_later(
    story: Story, tmp_path: Path, limit: int
) -> None:
    create(tmp_path / "home")
    assert_fails_and_recovers(story, tmp_path / "home", limit, {})


def test_an_export_on_a_full_disk_leaves_no_half_file(story: Story, tmp_path: Path) -> None:
    shutil.copytree(story.home, tmp_path / "home")
    (tmp_path / "out").mkdir()
    done = run_limited(tmp_path / "home", 4_000, "export", "tickets", "--to", tmp_path / "out" / "tickets.csv")
    assert done.returncode == 1
    assert "the disk is full" in done.stderr
    assert list((tmp_path / "out").iterdir()) == []
