"""Importing again: the same changes nothing, a change touches its ticket, a partial refresh equals a full one."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from maitred.metrics.refresh import open_workspace
from maitred.sync.tests.conftest import Story
from maitred.sync.tests.support import Log, exports, import_here

LATER = "2026-01-07 12:00:00"


def a_comment_changes(log: Log, dice: random.Random) -> None:
    row = dice.choice(log.tables["ticket_comment"])
    row["public"] = "FALSE" if row["public"] == "TRUE" else "TRUE"


def a_comment_moves(log: Log, dice: random.Random) -> None:
    row = dice.choice(log.tables["ticket_comment"])
    row["created"] = row["created"][:-5] + "59:58"


def a_ticket_comes(log: Log, dice: random.Random) -> None:
    number = str(80_000 + dice.randrange(10_000))
    log.tables["ticket"].append(
        {**dice.choice(log.tables["ticket"]), "id": number, "created_at": "2025-11-01 10:00:00"}
    )
    history = log.tables["ticket_field_history"]
    history.append(
        {**history[0], "ticket_id": number, "field_name": "status", "updated": "2025-11-01 10:00:00", "value": "new"}
    )
    history.append(
        {**history[0], "ticket_id": number, "field_name": "status", "updated": "2025-11-02 10:00:00", "value": "solved"}
    )


def time_passes(log: Log, dice: random.Random) -> None:
    dice.choice(log.tables["ticket"])["_fivetran_synced"] = LATER


def a_role_changes(log: Log, dice: random.Random) -> None:
    row = log.tables["user"][dice.randrange(8)]
    row["role"] = "agent" if row["role"] == "end-user" else "end-user"


def a_schedule_changes(log: Log, dice: random.Random) -> None:
    row = dice.choice(log.tables["schedule"])
    row["end_time"] = str(int(row["end_time"]) - 90)


def a_holiday_goes(log: Log, dice: random.Random) -> None:
    log.tables["schedule_holiday"].pop(dice.randrange(len(log.tables["schedule_holiday"])))


def a_tag_comes(log: Log, dice: random.Random) -> None:
    log.tables["ticket_tag"].append({"ticket_id": dice.choice(log.tables["ticket"])["id"], "tag": "vip"})


def a_ticket_is_deleted(log: Log, dice: random.Random) -> None:
    log.columns["ticket"] = [*log.columns["ticket"], "_fivetran_deleted"]
    dice.choice(log.tables["ticket"]).update(_fivetran_deleted="TRUE", _fivetran_synced=LATER)


def a_ticket_is_marked_deleted(log: Log, dice: random.Random) -> None:
    dice.choice(log.tables["ticket"]).update(status="deleted", _fivetran_synced=LATER)


def a_target_changes(log: Log, dice: random.Random) -> None:
    rows = [row for row in log.tables["ticket_field_history"] if row["field_name"] == "first_reply_time"]
    dice.choice(rows)["value"] = '{"minutes":7,"in_business_hours":false}'


def a_bad_row_comes(log: Log, dice: random.Random) -> None:
    log.tables["ticket_comment"].append(
        {**dice.choice(log.tables["ticket_comment"]), "id": "777", "created": "yesterday"}
    )


Change = Callable[[Log, random.Random], None]
CHANGES: tuple[Change, ...] = (
    a_comment_changes,
    a_comment_moves,
    a_ticket_comes,
    time_passes,
    a_role_changes,
    a_schedule_changes,
    a_holiday_goes,
    a_tag_comes,
    a_ticket_is_deleted,
    a_ticket_is_marked_deleted,
    a_target_changes,
    a_bad_row_comes,
)


def assert_equal_to_a_fresh_import(story: Story, folder: Path, steps: list[list[Change]], seed: int) -> None:
    """Import the log after each step into the same workspace; the end equals a fresh import of the last state."""
    dice = random.Random(seed)
    home = folder / "home"
    shutil.copytree(story.home, home)
    log = story.first.copy()
    for number, changes in enumerate(steps):
        for change in changes:
            change(log, dice)
        import_here(home, log.write(folder / f"step{number}"))
    import_here(folder / "fresh", folder / f"step{len(steps) - 1}")
    assert exports(home) == exports(folder / "fresh")


@pytest.mark.parametrize(
    "change",
    [one if n % 5 == 0 else pytest.param(one, marks=pytest.mark.slow) for n, one in enumerate(CHANGES)],
    ids=lambda change: change.__name__,
)
def test_a_partial_refresh_equals_a_fresh_import_when(story: Story, tmp_path: Path, change: Change) -> None:
    assert_equal_to_a_fresh_import(story, tmp_path, [[change]], seed=4)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_three_imports_in_a_row_equal_a_fresh_import_of_the_last_state(story: Story, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    steps = [[dice.choice(CHANGES) for _ in range(dice.randint(1, 4))] for _ in range(3)]
    assert_equal_to_a_fresh_import(story, tmp_path, steps, seed)


def test_importing_the_same_folder_again_changes_nothing(story: Story, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(story.home, home)
    versions = [path.name for path in sorted(home.glob("warehouse/*/_delta_log/*.json"))]
    report = import_here(home, story.before)
    assert report.publication == 1
    assert [file.loaded for file in report.files] == [0] * len(report.files)
    assert all(file.rows == file.superseded for file in report.files)
    assert exports(home) == story.old
    assert [path.name for path in sorted(home.glob("warehouse/*/_delta_log/*.json"))] == versions


def test_a_changed_ticket_row_updates_that_ticket_and_no_other(story: Story, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(story.home, home)
    log = story.first.copy()
    log.ticket(7)["subject"] = "Another subject"
    report = import_here(home, log.write(tmp_path / "changed"))
    assert {file.file: file.loaded for file in report.files if file.loaded} == {"ticket.csv": 1}
    before, after = (text["tickets"].decode().splitlines() for text in (story.old, exports(home)))
    differing = [new for old, new in zip(before, after, strict=True) if old != new]
    assert [line.split(",")[0] for line in differing] == [log.ticket(7)["id"]]


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_rows_in_another_order_give_the_same_export(story: Story, tmp_path: Path, seed: int) -> None:
    log = story.first.copy()
    for rows in log.tables.values():
        random.Random(seed).shuffle(rows)
    import_here(tmp_path / "home", log.write(tmp_path / "shuffled"))
    assert exports(tmp_path / "home") == story.old


def test_rows_that_stand_twice_give_the_same_export_and_are_counted_as_superseded(story: Story, tmp_path: Path) -> None:
    log = story.first.copy()
    twice = {name: len(rows) for name, rows in log.tables.items()}
    for rows in log.tables.values():
        rows.extend([dict(row) for row in rows])
    report = import_here(tmp_path / "home", log.write(tmp_path / "twice"))
    assert exports(tmp_path / "home") == story.old
    assert {file.file: file.superseded for file in report.files} == {f"{name}.csv": n for name, n in twice.items()}


def test_an_older_publication_still_shows_its_own_numbers_after_a_changed_import(story: Story, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(story.home, home)
    assert import_here(home, story.after).publication == 2
    assert exports(home, 1) == story.old
    assert exports(home, 2) == story.new


def test_a_workspace_that_was_moved_works_as_before(story: Story, tmp_path: Path) -> None:
    shutil.copytree(story.home, tmp_path / "first")
    (tmp_path / "first").rename(tmp_path / "second")
    assert exports(tmp_path / "second") == story.old
    import_here(tmp_path / "second", story.after)
    assert exports(tmp_path / "second") == story.new
    assert not [path for path in (tmp_path / "second").rglob("*.json*") if str(tmp_path).encode() in path.read_bytes()]


def test_the_partial_refresh_is_taken_for_a_changed_comment(story: Story, tmp_path: Path) -> None:
    from maitred.metrics.refresh import refresh
    from maitred.sync.importing import import_folder
    from maitred.sync.kinds import KINDS

    home = tmp_path / "home"
    shutil.copytree(story.home, home)
    log = story.first.copy()
    log.tables["ticket_comment"][3]["body"] = "Something else"
    workspace = open_workspace(home)
    with workspace.writing("a test"):
        kind = KINDS["fivetran-zendesk"]()
        imported = import_folder(workspace, kind, log.write(tmp_path / "changed"))
        done = refresh(workspace, imported.source, imported.loaded)
    workspace.close()
    assert (done.tickets, done.full) == (1, False)


def test_going_back_to_an_older_state_is_a_change_like_any_other(story: Story, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(story.home, home)
    log = story.first.copy()
    a_comment_changes(log, random.Random(4))
    import_here(home, log.write(tmp_path / "changed"))
    assert exports(home) != story.old
    import_here(home, story.before)
    assert exports(home) == story.old
    assert import_here(home, story.before).publication == 3
