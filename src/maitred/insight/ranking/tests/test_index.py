"""The index on disk: people come, change and go in one step each, and a killed writer leaves nothing half done."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from maitred.insight.ranking.index import Index
from maitred.insight.ranking.scoring import asked, weights
from maitred.insight.ranking.tests.pools import AS_OF, chip, pool, query

EVERYBODY = 100_000


def _all(index: Index) -> list[tuple[int, int]]:
    found = index.search(asked([chip("years_min", 3)], weights()), EVERYBODY, AS_OF)
    return [(one.key, one.score) for one in found.hits]


def _again(index: Index) -> Index:
    return Index.open(index.folder)


def test_an_index_that_was_never_written_finds_nobody(empty: Index) -> None:
    found = empty.search(asked(query(1), weights()), 10, AS_OF)
    assert (found.hits, found.considered, found.version) == ((), 0, 0)


def test_people_in_several_segments_are_found_as_in_one(people: pa.Table, index: Index, empty: Index) -> None:
    empty.append(people)
    for seed in range(20):
        looked = asked(query(seed), weights())
        assert [(one.key, one.score) for one in empty.search(looked, 25, AS_OF).hits] == [
            (one.key, one.score) for one in index.search(looked, 25, AS_OF).hits
        ]


def test_a_newer_row_takes_the_place_of_the_older(empty: Index) -> None:
    empty.append(pool(200, seed=1))
    newer = pool(200, seed=2).slice(50, 20)
    empty.append(newer)
    assert empty.rows == 200
    keys = newer["key"].to_pylist()
    assert {key: row.tie for key, row in empty.features(keys).items()} == dict(
        zip(keys, newer["tie"].to_pylist(), strict=True)
    )
    assert len(_all(empty)) == len(set(_all(empty)))


def test_the_same_people_again_leave_the_same_index(empty: Index) -> None:
    table = pool(150, seed=3)
    empty.append(table)
    before = _all(empty)
    empty.append(table)
    assert _all(empty) == before


def test_somebody_erased_is_gone_at_once_for_readers_and_from_every_byte(empty: Index) -> None:
    table = pool(500, seed=5)
    empty.append(table)
    reader = _again(empty)
    key = table["key"][123].as_py()
    tie = table["tie"][123].as_py()
    assert key in dict(_all(reader))
    assert empty.erase([key, 999_999_999_999]) == 1
    assert key not in dict(_all(reader))
    assert (reader.rows, reader.features([key])) == (499, {})
    held = b"".join(path.read_bytes() for path in empty.folder.rglob("*") if path.is_file())
    assert int(key).to_bytes(8, "little") not in held
    assert int(tie).to_bytes(8, "little") not in held


def test_compaction_makes_one_segment_without_those_who_are_gone(empty: Index) -> None:
    for seed in range(4):
        empty.append(pool(50, seed=seed, first_key=1 + 50 * seed))
    empty.erase([7919, 7919 * 60])
    before = _all(empty)
    empty.compact()
    assert _all(empty) == before
    assert len(list(empty.folder.glob("segment-*"))) == 1
    assert empty.rows == 198


def test_many_small_imports_do_not_leave_many_segments(empty: Index) -> None:
    for seed in range(12):
        empty.append(pool(10, seed=seed, first_key=1 + 10 * seed))
    assert len(list(empty.folder.glob("segment-*"))) <= 9
    assert empty.rows == 120


def test_a_reader_keeps_its_answers_while_the_index_is_rebuilt(empty: Index) -> None:
    empty.append(pool(300, seed=6))
    reader = _again(empty)
    before = _all(reader)
    empty.rebuild([pool(300, seed=6)])
    assert _all(reader) == before


_WRITER = """
import sys
from pathlib import Path
from maitred.insight.ranking.index import Index
from maitred.insight.ranking.tests.pools import pool
index = Index.open(Path(sys.argv[1]))
if sys.argv[2] == "append":
    index.append(pool(80, seed=9, first_key=41))
elif sys.argv[2] == "erase":
    index.erase([7919 * 5])
else:
    index.compact()
"""


@pytest.mark.parametrize("work", ["append", "erase", "compact"])
@pytest.mark.parametrize("fault", ["index.segment:3", "index.switch:1"])
def test_a_writer_killed_at_any_step_leaves_the_index_before_and_the_next_one_ends_it(
    empty: Index, work: str, fault: str
) -> None:
    empty.append(pool(60, seed=8))
    empty.append(pool(20, seed=8, first_key=201))
    before = _all(empty)
    words = [sys.executable, "-c", _WRITER, str(empty.folder), work]
    killed = subprocess.run(words, env={**os.environ, "MAITRED_FAULT": fault}, check=False)
    if work == "erase" and fault.startswith("index.segment"):
        assert killed.returncode == 0  # an erasure writes no segment
        return
    assert killed.returncode == 137
    assert _all(_again(empty)) == before
    assert subprocess.run(words, check=False).returncode == 0
    assert len(list(Path(empty.folder).glob("segment-*"))) == {"append": 3, "erase": 2, "compact": 1}[work]
