"""The truth file: its schema, that it stands beside the data, that effects have intervals, that no room reads it."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import numpy as np
import orjson
import pyarrow.parquet as pq
import pytest

import maitred
from maitred.floor.checking import InvalidWorld
from maitred.floor.plants import AgentChange, BotChange, Nothing, TopicSurge
from maitred.floor.run import ENGINE, Run, run
from maitred.floor.tests.planting import FIRST, MIDDLE, floor
from maitred.floor.truth import effects, truth, truth_tickets, write

SURGE = TopicSurge("t1", "orders/return", MIDDLE, volume=1.5)
CHANGE = AgentChange("a1", "p5", MIDDLE, quality=-1.5)
BOT = BotChange("b1", "bot", MIDDLE, wrong=0.5)
NOTHING = Nothing("z1", FIRST, FIRST + timedelta(days=7))


@pytest.fixture(scope="module")
def planted() -> Run:
    return run(floor(days=35).plant(SURGE, CHANGE, BOT, NOTHING))


def test_the_truth_names_world_seed_engine_and_every_plant(planted: Run) -> None:
    told = truth(planted)
    assert (told["schema"], told["seed"], told["engine"]) == (1, 11, ENGINE)
    assert told["world_hash"] == floor(days=35).plant(SURGE, CHANGE, BOT, NOTHING).hash()
    assert [one["kind"] for one in told["plants"]] == ["TopicSurge", "AgentChange", "BotChange", "Nothing"]
    assert told["plants"][1]["subject"] == {"type": "person", "id": "p5"}
    assert told["plants"][1]["expect"] == [{"family": "agent_quality", "by": "2026-04-20", "must": True}]
    assert {"family": "topic_surge"} in told["plants"][3]["never"]


def test_agents_carry_their_latent_truths_and_accounts_when_they_left(planted: Run) -> None:
    told = truth(planted)
    assert [one["id"] for one in told["agents"]] == [one.id for one in planted.world.agents]
    assert set(told["agents"][0]["empathy"]) >= {"acknowledged", "owned"}
    assert told["accounts"]
    assert all(0 <= one["support_attributable"] <= 1 for one in told["accounts"])
    assert all("2026-03-02" <= one["churned_at"] < "2026-04-06" for one in told["accounts"])


def test_effects_stand_in_the_truth_with_their_standard_errors(planted: Run) -> None:
    told = truth(planted, replications=3)
    surge = told["plants"][0]["effects"][0]
    assert surge["metric"] == "arrivals#1"
    assert surge["population"] == {"topic": "orders/return"}
    assert surge["with"] > 2 * surge["without"]
    assert surge["replications"] == 3
    assert 0 < surge["se"] < 0.2 * (surge["with"] - surge["without"])
    assert all(effect["se"] is not None for one in told["plants"] for effect in one["effects"])


def test_an_effect_is_the_same_whether_its_plant_is_given_or_already_there() -> None:
    alone = effects(floor(days=28), SURGE, 2)
    there = effects(floor(days=28).plant(SURGE), SURGE, 2)
    assert alone == there


def test_tickets_of_the_truth_are_those_of_the_helpdesk(planted: Run) -> None:
    rows = truth_tickets(planted)
    assert rows["ticket_id"].to_pylist() == planted.tables["tickets"]["external_id"].to_pylist()
    assert set(rows["topic"].to_pylist()) == {one.topic for one in planted.world.classes}
    assert set(rows["cause"].unique().to_pylist()) == {None, "t1"}
    assert set(rows["sentiment"].drop_null().to_pylist()) <= {-2, -1, 0, 1, 2}
    assert rows["satisfied"].null_count == rows["satisfaction"].null_count == rows["sentiment"].null_count
    assert set(rows["pii"].combine_chunks().value_lengths().to_pylist()) == {0}


def test_a_followed_ticket_and_its_follower_are_one_chain(planted: Run) -> None:
    rows = truth_tickets(planted)
    parents = dict(
        zip(
            planted.tables["tickets"]["external_id"].to_pylist(),
            planted.tables["tickets"]["parent_id"].to_pylist(),
            strict=True,
        )
    )
    chain = dict(zip(rows["ticket_id"].to_pylist(), rows["chain_id"].to_pylist(), strict=True))
    known = [(one, parent) for one, parent in parents.items() if parent in chain]
    followers = [one for one, first in chain.items() if one != first]
    assert all(chain[one] == chain[parent] for one, parent in known)
    assert len(followers) > 20
    assert all(chain[chain[one]] == chain[one] for one in followers)


def test_a_ticket_came_back_because_it_was_not_solved(planted: Run) -> None:
    rows = truth_tickets(planted).to_pylist()
    back = [one for one in rows if one["reopen_cause"]]
    assert len(back) > 20
    assert any(not one["durable"] for one in back)
    assert {one["reopen_cause"] for one in back} <= {"bad_outcome", "bot"}
    assert np.mean([one["satisfied"] or False for one in back]) < np.mean([one["satisfied"] or False for one in rows])


def test_personal_data_is_marked_where_there_are_texts() -> None:
    there = run(floor(days=14), texts=True)
    spans = [(one["ticket_id"], span) for one in truth_tickets(there).to_pylist() for span in one["pii"]]
    messages = {
        one["external_id"]: (one["ticket_id"], one["body_text"])
        for one in there.tables["messages"].select(["external_id", "ticket_id", "body_text"]).to_pylist()
    }
    assert len(spans) > 50
    for ticket, span in spans:
        owner, body = messages[span["message_id"]]
        assert owner == ticket
        assert body[span["start"] : span["end"]].strip()
        assert span["end"] <= len(body)


def test_the_truth_is_written_beside_the_data_and_never_into_it(planted: Run, tmp_path: Path) -> None:
    told, tickets = write(planted, tmp_path / "truth")
    assert orjson.loads(told.read_bytes())["tickets_file"] == tickets.name
    assert pq.read_table(tickets).num_rows == planted.tables["tickets"].num_rows
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "tickets.parquet").touch()
    with pytest.raises(InvalidWorld, match=r"holds tickets\.parquet"):
        write(planted, tmp_path / "data")


def test_no_other_room_reads_the_truth() -> None:
    source = Path(maitred.__file__).parent
    readers = {
        str(path.relative_to(source))
        for path in source.rglob("*.py")
        if path.relative_to(source).parts[0] != "floor" and "tests" not in path.parts and reads(path)
    }
    assert readers <= WRITERS


WRITERS = {"surfaces/cli/simulating.py", "surfaces/cli/demo.py"}
"""The commands that write the truth beside the data; a test of theirs looks that nothing comes back."""


def reads(path: Path) -> bool:
    """Whether a module imports the truth or names its files."""
    modules, files = {"maitred.floor.truth", "maitred.floor.truth_figures"}, {"truth.json", "truth_tickets.parquet"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        named: set[object] = set()
        if isinstance(node, ast.ImportFrom):
            named = {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
        elif isinstance(node, ast.Import):
            named = {one.name for one in node.names}
        elif isinstance(node, ast.Constant):
            named = {node.value} if node.value in files else set()
            modules = modules | files
        if named & modules:
            return True
    return False
