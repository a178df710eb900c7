"""The scan: blocks of one role after another, whole numbers only, the exact k best.

Rows of a block stand by ascending tie. Once the list is full, a row is left as soon as what it still could get does not
reach the worst that is in, and so is a whole block; filters alone make every row be looked at, since they are counted.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from maitred.insight.ranking.index import filtering
from maitred.insight.ranking.index.compiled import door, inlined, sources_digest
from maitred.insight.ranking.index.heaps import offer
from maitred.insight.ranking.scoring.tables import LONGEST_LIST

_DIGEST = sources_digest()
FULL = 1000

W_ROLE, W_PLACE, W_YEARS, W_LEAD, W_EDUCATION, W_TEAM, W_RECENCY = range(7)
W_SETS = 7
"""Weights: seven features, then the five sets."""
N_SUPPORT, N_TOTAL, N_LEAD, N_EDUCATION, N_EQUIVALENT, N_TEAM, N_PLACE, N_REMOTE, N_TODAY = range(9)
"""Numbers that a query asks for; −1 for none (``N_PLACE`` and ``N_REMOTE``: 1 for asked)."""
CHUNK = 1024
"""Rows of which an upper bound is worked out at a time, in a form that the processor does several at once."""
SLACK = 256
"""More than single precision can be off by: what is bounded is scored exactly afterwards."""
UNIT = 200
LONGEST_TOOLS, LONGEST_SKILLS = LONGEST_LIST["tools"], LONGEST_LIST["skills"]
"""Every value of a member of a set is a multiple of it."""


@inlined
def _time(have: Any, wanted: Any, unknown: Any) -> Any:
    if have < 0:
        return unknown
    short = wanted - have
    if short <= 0:
        return FULL
    value = FULL - 28 * short
    return value if value > 0 else 0


@inlined
def _place(i: Any, city: Any, remote: Any, place_values: Any, asks: Any) -> Any:
    best = 0
    if asks[N_PLACE] == 1:
        row = city[i]
        best = place_values[row] if row >= 0 else place_values[place_values.shape[0] - 1]
    if asks[N_REMOTE] == 1:
        said = remote[i]
        other = 1000 if said == 1 else (300 if said < 0 else 0)
        best = other if other > best else best
    return best


@inlined
def _years(i: Any, support: Any, total: Any, asks: Any) -> Any:
    best = FULL
    if asks[N_SUPPORT] >= 0:
        best = _time(support[i], asks[N_SUPPORT], 400)
    if asks[N_TOTAL] >= 0:
        other = _time(total[i], asks[N_TOTAL], 400)
        best = other if other < best else best
    return best


@inlined
def _education(i: Any, education: Any, support: Any, asks: Any) -> Any:
    have, wanted = education[i], asks[N_EDUCATION]
    if asks[N_EQUIVALENT] >= 0 and support[i] >= asks[N_EQUIVALENT]:
        return 1000
    if have < 0:
        return 400
    if have >= wanted:
        return 1000
    return 600 if have == wanted - 1 else 0


@inlined
def _team(have: Any, wanted: Any) -> Any:
    if have < 0:
        return 400
    return 1000 if have >= wanted else FULL * have // wanted


@inlined
def _recency(months: Any) -> Any:
    if months < 0:
        return 400
    if months <= 12:
        return 1000
    return 0 if months >= 72 else FULL * (72 - months) // 60


@inlined
def _ones(word: Any) -> Any:
    """How many bits of a word are set."""
    count = 0
    while word != 0:
        word &= word - 1
        count += 1
    return count


@inlined
def _believed(i: Any, bits: Any, listed: Any) -> Any:
    """Whether a list is short enough to show anything: of tools the one word, of skills its four."""
    if listed == 1:
        return _ones(bits[1, i]) <= LONGEST_TOOLS
    return _ones(bits[6, i]) + _ones(bits[7, i]) + _ones(bits[8, i]) + _ones(bits[9, i]) <= LONGEST_SKILLS


@inlined
def _sets(i: Any, bits: Any, items: Any, means: Any, weights: Any) -> Any:
    """Points of all sets: of each asked member the best of its group, of each set the mean."""
    points = 0
    total = 0
    best = 0
    count = items.shape[0]
    for n in range(count):
        value = 0
        if (bits[items[n, 2], i] >> items[n, 4]) & 1:
            value = 5
        elif items[n, 3] >= 0 and (bits[items[n, 3], i] >> items[n, 4]) & 1 and _believed(i, bits, items[n, 3]):
            value = 2
        best = value if value > best else best
        last_of_set = n + 1 == count or items[n + 1, 0] != items[n, 0]
        if last_of_set or items[n + 1, 1] != items[n, 1]:
            total += best
            best = 0
        if last_of_set:
            points += weights[W_SETS + items[n, 0]] * means[items[n, 0], total]
            total = 0
    return points


@inlined
def _bounded(
    bounds: Any, first: Any, count: Any, role_value: Any, weights: Any, w_place: Any, w_years: Any, w_lead: Any,
    asks: Any, role_p: Any, support: Any, lead: Any, since: Any, city: Any, remote: Any, place_values: Any, rest: Any,
    place_most: Any, place_least: Any,
) -> None:  # fmt: skip
    """What each row of a chunk can have at most: role, place, years and recency as they are, the rest in full."""
    of_role = np.float32(weights[W_ROLE] * role_value) / np.float32(1000)
    base = np.float32(rest + SLACK)
    if place_most == place_least:
        base += np.float32(w_place * place_most)
    for j in range(count):
        bounds[j] = base + of_role * np.float32(role_p[first + j])
    if w_place > 0 and place_most != place_least:
        heavy = np.float32(w_place)
        last = place_values.shape[0] - 1
        if asks[N_REMOTE] != 1:
            for j in range(count):
                row = city[first + j]
                bounds[j] += heavy * np.float32(place_values[row if row >= 0 else last])
        else:
            near = asks[N_PLACE] == 1
            for j in range(count):
                row = city[first + j]
                value = np.int64(place_values[row if row >= 0 else last]) if near and last > 0 else 0
                said = remote[first + j]
                other = 1000 if said == 1 else (300 if said < 0 else 0)
                bounds[j] += heavy * np.float32(other if other > value else value)
    if w_years > 0 and asks[N_SUPPORT] >= 0:
        heavy, wanted = np.float32(w_years), np.float32(asks[N_SUPPORT])
        for j in range(count):
            bounds[j] += heavy * _bound_of_time(np.float32(support[first + j]), wanted, np.float32(400))
    elif w_years > 0:
        for j in range(count):
            bounds[j] += np.float32(w_years * FULL)
    if w_lead > 0:
        heavy, wanted = np.float32(w_lead), np.float32(asks[N_LEAD])
        for j in range(count):
            bounds[j] += heavy * _bound_of_time(np.float32(lead[first + j]), wanted, np.float32(500))
    if weights[W_RECENCY] > 0:
        heavy = np.float32(weights[W_RECENCY])
        for j in range(count):
            bounds[j] += heavy * _bound_of_recency(np.float32(since[first + j]))


@inlined
def _bounded_by_sets(bounds: Any, first: Any, count: Any, bits: Any, items: Any, shares: Any, most: Any) -> None:
    """The same with the sets as they are; of members that may stand for each other the sum, which is never less."""
    for j in range(count):
        bounds[j] -= np.float32(most)
    for n in range(items.shape[0]):
        full, part = shares[n], np.float32(0.4) * shares[n]
        dated, mark = bits[items[n, 2]], np.int64(1) << items[n, 4]
        if items[n, 3] < 0:
            for j in range(count):
                bounds[j] += full if dated[first + j] & mark else np.float32(0)
        else:
            listed = bits[items[n, 3]]
            for j in range(count):
                less = part if listed[first + j] & mark else np.float32(0)
                bounds[j] += full if dated[first + j] & mark else less


@inlined
def _reached(bounds: Any, count: Any, worst: Any) -> Any:
    """Whether any of a chunk can still get in."""
    found = False
    for j in range(count):
        found |= bounds[j] >= worst
    return found


@inlined
def _bound_of_time(have: Any, wanted: Any, unknown: Any) -> Any:
    value = np.float32(1000) - np.float32(28) * (wanted - have)
    value = value if value < np.float32(1000) else np.float32(1000)
    value = value if value > np.float32(0) else np.float32(0)
    return value if have >= np.float32(0) else unknown


@inlined
def _bound_of_recency(months: Any) -> Any:
    value = np.float32(1200) - months * np.float32(1000.0 / 60.0)
    value = value if value < np.float32(1000) else np.float32(1000)
    value = value if value > np.float32(0) else np.float32(0)
    return value if months >= np.float32(0) else np.float32(400)


@door  # type: ignore[untyped-decorator]
def scan(
    role_p: Any, support: Any, total: Any, lead: Any, since: Any, city: Any, remote: Any, education: Any, team: Any,
    bits: Any, tie: Any, hide_after: Any, blocks: Any, place_values: Any, asks: Any, weights: Any, items: Any,
    means: Any, filters: Any, modes: Any, filter_roles: Any, filter_places: Any, base: Any, scores: Any, ties: Any,
    rows: Any, open_scores: Any, open_ties: Any, open_rows: Any, counts: Any, removed: Any,
) -> None:  # fmt: skip
    """Look through ``blocks`` of one segment, as ``scanning.blocks_for`` cuts them.

    ``scores, ties, rows`` take the best, ``open_…`` the best of those of whom a must cannot be told; ``counts`` are
    how many are in each, how many were looked at and, where filters are, how many passed; ``removed`` those that each
    group of filters removed.
    """
    digest = _DIGEST  # noqa: F841 - makes the cache's key follow every source of the kernel
    size, open_size = counts[0], counts[1]
    today = asks[N_TODAY]
    sets = items.shape[0] > 0
    most_sets = 0
    for n in range(items.shape[0]):
        if n == 0 or items[n, 0] != items[n - 1, 0]:
            most_sets += weights[W_SETS + items[n, 0]] * FULL
    w_education = weights[W_EDUCATION] if asks[N_EDUCATION] >= 0 else 0
    w_team = weights[W_TEAM] if asks[N_TEAM] >= 0 else 0
    w_place = weights[W_PLACE] if asks[N_PLACE] == 1 or asks[N_REMOTE] == 1 else 0
    w_years = weights[W_YEARS] if asks[N_SUPPORT] >= 0 or asks[N_TOTAL] >= 0 else 0
    w_lead = weights[W_LEAD] if asks[N_LEAD] >= 0 else 0
    w_role, w_recency = weights[W_ROLE], weights[W_RECENCY]
    most_late = most_sets + (w_education + w_team + w_recency) * FULL
    most_rest = most_late + (w_years + w_lead) * FULL
    most_unbounded = most_sets + (w_education + w_team) * FULL
    bounds = np.empty(CHUNK, np.float32)
    shares = np.empty(items.shape[0], np.float32)
    for n in range(items.shape[0]):
        groups = 1
        for other in range(1, items.shape[0]):
            same = items[other, 0] == items[n, 0] and items[other - 1, 0] == items[n, 0]
            groups += same and items[other, 1] != items[other - 1, 1]
        shares[n] = np.float32(weights[W_SETS + items[n, 0]] * FULL) / np.float32(groups)
    bounded, first = 0, 0
    room = scores.shape[0]
    filtered = modes.shape[0] > 0
    for block in range(blocks.shape[0]):
        role, begin, end = blocks[block, 0], blocks[block, 1], blocks[block, 2]
        role_value, leads = blocks[block, 3], blocks[block, 4] == 1
        place_most, place_least = blocks[block, 5], blocks[block, 6]
        all_seen = blocks[block, 7] == 1
        looked = end - begin
        if not all_seen:
            looked = 0
            for i in range(begin, end):
                looked += hide_after[i] >= today
        counts[2] += looked
        if not filtered and size == room and w_role * role_value + w_place * place_most + most_rest < scores[0]:
            continue
        bounded = begin
        for i in range(begin, end):
            if not filtered and size == room:
                if i >= bounded:
                    first = i
                    bounded = min(end, i + CHUNK)
                    _bounded(
                        bounds, first, bounded - first, role_value, weights, w_place, w_years, w_lead, asks, role_p,
                        support, lead, since, city, remote, place_values, most_unbounded, place_most, place_least,
                    )  # fmt: skip
                    if sets and _reached(bounds, bounded - first, np.float32(scores[0])):
                        _bounded_by_sets(bounds, first, bounded - first, bits, items, shares, most_sets)
                if bounds[i - first] < scores[0]:
                    continue
            if not all_seen and hide_after[i] < today:
                continue
            unknown = False
            if filtered:
                passed = True
                n = 0
                for group in range(modes.shape[0]):
                    any_passes, any_unknown = False, False
                    while n < filters.shape[0] and filters[n, filtering.GROUP] == group:
                        found = filtering.state(
                            i, filters[n], role, support, total, lead, city, remote, education, team, bits,
                            filter_roles, filter_places,
                        )  # fmt: skip
                        any_passes |= found == filtering.PASSES
                        any_unknown |= found == filtering.UNKNOWN
                        n += 1
                    if modes[group] == filtering.NOT:
                        if any_passes:
                            removed[group] += 1
                            passed = False
                    elif not any_passes:
                        if any_unknown:
                            unknown = True
                        else:
                            removed[group] += 1
                            passed = False
                if not passed:
                    continue
                counts[3] += 1
            worst = -1
            if unknown:
                worst = open_scores[0] if open_size == open_scores.shape[0] else -1
            elif size == room:
                worst = scores[0]
            score = 0
            if role_value > 0:
                score = w_role * (role_value * role_p[i] // FULL)
            if w_place > 0:
                score += w_place * _place(i, city, remote, place_values, asks)
            if score + most_rest < worst:
                continue
            if w_years > 0:
                score += w_years * _years(i, support, total, asks)
            if w_lead > 0:
                score += w_lead * _time(lead[i], asks[N_LEAD], 500 if leads or team[i] > 0 else 400)
            if score + most_late < worst:
                continue
            if w_recency > 0:
                score += w_recency * _recency(since[i])
            if w_education > 0:
                score += w_education * _education(i, education, support, asks)
            if w_team > 0:
                score += w_team * _team(team[i], asks[N_TEAM])
            if score + most_sets < worst:
                continue
            if sets:
                score += _sets(i, bits, items, means, weights)
            if score < worst:
                continue
            if unknown:
                open_size = offer(open_scores, open_ties, open_rows, open_size, score, tie[i], base + i)
            else:
                size = offer(scores, ties, rows, size, score, tie[i], base + i)
    counts[0], counts[1] = size, open_size


@door  # type: ignore[untyped-decorator]
def cut(stretches: Any, runs: Any, place_values: Any, made: Any) -> Any:
    """Cut blocks of roles where the place's value falls from near to farther to nothing.

    ``stretches``: first row, end, first run, last run. ``made`` takes block, first row, end, highest and lowest value
    of the place. Returns how many there are; −1 where they are more than there is room for.
    """
    digest = _DIGEST  # noqa: F841
    count = 0
    for block in range(stretches.shape[0]):
        before = -1
        for run in range(stretches[block, 2], stretches[block, 3]):
            city = runs[0, run]
            value = place_values[city] if city >= 0 else place_values[place_values.shape[0] - 1]
            kind = 2 if value > 300 else (1 if value > 0 else 0)
            if kind == before:
                made[count - 1, 3] = max(made[count - 1, 3], value)
                made[count - 1, 4] = min(made[count - 1, 4], value)
                continue
            if count == made.shape[0]:
                return -1
            if before >= 0:
                made[count - 1, 2] = runs[1, run]
            made[count, 0] = block
            made[count, 1] = stretches[block, 0] if before < 0 else runs[1, run]
            made[count, 2] = stretches[block, 1]
            made[count, 3] = value
            made[count, 4] = value
            count += 1
            before = kind
    return count
