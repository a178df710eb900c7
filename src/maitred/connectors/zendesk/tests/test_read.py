"""Reading a live Zendesk account: nothing is missed and nothing invented, from whichever cursor the reading goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from maitred.connectors.live import Account, Fetched, Refused, Stream
from maitred.connectors.streams import ZENDESK
from maitred.connectors.tests.serving import JSON, Answer, Case, Request, asking, serving
from maitred.connectors.zendesk.mapping import decode
from maitred.connectors.zendesk.read import streams

BEGUN = 1_772_442_000
STREAMS = {one.name: one for one in streams()}


@dataclass
class Zendesk:
    """An account with pages of three: exports by cursor and by time, lists with links."""

    tickets: list[tuple[int, int]] = field(default_factory=list)
    """Second and id, in the order of the export."""
    events: list[tuple[int, int]] = field(default_factory=list)
    page: int = 3
    empty_at: int | None = None
    """Before this place the cursor export gives one page with nothing in it."""
    loops: bool = False
    url: str = ""
    seen: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        self.seen.append(request.path)
        parts = urlsplit(request.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        status, body = self._body(parts.path.removeprefix("/api/v2/").removesuffix(".json"), asked)
        return status, JSON, orjson.dumps(body)

    def _body(self, path: str, asked: dict[str, str]) -> tuple[int, Any]:
        if path == "incremental/tickets/cursor":
            return 200, self._by_cursor(asked)
        if path == "incremental/ticket_events":
            return self._by_time(int(asked["start_time"]))
        if path == "groups":
            return 200, self._list(asked)
        if path == "business_hours/schedules":
            return 200, {"schedules": [{"id": 7}, {"id": 8}]}
        if path.endswith("/holidays"):
            return 200, {
                "holidays": [{"id": 1, "name": "May Day", "start_date": "2026-05-01", "end_date": "2026-05-01"}]
            }
        name = {"slas/policies": "sla_policies", "incremental/users/cursor": "users"}.get(path, path.rpartition("/")[2])
        return 200, {name: [], "end_of_stream": True}

    def _by_cursor(self, asked: dict[str, str]) -> dict[str, Any]:
        place, paused = 0, False
        if "cursor" in asked:
            place, paused = int(asked["cursor"].partition("-")[0]), asked["cursor"].endswith("-p")
        else:
            place = sum(second < int(asked["start_time"]) for second, _ in self.tickets)
        if place == self.empty_at and not paused:
            return {"tickets": [], "after_cursor": f"{place}-p", "end_of_stream": False}
        rows = self.tickets[place : place + self.page]
        following = place if self.loops else place + len(rows)
        ended = not self.loops and following >= len(self.tickets)
        return {"tickets": [_ticket(*row) for row in rows], "after_cursor": str(following), "end_of_stream": ended}

    def _by_time(self, start: int) -> tuple[int, Any]:
        if start > BEGUN + 10_000:
            return 422, {"error": "StartTimeTooRecent"}
        rows = [row for row in self.events if row[0] >= start]
        last = rows[min(self.page, len(rows)) - 1][0] if rows else start
        given = [row for row in rows if row[0] <= last]  # never parts a second
        if last == start and len(given) > self.page:  # a second too large for it
            given = given[: self.page]
        ended = bool(not rows or rows[-1][0] <= last) and len(given) == len([r for r in rows if r[0] <= last])
        return 200, {"ticket_events": [_event(*row) for row in given], "end_time": last, "end_of_stream": ended}

    def _list(self, asked: dict[str, str]) -> dict[str, Any]:
        place = int(asked.get("page[after]", "0"))
        more = place < 2
        return {
            "groups": [{"id": place, "name": f"Group {place}", "created_at": "2026-01-01T00:00:00Z"}],
            "meta": {"has_more": more},
            "links": {"next": f"{self.url}/api/v2/groups.json?page[after]={place + 1}" if more else None},
        }


def _ticket(second: int, number: int) -> dict[str, Any]:
    at = datetime.fromtimestamp(second, UTC).isoformat()
    return {"id": number, "status": "open", "created_at": "2026-03-01T00:00:00Z", "updated_at": at,
            "generated_timestamp": second, "via": {"channel": "email"}, "tags": []}  # fmt: skip


def _event(second: int, number: int) -> dict[str, Any]:
    at = datetime.fromtimestamp(second, UTC).isoformat()
    change = {"id": number * 10, "event_type": "Change", "status": "open", "previous_value": "new"}
    return {"id": number, "ticket_id": 1, "timestamp": second, "created_at": at, "updater_id": 3,
            "event_type": "Audit", "child_events": [change]}  # fmt: skip


@dataclass
class Reading:
    """What a stream reads with."""

    case: Case

    @property
    def api(self) -> Any:
        return self.case.api

    @property
    def account(self) -> Account:
        return self.case.account

    @property
    def settings(self) -> dict[str, Any]:
        return {}

    def todo(self, limit: int) -> list[str]:
        return []


@contextmanager
def reading(desk: Zendesk, since: date | None = None) -> Iterator[Reading]:
    with serving(desk.answer) as desk.url, asking(Account("zendesk", "zendesk", desk.url, {}, since=since)) as case:
        yield Reading(case)


def read(stream: str, by: Reading, cursor: dict[str, Any] | None = None) -> list[Fetched]:
    return list(STREAMS[stream].pages(by, cursor))


def ids(pages: list[Fetched]) -> list[int]:
    return [record["id"] for page in pages for record in page.records]


def spread(count: int, per_second: int = 1) -> list[tuple[int, int]]:
    return [(BEGUN + number // per_second, number + 1) for number in range(count)]


def test_every_stream_has_a_name_that_the_decoder_knows_and_needs_what_comes_before() -> None:
    before: set[str] = set()
    for stream in streams():
        assert stream.name in ZENDESK and set(stream.needs) <= before
        before.add(stream.name)


def test_the_export_is_read_to_its_end_also_over_an_empty_page() -> None:
    with reading(Zendesk(tickets=spread(10), empty_at=6)) as by:
        pages = read("tickets", by)
    assert ids(pages) == list(range(1, 11))
    assert [len(page.records) for page in pages] == [3, 3, 0, 3, 1]
    assert [page.complete for page in pages] == [False] * 4 + [True]
    assert decode("tickets", [record for page in pages for record in page.records]).bad == []


@pytest.mark.parametrize("stream", ["tickets", "ticket_events"])
@pytest.mark.parametrize("per_second", [1, 2])
def test_from_every_cursor_the_rest_is_read(stream: str, per_second: int) -> None:
    desk = Zendesk(tickets=spread(11, per_second), events=spread(11, per_second))
    with reading(desk) as by:
        pages = read(stream, by)
        for place, page in enumerate(pages):
            rest = read(stream, by, page.cursor)
            assert set(ids(pages[: place + 1])) | set(ids(rest)) == set(range(1, 12))
            assert rest[-1].complete


def test_a_boundary_second_comes_twice_and_is_whole() -> None:
    with reading(Zendesk(events=spread(12, per_second=2))) as by:
        pages = read("ticket_events", by)
    seen = ids(pages)
    assert set(seen) == set(range(1, 13)) and len(seen) > 12
    assert not any(page.gap for page in pages)


def test_a_second_larger_than_a_page_is_passed_by_and_told() -> None:
    crowd = [(BEGUN + 1, number) for number in range(10, 18)]
    desk = Zendesk(events=[(BEGUN, 1), *crowd, (BEGUN + 2, 90), (BEGUN + 3, 91)])
    with reading(desk) as by:
        pages = read("ticket_events", by)
    gaps = [page.gap for page in pages if page.gap]
    assert len(gaps) == 1 and "2026-03-02T09:00:01+00:00" in gaps[0]
    assert {1, 90, 91} <= set(ids(pages)) and pages[-1].complete


def test_a_time_too_recent_to_be_asked_for_is_the_end() -> None:
    with reading(Zendesk(events=spread(2))) as by:
        (page,) = read("ticket_events", by, {"v": 1, "start": BEGUN + 20_000})
    assert (page.records, page.complete, page.cursor) == ([], True, {"v": 1, "start": BEGUN + 20_000})


def test_an_export_that_leads_to_itself_is_left() -> None:
    with reading(Zendesk(tickets=spread(5), loops=True)) as by, pytest.raises(Refused, match="to itself"):
        read("tickets", by, {"v": 1, "after": "3"})


def test_an_export_that_stands_still_with_nothing_is_left() -> None:
    still = (200, JSON, b'{"ticket_events": [], "end_time": 5, "end_of_stream": false}')
    with (
        serving(lambda _: still) as url,
        asking(Account("z", "zendesk", url, {})) as case,
        pytest.raises(Refused, match="stands still"),
    ):
        read("ticket_events", Reading(case), {"v": 1, "start": 5})


def test_the_first_reading_begins_where_the_account_wants_it() -> None:
    desk = Zendesk(tickets=[(BEGUN - 90 * 86_400, 1), (BEGUN, 2)])
    with reading(desk, since=date(2026, 3, 1)) as by:
        assert ids(read("tickets", by)) == [2]
    asked = "start_time=1772323200&per_page=1000&include=metric_sets"
    assert desk.seen == [f"/api/v2/incremental/tickets/cursor.json?{asked}"]


def test_a_list_is_followed_by_its_links() -> None:
    with reading(Zendesk()) as by:
        pages = read("groups", by)
    assert ids(pages) == [0, 1, 2] and [page.complete for page in pages] == [False, False, True]


def test_holidays_say_which_schedule_they_belong_to() -> None:
    with reading(Zendesk()) as by:
        pages = read("holidays", by)
    records = [record for page in pages for record in page.records]
    assert [record["schedule_id"] for record in records] == [7, 8] and pages[-1].complete
    assert decode("holidays", records).bad == []


@pytest.mark.parametrize("stream", streams(), ids=lambda one: one.name)
def test_an_account_without_anything_is_read_to_its_end(stream: Stream) -> None:
    desk = Zendesk()
    with reading(desk) as by:
        pages = list(stream.pages(by, None))
    assert pages[-1].complete and all(isinstance(page.cursor, dict) for page in pages) and desk.seen


def test_a_reply_of_another_form_is_refused() -> None:
    with (
        serving(lambda _: (200, JSON, b'{"records": []}')) as url,
        asking(Account("z", "zendesk", url, {})) as case,
        pytest.raises(Refused, match="no list tickets") as refusal,
    ):
        read("tickets", Reading(case))
    assert refusal.value.reason == "form"
