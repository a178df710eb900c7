"""Ticket keys: an int64 that stands for a ticket id inside one source.

Sorting, grouping and joining ten million events by a number is several times faster than by text, and a numeric
vendor id sorts as people expect (``999`` before ``1000``). The text id stays the identity; the key is derived from it.
"""

from __future__ import annotations

import hashlib

import pyarrow as pa
import pyarrow.compute as pc

_LARGEST_DIGITS = 18  # every number of 18 digits fits in int64


def ticket_key(ticket_id: str) -> int:
    """The key of one ticket id: its own value when it is a plain number, else a negative 63-bit hash.

    >>> ticket_key("1020")
    1020
    >>> ticket_key("007") < 0
    True
    """
    if ticket_id.isascii() and ticket_id.isdigit() and len(ticket_id) <= _LARGEST_DIGITS:
        number = int(ticket_id)
        if str(number) == ticket_id:
            return number
    digest = int.from_bytes(hashlib.sha256(ticket_id.encode()).digest()[:8], "big")
    return -1 - (digest >> 1)


def ticket_keys(ticket_ids: pa.Array | pa.ChunkedArray) -> pa.Array:
    """``ticket_key`` over a column; a null id gives the key 0 (no ticket)."""
    if isinstance(ticket_ids, pa.ChunkedArray):
        ticket_ids = ticket_ids.combine_chunks()
    plain = pc.fill_null(pc.match_substring_regex(ticket_ids, r"^(0|[1-9][0-9]{0,17})$"), True)
    if pc.all(plain).as_py() in (True, None):
        return pc.fill_null(pc.cast(ticket_ids, pa.int64()), 0)
    numbers = pc.cast(pc.if_else(plain, ticket_ids, None), pa.int64())
    encoded = ticket_ids.filter(pc.invert(plain)).dictionary_encode()
    hashed = pa.array([ticket_key(value) for value in encoded.dictionary.to_pylist()], pa.int64())
    return pc.fill_null(pc.replace_with_mask(numbers, pc.invert(plain), pc.take(hashed, encoded.indices)), 0)
