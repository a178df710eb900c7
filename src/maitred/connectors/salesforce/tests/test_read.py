"""Reading a live organisation: whole, by jobs, from every cursor, past forgotten queries, deletions and late rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from maitred.connectors.doubling import Fault, Plan
from maitred.connectors.live import Refused
from maitred.connectors.salesforce.connector import CONNECTOR
from maitred.connectors.salesforce.double import BASE, Salesforce
from maitred.connectors.salesforce.mapping import decode
from maitred.connectors.salesforce.tests.asked import TOLD, Reading, asking, ends, told, whole


@pytest.fixture
def desk() -> Iterator[Salesforce]:
    with Salesforce(tickets=40, page=15) as double:
        yield double


@pytest.fixture
def reading(desk: Salesforce) -> Iterator[Reading]:
    with asking(desk) as opened:
        yield opened


def test_every_stream_is_read_to_its_end_and_decoded_without_loss(desk: Salesforce, reading: Reading) -> None:
    for stream in CONNECTOR.streams(reading.account):
        pages = list(stream.pages(reading, None))
        assert [page.complete for page in pages] == [False] * (len(pages) - 1) + [True], stream.name
        assert not [bad for page in pages for bad in decode(stream.name, page.records).bad], stream.name
        found = {one["Id"] for page in pages for one in page.records}
        rows = desk.organisation.rows[stream.name]
        left_out = {key for key, row in rows.items() if row.get("Type") == "Regular"}
        assert found == set(rows) - left_out, stream.name
    assert told(whole(reading)) == desk.truth()


def test_a_reading_by_jobs_holds_what_a_reading_by_pages_holds(desk: Salesforce, reading: Reading) -> None:
    desk.mutate({"op": "delete", "case": next(iter(desk.organisation.rows["Case"]))})
    desk.clock.advance(3_600)
    by_pages = whole(reading)
    for repeats in (True, False):
        desk.repeats = repeats
        with asking(desk, settings={"bulk_from": 0, "bulk_part": 25}) as by:
            by_jobs = whole(by)
        assert [page.complete for name, page in by_jobs if page.complete] == [True] * len(TOLD)
        assert told(by_jobs) == told(by_pages) == desk.truth()
    assert len(desk.heard(f"{BASE}/jobs/query/")) > 30


@pytest.mark.parametrize("settings", [{}, {"bulk_from": 0, "bulk_part": 9}], ids=["by pages", "by jobs"])
def test_a_reading_goes_on_from_every_cursor_it_ever_gave(settings: dict[str, int]) -> None:
    with Salesforce(tickets=15, page=6) as desk, asking(desk, settings=settings) as by:
        for name in ("Case", "CaseHistory"):
            pages = by.all(name)
            before: set[str] = set()
            for page in pages:
                before |= {one["Id"] for one in page.records}
                after = {one["Id"] for again in by.all(name, page.cursor) for one in again.records}
                assert before | after == set(desk.organisation.rows[name]), (name, page.cursor)


def test_rows_that_are_old_enough_are_not_read_again_after_an_interruption(reading: Reading) -> None:
    pages = reading.all("Case")
    again = reading.all("Case", pages[0].cursor)
    assert [page.records for page in again[:-1]] == [page.records for page in pages[1:-1]]


def test_a_forgotten_query_is_asked_again_from_the_last_row_on(desk: Salesforce, reading: Reading) -> None:
    desk.faults += [Fault("locator_expired", f"{BASE}/query/", nth=2, times=3)]
    assert told(whole(reading)) == desk.truth()
    queries = [one.query["q"] for one in desk.heard(f"{BASE}/queryAll") if " FROM Case " in one.query["q"]]
    assert any("Id > '" in query for query in queries)


def test_many_rows_of_one_second_are_more_than_a_page(desk: Salesforce, reading: Reading) -> None:
    first = whole(reading)
    desk.clock.advance(3_600)
    desk.mutate({"op": "mass", "values": {"Priority": "Critical"}})
    desk.faults += [Fault("locator_expired", f"{BASE}/query/", nth=1, times=2)]
    desk.clock.advance(3_600)
    again = whole(reading, ends(first))
    assert told(first + again) == desk.truth()
    assert len({one["Id"] for name, page in again if name == "Case" for one in page.records}) == 40


def test_a_row_that_turns_up_late_with_an_older_stamp_is_read(desk: Salesforce, reading: Reading) -> None:
    cases = list(desk.organisation.rows["Case"])
    desk.mutate({"op": "edit", "case": cases[0], "values": {"Priority": "Critical"}})
    first = whole(reading)
    desk.mutate({"op": "late", "case": cases[1], "values": {"Status": "On Hold"}, "before_s": 240})
    desk.clock.advance(86_400)
    assert told(first + whole(reading, ends(first))) == desk.truth()


def test_deleted_undeleted_and_merged_cases_are_followed_and_purged_ones_named(
    desk: Salesforce, reading: Reading
) -> None:
    one, other, third, fourth = list(desk.organisation.rows["Case"])[:4]
    pages = whole(reading)
    for change in ({"op": "delete", "case": one}, {"op": "merge", "case": other, "into": third},
                   {"op": "delete", "case": fourth}):  # fmt: skip
        desk.clock.advance(600)
        desk.mutate(change)
    pages += whole(reading, ends(pages))
    assert told(pages) == desk.truth()
    desk.clock.advance(600)
    desk.mutate({"op": "undelete", "case": one})
    pages += whole(reading, ends(pages))
    assert told(pages) == desk.truth()
    desk.clock.advance(600)
    victim = list(desk.organisation.rows["Case"])[10]
    desk.mutate({"op": "purge", "case": victim})
    desk.clock.advance(600)
    desk.faults += [Fault("exceeded_id_limit", BASE, nth=1, times=1)]
    gaps = [page.gap for name, page in whole(reading, ends(pages)) if page.gap]
    assert gaps and all(victim in gap for gap in gaps)
    desk.clock.advance(20 * 86_400)
    assert [page.gap for page in reading.all("Case", ends(pages)["Case"])][-1]


def test_a_job_that_fails_is_tried_again_and_then_pages_are_read(desk: Salesforce) -> None:
    settings = {"bulk_from": 0, "bulk_part": 50}
    for times in (1, 2):
        desk.faults[:] = [Fault("bulk_failed", f"{BASE}/jobs/query/", times=times), Fault("results_gone", nth=2)]
        with asking(desk, settings=settings) as by:
            pages = whole(by)
        assert told(pages) == desk.truth()
        assert any(page.cursor == {"v": 1} for _, page in pages) == (times == 2)


def test_what_changes_while_jobs_are_read_is_read_afterwards(desk: Salesforce) -> None:
    case = next(iter(desk.organisation.rows["Case"]))
    with asking(desk, settings={"bulk_from": 0}) as by:
        pages = [("Case", next(stream)) for stream in [by.stream("Case").pages(by, None)]]
        rest = by.stream("Case").pages(by, pages[0][1].cursor)
        while not any(page.records for _, page in pages):
            pages.append(("Case", next(rest)))
        desk.clock.advance(60)
        desk.mutate({"op": "edit", "case": case, "values": {"Status": "On Hold"}})
        pages += [("Case", page) for page in rest]
    assert told(pages)["tickets"] == desk.truth()["tickets"]


def test_a_late_row_is_read_after_an_interruption_and_after_a_forgotten_query(desk: Salesforce) -> None:
    for interrupted in (True, False):
        with asking(desk) as by:
            late, *others = desk.organisation.rows["Case"]
            for one in others:
                desk.mutate({"op": "edit", "case": one, "values": {"Priority": "Critical" if interrupted else "Low"}})
            running = by.stream("Case").pages(by, None)
            pages = [("Case", next(running)) for _ in range(2)]
            assert late == pages[0][1].records[0]["Id"]
            desk.clock.advance(120)
            status = "On Hold" if interrupted else "Closed"
            desk.mutate({"op": "late", "case": late, "values": {"Status": status}, "before_s": 180})
            desk.clock.advance(1_200)  # the query is forgotten meanwhile
            desk.mutate({"op": "edit", "case": others[-1], "values": {"Status": "Waiting on Customer"}})
            if interrupted:
                assert late in {one["Id"] for page in by.all("Case", pages[-1][1].cursor) for one in page.records}
            pages += [("Case", page) for page in running]
            pages += [("Case", page) for page in by.all("Case", pages[-1][1].cursor)]
        assert told(pages)["tickets"] == desk.truth()["tickets"]
        desk.clock.advance(86_400)


def test_reading_again_what_is_known_never_moves_the_place_back_and_can_be_interrupted(
    desk: Salesforce, reading: Reading
) -> None:
    desk.mutate({"op": "mass", "values": {"Priority": "Critical"}})
    known = reading.all("Case")[-1].cursor
    desk.clock.advance(3_600)
    pages = reading.all("Case", known)
    places = [(page.cursor["at"], page.cursor["id"]) for page in pages]
    assert len(pages) > 3 and set(places) == {(known["at"], known["id"])}
    assert len({str(page.cursor) for page in pages}) == len(pages)
    rest = reading.all("Case", pages[0].cursor)
    assert [page.records for page in rest[:2]] == [page.records for page in pages[1:3]]


def test_faults_on_the_way_lose_nothing(desk: Salesforce) -> None:
    desk.faults += Plan.random(7, count=10, at=BASE)
    with asking(desk, settings={"bulk_from": 60, "bulk_part": 40}) as by:
        pages = whole(by)
        assert by.api.counts().retries > 3
    assert told(pages) == desk.truth()


def test_only_fields_that_exist_are_asked_for_and_missing_objects_cost_only_their_stream(
    desk: Salesforce, reading: Reading
) -> None:
    desk.hidden["Case"] = {"BusinessHoursId", "IsEscalated", "Order_Number__c"}
    desk.missing = {"CaseMilestone"}
    desk.forbidden = {"EmailMessage"}
    assert {one["Id"] for page in reading.all("Case") for one in page.records} == set(desk.organisation.rows["Case"])
    with pytest.raises(Refused, match="has no CaseMilestone") as absent:
        reading.all("CaseMilestone")
    with pytest.raises(Refused, match="may not read EmailMessage") as forbidden:
        reading.all("EmailMessage")
    assert (absent.value.reason, forbidden.value.reason) == ("absent", "forbidden")


def test_a_place_in_the_future_is_left_with_a_gap(desk: Salesforce, reading: Reading) -> None:
    pages = reading.all("Case", {"v": 1, "at": "2027-01-01T00:00:00.000Z", "id": "500"})
    assert pages[0].gap and pages[-1].complete and pages[-1].cursor["at"] < "2026-04"


def test_nothing_older_than_the_accounts_beginning_is_read(desk: Salesforce) -> None:
    for settings in ({}, {"bulk_from": 0}):
        with asking(desk, settings=settings, since=date(2026, 2, 1)) as by:
            found = [one for page in by.all("Case") for one in page.records]
        assert found and min(one["SystemModstamp"] for one in found) >= "2026-02-01"
        expected = [row for row in desk.organisation.rows["Case"].values() if row["SystemModstamp"] >= "2026-02-01"]
        assert {one["Id"] for one in found} == {row["Id"] for row in expected}


def test_the_same_place_is_known_after_a_pass_without_news(desk: Salesforce, reading: Reading) -> None:
    first = ends(whole(reading))
    again = ends(whole(reading, first))
    assert {name: (one["at"], one["id"]) for name, one in again.items()} == {
        name: (one["at"], one["id"]) for name, one in first.items()
    }


def test_a_case_is_the_same_record_however_it_came(desk: Salesforce) -> None:
    def read(settings: dict[str, Any]) -> dict[str, Any]:
        with asking(desk, settings=settings) as by:
            by.settings = CONNECTOR.probe(by.api, by.account).settings
            records = [one for page in by.all("Case") for one in page.records]
        return {one["Id"]: {key: value for key, value in one.items() if key != "attributes"} for one in records}

    pages, jobs = read({}), read({"bulk_from": 0, "bulk_part": 9})
    assert len(pages) > 10 and jobs == pages
    assert {type(one["IsClosed"]) for one in pages.values()} == {bool}
