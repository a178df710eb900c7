"""Freshdesk's connector over a real socket: what a first look finds, one ticket by id, all ids, and webhook tokens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from maitred.connectors.freshdesk.connector import CONNECTOR
from maitred.connectors.freshdesk.double import PLANS, Freshdesk
from maitred.connectors.freshdesk.double_account import ADMIN
from maitred.connectors.freshdesk.tests.asked import Reading, asking, told
from maitred.connectors.live import Account, Delivery, Hint, Refused

NAMES = tuple(one.name for one in CONNECTOR.streams(Account("f", "freshdesk", "https://example.freshdesk.com", {})))


@pytest.fixture
def desk() -> Iterator[Freshdesk]:
    with Freshdesk(150) as double:
        yield double


@pytest.fixture
def reading(desk: Freshdesk) -> Iterator[Reading]:
    with asking(desk) as found:
        yield found


def test_a_probe_names_the_user_the_plan_and_the_export_that_is_withheld(reading: Reading) -> None:
    probe = CONNECTOR.probe(reading.api, reading.account)
    assert (probe.user, probe.user_id, probe.plan) == ("agent0@desk.example", str(ADMIN), "enterprise")
    assert tuple(probe.missing) == ("ticket_activities",) and "support switches it on" in probe.notices[0]
    assert probe.available == tuple(name for name in NAMES if name != "ticket_activities")


def test_with_the_export_history_is_exact_and_a_list_without_rights_is_named(desk: Freshdesk, reading: Reading) -> None:
    desk.export, desk.missing = "on", {"sla_policies", "time_entries"}
    probe = CONNECTOR.probe(reading.api, reading.account)
    assert set(probe.missing) == {"sla_policies", "time_entries"} and "403" in probe.missing["time_entries"]
    assert probe.history.startswith("exact") and probe.settings == {"plan": "enterprise", "activities": True}


def test_another_key_is_refused(desk: Freshdesk) -> None:
    with asking(desk, key="other") as reading, pytest.raises(Refused) as refusal:
        CONNECTOR.probe(reading.api, reading.account)
    assert refusal.value.status == 401


def test_single_tickets_come_with_their_conversations_as_the_streams_give_them(
    desk: Freshdesk, reading: Reading
) -> None:
    desk.mutate({"op": "delete", "ticket": 4})
    desk.mutate({"op": "purge", "ticket": 5})
    found = told(list(CONNECTOR.refetch(reading, ["3", "4", "5"])))
    truth = desk.truth()
    assert found["tickets"] == {key: truth["tickets"][key] for key in ("3", "4")}
    assert found["messages"] == {key: one for key, one in truth["messages"].items() if one[0] in ("3", "4")}
    assert CONNECTOR.absent(reading, ["3", "4", "5"]) == ["5"]


def test_every_ticket_is_among_the_ids_whatever_became_of_it(desk: Freshdesk, reading: Reading) -> None:
    for op, number in (("delete", 4), ("spam", 5), ("purge", 6)):
        desk.mutate({"op": op, "ticket": number})
    pages = list(CONNECTOR.ids(reading))
    assert {key for page in pages for key in page} == {str(one) for one in range(1, 151)} - {"6"}
    assert CONNECTOR.count(reading.api, reading.account) is None


def test_ids_beyond_the_wall_are_not_passed_over() -> None:
    with Freshdesk(450, wall=2) as walled, asking(walled) as reading:
        walled.mutate({"op": "mass_update", "tickets": list(range(1, 401)), "values": {"type": "Incident"}})
        with pytest.raises(Refused, match="not every ticket"):
            list(CONNECTOR.ids(reading))


@pytest.mark.parametrize(("plan", "rates"), PLANS.items())
def test_rates_keep_to_the_plan_and_to_what_a_page_of_tickets_counts_for(plan: str, rates: tuple[int, int]) -> None:
    account = Account("f", "freshdesk", "https://example.freshdesk.com", {}, {"plan": plan})
    found = {name: rate.per_minute for name, rate in CONNECTOR.rates(account).items()}
    assert found["account"] + found["write"] == rates[0] and found["write"] >= 5
    assert 7 <= found["tickets"] <= rates[1] and 5 * found["tickets"] < rates[0] * 0.8


def test_a_reply_corrects_every_rate_and_tells_what_is_left(desk: Freshdesk, reading: Reading) -> None:
    assert {name: rate.per_minute for name, rate in CONNECTOR.rates(reading.account).items()} == {
        "account": 45,
        "tickets": 7,
        "write": 5,
    }
    reading.api.get("api/v2/groups")
    assert reading.purse.learnt == [
        Hint("account", 699, 630, 60.0),
        Hint("tickets", 139, 98, 60.0),
        Hint("write", 699, 70, 60.0),
    ]
    desk.account.per_minute = 3_000  # by the hour, as in older plans
    reading.api.get("api/v2/groups")
    assert [one.total for one in reading.purse.learnt[3:]] == [45, 7, 5]


def test_where_nothing_is_left_every_bucket_is_told_for_how_long(desk: Freshdesk, reading: Reading) -> None:
    desk.account.used = 700
    desk.account.minute = desk.clock.epoch() // 60
    reading.api.get("api/v2/groups")
    assert [(one.bucket, one.remaining, one.resets_s) for one in reading.purse.learnt[:3]] == [
        ("account", 0, 60.0),
        ("tickets", 0, 60.0),
        ("write", 0, 60.0),
    ]
    assert reading.purse.closed == [("account", 60.0)] and not desk.violations


@pytest.mark.parametrize(
    ("token", "body", "tickets"),
    [
        ("old", b'{"ticket_id": "12"}', ("12",)),
        ("new", b'{"ticket_id": 12}', ("12",)),
        ("", b'{"ticket_id": 12}', None),
        ("n\u00e9w", b'{"ticket_id": 12}', None),
        ("new", b'{"ticket_id": "../12"}', None),
        ("new", b"[]", None),
    ],
)
def test_a_hook_is_believed_only_with_a_token_that_holds(
    token: str, body: bytes, tickets: tuple[str, ...] | None
) -> None:
    now = datetime(2026, 3, 10, tzinfo=UTC)
    found = CONNECTOR.hook(Delivery({"x-maitred-token": token}, body, ("old", "new", ""), now))
    assert (found.tickets if found else None) == tickets
