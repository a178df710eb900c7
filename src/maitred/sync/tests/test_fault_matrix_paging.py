"""Faults of pages and cursors: doubled, empty, swapped, forgotten, rejected; nothing is lost quietly."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from maitred.connectors.doubling import Answer, Fault
from maitred.sync.engine import Outcome, status
from maitred.sync.tests.live import (
    BASE,
    DESKS,
    Reader,
    cases_of,
    clean,
    desk_of,
    reader_of,
    resumed,
    same,
    sound,
    spoilt,
    stirred,
)
from maitred.sync.tests.test_fault_matrix_table import FRESHDESK, SALESFORCE, ZENDESK, Entry, matrix

LIST = {ZENDESK: "/api/v2/views", FRESHDESK: "/api/v2/contacts", SALESFORCE: f"{BASE}/query/"}
"""A list of more than one page: views, contacts, the cases of a query that is followed."""
MANY = {ZENDESK: {}, FRESHDESK: {"tickets": 330}, SALESFORCE: {}}
"""What makes the list longer than a page."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@contextmanager
def read_through(vendor: str, home: Path, said: str = "", **words: Any) -> Iterator[tuple[Reader, list[Outcome]]]:
    """An account that was never read; what follows must end as one clean sync, and soundly."""
    outcomes: list[Outcome] = []
    with desk_of(vendor, **words) as double:
        reader = reader_of(vendor, double, home)
        yield reader, outcomes
        assert outcomes[-1].complete, outcomes[-1].as_json()
        same(reader, clean(vendor, double, home.parent / "clean", settings=reader.account.settings))
        sound(reader, outcomes, said)
        reader.close()


def reasons(outcome: Outcome) -> str:
    return "; ".join(each.reason for each in outcome.streams if not each.complete)


def messages(reader: Reader) -> list[str]:
    """What may be missing, as it is told."""
    return [gap.message for gap in status(reader.workspace, reader.account.slug).gaps]


@matrix(25, 27)
def test_a_list_that_repeats_or_swaps_pages_loses_nothing(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kind = "duplicate_page" if fault.number == 25 else "swapped_pages"
    with read_through(vendor, home, caplog.text, **MANY[vendor]) as (reader, outcomes):
        planned = Fault(kind, LIST[vendor], nth=2 if fault.number == 25 else 1)
        reader.double.faults.append(planned)
        outcomes += reader.until_complete()
        assert planned.passed >= 2


@matrix(26)
def test_an_empty_page_is_not_taken_for_the_last(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with read_through(vendor, home, caplog.text, **MANY[vendor]) as (reader, outcomes):
        if vendor == SALESFORCE:
            _one_empty_page(reader)
        at = DESKS[ZENDESK].tickets if vendor == ZENDESK else LIST[vendor]
        reader.double.faults.append(Fault("empty_page", at, nth=1 if vendor == FRESHDESK else 2))
        outcomes += reader.until_complete()
        assert len(outcomes) == 1


def _one_empty_page(reader: Reader) -> None:
    """The first page that a query leads to is empty, and leads to itself."""
    left = [True]

    def empty(path: str, query: Mapping[str, str], body: Any, answer: Answer) -> Answer:
        if not left:
            return answer
        left.clear()
        return Answer(200, {**body, "records": [], "done": False, "nextRecordsUrl": path}, answer.headers)

    spoilt(reader.double, f"{BASE}/query/", empty)


@matrix(28)
def test_a_list_that_leads_to_itself_for_ever_is_left_by_name(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    at = {ZENDESK: "/api/v2/incremental/tickets", FRESHDESK: LIST[FRESHDESK], SALESFORCE: LIST[SALESFORCE]}[vendor]
    kind = "duplicate_page" if vendor == FRESHDESK else "same_cursor"
    with read_through(vendor, home, caplog.text, **MANY[vendor]) as (reader, outcomes):
        reader.double.faults.append(Fault(kind, at, nth=2, times=500))
        before = len(reader.double.requests)
        outcomes.append(reader.sync())
        assert not outcomes[0].complete and len(reader.double.requests) - before < 600
        assert "itself" in reasons(outcomes[0]) or "gives page" in reasons(outcomes[0]), outcomes[0].as_json()
        reader.double.faults.clear()
        outcomes += reader.until_complete()


@matrix(29, 37)
def test_a_second_with_more_than_a_page_is_whole_or_a_gap_that_a_reconcile_closes(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with read_through(vendor, home, caplog.text, **({"tickets": 130} if vendor == FRESHDESK else {})) as told:
        reader, outcomes = told
        assert reader.sync().complete
        reader.double.clock.advance(600)
        _crowd(vendor, reader, 125 if vendor == FRESHDESK else 18)
        pinned = vendor == ZENDESK and fault.number == 29
        if pinned:
            reader.double.faults.append(Fault("pinned_second", "/api/v2/incremental/ticket_events", times=2))
        outcomes += reader.until_complete()
        if pinned:
            assert any("than one page holds" in one for one in messages(reader))
            outcomes.append(reader.sync(reconcile=True))


def _crowd(vendor: str, reader: Reader, count: int) -> None:
    """So many tickets change in one second."""
    double: Any = reader.double
    change = {
        ZENDESK: {"op": "mass", "tickets": list(range(1, count + 1)), "values": {"priority": "low"}, "note": "All"},
        FRESHDESK: {"op": "mass_update", "tickets": list(range(1, count + 1)), "values": {"type": "Incident"}},
        SALESFORCE: {"op": "mass", "values": {"Priority": "Critical"}},
    }[vendor]
    double.mutate(change)
    double.clock.advance(120)


@matrix(30)
def test_records_that_change_between_pages_come_in_their_newest_form(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with read_through(vendor, home, caplog.text, **({"tickets": 230} if vendor == FRESHDESK else {})) as told:
        reader, outcomes = told
        left = [2, 5, 9, 14, 19]

        def meddle(stream: str, records: int) -> None:
            if left and stream == DESKS[vendor].stream:
                _edit(vendor, reader, left.pop(0))
                reader.double.clock.advance(1)

        outcomes += reader.until_complete(progress=meddle)
        assert len(left) < 4
        reader.double.clock.advance(120)
        outcomes += reader.until_complete()


def _edit(vendor: str, reader: Reader, number: int) -> None:
    double: Any = reader.double
    changes: dict[str, dict[str, Any]] = {
        ZENDESK: {"op": "edit", "ticket": number, "values": {"priority": "urgent"}, "note": f"Note {number}"},
        FRESHDESK: {"op": "reply", "ticket": number, "text": f"Note {number}"},
    }
    case = (
        {"op": "edit", "case": cases_of(double)[number], "values": {"Priority": "Critical"}}
        if vendor == SALESFORCE
        else {}
    )
    double.mutate(changes.get(vendor, case))


@matrix(31)
def test_what_lies_behind_the_wall_is_reached_or_told(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with read_through(vendor, home, caplog.text, tickets=330, wall=2) as (reader, outcomes):
        outcomes += reader.until_complete()
        assert messages(reader) == []
        assert not [one for one in reader.double.requests if one.status == 400]
    with desk_of(vendor, tickets=330, wall=2) as double:
        reader = reader_of(vendor, double, home.parent / "crowd")
        _crowd(vendor, reader, 320)
        outcome = reader.sync()
        assert any("than the 2 pages that can be read" in one for one in messages(reader))
        sound(reader, [outcome], caplog.text)
        reader.close()


# ---------------------------------------------------------------- queries and jobs


@matrix(32)
def test_a_forgotten_query_is_asked_again(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with read_through(vendor, home, caplog.text) as (reader, outcomes):
        planned = Fault("locator_expired", f"{BASE}/query/", nth=2, times=3)
        reader.double.faults.append(planned)
        outcomes += reader.until_complete()
        assert planned.passed > 5 and len(outcomes) == 1


@matrix(33, 34)
def test_jobs_that_fail_and_parts_with_headers_come_to_the_same(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for place, kind in enumerate(("bulk_failed", "bulk_aborted") if fault.number == 33 else (True, False)):
        words = {"repeats": kind} if isinstance(kind, bool) else {}
        with read_through(vendor, home.parent / str(place) / "home", caplog.text, **words) as (reader, outcomes):
            reader.account = _by_jobs(reader)
            if isinstance(kind, str):
                reader.double.faults.append(Fault(kind, f"{BASE}/jobs/query/", times=1 + 4 * place))
            outcomes += reader.until_complete()
            assert reader.double.heard(f"{BASE}/jobs/query/")


def _by_jobs(reader: Reader) -> Any:
    from dataclasses import replace

    return replace(reader.account, settings={"bulk_from": 0, "bulk_part": 13})


# ---------------------------------------------------------------- cursors


def put(reader: Reader, stream: str, cursor: Mapping[str, Any]) -> None:
    """Let a stream stand somewhere else, as a restored or damaged ledger would."""
    db = sqlite3.connect(reader.home / "maitred.db")
    with db:
        assert db.execute("UPDATE sync_stream SET cursor = ? WHERE stream = ?", (json.dumps(cursor), stream)).rowcount
    db.close()


FUTURE: dict[str, dict[str, dict[str, Any]]] = {
    ZENDESK: {"ticket_events": {"v": 1, "start": 1_960_000_000}, "organizations": {"v": 1, "start": 1_960_000_000}},
    FRESHDESK: {"tickets": {"v": 1, "marks": dict.fromkeys(("live", "deleted", "spam"), "2032-01-01T00:00:00Z")}},
    SALESFORCE: {"Case": {"v": 1, "at": "2032-01-01T00:00:00.000Z", "id": "5008d0000000009AAA"}},
}


@matrix(35)
def test_a_cursor_in_the_future_is_put_back_and_told(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with resumed(vendor, home) as reader:
        reader.double.clock.advance(600)
        stirred(vendor, reader.double)
        for stream, cursor in FUTURE[vendor].items():
            put(reader, stream, cursor)
        outcomes = [*reader.until_complete(), reader.sync()]
        assert all(one.complete for one in outcomes)
        assert any("future" in one for one in messages(reader)), messages(reader)
        same(reader, clean(vendor, reader.double, home.parent / "clean"))
        sound(reader, outcomes, caplog.text)


REJECTED: dict[str, tuple[str, dict[str, Any]]] = {
    ZENDESK: ("tickets", {"v": 1, "after": "bm9uc2Vuc2U="}),
    FRESHDESK: (
        "tickets",
        {"v": 1, "marks": {}, "place": {"pass": "live", "since": "2020-01-01T00:00:00Z", "page": 0}},
    ),
    SALESFORCE: ("Case", {"v": 1, "at": "2026-03-02T08:00:00.000Z", "id": "", "from": "nonsense"}),
}


@matrix(36)
def test_a_cursor_that_is_rejected_leads_to_a_new_beginning_which_is_told(
    fault: Entry, vendor: str, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stream, cursor = REJECTED[vendor]
    with resumed(vendor, home) as reader:
        stirred(vendor, reader.double)
        put(reader, stream, cursor)
        outcomes = reader.until_complete(tries=3)
        assert outcomes[-1].complete, reasons(outcomes[-1])
        told = any("rejected" in one for one in outcomes[0].notices)
        assert (told or vendor == ZENDESK) and messages(reader) == []  # Zendesk's goes on a day before by itself
        same(reader, clean(vendor, reader.double, home.parent / "clean"))
        sound(reader, outcomes, caplog.text)
