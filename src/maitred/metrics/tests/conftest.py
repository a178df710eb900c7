"""One synthetic world per session, read-only, and both engines over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from maitred.metrics.tests.oracle import Oracle
from maitred.metrics.tests.synthetic import World, world
from maitred.warehouse.engines import DeltaPin, Engine, open_engine
from maitred.warehouse.engines.tests.helpers import serving_sail, write_table


@pytest.fixture(scope="session")
def small_world() -> World:
    return world(900, seed=11, sources=("zendesk", "helpdesk"))


@pytest.fixture(scope="session")
def oracle(small_world: World) -> Oracle:
    return Oracle(small_world)


@pytest.fixture(scope="session")
def pins(small_world: World, tmp_path_factory: pytest.TempPathFactory) -> list[DeltaPin]:
    return write_world(small_world, tmp_path_factory.mktemp("facts"))


@pytest.fixture(scope="session")
def duck(pins: list[DeltaPin]) -> Iterator[Engine]:
    engine = open_engine("duckdb")
    engine.register(pins)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def sail_address() -> Iterator[str]:
    with serving_sail() as address:
        yield address


@pytest.fixture(scope="session")
def sail(pins: list[DeltaPin], sail_address: str) -> Iterator[Engine]:
    engine = open_engine(f"spark={sail_address}")
    engine.register(pins)
    yield engine
    engine.close()


def write_world(made: World, folder: Path) -> list[DeltaPin]:
    """Write a world as Delta tables, facts partitioned by layer."""
    return [
        write_table(folder, name, table, partition_by=["layer"] if "layer" in table.schema.names else [])
        for name, table in made.tables.items()
    ]
