"""Who sees a judgement of somebody's work: those who may name the person; others only what many people stand behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from maitred.base.errors import Denied
from maitred.canon import reviews
from maitred.metrics.facts import FACTS
from maitred.metrics.queries import show, tickets
from maitred.metrics.scope import Scope
from maitred.metrics.tests.conftest import write_world
from maitred.metrics.tests.synthetic import World, _lists, _table
from maitred.warehouse.engines import Engine, open_engine

LED = {("zd", "m1"), ("zd", "m2")}
BEHIND = {
    "mixed": ["m1", "m2", "o1", "o2"],
    "large": [f"o{n}" for n in range(3, 9)],
    "other": [f"o{n}" for n in range(9, 16)],
    "mine": ["m1", "m2"],
}
EACH = 12
MANAGER = Scope(None, None, people_dimensions=frozenset(LED))
LEAD = Scope.of([("zd", "mixed"), ("zd", "mine")], LED, LED)
AGENT = Scope.of([("zd", "mixed"), ("zd", "mine")], [("zd", "m1")])


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    pairs = [(group, who) for group, people in BEHIND.items() for who in people for _ in range(EACH)]
    n = len(pairs)
    keys = np.arange(1, n + 1)
    groups, people = (np.array(one, object) for one in zip(*pairs, strict=True))
    same = {"source_id": np.full(n, "zd", object), "ticket_key": keys, "ticket_id": keys.astype(str).astype(object)}
    at = np.full(n, 1_704_200_000)
    facts = same | {"layer": np.zeros(n, np.int64), "created_at": at, "first_reply_agent_id": people,
                    "group_at_first_reply": groups, "channel": np.full(n, "email", object), "as_of": at}  # fmt: skip
    made = same | {
        "review_id": keys, "agent_id": people, "bot": np.zeros(n, bool), "kind": np.full(n, "random", object),
        "state": np.full(n, "submitted", object), "scorecard_id": keys, "scorecard_version": keys,
        "points": 7_000 + 10 * (keys % 7), "critical": _lists([[]] * n), "critical_failed": _lists([[]] * n),
        "submitted_at": at + keys * 60, "submitted_month": np.full(n, 202401),
    }  # fmt: skip
    kinds = {"bool": bool, "int32": np.int64}
    rest = {
        field.name: np.zeros(n, kinds[str(field.type)])
        for field in FACTS["ticket_facts"]
        if not field.nullable and str(field.type) in kinds
    }
    world = World({"ticket_facts": _table(rest | facts, FACTS["ticket_facts"]),
                   "reviews": _table(made, reviews.SCHEMA)})  # fmt: skip
    engine = open_engine("duckdb")
    engine.register(write_world(world, tmp_path_factory.mktemp("judged")))
    yield engine
    engine.close()


def shown(engine: Engine, scope: Scope, **words: Any) -> dict[str | None, int]:
    rows = show(engine, "iqs", by=("group",), scope=scope, **words).rows
    assert all((row.value is None) == (row.n == 0) for row in rows)
    return {row.by["group"]: row.n for row in rows}


def test_who_leads_some_sees_exactly_theirs_and_of_the_rest_what_many_stand_behind(judged: Engine) -> None:
    found = shown(judged, MANAGER)
    assert (found["mine"], found["mixed"]) == (2 * EACH, 0)
    assert sorted((found["large"], found["other"])) == [0, 7 * EACH]
    assert show(judged, "iqs", scope=MANAGER).rows[0].n == sum(map(len, BEHIND.values())) * EACH
    assert shown(judged, MANAGER, where={"group": ["mixed"]}) == {"mixed": 0}
    assert show(judged, "iqs", where={"group": ["mixed"]}, scope=MANAGER).rows[0].value is None
    people = show(judged, "iqs", by=("assignee",), scope=MANAGER).rows
    assert {row.by["assignee"] for row in people} == {"m1", "m2"}
    assert all(row.n == 2 * EACH for row in people)


def test_rows_of_people_outside_are_not_listed(judged: Engine) -> None:
    for where in ({}, {"group": ["mixed"]}, {"group": ["large"]}):
        with pytest.raises(Denied, match="whom you do not lead"):
            tickets(judged, "iqs", where=where, scope=MANAGER)
        with pytest.raises(Denied, match="whom you do not lead"):
            tickets(judged, "iqs", where=where, scope=MANAGER, limit=0)
    assert tickets(judged, "iqs", where={"group": ["mine"]}, scope=MANAGER).total == 2 * EACH
    found = tickets(judged, "iqs", where={"assignee": ["m1"]}, scope=MANAGER)
    assert found.total == 2 * EACH
    assert 70 <= found.rows["value"][0].as_py() <= 70.6


def test_a_team_does_not_show_the_judgements_of_those_one_does_not_lead(judged: Engine) -> None:
    assert shown(judged, LEAD) == {"mine": 2 * EACH, "mixed": 2 * EACH}
    assert shown(judged, AGENT) == {"mine": EACH, "mixed": EACH}
    assert tickets(judged, "iqs", scope=AGENT).total == 2 * EACH
    with pytest.raises(Denied):
        show(judged, "iqs", scope=Scope.of(groups=[("zd", "large")]))


def test_counts_only_hide_groups_of_fewer_than_five(judged: Engine) -> None:
    found = shown(judged, Scope.organisation())
    assert found["mine"] == found["mixed"] == 0
    assert (found["large"], found["other"]) == (0, 7 * EACH + 1), "multiples of five; large would give mixed away"
    with pytest.raises(Denied):
        show(judged, "iqs", by=("assignee",), scope=Scope.organisation())
