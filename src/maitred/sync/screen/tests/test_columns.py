"""Columns: clean ones come back as they are, others with the masked cells and nothing else changed."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from maitred.sync.screen import Finding, screen_column

CARD = "card 4111 1111 1111 1111"
MASKED = "card [card •••• 1111]"
CLEAN = ["open", "", None, "2026-10-01 10:00:00", "4417938221199", "Order 4111111111111111"]


def many(cells: list[str | None]) -> list[str | None]:
    """Repeat the cells beyond the size below which every cell is read."""
    return cells * 600


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
@pytest.mark.parametrize("cells", [CLEAN, many(CLEAN)], ids=["small", "large"])
def test_a_clean_column_comes_back_as_the_same_object(kind: Any, cells: list[str | None]) -> None:
    column = pa.array(cells, type=kind)
    chunked = pa.chunked_array([column, column])
    assert screen_column(column, "body")[0] is column
    assert screen_column(chunked, "body")[0] is chunked


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
@pytest.mark.parametrize("cells", [CLEAN, many(CLEAN)], ids=["small", "large"])
def test_only_the_cell_with_a_card_changes(kind: Any, cells: list[str | None]) -> None:
    column = pa.array([*cells, CARD, *cells], type=kind)
    screened, found = screen_column(column, "body")
    assert screened.type == kind
    assert screened.to_pylist() == [*cells, MASKED, *cells]
    assert found == [(len(cells), Finding("body", "card", 1, "high"))]


def test_rows_are_counted_through_all_chunks_and_clean_chunks_are_kept() -> None:
    clean = pa.array(many(CLEAN))
    column = pa.chunked_array([clean, pa.array([CARD, None, CARD]), clean])
    screened, found = screen_column(column, "body")
    assert [row for row, _ in found] == [len(clean), len(clean) + 2]
    assert screened.to_pylist()[len(clean) : len(clean) + 3] == [MASKED, None, MASKED]
    assert isinstance(screened, pa.ChunkedArray)
    assert screened.chunk(0).to_pylist() == clean.to_pylist()


def test_a_slice_of_a_column_counts_its_own_rows() -> None:
    column = pa.array([CARD, "x", CARD, None]).slice(1)
    screened, found = screen_column(column, "body")
    assert screened.to_pylist() == ["x", MASKED, None]
    assert [row for row, _ in found] == [1]


def test_an_empty_column_and_one_of_nulls_are_clean() -> None:
    for column in (
        pa.array([], pa.string()),
        pa.nulls(5000, pa.string()),
        pa.nulls(3),
        pa.chunked_array([], pa.string()),
    ):
        assert screen_column(column, "body") == (column, [])


def test_bytes_that_are_no_text_are_kept_as_they_are() -> None:
    raw = pa.array([b"\xff\xfe " + CARD.encode(), b"\xff"], pa.binary())
    screened, found = screen_column(raw.view(pa.string()), "body")
    assert screened.cast(pa.binary()).to_pylist() == [b"\xff\xfe " + MASKED.encode(), b"\xff"]
    assert len(found) == 1


def test_the_column_name_is_evidence_for_bare_digits() -> None:
    cells = many(["4111111111111111", "4111111111111112", None])
    screened, found = screen_column(pa.array(cells), "custom.card_number")
    assert screened.to_pylist() == many(["[card •••• 1111]", "4111111111111112", None])
    assert len(found) == 600
    assert screen_column(pa.array(cells), "order_number")[1] == []


def test_a_column_of_security_codes_is_emptied() -> None:
    cells = many(["123", "0123", "none", None])
    screened, found = screen_column(pa.array(cells), "payment.cvv")
    assert screened.to_pylist() == many(["[removed]", "[removed]", "none", None])
    assert {finding.kind for _, finding in found} == {"security_code"}


def test_each_entry_of_a_dictionary_is_read_once_and_every_row_reported() -> None:
    column = pa.array(["x", CARD, None, CARD]).dictionary_encode()
    screened, found = screen_column(column, "body")
    assert screened.type == column.type
    assert screened.to_pylist() == ["x", MASKED, None, MASKED]
    assert [row for row, _ in found] == [1, 3]
    clean = pa.array(["x", "y"]).dictionary_encode()
    assert screen_column(clean, "body")[0] is clean


def test_lists_of_text_are_read_member_by_member() -> None:
    column = pa.array([["a"], None, [], ["b", CARD, None], [CARD]], pa.list_(pa.string()))
    screened, found = screen_column(column, "tags")
    assert screened.type == column.type
    assert screened.to_pylist() == [["a"], None, [], ["b", MASKED, None], [MASKED]]
    assert [row for row, _ in found] == [3, 4]
    assert screen_column(column.slice(0, 3), "tags")[1] == []


def test_numbers_are_read_only_where_the_name_speaks_of_cards() -> None:
    numbers = pa.array([4111111111111111, None, 7])
    screened, found = screen_column(numbers, "card_number")
    assert screened.to_pylist() == ["[card •••• 1111]", None, "7"]
    assert [row for row, _ in found] == [0]
    assert screen_column(numbers, "ticket_id")[0] is numbers
    floats = pa.array([4111111111111111.0, None, 0.5])
    assert screen_column(floats, "card_number")[0].to_pylist() == ["[card •••• 1111]", None, "0.5"]


def test_other_types_are_left_alone() -> None:
    for column in (pa.array([True, None]), pa.array([b"4111 1111 1111 1111"]), pa.array([{"card": 1}])):
        assert screen_column(column, "card_number")[0] is column
