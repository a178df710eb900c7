"""What holds for every ticket whatever its story: clocks that add up, order of size, and any split into batches."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from maitred.metrics import reading, refresh
from maitred.metrics.clocks import engine
from maitred.metrics.conftest import SOURCE, Published
from maitred.metrics.facts import FACTS, MODES, SPANS, STATUS_CLOCKS, TURN_CLOCKS

SEEDS = (11, 13, 15)
"""15 has no user table."""
SOME = (pytest.param(11, marks=pytest.mark.slow), pytest.param(13, marks=pytest.mark.slow), 15)
SUMS = {
    "awt": ("new_time", "open_time"),
    "rwt": ("new_time", "open_time", "hold_time"),
    "unsolved_time": ("new_time", "open_time", "hold_time", "pending_time"),
}
DURATIONS = (*SPANS, *STATUS_CLOCKS, *TURN_CLOCKS, "age", "frt_handoff")
ORDER = {
    "ticket_facts": (),
    "sla_facts": ("metric", "instance"),
    "turn_facts": ("turn",),
    "episode_facts": ("episode",),
    "assignment_facts": ("station",),
}
"""What tells rows of one ticket apart, by facts table."""

Corpus = Callable[[int], Published]


def facts(world: Published, name: str) -> pa.Table:
    columns = [column for column in FACTS[name].names if column != "layer"]
    return reading.facts(world.workspace, world.publication, name, columns, SOURCE)


def reference(world: Published) -> engine.Reference:
    source = world.workspace.ledger.source(SOURCE)
    assert source is not None
    as_of = datetime.fromisoformat(world.publication.sources[SOURCE]["as_of"])
    return refresh.reference(world.workspace, source, as_of, world.publication.tables)


def in_order(name: str, table: pa.Table) -> list[dict[str, object]]:
    return sorted(table.to_pylist(), key=lambda row: [row[key] for key in ("ticket_key", *ORDER[name])])


@pytest.mark.parametrize("seed", SOME)
@pytest.mark.parametrize("mode", MODES)
def test_the_status_clocks_add_up(corpus: Corpus, seed: int, mode: str) -> None:
    """Section 1: awt = new + open; rwt = awt + hold; unsolved = rwt + pending."""
    rows = facts(corpus(seed), "ticket_facts").to_pylist()
    assert len(rows) > 30
    for row in rows:
        for total, parts in SUMS.items():
            values = [row[f"{part}_{mode}"] for part in parts]
            wanted = None if None in values else sum(values)
            assert row[f"{total}_{mode}"] == wanted, (row["ticket_id"], total)


@pytest.mark.parametrize("seed", SOME)
def test_no_duration_is_negative_and_business_time_is_never_longer_than_the_calendar(corpus: Corpus, seed: int) -> None:
    """Section 1, for every clock of every ticket, every target, turn and episode."""
    world = corpus(seed)
    seen = 0
    clocks = {
        "ticket_facts": DURATIONS,
        "turn_facts": ("wait",),
        "episode_facts": ("episode_frt", "episode_resolution"),
    }
    for name, columns in clocks.items():
        for row in facts(world, name).to_pylist():
            for clock in columns:
                calendar, business_all, business_last = (row[f"{clock}_{mode}"] for mode in MODES)
                for business in (business_all, business_last):
                    if business is not None:
                        assert 0 <= business <= calendar, (row["ticket_id"], clock)
                        seen += 1
    for row in facts(world, "sla_facts").to_pylist():
        assert min(row["elapsed_all_s"] or 0, row["elapsed_last_s"] or 0) >= 0
        assert row["clock"] == "business" or row["elapsed_all_s"] == row["elapsed_last_s"]
    assert seen > 500


@pytest.mark.parametrize("seed", SOME)
def test_any_split_of_the_tickets_into_batches_gives_the_same_facts(corpus: Corpus, seed: int) -> None:
    """Section 1: batch-split invariance, with the rows of each batch in another order too."""
    world = corpus(seed)
    ref = reference(world)
    rows = refresh.inputs(world.workspace, SOURCE, versions=world.publication.tables)
    whole = engine.compute(rows, ref).facts
    keys = rows["tickets"]["ticket_key"].to_numpy()
    rng = random.Random(seed)
    batch_of = {int(key): rng.randrange(4) for key in keys}
    parts = []
    for batch in range(4):
        mine = pa.array([key for key, chosen in batch_of.items() if chosen == batch], pa.int64())
        some = {}
        for name, table in rows.items():
            kept = table.filter(pc.is_in(table["ticket_key"], value_set=mine))
            some[name] = kept.take(pa.array(rng.sample(range(kept.num_rows), kept.num_rows), pa.int64()))
        parts.append(engine.compute(some, ref).facts)
    for name, table in whole.items():
        apart = [row for part in parts for row in part[name].to_pylist()]
        assert in_order(name, pa.Table.from_pylist(apart, schema=FACTS[name])) == in_order(name, table)
    assert whole["ticket_facts"].num_rows > 30


@pytest.mark.parametrize("seed", SOME)
def test_each_ticket_alone_gives_its_rows_of_the_whole(corpus: Corpus, seed: int) -> None:
    """The extreme split: one ticket at a time, rows of others present or not."""
    world = corpus(seed)
    ref = reference(world)
    rows = refresh.inputs(world.workspace, SOURCE, versions=world.publication.tables)
    whole = engine.compute(rows, ref).facts
    for key in np.sort(rows["tickets"]["ticket_key"].to_numpy())[::7].tolist():
        mine = pc.equal(rows["tickets"]["ticket_key"], key)
        alone = engine.compute({**rows, "tickets": rows["tickets"].filter(mine)}, ref).facts
        for name, table in whole.items():
            wanted = table.filter(pc.equal(table["ticket_key"], key))
            assert in_order(name, alone[name]) == in_order(name, wanted)


def test_no_tickets_give_no_facts(corpus: Corpus) -> None:
    world = corpus(SEEDS[0])
    rows = refresh.inputs(world.workspace, SOURCE, versions=world.publication.tables)
    none = engine.compute({**rows, "tickets": rows["tickets"].slice(0, 0)}, reference(world)).facts
    assert {name: table.num_rows for name, table in none.items()} == dict.fromkeys(FACTS, 0)
