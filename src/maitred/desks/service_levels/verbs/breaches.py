"""Why promises were broken, and which tickets were broken mostly for one reason."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlencode

import numpy as np
from pydantic import Field

from maitred.desks.service_levels.keeping import kept
from maitred.desks.service_levels.verbs.figures import Day, Filters, Publication, Zone, pairs
from maitred.insight import causes as blaming
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.reading import published
from maitred.kit.verbs import question
from maitred.metrics import breaches
from maitred.metrics.asking import Asker
from maitred.metrics.catalogue import resolve
from maitred.metrics.disclosure import rounded
from maitred.metrics.scope import Scope, permit_rows
from maitred.metrics.windows import window
from maitred.people.reach import figures_scope

CauseName = Literal["queue_nobody", "queue", "in_hand", "hand_off", "third_party", "schedule_misfit", "unavoidable"]


@dataclass(frozen=True, slots=True)
class BreachCause:
    """One part of the breaches.

    ``count`` with ``low`` and ``high`` says how many would not have happened, had this state taken the on-time median;
    ``mostly`` counts the breaches that owe most to it, and ``evidence`` lists these.
    """

    cause: str
    count: float
    low: float | None
    high: float | None
    share: float | None
    mostly: int
    evidence: str | None


@dataclass(frozen=True, slots=True)
class BreachCauses:
    """The breaches of a period and their parts, the last of them ``unavoidable``; counts add up to ``total``.

    ``total`` equals the figure of ``sla.breaches`` for the same words, on ``tickets`` tickets. ``kept`` promises were
    kept, and the medians come from ``compared_with`` of them; for ``without_comparison`` of the unavoidable there were
    too few. ``verdict`` is ``not_enough_data`` where nothing can be shown; ``reason`` says why.
    """

    publication: int
    time_zone: str
    start: str | None
    end: str | None
    total: int
    tickets: int
    kept: int
    compared_with: int
    without_comparison: int
    causes: tuple[BreachCause, ...]
    verdict: str
    reason: str
    assumptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """One breach: what was promised, what the clock ran, where the time went, and how much of it is the cause's."""

    source: str
    ticket: str
    metric: str
    instance: int
    priority: str | None
    group: str | None
    ended_at: str | None
    target_s: int
    ran_s: int
    late_s: int
    blame: float
    seconds: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BrokenPromises:
    """The breaches that owe most to one cause; ``total`` is the cause's ``mostly``."""

    cause: str
    total: int
    rows: tuple[BrokenPromise, ...]
    next: int | None


@question(needs=Right.METRICS_READ, example={"start": "2025-01-01"})
def breach_causes(
    actor: Actor,
    start: Day | None = None,
    end: Day | None = None,
    where: Filters = [],  # noqa: B006  (validation hands in a copy)
    zone: Zone = "UTC",
    publication: Publication | None = None,
) -> BreachCauses:
    """Split the breaches of a period among the states in which the time went.

    A state is to blame as far as a breach vanishes when its seconds are set to the median of kept promises of the same
    metric and priority, averaged over all orders of the states. What still is a breach with all of them at the median
    is unavoidable.

    Parameters
    ----------
    start, end
        First and last local day on which promises were decided, both inclusive.
    where
        ``DIMENSION=VALUE`` to keep, as for ``sla.breaches``.
    """
    scope = figures_scope(actor)
    filters = pairs(where)
    with published(publication) as ask:
        found = _found(ask, start, end, filters, zone, scope)
        silent = _silent(ask, start, end, filters, zone, scope)
        number = ask.publication.number
    words = [*(("where", one) for one in where), ("publication", str(number)), ("zone", zone)]
    words += [(name, value) for name, value in (("start", start), ("end", end)) if value]
    if silent:
        return BreachCauses(number, zone, start, end, 0, 0, 0, 0, 0, (), "not_enough_data", silent, ())
    coarse = scope.round_counts_to
    parts = tuple(_shown(part, words, coarse, listed=not scope.counts_only) for part in found.causes.parts)
    enough = found.causes.tickets >= blaming.FEWEST_TICKETS
    return BreachCauses(
        number, zone, start, end,
        total=rounded(found.causes.total, coarse),
        tickets=rounded(found.causes.tickets, coarse),
        kept=rounded(found.kept, coarse),
        compared_with=rounded(found.compared_with, coarse),
        without_comparison=rounded(found.causes.without_comparison, coarse),
        causes=parts,
        verdict="ok" if enough else "not_enough_data",
        reason="" if enough else f"breaches on {found.causes.tickets} tickets are too few for an interval",
        assumptions=_assumptions(found) if coarse <= 1 else (),
    )  # fmt: skip


@question(needs=Right.METRICS_READ, example={"cause": "queue", "limit": 20})
def breach_tickets(
    actor: Actor,
    cause: CauseName,
    start: Day | None = None,
    end: Day | None = None,
    where: Filters = [],  # noqa: B006
    zone: Zone = "UTC",
    publication: Publication | None = None,
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
) -> BrokenPromises:
    """List the breaches that owe most to one cause, those that owe it most first, then the latest.

    Parameters
    ----------
    offset, limit
        Which rows; ``next`` of the answer is where the rest begins.
    """
    scope = figures_scope(actor)
    permit_rows(scope, resolve("sla.breaches"))
    with published(publication) as ask:
        found = _found(ask, start, end, pairs(where), zone, scope)
    names = (*found.split.states, blaming.UNAVOIDABLE)
    if cause not in names:
        return BrokenPromises(cause, 0, (), None)
    place = names.index(cause)
    mine = np.flatnonzero(found.causes.mostly == place)
    late = found.split.seconds.sum(axis=1) - found.split.target
    mine = mine[np.lexsort((-late[mine], -found.causes.blame[mine, place]))]
    chosen = mine[offset : offset + limit]
    rows = tuple(_row(found, int(one), place) for one in chosen)
    after = offset + len(rows)
    return BrokenPromises(cause, len(mine), rows, after if after < len(mine) and rows else None)


# ---------------------------------------------------------------- what is found


@dataclass(frozen=True, slots=True)
class _Found:
    """The broken promises with their seconds, and how they are split."""

    split: breaches.Split
    causes: blaming.Causes
    kept: int
    compared_with: int


def _found(
    ask: Asker, start: str | None, end: str | None, where: Mapping[str, list[str]], zone: str, scope: Scope
) -> _Found:
    words = (start, end, tuple(sorted((name, tuple(values)) for name, values in where.items())), zone)

    def make() -> _Found:
        whole = breaches.split(ask, window(start, end, zone), where, scope=scope)
        seed = int.from_bytes(hashlib.sha256(repr(words).encode()).digest()[:8], "big")
        found = blaming.causes(_promises(whole), whole.states, seed)
        return _Found(breaches.without_kept(whole), found, whole.kept, int(np.count_nonzero(~whole.broken)))

    return kept(ask, "breaches", (*words, scope), make)


def _promises(whole: breaches.Split) -> blaming.Promises:
    metric, priority, source, ticket = (
        np.array([one or "" for one in whole.rows[name].to_pylist()], dtype=str)
        for name in ("metric", "priority", "source_id", "ticket_id")
    )
    numbers = [np.unique(words, return_inverse=True)[1] for words in (metric, priority, source, ticket)]
    classes = numbers[0] * (int(numbers[1].max(initial=0)) + 1) + numbers[1]
    tickets = numbers[2] * (int(numbers[3].max(initial=0)) + 1) + numbers[3]
    return blaming.Promises(whole.seconds, whole.target, whole.broken, classes, numbers[0], tickets)


def _silent(
    ask: Asker, start: str | None, end: str | None, where: Mapping[str, list[str]], zone: str, scope: Scope
) -> str:
    """Why a reader of counts only is shown nothing; empty where there is no reason."""
    if not scope.counts_only:
        return ""
    row = ask.show("sla.breaches", from_=start, to=end, where=where, zone=zone, scope=scope).rows[0]
    return (row.reason or "too few people stand behind it") if row.value is None else ""


def _shown(part: blaming.Cause, words: list[tuple[str, str]], coarse: int, *, listed: bool) -> BreachCause:
    evidence = f"/api/v1/service-levels/breach-tickets?{urlencode([('cause', part.state), *words])}"
    if coarse <= 1:
        there = evidence if listed else None
        return BreachCause(part.state, part.count, part.low, part.high, part.share, part.mostly, there)
    low, high = (None if one is None else rounded(round(one), coarse) for one in (part.low, part.high))
    share = None if part.share is None else round(part.share, 2)
    mostly = rounded(part.mostly, coarse)
    return BreachCause(part.state, rounded(round(part.count), coarse), low, high, share, mostly, None)


def _assumptions(found: _Found) -> tuple[str, ...]:
    said = [
        "a promise still running past its target counts with the time so far",
        "the medians of kept promises are held fixed in the intervals",
    ]
    if "queue_nobody" not in found.split.states:
        said.append("who was on shift is not known, so the queue is not told apart by it")
    if "schedule_misfit" in found.split.states:
        said.append("a group's own hours are the schedule under which nearly all of its promises end")
    if found.compared_with < found.kept:
        said.append(f"the medians come from a sample of {found.compared_with} of {found.kept} kept promises")
    if found.split.unmatched:
        said.append(f"{found.split.unmatched} promises run differently since the settings of their source were changed")
    return tuple(said)


def _row(found: _Found, place: int, column: int) -> BrokenPromise:
    split = found.split
    fact = split.rows.slice(place, 1).to_pylist()[0]
    seconds = split.seconds[place].tolist()
    ended = fact["ended_at"]
    return BrokenPromise(
        fact["source_id"], fact["ticket_id"], fact["metric"], fact["instance"], fact["priority"], fact["group_id"],
        None if ended is None else ended.isoformat(), int(split.target[place]), sum(seconds),
        sum(seconds) - int(split.target[place]), int(found.causes.blame[place, column]) / found.causes.whole,
        dict(zip(split.states, seconds, strict=True)),
    )  # fmt: skip
