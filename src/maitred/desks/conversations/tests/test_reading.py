"""What the worker keeps: each message once, anew where something changed, nothing personal, nothing that was erased."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.compute as pc
import pytest

from maitred.desks.conversations import erasing
from maitred.desks.conversations.reading import gathering, table, wordindex, working
from maitred.desks.conversations.reading.wordindex import Wanted, match
from maitred.desks.conversations.tests import world
from maitred.desks.conversations.tests.conftest import read
from maitred.insight.text import turns
from maitred.metrics.refresh import open_workspace


@pytest.fixture
def copied(talks_home: Path, tmp_path: Path) -> Path:
    """A workspace of one's own, to be changed."""
    shutil.copytree(talks_home, tmp_path / "own")
    return tmp_path / "own"


def _rows(home: Path, *columns: str) -> list[dict[str, object]]:
    return [
        row for part in table.store(home).batches(table.NAME, None) for row in part.select(list(columns)).to_pylist()
    ]


def _found(home: Path, query: str) -> list[str]:
    some = wordindex.search(home, Wanted(match(query)), 100)
    return [one.ticket for part in some for one in part]


def test_every_message_is_read_once_and_a_second_round_does_nothing(talks_home: Path) -> None:
    keys = [(one["source_id"], one["external_id"]) for one in _rows(talks_home, "source_id", "external_id")]
    with closing(open_workspace(talks_home)) as workspace:
        publication = workspace.publication()
        assert publication is not None and len(keys) == len({*keys}) == publication.rows["messages"]
    before = table.version(talks_home)
    assert read(talks_home) == working.Done(0, 0, before)
    assert wordindex.version(talks_home) == table.version(talks_home) == before


def test_nothing_personal_is_in_any_byte_of_it(talks_home: Path) -> None:
    wordindex.squeeze(talks_home)
    held = b"".join(path.read_bytes() for path in sorted((talks_home / table.FOLDER).rglob("*")) if path.is_file())
    said = " ".join(str(one["masked"]) for one in _rows(talks_home, "masked"))
    assert "parrotfish" in said and b"parrotfish" in held
    for secret in (world.CARD, world.CARD.replace(" ", ""), "1111 1111", world.MAIL, "Quill Ferro", "quill.ferro"):
        assert secret not in said and secret.encode() not in held


def test_other_rules_read_everything_anew(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "rules_id", lambda: "0123456789abcdef")
    done = read(copied)
    assert done.read == len(_rows(copied, "external_id")) and done.removed == 0
    assert {one["rules"] for one in _rows(copied, "rules")} == {"0123456789abcdef"}
    assert _found(copied, "parrotfish") and read(copied).read == 0


def test_only_conversations_with_something_new_are_read(copied: Path) -> None:
    """Readings that are missing, or of an older state of a message, are those that are made."""
    month = 202512
    gone = {"demo": [int(world.FORGOTTEN)]}
    version = table.replace(copied, month, table.SCHEMA.empty_table(), gone, {})
    wordindex.write(copied, month, table.SCHEMA.empty_table(), gone, version)
    assert world.FORGOTTEN not in _found(copied, "parrotfish")
    assert read(copied).read == 1
    assert world.FORGOTTEN in _found(copied, "parrotfish")


def test_several_processes_read_the_same_as_one(copied: Path) -> None:
    one = sorted(map(str, _rows(copied, "external_id", "shown", "promises", "masked", "unhappy", "language")))
    shutil.rmtree(copied / table.FOLDER)
    with closing(open_workspace(copied)) as workspace:
        publication = workspace.publication()
        assert publication is not None
        assert gathering.due(workspace, publication, turns.rules_id()).messages == len(one)
        monkey = working.ALONE
        try:
            working.ALONE = 10
            working.refresh(workspace, publication, ZoneInfo("America/New_York"), processes=2)
        finally:
            working.ALONE = monkey
    two = sorted(map(str, _rows(copied, "external_id", "shown", "promises", "masked", "unhappy", "language")))
    assert one == two


def test_the_index_is_made_anew_where_it_is_missing_or_older(copied: Path) -> None:
    (copied / table.FOLDER / wordindex.FILE).unlink()
    read(copied)
    assert world.FORGOTTEN in _found(copied, "parrotfish")
    wordindex.note(copied, {"version": "0"})
    read(copied)
    assert (
        wordindex.version(copied) == table.version(copied) and _found(copied, "parrotfish").count(world.FORGOTTEN) == 1
    )


def test_only_one_process_reads_at_a_time(copied: Path) -> None:
    with closing(open_workspace(copied)) as workspace, working._alone(copied) as mine:
        publication = workspace.publication()
        assert mine and publication is not None
        assert working.refresh(workspace, publication, ZoneInfo("UTC")) is None


def test_an_erased_customer_is_in_no_byte_any_more(copied: Path) -> None:
    user = ("demo", str(world.CUSTOMER))
    assert erasing.left(copied, user) > 0
    done = erasing.erase(copied, users={user})
    assert done["removed"] > erasing.left(copied, user) == 0
    held = b"".join(path.read_bytes() for path in sorted((copied / table.FOLDER).rglob("*")) if path.is_file())
    assert b"parrotfish" not in held and _found(copied, "parrotfish") == []
    rows = table.store(copied).scan(table.NAME, None, ("author_id",))
    assert rows.num_rows and not pc.any(pc.equal(rows["author_id"], user[1])).as_py()


@pytest.mark.parametrize(
    "query", ['"', "AND OR NOT", 'a" OR words MATCH "b', "col:x*", "(((", "-refund", "NEAR(a b)", "'"]
)
def test_no_sign_of_a_query_is_an_operator(talks_home: Path, query: str) -> None:
    assert isinstance(_found(talks_home, query) if match(query) else [], list)
