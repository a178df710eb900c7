"""What desks give becomes facts: published once, readable as reported then, exported alike, whole after a death."""

from __future__ import annotations

import csv
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from maitred.metrics.desk_tables import published_rows
from maitred.metrics.doctor import examine
from maitred.metrics.exports import export
from maitred.metrics.refresh import open_workspace
from maitred.metrics.tests.giving import give
from maitred.sync.tests.support import KILLED, environment, handmade, import_here

SLOW = [pytest.param(one, marks=pytest.mark.slow) for one in ("load.merge", "publish.write", "ledger.commit")]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    import_here(tmp_path / "home", handmade().write(tmp_path / "log"))
    return tmp_path / "home"


def points(home: Path, number: int | None = None) -> list[int | None]:
    with closing(open_workspace(home)) as workspace:
        publication = workspace.publication(number)
        assert publication is not None
        return [row["points"] for row in published_rows(workspace, publication, "reviews").to_pylist()]


def test_rows_are_published_once_and_stay_as_they_were_reported(home: Path, tmp_path: Path) -> None:
    first = give(home, [8_000, 9_000])
    assert first is not None
    assert give(home, [8_000, 9_000]) is None
    with closing(open_workspace(home)) as workspace:
        before = workspace.publication(1)
        assert before is not None
        assert first.tables == {**before.tables, "reviews": first.tables["reviews"]}
        assert first.sources == before.sources
    second = give(home, [8_000, 9_050, None])
    assert second is not None
    assert points(home) == [8_000, 9_050, None]
    assert points(home, first.number) == [8_000, 9_000]
    assert points(home, 1) == []
    log = handmade()
    log.tables["ticket"][0]["status"] = "solved"
    log.tables["ticket"][0]["updated_at"] = "2024-03-05 09:00:00"
    import_here(home, log.write(tmp_path / "later"))
    assert points(home) == [8_000, 9_050, None]
    assert give(home, []) is not None
    assert points(home) == []


def test_only_the_months_that_changed_are_written(home: Path) -> None:
    rows = [8_000] * 40
    give(home, rows)
    with closing(open_workspace(home)) as workspace:
        before = {file.partition: file.path for file in workspace.store.files(workspace.store.table("reviews"))}
        assert [*sorted(map(str, before))] == ["202401", "202402"]
        give(home, [*rows[:-1], 7_000])
        after = {file.partition: file.path for file in workspace.store.files(workspace.store.table("reviews"))}
    assert before["202401"] == after["202401"]
    assert before["202402"] != after["202402"]


def test_nothing_is_given_to_a_workspace_without_a_publication(tmp_path: Path) -> None:
    from maitred.sync.workspace import create

    create(tmp_path / "home")
    assert give(tmp_path / "home", [8_000]) is None


def test_two_exports_are_the_same_bytes_in_the_order_of_the_key(home: Path, tmp_path: Path) -> None:
    give(home, [8_000, 9_050, None])
    with closing(open_workspace(home)) as workspace:
        publication = workspace.publication()
        assert publication is not None
        for name in ("a.csv", "b.csv", "a.xlsx", "b.xlsx", "a.parquet"):
            assert export(workspace, publication, "reviews", tmp_path / name) == 3
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with (tmp_path / "a.csv").open(newline="") as file:
        rows = [*csv.DictReader(file)]
    assert [(row["review_id"], row["score"], row["critical"]) for row in rows] == [
        ("1", "80.0", '["safe"]'),
        ("2", "90.5", '["safe"]'),
        ("3", "", '["safe"]'),
    ]
    assert not {"ticket_key", "submitted_month"} & {*rows[0]}


@pytest.mark.parametrize("label", ["load.commit", "publish.flip", *SLOW])
def test_a_death_on_the_way_leaves_the_publication_before_it_or_the_one_after(home: Path, label: str) -> None:
    give(home, [8_000, 9_000])
    words = [sys.executable, "-m", "maitred.metrics.tests.giving", str(home), "7000", "9000", "6000"]
    done = subprocess.run(words, env=environment(home, MAITRED_FAULT=f"{label}:1"), timeout=120, check=False)
    assert done.returncode in KILLED
    assert points(home) == [8_000, 9_000]
    assert give(home, [7_000, 9_000, 6_000]) is not None
    assert points(home) == [7_000, 9_000, 6_000]
    with closing(open_workspace(home)) as workspace:
        assert [one for one in examine(workspace) if not one.ok and one.check != "disk"] == []
