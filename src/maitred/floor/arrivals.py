"""What arrives and when: every ticket's instant, class, customer, priority and language, drawn by its own identity.

Thinning (Lewis, Shedler 1979) against the greatest intensity of each quarter-hour, so no intensity is approximated.
A ticket is known by its class, its quarter-hour and its number therein: other days, another volume elsewhere or a
planted surge leave it as it was. Surges are streams of their own beside the ordinary one.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numba as nb
import numpy as np
from numpy.typing import NDArray

from maitred.floor.customers import Population, population
from maitred.floor.rates import QUARTER, Rates, rates
from maitred.floor.streams import Purpose, exponential, uniform, uniforms
from maitred.floor.world import Extra, World

ARRIVAL: Final = np.dtype(
    [
        ("time", "i8"),  # ms from the origin
        ("key", "u8"),  # stable identity
        ("class_", "i4"),
        ("customer", "i4"),
        ("cause", "i4"),  # position of the plant that brought it, -1
        ("priority", "i1"),
        ("language", "i1"),  # position in the class's languages
    ]
)
STREAM: Final = np.dtype(
    [
        ("start", "i8"),
        ("end", "i8"),
        ("volume", "f8"),
        ("key", "u8"),
        ("class_", "i4"),
        ("cause", "i4"),
        ("shape", "i4"),
        ("number", "i4"),  # of the extra inside its plant
        ("customers", "i4"),  # row of the cumulative weights that it draws from
        ("slot", "i4"),  # of the plant and class, whose tickets are numbered together
    ]
)
SHAPES: Final = ("step", "ramp", "decay")
FADING: Final = 3.0
"""``decay`` falls to exp(-3), 5 %, at the end of its window."""
_CLASS_SHIFT, _QUARTER_SHIFT = np.uint64(40), np.uint64(16)
_ARRIVAL, _THIN, _CUSTOMER = int(Purpose.ARRIVAL), int(Purpose.THIN), int(Purpose.CUSTOMER)
_PRIORITY, _LANGUAGE = int(Purpose.PRIORITY), int(Purpose.LANGUAGE)

Rows = NDArray[np.void]
Floats = NDArray[np.float64]


def arrivals(world: World) -> Rows:
    """Everything that arrives in a planted world from its origin to its end.

    Returns
    -------
    NDArray
        ``ARRIVAL``, sorted by (time, class_, key). The key of an ordinary arrival is class << 40 | number of its
        quarter-hour since 1970 << 16 | number therein; of an extra one bit 63, 15 bits of its plant's id, 16 bits of
        its class, and its ordinal among the plant's tickets of that class. A ``customer`` keeps one place in the order
        of languages, whatever they write about.
    """
    intensity, people, seed = rates(world), population(world), np.uint64(world.seed)
    ordinary: Any = _base
    planted: Any = _extras
    expected = float(intensity.expected().sum())
    rows = _grown(lambda rows: ordinary(seed, *_arrays(intensity), rows), expected)
    streams, weights = _streams(world, people)
    if len(streams):
        extra = _grown(lambda rows: planted(seed, *_arrays(intensity), streams, rows), 4096.0)
        rows = _merged(rows, extra[np.lexsort((extra["key"], extra["class_"], extra["time"]))])
    _attributes(seed, rows, streams, weights, _guides(weights), *_shares(world))
    return rows


def _grown(draw: Callable[[Rows], int], expected: float) -> Rows:
    """Draw into an array, a larger one when it does not hold everything."""
    room = int(expected + 8 * math.sqrt(expected) + 64)
    while True:
        rows = np.zeros(room, ARRIVAL)
        used = draw(rows)
        if used <= room:
            return rows[:used]
        room = used


def _arrays(one: Rates) -> tuple[Any, ...]:
    return one.first, one.left, one.right, one.day, one.zone, one.week, one.local_day, one.starts


@nb.njit(cache=True, nogil=True)
def _base(
    seed: np.uint64,
    first: int,
    left: Floats,
    right: Floats,
    day: Floats,
    zone: NDArray[np.int32],
    week: NDArray[np.int32],
    local_day: NDArray[np.int32],
    starts: NDArray[np.int64],
    rows: Rows,
) -> int:
    """Ordinary arrivals in order, quarter-hour by quarter-hour; how many there are, also when ``rows`` is too short."""
    used, room = 0, len(rows)
    order = np.empty(1024, np.int64)
    keys = np.empty(1024, np.uint64)
    classes = np.empty(1024, np.int32)
    for quarter in range(week.shape[1]):
        found = 0
        begin = quarter * QUARTER
        for class_ in range(len(zone)):
            z = zone[class_]
            level = day[class_, local_day[z, quarter]]
            low = level * left[class_, week[z, quarter]]
            high = level * right[class_, week[z, quarter]]
            most = max(low, high)
            if most <= 0.0 or begin + QUARTER <= starts[class_]:
                continue
            key: Any = (np.uint64(class_) << _CLASS_SHIFT) | (np.uint64(first + quarter) << _QUARTER_SHIFT)
            candidate = 0
            time = exponential(seed, _ARRIVAL, key, 0) / most
            while time < QUARTER:
                kept = low == high
                if not kept:
                    here = low + (high - low) * time / QUARTER
                    kept = uniform(seed, _THIN, key, candidate) * most < here
                if kept and begin + np.int64(time) >= starts[class_]:
                    if found == len(order):
                        order = np.concatenate((order, order))
                        keys = np.concatenate((keys, keys))
                        classes = np.concatenate((classes, classes))
                    order[found] = (np.int64(time) << 32) | found
                    keys[found] = key | np.uint64(candidate)
                    classes[found] = class_
                    found += 1
                candidate += 1
                time += exponential(seed, _ARRIVAL, key, candidate) / most
        if used + found <= room:
            order[:found].sort()
            for rank in range(found):
                place = order[rank] & 0xFFFFFFFF
                row = rows[used + rank]
                row.time = begin + (order[rank] >> 32)
                row.key = keys[place]
                row.class_ = classes[place]
                row.cause = -1
        used += found
    return used


# ---------------------------------------------------------------- what is planted


def _streams(world: World, people: Population) -> tuple[Rows, Floats]:
    """One row for each planted extra and class, and the cumulative weights of customers that they draw from."""
    classes = {one.name: place for place, one in enumerate(world.classes)}
    origin = datetime.combine(world.start - timedelta(days=world.warmup), datetime.min.time(), UTC)
    rows: list[tuple[Any, ...]] = []
    weights, slots = [people.weight], dict[tuple[int, str], int]()
    for cause, (plant, mark) in enumerate(zip(world.plants, marks([one.id for one in world.plants]), strict=True)):
        for number, extra in enumerate(plant.extras(world)):
            start, end = (round((at - origin) / timedelta(milliseconds=1)) for at in (extra.start, extra.end))
            if extra.accounts < 1.0 or extra.account >= 0:
                weights.append(_hit(world, people, extra, mark))
            of = len(weights) - 1 if extra.accounts < 1.0 or extra.account >= 0 else 0
            for name in extra.classes:
                slot = slots.setdefault((cause, name), len(slots))
                key = (1 << 63) | (mark << 48) | (classes[name] << 32)
                shape = SHAPES.index(extra.shape)
                rows.append((start, end, extra.volume, key, classes[name], cause, shape, number, of, slot))
    return np.array(rows, STREAM), np.stack(weights)


def marks(ids: Sequence[str]) -> list[int]:
    """15 bits that stand for each plant, so that one more or one fewer beside it changes none of its tickets."""
    found: list[int] = []
    for id in ids:
        mark = int.from_bytes(hashlib.sha256(id.encode()).digest()[:2], "big") & 0x7FFF
        while mark in found:
            mark = (mark + 1) & 0x7FFF
        found.append(mark)
    return found


def _hit(world: World, people: Population, extra: Extra, mark: int) -> Floats:
    """Cumulative weights of the customers of the accounts that an extra hits, at least one account."""
    accounts = np.arange(len(people.segment), dtype=np.uint64)
    lots = uniforms(np.uint64(world.seed), int(Purpose.INCIDENT_TARGET), accounts, mark)
    hit = accounts == extra.account if extra.account >= 0 else lots < max(extra.accounts, lots.min() + 1e-15)
    share = np.where(hit[people.account], np.diff(people.weight, prepend=0.0), 0.0)
    total = np.cumsum(share)
    weight: Floats = total / total[-1]
    weight[np.flatnonzero(share)[-1] :] = 1.0
    return weight


@nb.njit(cache=True, nogil=True)
def _height(shape: int, at: float) -> float:
    """How much of an extra's volume there is at a share of its window."""
    if shape == 0:
        return 1.0
    return at if shape == 1 else math.exp(-FADING * at)


@nb.njit(cache=True, nogil=True)
def _extras(
    seed: np.uint64,
    first: int,
    left: Floats,
    right: Floats,
    day: Floats,
    zone: NDArray[np.int32],
    week: NDArray[np.int32],
    local_day: NDArray[np.int32],
    starts: NDArray[np.int64],
    streams: Rows,
    rows: Rows,
) -> int:
    """Arrivals of all streams, one stream after the other; ``cause`` is the stream for the moment."""
    used = 0
    ordinals = np.zeros(len(streams), np.int64)
    for place in range(len(streams)):
        s = streams[place]
        class_, z = s.class_, zone[s.class_]
        span = float(s.end - s.start)
        for quarter in range(max(0, s.start // QUARTER), min(week.shape[1], -(-s.end // QUARTER))):
            begin = quarter * QUARTER
            level = s.volume * day[class_, local_day[z, quarter]]
            low = level * left[class_, week[z, quarter]]
            high = level * right[class_, week[z, quarter]]
            ends = max(0.0, (begin - s.start) / span), min(1.0, (begin + QUARTER - s.start) / span)
            most = max(low, high) * max(_height(s.shape, ends[0]), _height(s.shape, ends[1]))
            if most <= 0.0:
                continue
            key: Any = s.key | np.uint64(first + quarter)
            candidate: Any = np.int64(s.number) << 32
            time = exponential(seed, _ARRIVAL, key, candidate) / most
            while time < QUARTER:
                at = begin + np.int64(time)
                if s.start <= at < s.end and at >= starts[class_]:
                    here = (low + (high - low) * time / QUARTER) * _height(s.shape, (at - s.start) / span)
                    if uniform(seed, _THIN, key, candidate) * most < here:
                        if used < len(rows):
                            row = rows[used]
                            row.time = at
                            row.key = s.key | np.uint64(ordinals[s.slot])
                            row.class_ = class_
                            row.cause = place
                        ordinals[s.slot] += 1
                        used += 1
                candidate += 1
                time += exponential(seed, _ARRIVAL, key, candidate) / most
    return used


@nb.njit(cache=True, nogil=True)
def _merged(rows: Rows, extra: Rows) -> Rows:
    """Two sorted arrays as one; at the same time and in the same class the ordinary one goes first."""
    made = np.empty_like(np.concatenate((rows, extra)))
    i, j = 0, 0
    for place in range(len(made)):
        first = j == len(extra)
        if not first and i < len(rows):
            a, b = rows[i], extra[j]
            first = a.time < b.time or (a.time == b.time and a.class_ <= b.class_)
        if first:
            made[place] = rows[i]
            i += 1
        else:
            made[place] = extra[j]
            j += 1
    return made


# ---------------------------------------------------------------- who, how urgent, in which language


def _shares(world: World) -> tuple[Floats, Floats]:
    """Cumulative shares of priorities and of languages; shape (classes, 4) and (classes, languages)."""
    width = max((len(one.languages) for one in world.classes), default=1)
    priorities = np.cumsum(np.array([one.priorities for one in world.classes]).reshape(-1, 4), axis=1)
    languages = np.zeros((len(world.classes), width))
    for place, one in enumerate(world.classes):
        languages[place, : len(one.languages)] = [share for _, share in one.languages]
    spoken = np.cumsum(languages, axis=1)
    return priorities / priorities[:, -1:], spoken / spoken[:, -1:]


@nb.njit(cache=True, nogil=True)
def _guides(weights: Floats) -> NDArray[np.int32]:
    """Where to begin looking for a share (Chen, Asau 1974): for each j of n the first weight not below j / n."""
    rows, n = weights.shape
    made = np.empty((rows, n + 1), np.int32)
    for row in range(rows):
        at = 0
        for j in range(n + 1):
            while at < n - 1 and weights[row, at] < j / n:
                at += 1
            made[row, j] = at
    return made


@nb.njit(cache=True, nogil=True)
def _attributes(
    seed: np.uint64,
    rows: Rows,
    streams: Rows,
    weights: Floats,
    guides: NDArray[np.int32],
    priorities: Floats,
    languages: Floats,
) -> None:
    n = weights.shape[1]
    for place in range(len(rows)):
        row = rows[place]
        of = 0
        if row.cause >= 0:
            of = streams[row.cause].customers
            row.cause = streams[row.cause].cause
        lot = uniform(seed, _CUSTOMER, row.key, 0)
        customer = guides[of, np.int64(lot * n)]
        while weights[of, customer] < lot:
            customer += 1
        row.customer = customer
        row.priority = _rank(priorities[row.class_], uniform(seed, _PRIORITY, row.key, 0))
        row.language = _rank(languages[row.class_], uniform(seed, _LANGUAGE, customer, 0))


@nb.njit(cache=True, nogil=True)
def _rank(shares: Floats, lot: float) -> int:
    for rank in range(len(shares) - 1):
        if lot < shares[rank]:
            return rank
    return len(shares) - 1
