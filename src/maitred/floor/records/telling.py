"""From records to numbered steps: which changes each record of the log and each survey stands for, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maitred.floor.logbook import CUSTOMER, SYSTEM, Kind
from maitred.floor.records import ids
from maitred.floor.records.promises import policy_of, schedule_of
from maitred.floor.records.steps import OFFERED, RATED, Context, Field, Flags, Ints, Steps
from maitred.floor.records.words import FLAG_STATES, FLAGS, RULE_VIA
from maitred.floor.streams import Purpose, uniforms
from maitred.floor.world import CHANNELS

_MESSAGES = (Kind.CUSTOMER_MESSAGE, Kind.AGENT_MESSAGE, Kind.AGENT_NOTE, Kind.MERGED)
_FLAG_KINDS = {"abandoned": Kind.ABANDONED, "closed_by_merge": Kind.MERGED}
_CHANGES = (Kind.STATUS, Kind.PRIORITY, Kind.ASSIGNED, Kind.GROUP)
_TIME_BITS = 40
_WEB, _EMAIL = CHANNELS.index("web"), CHANNELS.index("email")
_MOST = (1 << ids.STEP_BITS) - 100


def steps(context: Context, first: int, last: int) -> Steps:
    """The steps of the visible tickets from ``first`` up to ``last``.

    Raises
    ------
    ValueError
        A ticket has more steps than there are numbers for them.
    """
    return _Teller(context, first, last).told()


@dataclass(frozen=True, slots=True)
class _Laid:
    """Steps of one kind: their records, their places inside these, and what they change."""

    rows: Ints
    place: Ints
    field: Field
    old: Ints
    new: Ints
    told: bool


class _Teller:
    """Turns records into steps: first all records in order, then how many steps each has, then the steps."""

    def __init__(self, context: Context, first: int, last: int) -> None:
        self.context = context
        self.first, self.last = first, last
        self.register = context.register
        self.tickets = self.register.run.tickets[self.register.positions[first:last]]
        self._gather()
        self._see_creation()
        self._see_tags()
        self.used = np.zeros(len(self.rank), np.int64)
        self.laid: list[_Laid] = []

    def _gather(self) -> None:
        """Records of the log and of the surveys, by ticket and time; changes that change nothing are left out."""
        register = self.register
        bounds = register.bounds[self.first : self.last + 1]
        rows = register.rows[bounds[0] : bounds[-1]]
        log = register.log[rows]
        rank = np.repeat(np.arange(self.last - self.first), np.diff(bounds))
        kind = log["kind"].astype(np.int64)
        kept = ~(np.isin(kind, _CHANGES) & (log["old"] == log["new"])) & (kind <= Kind.MERGED)
        log, rank, rows, kind = log[kept], rank[kept], rows[kept], kind[kept]
        parts: list[tuple[Ints, ...]] = [
            (rank, log["time"], kind, log["actor"], log["old"], log["new"], log["value"], log["turn"], rows)
        ]
        parts += self._ratings()
        columns = [np.concatenate([np.asarray(part[n], np.int64) for part in parts]) for n in range(9)]
        order = np.argsort((columns[0] << _TIME_BITS) + columns[1], kind="stable")
        (self.rank, self.ms, self.kind, self.actor, self.old, self.new, self.value, self.turn, self.log_row) = (
            column[order] for column in columns
        )

    def _ratings(self) -> list[tuple[Ints, ...]]:
        surveys, positions = self.context.surveys, self.register.positions[self.first : self.last]
        parts = []
        for kind, at, actor in ((OFFERED, surveys.offered, SYSTEM), (RATED, surveys.rated, CUSTOMER)):
            ms = at[positions]
            rank = np.flatnonzero((ms >= 0) & (ms <= self.register.until))
            ratings = 1 if kind == OFFERED else np.where(surveys.seen_good[positions[rank]], 2, 3)
            old = np.full(len(rank), kind - OFFERED, np.int64)
            same = [np.full(len(rank), value, np.int64) for value in (kind, actor)]
            blank = [np.full(len(rank), value, np.int64) for value in (0, -1, -1)]
            parts.append((rank, ms[rank], same[0], same[1], old, old * 0 + ratings, *blank))
        return parts

    def _see_creation(self) -> None:
        register = self.register
        self.born = np.flatnonzero(self.kind == Kind.CREATED)
        people = register.population
        customer = self.tickets["customer"]
        self.account = people.account[customer].astype(np.int64)
        self.segment = people.segment[self.account].astype(np.int64)
        group = self.new[self.born].astype(np.int32)
        self.policy = policy_of(register, self.ms[self.born], group, self.segment)
        self.schedule = schedule_of(register.world, self.policy, group)

    def _see_tags(self) -> None:
        """Which records add a tag, and the state of the ticket's tags before and after."""
        self.topic = self._first(np.isin(self.kind, (Kind.AGENT_MESSAGE, Kind.AGENT_NOTE)) & (self.actor >= 0))
        added = np.zeros(len(self.rank), np.int64)
        added[self.topic] = (self._tagged() + 1) * FLAG_STATES
        for bit in range(len(FLAGS)):
            kind = _FLAG_KINDS.get(FLAGS[bit], Kind.ESCALATED)
            wanted = (self.kind == kind) & ((self.value == bit) | (kind != Kind.ESCALATED))
            added[self._first(wanted)] = 1 << bit
        running = np.cumsum(added)
        begin = running[self.born] - added[self.born]
        self.state_after = self.segment[self.rank] * self.context.tags.per_segment + running - begin[self.rank]
        self.state_before = self.state_after - added
        self.tags_added = added > 0

    def _first(self, wanted: Flags) -> Ints:
        """The first of the wanted records of each ticket."""
        rows = np.flatnonzero(wanted)
        rank = self.rank[rows]
        found: Ints = rows[np.r_[True, rank[1:] != rank[:-1]]] if len(rows) else rows
        return found

    def _tagged(self) -> Ints:
        """The topic that the first agent at work tags: theirs to get wrong."""
        rank, rows = self.rank[self.topic], self.topic
        right: Ints = self.context.topic_of_class[self.tickets["class_"][rank]]
        count = len(self.context.tags.topics)
        if count < 2:
            return right
        seed, key = np.uint64(self.register.world.seed), self.tickets["key"][rank]
        accuracy = self.context.accuracy.at(self.actor[rows].astype(np.int32), self.ms[rows])
        wrong = uniforms(seed, int(Purpose.TAG_ERROR), key, 0) >= accuracy
        other = (uniforms(seed, int(Purpose.TAG_ERROR), key, 1) * (count - 1)).astype(np.int64)
        found: Ints = np.where(wrong, other + (other >= right), right)
        return found

    def told(self) -> Steps:
        """All steps, numbered."""
        context = self.context
        self._creation()
        values = {
            Kind.STATUS: (Field.STATUS, context.words.status),
            Kind.PRIORITY: (Field.PRIORITY, context.words.priority),
            Kind.ASSIGNED: (Field.ASSIGNEE, context.words.agent),
            Kind.GROUP: (Field.GROUP, context.words.group),
            OFFERED: (Field.RATING, context.words.rating),
            RATED: (Field.RATING, context.words.rating),
        }
        for kind, (field, begin) in values.items():
            rows = np.flatnonzero(self.kind == kind)
            self._lay(rows, field, _place(begin, self.old[rows]), _place(begin, self.new[rows]), told=True)
        changed = np.flatnonzero(self.kind == Kind.PRIORITY)
        self._targets(changed, self.new[changed], context.goals.changed)
        rows = np.flatnonzero(self.tags_added)
        begin = context.words.tags
        self._lay(rows, Field.TAGS, begin + self.state_before[rows], begin + self.state_after[rows], told=True)
        self._lay(np.flatnonzero(np.isin(self.kind, (Kind.CREATED, *_MESSAGES))), Field.MESSAGE)
        rows = np.flatnonzero(self.kind == Kind.MERGED)
        into = self.register.rank[self.new[rows]]
        self._lay(rows[into >= 0], Field.MERGED, new=into[into >= 0] + ids.TICKET)
        return self._numbered()

    def _creation(self) -> None:
        context, rows = self.context, self.born
        words = context.words
        customer = self.tickets["customer"].astype(np.int64)
        self._lay(rows, Field.CREATED, new=np.full(len(rows), -1))
        self._lay(rows, Field.STATUS, new=np.full(len(rows), words.status))
        self._lay(rows, Field.PRIORITY, new=words.priority + self.value[rows])
        self._lay(rows, Field.GROUP, new=_place(words.group, self.new[rows]))
        self._lay(rows, Field.REQUESTER, new=words.requester + customer)
        self._lay(rows, Field.ORGANIZATION, new=words.organization + self.account)
        self._lay(rows, Field.TAGS, new=words.tags + self.state_before[rows])
        has = self.policy >= 0
        self._lay(rows[has], Field.POLICY, new=words.policy + self.policy[has])
        has = self.schedule >= 0
        self._lay(rows[has], Field.SCHEDULE, new=words.schedule + self.schedule[has])
        self._targets(rows, self.value[rows], context.goals.applied)

    def _targets(self, rows: Ints, priority: Ints, sets: Sequence[tuple[int, ...]]) -> None:
        """The targets that a ticket's policy sets for a priority, one after another."""
        if not len(sets) or not len(rows):
            return
        policy = self.policy[self.rank[rows]]
        longest = max(len(one) for one in sets)
        table = np.full((len(sets), longest), -1, np.int64)
        for place, one in enumerate(sets):
            table[place, : len(one)] = one
        mine = np.where(policy[:, None] >= 0, table[np.maximum(policy, 0) * 4 + priority], -1)
        for number in range(longest):
            has = mine[:, number] >= 0
            self._lay(rows[has], Field.TARGET, new=mine[has, number])

    def _lay(
        self, rows: Ints, field: Field, old: Ints | None = None, new: Ints | None = None, *, told: bool = False
    ) -> None:
        """One more step for each of some records, after those that they have already."""
        nothing = np.full(len(rows), -1, np.int64)
        laid = (nothing if old is None else old, nothing if new is None else new)
        self.laid.append(_Laid(rows, self.used[rows].copy(), field, *laid, told))
        self.used[rows] += 1

    def _numbered(self) -> Steps:
        """Records that have steps, and the steps at their places; an audit takes a number before its first step."""
        used = self.used
        kept = np.flatnonzero(used)
        before = np.cumsum(used) - used
        begin = before[kept]
        rank, ms, actor = self.rank[kept], self.ms[kept], self.actor[kept]
        row, field, old, new, told = self._placed(before, np.cumsum(used > 0) - 1)
        fresh = np.ones(len(kept), np.bool_)
        fresh[1:] = rank[1:] != rank[:-1]
        opens = fresh.copy()
        opens[1:] |= (ms[1:] != ms[:-1]) | (actor[1:] != actor[:-1])
        audits, heads = np.cumsum(opens), np.flatnonzero(fresh)
        own = begin - begin[heads][rank]
        nth = audits - audits[heads][rank]
        if len(own) and int((own + nth).max()) > _MOST:
            raise ValueError(f"a ticket has more than {_MOST} steps, and their numbers end there")
        base = (rank + self.first + ids.TICKET) << ids.STEP_BITS
        number = (base + own + nth + 1 - begin)[row] + np.arange(len(row))
        audit = (base + own + nth)[np.flatnonzero(opens)][audits - 1]
        return Steps(
            self.context,
            self.first,
            self.last,
            rank=rank,
            ms=ms,
            actor=actor,
            kind=self.kind[kept],
            after=self.new[kept],
            value=self.value[kept],
            turn=self.turn[kept],
            log_row=self.log_row[kept],
            audit=audit,
            via=self._via(rank, actor, self.kind[kept]),
            row=row,
            field=field,
            old=old,
            new=new,
            number=number,
            told=told,
        )

    def _placed(self, before: Ints, renumbered: Ints) -> tuple[Ints, NDArray[np.int8], Ints, Ints, Flags]:
        total = int(self.used.sum())
        row, old, new = (np.empty(total, np.int64) for _ in range(3))
        field, told = np.empty(total, np.int8), np.empty(total, np.bool_)
        for laid in self.laid:
            at = before[laid.rows] + laid.place
            row[at], field[at], told[at] = renumbered[laid.rows], laid.field, laid.told
            old[at], new[at] = laid.old, laid.new
        return row, field, old, new, told

    def _via(self, rank: Ints, actor: Ints, kind: Ints) -> Ints:
        """People answer mails from the helpdesk's pages; customers answer by mail what began on a form."""
        own = self.context.channel_of_class[self.tickets["class_"]][rank]
        written = np.isin(own, (_EMAIL, _WEB))
        mine = np.where(written & (actor >= 0), _WEB, own)
        mine = np.where(written & (actor == CUSTOMER) & (kind != Kind.CREATED), _EMAIL, mine)
        return np.where(actor == SYSTEM, RULE_VIA, mine)


def _place(begin: int, values: Ints) -> Ints:
    """Places of values in the list of words; a negative value is nothing."""
    return np.where(values < 0, -1, begin + values)
