"""A simulated organisation gives the same tables and the same figures by whichever way it comes in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from maitred.canon.tables import BOOKKEEPING, TABLES
from maitred.floor.records import batches, settings
from maitred.floor.run import Run
from maitred.floor.shapes import freshdesk, salesforce, zendesk
from maitred.floor.tests.recorded import MIDWAY, small_run
from maitred.floor.world import World
from maitred.metrics import queries
from maitred.metrics.asking import asking
from maitred.metrics.catalogue import METRICS
from maitred.metrics.pipeline import Report, import_and_publish, load_and_publish
from maitred.metrics.refresh import open_workspace
from maitred.metrics.scope import Scope
from maitred.sync.kinds import KINDS
from maitred.sync.workspace import Workspace, create

NOT_IN_ZENDESK = ("ticket_tags", "time_entries", "calls", "engagements")


def _opened(home: Path) -> Workspace:
    create(home)
    return open_workspace(home)


def _imported(run: Run, folder: Path) -> Workspace:
    """Through the vendor's files."""
    zendesk.write(run, folder / "files")
    workspace = _opened(folder / "workspace")
    report = import_and_publish(workspace, KINDS["zendesk"](), folder / "files", name="floor")
    assert not report.failed
    assert not report.notices
    assert sum(file.quarantined for file in report.files) == 0
    return workspace


def _loaded(run: Run, folder: Path, rows: int) -> Workspace:
    """Canonical tables straight into the warehouse."""
    workspace = _opened(folder / "workspace")
    known = settings(run)
    load_and_publish(workspace, batches(run, rows=rows), name="floor", as_of=known["as_of"], bots=known["bots"])
    return workspace


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    workspace = _imported(small_run(texts=True), tmp_path_factory.mktemp("zendesk"))
    yield workspace
    workspace.close()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    workspace = _loaded(small_run(texts=True), tmp_path_factory.mktemp("canonical"), 400)
    yield workspace
    workspace.close()


def _rows(workspace: Workspace, name: str) -> pa.Table:
    left_out = {*BOOKKEEPING, TABLES[name].partition}
    columns = [column for column in TABLES[name].schema.names if column not in left_out]
    if not workspace.store.exists(name):
        return TABLES[name].schema.empty_table().select(columns)
    return workspace.store.scan(name, None, columns).sort_by("external_id").combine_chunks()


@pytest.mark.parametrize("name", [name for name in TABLES if name not in NOT_IN_ZENDESK])
def test_both_ways_give_the_same_cells(imported: Workspace, loaded: Workspace, name: str) -> None:
    one, other = _rows(imported, name), _rows(loaded, name)
    for column in one.schema.names:
        assert one[column].equals(other[column]), column
    assert one.num_rows or name not in ("tickets", "ticket_events", "messages", "satisfaction", "sla_events")


def _figures(workspace: Workspace) -> dict[str, Any]:
    """Every metric of the catalogue with all its figures."""
    publication = workspace.publication()
    assert publication is not None
    with asking(workspace, publication) as ask:
        return {name: queries.show(ask.engine, name, scope=Scope.everything()).rows for name in METRICS}


@pytest.fixture(scope="module")
def figures(imported: Workspace, loaded: Workspace) -> tuple[dict[str, Any], dict[str, Any]]:
    """The figures by either way."""
    return _figures(imported), _figures(loaded)


@pytest.mark.parametrize("metric", METRICS)
def test_both_ways_give_the_same_figures(figures: tuple[dict[str, Any], dict[str, Any]], metric: str) -> None:
    one, other = (found[metric] for found in figures)
    assert len(one) > 0
    assert one == other


@pytest.mark.slow
def test_the_demonstration_has_the_same_figures_by_either_way(tmp_path: Path) -> None:
    run = World.demo("small", seed=7).run(texts=True)
    by_files, direct = _imported(run, tmp_path / "files"), _loaded(run, tmp_path / "direct", 20_000)
    assert _figures(by_files) == _figures(direct)
    assert _rows(by_files, "ticket_events").equals(_rows(direct, "ticket_events"))
    by_files.close()
    direct.close()


def test_a_later_telling_completes_an_earlier_one(tmp_path: Path, imported: Workspace) -> None:
    run = small_run(texts=True)
    workspace = _opened(tmp_path / "workspace")
    for until in (MIDWAY, None):
        folder = tmp_path / f"files-{until is None}"
        zendesk.write(run, folder, until=until)
        import_and_publish(workspace, KINDS["zendesk"](), folder, name="floor")
    for name in ("tickets", "ticket_events", "messages", "satisfaction", "users"):
        assert _rows(workspace, name).equals(_rows(imported, name)), name
    workspace.close()


@pytest.mark.parametrize(("vendor", "shape"), [("freshdesk", freshdesk), ("salesforce", salesforce)])
def test_the_other_helpdesks_read_their_files_whole(vendor: str, shape: Any, tmp_path: Path) -> None:
    run = small_run()
    written = shape.write(run, tmp_path / "files")
    workspace = _opened(tmp_path / "workspace")
    report = import_and_publish(workspace, KINDS[vendor](), tmp_path / "files", name=vendor)
    assert sum(file.quarantined for file in report.files) == 0
    assert not report.notices
    _check_heads(workspace, run, report, written.counts)
    workspace.close()


def _check_heads(workspace: Workspace, run: Run, report: Report, counts: dict[str, int]) -> None:
    """As many tickets and messages as there are, each ticket in the state in which the run left it."""
    from maitred.floor.records import tables

    truth = tables(run)
    assert report.tickets == truth["tickets"].num_rows == counts.get("tickets", counts.get("Case"))
    assert report.messages == truth["messages"].num_rows
    words = {"new": {"new", "open"}, "closed": {"closed", "solved"}}
    expected = {row["number"]: row["status"] for row in truth["tickets"].to_pylist()}
    for row in workspace.store.scan("tickets", None, ["number", "status"]).to_pylist():
        status = expected[row["number"].lstrip("0")]
        assert row["status"] in words.get(status, {status})
