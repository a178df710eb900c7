"""The one shape of decoded tables."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from maitred.canon.tables import BOOKKEEPING, TABLES
from maitred.connectors.columns import conform, decoded_schema


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_decoded_table_is_the_canonical_one_without_bookkeeping_and_with_the_line(table: str) -> None:
    canonical = TABLES[table]
    left_out = {"source_id", *BOOKKEEPING, canonical.partition}
    expected = [field for field in canonical.schema if field.name not in left_out]
    assert list(decoded_schema(table))[:-1] == expected
    assert decoded_schema(table).field("_line") == pa.field("_line", pa.int64(), nullable=False)


def test_missing_columns_are_filled_and_types_are_brought_into_line() -> None:
    columns: dict[str, Any] = {
        "external_id": pa.array(["7", "x"]),
        "source_updated_at": pa.array([0, 1], pa.int64()).cast(pa.timestamp("us", "UTC")),
        "role": pa.array(["agent", "agent"]),
        "active": pa.chunked_array([pa.array([True]), pa.array([False])]),
        "suspended": pa.array([False, False]),
        "unheard_of": pa.array([1, 2]),
    }
    table = conform("users", columns, [3, 4])
    assert table.schema == decoded_schema("users")
    assert table.column("custom").to_pylist() == ["{}", "{}"]
    assert table.column("tags").to_pylist() == [[], []]
    assert table.column("_line").to_pylist() == [3, 4]


def test_the_ticket_key_comes_from_the_ticket() -> None:
    columns: dict[str, Any] = {
        "external_id": pa.array(["a"]),
        "ticket_id": pa.array(["4711"]),
        "source_updated_at": pa.array([0], pa.timestamp("us", "UTC")),
        "tag": pa.array(["vip"]),
    }
    assert conform("ticket_tags", columns, [0]).column("ticket_key").to_pylist() == [4711]


def test_a_null_where_none_may_be_is_refused() -> None:
    columns: dict[str, Any] = {
        "external_id": pa.array([None], pa.string()),
        "source_updated_at": pa.array([0], pa.timestamp("us", "UTC")),
    }
    with pytest.raises(ValueError, match="external_id may not be null"):
        conform("groups", columns, [0])
    with pytest.raises(KeyError, match="is_queue was not decoded"):
        conform("groups", {**columns, "external_id": pa.array(["1"])}, [0])
