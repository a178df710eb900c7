"""Where the time of promises went: decided SLA target instances with their clock split by what the ticket waited for.

For the causes of breaches. The tickets are computed anew with the engine's marks, so status, schedule and assignment
are those of the clock that decided the verdict, and the seconds of the states add up to what it ran. Kept instances
are there to compare with; above a limit they are a sample of tickets.

States: ``queue`` (nobody has it, or who got it first did not touch it yet), ``hand_off`` (somebody else got it and did
not touch it yet), ``in_hand`` (who has it acted on it), ``third_party`` (on hold while the clock runs, or waiting for
the customer where the target counts that). Where presence is known, ``queue_nobody`` is queue while nobody of the group
was on shift. Where a group's own hours are known, ``schedule_misfit`` is what counted outside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from sqlglot import exp

from maitred.canon.tables import SLA_METRICS
from maitred.metrics import refresh, views
from maitred.metrics.asking import Asker
from maitred.metrics.catalogue import resolve
from maitred.metrics.clocks import codes, engine
from maitred.metrics.clocks.intake import flat, seconds_of
from maitred.metrics.clocks.ledger import RUNS
from maitred.metrics.composition import Question, sources_of
from maitred.metrics.listing import with_facts
from maitred.metrics.samples import samples
from maitred.metrics.scope import External, Scope
from maitred.metrics.windows import Window

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Presence: TypeAlias = "Mapping[External, Sequence[tuple[int, int]]]"
"""For groups (source and id) the stretches in which somebody was on shift: epoch seconds, sorted, apart."""

STATES = ("queue_nobody", "queue", "in_hand", "hand_off", "third_party", "schedule_misfit")
QUEUE_NOBODY, QUEUE, IN_HAND, HAND_OFF, THIRD_PARTY, MISFIT = range(6)
MOST_KEPT = 10_000
"""Kept instances that medians are taken from; above it a part of the tickets."""
_BATCH = 25_000
_WALL = -2
_NEVER = 1 << 60
_PARTS = 9_973
_FEWEST_OF_GROUP = 20
_OWN_SHARE = 0.9
COLUMNS = (
    *("source_id", "ticket_key", "ticket_id", "metric", "instance", "priority", "clock", "target_first_s", "target_s"),
    *("started_at", "ended_at", "elapsed_all_s", "group_id", "assignee_id"),
)


@dataclass(frozen=True, slots=True)
class Split:
    """Decided instances of a question, the broken ones first.

    Attributes
    ----------
    rows
        One row per instance, ``COLUMNS``.
    seconds
        Shape (n, k), one column for each of ``states``.
    target
        Seconds promised; where only an earlier, stricter target was missed, that one.
    broken
        Whether the instance is breached or overdue.
    kept
        How many were kept in all, of which the rows may hold a sample.
    unmatched
        Rows whose seconds differ from the published figure (the source's settings were changed since).
    """

    rows: pa.Table
    seconds: Ints
    target: Ints
    broken: Flags
    states: tuple[str, ...]
    kept: int
    unmatched: int


def split(
    ask: Asker,
    window: Window,
    where: Mapping[str, Sequence[str]],
    *,
    scope: Scope,
    presence: Presence | None = None,
    most_kept: int = MOST_KEPT,
) -> Split:
    """The decided instances of a period, filters and scope, with the seconds of each state.

    The broken ones are those that ``sla.breaches`` counts for the same words.

    Raises
    ------
    UsageError
        A filter is not one that SLA metrics know.
    Denied
        The scope cannot answer it.
    """
    broken = _rows(ask, _question(ask, "sla.breaches", window, where, scope))
    decided = _question(ask, "sla.attainment", window, where, scope)
    kept = _kept(ask, decided)
    met = _rows(ask, decided, only_met=True, share=min(1.0, most_kept / kept) if kept else 1.0)
    rows = pa.concat_tables([broken, met])
    seconds = np.zeros((rows.num_rows, len(STATES)), np.int64)
    for source in sorted(set(rows["source_id"].to_pylist())):
        mine = np.flatnonzero(pc.equal(rows["source_id"], source).to_numpy(zero_copy_only=False))
        seconds[mine] = _of_source(ask, source, rows.take(pa.array(mine)), presence)
    known = [place for place in range(len(STATES)) if _is_known(place, seconds, presence)]
    ran = pc.fill_null(flat(rows["elapsed_all_s"]), 0).to_numpy(zero_copy_only=False)
    total = seconds.sum(axis=1)
    is_broken = np.arange(rows.num_rows) < broken.num_rows
    return Split(
        rows,
        seconds[:, known],
        _judged_by(rows, total, is_broken),
        is_broken,
        tuple(STATES[place] for place in known),
        kept,
        int(np.count_nonzero(total != ran)),
    )


def _is_known(place: int, seconds: Ints, presence: Presence | None) -> bool:
    if place == QUEUE_NOBODY:
        return presence is not None
    return place != MISFIT or bool(seconds[:, MISFIT].any())


def _judged_by(rows: pa.Table, total: Ints, broken: Flags) -> Ints:
    """The target that the clock went past: the last one, else the first, else a second less than it ran."""
    last, first = rows["target_s"].to_numpy(), rows["target_first_s"].to_numpy()
    past: Ints = np.where(total > last, last, np.where(total > first, first, total - 1))
    return np.where(broken, past, last).astype(np.int64)


# ---------------------------------------------------------------- which instances


def _question(ask: Asker, metric: str, window: Window, where: Mapping[str, Sequence[str]], scope: Scope) -> Question:
    declared = resolve(metric)
    views.prepare(ask.engine, declared.facts)
    sources = ask.engine.remembered("sources", partial(sources_of, ask.engine))
    return Question(declared, window, sources, scope, (), dict(where))


def _kept(ask: Asker, decided: Question) -> int:
    found = samples(ask.engine, decided).values()
    return sum(int(one.events[one.values == 1].sum()) for one in found)


def _rows(ask: Asker, question: Question, *, only_met: bool = False, share: float = 1.0) -> pa.Table:
    """The instances behind a question with their facts, by source, ticket, metric and instance."""
    query = with_facts(question, COLUMNS)
    rows = query.rows
    if only_met:
        rows = rows.where(exp.column("value").eq(1))
    if share < 1.0:
        part = exp.Mod(this=exp.Abs(this=exp.column("ticket_key")), expression=exp.Literal.number(_PARTS))
        rows = rows.where(part < exp.Literal.number(max(1, int(share * _PARTS))))
    order = [exp.column(name).asc() for name in ("source_id", "ticket_key", "ticket_id", "metric", "instance")]
    return ask.engine.query(rows.order_by(*order), query.params)


# ---------------------------------------------------------------- their tickets


def _of_source(ask: Asker, source: str, rows: pa.Table, presence: Presence | None) -> Ints:
    """Seconds per state of instances of one source; shape (n, 6)."""
    known = ask.workspace.ledger.source(source)
    assert known is not None
    versions = ask.publication.tables
    as_of = datetime.fromisoformat(ask.publication.sources[source]["as_of"])
    ref = ask.remembered(("reference", source), lambda: refresh.reference(ask.workspace, known, as_of, versions))
    rules = ask.remembered(("policies", source), lambda: refresh.read_policies(ask.workspace, source, versions))
    keys = rows["ticket_key"].to_numpy()
    every = np.unique(keys)
    found: list[tuple[Ints, _Cut]] = []
    for start in range(0, len(every), _BATCH):
        batch = every[start : start + _BATCH]
        tables = refresh.inputs(
            ask.workspace, source, low=int(batch[0]), high=int(batch[-1]), keys=batch, versions=versions, rules=rules
        )
        mine = np.flatnonzero((keys >= batch[0]) & (keys <= batch[-1]))
        found.append((mine, _cut(tables, ref, rows.take(pa.array(mine)))))
    groups = _numbered(rows["group_id"])
    own = _own_schedules([(groups[0][mine], cut) for mine, cut in found], len(groups[1]), ref.book.default)
    hours = _Hours(ref.book, own, _on_shift(presence, source, groups[1]))
    seconds = np.zeros((rows.num_rows, len(STATES)), np.int64)
    for mine, cut in found:
        seconds[mine] = _measured(cut, groups[0][mine], hours, len(mine))
    return seconds


@dataclass(frozen=True, slots=True)
class _Cut:
    """Stretches in which an instance's clock runs under one schedule and the ticket is in one state.

    ``last`` is the schedule in force at each instance's end.
    """

    instance: Ints
    start: Ints
    end: Ints
    schedule: Ints
    state: Ints
    last: Ints


def _cut(tables: dict[str, pa.Table], ref: engine.Reference, rows: pa.Table) -> _Cut:
    computed = engine.compute(tables, ref, trace=True)
    facts = computed.facts["ticket_facts"]
    line = _Lines(facts, computed.trace, tables, computed.rows["pool"], int(ref.as_of.timestamp()))
    ticket = np.searchsorted(line.keys, rows["ticket_key"].to_numpy()).astype(np.int64)
    start = seconds_of(rows["started_at"])
    end = seconds_of(pc.fill_null(flat(rows["ended_at"]), pa.scalar(ref.as_of, pa.timestamp("us", tz="UTC"))))
    end = np.maximum(start, end)
    low = np.searchsorted(line.breaks, line.when(ticket, start), side="right")
    high = np.maximum(low, np.searchsorted(line.breaks, line.when(ticket, end), side="left"))
    parts = high - low + 1
    instance = np.repeat(np.arange(len(ticket)), parts)
    place = np.arange(len(instance)) - np.repeat(np.cumsum(parts) - parts, parts)
    inner = line.moments[np.minimum(low[instance] + place - 1, len(line.moments) - 1)]
    begins = np.where(place == 0, start[instance], inner)
    ends = np.r_[begins[1:], 0]
    final = place == parts[instance] - 1
    ends[final] = end[instance[final]]
    whose = ticket[instance]
    status = line.status(whose, begins)
    metric = _metric_numbers(rows)[instance]
    business = pc.equal(flat(rows["clock"]), "business").to_numpy(zero_copy_only=False)[instance]
    runs = _RUNNING[metric, status] & (ends > begins)
    schedule = np.where(business, line.schedule(whose, begins), _WALL)
    waits = (status == codes.HOLD) | ((status == codes.PENDING) & (metric == codes.TOTAL_RESOLUTION))
    state = np.where(waits, THIRD_PARTY, line.holder(whose, begins))
    columns = (instance, begins, ends, schedule, state)
    kept = [column[runs].astype(np.int64) for column in columns]
    return _Cut(kept[0], kept[1], kept[2], kept[3], kept[4], line.schedule(ticket, end))


def _metric_numbers(rows: pa.Table) -> Ints:
    found: Ints = pc.index_in(flat(rows["metric"]), pa.array(SLA_METRICS)).to_numpy().astype(np.int64)
    return found


def _running() -> Flags:
    """Whether the clock of a metric (row) runs in a status (column); reply clocks always do."""
    words = list(codes.STATUS)
    return np.array([[metric not in RUNS or word in RUNS[metric] for word in words] for metric in SLA_METRICS])


_RUNNING = _running()


class _Lines:
    """What a batch of tickets was at any instant: status, schedule, and whether whoever has it acted on it."""

    def __init__(self, facts: pa.Table, trace: Ints | None, tables: dict[str, pa.Table], pool: Any, as_of: int) -> None:
        assert trace is not None
        self.keys = facts["ticket_key"].to_numpy()
        created = seconds_of(facts["created_at"])
        self._base = int(created.min()) if len(created) else 0
        self._span = as_of - self._base + 2
        ticket, at, mark, value = trace[:4]
        changed = mark == codes.MARK_STATUS
        words = flat(facts["status"])
        now = pc.index_in(pc.cast(words, pa.string()), pa.array(list(codes.STATUS))).to_numpy().astype(np.int64)
        has_history = np.zeros(len(self.keys), np.bool_)
        has_history[ticket[changed]] = True
        self._opening = np.where(has_history, codes.NEW, now)
        self._status = self._line(ticket[changed], at[changed], value[changed])
        is_schedule = mark == codes.MARK_SCHEDULE
        self._schedule = self._line(ticket[is_schedule], at[is_schedule], value[is_schedule])
        assigned = mark == codes.MARK_ASSIGN
        station = (ticket[assigned], at[assigned], value[assigned])
        touched = _first_touch(*station, *self._touches(tables, pool, created))
        self._station = self._line(station[0], station[1], np.arange(len(station[0])))
        self._person, self._touched, self._passed_on = station[2], touched, _passed_on(station[0], station[2])
        acted = touched < _NEVER
        every = [self._status[0], self._schedule[0], self._station[0], self.when(station[0][acted], touched[acted])]
        self.breaks: Ints = np.unique(np.concatenate(every))
        self.moments: Ints = self.breaks % self._span + self._base if len(self.breaks) else np.zeros(1, np.int64)

    def when(self, ticket: Ints, at: Ints) -> Ints:
        """One number that sorts by ticket and time."""
        return ticket * self._span + (at - self._base)

    def status(self, ticket: Ints, at: Ints) -> Ints:
        return self._at(self._status, ticket, at, self._opening[ticket])

    def schedule(self, ticket: Ints, at: Ints) -> Ints:
        return self._at(self._schedule, ticket, at, np.full(len(ticket), -1))

    def holder(self, ticket: Ints, at: Ints) -> Ints:
        """Queue, hand-off or in hand."""
        station = self._at(self._station, ticket, at, np.full(len(ticket), -1))
        found = np.full(len(ticket), QUEUE)
        has = np.flatnonzero(station >= 0)
        one = station[has]
        waiting = np.where(self._passed_on[one], HAND_OFF, QUEUE)
        held = np.where(self._touched[one] <= at[has], IN_HAND, waiting)
        found[has] = np.where(self._person[one] < 0, QUEUE, held)
        return found

    def _line(self, ticket: Ints, at: Ints, value: Ints) -> tuple[Ints, Ints, Ints]:
        return self.when(ticket, at), ticket, value

    def _at(self, line: tuple[Ints, Ints, Ints], ticket: Ints, at: Ints, otherwise: Ints) -> Ints:
        """The value last given up to an instant; of several at one instant the last."""
        when, whose, value = line
        if not len(when):
            return otherwise
        place = np.searchsorted(when, self.when(ticket, at), side="right") - 1
        return np.where((place >= 0) & (whose[place] == ticket), value[place], otherwise)

    def _touches(self, tables: dict[str, pa.Table], pool: Any, created: Ints) -> tuple[Ints, Ints, Ints]:
        """Everything that somebody wrote or changed: ticket, person, instant."""
        parts = []
        for name, who, moment in (("messages", "author_id", "sent_at"), ("ticket_events", "actor_id", "occurred_at")):
            rows = tables[name]
            if rows.num_rows:
                person = pc.index_in(pc.cast(flat(rows[who]), pa.string()), pool)
                person = pc.fill_null(person, -1).to_numpy(zero_copy_only=False).astype(np.int64)
                place = np.searchsorted(self.keys, rows["ticket_key"].to_numpy())
                place[place == len(self.keys)] = 0
                at = np.maximum(seconds_of(rows[moment]), created[place])
                good = (self.keys[place] == rows["ticket_key"].to_numpy()) & (person >= 0)
                parts.append((place[good], person[good], at[good]))
        if not parts:
            return (np.zeros(0, np.int64),) * 3
        ticket, person, at = (np.concatenate([part[column] for part in parts]) for column in range(3))
        return ticket, person, at


def _first_touch(ticket: Ints, at: Ints, person: Ints, by_ticket: Ints, by: Ints, when: Ints) -> Ints:
    """For each station the first instant from its beginning on at which its person acted; ``_NEVER`` if none."""
    found = np.full(len(ticket), _NEVER)
    if not len(when) or not len(ticket):
        return found
    people = int(max(person.max(), by.max())) + 1
    pair, acted = ticket * people + person, by_ticket * people + by
    names = np.unique(pair[person >= 0])
    place = np.searchsorted(names, acted)
    place[place == len(names)] = 0
    known = names[place] == acted if len(names) else np.zeros(len(acted), np.bool_)
    place, moment = place[known], when[known]
    if not len(moment):
        return found
    base, span = int(min(moment.min(), at.min())), int(max(moment.max(), at.max())) + 2
    span -= base
    order = np.sort(place * span + (moment - base))
    wanted = np.searchsorted(names, np.where(person >= 0, pair, names[0]))
    first = np.searchsorted(order, wanted * span + (at - base))
    first[first == len(order)] = len(order) - 1
    hit = (order[first] // span == wanted) & (order[first] % span + base >= at) & (person >= 0)
    found[hit] = order[first[hit]] % span + base
    return found


def _passed_on(ticket: Ints, person: Ints) -> Flags:
    """Whether the person before on the same ticket, whoever had it last, was another one."""
    found = np.zeros(len(ticket), np.bool_)
    somebody = np.flatnonzero(person >= 0)
    same = ticket[somebody][1:] == ticket[somebody][:-1]
    found[somebody[1:]] = same & (person[somebody][1:] != person[somebody][:-1])
    return found


# ---------------------------------------------------------------- seconds


@dataclass(frozen=True, slots=True)
class _Open:
    """Sorted stretches that are apart, and the seconds in them before each."""

    opens: Ints
    closes: Ints
    before: Ints

    @classmethod
    def of(cls, opens: Ints, closes: Ints) -> _Open:
        return cls(opens, closes, np.r_[0, np.cumsum(closes - opens)].astype(np.int64))

    def measure(self, start: Ints, end: Ints) -> Ints:
        return self._until(end) - self._until(start)

    def both(self, other: _Open) -> _Open:
        """What is open in either and the other."""
        cuts = np.unique(np.concatenate([self.opens, self.closes, other.opens, other.closes]))
        if len(cuts) < 2:
            return _Open.of(cuts[:0], cuts[:0])
        start, end = cuts[:-1], cuts[1:]
        inside = (self.measure(start, end) > 0) & (other.measure(start, end) > 0)
        return _Open.of(start[inside], end[inside])

    def _until(self, at: Ints) -> Ints:
        if not len(self.opens):
            return np.zeros(len(at), np.int64)
        place = np.searchsorted(self.opens, at, side="right") - 1
        inside = np.maximum(place, 0)
        found = self.before[inside] + np.minimum(at, self.closes[inside]) - self.opens[inside]
        return np.where(place < 0, 0, found)


class _Hours:
    """Counted seconds under a schedule, those inside a group's own hours, and those with somebody on shift."""

    def __init__(self, book: Any, own: Sequence[int], on_shift: Sequence[_Open | None]) -> None:
        self._own = own
        self._shift = on_shift
        self._made: dict[tuple[Any, ...], _Open | None] = {(_WALL,): None}
        for number in range(len(book.ids)):
            low, high = int(book.offset[number]), int(book.offset[number + 1])
            self._made[(number,)] = _Open.of(book.opens[low:high], book.closes[low:high])

    def own(self, schedule: int, group: int) -> tuple[int, ...]:
        """Schedule numbers that must all be open: the one that counts and the group's own, where they differ."""
        mine = self._own[group] if group >= 0 else -1
        return (schedule,) if mine < 0 or mine == schedule else (schedule, mine)

    def counted(self, key: tuple[int, ...], start: Ints, end: Ints) -> Ints:
        return self._length(self._of(key), start, end)

    def staffed(self, key: tuple[int, ...], group: int, start: Ints, end: Ints) -> Ints:
        """Of the counted seconds, those in which somebody of the group was on shift; all where that is unknown."""
        shift = self._shift[group] if group >= 0 else None
        if shift is None:
            return self.counted(key, start, end)
        name = (*key, "shift", group)
        if name not in self._made:
            hours = self._of(key)
            self._made[name] = shift if hours is None else hours.both(shift)
        return self._length(self._made[name], start, end)

    def _of(self, key: tuple[int, ...]) -> _Open | None:
        if key not in self._made:
            first, second = (self._made[(number,)] for number in key)
            self._made[key] = second if first is None or second is None else first.both(second)
        return self._made[key]

    @staticmethod
    def _length(hours: _Open | None, start: Ints, end: Ints) -> Ints:
        return end - start if hours is None else hours.measure(start, end)


def _measured(cut: _Cut, groups: Ints, hours: _Hours, n: int) -> Ints:
    """Seconds per instance and state."""
    found = np.zeros((n, len(STATES)), np.int64)
    group = groups[cut.instance]
    for schedule, whose, rows in _runs(cut.schedule, group):
        if schedule == -1:
            continue
        start, end, instance, state = cut.start[rows], cut.end[rows], cut.instance[rows], cut.state[rows]
        key = hours.own(schedule, whose)
        counted, fitting = hours.counted((schedule,), start, end), hours.counted(key, start, end)
        np.add.at(found, (instance, np.full(len(rows), MISFIT)), counted - fitting)
        queued = np.where(state == QUEUE, fitting - hours.staffed(key, whose, start, end), 0)
        np.add.at(found, (instance, np.full(len(rows), QUEUE_NOBODY)), queued)
        np.add.at(found, (instance, state), fitting - queued)
    return found


def _runs(schedule: Ints, group: Ints) -> Iterator[tuple[int, int, Ints]]:
    """Row numbers of each schedule and group."""
    pair = (schedule + 2) * (int(group.max(initial=0)) + 2) + group + 1
    order = np.argsort(pair, kind="stable")
    edges = np.flatnonzero(np.diff(pair[order])) + 1
    for rows in np.split(order, edges):
        if len(rows):
            yield int(schedule[rows[0]]), int(group[rows[0]]), rows


def _own_schedules(cuts: Sequence[tuple[Ints, _Cut]], groups: int, default: int) -> list[int]:
    """The schedule that nearly all instances of a group end under; -1 where there is none or they are too few."""
    found = []
    group = np.concatenate([one for one, _ in cuts]) if cuts else np.zeros(0, np.int64)
    last = np.concatenate([cut.last for _, cut in cuts]) if cuts else np.zeros(0, np.int64)
    for number in range(groups):
        mine = last[(group == number) & (last >= 0)]
        most = int(np.bincount(mine).argmax()) if len(mine) else default
        sure = len(mine) >= _FEWEST_OF_GROUP and np.count_nonzero(mine == most) >= _OWN_SHARE * len(mine)
        found.append(most if sure else -1)
    return found


def _on_shift(presence: Presence | None, source: str, groups: Sequence[str | None]) -> list[_Open | None]:
    found: list[_Open | None] = []
    for group in groups:
        known = None if presence is None or group is None else presence.get((source, group))
        if known is None:
            found.append(None)
        else:
            spans = np.array(known, np.int64).reshape(-1, 2)
            found.append(_Open.of(spans[:, 0], spans[:, 1]))
    return found


def _numbered(column: Any) -> tuple[Ints, list[str | None]]:
    """Numbers of a text column's values (-1 for null) and the values."""
    encoded = flat(column).dictionary_encode()
    numbers = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers, encoded.dictionary.to_pylist()


def without_kept(found: Split) -> Split:
    """Only the broken instances, once medians are taken."""
    return replace(
        found,
        rows=found.rows.filter(pa.array(found.broken)),
        seconds=found.seconds[found.broken],
        target=found.target[found.broken],
        broken=found.broken[found.broken],
    )
