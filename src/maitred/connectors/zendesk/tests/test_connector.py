"""Zendesk as a connector, against the fake account: signing in, a first look, single tickets, and the whole reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from maitred.connectors.api import HttpApi
from maitred.connectors.live import Account, Hint, Refused
from maitred.connectors.zendesk.connector import CONNECTOR
from maitred.connectors.zendesk.double import BEARER, EMAIL, TOKEN, Zendesk
from maitred.connectors.zendesk.mapping import decode


class Purse:
    def take(self, bucket: str) -> None: ...
    def close(self, bucket: str, seconds: float) -> None: ...
    def learn(self, hint: Hint) -> None: ...


@dataclass
class Reading:
    api: HttpApi
    account: Account

    @property
    def settings(self) -> Mapping[str, Any]:
        return {}

    def todo(self, limit: int) -> list[str]:
        return []


@pytest.fixture
def desk() -> Iterator[Zendesk]:
    with Zendesk(tickets=120, page=50, exports_per_minute=100) as double:
        yield double


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=5) as opened:
        yield opened


def reading(desk: Zendesk, client: httpx.Client, credentials: Mapping[str, str]) -> Reading:
    account = Account("zendesk", "zendesk", desk.url, credentials)
    return Reading(HttpApi(client, CONNECTOR, account, Purse(), pause=lambda seconds: None), account)


KEY = {"email": EMAIL, "token": TOKEN}


def test_a_first_look_names_the_user_and_what_is_missing(desk: Zendesk, client: httpx.Client) -> None:
    by = reading(desk, client, {"token": BEARER})
    found = CONNECTOR.probe(by.api, by.account)
    assert (found.user, found.missing) == (EMAIL, {}) and "tickets" in found.available
    desk.role = "agent"
    limited = CONNECTOR.probe(by.api, by.account)
    assert "tickets" in limited.missing and limited.notices and "tickets" not in limited.available
    stranger = reading(desk, client, {"email": EMAIL, "token": "wrong"})
    with pytest.raises(Refused, match="401"):
        CONNECTOR.probe(stranger.api, stranger.account)


def test_ids_counts_and_absences_agree_with_the_account(desk: Zendesk, client: httpx.Client) -> None:
    by = reading(desk, client, KEY)
    desk.mutate({"op": "delete", "ticket": 7})
    ids = [one for page in CONNECTOR.ids(by) for one in page]
    assert CONNECTOR.count(by.api, by.account) == len(ids) == len(set(ids)) == 119
    assert list(CONNECTOR.absent(by, ["6", "7", "999"])) == ["7", "999"]


def test_single_tickets_come_with_all_that_happened_to_them(desk: Zendesk, client: httpx.Client) -> None:
    pages = list(CONNECTOR.refetch(reading(desk, client, KEY), ["3", "999"]))
    assert [name for name, _ in pages] == ["tickets", "ticket_audits"]
    decoded = decode("ticket_audits", pages[1][1].records)
    truth = desk.truth()["messages"].values()
    assert decoded.bad == [] and decoded.tables["messages"].num_rows == sum(one[0] == "3" for one in truth)


def test_limits_are_read_from_replies() -> None:
    told = {"x-rate-limit": "700", "ratelimit-remaining": "699", "ratelimit-reset": "30",
            "zendesk-ratelimit-incremental-exports": "total=10; remaining=4; resets=30"}  # fmt: skip
    assert list(CONNECTOR.hints("/api/v2/incremental/tickets/cursor.json", told)) == [
        Hint("account", 699, 700, 30),
        Hint("incremental", 4, 10, 30),
    ]


def test_every_stream_is_read_whole_and_decodes(desk: Zendesk, client: httpx.Client) -> None:
    by = reading(desk, client, KEY)
    found: dict[str, dict[Any, Any]] = {}
    for stream in CONNECTOR.streams(by.account):
        pages = list(stream.pages(by, None))
        records = [record for page in pages for record in page.records]
        assert pages[-1].complete and decode(stream.name, records).bad == [], stream.name
        found[stream.name] = {record["id"]: record for record in records}
    truth = desk.truth()
    assert {str(key): one["status"] for key, one in found["tickets"].items()} == {
        key: one["status"] for key, one in truth["tickets"].items()
    }
    told = decode("ticket_events", list(found["ticket_events"].values())).tables["messages"].to_pylist()
    assert len(told) == len(truth["messages"]) and len(found["satisfaction_ratings"]) == len(desk.ratings)
