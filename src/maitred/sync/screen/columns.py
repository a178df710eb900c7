"""Screens a whole Arrow column: a clean one costs about the reading of its bytes and comes back as the same object."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maitred.sync.screen import prefilter
from maitred.sync.screen.findings import Finding
from maitred.sync.screen.text import field_is_code, field_says_card, screen_text

Column: TypeAlias = "pa.Array[Any] | pa.ChunkedArray[Any]"
Found: TypeAlias = list[tuple[int, Finding]]

_SMALL_BYTES = 64 * 1024
_SMALL_CELLS = 2000


def screen_column(values: Column, field: str) -> tuple[Column, Found]:
    """Mask card numbers in every cell of a column.

    Parameters
    ----------
    values
        Text (string, large string, string view), or dictionaries and lists of text. Whole numbers are looked at only
        where the field's name speaks of cards. Other types come back untouched.
    field
        The column's name; it is evidence and stands in the findings.

    Returns
    -------
    tuple
        The column, the same object when nothing was found and else of the same type (whole numbers become text), and
        one ``(row, finding)`` per finding, rows counted from 0.
    """
    kind = values.type
    if pa.types.is_dictionary(kind):
        return _by_chunk(values, field, _dictionary)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _by_chunk(values, field, _lists)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _numbers(values, field)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return _texts(values, field)
    return values, []


def _texts(values: Column, field: str) -> tuple[Column, Found]:
    data = _binary(values)
    put: dict[int, bytes] = {}
    found: Found = []
    small = len(data) <= _SMALL_CELLS and data.nbytes <= _SMALL_BYTES
    for row in range(len(data)) if small else text_suspects(data, field):
        cell = data[row].as_py()
        if cell is None:
            continue
        # Text that is not UTF-8 (a damaged file) is read and written back byte for byte.
        screened = screen_text(cell.decode(errors="surrogateescape"), field)
        if screened.findings:
            put[row] = screened.text.encode(errors="surrogateescape")
            found += [(row, finding) for finding in screened.findings]
    return (_with(values, data, put), found) if put else (values, [])


def text_suspects(data: Column, field: str) -> Sequence[int]:
    """Return the rows of a binary column that are worth reading: those that both looks of the prefilter let through."""
    if field_is_code(field):
        return range(len(data))
    rows = _rows(prefilter.first_look(data))
    if rows and not field_says_card(field):
        rows = [rows[place] for place in _rows(prefilter.second_look(data.take(pa.array(rows))))]
    return rows


def _rows(mask: Any) -> list[int]:
    rows: list[int] = pc.indices_nonzero(mask).to_pylist()
    return rows


def _binary(values: Column) -> Any:
    """Return the same bytes as a binary column: RE2 then takes them as they are, valid or not."""
    large = pa.types.is_large_string(values.type)
    if pa.types.is_string_view(values.type):
        values = values.cast(pa.string())
    return values.cast(pa.large_binary() if large else pa.binary())


def _with(values: Column, data: Any, put: dict[int, bytes]) -> Any:
    """Return the column with some cells replaced; untouched chunks stay the same objects."""
    if isinstance(values, pa.ChunkedArray):
        chunks = []
        first = 0
        for chunk, chunk_data in zip(values.chunks, data.chunks, strict=True):
            mine = {row - first: cell for row, cell in put.items() if first <= row < first + len(chunk)}
            chunks.append(_with(chunk, chunk_data, mine) if mine else chunk)
            first += len(chunk)
        return pa.chunked_array(chunks, type=values.type)
    mask = np.zeros(len(values), dtype=bool)
    mask[list(put)] = True
    cells = pa.array([put[row] for row in sorted(put)], type=data.type)
    replaced = pc.replace_with_mask(data, pa.array(mask), cells)
    if pa.types.is_string_view(values.type):
        return replaced.cast(pa.string()).cast(values.type)
    return replaced.view(values.type)


def _by_chunk(values: Column, field: str, screen: Callable[[Any, str], tuple[Any, Found]]) -> tuple[Column, Found]:
    if not isinstance(values, pa.ChunkedArray):
        return screen(values, field)
    chunks = []
    found: Found = []
    first = 0
    for chunk in values.chunks:
        screened, chunk_found = screen(chunk, field)
        chunks.append(screened)
        found += [(first + row, finding) for row, finding in chunk_found]
        first += len(chunk)
    return (pa.chunked_array(chunks, type=values.type), found) if found else (values, [])


def _dictionary(values: Any, field: str) -> tuple[Any, Found]:
    screened, found = screen_column(values.dictionary, field)
    if not found:
        return values, []
    by_entry: dict[int, list[Finding]] = {}
    for entry, finding in found:
        by_entry.setdefault(entry, []).append(finding)
    rows = [
        (row, finding)
        for row, entry in enumerate(values.indices.to_pylist())
        if entry in by_entry
        for finding in by_entry[entry]
    ]
    return pa.DictionaryArray.from_arrays(values.indices, screened, ordered=values.type.ordered), rows


def _lists(values: Any, field: str) -> tuple[Any, Found]:
    if not (pa.types.is_string(values.type.value_type) or pa.types.is_large_string(values.type.value_type)):
        return values, []
    screened, found = _texts(pc.list_flatten(values), field)
    if not found:
        return values, []
    parents = pc.list_parent_indices(values).to_pylist()
    members = iter(screened.to_pylist())
    lists = [None if cell is None else [next(members) for _ in cell] for cell in values.to_pylist()]
    return pa.array(lists, type=values.type), [(parents[member], finding) for member, finding in found]


def _numbers(values: Column, field: str) -> tuple[Column, Found]:
    if not (field_says_card(field) or field_is_code(field)):
        return values, []
    screened, found = _texts(_as_text(values), field)
    return (screened, found) if found else (values, [])


def _as_text(values: Any) -> Any:
    """Return numbers as text; a card column with gaps is often read as floating point, exact up to 16 digits."""
    if pa.types.is_floating(values.type):
        whole = pc.and_(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), pa.scalar(2.0**53)))
        digits = pc.cast(pc.if_else(whole, values, None), pa.int64())
        return pc.coalesce(pc.cast(digits, pa.string()), pc.cast(values, pa.string()))
    return values.cast(pa.string())
