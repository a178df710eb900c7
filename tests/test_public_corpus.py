"""The public corpus through the command line: every expected cell, and a second opinion within its stated tolerance.

``zendesk_corpus`` holds 400 tickets in Fivetran's tables, the values that an independent reference expects, and the
output of a public package on the same tables. Where the package differs, its README says on which tickets and why.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.house import House, maitred_shared_data, rows_of

CORPUS = maitred_shared_data() / "zendesk_corpus"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the public corpus is not among the shared test data")

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def imported(house: House) -> House:
    report = house.ask("import", "fivetran-zendesk", str(CORPUS / "tables"))
    assert report["tickets"] == 400
    assert all(f["rows"] == f["loaded"] + f["superseded"] + f["quarantined"] for f in report["files"])
    assert not any(f["quarantined"] for f in report["files"])
    return house


@pytest.fixture(scope="module")
def tickets(imported: House) -> Rows:
    return imported.exported("tickets")


@pytest.fixture(scope="module")
def sla(imported: House) -> Rows:
    return imported.exported("sla")


@pytest.fixture(scope="module")
def peer() -> dict[str, dict[str, str]]:
    return {row["ticket_id"]: row for row in rows_of(CORPUS / "peer" / "peer_ticket_metrics.csv")}


@pytest.mark.parametrize("table", ["tickets", "sla"])
def test_every_expected_cell_is_exported_as_expected(table: str, tickets: Rows, sla: Rows) -> None:
    ours = {"tickets": tickets, "sla": sla}[table]
    expected = rows_of(CORPUS / "expected" / f"expected_{table}.csv")
    columns = list(expected[0])
    assert list(ours[0])[: len(columns)] == columns
    assert len(ours) == len(expected)
    differing = [
        (wanted["ticket_id"], name, wanted[name], row[name])
        for wanted, row in zip(expected, ours, strict=True)
        for name in columns
        if wanted[name] != row[name]
    ]
    assert differing == []


def test_the_ledger_of_a_ticket_adds_up_to_the_exported_figure_in_every_mode(imported: House, tickets: Rows) -> None:
    (ticket,) = [row for row in tickets if row["ticket_id"] == "1020"]
    ledgers = imported.ask("explain", "1020", "frt")["ledgers"]
    told = {part["mode"]: sum(row["seconds"] for row in part["rows"]) for part in ledgers}
    assert told == {"calendar": 185_880, "business_all": 960, "business_last": 43_200}
    assert told == {mode: int(ticket[f"frt.{mode}"]) for mode in told}


@pytest.mark.parametrize("clock", ["frt", "rwt", "full_resolution", "sla.first_reply", "sla.requester_wait"])
def test_every_clock_of_some_tickets_can_be_explained(clock: str, imported: House, tickets: Rows) -> None:
    for row in tickets[::80]:
        for part in imported.ask("explain", row["ticket_id"], clock)["ledgers"]:
            assert sum(line["seconds"] for line in part["rows"]) == (part["seconds"] or 0)


SECONDS_PER_MINUTE = 60
EXACT, FLOAT, BOUNDARIES = 0.0001, 0.02, 2.1
"""Minutes of difference that the corpus' README states for a column of the peer, which prints four decimals."""
STATUS_CLOCKS = {
    "pending_time": "agent_wait_time_in_{}_minutes",
    "rwt": "requester_wait_time_in_{}_minutes",
    "unsolved_time": "solve_time_in_{}_minutes",
    "awt": "agent_work_time_in_{}_minutes",
    "hold_time": "on_hold_time_in_{}_minutes",
    "new_time": "new_status_duration_in_{}_minutes",
    "open_time": "open_status_duration_in_{}_minutes",
}
SPANS = [
    ("frt.calendar", "first_reply_time_calendar_minutes", EXACT, set[str]()),
    ("frt.business_all", "first_reply_time_business_minutes", FLOAT, {"1021", "1077"}),
    ("first_resolution.business_all", "first_resolution_business_minutes", FLOAT, {"1301"}),
    ("full_resolution.calendar", "final_resolution_calendar_minutes", BOUNDARIES, {"1301"}),
    ("full_resolution.business_all", "full_resolution_business_minutes", FLOAT, set[str]()),
    ("first_resolution.calendar", "first_resolution_calendar_minutes", BOUNDARIES, set[str]()),
    ("time_to_assign.calendar", "ticket_unassigned_duration_calendar_minutes", BOUNDARIES, set[str]()),
]


def _apart(rows: Rows, peer: dict[str, dict[str, str]], ours: str, theirs: str, tolerance: float) -> set[str]:
    """Tickets where the two differ by more than ``tolerance`` minutes, or only one has a value."""
    found = set()
    for row in rows:
        mine, other = row[ours], peer[row["ticket_id"]][theirs]
        if not mine or not other:
            equal = mine == other
        else:
            equal = abs(int(mine) / SECONDS_PER_MINUTE - float(other)) <= tolerance + 1e-9
        if not equal:
            found.add(row["ticket_id"])
    return found


@pytest.mark.parametrize(("ours", "theirs", "tolerance", "known"), SPANS, ids=[span[0] for span in SPANS])
def test_spans_agree_with_the_peer_except_on_the_tickets_that_its_readme_names(
    ours: str, theirs: str, tolerance: float, known: set[str], tickets: Rows, peer: dict[str, dict[str, str]]
) -> None:
    assert _apart(tickets, peer, ours, theirs, tolerance) == known


@pytest.mark.parametrize(
    ("mode", "word", "tolerance"), [("business_all", "business", 0.001), ("calendar", "calendar", BOUNDARIES)]
)
@pytest.mark.parametrize("clock", STATUS_CLOCKS)
def test_status_clocks_of_tickets_that_are_not_open_agree_with_the_peer(
    clock: str, mode: str, word: str, tolerance: float, tickets: Rows, peer: dict[str, dict[str, str]]
) -> None:
    settled = [row for row in tickets if row["is_open"] == "0"]
    assert len(settled) == 379
    assert _apart(settled, peer, f"{clock}.{mode}", STATUS_CLOCKS[clock].format(word), tolerance) == set()


COUNTS = {
    "public_agent_replies": "count_public_agent_comments",
    "internal_notes": "count_internal_comments",
    "agent_comments": "count_agent_comments",
    "customer_messages": "count_end_user_comments",
    "assignees": "unique_assignee_count",
    "first_assignee_id": "first_assignee_id",
    "last_assignee_id": "last_assignee_id",
    "csat.first": "ticket_first_satisfaction_score",
    "csat.last": "ticket_satisfaction_score",
}


@pytest.mark.parametrize("ours", COUNTS)
def test_counts_people_and_ratings_agree_with_the_peer(
    ours: str, tickets: Rows, peer: dict[str, dict[str, str]]
) -> None:
    rated = {"good", "bad"}
    told = [(row["ticket_id"], row[ours], peer[row["ticket_id"]][COUNTS[ours]]) for row in tickets]
    if ours.startswith("csat"):
        told = [(ticket, mine, other if other in rated else "") for ticket, mine, other in told]
    assert [pair for pair in told if pair[1] != pair[2]] == []


@pytest.mark.parametrize(("ours", "theirs"), [("reopens.solves", "count_reopens"), ("solves", "count_resolutions")])
def test_solves_and_reopens_agree_where_the_peer_counts_at_all(
    ours: str, theirs: str, tickets: Rows, peer: dict[str, dict[str, str]]
) -> None:
    silent = [row for row in tickets if not peer[row["ticket_id"]][theirs]]
    assert len(silent) == 27
    assert {row[ours] for row in silent} == {"0"}
    assert all(row[ours] == peer[row["ticket_id"]][theirs] for row in tickets if row not in silent)


@pytest.mark.parametrize(("touch", "apart"), [("one", 0), ("two", 0), ("multi", 17)])
def test_touch_classes_agree_except_for_tickets_solved_without_a_reply(
    touch: str, apart: int, tickets: Rows, peer: dict[str, dict[str, str]]
) -> None:
    differing = [
        row
        for row in tickets
        if row[f"{touch}_touch"] != {"t": "1", "f": "0"}[peer[row["ticket_id"]][f"is_{touch}_touch_resolution"]]
    ]
    assert len(differing) == apart
    assert {row["public_agent_replies"] for row in differing} <= {"0"}


def test_flipped_ratings_are_reversed_in_the_peer_and_only_those(
    tickets: Rows, peer: dict[str, dict[str, str]]
) -> None:
    flipped = 0
    for row in tickets:
        other = peer[row["ticket_id"]]
        told = (other["is_good_to_bad_satisfaction_score"], other["is_bad_to_good_satisfaction_score"])
        theirs = tuple(flag or "f" for flag in told)
        ours = tuple("t" if row[name] == "1" else "f" for name in ("csat.good_to_bad", "csat.bad_to_good"))
        flipped += "t" in ours
        assert theirs == tuple(reversed(ours))
    assert flipped == 27


def _sla_pairs(sla: Rows) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Our instances and the peer's rows of one ticket, metric and application of the target."""
    ours = {(row["ticket_id"], row["metric"], row["applied_at"][:19].replace("T", " ")): row for row in sla}
    for other in rows_of(CORPUS / "peer" / "peer_sla.csv"):
        metric = other["metric"].removesuffix("_time")
        key = (other["ticket_id"], metric, other["sla_applied_at"])
        if key in ours:
            yield ours[key], other


SLA_DIFFERENCES = {
    ("first_reply", "business"): 4,
    ("first_reply", "calendar"): 0,
    ("next_reply", "business"): 0,
    ("next_reply", "calendar"): 0,
    ("requester_wait", "calendar"): 1,
    ("agent_work", "business"): 39,
}
"""Verdicts that differ from the peer's by its README, before the cells that depend on the day were left blank."""


@pytest.mark.parametrize(("metric", "clock"), SLA_DIFFERENCES, ids=lambda word: str(word))
def test_sla_verdicts_differ_from_the_peer_at_most_as_often_as_its_readme_says(
    metric: str, clock: str, sla: Rows
) -> None:
    pairs = [
        (row, other)
        for row, other in _sla_pairs(sla)
        if (row["metric"], row["clock"]) == (metric, clock) and other["is_sla_breach"]
    ]
    assert len(pairs) > 60
    missed = {"t": ("breached", "overdue"), "f": ("met", "running", "cancelled", "paused")}
    differing = [row for row, other in pairs if row["verdict_all"] not in missed[other["is_sla_breach"]]]
    assert len(differing) <= SLA_DIFFERENCES[metric, clock]


def test_every_elapsed_time_of_a_next_reply_is_that_of_the_peer(sla: Rows) -> None:
    pairs = [
        (int(row["elapsed_all_s"]) / SECONDS_PER_MINUTE, float(other["sla_elapsed_time"]))
        for row, other in _sla_pairs(sla)
        if row["metric"] == "next_reply" and other["sla_elapsed_time"]
    ]
    assert len(pairs) == 393
    assert max(abs(ours - theirs) for ours, theirs in pairs) <= 1.01
