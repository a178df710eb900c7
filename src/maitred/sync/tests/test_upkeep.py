"""Small files joined and old versions let go, without a change in any kept publication."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from maitred.base.errors import NotFound
from maitred.metrics.refresh import open_workspace
from maitred.sync import upkeep
from maitred.sync.publications import publish
from maitred.sync.tests.conftest import Story
from maitred.sync.tests.support import exports, import_here
from maitred.sync.workspace import Workspace


def grown(story: Story, folder: Path, rounds: int = 3) -> Path:
    """A workspace after several imports, each of which leaves files behind."""
    home = folder / "home"
    shutil.copytree(story.home, home)
    log = story.second.copy()
    for number in range(rounds):
        comments = log.tables["ticket_comment"]
        comments.append({**comments[number], "id": str(880_000 + number), "body": "One more"})
        import_here(home, log.write(folder / str(number)))
    return home


def data_files(home: Path) -> set[Path]:
    return set(home.glob("warehouse/**/*.parquet")) - set(home.glob("warehouse/*/_delta_log/*"))


def republish(workspace: Workspace) -> None:
    last = workspace.publication()
    assert last is not None
    versions = {name: workspace.store.version(name) for name in last.tables}
    publish(workspace.publications, workspace.ledger, versions, last.rows, last.sources)


def test_compaction_keeps_every_row_and_the_old_publications(story: Story, tmp_path: Path) -> None:
    home = grown(story, tmp_path)
    before = exports(home)
    workspace = open_workspace(home)
    assert workspace.store.surplus("messages") > 0
    assert workspace.store.compact("messages") > 0
    assert workspace.store.surplus("messages") == 0
    republish(workspace)
    workspace.close()
    assert exports(home) == before
    assert exports(home, 1) == story.old


@pytest.mark.slow
def test_an_import_joins_the_files_of_a_table_that_has_many_small_ones(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "SURPLUS_FILES", 0)
    home = grown(story, tmp_path)
    workspace = open_workspace(home)
    assert workspace.store.surplus("messages") == 0
    workspace.close()
    import_here(tmp_path / "fresh", tmp_path / "2")
    assert exports(home) == exports(tmp_path / "fresh")


@pytest.mark.slow
def test_vacuum_keeps_what_every_kept_publication_needs(story: Story, tmp_path: Path) -> None:
    home = grown(story, tmp_path)
    then = {number: exports(home, number) for number in (1, 2, 3, 4)}
    workspace = open_workspace(home)
    (home / "warehouse" / "messages" / "part-left-by-a-killed-writer.parquet").write_bytes(b"unfinished")
    assert upkeep.sweep(workspace) == 1
    workspace.close()
    assert {number: exports(home, number) for number in (1, 2, 3, 4)} == then


@pytest.mark.slow
def test_a_publication_past_its_time_goes_with_the_files_that_only_it_needs(story: Story, tmp_path: Path) -> None:
    home = grown(story, tmp_path)
    now, last = exports(home), exports(home, 4)
    files = data_files(home)
    workspace = open_workspace(home)
    with workspace.writing("a test"):
        assert upkeep.maintain(workspace) == []
        assert upkeep.maintain(workspace, datetime.now(UTC) + timedelta(days=40)) == [1, 2, 3]
    with pytest.raises(NotFound, match="no longer kept"):
        workspace.publication(1)
    workspace.close()
    assert data_files(home) < files
    assert exports(home) == now == last
    import_here(home, story.before)
    assert len(exports(home)) == 4


def test_month_ends_are_kept_for_thirteen_months_and_everything_for_thirty_days() -> None:
    now = datetime(2026, 6, 15, tzinfo=UTC)
    made = [(number, now - timedelta(days=500 - number)) for number in range(1, 501)]
    gone = set(upkeep.outdated(made, now))
    kept = {moment.date().isoformat() for number, moment in made if number not in gone}
    assert {"2025-05-31", "2025-12-31", "2026-04-30", "2026-05-16", "2026-06-14"} <= kept
    assert not {"2025-04-30", "2025-12-30", "2026-05-10"} & kept


def test_the_newest_publication_is_kept_however_old_it_is() -> None:
    assert upkeep.outdated([(1, datetime(2020, 1, 1, tzinfo=UTC))], datetime(2026, 1, 1, tzinfo=UTC)) == []
