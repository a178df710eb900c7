"""Where time goes and which way work takes, against plain Python over the exported tickets and the change log."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from maitred.base.errors import Denied
from maitred.metrics import flow
from maitred.metrics.asking import opened
from maitred.metrics.conftest import Published
from maitred.metrics.exports import export
from maitred.metrics.samples import Sample
from maitred.metrics.scope import Scope
from maitred.warehouse.engines import Engine

EVERYTHING = Scope.everything()
SEEDS = (4, 9)
ASSIGNMENT = ("station", "assignee_id", "from_at", "to_at")
CHANGE = ("field", "occurred_at", "seq", "external_id", "new_value")
Ticket = dict[str, str]


@dataclass(frozen=True, slots=True)
class Log:
    """A published corpus with its engine, its exported tickets, and the rows of its canonical tables."""

    made: Published
    engine: Engine
    tickets: dict[str, Ticket]

    def rows(self, table: str, *columns: str) -> list[dict[str, Any]]:
        version = self.made.publication.tables[table]
        found: list[dict[str, Any]] = self.made.workspace.store.scan(
            table, version, ["ticket_id", *columns]
        ).to_pylist()
        return found

    @property
    def solved(self) -> dict[str, Ticket]:
        return {
            name: one
            for name, one in self.tickets.items()
            if one["last_solved_at"] and one["is_open"] == "0" and not one["exclusion"]
        }


@pytest.fixture(scope="module", params=SEEDS)
def log(
    request: pytest.FixtureRequest, corpus: Callable[[int], Published], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Log]:
    made = corpus(request.param)
    written = tmp_path_factory.mktemp("export") / "tickets.csv"
    export(made.workspace, made.publication, "tickets", written)
    engine = opened(made.workspace, made.publication)
    yield Log(made, engine, read(written))
    engine.close()


def read(written: Path) -> dict[str, Ticket]:
    with written.open(encoding="utf-8") as rows:
        return {one["ticket_id"]: one for one in csv.DictReader(rows)}


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def number(text: str) -> int:
    return int(text) if text else 0


def seconds_in(found: dict[tuple[str | None, ...], Sample]) -> dict[str | None, int]:
    return {key[-1]: int(one.values @ one.events) for key, one in found.items()}


def begun(one: Ticket) -> datetime | None:
    moments = [at(one[name]) for name in ("first_assigned_at", "first_reply_at") if one[name]]
    return max(moments) if one["first_assigned_at"] and moments else None


def queue_of(one: Ticket) -> int:
    ours = number(one["awt.business_all"])
    if not one["time_to_assign.business_all"] and not one["frt.business_all"]:
        return ours
    return min(ours, max(number(one["time_to_assign.business_all"]), number(one["frt.business_all"])))


def hand_offs(log: Log) -> dict[str, int]:
    """Seconds between losing a ticket and the next person's first touch, after the ticket left the queue."""
    touches = defaultdict(list)
    for row in log.rows("ticket_events", "actor_id", "occurred_at"):
        touches[row["ticket_id"], row["actor_id"]].append(row["occurred_at"])
    for row in log.rows("messages", "author_id", "sent_at"):
        touches[row["ticket_id"], row["author_id"]].append(row["sent_at"])
    stations = {(row["ticket_id"], row["station"]): row for row in log.rows("assignment_facts", *ASSIGNMENT)}
    found: Counter[str] = Counter()
    for (ticket, place), row in stations.items():
        one = log.solved.get(ticket)
        if one is None or place < 2 or row["from_at"] >= at(one["last_solved_at"]):
            continue
        before = stations.get((ticket, place - 1))
        lost = before["to_at"] if before and before["to_at"] else row["from_at"]
        ends = [moment for moment in (row["to_at"], at(one["last_solved_at"])) if moment is not None]
        touched = [moment for moment in touches[ticket, row["assignee_id"]] if moment >= row["from_at"]]
        end = min([*ends, *touched])
        start = max(lost, begun(one) or lost)
        found[ticket] += max(0, int((end - start).total_seconds()))
    return dict(found)


def test_the_states_of_solved_tickets_are_those_of_the_export(log: Log) -> None:
    if not any(one["awt.business_all"] for one in log.solved.values()):
        pytest.skip("this corpus has no schedule")
    found = flow.sampled(log.engine, flow.TIME_BY_STATE, None, None, ("state",), {}, "UTC", EVERYTHING)
    seconds, solved = seconds_in(found), log.solved.values()
    passed = hand_offs(log)
    handed = 0
    for name, one in log.solved.items():
        ours, whole = number(one["awt.business_all"]), number(one["unsolved_time.calendar"])
        handed += min(ours - queue_of(one), passed.get(name, 0) * ours // whole if whole else 0)
    assert {one.n for one in found.values()} == {len(solved)}
    assert seconds["customer"] == sum(number(one["pending_time.calendar"]) for one in solved)
    assert seconds["third_party"] == sum(number(one["hold_time.calendar"]) for one in solved)
    assert seconds["closed_hours"] == sum(
        number(one["awt.calendar"]) - number(one["awt.business_all"]) for one in solved
    )
    assert seconds["queue"] == sum(queue_of(one) for one in solved)
    assert seconds["hand_off"] == handed > 0
    assert sum(seconds.values()) == sum(number(one["unsolved_time.calendar"]) for one in solved)


def test_no_state_of_any_ticket_is_below_zero(log: Log) -> None:
    found = flow.sampled(log.engine, flow.TIME_BY_STATE, None, None, ("state",), {}, "UTC", EVERYTHING)
    assert found and all(int(one.values.min()) >= 0 for one in found.values() if one.n)


def steps_of(log: Log, field: str) -> dict[tuple[str, str], list[tuple[str, int]]]:
    """Tickets and seconds of every step, by stations."""
    changes = defaultdict(list)
    for row in log.rows("ticket_events", *CHANGE):
        if row["field"] == field:
            changes[row["ticket_id"]].append((row["occurred_at"], row["seq"], row["external_id"], row["new_value"]))
    found: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for name, one in log.solved.items():
        created, solved = at(one["created_at"]), at(one["last_solved_at"])
        moves = [(moment, value) for moment, _, _, value in sorted(changes[name], key=lambda row: row[:3])]
        moves = [(moment, value or "none") for moment, value in moves if moment <= solved]
        if field == "group":
            moves.append((solved, "solved"))
        station = "new" if field == "status" and moves and moves[0][0] > created else "started"
        since = created
        for moment, value in moves:
            if value != station:
                found[station, value].append((name, max(0, int((moment - since).total_seconds()))))
            station, since = value, moment
    return found


@pytest.mark.parametrize("of", ["group", "status"])
def test_the_steps_are_those_of_the_change_log(log: Log, of: flow.Station) -> None:
    found = flow.sampled(log.engine, flow.steps(of), None, None, ("station", "next"), {}, "UTC", EVERYTHING)
    expected = steps_of(log, of)
    assert {key: one.n for key, one in found.items() if one.n} == {key: len(steps) for key, steps in expected.items()}
    for key, one in found.items():
        if one.n:
            values = sorted(seconds for _, seconds in expected[key[0] or "", key[1] or ""])
            assert sorted(one.values.repeat(one.events).tolist()) == values
            assert one.clusters is not None
            assert len(set(one.clusters.tolist())) == len({name for name, _ in expected[key[0] or "", key[1] or ""]})
    assert len(expected) > 3


def test_the_backlog_by_age_is_that_of_the_export(log: Log) -> None:
    rows = flow.shown(log.engine, flow.BACKLOG_AGES, None, None, ("age",), {}, "UTC", EVERYTHING).rows
    as_of = flow.sources(log.engine).latest
    expected: Counter[str] = Counter()
    for one in log.tickets.values():
        if one["is_open"] == "1" and not one["exclusion"]:
            days = (as_of - at(one["created_at"])).total_seconds() / 86_400
            place = sum(days >= edge for edge in (1, 3, 7, 30))
            expected[flow.AGE_BANDS[place]] += 1
    assert {row.by["age"]: row.value for row in rows if row.value} == dict(expected)
    assert sum(expected.values()) > 0


def test_a_scope_of_one_group_means_a_filter_by_it(log: Log) -> None:
    scope = Scope.of(groups=[(name, "13") for name in log.made.publication.sources])
    for metric, by in ((flow.TIME_BY_STATE, ("state",)), (flow.steps("status"), ("station", "next"))):
        mine = flow.sampled(log.engine, metric, None, None, by, {}, "UTC", scope)
        filtered = flow.sampled(log.engine, metric, None, None, by, {"group": ["13"]}, "UTC", EVERYTHING)
        assert {key: (one.n, seconds_in({key: one})) for key, one in mine.items()} == {
            key: (one.n, seconds_in({key: one})) for key, one in filtered.items()
        }


def test_a_period_keeps_tickets_by_their_last_solve(log: Log) -> None:
    days = sorted(one["last_solved_at"][:10] for one in log.solved.values())
    middle = days[len(days) // 2]
    found = flow.sampled(log.engine, flow.TIME_BY_STATE, middle, None, ("state",), {}, "UTC", EVERYTHING)
    assert {one.n for one in found.values()} == {sum(day >= middle for day in days)}
    of = flow.sampled(log.engine, flow.steps("status"), middle, None, ("station", "next"), {}, "UTC", EVERYTHING)
    whole = flow.sampled(log.engine, flow.steps("status"), None, None, ("station", "next"), {}, "UTC", EVERYTHING)
    assert all(one.n <= whole[key].n for key, one in of.items())


def test_people_outside_the_scope_cannot_be_told_apart(log: Log) -> None:
    scope = Scope.of(groups=[("x", "13")], people_dimensions=())
    with pytest.raises(Denied):
        flow.sampled(log.engine, flow.TIME_BY_STATE, None, None, ("assignee", "state"), {}, "UTC", scope)


def test_both_engines_agree(duck: Engine, sail: Engine) -> None:
    """Without a change log: the world of these facts has none, which is a case of its own."""
    for metric, by in ((flow.TIME_BY_STATE, ("group", "state")), (flow.steps("group"), ("station", "next"))):
        first, second = (flow.sampled(engine, metric, None, None, by, {}, "UTC", EVERYTHING) for engine in (duck, sail))
        assert {key: (one.n, seconds_in({key: one})) for key, one in first.items()} == {
            key: (one.n, seconds_in({key: one})) for key, one in second.items()
        }
    ages = [
        flow.shown(engine, flow.BACKLOG_AGES, None, None, ("group", "age"), {}, "UTC", EVERYTHING).rows
        for engine in (duck, sail)
    ]
    assert ages[0] == ages[1]
    assert ages[0]


def test_medians_of_states_are_over_all_tickets(log: Log) -> None:
    found = flow.sampled(log.engine, flow.TIME_BY_STATE, None, None, ("state",), {}, "UTC", EVERYTHING)
    customer = found.get(("customer",))
    if customer is None or not customer.n:
        pytest.skip("this corpus has no schedule")
    values = customer.values.repeat(customer.events).tolist()
    assert median(values) == median(number(one["pending_time.calendar"]) for one in log.solved.values())
