"""Each kind of damage is found by ``verify`` and named; an undamaged workspace passes; table hashes tell content."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from maitred.base.checks import Check
from maitred.metrics.refresh import open_workspace
from maitred.sync.tests.conftest import Story
from maitred.sync.tests.support import import_here
from maitred.sync.verifying import table_hash, verify
from maitred.warehouse.hashing import canonical_hash

NAMES = ["ledger", "publications", "landing", "logs", "files", "rows"]


@pytest.fixture
def home(story: Story, tmp_path: Path) -> Path:
    shutil.copytree(story.home, tmp_path / "home")
    return tmp_path / "home"


def verified(home: Path) -> list[Check]:
    workspace = open_workspace(home)
    try:
        return verify(workspace)
    finally:
        workspace.close()


def wrong(home: Path) -> dict[str, str]:
    """What is found wrong: the check and the first bad thing."""
    return {check.check: check.first_bad for check in verified(home) if not check.ok}


def within(home: Path, path: Path) -> str:
    return path.relative_to(home).as_posix()


def first(home: Path, pattern: str) -> Path:
    """A file that the newest publication needs."""
    return sorted(home.glob(pattern))[0]


def flip(path: Path, place: int = -1) -> None:
    """Change one byte in the middle; length and end stay."""
    body = bytearray(path.read_bytes())
    body[len(body) // 2 if place < 0 else place] ^= 0x10
    path.write_bytes(bytes(body))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"x")


def foreign(path: Path) -> None:
    """Another page's content under this name."""
    other = next(each for each in sorted(path.parent.parent.glob("*/*.zst")) if each != path)
    path.write_bytes(other.read_bytes())


def test_an_undamaged_workspace_passes_every_check(home: Path) -> None:
    found = verified(home)
    assert [(check.check, check.ok, check.first_bad) for check in found] == [(name, True, "") for name in NAMES]
    assert "known by size" not in found[4].detail


@pytest.mark.parametrize("damage", [flip, cut, foreign, Path.unlink])
def test_a_damaged_landing_file_is_named(home: Path, damage: Callable[[Path], None]) -> None:
    page = first(home, "landing/*/ticket_comment/*.zst")
    damage(page)
    found = wrong(home)
    assert list(found) == ["landing"]
    assert within(home, page).startswith(found["landing"])


@pytest.mark.parametrize("damage", [flip, cut, longer, Path.unlink])
def test_a_damaged_data_file_is_named(home: Path, damage: Callable[[Path], None]) -> None:
    file = first(home, "warehouse/messages/*/part-*.parquet")
    damage(file)
    assert wrong(home) == {"files": within(home, file)}


def test_a_damaged_file_that_only_an_older_publication_needs_is_named(story: Story, home: Path) -> None:
    import_here(home, story.after)
    workspace = open_workspace(home)
    publication = workspace.publication()
    assert publication is not None
    kept = {file.path for file in workspace.store.files(workspace.store.table("tickets"))}
    workspace.close()
    folder = home / "warehouse" / "tickets"
    old = [path for path in folder.glob("*/part-*") if path.relative_to(folder).as_posix() not in kept]
    assert wrong(home) == {}
    flip(old[0])
    assert wrong(home) == {"files": within(home, old[0])}


def test_a_file_from_before_hashes_were_kept_is_checked_by_size_and_rows(home: Path) -> None:
    db = sqlite3.connect(home / "maitred.db", isolation_level=None)
    db.execute("DELETE FROM sync_file")
    db.close()
    assert "known by size and row count alone" in verified(home)[4].detail
    file = first(home, "warehouse/messages/*/part-*.parquet")
    cut(file)
    assert wrong(home) == {"files": within(home, file)}


@pytest.mark.parametrize("damage", [cut, Path.unlink])
@pytest.mark.parametrize("place", [0, -1], ids=["first", "last"])
def test_a_damaged_log_file_is_named(story: Story, home: Path, damage: Callable[[Path], None], place: int) -> None:
    import_here(home, story.after)
    entry = sorted(home.glob("warehouse/tickets/_delta_log/*.json"))[place]
    damage(entry)
    found = wrong(home)
    assert found["logs"] == within(home, entry)
    assert set(found) <= {"logs", "files", "rows"}


def test_a_gap_in_a_log_is_named(story: Story, home: Path) -> None:
    import_here(home, story.after)
    entry = home / "warehouse" / "tickets" / "_delta_log" / f"{1:020}.json"
    entry.unlink()
    assert wrong(home)["logs"] == within(home, entry)


def test_a_log_that_was_cleaned_behind_a_checkpoint_passes_unless_a_publication_needs_more(
    story: Story, home: Path
) -> None:
    import_here(home, story.after)
    workspace = open_workspace(home)
    workspace.store.table("tickets").create_checkpoint()
    log = home / "warehouse" / "tickets" / "_delta_log"
    entries = sorted(log.glob("*.json"))
    for entry in entries[:-1]:
        entry.unlink()
    before = workspace.publication(1)
    assert before is not None
    assert wrong(home)["logs"] == f"warehouse/tickets/_delta_log/{before.tables['tickets']:020}.json"
    workspace.ledger.drop_publications([1])
    workspace.close()
    assert wrong(home) == {}
    entries[-1].unlink()
    assert list(wrong(home)) == ["logs"]


def test_a_checkpoint_that_cannot_be_read_is_found(home: Path) -> None:
    workspace = open_workspace(home)
    workspace.store.table("tickets").create_checkpoint()
    workspace.close()
    assert wrong(home) == {}
    mark = next((home / "warehouse" / "tickets" / "_delta_log").glob("*.checkpoint.parquet"))
    cut(mark)
    assert wrong(home) == {"logs": "warehouse/tickets/_delta_log"}


def test_a_log_that_is_gone_is_named(home: Path) -> None:
    shutil.rmtree(home / "warehouse" / "users")
    assert wrong(home) == {"logs": f"warehouse/users/_delta_log/{0:020}.json"}
    assert not (home / "warehouse" / "users").exists()


def test_another_row_count_than_the_log_tells_is_named(home: Path) -> None:
    entry = sorted(home.glob("warehouse/users/_delta_log/*.json"))[-1]
    text = entry.read_text()
    assert '\\"numRecords\\": ' in text
    entry.write_text(text.replace('\\"numRecords\\": ', '\\"numRecords\\": 1'))
    found = wrong(home)
    assert found["rows"] == "table users of publication 1"
    assert found["files"].startswith("warehouse/users/part-")


def test_an_edited_manifest_is_named(home: Path) -> None:
    manifest = home / "publications" / "1.json"
    manifest.write_text(manifest.read_text().replace('"users": 1', '"users": 0'))
    assert wrong(home) == {"publications": "publications/1.json"}


def test_a_damaged_ledger_is_named(home: Path) -> None:
    db = sqlite3.connect(home / "maitred.db", isolation_level=None)
    page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'sync_quarantine_open'").fetchone()[0]
    size = db.execute("PRAGMA page_size").fetchone()[0]
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    flip(home / "maitred.db", (page - 1) * size + 1)
    assert wrong(home)["ledger"] == "maitred.db"


def test_table_hashes_of_a_backup_are_compared_where_they_are_given(story: Story, home: Path) -> None:
    workspace = open_workspace(home)
    publication = workspace.publication()
    assert publication is not None
    told = {name: table_hash(workspace, publication, name) for name in publication.tables}
    assert [check.ok for check in verify(workspace, told)] == [True] * 7
    workspace.close()
    import_here(home, story.after)
    workspace = open_workspace(home)
    found = verify(workspace, told)[-1]
    assert (found.check, found.ok, found.first_bad) == ("hashes", False, "table assignment_facts")
    older = workspace.publication(1)
    assert older is not None
    assert table_hash(workspace, older, "messages") == told["messages"]
    assert table_hash(workspace, publication, "users") == told["users"]
    workspace.close()


# ------------------------------------------------------------ the hash alone


def some_rows(n: int) -> pa.Table:
    return pa.table(
        {
            "id": pa.array(range(n), pa.int64()),
            "name": pa.array([None if i % 3 == 0 else f"n{i}" for i in range(n)], pa.string()),
            "at": pa.array([i * 1_000_000 for i in range(n)], pa.timestamp("us", tz="UTC")),
            "tags": pa.array([[str(i), "x"] for i in range(n)], pa.list_(pa.string())),
            "share": pa.array([i / 7 for i in range(n)], pa.float64()),
            "raw": pa.array([bytes([i % 256]) for i in range(n)], pa.binary()),
        }
    )


def test_the_hash_does_not_depend_on_order_or_cut_of_rows_or_order_of_columns() -> None:
    rows = some_rows(50)
    names = rows.schema.names
    whole = canonical_hash([rows], names)
    places = list(range(50))
    random.Random(1).shuffle(places)
    mixed = rows.take(pa.array(places))
    assert canonical_hash([mixed.slice(0, 7), mixed.slice(7, 0), mixed.slice(7)], names[::-1]) == whole
    assert len(whole) == 32


def test_the_hash_tells_every_changed_value_a_missing_and_a_doubled_row() -> None:
    rows = some_rows(20)
    names = rows.schema.names
    seen = {canonical_hash([rows], names), canonical_hash([rows.slice(1)], names)}
    seen.add(canonical_hash([rows, rows.slice(3, 1)], names))
    for place, name in enumerate(names):
        other = rows.column(name).take(pa.array([*range(4), 7, *range(5, 20)]))
        seen.add(canonical_hash([rows.set_column(place, name, other)], names))
    assert len(seen) == 3 + len(names)


def test_two_values_never_read_like_two_others() -> None:
    seen = [
        canonical_hash([pa.table({"a": [a], "b": [b]}, schema=pa.schema({"a": pa.string(), "b": pa.string()}))], "ab")
        for a, b in [("x", "y"), ("x1:y", None), ("xb:1:y", None), (None, "x"), ("", "x"), ("x", ""), ("x", None)]
    ]
    assert len(set(seen)) == len(seen)


def test_the_hash_stays_what_it_was_in_earlier_releases() -> None:
    assert canonical_hash([some_rows(50)], some_rows(1).schema.names) == "c1ca9d156dc8b9cc93c4fb08a67b7459"
    assert canonical_hash([], ["id"]) == "0" * 32


def test_a_column_added_later_and_empty_changes_nothing() -> None:
    rows = some_rows(10)
    wider = rows.append_column("new", pa.nulls(10, pa.string()))
    assert canonical_hash([wider], wider.schema.names) == canonical_hash([rows], rows.schema.names)
