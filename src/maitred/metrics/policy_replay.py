"""Last quarter under policy B: the verdicts of a period as recorded, beside those that another policy would have given.

For whoever thinks about other targets or other hours. The tickets' own events run through the clock engine once more,
with the targets that policy B would have applied in place of the recorded ones. Compared is the same run of the same
clock on the same ticket; what exists under one policy only, or is decided under one only, is counted apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from math import sqrt
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from maitred.base.errors import UsageError
from maitred.canon.tables import SLA_METRICS
from maitred.metrics import reading, refresh, views
from maitred.metrics.asking import Asker
from maitred.metrics.catalogue import Metric, resolve
from maitred.metrics.catalogue.dimensions import IDENTIFIED
from maitred.metrics.clocks import engine, policies
from maitred.metrics.clocks.intake import flat
from maitred.metrics.clocks.schedules import book
from maitred.metrics.composition import Question, sources_of
from maitred.metrics.intervals import Interval, wilson_clustered
from maitred.metrics.policy_text import PolicyText
from maitred.metrics.scope import NOBODY, Scope
from maitred.metrics.windows import Window

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Progress: TypeAlias = "Callable[[int, int], None]"
"""Told how many tickets are done, and of how many."""

MOST_TICKETS = 100_000
"""Tickets replayed at most; above it a random part of them, with a fixed seed."""
FEWEST = 10
_BATCH = 20_000
_LONG_AGO = timedelta(days=7_300)
"""How far back written-out hours are laid where no schedule tells when the source begins."""
_COLUMNS = (
    *("source_id", "ticket_key", "ticket_id", "metric", "instance", "policy", "priority", "clock", "started_at"),
    *("ended_at", "verdict_all", "exclusion", "group_id", "assignee_id", "channel", "organization_id"),
)
_DECIDED = pa.array(["met", "breached", "overdue"])


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its interval; all None below ``FEWEST``."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Compared:
    """One metric and priority (None: all of them) under both policies.

    ``n`` instances of ``tickets`` tickets are decided under both, and the shares are of these. ``difference`` is B
    minus recorded. ``only_recorded`` would not exist under B, ``only_b`` would newly exist, ``undecided`` are decided
    under one of the two only. ``verdict``: ``change``, ``cannot_tell``, ``no_change`` (no verdict differs) or
    ``not_enough_data``; a laxer target reached more often is no improvement.
    """

    metric: str | None
    priority: str | None
    n: int
    tickets: int
    recorded: Share
    b: Share
    difference: Share
    newly_met: int
    newly_missed: int
    only_recorded: int
    only_b: int
    undecided: int
    verdict: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """What policy B would have brought.

    ``tickets`` were replayed of ``tickets_of`` that lived in the period. ``changed`` has a row per instance whose
    verdict would be another: source_id, ticket_id, metric, priority, change (``newly_met``, ``newly_missed``).
    """

    rows: tuple[Compared, ...]
    tickets: int
    tickets_of: int
    changed: pa.Table


def replay(
    ask: Asker,
    policy: PolicyText,
    window: Window,
    where: Mapping[str, Sequence[str]],
    *,
    scope: Scope,
    progress: Progress = lambda done, of: None,
    most: int = MOST_TICKETS,
) -> Replayed:
    """Compare the recorded verdicts of a period with those under policy B.

    Parameters
    ----------
    policy
        See ``policy_text.read_policy``.
    window, where, scope
        Of the recorded instance, as for ``sla.attainment``; of B's where nothing was recorded.
    most
        Tickets replayed at most.

    Raises
    ------
    UsageError
        A filter is unknown, or the policy names a group or schedule that no source has.
    Denied
        The scope cannot answer it.
    """
    metric = resolve("sla.attainment")
    views.prepare(ask.engine, metric.facts)
    sources = ask.engine.remembered("sources", partial(sources_of, ask.engine))
    question = Question(metric, window, sources, scope, (), dict(where))
    living = {source: _living(ask, source, window) for source in sorted(ask.publication.sources)}
    total = sum(len(keys) for keys in living.values())
    chosen = _sampled(living, most)
    replayed = sum(len(keys) for keys in chosen.values())
    policy = _with_group_ids(ask, policy)
    _known_schedule(ask, policy)
    parts, done = [], 0
    for source, keys in chosen.items():
        for before, after, count in _batches(ask, source, keys, policy):
            parts.append(_paired(question, source, before, after))
            done += count
            progress(done, replayed)
    pairs = _Pairs.joined(parts)
    return Replayed(tuple(_rows(pairs)), replayed, total, _changed(pairs))


# ---------------------------------------------------------------- which tickets


def _living(ask: Asker, source: str, window: Window) -> Ints:
    """Keys of the tickets on which a promise may have been decided in the period."""
    columns = ("created_at", "exclusion", "is_open", "last_solved_at")
    facts = reading.facts(ask.workspace, ask.publication, "ticket_facts", columns, source)
    kept = pc.is_null(facts["exclusion"])
    if window.end is not None:
        kept = pc.and_(kept, pc.less(facts["created_at"], pa.scalar(window.end, facts["created_at"].type)))
    if window.start is not None:
        later = pc.greater_equal(facts["last_solved_at"], pa.scalar(window.start, facts["created_at"].type))
        kept = pc.and_(kept, pc.or_(facts["is_open"], pc.fill_null(later, True)))
    keys: Ints = np.sort(facts.filter(kept)["ticket_key"].to_numpy())
    return keys


def _sampled(living: Mapping[str, Ints], most: int) -> dict[str, Ints]:
    total = sum(len(keys) for keys in living.values())
    if total <= most:
        return dict(living)
    picked = np.zeros(total, np.bool_)
    picked[np.random.default_rng(most).choice(total, most, replace=False)] = True
    starts = np.cumsum([0, *(len(keys) for keys in living.values())])
    return {
        source: keys[picked[start : start + len(keys)]]
        for (source, keys), start in zip(living.items(), starts[:-1].tolist(), strict=True)
    }


def _with_group_ids(ask: Asker, policy: PolicyText) -> PolicyText:
    """Names of groups replaced by their ids."""
    wanted = policy.groups
    if not wanted:
        return policy
    known: dict[str, set[str]] = {}
    if "groups" in ask.publication.tables:
        version = ask.publication.tables["groups"]
        for row in ask.workspace.store.scan("groups", version, ["external_id", "name"]).to_pylist():
            known.setdefault(row["external_id"].casefold(), set()).add(row["external_id"])
            known.setdefault((row["name"] or "").casefold(), set()).add(row["external_id"])
    for name in wanted:
        if name.casefold() not in known:
            raise UsageError(f"groups.{name}: no group has this id or name", "write the id or the name of a group")
    return policy.with_groups({name: frozenset(known[name.casefold()]) for name in wanted})


def _known_schedule(ask: Asker, policy: PolicyText) -> None:
    """Refuse a schedule that no source has."""
    if not isinstance(policy.schedule, str):
        return
    version = ask.publication.tables.get("schedules")
    rows = ask.workspace.store.scan("schedules", version, ["external_id", "name"]).to_pylist() if version else []
    names = {word for row in rows for word in (row["external_id"], row["name"]) if word}
    if policy.schedule not in names:
        raise UsageError(
            f"schedule: there is no schedule {policy.schedule!r}", f"write one of {', '.join(sorted(names)) or 'none'}"
        )


# ---------------------------------------------------------------- both policies


def _batches(ask: Asker, source: str, keys: Ints, policy: PolicyText) -> Iterator[tuple[pa.Table, pa.Table, int]]:
    """For each batch of tickets the recorded instances, those under policy B, and how many tickets."""
    if not len(keys):
        return
    known = ask.workspace.ledger.source(source)
    assert known is not None
    versions = ask.publication.tables
    as_of = datetime.fromisoformat(ask.publication.sources[source]["as_of"])
    ref = refresh.reference(ask.workspace, known, as_of, versions)
    other = _under(ref, policy)
    for start in range(0, len(keys), _BATCH):
        batch = keys[start : start + _BATCH]
        low, high = int(batch[0]), int(batch[-1])
        rows = reading.facts(ask.workspace, ask.publication, "sla_facts", _COLUMNS, source, low=low, high=high)
        before = rows.filter(pc.is_in(rows["ticket_key"], value_set=pa.array(batch)))
        tables = refresh.inputs(ask.workspace, source, low=low, high=high, keys=batch, versions=versions)
        after = (
            engine.compute(_promised(tables, policy, other is not ref), other).facts["sla_facts"].select(list(_COLUMNS))
        )
        yield before, after, len(batch)


def _under(ref: engine.Reference, policy: PolicyText) -> engine.Reference:
    """The reference with the schedule of policy B for every ticket, where it names one."""
    wanted = policy.schedule
    if wanted is None:
        return ref
    if isinstance(wanted, str):
        number = ref.book.number.get(wanted, -1)
        if number < 0:
            number = next((k for k, one in enumerate(ref.book.schedules) if one.name == wanted), -1)
        return replace(ref, book=replace(ref.book, default=number)) if number >= 0 else ref
    known = ref.book.opens
    first = datetime.fromtimestamp(int(known.min()), UTC) if len(known) else ref.as_of - _LONG_AGO
    return replace(ref, book=book([wanted], first, ref.as_of))


def _promised(tables: dict[str, pa.Table], policy: PolicyText, other_hours: bool) -> dict[str, pa.Table]:
    """The engine's input with the targets of policy B instead of the recorded ones, and its hours if there are any."""
    events = tables["ticket_events"]
    bare = {name: rows for name, rows in tables.items() if name != "sla_events"}
    field = pc.cast(flat(events["field"]), pa.string())
    bare["ticket_events"] = events.filter(pc.not_equal(field, "sla_policy"))
    if other_hours:
        bare.pop("ticket_schedules", None)
    return policies.completed(bare, policy.policies)


# ---------------------------------------------------------------- pairs


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Runs of a clock in the period: their class, ticket, and how they ended under each policy.

    ``recorded`` and ``b`` are 1 met, 0 missed, -1 not decided, -2 not there.
    """

    metric: Ints
    priority: NDArray[Any]
    cluster: Ints
    recorded: Ints
    b: Ints
    source: NDArray[Any]
    ticket: NDArray[Any]

    @classmethod
    def joined(cls, parts: Sequence[_Pairs]) -> _Pairs:
        if not parts:
            none, words = np.zeros(0, np.int64), np.zeros(0, object)
            return cls(none, words, none, none, none, words, words)
        columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in cls.__dataclass_fields__}
        by_ticket = np.array([f"{a}:{b}" for a, b in zip(columns["source"], columns["ticket"], strict=True)])
        columns["cluster"] = np.unique(by_ticket, return_inverse=True)[1].astype(np.int64)
        return cls(**columns)

    def taken(self, chosen: Flags) -> _Pairs:
        return _Pairs(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


def _paired(question: Question, source: str, before: pa.Table, after: pa.Table) -> _Pairs:
    """Match the recorded instances of a batch with those under B: the same run of the same clock."""
    names = np.concatenate([_named(before), _named(after)])
    runs, place = np.unique(names, axis=0, return_inverse=True)
    place = place.reshape(-1)
    first, second = (np.full(len(runs), -1, np.int64) for _ in range(2))
    first[place[: before.num_rows]] = np.arange(before.num_rows)
    second[place[before.num_rows :]] = np.arange(after.num_rows)
    both = pa.concat_tables([_plain(before), _plain(after)])
    shown = np.where(first >= 0, first, second + before.num_rows)
    rows = both.take(pa.array(shown))
    kept = _asked_for(question, source, rows)
    outcome = _outcomes(both)
    mine = np.where(first >= 0, outcome[first], -2)
    other = np.where(second >= 0, outcome[np.minimum(second, after.num_rows - 1) + before.num_rows], -2)
    kept &= (mine >= 0) | (other >= 0)
    rows = rows.filter(pa.array(kept))
    n = rows.num_rows
    return _Pairs(
        pc.index_in(rows["metric"], pa.array(SLA_METRICS)).to_numpy().astype(np.int64),
        np.array(rows["priority"].to_pylist(), object),
        np.zeros(n, np.int64),
        mine[kept],
        other[kept],
        np.full(n, source, object),
        np.array(rows["ticket_id"].to_pylist(), object),
    )


def _named(rows: pa.Table) -> Ints:
    """What makes a run of a clock: ticket, metric, start, and its number where a run has several instances."""
    ticket = rows["ticket_key"].to_numpy()
    metric = pc.index_in(pc.cast(flat(rows["metric"]), pa.string()), pa.array(SLA_METRICS)).to_numpy()
    start = pc.cast(flat(rows["started_at"]), pa.int64()).to_numpy()
    order = np.lexsort((rows["instance"].to_numpy(), start, metric, ticket))
    run = np.column_stack([ticket, metric, start]).astype(np.int64)[order]
    fresh = np.r_[True, (run[1:] != run[:-1]).any(axis=1)] if len(run) else np.zeros(0, np.bool_)
    begins = np.flatnonzero(fresh)
    number = np.arange(len(run)) - np.repeat(begins, np.diff(np.r_[begins, len(run)]))
    found = np.empty((len(run), 4), np.int64)
    found[order] = np.column_stack([run, number])
    return found


def _plain(rows: pa.Table) -> pa.Table:
    """Without dictionaries, so that tables of different making fit together."""
    columns = [
        pc.cast(flat(column), pa.string()) if pa.types.is_dictionary(column.type) else flat(column)
        for column in rows.select(list(_COLUMNS)).columns
    ]
    return pa.table(columns, names=list(_COLUMNS))


def _outcomes(rows: pa.Table) -> Ints:
    verdict = rows["verdict_all"]
    met = pc.equal(verdict, "met").to_numpy(zero_copy_only=False)
    decided = pc.is_in(verdict, value_set=_DECIDED).to_numpy(zero_copy_only=False)
    found: Ints = np.where(decided, met.astype(np.int64), -1)
    return found


def _asked_for(question: Question, source: str, rows: pa.Table) -> Flags:
    """Whether instances are in the period, among what the filters keep, and in the scope."""
    as_of = pa.scalar(question.sources.as_of[source], rows["ended_at"].type)
    moment = pc.fill_null(rows["ended_at"], as_of)
    kept = pc.is_null(rows["exclusion"])
    if question.window.start is not None:
        kept = pc.and_(kept, pc.greater_equal(moment, pa.scalar(question.window.start, moment.type)))
    if question.window.end is not None:
        kept = pc.and_(kept, pc.less(moment, pa.scalar(question.window.end, moment.type)))
    for name, values in question.where.items():
        kept = pc.and_(kept, _one_of(question.metric, name, values, source, rows))
    if question.scope.restricted:
        kept = pc.and_(kept, visible(question.scope, source, rows["group_id"], rows["assignee_id"]))
    found: Flags = pc.fill_null(kept, False).to_numpy(zero_copy_only=False)
    return found


def visible(scope: Scope, source: str, groups: Any, people: Any) -> Any:
    """Whether rows of a source belong to a scope by their group or their person."""
    found = []
    for held, column in ((scope.groups, groups), (scope.people, people)):
        ids = sorted(external for of, external in held or () if of == source)
        found.append(pc.is_in(column, value_set=pa.array(ids, pa.string())))
    return pc.or_(*found)


def _one_of(metric: Metric, name: str, values: Sequence[str], source: str, rows: pa.Table) -> Any:
    """The filter of the query layer: one of the values, ``none`` for nothing, ids with their source or without."""
    column = rows[metric.dimensions[name]]
    words = [value.removeprefix(f"{source}:") if name in IDENTIFIED else value for value in values]
    found = pc.is_in(column, value_set=pa.array([word for word in words if word != NOBODY], pa.string()))
    return pc.or_(found, pc.is_null(column)) if NOBODY in values else found


# ---------------------------------------------------------------- figures


def _rows(pairs: _Pairs) -> Iterator[Compared]:
    """All together, each metric, and each metric by priority."""
    if not len(pairs.metric):
        return
    yield _compared(pairs, None, None)
    for number in np.unique(pairs.metric).tolist():
        mine = pairs.taken(pairs.metric == number)
        yield _compared(mine, SLA_METRICS[number], None)
        for priority in sorted({word for word in mine.priority if word is not None}):
            yield _compared(mine.taken(mine.priority == priority), SLA_METRICS[number], priority)


def _compared(pairs: _Pairs, metric: str | None, priority: str | None) -> Compared:
    both = pairs.taken((pairs.recorded >= 0) & (pairs.b >= 0))
    n = len(both.metric)
    clusters = np.unique(both.cluster, return_inverse=True)[1]
    a, b = _share(both.recorded, clusters), _share(both.b, clusters)
    better, worse = (int(np.count_nonzero((both.b == one) & (both.recorded == 1 - one))) for one in (1, 0))
    difference = _difference(both, a, b, better, worse)
    apart = (
        int(np.count_nonzero((pairs.recorded >= 0) & (pairs.b == -2))),
        int(np.count_nonzero((pairs.recorded == -2) & (pairs.b >= 0))),
        int(np.count_nonzero((pairs.recorded == -1) | (pairs.b == -1))),
    )
    tickets = int(clusters.max()) + 1 if n else 0
    return Compared(
        metric, priority, n, tickets, a, b, difference, better, worse, *apart, _verdict(difference, better + worse)
    )


def _share(met: Ints, clusters: Ints) -> Share:
    n = len(met)
    if n < FEWEST:
        return Share(None, None, None)
    size, hits = np.bincount(clusters), np.bincount(clusters, weights=met).astype(np.int64)
    interval = wilson_clustered(
        int(met.sum()), n, len(size), int((size * size).sum()), int((size * hits).sum()), int((hits * hits).sum())
    )
    return Share(float(met.mean()), interval.low, interval.high)


def _difference(both: _Pairs, a: Share, b: Share, better: int, worse: int) -> Share:
    """B minus recorded for the same instances: Newcombe's paired interval (1998, method 10) of the two Wilsons."""
    if a.value is None or b.value is None:
        return Share(None, None, None)
    n = len(both.metric)
    kept = int(np.count_nonzero((both.recorded == 1) & (both.b == 1)))
    missed = n - kept - better - worse
    interval = paired_newcombe(kept, better, worse, missed, Interval(a.low, a.high), Interval(b.low, b.high))
    return Share(b.value - a.value, interval.low, interval.high)


def paired_newcombe(kept: int, better: int, worse: int, missed: int, a: Interval, b: Interval) -> Interval:
    """Interval of the difference of two shares (B minus A) of the same instances.

    Parameters
    ----------
    kept, better, worse, missed
        Instances with the claim under both, under B only, under A only, under neither.
    a, b
        Intervals of the two shares.

    Examples
    --------
    >>> from maitred.metrics.intervals import wilson
    >>> found = paired_newcombe(36, 2, 12, 0, wilson(48, 50), wilson(38, 50))
    >>> round(found.low, 4), round(found.high, 4)
    (-0.3404, -0.0569)
    """
    n = kept + better + worse + missed
    p_a, p_b = (kept + worse) / n, (kept + better) / n
    product = float(kept * missed - better * worse)
    if product > 0:
        product = max(product - n / 2, 0.0)
    margins = (kept + worse) * (better + missed) * (kept + better) * (worse + missed)
    phi = product / sqrt(margins) if margins else 0.0
    low_a, high_a, low_b, high_b = (0.0 if end is None else end for end in (a.low, a.high, b.low, b.high))

    def away(first: float, second: float) -> float:
        return sqrt(max(0.0, first * first - 2 * phi * first * second + second * second))

    return Interval(
        p_b - p_a - away(p_b - low_b, high_a - p_a),
        p_b - p_a + away(high_b - p_b, p_a - low_a),
    )


def _verdict(difference: Share, changed: int) -> str:
    if difference.low is None or difference.high is None:
        return "not_enough_data"
    if difference.low > 0 or difference.high < 0:
        return "change"
    return "cannot_tell" if changed else "no_change"


def _changed(pairs: _Pairs) -> pa.Table:
    """Instances whose verdict would be another, by source and ticket."""
    other = pairs.taken((pairs.recorded >= 0) & (pairs.b >= 0) & (pairs.recorded != pairs.b))
    order = np.lexsort((other.metric, other.cluster))
    change = np.where(other.b[order] == 1, "newly_met", "newly_missed")
    columns = {
        "source_id": pa.array(other.source[order].tolist(), pa.string()),
        "ticket_id": pa.array(other.ticket[order].tolist(), pa.string()),
        "metric": pa.array([SLA_METRICS[one] for one in other.metric[order].tolist()], pa.string()),
        "priority": pa.array(other.priority[order].tolist(), pa.string()),
        "change": pa.array(change.tolist(), pa.string()),
    }
    return pa.table(columns)
