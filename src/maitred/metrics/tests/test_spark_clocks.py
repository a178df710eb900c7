"""The clock engine inside Spark gives exactly the rows that a refresh stored, on a corpus full of edge cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from maitred.metrics import exports, reading
from maitred.metrics.asking import pins
from maitred.metrics.conftest import SOURCE, Published
from maitred.metrics.facts import FACTS
from maitred.metrics.spark_clocks import compute_in_spark, recomputed
from maitred.warehouse.engines import Engine, open_engine

KEYS = {
    "ticket_facts": (),
    "sla_facts": ("metric", "instance"),
    "turn_facts": ("turn",),
    "episode_facts": ("episode",),
    "assignment_facts": ("station",),
}


@pytest.fixture(scope="module")
def world(corpus: Callable[[int], Published]) -> Published:
    return corpus(11)


@pytest.fixture(scope="module")
def spark(world: Published, sail_address: str) -> Iterator[Engine]:
    engine = open_engine(f"spark={sail_address}")
    engine.register(pins(world.workspace, world.publication))
    yield engine
    engine.close()


def rows(table: pa.Table, name: str) -> list[dict[str, Any]]:
    """All columns but the layer, in key order."""
    columns = [column for column in FACTS[name].names if column != "layer"]
    return sorted(table.select(columns).to_pylist(), key=lambda row: [row[key] for key in ("ticket_key", *KEYS[name])])


def stored(world: Published, name: str) -> list[dict[str, Any]]:
    columns = [column for column in FACTS[name].names if column != "layer"]
    return rows(reading.facts(world.workspace, world.publication, name, columns, SOURCE), name)


@pytest.mark.slow
def test_ticket_facts_of_spark_are_the_stored_ones(world: Published, spark: Engine) -> None:
    assert_equal_to_stored(world, spark, "ticket_facts", 4)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(KEYS.keys() - {"ticket_facts"}))
def test_the_other_facts_of_spark_are_the_stored_ones(world: Published, spark: Engine, name: str) -> None:
    assert_equal_to_stored(world, spark, name, 3)


@pytest.mark.slow
@pytest.mark.parametrize("partitions", [1, 7])
def test_the_number_of_partitions_plays_no_part(world: Published, spark: Engine, partitions: int) -> None:
    assert_equal_to_stored(world, spark, "sla_facts", partitions)


def assert_equal_to_stored(world: Published, spark: Engine, name: str, partitions: int) -> None:
    found = compute_in_spark(world.workspace, world.publication, SOURCE, name, spark, partitions)
    wanted = stored(world, name)
    assert len(wanted) > 20
    assert rows(found, name) == wanted
    assert [field.type for field in found.schema] == [field.type for field in FACTS[name]]


@pytest.mark.slow
@pytest.mark.parametrize("table", ["tickets", "sla"])
def test_an_export_computed_by_spark_is_the_same_bytes(
    world: Published, sail_address: str, table: str, tmp_path: Path
) -> None:
    exports.export(world.workspace, world.publication, table, tmp_path / "stored.csv")
    with recomputed(world.workspace, world.publication, table, f"spark={sail_address}") as computed:
        assert computed is not None
        exports.export(world.workspace, world.publication, table, tmp_path / "spark.csv", computed=computed)
    assert (tmp_path / "spark.csv").read_bytes() == (tmp_path / "stored.csv").read_bytes()


def test_duckdb_computes_nothing_anew(world: Published) -> None:
    with recomputed(world.workspace, world.publication, "tickets", "duckdb") as computed:
        assert computed is None
