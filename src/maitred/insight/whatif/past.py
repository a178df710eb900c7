"""A history as numbers: tickets, what people did to them, and the handling segments that this makes.

For the estimators of this folder. All times are epoch milliseconds (UTC); people, groups and tickets are positions. A
*segment* is one stretch of work of one person on one ticket: the run of their actions with no more than a minute
between two of them, named by its last instant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from maitred.canon.tables import STATUSES
from maitred.floor.world import CHANNELS, LIVE, PRIORITIES
from maitred.insight.whatif.history import History

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

HOUR = 3_600_000
DAY = 24 * HOUR
WEEK = 7 * DAY
NEVER = -1
PUBLIC, NOTE, STATUS, TAKEN, MOVED = range(5)
"""What an action was: a public message, an internal note, another status, taking the ticket, another group."""
STAFF = ("agent", "admin", "light")
_APART = 60_000
_CODE = {word: place for place, word in enumerate(STATUSES)}
PENDING, SOLVED, CLOSED = _CODE["pending"], _CODE["solved"], _CODE["closed"]
_GONE = (_CODE["deleted"], _CODE["spam"])


@dataclass(frozen=True, slots=True)
class Tickets:
    """One entry per ticket, in order of creation; ``group`` and ``priority`` are those at creation.

    ``first_reply`` is the first public message of a person, ``solved`` the last solving (-1: it is not solved).
    ``human`` says whether a person was needed (a bot did not close it alone), ``follows`` whether it continues a closed
    ticket, ``gone`` whether it was deleted, merged away or spam.
    """

    created: Ints
    group: Ints
    channel: Ints
    priority: Ints
    requester: Ints
    follows: Flags
    gone: Flags
    human: Flags
    first_reply: Ints
    solved: Ints
    schedule: Ints

    def __len__(self) -> int:
        return len(self.created)


@dataclass(frozen=True, slots=True)
class Actions:
    """What people did, by time; ``ticket`` and ``agent`` are positions, ``what`` one of the codes of this module."""

    time: Ints
    ticket: Ints
    agent: Ints
    what: Ints


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes of one field by ticket and time; ``old`` and ``new`` are codes or positions, -1 nothing."""

    time: Ints
    ticket: Ints
    old: Ints
    new: Ints
    person: Ints
    """Who did it, -1 when it was no person."""


@dataclass(frozen=True, slots=True)
class Segments:
    """Handling segments by time of their end.

    ``since`` is when the ticket began to wait for this segment (created, first word of the customer since the last
    segment, or that segment's end), ``taken`` when it was given to the person in between (-1: it was theirs already or
    nothing was noted), ``begun`` the earliest instant at which the work can have begun: after both, and after the
    person's last action on another ticket. ``number`` counts a ticket's segments from 0, ``group`` is where it waited,
    ``moved`` the group it went to or -1.
    """

    end: Ints
    ticket: Ints
    agent: Ints
    since: Ints
    taken: Ints
    begun: Ints
    after_work: Flags
    """Whether ``begun`` is the end of the person's work on another ticket while this one waited."""
    group: Ints
    number: Ints
    public: Flags
    pending: Flags
    solved: Flags
    moved: Ints

    def __len__(self) -> int:
        return len(self.end)


@dataclass(frozen=True, slots=True)
class Past:
    """A history as numbers, complete until ``until``."""

    until: int
    agents: tuple[str, ...]
    agent_names: tuple[str, ...]
    agent_zones: tuple[str, ...]
    groups: tuple[str, ...]
    group_names: tuple[str, ...]
    schedules: tuple[str, ...]
    members: Ints
    """Pairs (agent, group), shape (n, 2)."""
    keys: Ints
    """The ticket keys, by position."""
    tickets: Tickets
    actions: Actions
    segments: Segments
    statuses: Changes
    assignments: Changes
    moves: Changes
    asked: tuple[Ints, Ints]
    """Messages of customers: (time, ticket), by time."""

    @property
    def live(self) -> Flags:
        return np.array([channel in LIVE for channel in CHANNELS])[self.tickets.channel]


def past(history: History, until: int | None = None) -> Past:
    """Read a history, as it was known at ``until`` (epoch ms; by default all of it)."""
    end = until if until is not None else int(history.as_of.timestamp() * 1000)
    rows = _ordered(history.tickets, end)
    keys = _numbers(rows["ticket_key"])
    finder = _Finder(keys)
    users, roles = history.users["external_id"].to_pylist(), history.users["role"].to_pylist()
    staff = [place for place, role in enumerate(roles) if role in STAFF]
    agents = tuple(str(users[place]) for place in staff)
    groups = tuple(str(value) for value in history.groups["external_id"].to_pylist())
    events = _known(history.ticket_events, "occurred_at", end)
    messages = _known(history.messages, "sent_at", end)
    statuses = _changes(events, "status", finder, agents, tuple(STATUSES))
    assignments = _changes(events, "assignee", finder, agents, agents)
    moves = _changes(events, "group", finder, agents, groups)
    said = _said(messages, finder, agents)
    actions = _actions(said, statuses, assignments, moves)
    robots = tuple(str(users[place]) for place, role in enumerate(roles) if role == "bot")
    asked = _asked(messages, finder, agents, robots)
    segments = _segments(actions, _numbers_of_ms(rows["created_at"]), asked, statuses, assignments, moves)
    by_bot = (_codes(messages["author_id"], robots) >= 0) | _is(messages["author_type"], "bot")
    answered = finder.places(_numbers(messages["ticket_key"]))[by_bot]
    tickets = _tickets(rows, history, groups, said, statuses, moves, actions, answered[answered >= 0])
    zones = history.users["time_zone"].to_pylist()
    names = history.users["name"].to_pylist()
    segments = replace(segments, group=_where(segments, tickets, moves))
    return Past(
        until=end,
        agents=agents,
        agent_names=tuple(str(names[place] or users[place]) for place in staff),
        agent_zones=tuple(str(zones[place] or "") for place in staff),
        groups=groups,
        group_names=tuple(
            str(name or key) for name, key in zip(history.groups["name"].to_pylist(), groups, strict=True)
        ),
        schedules=tuple(str(value) for value in history.schedules["external_id"].to_pylist()),
        members=_members(history, agents, groups, segments, tickets),
        keys=keys,
        tickets=tickets,
        actions=actions,
        segments=segments,
        statuses=statuses,
        assignments=assignments,
        moves=moves,
        asked=asked,
    )


class _Finder:
    """Positions of ticket keys."""

    def __init__(self, keys: Ints) -> None:
        self._order = np.argsort(keys, kind="stable")
        self._sorted = keys[self._order]

    def places(self, keys: Ints) -> Ints:
        """Position of each key, -1 where there is none."""
        if not len(self._sorted):
            return np.full(len(keys), -1, np.int64)
        at = np.minimum(np.searchsorted(self._sorted, keys), len(self._sorted) - 1)
        return np.where(self._sorted[at] == keys, self._order[at], -1).astype(np.int64)


def _ordered(tickets: pa.Table, end: int) -> pa.Table:
    created = _numbers_of_ms(tickets["created_at"])
    order = np.lexsort((_numbers(tickets["ticket_key"]), created))
    return tickets.take(pa.array(order[created[order] <= end]))


def _known(table: pa.Table, column: str, end: int) -> pa.Table:
    return table.filter(pa.array(_numbers_of_ms(table[column]) <= end))


def _flat(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _numbers(column: Any) -> Ints:
    found: Ints = pc.fill_null(pc.cast(_flat(column), pa.int64()), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def _numbers_of_ms(column: Any) -> Ints:
    return _numbers(column) // 1000


def _filled(column: Any) -> Flags:
    found: Flags = pc.is_valid(_flat(column)).to_numpy(zero_copy_only=False)
    return found


def _is(column: Any, word: str) -> Flags:
    found: Flags = pc.fill_null(pc.equal(_flat(column), word), False).to_numpy(zero_copy_only=False)
    return found


def _codes(column: Any, words: tuple[str, ...]) -> Ints:
    """Position of each text among ``words``, -1 for null and for what is not among them."""
    if not words:
        return np.full(len(column), -1, np.int64)
    places = pc.index_in(pc.cast(_flat(column), pa.string()), value_set=pa.array(words, pa.string()))
    return _numbers(pc.fill_null(places, -1))


def _changes(events: pa.Table, field: str, finder: _Finder, agents: tuple[str, ...], words: tuple[str, ...]) -> Changes:
    rows = events.filter(pc.equal(events["field"], field))
    time, ticket = _numbers_of_ms(rows["occurred_at"]), finder.places(_numbers(rows["ticket_key"]))
    order = np.lexsort((_numbers(rows["seq"]), time, ticket))
    order = order[ticket[order] >= 0]
    old, new = _codes(rows["old_value"], words), _codes(rows["new_value"], words)
    person = _codes(rows["actor_id"], agents)
    return Changes(time[order], ticket[order], old[order], new[order], person[order])


def _said(messages: pa.Table, finder: _Finder, agents: tuple[str, ...]) -> Actions:
    agent = _codes(messages["author_id"], agents)
    ticket = finder.places(_numbers(messages["ticket_key"]))
    public = pc.fill_null(_flat(messages["is_public"]), False).to_numpy(zero_copy_only=False)
    time = _numbers_of_ms(messages["sent_at"])
    mine = (agent >= 0) & (ticket >= 0)
    return Actions(time[mine], ticket[mine], agent[mine], np.where(public[mine], PUBLIC, NOTE).astype(np.int64))


def _asked(messages: pa.Table, finder: _Finder, agents: tuple[str, ...], robots: tuple[str, ...]) -> tuple[Ints, Ints]:
    """Public messages of people who are neither staff nor bots; a source need not say so itself."""
    theirs = (_codes(messages["author_id"], agents) < 0) & (_codes(messages["author_id"], robots) < 0)
    for word in ("agent", "bot", "system"):
        theirs &= ~_is(messages["author_type"], word)
    theirs &= pc.fill_null(_flat(messages["is_public"]), False).to_numpy(zero_copy_only=False)
    time, ticket = _numbers_of_ms(messages["sent_at"])[theirs], finder.places(_numbers(messages["ticket_key"]))[theirs]
    order = np.lexsort((ticket, time))
    order = order[ticket[order] >= 0]
    return time[order], ticket[order]


def _actions(said: Actions, statuses: Changes, assignments: Changes, moves: Changes) -> Actions:
    """Everything people did, by time; being assigned by somebody else is not one's own deed."""
    parts = [(said.time, said.ticket, said.agent, said.what)]
    for changes, code in ((statuses, STATUS), (moves, MOVED)):
        mine = changes.person >= 0
        parts.append(
            (changes.time[mine], changes.ticket[mine], changes.person[mine], np.full(int(mine.sum()), code, np.int64))
        )
    taken = (assignments.person >= 0) & (assignments.person == assignments.new)
    parts.append(
        (
            assignments.time[taken],
            assignments.ticket[taken],
            assignments.person[taken],
            np.full(int(taken.sum()), TAKEN, np.int64),
        )
    )
    time, ticket, agent, what = (np.concatenate([part[column] for part in parts]) for column in range(4))
    order = np.lexsort((what, ticket, agent, time))
    return Actions(time[order], ticket[order], agent[order], what[order])


def _segments(
    actions: Actions,
    created: Ints,
    asked: tuple[Ints, Ints],
    statuses: Changes,
    assignments: Changes,
    moves: Changes,
) -> Segments:
    """Runs of work: taking a ticket begins one and does not end it, unless nothing else follows."""
    worked = np.flatnonzero(_is_work(actions, statuses))
    time, ticket, agent, what = (value[worked] for value in (actions.time, actions.ticket, actions.agent, actions.what))
    order = np.lexsort((time, agent, ticket))
    time, ticket, agent, what = time[order], ticket[order], agent[order], what[order]
    if not len(time):
        none, never = np.zeros(0, np.int64), np.zeros(0, np.bool_)
        return Segments(none, none, none, none, none, none, never, none, none, never, never, never, none)
    begins = np.r_[True, (np.diff(ticket) != 0) | (np.diff(agent) != 0) | (np.diff(time) > _APART)]
    run = np.cumsum(begins) - 1
    n = int(run[-1]) + 1
    last = np.r_[np.flatnonzero(begins)[1:], len(time)] - 1
    end, of_ticket, of_agent = time[last], ticket[last], agent[last]
    public = np.bincount(run, what == PUBLIC, n) > 0
    pending, solved = (
        _did(end, of_ticket, of_agent, statuses, statuses.new == code) >= 0 for code in (PENDING, SOLVED)
    )
    moved = _did(end, of_ticket, of_agent, moves, moves.new >= 0)
    by_ticket = np.lexsort((end, of_ticket))
    first = np.r_[True, np.diff(of_ticket[by_ticket]) != 0]
    number, before = np.empty(n, np.int64), np.empty(n, np.int64)
    number[by_ticket] = np.arange(n) - np.maximum.accumulate(np.where(first, np.arange(n), 0))
    before[by_ticket] = np.where(first, created[of_ticket[by_ticket]], np.r_[0, end[by_ticket][:-1]])
    since = np.where(number > 0, _first_after(before, end, of_ticket, *asked), before)
    mine = assignments.new >= 0
    given = _last_before(end, of_ticket, assignments.time[mine], assignments.ticket[mine])
    good = given >= 0
    good[good] &= (assignments.new[mine][given[good]] == of_agent[good]) & (
        assignments.time[mine][given[good]] >= since[good]
    )
    taken = np.where(good, assignments.time[mine][np.maximum(given, 0)] if mine.any() else -1, -1)
    free = _free_since(end, of_agent)
    begun = np.maximum.reduce([since, taken, free])
    order = np.lexsort((of_ticket, end))
    return Segments(
        end=end[order],
        ticket=of_ticket[order],
        agent=of_agent[order],
        since=since[order],
        taken=taken[order].astype(np.int64),
        begun=begun[order],
        after_work=((free >= since) & (free >= taken))[order],
        group=np.full(n, -1, np.int64),
        number=number[order],
        public=public[order],
        pending=pending[order],
        solved=solved[order],
        moved=moved[order],
    )


def _first_after(after: Ints, before: Ints, ticket: Ints, time: Ints, of_ticket: Ints) -> Ints:
    """The first of the given times of the same ticket between two instants, else the earlier instant."""
    if not len(time):
        return after
    order = np.lexsort((time, of_ticket))
    time, of_ticket = time[order], of_ticket[order]
    low = min(int(time.min()), int(after.min())) - 1
    span = max(int(time.max()), int(before.max())) - low + 2
    at = np.searchsorted(of_ticket * span + (time - low), ticket * span + (after - low), side="right")
    kept = np.minimum(at, len(time) - 1)
    good = (at < len(time)) & (of_ticket[kept] == ticket) & (time[kept] < before)
    return np.where(good, time[kept], after).astype(np.int64)


def _free_since(end: Ints, agent: Ints) -> Ints:
    """When each segment's person ended the segment before it; 0 for their first."""
    order = np.lexsort((end, agent))
    same = np.r_[False, np.diff(agent[order]) == 0]
    found = np.zeros(len(end), np.int64)
    found[order] = np.where(same, np.r_[0, end[order][:-1]], 0)
    return found


def _is_work(actions: Actions, statuses: Changes) -> Flags:
    """Not the taking, nor the opening of a new ticket that comes with it."""
    work: Flags = actions.what != TAKEN
    opened = (statuses.person >= 0) & ((statuses.old == _CODE["new"]) & (statuses.new == _CODE["open"]))
    names = _name(actions.time, actions.ticket)
    work &= ~((actions.what == STATUS) & np.isin(names, _name(statuses.time[opened], statuses.ticket[opened])))
    return work


def _name(time: Ints, ticket: Ints) -> Ints:
    """A number for (time, ticket); tickets below 2^21, milliseconds since 2001."""
    return ((time - 978_307_200_000) << 21) ^ ticket


def _did(end: Ints, ticket: Ints, agent: Ints, changes: Changes, wanted: Flags) -> Ints:
    """The new value of the person's last wanted change within the minute up to the end of each segment, else -1."""
    mine = wanted & (changes.person >= 0)
    time, of_ticket, person, new = (
        value[mine] for value in (changes.time, changes.ticket, changes.person, changes.new)
    )
    found = np.full(len(end), -1, np.int64)
    if not len(time):
        return found
    at = _last_before(end + 1, ticket, time, of_ticket)
    good = at >= 0
    good[good] &= (end[good] - time[at[good]] <= _APART) & (person[at[good]] == agent[good])
    found[good] = new[at[good]]
    return found


def _last_before(end: Ints, ticket: Ints, time: Ints, of_ticket: Ints) -> Ints:
    """Place in (by ticket, by time) rows of the last one of the same ticket before each end; -1 none."""
    if not len(time):
        return np.full(len(end), -1, np.int64)
    low = min(int(time.min()), int(end.min(initial=int(time.min())))) - 1
    span = max(int(time.max()), int(end.max(initial=int(time.max())))) - low + 2
    at = np.searchsorted(of_ticket * span + (time - low), ticket * span + (end - low)) - 1
    good = (at >= 0) & (of_ticket[np.maximum(at, 0)] == ticket)
    return np.where(good, at, -1).astype(np.int64)


def _tickets(
    rows: pa.Table,
    history: History,
    groups: tuple[str, ...],
    said: Actions,
    statuses: Changes,
    moves: Changes,
    actions: Actions,
    robots: Ints,
) -> Tickets:
    n = rows.num_rows
    created = _numbers_of_ms(rows["created_at"])
    first_reply = np.full(n, np.iinfo(np.int64).max)
    spoke = said.what == PUBLIC
    np.minimum.at(first_reply, said.ticket[spoke], said.time[spoke])
    first_reply[first_reply == np.iinfo(np.int64).max] = NEVER
    channels = tuple(CHANNELS)
    channel = _codes(rows["channel"], channels)
    channel[channel < 0] = channels.index("web")
    priority = _codes(rows["priority"], tuple(PRIORITIES))
    priority[priority < 0] = PRIORITIES.index("normal")
    requesters = _flat(pc.fill_null(rows["requester_id"], "")).dictionary_encode()
    status = _codes(rows["status"], tuple(STATUSES))
    gone = np.isin(status, _GONE) | _filled(rows["merged_into_id"]) | _filled(rows["deleted_at"])
    solved, still = _solved(n, statuses)
    human = ~still
    human[actions.ticket] = True
    human |= ~np.isin(np.arange(n), robots)
    return Tickets(
        created=created,
        group=_first_groups(rows, groups, moves),
        channel=channel,
        priority=priority,
        requester=_numbers(requesters.indices),
        follows=_filled(rows["parent_id"]),
        gone=gone,
        human=human,
        first_reply=first_reply,
        solved=solved,
        schedule=_schedules(rows, history),
    )


def _where(segments: Segments, tickets: Tickets, moves: Changes) -> Ints:
    """The group in which a ticket waited for each segment."""
    at = _last_before(segments.end, segments.ticket, moves.time, moves.ticket)
    home = tickets.group[segments.ticket] if len(segments) else segments.ticket
    return np.where(at >= 0, moves.new[np.maximum(at, 0)] if len(moves.new) else -1, home).astype(np.int64)


def _solved(n: int, statuses: Changes) -> tuple[Ints, Flags]:
    """When each ticket was last solved (-1: it is not), and whether it is."""
    solved, still = np.full(n, NEVER, np.int64), np.zeros(n, np.bool_)
    into = (statuses.new == SOLVED) | ((statuses.new == CLOSED) & (statuses.old != SOLVED))
    solved[statuses.ticket[into]] = statuses.time[into]
    last = np.r_[np.diff(statuses.ticket) != 0, True] if len(statuses.ticket) else np.zeros(0, np.bool_)
    still[statuses.ticket[last]] = statuses.new[last] >= SOLVED
    solved[~still] = NEVER
    return solved, still


def _first_groups(rows: pa.Table, groups: tuple[str, ...], moves: Changes) -> Ints:
    group = _codes(rows["group_id"], groups)
    first = np.r_[True, np.diff(moves.ticket) != 0] if len(moves.ticket) else np.zeros(0, np.bool_)
    where = np.where(moves.old >= 0, moves.old, moves.new)[first]
    named = where >= 0
    group[moves.ticket[first][named]] = where[named]
    return group


def _schedules(rows: pa.Table, history: History) -> Ints:
    """Position of the schedule that a ticket follows, -1 for the default one."""
    names = tuple(str(value) for value in history.schedules["external_id"].to_pylist())
    found = np.full(rows.num_rows, -1, np.int64)
    places = _Finder(_numbers(rows["ticket_key"])).places(_numbers(history.ticket_schedules["ticket_key"]))
    codes = _codes(history.ticket_schedules["schedule_id"], names)
    known = (places >= 0) & (codes >= 0)
    found[places[known]] = codes[known]
    return found


def _members(
    history: History, agents: tuple[str, ...], groups: tuple[str, ...], segments: Segments, tickets: Tickets
) -> Ints:
    """Who belongs to which group: as told, and where nothing is told, where they worked."""
    agent, group = _codes(history.group_members["user_id"], agents), _codes(history.group_members["group_id"], groups)
    told = np.stack([agent, group], axis=1)[(agent >= 0) & (group >= 0)]
    if len(told):
        return np.unique(told, axis=0)
    worked = np.stack([segments.agent, tickets.group[segments.ticket]], axis=1)
    pairs, counts = np.unique(worked[worked[:, 1] >= 0], axis=0, return_counts=True)
    return np.asarray(pairs[counts >= 20], np.int64).reshape(-1, 2)


def ticket_places(known: Past, keys: pa.ChunkedArray) -> Ints:
    """Positions of tickets by key, -1 for those that are not known."""
    return _Finder(known.keys).places(_numbers(keys))


def user_places(known: Past, users: pa.ChunkedArray) -> Ints:
    """Positions of people by id, -1 for those who are no agents."""
    return _codes(users, known.agents)
