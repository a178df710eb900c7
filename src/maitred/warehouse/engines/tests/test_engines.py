"""Both engines read exactly the pinned version: types, partitions, late columns, empty tables, damage, closed doors."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from sqlglot import exp, parse_one

from maitred.base.errors import MaitredError, NotFound, UsageError, WarehouseDamaged
from maitred.warehouse.engines import DeltaPin, Engine, open_engine
from maitred.warehouse.engines.tests.helpers import write_table

FIELDS: list[pa.Field[pa.DataType]] = [
    pa.field("k", pa.int64(), nullable=False),
    pa.field("s", pa.string()),
    pa.field("t", pa.timestamp("us", tz="UTC")),
    pa.field("f", pa.bool_()),
    pa.field("i", pa.int32()),
    pa.field("x", pa.float64()),
    pa.field("d", pa.date32()),
    pa.field("b", pa.binary()),
    pa.field("l", pa.list_(pa.string())),
    pa.field("m", pa.int32(), nullable=False),
    pa.field("p", pa.string(), nullable=False),
]
SCHEMA = pa.schema(FIELDS)
PLAIN = pa.schema([pa.field(field.name, field.type) for field in SCHEMA])
ROWS = [
    {
        "k": 1,
        "s": "a",
        "t": datetime(2024, 3, 10, 7, tzinfo=UTC),
        "f": True,
        "i": 5,
        "x": 0.5,
        "d": date(2024, 2, 29),
        "b": b"\0x",
        "l": ["a", None],
        "m": 202403,
        "p": "2026",
    },
    {"k": 2, "m": 202403, "p": "a b/c=%d"},
    {"k": 3, "s": "it's", "t": datetime(2024, 1, 1, tzinfo=UTC), "f": False, "l": [], "m": 202401, "p": "é'x"},
]


def rows(*picked: int) -> pa.Table:
    return pa.Table.from_pylist([ROWS[place] for place in picked], schema=SCHEMA)


@pytest.fixture(scope="module")
def duck() -> Iterator[Engine]:
    engine = open_engine("duckdb")
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def sail(sail_address: str) -> Iterator[Engine]:
    engine = open_engine(f"spark={sail_address}")
    yield engine
    engine.close()


@pytest.fixture(params=["duck", "sail"])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    return found


def asked(text: str) -> exp.Query:
    found = parse_one(text)
    assert isinstance(found, exp.Query)
    return found


def test_a_table_reads_back_exactly_typed(engine: Engine, tmp_path: Path) -> None:
    engine.register([write_table(tmp_path, "t", rows(0, 1, 2), partition_by=["m", "p"])])
    found = engine.query(asked("SELECT * FROM t ORDER BY k"))
    assert found.schema.equals(PLAIN)
    assert engine.schema("t").equals(PLAIN)
    assert found.to_pylist() == rows(0, 1, 2).to_pylist()


def test_a_pin_reads_its_own_version_and_not_the_newest(engine: Engine, tmp_path: Path) -> None:
    newest = write_table(tmp_path, "t", rows(0), rows(1, 2))
    for version, expected in ((newest.version, 3), (newest.version - 1, 1), (0, 0)):
        engine.register([DeltaPin("t", newest.uri, version)])
        assert engine.query(asked("SELECT k FROM t")).num_rows == expected


def test_a_column_added_later_reads_as_null_in_older_rows(engine: Engine, tmp_path: Path) -> None:
    later = pa.table(
        {"k": [9], "extra": ["new"]}, schema=pa.schema([SCHEMA.field("k"), pa.field("extra", pa.string())])
    )
    old = rows(0).select(["k"]).cast(pa.schema([SCHEMA.field("k")]))
    engine.register([write_table(tmp_path, "t", old, later)])
    found = engine.query(asked("SELECT k, extra FROM t ORDER BY k"))
    assert found.to_pylist() == [{"k": 1, "extra": None}, {"k": 9, "extra": "new"}]


def test_a_column_that_no_file_has_reads_as_null(duck: Engine, tmp_path: Path) -> None:
    from deltalake import DeltaTable
    from deltalake.schema import Field, PrimitiveType

    pin = write_table(tmp_path, "t", rows(0))
    DeltaTable(pin.uri).alter.add_columns([Field("extra", PrimitiveType("string"))])
    duck.register([DeltaPin("t", pin.uri, pin.version + 1)])
    assert duck.query(asked("SELECT k, extra FROM t")).to_pylist() == [{"k": 1, "extra": None}]


def test_an_empty_table_has_columns_and_no_rows(engine: Engine, tmp_path: Path) -> None:
    engine.register([write_table(tmp_path, "t", rows(), partition_by=["m"])])
    found = engine.query(asked("SELECT * FROM t"))
    assert (found.num_rows, found.schema) == (0, PLAIN)


def test_parameters_are_values_and_never_text(engine: Engine, tmp_path: Path) -> None:
    engine.register([write_table(tmp_path, "t", rows(0, 1, 2))])
    query = asked("SELECT k FROM t WHERE s = :s OR (k >= :k AND t IS NULL)")
    assert engine.query(query, {"s": "it's", "k": 2}).num_rows == 2
    assert engine.query(query, {"s": "' OR 1 = 1 --", "k": 99}).num_rows == 0
    with pytest.raises(UsageError, match="no value for s"):
        engine.query(query, {"k": 1})


def test_views_may_name_views_and_change(engine: Engine, tmp_path: Path) -> None:
    engine.register([write_table(tmp_path, "t", rows(0, 1, 2))])
    engine.define("late", asked("SELECT k FROM t WHERE k > 1"))
    engine.define("latest", asked("SELECT k FROM late WHERE k > 2"))
    assert engine.query(asked("SELECT * FROM latest")).to_pylist() == [{"k": 3}]
    engine.define("latest", asked("SELECT k FROM late WHERE k > 1"))
    assert engine.query(asked("SELECT * FROM latest")).num_rows == 2


def test_sums_and_counts_are_whole_numbers(engine: Engine, tmp_path: Path) -> None:
    engine.register([write_table(tmp_path, "t", rows(0, 1, 2))])
    found = engine.query(asked("SELECT COUNT(*) AS n, SUM(k) AS total, UNIX_MICROS(MAX(t)) DIV 1000000 AS at FROM t"))
    assert found.schema.types == [pa.int64()] * 3
    assert found.to_pylist() == [{"n": 3, "total": 6, "at": 1_710_054_000}]


def test_an_unknown_table_is_named(engine: Engine) -> None:
    with pytest.raises(NotFound, match="'nowhere'"):
        engine.query(asked("SELECT * FROM nowhere"))


def test_a_lost_version_is_damage_and_not_a_stack_trace(engine: Engine, tmp_path: Path) -> None:
    pin = write_table(tmp_path, "t", rows(0))
    engine.register([DeltaPin("t", pin.uri, 99)])
    with pytest.raises(WarehouseDamaged, match="version 99"):
        engine.query(asked("SELECT * FROM t"))


def test_a_table_that_is_gone_is_damage(duck: Engine, tmp_path: Path) -> None:
    duck.register([DeltaPin("t", str(tmp_path / "gone"), 0)])
    with pytest.raises(WarehouseDamaged, match="'t'"):
        duck.query(asked("SELECT * FROM t"))


def test_several_threads_may_ask_at_once(duck: Engine, tmp_path: Path) -> None:
    duck.register([write_table(tmp_path, f"t{number}", rows(0, 1, 2)) for number in range(6)])
    texts = [f"SELECT SUM(k) AS total FROM t{number % 6}" for number in range(48)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda text: duck.query(asked(text)).to_pylist(), texts))
    assert answers == [[{"total": 6}]] * 48


def test_a_table_whose_files_show_deleted_rows_is_refused(duck: Engine, tmp_path: Path) -> None:
    from deltalake import DeltaTable, TableFeatures

    pin = write_table(tmp_path, "t", rows(0))
    DeltaTable(pin.uri).alter.add_feature(TableFeatures.DeletionVectors, allow_protocol_versions_increase=True)
    duck.register([DeltaPin("t", pin.uri, pin.version + 1)])
    with pytest.raises(WarehouseDamaged, match="deletionVectors"):
        duck.query(asked("SELECT * FROM t"))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM READ_CSV('{outside}')",
        "SELECT * FROM READ_PARQUET('{outside}')",
        "SELECT * FROM READ_TEXT('{inside}/../o.parquet')",
    ],
)
def test_the_session_reads_nothing_but_its_tables(text: str, duck: Engine, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(rows(0), tmp_path / "o.parquet")
    pin = write_table(tmp_path, "t", rows(0))
    duck.register([pin])
    query = parse_one(text.format(outside=tmp_path / "o.parquet", inside=pin.uri), dialect="duckdb")
    assert isinstance(query, exp.Query)
    with pytest.raises(MaitredError, match="PermissionException"):
        duck.query(query)


def test_only_composed_queries_run(duck: Engine) -> None:
    for refused in (parse_one("DROP TABLE t"), parse_one("SET threads = 8"), "SELECT 1"):
        with pytest.raises(UsageError):
            duck.query(refused)  # type: ignore[arg-type]


def test_opening_is_quick(tmp_path: Path) -> None:
    pins = [write_table(tmp_path, f"t{number}", rows(0)) for number in range(12)]
    best = min(_opened_and_asked(pins) for _ in range(3))
    assert best < 0.1


def test_rows_of_one_key_meet_in_one_call(engine: Engine, tmp_path: Path) -> None:
    many = pa.table({"key": [number % 97 for number in range(5_000)], "at": list(range(5_000, 0, -1))})
    engine.register([write_table(tmp_path, "t", many)])
    fields: list[pa.Field[Any]] = [
        pa.field("key", pa.int64()),
        pa.field("n", pa.int64()),
        pa.field("ordered", pa.bool_()),
    ]
    schema = pa.schema(fields)
    found = engine.map_in_arrow(asked("SELECT * FROM t"), _per_key, schema, key=["key"], order=["at"], partitions=5)
    assert found.schema.equals(schema)
    answers = found.sort_by("key").to_pydict()
    assert answers["key"] == list(range(97))
    assert sum(answers["n"]) == 5_000
    assert all(answers["ordered"])


def test_spark_local_starts_a_server_and_stops_it(tmp_path: Path) -> None:
    engine = open_engine("spark=local")
    engine.register([write_table(tmp_path, "t", rows(0, 1))])
    assert engine.query(asked("SELECT COUNT(*) AS n FROM t")).to_pylist() == [{"n": 2}]
    engine.close()


@pytest.mark.parametrize("spec", ["mysql", "spark", "spark=http://x", "duckdb=1"])
def test_an_engine_that_nobody_knows_is_refused(spec: str) -> None:
    with pytest.raises(UsageError, match="no engine"):
        open_engine(spec)


def _opened_and_asked(pins: list[DeltaPin]) -> float:
    start = time.perf_counter()
    engine = open_engine("duckdb")
    engine.register(pins)
    engine.query(asked("SELECT COUNT(*) AS n FROM t3"))
    passed = time.perf_counter() - start
    engine.close()
    return passed


def _per_key(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    import pyarrow as arrow

    seen: dict[Any, list[Any]] = {}
    for batch in batches:
        for key, at in zip(batch["key"].to_pylist(), batch["at"].to_pylist(), strict=True):
            seen.setdefault(key, []).append(at)
    if seen:
        columns = [
            [*seen],
            [len(found) for found in seen.values()],
            [found == sorted(found) for found in seen.values()],
        ]
        arrays = [
            arrow.array(columns[0], arrow.int64()),
            arrow.array(columns[1], arrow.int64()),
            arrow.array(columns[2]),
        ]
        yield arrow.record_batch(arrays, names=["key", "n", "ordered"])
