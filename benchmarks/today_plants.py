"""Problems that only the practice worlds plant: what the floor's own plants cannot say, so that every family is tried.

They stand beside the floor (``maitred.floor.plants``) and change a world through the same hooks; those that change only
what the helpdesk's records say do so by ``retold``, which sees the run as well as its tables.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from maitred.canon.tables import STATUSES
from maitred.floor.latent import ms_of
from maitred.floor.logbook import CUSTOMER, Intent, Kind
from maitred.floor.plants import MacroPublished, Planted, Training
from maitred.floor.plants.planted import (
    When,
    classes,
    closing,
    group_names,
    instant,
    known,
    people,
    topics,
    under,
    until,
)
from maitred.floor.records import ids, numbers
from maitred.floor.streams import Purpose, uniforms
from maitred.floor.world import Extra, Switch, World

if TYPE_CHECKING:
    from maitred.floor.run import Run

OPEN, PENDING = STATUSES.index("open"), STATUSES.index("pending")
MINUTE, DAY = 60_000, 86_400_000
Tables = dict[str, pa.Table]


@runtime_checkable
class Retelling(Protocol):
    """A plant that changes what the records of a run say."""

    def retold(self, run: Run, tables: Tables, place: int) -> Tables: ...


def retold(run: Run, tables: Tables) -> Tables:
    """The canonical tables of a run after all plants that change what is written down."""
    for place, plant in enumerate(run.world.plants):
        if isinstance(plant, Retelling):
            tables = plant.retold(run, tables, place)
    return tables


def without_topics(run: Run, tables: Tables, tagged: float) -> Tables:
    """The tables with topics (tags with a stroke) on a share of the tickets only, in tags and history."""
    if tagged >= 1.0:
        return tables
    bare = lots(run, 1_000) >= tagged
    heads, tags, events = tables["tickets"], tables["ticket_tags"], tables["ticket_events"]
    hit = named(run, bare, heads["external_id"])
    lists = [
        [tag for tag in one if "/" not in tag] if gone else one
        for one, gone in zip(heads["tags"].to_pylist(), hit.tolist(), strict=True)
    ]
    field = heads.schema.field("tags")
    heads = heads.set_column(heads.schema.get_field_index("tags"), field, pa.array(lists, field.type))
    topical = pc.match_substring(tags["tag"], "/").to_numpy(zero_copy_only=False)
    tags = tags.filter(pa.array(~(topical & named(run, bare, tags["ticket_id"]))))
    told = pc.equal(events["field"], "tags").to_numpy(zero_copy_only=False) & named(run, bare, events["ticket_id"])
    for name in ("old_value", "new_value", "old_raw", "new_raw"):
        events = replaced(events, name, told, _untopical(events[name]))
    same = pc.fill_null(pc.equal(events["old_value"], events["new_value"]), False).to_numpy(zero_copy_only=False)
    return {**tables, "tickets": heads, "ticket_tags": tags, "ticket_events": events.filter(pa.array(~(told & same)))}


def _untopical(values: pa.ChunkedArray) -> pa.ChunkedArray:
    fewer = pc.replace_substring_regex(values, r'"[^"/]+/[^"]+",?', "")
    return pc.replace_substring_regex(fewer, r",\]", "]")


@dataclass(frozen=True, slots=True)
class VolumeJump(Planted):
    """More of everything arrives, in one group or (empty) everywhere, from a day on."""

    start: When
    end: When | None = None
    group: str = ""
    volume: float = 0.6

    def extras(self, world: World) -> tuple[Extra, ...]:
        last = until(world, instant(self.start), instant(self.end) if self.end else None, 36_500)
        names = tuple(one.name for one in classes(world, group=self.group))
        return (Extra(self.id, names, instant(self.start), last, self.volume),)

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "group", "id": self.group} if self.group else Planted.subject(self, world)


@dataclass(frozen=True, slots=True)
class Creep(Planted):
    """A group gets a little more every week than its people can answer: open work grows slowly and never falls."""

    group: str
    start: When
    volume: float = 0.4

    def alter(self, world: World) -> World:
        known(self, "group", self.group, group_names(world))
        return world

    def extras(self, world: World) -> tuple[Extra, ...]:
        names = tuple(one.name for one in classes(world, group=self.group))
        return (Extra(self.id, names, instant(self.start), closing(world), self.volume, "ramp"),)

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "group", "id": self.group}


@dataclass(frozen=True, slots=True)
class AsksCard(Planted):
    """A person asks customers to write their card number, in a share of the replies."""

    agent: str
    start: When
    share: float = 0.1

    def alter(self, world: World) -> World:
        known(self, "agent", self.agent, people(world))
        return world

    def switches(self, world: World) -> tuple[Switch, ...]:
        return (Switch(instant(self.start), "agent", self.agent, "asks_card", self.share, self.id),)

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "person", "id": self.agent}


@dataclass(frozen=True, slots=True)
class CardForm(Planted):
    """A form asks for too much: a share of a topic's first messages holds a card number from a day on."""

    topic: str
    start: When
    share: float = 0.2

    def alter(self, world: World) -> World:
        known(self, "topic", self.topic, topics(world))
        return world

    def hit(self, run: Run, place: int) -> NDArray[np.bool_]:
        """Tickets whose opening message holds a number; shape (tickets,)."""
        mine = np.array([under(one.topic, self.topic) for one in run.world.classes])[run.tickets["class_"]]
        mine &= run.tickets["created"] >= ms_of(run.world, instant(self.start))
        found: NDArray[np.bool_] = mine & (lots(run, place) < self.share)
        return found

    def retold(self, run: Run, tables: Tables, place: int) -> Tables:
        rows = tables["messages"]
        first = rows["is_first"].to_numpy(zero_copy_only=False) & named(run, self.hit(run, place), rows["ticket_id"])
        longer = pc.binary_join_element_wise(rows["body_text"], "My card number is 4111 1111 1111 1111.", "\n")
        return {**tables, "messages": replaced(rows, "body_text", first, longer)}

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "topic", "id": self.topic}


@dataclass(frozen=True, slots=True)
class Displeased(Planted):
    """Customers of a group rate worse from a day on, whatever the outcome: a share of the good ratings turns bad."""

    group: str
    start: When
    share: float = 0.25

    def alter(self, world: World) -> World:
        known(self, "group", self.group, group_names(world))
        return world

    def hit(self, run: Run, place: int) -> NDArray[np.bool_]:
        """Tickets whose rating would be turned; shape (tickets,)."""
        groups = [one.name for one in run.world.groups]
        mine = run.tickets["group"] == groups.index(self.group)
        mine &= run.tickets["solved"] >= ms_of(run.world, instant(self.start))
        found: NDArray[np.bool_] = mine & (lots(run, place) < self.share)
        return found

    def retold(self, run: Run, tables: Tables, place: int) -> Tables:
        hit, rated = self.hit(run, place), tables["satisfaction"]
        good = pc.fill_null(rated["is_good"], False).to_numpy(zero_copy_only=False)
        turned = good & named(run, hit, rated["ticket_id"])
        for column, value in (("is_good", False), ("score_raw", "bad"), ("score_5", 1.0)):
            rated = replaced(rated, column, turned, pa.scalar(value))
        events = tables["ticket_events"]
        told = pc.and_(pc.equal(events["field"], "satisfaction"), pc.equal(events["new_value"], "good"))
        there = pc.fill_null(told, False).to_numpy(zero_copy_only=False) & named(run, hit, events["ticket_id"])
        for column in ("new_value", "new_raw"):
            events = replaced(events, column, there, pa.scalar("bad"))
        return {**tables, "satisfaction": rated, "ticket_events": events}

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "group", "id": self.group}


@dataclass(frozen=True, slots=True)
class Pile(Planted):
    """Tickets are paused for weeks although the customer has written again: by one person, or by a whole group.

    A ``share`` of the mails that they take up is set to pending, opened by the customer's answer, and set to pending
    again; what would have been done at once is done one to three weeks later. The floor's own ``HiddenPile`` is over
    within hours, because there every customer who writes again is answered.
    """

    start: When
    agent: str = ""
    group: str = ""
    share: float = 0.15

    def changed(self, run: Run, place: int) -> Run:
        """The run with tickets put aside."""
        log, begun = run.log, ms_of(run.world, instant(self.start))
        given = np.flatnonzero((log["kind"] == Kind.ASSIGNED) & np.isin(log["new"], self.who(run.world)))
        given = given[np.unique(log["ticket"][given], return_index=True)[1]]
        slow = np.array([one.channel in ("email", "web", "social") for one in run.world.classes])
        tickets = log["ticket"][given]
        hit = (
            (log["time"][given] >= begun)
            & slow[run.tickets["class_"][tickets]]
            & (lots(run, place)[tickets] < self.share)
        )
        weeks = 1 + (1e6 * lots(run, place)).astype(np.int64) % 3
        since = np.full(len(run.tickets), np.iinfo(np.int64).max)
        since[tickets[hit]] = log["time"][given[hit]]
        later = weeks * 7 * DAY
        moved = log.copy()
        behind = log["time"] > since[log["ticket"]]
        moved["time"][behind] += later[log["ticket"]][behind]
        heads = run.tickets.copy()
        for name in ("first_reply", "solved"):
            heads[name][run.tickets[name] > since] += later[run.tickets[name] > since]
        heads["waited"][tickets[hit]] += later[tickets[hit]]
        return replace(run, log=ordered(np.concatenate((moved, *pauses(log[given[hit]], later, place)))), tickets=heads)

    def who(self, world: World) -> list[int]:
        """Positions of those who put tickets aside."""
        return [
            place
            for place, one in enumerate(world.agents)
            if one.id == self.agent or (self.group and one.groups and one.groups[0] == self.group and not one.is_bot)
        ]

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "person", "id": self.agent} if self.agent else {"type": "group", "id": self.group}


def pauses(given: NDArray[np.void], later: NDArray[np.int64], place: int) -> list[NDArray[np.void]]:
    """Paused ten minutes after each assignment, opened by the customer a day later, paused again, taken up at last."""
    steps = (
        (10 * MINUTE, OPEN, PENDING, None),
        (DAY + 11 * MINUTE, PENDING, OPEN, CUSTOMER),
        (DAY + 40 * MINUTE, OPEN, PENDING, None),
    )
    found = []
    for after, old, new, actor in steps:
        rows = given.copy()
        rows["time"] += after
        rows["kind"], rows["old"], rows["new"], rows["value"], rows["turn"] = int(Kind.STATUS), old, new, 0, -1
        rows["cause"], rows["actor"] = place, given["new"] if actor is None else actor
        found.append(rows)
    said = found[1].copy()
    said["kind"], said["value"], said["turn"], said["old"], said["new"] = (
        int(Kind.CUSTOMER_MESSAGE),
        int(Intent.CHASE),
        90,
        -1,
        -1,
    )
    back = found[0].copy()
    back["time"] = given["time"] + later[given["ticket"]]
    back["old"], back["new"] = PENDING, OPEN
    return [*found, said, back]


def ordered(log: NDArray[np.void]) -> NDArray[np.void]:
    """By time, then kind, then the order in which they were."""
    return log[np.lexsort((np.arange(len(log)), log["kind"], log["time"]))]


def simulated(world: World) -> Run:
    """The run of a practice world with everything that its problems change afterwards."""
    from maitred.floor.run import run

    found = run(world, texts=True)
    for place, plant in enumerate(found.world.plants):
        if isinstance(plant, Pile):
            found = plant.changed(found, place)
    return found


@dataclass(frozen=True, slots=True)
class WrongHours(Planted):
    """From a day on, clocks of a group's tickets run on another team's business hours."""

    group: str
    schedule: str
    start: When

    def alter(self, world: World) -> World:
        known(self, "group", self.group, group_names(world))
        known(self, "schedule", self.schedule, [one.name for one in world.schedules])
        at = instant(self.start)
        mine = tuple(
            replace(one, groups=(self.group,), schedule=self.schedule, since=at)
            for one in world.policies
            if not one.groups or self.group in one.groups
        )
        return replace(world, policies=(*mine, *world.policies))

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "group", "id": self.group}


@dataclass(frozen=True, slots=True)
class Course(Training):
    """A training that the helpdesk knows of: user fields ``training`` and ``training_completed``."""

    title: str = "Answers that hold"

    def retold(self, run: Run, tables: Tables, place: int) -> Tables:
        import orjson

        places = {one.id: str(ids.AGENT + number) for number, one in enumerate(run.world.agents)}
        told = {
            places[id]: orjson.dumps(
                {"training": self.title, "training_completed": f"{at:%Y-%m-%d}"}, option=orjson.OPT_SORT_KEYS
            ).decode()
            for id, at in self.cohort(run.world)
        }
        users = tables["users"]
        mine = np.array([id in told for id in users["external_id"].to_pylist()])
        values = pa.array([told.get(id) for id in users["external_id"].to_pylist()], pa.string())
        return {**tables, "users": replaced(users, "custom", mine, pa.chunked_array([values]))}


@dataclass(frozen=True, slots=True)
class MacroUsed(MacroPublished):
    """A macro whose every use is recorded: with the first reply to a ticket of its topic, in a share of them."""

    share: float = 0.9

    def retold(self, run: Run, tables: Tables, place: int) -> Tables:
        world = run.world
        mine = np.array([under(one.topic, self.topic) for one in world.classes])[run.tickets["class_"]]
        mine &= run.tickets["first_reply"] >= ms_of(world, instant(self.at))
        mine &= lots(run, place) < self.share
        rows = tables["messages"]
        there = named(run, mine, rows["ticket_id"]) & ~rows["is_first"].to_numpy(zero_copy_only=False)
        there &= pc.equal(rows["direction"], "out").to_numpy(zero_copy_only=False) | rows["is_public"].to_numpy(
            zero_copy_only=False
        )
        agents = {str(ids.AGENT + number) for number, one in enumerate(world.agents) if not one.is_bot}
        there &= pc.is_in(rows["author_id"], pa.array(sorted(agents))).to_numpy(zero_copy_only=False)
        first = first_of(rows["ticket_id"].to_pylist(), np.flatnonzero(there), rows["sent_at"].to_pylist())
        return {**tables, "ticket_events": with_uses(tables["ticket_events"], rows, first, self.number, self.name)}

    @property
    def number(self) -> str:
        """The helpdesk's number of the macro."""
        return "355000001"

    @property
    def name(self) -> str:
        return self.title or self.id


def first_of(tickets: list[str], rows: NDArray[np.int64], at: list[datetime]) -> NDArray[np.int64]:
    """The earliest of some rows of each ticket."""
    found: dict[str, int] = {}
    for row in rows.tolist():
        known_one = found.get(tickets[row])
        if known_one is None or at[row] < at[known_one]:
            found[tickets[row]] = row
    return np.array(sorted(found.values()), np.int64)


def with_uses(events: pa.Table, messages: pa.Table, rows: NDArray[np.int64], number: str, name: str) -> pa.Table:
    """The events and, behind them, the uses of a macro."""
    if not len(rows):
        return events
    said = messages.take(pa.array(rows))
    count = len(rows)
    given: dict[str, Any] = {
        "external_id": pc.binary_join_element_wise(said["external_id"], "macro", ":"),
        "source_updated_at": said["sent_at"],
        "ticket_id": said["ticket_id"],
        "ticket_key": said["ticket_key"],
        "occurred_at": said["sent_at"],
        "occurred_month": said["sent_month"],
        "seq": pa.array(np.full(count, 1 << 20, np.int32)),
        "actor_id": said["author_id"],
        "actor_type": pa.repeat("agent", count),
        "via": pa.repeat("web", count),
        "field": pa.repeat("macro", count),
        "new_value": pa.repeat(number, count),
        "new_raw": pa.repeat(name, count),
        "provenance": pa.repeat("native", count),
        "uncertainty_s": pa.array(np.zeros(count, np.int64)),
    }
    columns = []
    for field in events.schema:
        column = given.get(field.name)
        if column is None:
            column = said[field.name] if field.name in said.schema.names else pa.nulls(count, field.type)
        columns.append(pc.cast(column, field.type))
    return pa.concat_tables([events, pa.Table.from_arrays(columns, schema=events.schema)])


def lots(run: Run, place: int) -> NDArray[np.float64]:
    """A number in (0, 1) for each ticket, by plant."""
    drawn: NDArray[np.float64] = uniforms(
        np.uint64(run.world.seed), int(Purpose.DATA_FAULT), run.tickets["key"], 500_000 + place
    )
    return drawn


def named(run: Run, wanted: NDArray[np.bool_], tickets: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Whether each row of a column of ticket ids belongs to a wanted ticket."""
    shown = numbers(run)
    chosen = shown[wanted & (shown >= 0)]
    found: NDArray[np.bool_] = np.isin(tickets.cast(pa.int64()).to_numpy(), chosen)
    return found


def replaced(rows: pa.Table, name: str, where: NDArray[np.bool_], value: Any) -> pa.Table:
    """A table with new values of one column at some rows."""
    field = rows.schema.field(name)
    value = pc.cast(value, field.type)
    if isinstance(value, pa.ChunkedArray):
        value = value.combine_chunks()
    column = pc.if_else(pa.array(where), value, rows[name].combine_chunks())
    return rows.set_column(rows.schema.get_field_index(name), field, column)


def day_of(world: World, at: datetime) -> int:
    """The day of a world (UTC) in which an instant lies."""
    return (at.date() - world.start) // timedelta(days=1)
