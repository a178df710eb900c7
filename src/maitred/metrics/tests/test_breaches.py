"""The clock of a promise is split by state, second by second, and the breaches are those that the metric counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pytest

from maitred.base.errors import Denied, UsageError
from maitred.metrics.asking import Asker, asking
from maitred.metrics.breaches import Split, split, without_kept
from maitred.metrics.clocks import ledger
from maitred.metrics.conftest import Published
from maitred.metrics.explaining import _compute
from maitred.metrics.scope import Scope
from maitred.metrics.tests.promised import AGENTS, CUSTOMER, ROUTER, Happened, asked, target
from maitred.metrics.windows import window

EVERYTHING, ALWAYS = Scope.everything(), window(None, None)
A, B, _ = AGENTS
DAY = "2026-03-02"
MINUTE = 60


def at(clock: str, day: str = DAY) -> str:
    return f"{day} {clock}:00"


def promise(minutes: int, group: int = 11, *, business: bool = False, day: str = DAY) -> list[Happened]:
    born = at("09:00", day)
    return [
        (born, "comment", "?", CUSTOMER),
        (born, "status", "new", CUSTOMER),
        (born, "priority", "high", CUSTOMER),
        (born, "group_id", group, CUSTOMER),
        (born, "first_reply_time", target(minutes, business), CUSTOMER),
    ]


STORY: list[Happened] = [
    *promise(60),
    (at("09:30"), "assignee_id", A, ROUTER),
    (at("10:00"), "note", "looking", A),
    (at("11:00"), "assignee_id", B, A),
    (at("11:20"), "note", "mine", B),
    (at("12:00"), "status", "hold", B),
    (at("13:00"), "status", "open", B),
    (at("14:00"), "comment", "Here.", B),
    (at("14:00"), "status", "solved", B),
]


BACK: list[Happened] = [
    *promise(30, group=12),
    (at("09:10"), "assignee_id", A, A),
    (at("09:20"), "assignee_id", "", A),
    (at("09:50"), "assignee_id", A, ROUTER),
    (at("10:00"), "comment", "Here.", A),
]
LAXER: list[Happened] = [
    *promise(30, group=12),
    (at("10:00"), "first_reply_time", target(240), ROUTER),
    (at("11:00"), "comment", "Here.", A),
]


def minutes(found: Split, row: int = 0) -> dict[str, float]:
    return {state: seconds / MINUTE for state, seconds in zip(found.states, found.seconds[row].tolist(), strict=True)}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """Ticket 1 of group 11 went through everything, 2 and 3 of group 12 came back and got a laxer target."""
    tickets = (STORY, BACK, LAXER)
    with asked(tmp_path_factory.mktemp("story"), {n + 1: (at("09:00"), one) for n, one in enumerate(tickets)}) as ask:
        yield ask


def test_every_state_of_a_ticket_that_went_through_all_of_them(story: Asker) -> None:
    found = split(story, ALWAYS, {"group": ["11"]}, scope=EVERYTHING)
    assert minutes(found) == {"queue": 60, "in_hand": 160, "hand_off": 20, "third_party": 60}
    assert (found.broken.tolist(), found.target.tolist(), found.kept, found.unmatched) == ([True], [3_600], 0, 0)


def test_queue_with_nobody_on_shift_is_told_apart_where_presence_is_known(story: Asker) -> None:
    """Somebody of the group is there from 09:15 to 09:45."""
    start = 1_772_442_000 + 15 * MINUTE
    source = next(iter(story.publication.sources))
    present = {(source, "11"): [(start, start + 30 * MINUTE)]}
    found = split(story, ALWAYS, {}, scope=EVERYTHING, presence=present)
    assert minutes(found) == {"queue_nobody": 30, "queue": 30, "in_hand": 160, "hand_off": 20, "third_party": 60}
    elsewhere = split(story, ALWAYS, {}, scope=EVERYTHING, presence={(source, "12"): []})
    assert minutes(elsewhere)["queue_nobody"] == 0


def test_a_period_a_filter_and_a_scope_choose_what_is_split(story: Asker) -> None:
    source = next(iter(story.publication.sources))
    assert len(split(story, window(DAY, DAY), {"assignee": [str(B)]}, scope=EVERYTHING).seconds) == 1
    assert len(split(story, window("2026-03-03", None), {}, scope=EVERYTHING).seconds) == 0
    assert len(split(story, ALWAYS, {"sla_metric": ["next_reply"]}, scope=EVERYTHING).seconds) == 0
    mine, theirs = (Scope.of([(source, group)]) for group in ("11", "12"))
    assert len(split(story, ALWAYS, {}, scope=mine).seconds) == 1
    assert len(split(story, ALWAYS, {}, scope=theirs).seconds) == 2
    with pytest.raises(UsageError, match="no dimension 'shoe'"):
        split(story, ALWAYS, {"shoe": ["1"]}, scope=EVERYTHING)
    with pytest.raises(Denied):
        split(story, ALWAYS, {}, scope=Scope.of())


def test_time_that_counts_outside_the_hours_of_the_own_group_is_a_misfit(tmp_path: Path) -> None:
    """Twenty tickets of a group end under hours of 09 to 17, one under hours of 09 to 20 and was answered at 19."""
    hours = {
        1: ("UTC", [(day * 1_440 + 540, day * 1_440 + 1_020) for day in range(7)]),
        2: ("UTC", [(day * 1_440 + 540, day * 1_440 + 1_200) for day in range(7)]),
    }
    reply: Happened = (at("09:30"), "comment", "Here.", A)
    late: Happened = (at("19:00"), "comment", "Here.", A)
    tickets = {number: (at("09:00"), [*promise(60, business=True), reply]) for number in range(1, 21)}
    tickets[21] = (at("09:00"), [*promise(60, business=True), late])
    with asked(tmp_path, tickets, hours, {21: 2}) as ask:
        found = split(ask, ALWAYS, {}, scope=EVERYTHING)
    assert minutes(found) == {"queue": 480, "in_hand": 0, "hand_off": 0, "third_party": 0, "schedule_misfit": 120}
    assert (found.kept, found.unmatched) == (20, 0)
    only = without_kept(found)
    assert (only.rows.num_rows, len(only.seconds), only.broken.tolist()) == (1, 1, [True])


def test_a_person_who_gets_it_back_did_not_get_it_handed_over(story: Asker) -> None:
    found = split(story, ALWAYS, {"group": ["12"]}, scope=EVERYTHING)
    assert minutes(found) == {"queue": 50, "in_hand": 10, "hand_off": 0, "third_party": 0}


def test_a_breach_of_an_earlier_target_is_judged_by_that_one(story: Asker) -> None:
    found = split(story, ALWAYS, {}, scope=EVERYTHING)
    assert found.broken.tolist() == [True, True, True]
    assert found.target.tolist() == [60 * MINUTE, 30 * MINUTE, 30 * MINUTE]


def test_states_add_up_to_what_the_clock_ran(corpus: Callable[[int], Published]) -> None:
    """On a corpus full of edge cases: same count as the metric, same seconds as the published facts."""
    made = corpus(11)
    with asking(made.workspace, made.publication) as ask:
        found = split(ask, ALWAYS, {}, scope=EVERYTHING)
        (breached,) = ask.show("sla.breaches", scope=EVERYTHING).rows
        (attained,) = ask.show("sla.attainment", scope=EVERYTHING).rows
    assert int(found.broken.sum()) == breached.n
    assert found.kept == attained.numerator == len(found.broken) - breached.n
    assert found.unmatched == 0
    assert found.seconds.sum(axis=1).tolist() == found.rows["elapsed_all_s"].to_pylist()
    assert (found.seconds >= 0).all()
    late = found.seconds.sum(axis=1) > found.target
    assert np.array_equal(late, found.broken)


def test_the_kept_are_a_sample_of_tickets_above_the_limit(corpus: Callable[[int], Published]) -> None:
    made = corpus(11)
    with asking(made.workspace, made.publication) as ask:
        everything = split(ask, ALWAYS, {}, scope=EVERYTHING)
        some = split(ask, ALWAYS, {}, scope=EVERYTHING, most_kept=everything.kept // 3)
    assert some.kept == everything.kept
    assert some.broken.sum() == everything.broken.sum()
    assert len(some.broken) <= len(everything.broken)


def test_each_state_is_what_a_walk_through_the_ledger_says(corpus: Callable[[int], Published]) -> None:
    """Second by second from the ledger's rows, the statuses of its story and who wrote or changed what when."""
    made = corpus(11)
    with asking(made.workspace, made.publication) as ask:
        found = split(ask, ALWAYS, {}, scope=EVERYTHING)
    places = [found.states.index(name) for name in ("queue", "in_hand", "hand_off", "third_party")]
    whole = np.flatnonzero(found.seconds[:, places].sum(axis=1) == found.seconds.sum(axis=1))
    chosen = whole[:: max(1, len(whole) // SOME)].tolist()
    assert len(chosen) >= SOME
    for number in chosen:
        row = found.rows.slice(number, 1).to_pylist()[0]
        states = dict(zip(WALKED, found.seconds[number, places].tolist(), strict=True))
        assert states == walked(made, row), row["ticket_id"]


SOME = 5
WALKED = ("queue", "in_hand", "hand_off", "third_party")


def walked(made: Published, row: dict[str, Any]) -> dict[str, int]:
    """Seconds per state of one instance, in plain Python."""
    _, computed, ref = _compute(made.workspace, made.publication, row["ticket_id"], row["source_id"])
    told = ledger.story(computed, ref)
    name = f"sla.{row['metric']}"
    (part,) = (
        one
        for one in ledger.explain(computed, ref, name)
        if one.metric == f"{name}#{row['instance']}" and one.mode in ("calendar", "business_all")
    )
    touches, stations = acts(made, row, told.created), stations_of(made, row)
    changes = {at for _, at in touches} | {at for one in stations for at in one[1:]}
    cuts = sorted(changes | {since for since, _, _ in told.statuses})
    found = dict.fromkeys(WALKED, 0)
    for stretch in part.rows:
        until = stretch.start + stretch.seconds
        for a, b in pairwise([stretch.start, *(at for at in cuts if stretch.start < at < until), until]):
            status = next((s for since, end, s in told.statuses if since <= a < end), told.statuses[-1][2])
            found[state_of(row["metric"], status, a, stations, touches)] += b - a
    return found


def state_of(metric: str, status: str, now: int, stations: list[Any], touches: list[tuple[str, int]]) -> str:
    if status == "hold" or (status == "pending" and metric == "total_resolution"):
        return "third_party"
    held = [one for one in stations if one[1] <= now < one[2]]
    if not held:
        return "queue"
    who, since, _ = held[-1]
    if any(by == who and since <= when <= now for by, when in touches):
        return "in_hand"
    before = [one[0] for one in stations if one[1] < since or (one[1] == since and one is not held[-1])]
    return "hand_off" if before and before[-1] != who else "queue"


def stations_of(made: Published, row: dict[str, Any]) -> list[tuple[str, int, int]]:
    columns = ["ticket_id", "station", "assignee_id", "from_at", "to_at"]
    facts = made.workspace.store.scan("assignment_facts", made.publication.tables["assignment_facts"], columns)
    mine = sorted(
        (one for one in facts.to_pylist() if one["ticket_id"] == row["ticket_id"]), key=lambda one: one["station"]
    )
    return [(one["assignee_id"], stamp(one["from_at"]), stamp(one["to_at"] or FOREVER)) for one in mine]


def acts(made: Published, row: dict[str, Any], created: int) -> list[tuple[str, int]]:
    found = []
    for table, who, when in (("messages", "author_id", "sent_at"), ("ticket_events", "actor_id", "occurred_at")):
        rows = rows_of(made, table, ["ticket_id", who, when, "deleted_at"], row)
        found += [(one[who], max(created, stamp(one[when]))) for one in rows if one["deleted_at"] is None]
    return found


def rows_of(made: Published, table: str, columns: list[str], row: dict[str, Any]) -> list[dict[str, Any]]:
    mine = pc.field("ticket_id") == row["ticket_id"]
    version = made.publication.tables[table]
    found: list[dict[str, Any]] = made.workspace.store.scan(table, version, columns, where=mine).to_pylist()
    return found


FOREVER = datetime(2100, 1, 1, tzinfo=UTC)


def stamp(instant: datetime) -> int:
    return int(instant.timestamp() // 1)
