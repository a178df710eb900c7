"""Faults of data: what a helpdesk's records lose or gain on their way, to try syncing and reconciliation on.

The world stays as it was; only the canonical tables change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Literal

from maitred.floor.plants.planted import (
    FAMILIES,
    Concern,
    Expectation,
    Planted,
    When,
    closing,
    instant,
    known,
    until,
)
from maitred.floor.world import World

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

Fault = Literal["missing_days", "duplicated_events", "clock_skew", "deleted_users", "late_export"]
FAULTS: tuple[Fault, ...] = ("missing_days", "duplicated_events", "clock_skew", "deleted_users", "late_export")
INSTANTS = {"ticket_events": "occurred_at", "messages": "sent_at", "sla_events": "at", "satisfaction": "rated_at"}
"""The tables of what happened, and the column that says when."""


@dataclass(frozen=True, slots=True)
class DataFault(Planted):
    """One fault between ``start`` and ``end`` (none: the end of the world).

    ``missing_days``: rows of these days never came. ``duplicated_events``: a ``share`` of events came twice, under two
    ids. ``clock_skew``: a ``share`` of events bear a time ``seconds`` off. ``deleted_users``: a ``share`` of customers
    were deleted, at ``end``. ``late_export``: events of the window are not there yet, messages are.
    """

    fault: Fault
    start: When
    end: When | None = None
    share: float = 0.05
    seconds: float = 3600.0

    EXPECT: ClassVar[tuple[Expectation, ...]] = (Expectation("data_health", 3),)
    NEVER: ClassVar[tuple[str, ...]] = FAMILIES
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"share": (0, 1), "seconds": (-604_800, 604_800)}

    def alter(self, world: World) -> World:
        known(self, "fault", self.fault, FAULTS)
        return world

    def tabled(self, world: World, tables: dict[str, pa.Table], place: int) -> dict[str, pa.Table]:
        return {**tables, **{name: self.changed(world, name, tables[name], place) for name in self.touched(tables)}}

    def touched(self, tables: dict[str, pa.Table]) -> tuple[str, ...]:
        """The tables that this fault changes."""
        names = {
            "missing_days": tuple(INSTANTS),
            "deleted_users": ("users",),
        }.get(self.fault, ("ticket_events",))
        return tuple(name for name in names if name in tables)

    def changed(self, world: World, name: str, rows: pa.Table, place: int) -> pa.Table:
        """One table with the fault in it."""
        if self.fault == "deleted_users":
            return self.without_users(world, rows, place)
        inside = self.inside(world, rows, INSTANTS[name])
        if self.fault in ("missing_days", "late_export"):
            return rows.filter(_mask(~inside))
        hit = inside & (lots(world.seed, place, rows.num_rows) < self.share)
        return doubled(rows, hit) if self.fault == "duplicated_events" else skewed(rows, hit, self.seconds)

    def inside(self, world: World, rows: pa.Table, column: str) -> NDArray[np.bool_]:
        """Rows whose time lies in the window."""
        import pyarrow as pa
        import pyarrow.compute as pc

        start, end = self.window(world)
        kind = rows.schema.field(column).type
        low, high = (pa.scalar(one, kind) for one in (start, end or closing(world)))
        mask = pc.and_(pc.greater_equal(rows[column], low), pc.less(rows[column], high))
        found: NDArray[np.bool_] = pc.fill_null(mask, False).to_numpy(zero_copy_only=False)
        return found

    def without_users(self, world: World, rows: pa.Table, place: int) -> pa.Table:
        """Users with a share of the customers deleted: no name, no address, not active."""
        import pyarrow as pa
        import pyarrow.compute as pc

        customers = pc.equal(rows["role"], _customer_role(rows)).to_numpy(zero_copy_only=False)
        hit = _mask(customers & (lots(world.seed, place, rows.num_rows) < self.share))
        at = instant(self.end) if self.end else closing(world) - timedelta(days=1)
        new = {
            "name": "Permanently deleted user",
            "email": None,
            "phone": None,
            "active": False,
            "deleted_at": at,
            "delete_kind": "hard",
        }
        for column, value in new.items():
            field = rows.schema.field(column)
            filled = pc.if_else(hit, pa.scalar(value, field.type), rows[column].combine_chunks())
            rows = rows.set_column(rows.schema.get_field_index(column), field, filled)
        return rows

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "workspace", "id": world.name}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        name = "users" if self.fault == "deleted_users" else "ticket_events"
        return (Concern("truth.records", (("table", name),), start, until(world, start, end, 36_500)),)


def _customer_role(rows: pa.Table) -> str:
    """The word for customers in the table's column ``role``."""
    words = set(rows["role"].unique().to_pylist())
    return next((word for word in ("customer", "end_user", "end-user") if word in words), "customer")


def _mask(kept: NDArray[np.bool_]) -> pa.Array:
    import pyarrow as pa

    return pa.array(kept)


def lots(seed: int, place: int, count: int) -> NDArray[np.float64]:
    """One number in (0, 1) for each row, by plant."""
    import numpy as np

    from maitred.floor.streams import Purpose, uniforms

    drawn: NDArray[np.float64] = uniforms(
        np.uint64(seed), int(Purpose.DATA_FAULT), np.arange(count, dtype=np.uint64), place
    )
    return drawn


def doubled(rows: pa.Table, hit: NDArray[np.bool_]) -> pa.Table:
    """Rows and, behind them, the hit ones once more under another id."""
    import pyarrow as pa
    import pyarrow.compute as pc

    again = rows.filter(_mask(hit))
    ids = pc.binary_join_element_wise(again["external_id"], "again", "-")
    field = rows.schema.field("external_id")
    again = again.set_column(rows.schema.get_field_index("external_id"), field, ids)
    return pa.concat_tables([rows, again])


def skewed(rows: pa.Table, hit: NDArray[np.bool_], seconds: float) -> pa.Table:
    """Rows with the hit ones' time off by so many seconds."""
    import pyarrow as pa
    import pyarrow.compute as pc

    field = rows.schema.field("occurred_at")
    moved = pc.add(rows["occurred_at"], pa.scalar(timedelta(seconds=seconds), pa.duration("us")))
    column = pc.if_else(_mask(hit), moved.cast(field.type).combine_chunks(), rows["occurred_at"].combine_chunks())
    rows = rows.set_column(rows.schema.get_field_index("occurred_at"), field, column)
    if "occurred_month" not in rows.schema.names:
        return rows
    month = pc.add(pc.multiply(pc.year(column), 100), pc.month(column)).cast(pa.int32())
    found: pa.Table = rows.set_column(
        rows.schema.get_field_index("occurred_month"), rows.schema.field("occurred_month"), month
    )
    return found
