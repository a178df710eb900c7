"""The life of a ticket, step by step on a floor without chance: what happens, when, and what is written down."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from maitred.floor.logbook import CUSTOMER, SYSTEM, Intent, Kind
from maitred.floor.tests.handmade import (
    DAY,
    Turned,
    floor,
    kind,
    of_kind,
    order,
    person,
    played,
    presence,
    seconds,
    shifts,
    taken,
    tickets,
)
from maitred.floor.world import Bot, Group

NEW, OPEN, PENDING, SOLVED, CLOSED = 0, 1, 2, 4, 5
TIERS = (Group("A", "always", policy="fifo", escalates_to="B"), Group("B", "always", policy="fifo", tier=2))
LONG = 20


def story(raw: object, ticket: int = 0) -> list[tuple[str, float]]:
    """Kind and second of each record of a ticket."""
    rows = raw.log[raw.log["ticket"] == ticket]  # type: ignore[attr-defined]
    return [(Kind(row["kind"]).name, row["time"] / 1000) for row in rows]


def test_a_plain_ticket_is_created_taken_answered_solved_and_closed() -> None:
    raw = played(floor([kind("m")], [person("p")]), tickets((10, 0, 2)))
    assert story(raw) == [
        ("CREATED", 10.0),
        ("ASSIGNED", 10.0),
        ("STATUS", 10.0),
        ("AGENT_MESSAGE", 110.0),
        ("STATUS", 110.0),
        ("STATUS", 110.0 + 4 * DAY),
    ]
    changes = [(row["old"], row["new"], row["actor"]) for row in of_kind(raw, "STATUS")]
    assert changes == [(NEW, OPEN, 0), (OPEN, SOLVED, 0), (SOLVED, CLOSED, SYSTEM)]
    row = raw.tickets[0]
    assert (row["first_reply"], row["solved"], row["effort"], row["waited"]) == (110_000, 110_000, 100_000, 0)
    assert (row["solver"], row["good"], row["durable"], row["status"]) == (0, 1, 1, CLOSED)


def test_an_answer_asked_for_comes_after_its_delay_and_the_ticket_waits_anew() -> None:
    asking = kind("m", exchanges=1e9, no_reply=0.0, reply_median=500.0, reply_sigma=0.0)
    raw = played(floor([asking], [person("p")]), tickets((0, 0, 1)))
    assert story(raw)[3:8] == [
        ("AGENT_MESSAGE", 100.0),
        ("STATUS", 100.0),
        ("CUSTOMER_MESSAGE", 600.0),
        ("STATUS", 600.0),
        ("AGENT_MESSAGE", 700.0),
    ]
    assert of_kind(raw, "CUSTOMER_MESSAGE")["value"][0] == Intent.DETAIL


def test_a_customer_who_never_answers_is_solved_after_seven_days() -> None:
    world = floor([kind("m", exchanges=1e9, no_reply=1.0)], [person("p")], days=LONG)
    raw = played(world, tickets((0, 0, 1)))
    last = of_kind(raw, "STATUS")[-2:]
    assert [(row["old"], row["new"], row["actor"], row["time"]) for row in last] == [
        (PENDING, SOLVED, SYSTEM, 100_000 + 7 * DAY * 1000),
        (SOLVED, CLOSED, SYSTEM, 100_000 + 11 * DAY * 1000),
    ]


def test_a_caller_without_patience_hangs_up_and_mail_is_chased() -> None:
    call = kind("c", "phone", patience=50.0, effort_median=5_000.0)
    raw = played(floor([call], [person("p")]), tickets((0, 0, 1), (1, 0, 1)))
    assert raw.tickets["abandoned"].tolist() == [0, 1]
    assert [name for name, _ in story(raw, 1)] == ["CREATED", "ABANDONED", "STATUS", "STATUS"]
    assert raw.counters["abandoned"] == 1
    mail = kind("m", patience=50.0, effort_median=50_000.0)
    raw = played(floor([mail], [person("p")]), tickets((0, 0, 1), (1, 0, 1)))
    chasers = of_kind(raw, "CUSTOMER_MESSAGE")
    assert len(chasers) == 5
    assert set(chasers["value"]) == {Intent.CHASE}
    assert raw.tickets["abandoned"].tolist() == [0, 0]


def test_a_social_customer_without_patience_opens_a_second_ticket_that_may_be_merged() -> None:
    """The first is taken up, asked back about, and never answered: it is open while the second is looked at."""
    post = kind("p", "social", patience=50.0, effort_median=3_000.0, exchanges=1e9, no_reply=1.0)
    raw = played(floor([post], [person("p")]), tickets(*((float(n), 0, 1) for n in range(30))))
    children = raw.tickets[raw.tickets["parent"] >= 0]
    assert len(children) >= 25
    merged = of_kind(raw, "MERGED")
    assert len(merged) == raw.counters["merged"] > 0
    for row in merged:
        assert raw.tickets["parent"][row["ticket"]] == row["new"]
        assert raw.tickets["status"][row["ticket"]] == CLOSED


def test_mail_is_laid_aside_for_a_call_and_resumed_at_a_price() -> None:
    """Forty of a hundred seconds are done; the call takes a hundred with its wrap-up; thirty are lost."""
    raw = played(floor([kind("m"), kind("c", "phone")], [person("p")]), tickets((0, 0, 1), (40, 1, 1)))
    assert seconds(raw, "AGENT_MESSAGE", 1) == [125.0], "the last 15 % of a call is wrap-up"
    assert seconds(raw, "AGENT_MESSAGE", 0) == [140.0 + 60.0 + 30.0]
    assert raw.tickets["effort"].tolist() == [130_000, 100_000]
    assert raw.counters["interrupted"] == 1
    assert raw.counters["busy_s"] == 230.0


def test_two_chats_at_once_slow_each_other_down() -> None:
    """Alone 100 s; after 50 s a second one makes both 1.5 times slower until the first ends."""
    world = floor([kind("c", "chat")], [person("p", concurrency=2)], chat_slowdown=0.5)
    raw = played(world, tickets((0, 0, 1), (50, 0, 1), (60, 0, 1)))
    assert seconds(raw, "AGENT_MESSAGE", 0) == [125.0]
    assert taken(raw)[2][0] == 125.0, "the third waits for a place"
    assert seconds(raw, "AGENT_MESSAGE", 1) == [pytest.approx(200.0)]


def test_a_chat_keeps_its_place_while_the_customer_writes_and_loses_it_after_ten_minutes() -> None:
    quick = kind("c", "chat", exchanges=1e9, no_reply=0.0, reply_median=60.0, reply_sigma=0.0)
    raw = played(floor([quick], [person("p", concurrency=1)]), tickets((0, 0, 1), (1, 0, 1)))
    assert order(raw) == [0]
    slow = replace(quick, reply_median=2_000.0)
    raw = played(floor([slow], [person("p", concurrency=1)]), tickets((0, 0, 1), (1, 0, 1)))
    assert taken(raw)[1] == (700.0, 1, 0)


def test_at_the_end_of_a_shift_calls_are_finished_and_long_mail_goes_back() -> None:
    call, mail = kind("c", "phone", effort_median=5_000.0), kind("m", effort_median=5_000.0)
    people = [person("p0"), person("p1")]
    roster = shifts((0, 0, 1_000), (1, 2_000, 90_000))
    raw = played(floor([call, mail], people), tickets((0, 0, 1)), roster)
    assert seconds(raw, "AGENT_MESSAGE") == [4_250.0]
    raw = played(floor([call, mail], people), tickets((0, 1, 1)), roster)
    assert taken(raw) == [(0.0, 0, 0), (2_000.0, 0, 1)]
    assert of_kind(raw, "AGENT_NOTE")["value"].tolist() == [1_000]
    assert seconds(raw, "AGENT_MESSAGE") == [2_000.0 + 4_500.0], "half of what was done counts"
    assert raw.tickets["effort"][0] == 5_500_000
    back_soon = shifts((0, 0, 1_000), (0, 5_000, 90_000), (1, 2_000, 90_000))
    raw = played(floor([call, mail], people), tickets((0, 1, 1)), back_soon)
    assert taken(raw) == [(0.0, 0, 0)], "who is back within four hours keeps it"
    assert seconds(raw, "AGENT_MESSAGE") == [9_000.0]


def test_mail_that_ends_within_ten_minutes_is_finished_after_the_shift() -> None:
    raw = played(floor([kind("m", effort_median=1_500.0)], [person("p")]), tickets((0, 0, 1)), shifts((0, 0, 1_000)))
    assert seconds(raw, "AGENT_MESSAGE") == [1_500.0]


def test_a_break_suspends_mail_without_loss() -> None:
    roster = presence((0, 0, "SHIFT_ON"), (0, 30, "BREAK_ON"), (0, 530, "BREAK_OFF"), (0, 9_000, "SHIFT_OFF"))
    raw = played(floor([kind("m")], [person("p")]), tickets((0, 0, 1), (100, 0, 1)), roster)
    assert seconds(raw, "AGENT_MESSAGE") == [600.0, 700.0]
    assert raw.counters["present_s"] == 8_500.0


def test_absence_is_written_down() -> None:
    raw = played(floor([kind("m")], [person("p")]), tickets((0, 0, 1)), presence((0, 0, "ABSENT")))
    assert len(of_kind(raw, "ABSENT")) == 1
    assert taken(raw) == []


def test_a_transfer_goes_to_another_group_once() -> None:
    groups = Group("A", "always", policy="fifo"), Group("B", "always", policy="fifo")
    world = floor([kind("m", transfers=1.0)], [person("p0"), person("p1", "B")], groups)
    raw = played(world, tickets((0, 0, 1)))
    assert taken(raw) == [(0.0, 0, 0), (100.0, 0, 1)]
    assert raw.tickets["transfers"][0] == 1
    assert raw.tickets["group"][0] == 1
    assert [row["actor"] for row in of_kind(raw, "AGENT_NOTE")] == [0]
    alone = played(floor([kind("m", transfers=1.0)], [person("p")]), tickets((0, 0, 1)))
    assert alone.tickets["transfers"][0] == 0


def test_an_escalation_goes_to_the_next_tier() -> None:
    raw = played(floor([kind("m", escalates=1.0)], [person("p0"), person("p1", "B")], TIERS), tickets((0, 0, 1)))
    assert taken(raw) == [(0.0, 0, 0), (100.0, 0, 1)]
    assert of_kind(raw, "ESCALATED")["value"].tolist() == [0]
    assert raw.tickets["status"][0] == CLOSED


def test_long_waits_for_weak_agents_bring_complaints_that_raise_the_priority() -> None:
    asking = kind("m", exchanges=2.0, no_reply=0.0, reply_median=60.0, escalates=0.04, patience=0.0)
    arrivals = tickets(*((20.0 * n, 0, 1) for n in range(1_500)))
    complaints = {}
    for quality in (-1.0, 2.0):
        raw = played(floor([asking], [person("p", quality=quality)], days=LONG), arrivals)
        felt = of_kind(raw, "ESCALATED")
        complaints[quality] = int((felt["actor"] == CUSTOMER).sum())
        assert set(felt["value"][felt["actor"] == CUSTOMER]) == {1, 2}
        assert len(of_kind(raw, "PRIORITY")) > 0
    assert complaints[-1.0] > 3 * complaints[2.0] > 0


def test_a_bad_outcome_reopens_the_ticket_or_after_closing_brings_a_follow_up() -> None:
    bad = kind("m", success=-40.0, reopens=1.0, recontacts=0.0)
    arrivals = tickets(*((200.0 * n, 0, 1) for n in range(40)))
    raw = played(floor([bad], [person("p")]), arrivals)
    assert (raw.tickets["reopens"] > 0).sum() > 30
    asked = of_kind(raw, "CUSTOMER_MESSAGE")
    assert set(asked["value"]) == {Intent.REOPEN}
    closing = played(floor([bad], [person("p")], close_days=0.001), arrivals)
    assert closing.tickets["reopens"].sum() == 0
    followed = closing.tickets[closing.tickets["parent"] >= 0]
    assert len(followed) > 30
    assert len(np.unique(closing.tickets["key"])) == len(closing.tickets)


def test_a_recontact_is_a_new_ticket_of_the_same_customer_on_a_drawn_channel() -> None:
    classes = [kind("m", success=-40.0, reopens=0.0, recontacts=1.0, weekly=10.0), kind("c", "phone", weekly=10.0)]
    raw = played(floor(classes, [person("p")]), tickets(*((200.0 * n, 0, 1) for n in range(40))))
    back = raw.tickets[raw.tickets["parent"] >= 0]
    assert len(back) >= 40
    assert set(back["class_"]) == {0, 1}
    assert (raw.tickets["customer"][back["parent"]] == back["customer"]).all()
    assert (raw.tickets["durable"][back["parent"]] == 0).all()
    solved = raw.tickets["solved"][back["parent"]]
    assert (back["created"] - solved < 7 * DAY * 1000).all()


def robot(containment: float = 1.0, wrong: float = 0.0) -> tuple[Bot, ...]:
    return (Bot("robot", latency=20.0, handoff=60.0, containment=containment, wrong=wrong),)


def test_a_bot_contains_hands_over_or_is_wrong() -> None:
    people = [person("p"), person("robot", is_bot=True)]
    asked = kind("m", bot=1.0)
    raw = played(floor([asked], people, bots=robot()), tickets((0, 0, 1)))
    assert [name for name, _ in story(raw)] == ["CREATED", "ASSIGNED", "STATUS", "AGENT_MESSAGE", "STATUS", "STATUS"]
    assert (raw.tickets["bot"][0], raw.tickets["solver"][0], raw.tickets["first_reply"][0]) == (2, 1, 20_000)
    raw = played(floor([asked], people, bots=robot(containment=0.0)), tickets((0, 0, 1)))
    assigned = [(row["time"] / 1000, row["old"], row["new"]) for row in of_kind(raw, "ASSIGNED")]
    assert assigned == [(0.0, -1, 1), (80.0, 1, -1), (80.0, -1, 0)]
    assert raw.tickets["bot"][0] == 1
    raw = played(
        floor([asked], people, bots=robot(wrong=1.0), days=LONG), tickets(*((float(n), 0, 1) for n in range(30)))
    )
    assert set(raw.tickets["bot"][:30]) == {3}
    back = raw.tickets[30:]
    assert sorted(back["parent"]) == list(range(30))
    assert (back["created"] < 7 * DAY * 1000 + 60_000).all()
    assert set(back["solver"]) == {0}, "who comes back meets a person"


def test_the_share_offered_to_the_bot_is_kept() -> None:
    people = [person("p"), person("robot", is_bot=True)]
    raw = played(floor([kind("m", bot=0.3)], people, bots=robot()), tickets(*((200.0 * n, 0, 1) for n in range(2_000))))
    assert (raw.tickets["bot"] > 0).mean() == pytest.approx(0.3, abs=0.04)


def test_parked_tickets_are_pending_without_a_word() -> None:
    raw = played(floor([kind("m")], [person("p", parks=1.0)]), tickets((0, 0, 1)))
    told = story(raw)
    assert told[3] == ("STATUS", 100.0)
    assert of_kind(raw, "AGENT_MESSAGE").size == 0
    parked = of_kind(raw, "STATUS")[1]
    assert (parked["old"], parked["new"], parked["value"]) == (OPEN, PENDING, 100)
    assert of_kind(raw, "CUSTOMER_MESSAGE")["value"][0] == Intent.CHASE


def test_a_cherry_picker_passes_hard_tickets_on() -> None:
    mixed = kind("m", effort_kind="lognormal", effort_sigma=1.0)
    people = [person("fair"), person("picky", picks=3.0)]
    raw = played(floor([mixed], people), tickets(*((110.0 * n, 0, 1) for n in range(300))))
    notes = of_kind(raw, "AGENT_NOTE")
    assert len(notes) > 30
    assert set(notes["actor"]) == {1}
    solved_by = raw.tickets["solver"]
    mean = [float(raw.tickets["effort"][solved_by == agent].mean()) for agent in (0, 1)]
    assert mean[1] < 0.7 * mean[0]


def test_a_new_person_is_slow_at_first_and_the_ramp_ends() -> None:
    start = floor([kind("m")], [person("p")]).start
    world = floor([kind("m")], [person("p", hired=start, ramp_weeks=2.0)], days=LONG)
    raw = played(world, tickets(*((DAY * n, 0, 1) for n in range(18))))
    efforts = raw.tickets["effort"] / 100_000
    assert efforts[0] == pytest.approx(np.exp(0.5))
    assert (np.diff(efforts[:14]) < 0).all()
    assert efforts[14:].tolist() == [1.0] * 4


def test_switches_change_what_they_name_from_their_instant_on() -> None:
    asked = kind("m", bot=0.0)
    people = [person("p"), person("robot", is_bot=True)]
    turns = (
        (1_000.0, "agent", "p", "speed", float(np.log(2.0))),
        (2_000.0, "class", "m", "effort", 3.0),
        (3_000.0, "class", "m", "bot", 1.0),
        (4_000.0, "bot", "robot", "latency", 5.0),
    )
    world = floor([asked], people, bots=robot()).plant(Turned("t", turns))
    raw = played(world, tickets((0, 0, 1), (1_000, 0, 1), (2_000, 0, 1), (3_000, 0, 1), (4_000, 0, 1)))
    assert raw.tickets["effort"].tolist() == [100_000, 200_000, 600_000, 0, 0]
    assert (raw.tickets["solved"] - raw.tickets["created"])[3:].tolist() == [20_000, 5_000]
    switched = of_kind(raw, "SWITCHED")
    assert switched["old"].tolist() == [0, 1, 2, 3]
    assert set(switched["cause"]) == {0}


def test_crowding_speeds_people_up_and_costs_quality() -> None:
    rushed = kind("m", success=1.0)
    arrivals = tickets(*((10.0 * n, 0, 1) for n in range(2_000)))
    calm = played(floor([rushed], [person("p")]), arrivals)
    crowded = played(floor([rushed], [person("p")], load_speedup=0.5), arrivals)
    assert crowded.tickets["effort"][:500].min() == pytest.approx(100_000 * np.exp(-0.5), abs=1)
    assert (crowded.tickets["good"][:500] == 1).sum() < (calm.tickets["good"][:500] == 1).sum()
