"""A pool of made-up people, and the index that holds them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from maitred.insight.ranking.index import Index
from maitred.insight.ranking.tests.pools import pool
from maitred.warehouse.engines.tests.helpers import serving_sail


@pytest.fixture(scope="session")
def people() -> pa.Table:
    return pool(2_000, seed=41)


@pytest.fixture(scope="session")
def index(people: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Everybody, in three segments; only read."""
    found = Index.open(tmp_path_factory.mktemp("index"))
    for begin, end in ((0, 1_200), (1_200, 1_900), (1_900, 2_000)):
        found.append(people.slice(begin, end - begin))
    return found


@pytest.fixture
def empty(tmp_path: Path) -> Index:
    return Index.open(tmp_path / "index")


@pytest.fixture(scope="module")
def sail() -> Iterator[str]:
    with serving_sail() as address:
        yield address
