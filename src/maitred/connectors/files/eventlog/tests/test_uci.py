"""The real incident log: decoded whole, and its own counters explained to the last step, as the docs say."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from maitred.connectors.files.eventlog.decode import DecodedLog, decode_log, joined
from maitred.connectors.files.eventlog.mapping import Mapping
from maitred.connectors.files.eventlog.reader import read
from maitred.connectors.files.eventlog.roles import Roles
from maitred.connectors.files.eventlog.tests.logs import REPOSITORY
from maitred.connectors.files.eventlog.tests.uci_comparison import Comparison, compare, minute_of
from maitred.connectors.tests.samples import maitred_shared_data

DOCS = REPOSITORY / "docs"
ROLES = Roles("number", "ident_state", "sys_updated_at")


@pytest.fixture(scope="module")
def rows() -> pa.Table:
    path = maitred_shared_data() / "eventlogs" / "uci_incidents" / "incident_event_log_first60.csv.gz"
    if not path.exists():
        pytest.skip("the UCI incident log is not among the shared test data")
    return joined(page.rows for page in read(path))


@pytest.fixture(scope="module")
def log(rows: pa.Table) -> DecodedLog:
    return decode_log(rows, ROLES, Mapping.from_toml(DOCS / "examples" / "uci_incidents.toml"))


@pytest.fixture(scope="module")
def compared(rows: pa.Table, log: DecodedLog) -> dict[str, Comparison]:
    return compare(log.decoded.tables["ticket_events"], rows)


def test_every_row_of_the_real_log_is_used(log: DecodedLog) -> None:
    assert (log.rows, log.repeated, log.decoded.bad) == (90_271, 0, [])
    assert log.decoded.tables["tickets"].num_rows == 14_951
    events = log.decoded.tables["ticket_events"]
    assert pc.count_distinct(events.column("external_id")).as_py() == events.num_rows == 128_595


def test_the_last_state_of_each_incident_is_that_of_its_last_update(rows: pa.Table, log: DecodedLog) -> None:
    last = dict(zip(rows.column("number").to_pylist(), rows.column("ident_state").to_pylist(), strict=True))
    tickets = log.decoded.tables["tickets"]
    told = dict(zip(tickets.column("external_id").to_pylist(), tickets.column("status_raw").to_pylist(), strict=True))
    assert sum(told[case] != state for case, state in last.items()) <= 1  # one incident is not in order in the file


@pytest.mark.parametrize("counter", ["reopens", "group changes", "reassignments"])
def test_every_difference_to_the_logs_own_counter_is_explained(compared: dict[str, Comparison], counter: str) -> None:
    found = compared[counter]
    assert found.classes["unexplained"] == 0
    both = found.classes["both"]
    assert both + sum(n for name, n in found.classes.items() if name.startswith("log only")) == sum(found.theirs)
    assert both + sum(n for name, n in found.classes.items() if name.startswith("ours only")) == sum(found.ours)


@pytest.mark.parametrize("counter", ["reopens", "group changes", "reassignments"])
def test_the_docs_show_the_figures_as_computed(compared: dict[str, Comparison], counter: str) -> None:
    page, figures = _page(), compared[counter].figures
    for name, steps in compared[counter].classes.items():
        assert f"| {name} | {steps:,} |" in page
    label = {"reopens": "reopenings"}.get(counter, counter)
    assert f"| {label} | {figures['ours']:,} | {figures['theirs']:,} |" in page
    assert f"| median per incident | {figures['median ours']} | {figures['median theirs']} |" in page
    assert f"| mean per incident | {figures['mean ours']} | {figures['mean theirs']} |" in page
    assert f"agree in {figures['tickets equal']:,} of {figures['tickets']:,} incidents" in page


def test_the_docs_claims_about_people_and_groups_hold(rows: pa.Table, compared: dict[str, Comparison]) -> None:
    page = _page()
    names = ("number", "ident_state", "sys_updated_by", "resolved_by", "assignment_group", "reassignment_count")
    lines = sorted_lines(rows, names)
    pairs = [(old, new) for old, new in pairwise(lines) if old[0] == new[0]]
    resolving = [new for old, new in pairs if new[1] == "Resolved" != old[1]]
    resolving += [new for old, new in pairwise([("",) * 6, *lines]) if old[0] != new[0] and new[1] == "Resolved"]
    assert f"in none of the {len(resolving):,} updates that enter Resolved" in page
    assert sum(new[2] == new[3] for new in resolving) == 0
    to_or_from_empty = sum(old[5] != new[5] and old[4] != new[4] and "?" in (old[4], new[4]) for old, new in pairs)
    assert f"({to_or_from_empty:,} of {sum(compared['group changes'].theirs):,})" in page
    assert sum(old[4] != new[4] and old[5] == new[5] for old, new in pairs) == 0


def sorted_lines(rows: pa.Table, names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Some columns of the log, its rows ordered by incident, time and update."""
    columns = [rows.column(name).to_pylist() for name in (*names, "sys_updated_at", "sys_mod_count")]
    lines = sorted(zip(*columns, strict=True), key=lambda line: (line[0], minute_of(line[-2]), int(line[-1])))
    return [line[: len(names)] for line in lines]


def _page() -> str:
    return Path(DOCS / "uci-incidents.md").read_text(encoding="utf-8")
