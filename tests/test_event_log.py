"""A real incident log through the command line: what is counted, and the figures that docs/uci-incidents.md prints."""

from __future__ import annotations

import statistics

import pytest

from tests.house import REPOSITORY, House, maitred_shared_data

LOG = maitred_shared_data() / "eventlogs" / "uci_incidents" / "incident_event_log_first60.csv.gz"
MAP = REPOSITORY / "docs" / "examples" / "uci_incidents.toml"
WORDS = ("import", "eventlog", str(LOG), "--case", "number", "--activity", "ident_state", "--time", "sys_updated_at")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not LOG.is_file(), reason="the UCI incident log is not among the shared test data"),
]
FIGURES = {
    "reopens.transitions": ("reopenings", 224, 0),
    "group_changes": ("group changes", 11_748, 0),
    "reassignments": ("reassignments", 3_245, 0),
}
"""Sum and median over all incidents, as the document's tables have them in the column "ours"."""


@pytest.fixture(scope="module")
def imported(house: House) -> House:
    report = house.ask(*WORDS, "--map", str(MAP))
    (file,) = report["files"]
    assert (file["rows"], file["quarantined"]) == (90_271, 0)
    assert file["rows"] == file["loaded"] + file["superseded"]
    assert (report["tickets"], report["events"], report["messages"]) == (14_951, 128_595, 0)
    assert report["span"] == {"from": "2016-02-29T01:16:00Z", "to": "2017-02-15T15:00:00Z"}
    return house


@pytest.fixture(scope="module")
def tickets(imported: House) -> list[dict[str, str]]:
    return imported.exported("tickets")


@pytest.mark.parametrize("column", FIGURES)
def test_the_exported_counts_are_those_of_the_document(column: str, tickets: list[dict[str, str]]) -> None:
    word, total, median = FIGURES[column]
    counts = [int(row[column]) for row in tickets]
    assert (len(counts), sum(counts), statistics.median(counts)) == (14_951, total, median)
    assert f"| {word} | {total:,} |" in (REPOSITORY / "docs" / "uci-incidents.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("metric", "value", "n"),
    [
        ("full_resolution.calendar", 95_040, 14_951),
        ("first_resolution.calendar", 93_720, 14_951),
        ("time_to_assign.calendar", 360, 14_303),
        ("hold_time.calendar", 0, 14_951),
        ("arrivals", 14_951, 14_951),
    ],
)
def test_the_medians_and_counts_of_the_log_are_shown(metric: str, value: int, n: int, imported: House) -> None:
    (row,) = imported.ask("metrics", "show", metric)["rows"]
    assert (row["value"], row["n"]) == (value, n)


def test_a_metric_that_the_log_cannot_feed_says_so_instead_of_zero(imported: House) -> None:
    (row,) = imported.ask("metrics", "show", "frt.business_all")["rows"]
    assert (row["value"], row["n"], row["verdict"]) == (None, 0, "not_enough_data")


def test_the_same_log_again_changes_nothing(imported: House) -> None:
    again = imported.ask(*WORDS, "--map", str(MAP))
    (file,) = again["files"]
    assert (file["loaded"], file["quarantined"], file["superseded"]) == (0, 0, 90_271)
    assert again["publication"] == 1
