"""The fake helpdesks' common ground: limits and faults happen when they should, and what a client did is known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from maitred.connectors.doubling import MONDAY, Answer, Double, Fault, Limit, Plan, Request
from maitred.connectors.doubling_pages import following


class Toy(Double):
    """Two paths, and at most two requests a minute."""

    def __init__(self) -> None:
        super().__init__()
        self.limit = Limit(2)
        self.route("GET", r"/things/(\d+)")(lambda request: Answer(200, {"id": int(request.match[1])}))
        self.route("POST", "/things")(lambda request: Answer(201, {"got": request.json}))

    def before(self, request: Request) -> Answer | None:
        epoch = self.clock.epoch()
        if self.limit.take(epoch):
            return None
        return Answer(429, {"error": "slow down"}, {"Retry-After": str(self.limit.resets_s(epoch))})


@pytest.fixture
def toy() -> Iterator[Toy]:
    with Toy() as double:
        yield double


def test_requests_are_answered_and_remembered(toy: Toy) -> None:
    with httpx.Client(base_url=toy.url) as client:
        assert client.get("/things/7?a=b").json() == {"id": 7}
        assert client.post("/things", json=[1]).json() == {"got": [1]}
        assert client.get("/nothing").status_code == 404
    assert next((one.method, one.path, one.query) for one in toy.requests) == ("GET", "/things/7", {"a": "b"})


def test_a_limit_holds_until_the_next_minute_and_impatience_is_known(toy: Toy) -> None:
    with httpx.Client(base_url=toy.url) as client:
        assert [client.get("/things/1").status_code for _ in range(3)] == [200, 200, 429]
        assert toy.violations == []
        assert client.get("/things/1").status_code == 429 and len(toy.violations) == 1
        client.post("/__clock", json={"advance_s": 60})
        assert client.get("/things/1").status_code == 200 and len(toy.violations) == 1


@pytest.mark.parametrize("kind", ["truncated_gzip", "reset", "html_200", "truncated_json"])
def test_a_fault_strikes_the_request_that_it_was_planned_for(toy: Toy, kind: str) -> None:
    toy.limit = Limit(100)
    toy.faults = [Fault(kind, "/things", nth=2)]
    with httpx.Client(base_url=toy.url) as client:
        assert client.get("/things/1").json() == {"id": 1}
        with pytest.raises((httpx.TransportError, httpx.DecodingError, ValueError)):
            client.get("/things/2").json()
        assert client.get("/things/3").json() == {"id": 3}


def test_plans_are_read_from_a_word_and_repeat_with_their_seed() -> None:
    (fault,) = Plan.read("status@/api#3*2=503")
    assert (fault.kind, fault.at, fault.nth, fault.times, fault.value) == ("status", "/api", 3, 2, 503)
    assert Plan.random(4) == Plan.random(4) != Plan.random(5)
    with pytest.raises(ValueError, match="no fault"):
        Plan.read("a fault, maybe")


class Listing(Double):
    """A list of seven things in pages of two, led on by links, by a cursor in the body, or by a header."""

    def __init__(self, style: str) -> None:
        super().__init__()
        self.style = style
        self.route("GET", "/things")(self._page)

    def _page(self, request: Request) -> Answer:
        place = int(request.query.get("cursor", "0"))
        found, after = [{"id": number, "size": "small"} for number in range(place, min(place + 2, 7))], place + 2
        link = f"{self.url}/things?cursor={after}"
        if self.style == "header":
            return Answer(200, found, {"Link": f'<{link}>; rel="next"'} if after < 7 else {})
        if self.style == "export":
            told = {"things": found, "after_cursor": str(after), "after_url": link, "end_of_stream": after >= 7}
            return Answer(200, json.dumps(told).encode())
        more = {"links": {"next": link}, "meta": {"has_more": after < 7}}
        return Answer(200, {"things": found, **more})


def followed(listing: Listing) -> list[list[dict[str, Any]]]:
    """The pages, each asked for as the one before leads on."""
    pages, path = [], "/things"
    with httpx.Client(base_url=listing.url) as client:
        while path:
            reply = client.get(path)
            body = reply.json()
            pages.append(body if isinstance(body, list) else body["things"])
            leads = following(Answer(200, body, {"Link": reply.headers.get("Link", "")}))
            path = f"{leads.path}?{urlencode(leads.query)}" if leads else ""
            assert len(pages) < 20
    return pages


def numbers(pages: list[list[dict[str, Any]]]) -> list[list[int]]:
    return [[one["id"] for one in page] for page in pages]


@pytest.mark.parametrize("style", ["links", "export", "header"])
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("duplicate_page", [[0, 1], [0, 1], [2, 3], [4, 5], [6]]),
        ("swapped_pages", [[0, 1], [4, 5], [2, 3], [6]]),
        ("same_cursor", [[0, 1], [2, 3], [2, 3], [4, 5], [6]]),
    ],
)
def test_pages_come_twice_swapped_or_lead_to_themselves(style: str, kind: str, expected: list[list[int]]) -> None:
    with Listing(style) as listing:
        listing.faults = [Fault(kind, "/things", nth=2)]
        assert numbers(followed(listing)) == expected
        assert numbers(followed(listing)) == [[0, 1], [2, 3], [4, 5], [6]]


def test_the_other_half_of_a_swap_is_forgotten_when_the_client_begins_again() -> None:
    with Listing("links") as listing, httpx.Client(base_url=listing.url) as client:
        listing.faults = [Fault("swapped_pages", "/things")]
        assert [one["id"] for one in client.get("/things").json()["things"]] == [2, 3]
        assert numbers(followed(listing)) == [[0, 1], [2, 3], [4, 5], [6]]


@pytest.mark.parametrize(
    ("how", "record"),
    [
        ("new_field", {"id": 2, "size": "small", "unheard_of_field": {"nested": [1, None]}}),
        ("removed_field.size", {"id": 2}),
        ("changed_type.size", {"id": 2, "size": ["small"]}),
        ("new_enum.size", {"id": 2, "size": "unheard_of"}),
    ],
)
def test_records_take_another_form_for_a_page(how: str, record: dict[str, Any]) -> None:
    with Listing("links") as listing:
        listing.faults = Plan.read(f"schema_drift@/things#2={how}")
        pages = followed(listing)
    assert pages[1][0] == record and pages[0][0] == {"id": 0, "size": "small"}


def test_a_clock_is_off_by_hours_for_some_answers() -> None:
    with Listing("links") as listing, httpx.Client(base_url=listing.url) as client:
        listing.faults = Plan.read("clock_skew@/things#2=-7200")
        dates = [client.get("/things").headers["Date"] for _ in range(2)]
    assert [parsedate_to_datetime(date) for date in dates] == [MONDAY, MONDAY - timedelta(hours=2)]


def test_a_kind_that_a_double_asks_for_itself_is_its_own() -> None:
    with Listing("links") as listing:
        assert listing.faulty("duplicate_page", "/") is None
        listing.faults = [Fault("duplicate_page", "/things", nth=2)]
        assert numbers(followed(listing)) == [[0, 1], [2, 3], [4, 5], [6]]


def test_plans_at_random_draw_from_pages_and_clocks_too() -> None:
    drawn = {fault.kind for seed in range(20) for fault in Plan.random(seed)}
    assert {"duplicate_page", "same_cursor", "clock_skew", "reset"} <= drawn
    assert not drawn & {"swapped_pages", "schema_drift", "redirect"}
