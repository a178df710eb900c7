"""Each routing policy does what its name says, on cases small enough to be checked by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from maitred.floor.tests.handmade import (
    Turned,
    floor,
    kind,
    order,
    person,
    played,
    promise,
    seconds,
    shifts,
    taken,
    tickets,
)
from maitred.floor.world import POLICIES, Group, Policy

HOUR = 3_600.0


def ruled(policy: Policy, **changes: Any) -> tuple[Group, ...]:
    return (replace(Group("A", "always", policy=policy), **changes),)


def test_fifo_takes_the_longest_waiting_whatever_its_priority() -> None:
    world = floor([kind("mail")], [person("p")], ruled("fifo"))
    assert order(played(world, tickets((0, 0, 1), (1, 0, 0), (2, 0, 3), (3, 0, 1)))) == [0, 1, 2, 3]


def test_priority_takes_the_most_urgent_then_the_longest_waiting() -> None:
    world = floor([kind("mail")], [person("p")], ruled("priority"))
    raw = played(world, tickets((0, 0, 1), (1, 0, 0), (2, 0, 3), (3, 0, 1), (4, 0, 3)))
    assert order(raw) == [0, 2, 4, 3, 1]


def test_ageing_weighs_hours_of_waiting_against_steps_of_priority() -> None:
    """Ten points a step: at 20 points an hour an hour and a half outweighs two steps, twenty minutes do not."""
    world = floor([kind("mail", effort_median=2 * HOUR)], [person("p")], ruled("priority_ageing", ageing=20.0))
    late_urgent = tickets((0, 0, 1), (60, 0, 1), (1.6 * HOUR, 0, 3))
    assert order(played(world, late_urgent)) == [0, 1, 2]
    early_urgent = tickets((0, 0, 1), (60, 0, 1), (0.3 * HOUR, 0, 3))
    assert order(played(world, early_urgent)) == [0, 2, 1]


def test_under_ageing_nothing_starves_while_pure_priority_starves_what_is_low() -> None:
    rows = [(1.0, 0, 0), *((10.0 * n, 0, 3) for n in range(1_000))]
    arrivals = tickets(*sorted(rows))
    slow = kind("mail", effort_median=11.0)
    aged = played(floor([slow], [person("p")], ruled("priority_ageing", ageing=30.0)), arrivals)
    starved = played(floor([slow], [person("p")], ruled("priority")), arrivals)
    low = next(place for place, row in enumerate(aged.tickets) if row["priority"] == 0)
    assert aged.tickets["waited"][low] <= 1.4 * HOUR * 1000
    assert starved.tickets["waited"][low] > 2 * HOUR * 1000


def test_sla_due_takes_the_earliest_due() -> None:
    world = floor([kind("mail", effort_median=HOUR)], [person("p")], ruled("sla_due"))
    world = replace(world, policies=(promise(low=20_000, normal=9_000, high=7_000, urgent=3_000),))
    raw = played(world, tickets((0, 0, 1), (60, 0, 0), (120, 0, 1), (2_000, 0, 2), (3_000, 0, 2)))
    assert order(raw) == [0, 3, 2, 4, 1]


def test_sla_due_counts_only_open_hours() -> None:
    """At three in the morning both wait for nine o'clock; four business hours end later than six hours at night."""
    from maitred.floor.world import Schedule, SlaPolicy, Span, Target

    office = Schedule("office", "UTC", tuple(Span(day, 540, 1020) for day in range(5)))
    targets = (Target("first_reply", "high", 14_400), Target("first_reply", "normal", 28_000, business_hours=False))
    world = floor([kind("mail", effort_median=HOUR)], [person("p")], ruled("sla_due"))
    world = replace(world, schedules=(*world.schedules, office), policies=(SlaPolicy("s", "office", targets),))
    raw = played(world, tickets((0, 0, 1), (600, 0, 2), (1_200, 0, 1)))
    assert order(raw) == [0, 2, 1]


def test_sla_risk_prefers_the_larger_loss_near_its_due_time() -> None:
    world = floor([kind("mail", effort_median=HOUR)], [person("p")], ruled("sla_risk"))
    world = replace(world, policies=(promise(low=4_000, normal=100_000, high=100_000, urgent=6_000),))
    raw = played(world, tickets((0, 0, 1), (60, 0, 0), (120, 0, 3), (180, 0, 2)))
    assert order(raw)[:3] == [0, 2, 1], "an urgent one an hour before its time outweighs a low one at its time"


def test_round_robin_goes_in_turn() -> None:
    world = floor([kind("mail")], [person(f"p{n}") for n in range(3)], ruled("round_robin"))
    raw = played(world, tickets(*((1_000.0 * n, 0, 1) for n in range(7))))
    assert [agent for _, _, agent in taken(raw)] == [0, 1, 2, 0, 1, 2, 0]


def test_least_loaded_takes_who_holds_fewest_tickets() -> None:
    """The first person has many tickets waiting for customers' answers; the second none."""
    asking = kind("ask", exchanges=1e9, no_reply=1.0)
    world = floor([asking, kind("mail")], [person("p0"), person("p1")], ruled("least_loaded"))
    first = tickets(*((200.0 * n, 0, 1) for n in range(12)), *((4_000.0 + 1_000 * n, 1, 1) for n in range(6)))
    roster = shifts((0, 0, 90_000), (1, 3_000, 90_000))
    raw = played(world, first, roster)
    assert all(agent == 0 for second, _, agent in taken(raw) if second < 3_000)
    assert all(agent == 1 for second, _, agent in taken(raw) if second >= 4_000)


def test_least_loaded_chats_go_to_who_has_fewest_conversations() -> None:
    world = floor(
        [kind("chat", "chat")], [person("p0", concurrency=3), person("p1", concurrency=3)], ruled("least_loaded")
    )
    raw = played(world, tickets(*((float(n), 0, 1) for n in range(6))))
    agents = [agent for _, _, agent in taken(raw)]
    for pair in (agents[:2], agents[2:4], agents[4:]):
        assert sorted(pair) == [0, 1]


def test_skill_first_spares_the_generalist() -> None:
    skilled = kind("api", skills=("api",))
    people = [person("general", skills=("api", "sql", "mail")), person("special", skills=("api",))]
    world = floor([skilled, kind("mail")], people, ruled("skill_first"))
    raw = played(world, tickets(*((1_000.0 * n, 0, 1) for n in range(5))))
    assert {agent for _, _, agent in taken(raw)} == {1}


def test_skill_first_serves_what_needs_a_skill_first() -> None:
    world = floor([kind("mail"), kind("api", skills=("api",))], [person("p", skills=("api",))], ruled("skill_first"))
    assert order(played(world, tickets((0, 0, 1), (1, 0, 3), (2, 1, 0)))) == [0, 2, 1]


def test_nobody_gets_a_ticket_without_its_skill() -> None:
    world = floor([kind("api", skills=("api",))], [person("plain"), person("able", skills=("api",))], ruled("fifo"))
    raw = played(world, tickets(*((float(n), 0, 1) for n in range(20))))
    assert {agent for _, _, agent in taken(raw)} == {1}


def test_a_returning_ticket_waits_for_its_last_agent_under_sticky_only() -> None:
    """The last agent is busy when the answer comes; a colleague is free."""
    asking = kind("ask", exchanges=1e9, reply_median=150.0, reply_sigma=0.0, no_reply=0.0)
    long = kind("long", effort_median=1_000.0)
    people = [person("p0"), person("p1", "B", "A")]
    roster = shifts((0, 0, 90_000), (1, 120, 90_000))
    arrivals = tickets((0, 0, 1), (101, 1, 1))
    groups = Group("A", "always", policy="sticky"), Group("B", "always")
    sticky = played(floor([asking, long], people, groups), arrivals, roster)
    assert taken(sticky)[:2] == [(0.0, 0, 0), (101.0, 1, 0)]
    answers = [row["actor"] for row in sticky.log if row["ticket"] == 0 and row["kind"] == 8]
    assert answers[:2] == [0, 0]
    assert sticky.tickets["waited"][0] >= 850_000
    free = played(floor([asking, long], people, (replace(groups[0], policy="fifo"), groups[1])), arrivals, roster)
    answers = [row["actor"] for row in free.log if row["ticket"] == 0 and row["kind"] == 8]
    assert answers[:2] == [0, 1]


def test_sticky_tickets_return_to_the_queue_when_their_agent_is_away_for_long() -> None:
    asking = kind("ask", exchanges=1e9, reply_median=2_000.0, reply_sigma=0.0, no_reply=0.0)
    world = floor([asking], [person("p0"), person("p1")], ruled("sticky", sticky_hours=1.0))
    raw = played(world, tickets((0, 0, 1)), shifts((0, 0, 1_000), (0, 50_000, 90_000), (1, 1_500, 90_000)))
    assert [agent for _, _, agent in taken(raw)][:2] == [0, 1]
    near = played(world, tickets((0, 0, 1)), shifts((0, 0, 1_000), (0, 4_000, 90_000), (1, 1_500, 90_000)))
    assert {agent for _, _, agent in taken(near)} == {0}


def test_pull_pick_prefers_easy_tickets_and_without_bias_is_first_come() -> None:
    mixed = kind("mail", effort_kind="lognormal", effort_sigma=1.0)
    arrivals = tickets(*((float(n), 0, 1) for n in range(40)))
    fair = played(floor([mixed], [person("p")], ruled("pull_pick")), arrivals)
    assert order(fair) == list(range(40))
    biased = played(floor([mixed], [person("p")], ruled("pull_pick", pick_bias=3.0)), arrivals)
    efforts = [int(biased.tickets["effort"][ticket]) for ticket in order(biased)]
    assert sum(efforts[:15]) < 0.6 * sum(efforts[-15:])


def test_load_limit_holds_back_who_has_enough() -> None:
    asking = kind("ask", exchanges=1e9, no_reply=1.0)
    world = floor([asking], [person("p0")], ruled("load_limit", load_limit=3))
    raw = played(world, tickets(*((200.0 * n, 0, 1) for n in range(5))))
    assert len(taken(raw)) == 3, "three are held, waiting for customers who never answer"
    lapsed = played(replace(world, days=9), tickets(*((200.0 * n, 0, 1) for n in range(5))))
    assert len(taken(lapsed)) == 5
    assert taken(lapsed)[3][0] == pytest.approx(7 * 86_400 + 100, abs=1)


def test_live_contacts_come_before_the_backlog() -> None:
    world = floor([kind("mail"), kind("call", "phone")], [person("p")])
    raw = played(world, tickets((0, 1, 1), (1, 0, 3), (2, 1, 0)))
    assert order(raw) == [0, 2, 1]


@pytest.mark.parametrize("policy", POLICIES)
def test_no_policy_leaves_somebody_idle_beside_a_waiting_ticket(policy: Policy) -> None:
    world = floor([kind("mail"), kind("chat", "chat")], [person(f"p{n}") for n in range(3)], ruled(policy))
    arrivals = tickets(*((30.0 * n, n % 2, n % 4) for n in range(300)))
    raw = played(world, arrivals)
    assert raw.counters["solved"] == 300
    longest = max(seconds(raw, "AGENT_MESSAGE"))
    assert longest < 30.0 * 300 + 2_000, "three people do 100 seconds each, so work keeps pace with arrivals"


def test_switching_a_policy_to_itself_is_the_identity() -> None:
    mixed = kind("mail", effort_kind="lognormal", exchanges=0.5, success=1.0)
    world = floor([mixed], [person("p0"), person("p1")], ruled("sla_due"))
    arrivals = tickets(*((40.0 * n, 0, n % 4) for n in range(400)))
    same = Turned("same", ((5_000.0, "group", "A", "policy", float(POLICIES.index("sla_due"))),))
    plain, turned = played(world, arrivals), played(world.plant(same), arrivals)
    assert plain.tickets.tobytes() == turned.tickets.tobytes()
    assert plain.log.tobytes() == turned.log[turned.log["kind"] != 30].tobytes()


def test_a_policy_takes_effect_at_its_instant() -> None:
    world = floor([kind("mail")], [person("p")], ruled("fifo"))
    turned = world.plant(Turned("t", ((250.0, "group", "A", "policy", float(POLICIES.index("priority"))),)))
    raw = played(turned, tickets((0, 0, 1), (1, 0, 0), (2, 0, 0), (3, 0, 3), (4, 0, 1)))
    assert order(raw) == [0, 1, 2, 3, 4]
    assert order(played(turned, tickets((0, 0, 1), (1, 0, 0), (2, 0, 0), (3, 0, 0), (4, 0, 3)))) == [0, 1, 2, 4, 3]
