"""How compiled parts reach the arrays of a floor: one record with their addresses travels, not the arrays.

Handing some thirty arrays from part to part costs more than most parts do, and makes compilation slow; a record is
one pointer. ``ticket_at(f, place)`` is the row of an array, whose fields are read and written as
``ticket_at(f, place).key``.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.extending import intrinsic

from maitred.floor.layout import ROWS, STATE


def _accessor(name: str, dtype: np.dtype[Any]) -> Any:
    """A function of (floor, place) for compiled code that gives one row of an array."""
    record = numba.from_dtype(dtype)
    size = dtype.itemsize
    fields = STATE.fields
    assert fields is not None
    offset = fields[f"p_{name}"][1]

    @intrinsic  # type: ignore[untyped-decorator]
    def row_at(typing: Any, floor: Any, place: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            word = ir.IntType(64)
            state, index = given
            index = context.cast(builder, index, signature.args[1], numba.types.int64)
            field = builder.gep(
                builder.bitcast(state, ir.IntType(8).as_pointer()), [ir.Constant(word, offset)], inbounds=True
            )
            address = builder.load(builder.bitcast(field, word.as_pointer()))
            address = builder.add(address, builder.mul(index, ir.Constant(word, size)))
            return builder.inttoptr(address, context.get_value_type(signature.return_type))

        return record(floor, place), generate

    return row_at


ticket_at = _accessor("tickets", ROWS["tickets"])
live_at = _accessor("live", ROWS["live"])
log_at = _accessor("log", ROWS["log"])
heap_at = _accessor("heap", ROWS["heap"])
slice_at = _accessor("slices", ROWS["slices"])
node_at = _accessor("nodes", ROWS["nodes"])
agent_at = _accessor("agents", ROWS["agents"])
slot_at = _accessor("slots", ROWS["slots"])
word_at = _accessor("words", ROWS["words"])
group_at = _accessor("groups", ROWS["groups"])
waiting_at = _accessor("waiting", ROWS["waiting"])
full_at = _accessor("full", ROWS["full"])
queue_at = _accessor("queues", ROWS["queues"])
class_at = _accessor("classes", ROWS["classes"])
need_at = _accessor("needs", ROWS["needs"])
link_at = _accessor("links", ROWS["links"])
share_at = _accessor("shares", ROWS["shares"])
around_at = _accessor("around", ROWS["around"])
policy_at = _accessor("policies", ROWS["policies"])
target_at = _accessor("targets", ROWS["targets"])
opening_at = _accessor("opens", ROWS["opens"])
arrival_at = _accessor("arrivals", ROWS["arrivals"])
presence_row_at = _accessor("presence", ROWS["presence"])
start_at = _accessor("starts", ROWS["starts"])
switch_row_at = _accessor("switches", ROWS["switches"])
bot_at = _accessor("bots", ROWS["bots"])
closing_at = _accessor("closing", ROWS["closing"])
lapsing_at = _accessor("lapsing", ROWS["lapsing"])
segment_at = _accessor("segments", ROWS["segments"])
purpose_at = _accessor("purposes", ROWS["purposes"])
