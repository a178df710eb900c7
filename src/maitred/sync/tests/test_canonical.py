"""Canonical tables as Parquet files go into the warehouse like any other import: whole, once, killed at any moment."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from maitred.base.errors import BadInput
from maitred.canon.tables import BOOKKEEPING, TABLES
from maitred.metrics.pipeline import load_and_publish
from maitred.metrics.refresh import open_workspace
from maitred.sync.tests.support import KILLED, exports, generated, import_here, run_child
from maitred.sync.workspace import create


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that came from a generated log."""
    folder = tmp_path_factory.mktemp("original")
    generated(300, folder / "log", "2025-10-01")
    import_here(folder / "home", folder / "log")
    return folder / "home"


@pytest.fixture(scope="module")
def tables(original: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The canonical tables of that workspace as files."""
    folder = tmp_path_factory.mktemp("tables")
    write_tables(original, folder)
    return folder


def write_tables(home: Path, folder: Path) -> None:
    workspace = open_workspace(home)
    publication = workspace.publication()
    assert publication is not None
    for name, table in TABLES.items():
        if not workspace.store.exists(name):
            continue
        ours = (*BOOKKEEPING, "source_id", table.partition)
        columns = [column for column in table.schema.names if column not in ours]
        pq.write_table(workspace.store.scan(name, None, columns), folder / f"{name}.parquet")
    as_of = publication.sources["fivetran-zendesk"]["as_of"]
    (folder / "import.toml").write_text(f'as_of = "{as_of}"\n')
    workspace.close()


def copied(tables: Path, folder: Path) -> Path:
    folder.mkdir()
    for path in tables.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def changed(file: Path, column: str, row: int, value: object) -> None:
    """The file with another value in one cell."""
    rows = pq.read_table(file)
    values = rows[column].to_pylist()
    values[row] = value
    place = rows.schema.get_field_index(column)
    kind = rows.schema.field(column).type
    pq.write_table(rows.set_column(place, pa.field(column, kind), pa.array(values, kind)), file)


def test_the_tables_of_a_workspace_make_the_same_facts_in_another(original: Path, tables: Path, tmp_path: Path) -> None:
    report = import_here(tmp_path / "home", tables, "canonical")
    ours, theirs = exports(tmp_path / "home"), exports(original)
    assert report.publication == 1
    assert all(file.rows == file.loaded for file in report.files)
    assert {name: text.replace(b"canonical", b"fivetran-zendesk") for name, text in ours.items()} == theirs


def test_tables_in_memory_are_loaded_like_those_in_files(tables: Path, tmp_path: Path) -> None:
    import_here(tmp_path / "home", tables, "canonical")
    whole = {path.stem: pq.read_table(path) for path in tables.glob("*.parquet")}
    half = whole["messages"].num_rows // 2
    later = {"messages": whole["messages"].slice(half)}
    as_of = tomllib.loads((tables / "import.toml").read_text())["as_of"]
    create(tmp_path / "direct")
    workspace = open_workspace(tmp_path / "direct")
    for _ in range(2):
        batches = [whole | {"messages": whole["messages"].slice(0, half)}, later]
        report = load_and_publish(workspace, batches, name="canonical", as_of=as_of)
    workspace.close()
    assert report.publication == 1
    assert exports(tmp_path / "direct") == exports(tmp_path / "home")


def test_the_same_tables_again_make_no_publication(tables: Path, tmp_path: Path) -> None:
    import_here(tmp_path / "home", tables, "canonical")
    again = import_here(tmp_path / "home", tables, "canonical")
    assert again.publication == 1
    assert [file.loaded for file in again.files] == [0] * len(again.files)


@pytest.mark.parametrize("label", ["land.rename:3", "load.decode:2", "load.commit:2", "load.mark:1", "publish.write:1"])
def test_an_import_of_tables_that_is_killed_is_completed_by_the_next(tables: Path, tmp_path: Path, label: str) -> None:
    create(tmp_path / "home")
    killed = run_child(tmp_path / "home", "import", "canonical", tables, fault=label)
    assert killed.returncode in KILLED
    assert exports(tmp_path / "home") == {}
    import_here(tmp_path / "home", tables, "canonical")
    import_here(tmp_path / "clean", tables, "canonical")
    assert exports(tmp_path / "home") == exports(tmp_path / "clean")


def test_a_row_that_lacks_a_key_or_says_an_unknown_word_is_set_aside_by_its_number(
    tables: Path, tmp_path: Path
) -> None:
    folder = copied(tables, tmp_path / "tables")
    changed(folder / "tickets.parquet", "status", 4, "dormant")
    changed(folder / "messages.parquet", "sent_at", 7, None)
    report = import_here(tmp_path / "home", folder, "canonical")
    workspace = open_workspace(tmp_path / "home")
    found = {(row["file"], row["row"], row["code"]) for row in workspace.ledger.quarantine(None)}
    workspace.close()
    assert ("tickets.parquet", 5, "bad_enum") in found
    assert ("messages.parquet", 8, "missing_key") in found
    assert all(file.rows == file.loaded + file.superseded + file.quarantined for file in report.files)


def test_a_card_number_in_a_message_never_reaches_the_warehouse(tables: Path, tmp_path: Path) -> None:
    folder = copied(tables, tmp_path / "tables")
    changed(folder / "messages.parquet", "body_text", 0, "my card is 4111 1111 1111 1111")
    import_here(tmp_path / "home", folder, "canonical")
    workspace = open_workspace(tmp_path / "home")
    bodies = workspace.store.scan("messages", None, ["body_text"])["body_text"].to_pylist()
    workspace.close()
    assert "my card is [card •••• 1111]" in bodies
    assert not any("4111 1111" in body for body in bodies)


@pytest.mark.parametrize(
    ("column", "kind", "said"),
    [("mood", pa.string(), "tickets.parquet has a column mood"), ("created_at", None, "has no column created_at")],
)
def test_a_file_with_a_column_too_many_or_too_few_is_refused_by_name(
    tables: Path, tmp_path: Path, column: str, kind: pa.DataType | None, said: str
) -> None:
    folder = copied(tables, tmp_path / "tables")
    rows = pq.read_table(folder / "tickets.parquet")
    rows = rows.drop([column]) if kind is None else rows.append_column(column, pa.nulls(rows.num_rows, kind))
    pq.write_table(rows, folder / "tickets.parquet")
    with pytest.raises(BadInput, match=said):
        import_here(tmp_path / "home", folder, "canonical")


def test_a_value_of_another_type_is_refused_with_its_column(tables: Path, tmp_path: Path) -> None:
    folder = copied(tables, tmp_path / "tables")
    rows = pq.read_table(folder / "users.parquet")
    place = rows.schema.get_field_index("active")
    pq.write_table(rows.set_column(place, "active", pa.array(["perhaps"] * rows.num_rows)), folder / "users.parquet")
    with pytest.raises(BadInput, match=r"users.parquet, rows from 1: column active is no bool"):
        import_here(tmp_path / "home", folder, "canonical")


def test_the_data_speaks_up_to_the_instant_that_stands_beside_it(tables: Path, tmp_path: Path) -> None:
    (folder := copied(tables, tmp_path / "tables") / "import.toml").write_text('as_of = "2026-01-04T10:00:00Z"\n')
    import_here(tmp_path / "home", folder.parent, "canonical")
    workspace = open_workspace(tmp_path / "home")
    publication = workspace.publication()
    workspace.close()
    assert publication is not None
    assert datetime.fromisoformat(publication.sources["canonical"]["as_of"]) == datetime(2026, 1, 4, 10, tzinfo=UTC)
