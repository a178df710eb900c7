"""SQL, and the kernel inside an engine, find the same people with the same scores as the embedded index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa
import pytest

from maitred.insight.ranking.index import Found, Index, oracle, spread
from maitred.insight.ranking.scoring import asked, weights
from maitred.insight.ranking.tests.pools import AS_OF, query
from maitred.warehouse.engines import DeltaPin, Engine, open_engine
from maitred.warehouse.engines.tests.helpers import write_table

Search = Callable[..., Found]


@pytest.fixture(scope="module")
def pin(people: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> DeltaPin:
    return write_table(tmp_path_factory.mktemp("lake"), oracle.TABLE, people)


@pytest.fixture(scope="module")
def duck(pin: DeltaPin) -> Iterator[Engine]:
    engine = open_engine("duckdb")
    engine.register([pin])
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def spark(pin: DeltaPin, sail: str) -> Iterator[Engine]:
    engine = open_engine(f"spark={sail}")
    engine.register([pin])
    yield engine
    engine.close()


def _said(found: Found) -> Any:
    hits, others = ([(one.key, one.score, one.tie) for one in some] for some in (found.hits, found.cannot_tell))
    return hits, others, found.considered, found.removed, found.rows


def _differing(index: Index, engine: Engine, search: Search, seeds: Iterable[int]) -> list[int]:
    found = []
    for seed in seeds:
        looked = asked(query(seed), weights())
        if _said(index.search(looked, 10, AS_OF)) != _said(search(engine, looked, 10, AS_OF)):
            found.append(seed)
    return found


def test_sql_and_the_kernel_on_batches_agree_with_the_index(index: Index, duck: Engine) -> None:
    assert _differing(index, duck, oracle.search, range(6)) == []
    assert _differing(index, duck, spread.search, range(20)) == []


@pytest.mark.slow
def test_sql_agrees_on_hundreds_of_queries(index: Index, duck: Engine) -> None:
    assert _differing(index, duck, oracle.search, range(1_000, 1_080)) == []


@pytest.mark.slow
def test_a_spark_server_agrees_on_hundreds_of_queries(index: Index, spark: Engine) -> None:
    assert _differing(index, spark, spread.search, range(2_000, 2_300)) == []
    assert _differing(index, spark, oracle.search, range(2_300, 2_310)) == []
