"""The fake Freshdesk keeps the habits of the real one that lose records, and tells what was done to it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest

from maitred.connectors.doubling import Fault, VirtualClock
from maitred.connectors.freshdesk.double import KEY, Freshdesk
from maitred.connectors.freshdesk.double_account import FORMER, Helpdesk

EVER = "1970-01-01T00:00:00Z"
_30_DAYS_S = 30 * 86_400


@pytest.fixture
def desk() -> Iterator[Freshdesk]:
    with Freshdesk(400, wall=3) as double:
        yield double


@pytest.fixture
def client(desk: Freshdesk) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{desk.url}/api/v2", auth=(KEY, "X"), trust_env=False) as http:
        yield http


def test_an_account_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    now = VirtualClock().epoch()
    assert Helpdesk(60, 5, now).truth() == Helpdesk(60, 5, now).truth() != Helpdesk(60, 6, now).truth()


def test_tickets_are_made_by_the_thousand_within_moments() -> None:
    begun = time.process_time()
    assert len(Helpdesk(20_000, 1, VirtualClock().epoch()).tickets) == 20_000
    assert time.process_time() - begun < 5


def test_without_a_date_only_tickets_made_within_thirty_days_are_listed_newest_first(
    desk: Freshdesk, client: httpx.Client
) -> None:
    rows = [row for page in (1, 2) for row in client.get(f"/tickets?per_page=100&page={page}").json()]
    since = desk.clock.epoch() - _30_DAYS_S
    recent = [one for one in desk.desk.tickets.values() if one.state == "live" and one.created >= since]
    assert [row["id"] for row in rows] == [one.number for one in reversed(recent)][:200]
    assert 150 < len(recent) < 250 and "stats" not in rows[0] and "description" not in rows[0]


def test_the_wall_stands_where_it_is_put_and_links_lead_up_to_it(client: httpx.Client) -> None:
    last = client.get("/tickets", params={"updated_since": EVER, "page": 3, "order_type": "asc"})
    assert last.status_code == 200 and httpx.URL(last.links["next"]["url"]).params["page"] == "4"
    walled = client.get(last.links["next"]["url"])
    assert walled.status_code == 400 and walled.json()["errors"][0]["field"] == "page"


def test_deleted_and_spam_tickets_are_in_their_own_filters(desk: Freshdesk, client: httpx.Client) -> None:
    for op, number in (("delete", 7), ("spam", 8), ("merge", 9), ("purge", 10)):
        desk.mutate({"op": op, "ticket": number, "into": 11})

    def listed(which: str) -> set[int]:
        asked: dict[str, str | int] = {
            "updated_since": EVER,
            "per_page": 100,
            "order_by": "updated_at",
            **({"filter": which} if which else {}),
        }
        return {row["id"] for row in client.get("/tickets", params=asked).json()}

    assert 7 in listed("deleted") and 8 in listed("spam") and 9 in listed("") and not {7, 8, 10} & listed("")
    assert client.get("/tickets/7").json()["deleted"] is True
    gone = client.get("/tickets/10")
    assert (gone.status_code, gone.content) == (404, b"")
    desk.mutate({"op": "undelete", "ticket": 7})
    assert 7 in listed("") and 7 not in listed("deleted")


def test_included_parts_cost_more_and_the_accounts_end_stops_every_request(
    desk: Freshdesk, client: httpx.Client
) -> None:
    desk.account.per_minute = 10
    first = client.get("/tickets", params={"include": "stats,description", "updated_since": EVER})
    assert (first.headers["x-ratelimit-used-currentrequest"], first.headers["x-ratelimit-remaining"]) == ("5", "5")
    assert client.get("/tickets/1?include=stats").headers["x-ratelimit-remaining"] == "3"
    assert client.get("/absent").status_code == 404
    assert client.get("/tickets", params={"include": "stats"}).status_code == 200
    stopped = client.get("/groups")
    assert (stopped.status_code, stopped.headers["retry-after"]) == (429, "60") and not desk.violations
    client.get("/tickets")
    assert len(desk.violations) == 1
    desk.clock.advance(60)
    assert client.get("/groups").status_code == 200 and len(desk.violations) == 1


def test_listing_tickets_has_a_limit_of_its_own(desk: Freshdesk, client: httpx.Client) -> None:
    desk.listing.per_minute = 1
    assert [client.get("/tickets").status_code for _ in range(2)] == [200, 429]
    assert client.get("/groups").status_code == 200 and not desk.violations


def test_a_list_is_sorted_at_the_moment_that_it_is_asked_for(desk: Freshdesk, client: httpx.Client) -> None:
    asked: dict[str, str | int] = {
        "updated_since": EVER,
        "order_by": "updated_at",
        "order_type": "asc",
        "per_page": 100,
    }
    first = client.get("/tickets", params=asked).json()
    desk.mutate({"op": "reply", "ticket": first[0]["id"], "by": "customer"})
    again = client.get("/tickets", params=asked).json()
    assert [row["id"] for row in again[:99]] == [row["id"] for row in first[1:]]
    desk.mutate({"op": "mass_update", "tickets": [row["id"] for row in first], "values": {"priority": 4}})
    moved = client.get("/tickets", params={**asked, "updated_since": "2026-03-02T08:00:00Z"}).json()
    assert len({row["updated_at"] for row in moved if row["id"] % 13}) == 1 and len(moved) == 100
    desk.mutate({"op": "late_edit", "ticket": 3, "values": {"type": "Problem"}, "behind_s": 240})
    late = client.get("/tickets/3").json()
    assert (late["type"], late["updated_at"]) == ("Problem", "2026-03-02T07:56:00Z")


def test_an_update_replaces_all_tags_and_is_held_up_by_nothing(desk: Freshdesk, client: httpx.Client) -> None:
    desk.mutate({"op": "edit", "ticket": 3, "values": {"tags": ["theirs"], "custom_fields": {"cf_carrier": "DHL"}}})
    done = client.put("/tickets/3", json={"tags": ["ours"], "status": 3}).json()
    assert (done["tags"], done["status"], done["custom_fields"]) == (["ours"], 3, {"cf_carrier": "DHL"})
    for wrong in ({"priority": 9}, {"mood": 1}, {"status": None}, {"custom_fields": {"cf_none": 1}}, {"group_id": 5}):
        assert client.put("/tickets/3", json=wrong).status_code == 400
    desk.mutate({"op": "delete", "ticket": 4})
    assert client.put("/tickets/4", json={"priority": 1}).status_code == 404


def test_notes_are_private_unless_they_are_said_not_to_be(client: httpx.Client) -> None:
    made = client.post("/tickets/3/notes", json={"body": "Looked into"})
    assert made.status_code == 201 and made.json()["private"] is True
    assert client.post("/tickets/3/notes", json={"body": "Hello", "private": False}).json()["private"] is False
    assert client.post("/tickets/3/notes", json={"body": "x", "status": 4}).status_code == 400
    shown = client.get("/tickets/3/conversations?per_page=100").json()
    assert shown[-2]["body_text"] == "Looked into" and all(one["ticket_id"] == 3 for one in shown)


def test_a_rating_can_be_flipped_and_keeps_the_time_at_which_it_was_made(desk: Freshdesk, client: httpx.Client) -> None:
    number = next(one for one in desk.desk.tickets if one not in desk.desk.ratings)
    desk.mutate({"op": "rate", "ticket": number, "score": 103})
    desk.clock.advance(86_400)
    desk.mutate({"op": "rate", "ticket": number, "score": -103})
    (row,) = client.get("/surveys/satisfaction_ratings", params={"created_since": "2026-03-02T08:00:00Z"}).json()
    assert (row["ratings"]["default_question"], row["created_at"], row["updated_at"]) == (
        -103,
        "2026-03-02T08:00:00Z",
        "2026-03-03T08:00:00Z",
    )


def test_the_export_is_off_late_or_there_up_to_yesterday(desk: Freshdesk, client: httpx.Client) -> None:
    def status(day: str) -> int:
        return client.get(f"/export/ticket_activities?created_at={day}").status_code

    assert status("2026-03-01") == 403
    desk.export = "late"
    assert [status(f"2026-03-0{day}") for day in (1, 2)] == [404, 404] and status("2026-02-28") == 200
    desk.export = "on"
    desk.lost_days = {"2026-02-27"}
    assert [status(f"2026-02-{day}") for day in (26, 27, 28)] == [200, 404, 200]
    records = client.get("/export/ticket_activities?created_at=2026-02-28").json()["activities_data"]
    assert records and all(one["performed_at"].startswith("28-02-2026 ") for one in records)
    assert not any("id" in one for one in records)


def test_contacts_are_asked_for_with_an_underscore_and_by_their_state(desk: Freshdesk, client: httpx.Client) -> None:
    assert client.get("/contacts?updated_since=2026-01-01T00:00:00Z").status_code == 400
    number = client.get("/contacts").json()[0]["id"]
    desk.mutate({"op": "contact", "contact": number, "state": "deleted"})
    (row,) = client.get("/contacts?state=deleted&_updated_since=2026-03-02T08:00:00Z").json()
    assert (row["id"], row["deleted"]) == (number, True)
    assert client.get("/contacts").json()[0]["id"] != number


def test_who_has_left_is_no_agent_any_more_and_still_has_tickets(desk: Freshdesk, client: httpx.Client) -> None:
    assert FORMER not in {one["id"] for one in client.get("/agents").json()}
    held = next(one.number for one in desk.desk.tickets.values() if one.agent == FORMER)
    assert client.get(f"/tickets/{held}").json()["responder_id"] == FORMER
    assert client.put(f"/tickets/{held}", json={"responder_id": FORMER, "priority": 1}).status_code == 400


def test_pages_may_be_empty_repeated_or_swapped_where_a_fault_says_so(desk: Freshdesk, client: httpx.Client) -> None:
    def page(number: int) -> list[int]:
        return [row["id"] for row in client.get(f"/companies?per_page=10&page={number}").json()]

    pages = [page(number) for number in (1, 2, 3)]
    desk.faults = [Fault("empty_page", "/api/v2/companies"), Fault("duplicate_page", "/api/v2/companies", nth=3)]
    assert [page(number) for number in (1, 2, 3)] == [[], pages[1], pages[1]]
    desk.faults = [Fault("swapped_pages", "/api/v2/companies", nth=2)]
    assert [page(number) for number in (1, 2, 3)] == [pages[0], pages[2], pages[1]]


def test_what_is_no_change_is_refused_and_only_the_key_signs_in(desk: Freshdesk) -> None:
    with httpx.Client(base_url=desk.url, trust_env=False) as http:
        assert http.post("/__mutate", json={"op": "explode", "ticket": 1}).status_code == 400
        assert http.post("/__mutate", json={"op": "edit", "ticket": 99_999}).status_code == 400
        assert http.get("/__truth").json()["tickets"]["1"]["deleted"] is False
        assert http.get("/api/v2/groups").status_code == 401
