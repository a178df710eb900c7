"""Reading a fake Freshdesk over a real socket: nothing is missed while it moves, from whichever cursor it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from maitred.connectors.doubling import Fault
from maitred.connectors.freshdesk import read, tickets
from maitred.connectors.freshdesk.double import LIST, Freshdesk
from maitred.connectors.freshdesk.tests.asked import Reading, asking, ends, ids, told, whole
from maitred.connectors.live import Cursor, Fetched, Refused
from maitred.connectors.streams import FRESHDESK

RESUMED = ("contacts", "tickets", "satisfaction_ratings", "time_entries", "ticket_activities")


@pytest.fixture
def desk() -> Iterator[Freshdesk]:
    with Freshdesk(700) as double:
        yield double


@pytest.fixture
def reading(desk: Freshdesk) -> Iterator[Reading]:
    with asking(desk) as found:
        yield found


def live(desk: Freshdesk, state: str = "live") -> set[int]:
    return {one.number for one in desk.desk.tickets.values() if one.state == state}


def crowd(desk: Freshdesk, count: int) -> None:
    """So many tickets change in one second, and time goes on."""
    desk.mutate({"op": "mass_update", "tickets": sorted(live(desk))[:count], "values": {"type": "Incident"}})
    desk.clock.advance(120)


# ------------------------------------------------------------------ whole accounts


def test_every_stream_has_a_name_that_the_decoder_knows_and_needs_what_comes_before() -> None:
    before: set[str] = set()
    for stream in read.streams():
        assert stream.name in FRESHDESK and set(stream.needs) <= before
        before.add(stream.name)


@pytest.fixture
def small() -> Iterator[Reading]:
    with Freshdesk(240) as double, asking(double) as found:
        yield found


def test_what_is_read_is_what_the_account_says_of_itself_and_stays_so_while_it_changes(small: Reading) -> None:
    reading, desk = small, small.purse.desk
    first = whole(reading)
    assert told(first) == desk.truth()
    contact = next(key for key, one in desk.desk.contacts.items() if one.state == "verified")
    for change in (
        {"op": "edit", "ticket": 1, "values": {"priority": 4, "tags": ["vip"]}},
        {"op": "reply", "ticket": 2, "by": "customer", "text": "And?"},
        {"op": "reply", "ticket": 2, "by": "note", "text": "Hm."},
        {"op": "delete", "ticket": 3},
        {"op": "spam", "ticket": 4},
        {"op": "merge", "ticket": 5, "into": 6},
        {"op": "late_edit", "ticket": 7, "values": {"status": 3}, "behind_s": 300},
        {"op": "rate", "ticket": sorted(desk.desk.ratings)[-1], "score": -103},
        {"op": "contact", "contact": contact, "state": "blocked"},
        {"op": "create"},
    ):
        desk.mutate(change)
    second = whole(reading, ends(first))
    assert told([*first, *second]) == desk.truth()
    assert len([1 for name, page in second if name == "tickets" for _ in page.records]) < 60
    for op, number in (("undelete", 3), ("unspam", 4)):
        desk.mutate({"op": op, "ticket": number})
    third = whole(reading, ends(second))
    assert told([*first, *second, *third]) == desk.truth() and not desk.violations


@pytest.mark.parametrize("name", RESUMED)
def test_from_every_cursor_that_was_ever_yielded_the_rest_is_read(name: str) -> None:
    since = date(2026, 2, 15) if name == "ticket_activities" else date(2026, 1, 1)
    with Freshdesk(700, export="on") as desk, asking(desk, since=since) as reading:
        crowd(desk, 250)
        pages = reading.all(name)
        wanted = _keys(pages)
        assert pages[-1].complete and len(pages) > 1
        for place, page in enumerate(pages):
            rest = reading.all(name, page.cursor)
            assert rest[-1].complete and _keys(pages[: place + 1]) | _keys(rest) == wanted


def _keys(pages: list[Fetched]) -> set[str]:
    records = [record for page in pages for record in page.records]
    return {str(one.get("id") or sorted(one.items(), key=str)) for one in records}


@pytest.mark.parametrize("name", RESUMED)
def test_what_a_cursor_leads_to_begins_with_at_most_one_page_that_was_read_before(name: str) -> None:
    with Freshdesk(900, export="on") as desk, asking(desk, since=date(2026, 1, 1)) as reading:
        pages = reading.all(name)
        asked = len(desk.requests)
        place = len(pages) // 2
        reading.all(name, pages[place].cursor)
        assert len(desk.requests) - asked <= sum(page.requests for page in pages[place + 1 :]) + 2


# ------------------------------------------------------------------ tickets


@pytest.mark.parametrize("crowded", [0, 350])
def test_no_ticket_is_lost_while_tickets_change_between_pages(desk: Freshdesk, crowded: int) -> None:
    """Each page is followed by a change of tickets that it held, which pulls all others forward."""
    crowd(desk, crowded)
    begun = {state: live(desk, state) for state in ("live", "deleted", "spam")}
    with asking(desk) as reading:
        pages = []
        for page in reading.pages("tickets"):
            pages.append(page)
            for record in page.records[:7]:
                desk.mutate({"op": "edit", "ticket": record["id"], "values": {"subject": f"{len(pages)}"}})
            desk.clock.advance(1)
            assert len(pages) < 60
    assert set(ids(pages)) == set().union(*begun.values())


def test_deleted_and_spam_tickets_say_so_and_come_in_passes_of_their_own(desk: Freshdesk, reading: Reading) -> None:
    pages = reading.all("tickets")
    said = {
        kind: {record["id"] for page in pages for record in page.records if record.get(kind)}
        for kind in ("deleted", "spam")
    }
    assert said == {"deleted": live(desk, "deleted"), "spam": live(desk, "spam")} and all(said.values())
    filters = [one.query.get("filter", "live") for one in desk.heard(LIST) if one.path == LIST]
    assert sorted(set(filters), key=filters.index) == ["live", "deleted", "spam"]
    assert all("updated_since" in one.query for one in desk.heard(LIST) if one.path == LIST)


def test_a_second_larger_than_a_page_is_read_whole_and_one_beyond_the_wall_is_a_gap() -> None:
    """Twice a gap: once for the second before, from which on it is asked, and once for the second itself."""
    for wall, gaps in ((300, 0), (3, 2)):
        with Freshdesk(600, wall=wall) as desk, asking(desk) as reading:
            crowd(desk, 450)
            later = desk.mutate({"op": "create"})["id"]
            pages = reading.all("tickets")
            told_gaps = [page.gap for page in pages if page.gap]
            assert len(told_gaps) == gaps and later in ids(pages) and pages[-1].complete
            assert set(ids(pages)) >= live(desk) if not gaps else "2026-03-02T08:00:00Z" in str(told_gaps)


def test_the_wall_is_never_met_where_seconds_are_small() -> None:
    with Freshdesk(900, wall=2) as desk, asking(desk) as reading:
        pages = reading.all("tickets")
        assert set(ids(pages)) >= live(desk) and not any(page.gap for page in pages)
        assert not [one for one in desk.requests if one.status == 400]


def test_the_next_run_reads_what_changed_and_ten_minutes_before(desk: Freshdesk, reading: Reading) -> None:
    cursor = reading.all("tickets")[-1].cursor
    desk.clock.advance(3_600)
    desk.mutate({"op": "edit", "ticket": 5, "values": {"priority": 1, "subject": "New"}})
    again = reading.all("tickets", cursor)
    assert 5 in ids(again) and len(set(ids(again))) < 20
    marks = again[-1].cursor["marks"]
    assert marks["live"] == "2026-03-02T09:00:00Z" and set(marks) == {"live", "deleted", "spam"}


def test_a_change_that_comes_to_light_late_is_within_the_ten_minutes(desk: Freshdesk, reading: Reading) -> None:
    desk.mutate({"op": "edit", "ticket": 5, "values": {"subject": "On time"}})
    cursor = reading.all("tickets")[-1].cursor
    desk.clock.advance(60)
    desk.mutate({"op": "late_edit", "ticket": 7, "values": {"subject": "Late"}, "behind_s": 600})
    assert {5, 7} <= set(ids(reading.all("tickets", cursor)))


def test_a_mark_in_the_future_is_put_back_and_told(desk: Freshdesk, reading: Reading) -> None:
    ahead: Cursor = {"v": 1, "marks": dict.fromkeys(tickets.PASSES, "2031-01-01T00:00:00Z")}
    pages = reading.all("tickets", ahead)
    assert pages[-1].cursor["marks"] == dict.fromkeys(tickets.PASSES, "2026-03-02T08:00:00Z")
    assert len([page.gap for page in pages if page.gap and "future" in page.gap]) == 3


@pytest.mark.parametrize("kind", ["empty_page", "duplicate_page", "swapped_pages", "same_cursor", "clock_skew"])
def test_a_list_that_gives_a_wrong_page_once_loses_nothing(kind: str) -> None:
    with Freshdesk(900) as desk, asking(desk) as reading:
        crowd(desk, 450)
        desk.faults = [Fault(kind, LIST, nth=nth) for nth in (2, 5, 9)]
        pages = reading.all("tickets")
        assert set(ids(pages)) >= live(desk) and pages[-1].complete
        desk.faults = [Fault(kind, "/api/v2/contacts", nth=2)]
        contacts = desk.desk.contacts
        assert set(ids(reading.all("contacts"))) == set(contacts)


def test_the_beginning_that_an_account_asks_for_is_kept(desk: Freshdesk) -> None:
    with asking(desk, since=date(2026, 2, 20)) as reading:
        found = set(ids(reading.all("tickets")))
    begun = int((desk.clock.now() - timedelta(days=10)).timestamp()) - 8 * 3_600
    assert found == {one.number for one in desk.desk.tickets.values() if one.updated >= begun}


# ------------------------------------------------------------------ lists that cannot be sorted


def test_a_pass_over_contacts_that_is_broken_off_goes_on_where_its_last_contacts_are() -> None:
    """Contacts of the first page leave the list meanwhile, so that those behind the place stand one page earlier."""
    with Freshdesk(2_400) as desk, asking(desk) as reading:
        listed = sorted(one.number for one in desk.desk.contacts.values() if one.state == "verified")
        pages = reading.pages("contacts")
        taken = [next(pages) for _ in range(4)]
        pages.close()  # type: ignore[attr-defined]
        for number in listed[:150]:
            desk.mutate({"op": "contact", "contact": number, "state": "deleted"})
        asked = len(desk.requests)
        rest = reading.all("contacts", taken[-1].cursor)
        assert {one["id"] for page in [*taken, *rest] for one in page.records} == set(desk.desk.contacts)
        resumed = [one.query["page"] for one in desk.requests[asked : asked + 4]]
        assert resumed == ["4", "5", "3", "4"] and rest[-1].complete


def test_a_contact_that_leaves_the_list_while_it_is_read_costs_a_second_pass_and_no_other_contact() -> None:
    with Freshdesk(1_500) as desk, asking(desk) as reading:
        listed = sorted(one.number for one in desk.desk.contacts.values() if one.state == "verified")
        pages = []
        for page in reading.pages("contacts"):
            pages.append(page)
            if len(pages) == 2:
                desk.mutate({"op": "contact", "contact": listed[0], "state": "deleted"})
        assert {one["id"] for page in pages for one in page.records} == set(desk.desk.contacts)
        assert [page.complete for page in pages].index(True) == len(pages) - 1
        assert len([one for one in desk.requests if one.query.get("state") == "blocked"]) == 2
        assert pages[-1].cursor == {"v": 1, "since": "2026-03-02T07:50:00Z"}
        quiet = reading.all("contacts", pages[-1].cursor)
        assert ids(quiet) == [listed[0]] and len(quiet) == 3


@pytest.mark.parametrize("skew", [-7_200, 10_800])
def test_a_wrong_time_of_the_helpdesk_hides_no_contact_and_no_ticket(skew: int) -> None:
    with Freshdesk(60) as desk, asking(desk) as reading:
        desk.faults = [Fault("clock_skew", times=10_000, value=skew)]
        cursors = {name: reading.all(name)[-1].cursor for name in ("contacts", "tickets")}
        desk.clock.advance(60)
        number = min(desk.desk.contacts)
        desk.mutate({"op": "contact", "contact": number, "name": "Ada"})
        desk.mutate({"op": "edit", "ticket": 5, "values": {"subject": "New"}})
        assert number in ids(reading.all("contacts", cursors["contacts"]))
        again = reading.all("tickets", cursors["tickets"])
        assert 5 in ids(again) and not any(page.gap for page in again)


def test_a_clock_that_was_set_back_moves_no_mark_back() -> None:
    with Freshdesk(60) as desk, asking(desk) as reading:
        first = {name: reading.all(name)[-1].cursor for name in ("contacts", "tickets")}
        desk.clock.advance(60)
        desk.mutate({"op": "edit", "ticket": 5, "values": {"subject": "New"}})
        desk.faults = [Fault("clock_skew", times=10_000, value=-7_200)]
        after = {name: reading.all(name, first[name])[-1].cursor for name in first}
        marks = first["tickets"]["marks"]
        assert all(after["tickets"]["marks"][which] >= mark for which, mark in marks.items())
        assert after["contacts"]["since"] >= first["contacts"]["since"]
        desk.faults = []
        desk.mutate({"op": "edit", "ticket": 6, "values": {"subject": "Newer"}})
        desk.clock.advance(60)
        assert 6 in ids(reading.all("tickets", after["tickets"]))


def test_where_none_of_the_last_records_is_found_a_list_begins_anew(desk: Freshdesk, reading: Reading) -> None:
    pages = reading.all("time_entries")
    cursor = dict(pages[1].cursor)
    cursor["place"] = {**cursor["place"], "at": {"page": 3, "after": ["1@none"]}}
    assert set(ids(reading.all("time_entries", cursor))) == set(ids(pages))


def test_a_list_that_gives_one_page_for_ever_is_left(desk: Freshdesk, reading: Reading) -> None:
    desk.faults = [Fault("duplicate_page", "/api/v2/contacts", nth=2, times=50)]
    with pytest.raises(Refused, match="gives page 1 for page 2"):
        reading.all("contacts")


def test_ratings_are_read_again_for_thirty_days_so_that_a_flipped_one_comes(desk: Freshdesk, reading: Reading) -> None:
    first = reading.all("satisfaction_ratings")
    newest = max(desk.desk.ratings.values(), key=lambda one: one.created)
    desk.clock.advance(20 * 86_400)
    desk.mutate({"op": "rate", "ticket": newest.ticket, "score": -102})
    again = [one for page in reading.all("satisfaction_ratings", first[-1].cursor) for one in page.records]
    assert {one["ratings"]["default_question"] for one in again if one["id"] == newest.number} == {-102}
    assert len(again) < len(ids(first))


def test_work_that_is_booked_ahead_does_not_move_the_mark_past_now(desk: Freshdesk, reading: Reading) -> None:
    desk.desk.spent[-1].at += 90 * 86_400
    desk.desk.changes += 1
    now = "2026-03-02T08:00:00Z"
    assert reading.all("time_entries")[-1].cursor == {"v": 1, "mark": now, "all": now}


def test_once_a_week_all_ratings_are_read_again_so_that_an_old_one_that_was_flipped_comes(
    desk: Freshdesk, reading: Reading
) -> None:
    cursor = reading.all("satisfaction_ratings")[-1].cursor
    oldest = min(desk.desk.ratings.values(), key=lambda one: one.created)
    unrated = iter(sorted(set(desk.desk.tickets) - set(desk.desk.ratings)))
    found = []
    for _ in range(5):
        desk.clock.advance(2 * 86_400)
        desk.mutate({"op": "rate", "ticket": oldest.ticket, "score": -101})
        desk.mutate({"op": "rate", "ticket": next(unrated), "score": 103})
        pages = reading.all("satisfaction_ratings", cursor)
        cursor = pages[-1].cursor
        found.append(oldest.number in ids(pages))
    assert found == [False, False, False, False, True] and cursor["all"] == cursor["mark"]
    assert oldest.number not in ids(reading.all("satisfaction_ratings", cursor))


# ------------------------------------------------------------------ children and files


def test_conversations_are_read_for_every_ticket_that_waits_and_again_after_an_interruption(
    desk: Freshdesk, reading: Reading
) -> None:
    reading.waiting = [str(one) for one in range(1, 131)]
    desk.mutate({"op": "purge", "ticket": 60})
    for _ in range(120):
        desk.mutate({"op": "reply", "ticket": 61})
    pages = reading.pages("conversations")
    first = next(pages)
    pages.close()  # type: ignore[attr-defined]
    assert first.done == tuple(str(one) for one in range(1, 51)) and not first.complete
    rest = reading.all("conversations", first.cursor)
    assert rest[-1].complete and reading.waiting == [] and [len(page.done) for page in rest] == [50, 30, 0]
    wanted = {entry.number for one in range(1, 131) if one != 60 for entry in desk.desk.tickets[one].talk}
    assert set(ids([first, *rest])) == wanted
    assert {one["ticket_id"] for one in rest[0].records} <= set(range(51, 101)) - {60}


def _activities(desk: Freshdesk, done: str | None) -> list[tuple[Any, bool, bool]]:
    with asking(desk) as reading:
        pages = reading.all("ticket_activities", {"v": 1, "day": done} if done else None)
    return [(page.cursor["day"], page.gap is not None, page.complete) for page in pages]


def test_a_day_of_activities_is_waited_for_and_one_that_stays_away_is_a_gap(desk: Freshdesk) -> None:
    desk.export = "late"
    assert _activities(desk, "2026-02-26") == [
        ("2026-02-27", False, False),
        ("2026-02-28", False, False),
        ("2026-02-28", False, True),
    ]
    desk.export, desk.lost_days = "on", {"2026-02-27"}
    assert _activities(desk, "2026-02-26") == [
        ("2026-02-27", True, False),
        ("2026-02-28", False, False),
        ("2026-03-01", False, True),
    ]
    assert _activities(desk, "2026-03-01") == [("2026-03-01", False, True)]
    assert _activities(desk, None)[0] == ("2026-01-31", False, False)


def test_an_export_that_is_off_is_refused(desk: Freshdesk, reading: Reading) -> None:
    with pytest.raises(Refused) as refusal:
        reading.all("ticket_activities")
    assert refusal.value.status == 403


def test_activities_tell_the_same_changes_as_the_tickets(desk: Freshdesk, reading: Reading) -> None:
    desk.export = "on"
    records = [one for page in reading.all("ticket_activities") for one in page.records]
    status = {"Open": 2, "Pending": 3, "Resolved": 4, "Closed": 5, "In the workshop": 9}
    last: dict[int, int] = {}
    for one in records:
        if "status" in one["activity"]:
            last[one["ticket_id"]] = status[one["activity"]["status"]]
    midnight = desk.clock.epoch() - 8 * 3_600
    for ticket in desk.desk.tickets.values():
        if ticket.created >= midnight - 30 * 86_400 and ticket.updated < midnight:
            assert last[ticket.number] == ticket.status


# ------------------------------------------------------------------ limits


def test_a_small_plan_is_kept_to_and_its_pauses_are_kept() -> None:
    with Freshdesk(300, plan="trial") as desk, asking(desk) as reading:
        assert told(whole(reading)) == desk.truth()
        assert desk.violations == [] and reading.purse.closed
        assert {one.bucket for one in reading.purse.learnt} == {"account", "tickets", "write"}
