"""Tickets counted by the day of their creation: what the id list does not name is found and fetched, or told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from maitred.connectors.doubling import Answer, Request
from maitred.connectors.zendesk.double import EMAIL, TOKEN, Zendesk
from maitred.sync.engine import status
from maitred.sync.tests.live import Reader, account_at, desk_of, reader_of

EXPORT, LIST, SHOWN = "/api/v2/incremental/tickets", "/api/v2/tickets.json", "/api/v2/tickets/show_many"


class Withholding(Zendesk):
    """A Zendesk some of whose answers leave a ticket out, or spoil what they say of it."""

    def __init__(self, **words: Any) -> None:
        super().__init__(tickets=40, page=20, service_levels=False, **words)
        self.withheld: dict[str, int] = {}
        self.spoilt: dict[int, dict[str, Any]] = {}

    def after(self, request: Request, answer: Answer) -> Answer:
        answer = super().after(request, answer)
        hidden = next((number for path, number in self.withheld.items() if request.path.startswith(path)), 0)
        if not (hidden or self.spoilt) or not request.path.startswith((EXPORT, LIST, SHOWN)):
            return answer
        body = json.loads(answer.body) if isinstance(answer.body, bytes) else answer.body
        if isinstance(body, dict) and "tickets" in body:
            kept = [one for one in body["tickets"] if one["id"] != hidden]
            answer.body = {**body, "tickets": [{**one, **self.spoilt.get(one["id"], {})} for one in kept]}
        return answer


@pytest.fixture
def zendesk() -> Iterator[Withholding]:
    with Withholding() as double:
        yield double


@pytest.fixture
def reader(zendesk: Withholding, tmp_path: Path) -> Iterator[Reader]:
    opened = Reader(tmp_path / "home", account_at(zendesk, "zendesk", {"email": EMAIL, "token": TOKEN}), zendesk)
    yield opened
    opened.close()


def day_of(zendesk: Zendesk, number: int) -> str:
    return str(zendesk.tickets[number]["created_at"])[:10]


def here(reader: Reader) -> set[str]:
    return {row["external_id"] for row in reader.rows("tickets", ["external_id"])}


def test_a_day_of_which_the_helpdesk_counts_more_is_fetched_anew(reader: Reader, zendesk: Withholding) -> None:
    zendesk.withheld = {EXPORT: 17, LIST: 17}
    assert reader.sync().complete
    assert "17" not in here(reader)
    outcome = reader.sync(reconcile=True)
    assert outcome.complete and "17" in here(reader)
    assert outcome.days["refetched"] == 1 and outcome.days["differing"] == ()
    assert outcome.days["first"] == day_of(zendesk, 1) and outcome.days["unable"] == ""
    assert status(reader.workspace, "zendesk").gaps == []


def test_a_day_that_still_differs_is_told_with_its_three_numbers(reader: Reader, zendesk: Withholding) -> None:
    zendesk.withheld = dict.fromkeys((EXPORT, LIST, SHOWN), 17)
    reader.sync(reconcile=True)
    health = status(reader.workspace, "zendesk")
    (told,) = health.as_json()["days"]["differing"]
    assert told["day"] == day_of(zendesk, 17)
    assert told["expected"] == told["loaded"] + 1 and told["quarantined"] == 0
    (gap,) = health.gaps
    assert gap.kind == "day-count" and gap.subject == told["day"] and f"counts {told['expected']}, here" in gap.message
    zendesk.withheld = {}
    reader.sync(reconcile=True)
    healed = status(reader.workspace, "zendesk")
    assert healed.gaps == [] and healed.days["differing"] == [] and "17" in here(reader)


def test_what_was_set_aside_counts_on_the_day_of_its_creation(reader: Reader, zendesk: Withholding) -> None:
    zendesk.spoilt = {17: {"generated_timestamp": "not a time", "updated_at": "not a time"}}
    outcome = reader.sync(reconcile=True)
    assert "17" not in here(reader)
    assert outcome.days["differing"] == () and outcome.days["undated"] == 0
    assert status(reader.workspace, "zendesk").gaps == []


def test_a_record_without_its_day_is_said_to_be_undated(reader: Reader, zendesk: Withholding) -> None:
    zendesk.spoilt = {17: {"created_at": "not a time"}}
    outcome = reader.sync(reconcile=True)
    assert outcome.days["undated"] == 1
    assert [one["day"] for one in outcome.days["differing"]] == [day_of(zendesk, 17)]


def test_months_that_agree_are_not_counted_by_day(reader: Reader, zendesk: Withholding) -> None:
    reader.sync(reconcile=True)
    asked = zendesk.heard("/api/v2/search/count.json")
    first = min(one.query["query"] for one in asked)
    span = (zendesk.clock.now().date() - zendesk.clock.now().date().fromisoformat(day_of(zendesk, 1))).days
    assert f"created>={day_of(zendesk, 1)}" in first
    assert 14 < len(asked) <= 14 + span // 28 + 2 < span


def test_cases_are_counted_by_day_outside_the_recycle_bin(tmp_path: Path) -> None:
    with desk_of("salesforce") as double:
        reader = reader_of("salesforce", double, tmp_path / "home")
        reader.sync()
        double.clock.advance(3 * 86_400)
        double.mutate({"op": "delete", "case": list(double.organisation.rows["Case"])[4]})  # type: ignore[attr-defined]
        outcome = reader.sync(reconcile=True)
        reader.close()
    assert outcome.complete, outcome
    assert outcome.days["differing"] == () and outcome.days["first"] and outcome.days["unable"] == ""


def test_a_helpdesk_that_cannot_count_by_day_says_so(tmp_path: Path) -> None:
    with desk_of("freshdesk") as double:
        reader = reader_of("freshdesk", double, tmp_path / "home")
        outcome = reader.sync(reconcile=True)
        told = status(reader.workspace, "freshdesk").days
        reader.close()
    assert outcome.complete and "archived" in outcome.days["unable"]
    assert told["unable"] == outcome.days["unable"] and told["differing"] == []
