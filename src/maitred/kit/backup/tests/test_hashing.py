"""The canonical hash: the same for the same rows wherever and in whichever order they stand, another for any change."""

from __future__ import annotations

import datetime as dt
import tracemalloc
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from maitred.kit.backup import hashing
from maitred.kit.backup.databases import file, opened
from maitred.kit.backup.hashing import Hashed, table_hash
from maitred.kit.backup.shapes import Column, Kind, Shape, groups, neutral

TWO_EAST = dt.timezone(dt.timedelta(hours=2))
SHAPE = Shape("things", ("id",), (Column("id", Kind.INTEGER), Column("a", Kind.JSON), Column("b", Kind.INSTANT)))


def things(database: BaseDatabaseWrapper, *rows: tuple[Any, ...]) -> Hashed:
    with database.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS things")
        cursor.execute("CREATE TABLE things (b datetime, id integer PRIMARY KEY, a text)")
        cursor.executemany("INSERT INTO things (id, a, b) VALUES (%s, %s, %s)", rows)
    return table_hash(database, SHAPE)


def test_order_of_rows_and_forms_of_values_do_not_count_and_values_do(tmp_path: Path) -> None:
    with opened(file(tmp_path / "one.db", durable=False), "one") as database:
        first = things(database, (1, '{"x": 1, "y": 2.0}', "2024-01-01 00:00:00"), (2, "null", None))
        same = things(database, (2, "null", None), (1, '{"y":2,"x":1}', "2024-01-01 00:00:00.000000"))
        others = [
            things(database, (1, '{"x": 1, "y": 2.0}', "2024-01-01 00:00:00.000001"), (2, "null", None)),
            things(database, (1, '{"x": 1, "y": "2"}', "2024-01-01 00:00:00"), (2, "null", None)),
            things(database, (1, '{"x": 1, "y": 2.0}', "2024-01-01 00:00:00"), (2, None, None)),
            things(database, (1, '{"x": 1, "y": 2.0}', "2024-01-01 00:00:00")),
            things(database),
        ]
    assert first == same
    assert first.rows == 2
    assert len({first, *others}) == 6


@pytest.mark.parametrize(
    ("column", "left", "right"),
    [
        (Column("d", Kind.DECIMAL, 2, 12), 10.1, Decimal("10.10")),
        (Column("d", Kind.DECIMAL, 2, 12), 7, Decimal("7.00")),
        (Column("i", Kind.INSTANT), dt.datetime(2024, 1, 1), dt.datetime(2024, 1, 1, 2, tzinfo=TWO_EAST)),
        (Column("p", Kind.DURATION), 1_500_000, dt.timedelta(seconds=1.5)),
        (Column("j", Kind.JSON), '{"a": 1}', b'{"a": 1}'),
        (Column("y", Kind.BYTES), memoryview(b"ab"), b"ab"),
        (Column("o", Kind.BOOLEAN), 1, True),
    ],
)  # fmt: skip
def test_what_two_databases_give_for_a_value_is_one_value(column: Column, left: Any, right: Any) -> None:
    use = neutral(column)
    assert use is not None
    assert use(left) == use(right)


def test_tables_come_after_those_that_they_need_and_rings_together() -> None:
    shapes = [
        Shape("a", ("id",), (), frozenset({"b"})),
        Shape("b", ("id",), (), frozenset({"c"})),
        Shape("c", ("id",), (), frozenset({"b", "d"})),
        Shape("d", ("id",), (), frozenset({"d", "gone"})),
    ]
    assert [[one.table for one in group] for group in groups(shapes)] == [["d"], ["b", "c"], ["a"]]


@pytest.mark.slow
def test_memory_does_not_grow_with_the_table(tmp_path: Path) -> None:
    with opened(file(tmp_path / "one.db", durable=False), "one") as database:
        rows = [(number, '{"text": "' + "x" * 200 + '"}', "2024-01-01 00:00:00") for number in range(100_000)]
        things(database, *rows)
        del rows
        tracemalloc.start()
        assert table_hash(database, SHAPE).rows == 100_000
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < hashing.BATCH * 4_000
