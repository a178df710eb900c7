"""The value of every feature of one profile, in plain Python: for explanations and for the search from a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from maitred.insight.ranking.columns import UNKNOWN, Features
from maitred.insight.ranking.scoring import tables
from maitred.insight.ranking.scoring.asked import BITS, NOT, SETS, Asked, Filter, Item, Kind


@dataclass(frozen=True, slots=True)
class Worth:
    """The value of one feature; ``known`` is False where the profile says nothing of it."""

    value: int
    known: bool = True


def score(row: Features, asked: Asked) -> int:
    """Σ weight × value."""
    return sum(asked.weight(name) * one.value for name, one in values(row, asked).items())


def values(row: Features, asked: Asked) -> dict[str, Worth]:
    """The value of every feature that counts."""
    return {name: _OF[name](row, asked) for name in asked.features}


def _role(row: Features, asked: Asked) -> Worth:
    assert asked.role_values is not None
    if row.role == UNKNOWN:
        return Worth(0, known=False)
    return Worth(int(asked.role_values[row.role]) * row.role_p // tables.FULL)


def _place(row: Features, asked: Asked) -> Worth:
    found: list[Worth] = []
    if asked.place_values is not None:
        found.append(Worth(int(asked.place_values[row.city]), row.city != UNKNOWN))
    if asked.remote:
        worth = {1: tables.FULL, 0: 0}.get(row.remote_ok, tables.UNKNOWN_PLACE)
        found.append(Worth(worth, row.remote_ok != UNKNOWN))
    return max(found, key=lambda one: (one.value, one.known))


def _time(have: int, wanted: int, unknown: int = tables.UNKNOWN) -> Worth:
    if have == UNKNOWN:
        return Worth(unknown, known=False)
    return Worth(max(0, tables.FULL - tables.MONTH_MISSING * max(0, wanted - have)))


def _years(row: Features, asked: Asked) -> Worth:
    found = []
    if asked.support_months >= 0:
        found.append(_time(row.months_support, asked.support_months))
    if asked.total_months >= 0:
        found.append(_time(row.months_total, asked.total_months))
    return min(found, key=lambda one: one.value)


def leads(row: Features) -> bool:
    """Whether somebody led at all, for however long."""
    return row.team_size > 0 or bool(tables.leading()[row.role])


def _lead_years(row: Features, asked: Asked) -> Worth:
    unknown = tables.LEADING_FOR_AN_UNKNOWN_TIME if leads(row) else tables.UNKNOWN
    return _time(row.months_lead, asked.lead_months, unknown)


def _education(row: Features, asked: Asked) -> Worth:
    if equivalent(row, asked.equivalent_months) or row.education >= asked.education:
        return Worth(tables.FULL)
    if row.education == UNKNOWN:
        return Worth(tables.UNKNOWN, known=False)
    return Worth(tables.ONE_STEP_UNDER if row.education == asked.education - 1 else 0)


def equivalent(row: Features, months: int) -> bool:
    """Whether experience stands for a degree."""
    return months >= 0 and row.months_support >= months


def _team_size(row: Features, asked: Asked) -> Worth:
    if row.team_size == UNKNOWN:
        return Worth(tables.UNKNOWN, known=False)
    return Worth(min(tables.FULL, tables.FULL * row.team_size // max(1, asked.team_size)))


def _recency(row: Features, _asked: Asked) -> Worth:
    months = row.months_since_support
    if months == UNKNOWN:
        return Worth(tables.UNKNOWN, known=False)
    span = tables.STALE_MONTHS - tables.FRESH_MONTHS
    return Worth(max(0, min(tables.FULL, tables.FULL * (tables.STALE_MONTHS - months) // span)))


def of_item(row: Features, item: Item) -> int:
    """The value of one asked member of a set."""
    if getattr(row, BITS[item.dated]) >> item.bit & 1:
        return tables.FULL
    if item.listed < 0 or not getattr(row, BITS[item.listed]) >> item.bit & 1:
        return 0
    return tables.LISTED if listed(row, item.feature) <= tables.LONGEST_LIST[item.feature] else 0


def listed(row: Features, feature: str) -> int:
    """How many tools or skills somebody lists."""
    words = ("tools_listed",) if feature == "tools" else tuple(f"skills_listed_{number}" for number in range(4))
    return sum(int(getattr(row, word)).bit_count() for word in words)


def _set(feature: str) -> Callable[[Features, Asked], Worth]:
    def mean(row: Features, asked: Asked) -> Worth:
        best: dict[int, int] = {}
        for item in asked.items:
            if item.feature == feature:
                best[item.group] = max(best.get(item.group, 0), of_item(row, item))
        return Worth(sum(best.values()) // len(best))

    return mean


_OF: Mapping[str, Callable[[Features, Asked], Worth]] = {
    "role": _role,
    "place": _place,
    "years": _years,
    "lead_years": _lead_years,
    **{name: _set(name) for name in SETS},
    "education": _education,
    "team_size": _team_size,
    "recency": _recency,
}


def passes(row: Features, asked: Asked) -> tuple[list[int], list[int]]:
    """Groups of filters that remove this profile, and groups that cannot be told of it."""
    failed: list[int] = []
    unknown: list[int] = []
    for group, mode in enumerate(asked.modes):
        states = [holds(row, one, asked) for one in asked.filters if one.group == group]
        if mode == NOT:
            if any(state is True for state in states):
                failed.append(group)
        elif not any(state is True for state in states):
            (unknown if any(state is None for state in states) else failed).append(group)
    return failed, unknown


def holds(row: Features, one: Filter, asked: Asked) -> bool | None:
    """Whether one filter holds of a profile; None where nobody can tell."""
    if one.kind is Kind.ROLE:
        return None if row.role == UNKNOWN else bool(asked.filter_roles[one.a, row.role])
    if one.kind is Kind.PLACE:
        return None if row.city == UNKNOWN else bool(asked.filter_places[one.a, row.city] == tables.FULL)
    if one.kind is Kind.REMOTE:
        return None if row.remote_ok == UNKNOWN else row.remote_ok == 1
    if one.kind is Kind.BIT:
        words = [getattr(row, BITS[column]) for column in (one.a, one.b) if column >= 0]
        if any(word >> one.c & 1 for word in words):
            return True
        return None if one.d and not any(words) else False
    if one.kind is Kind.EDUCATION:
        if equivalent(row, one.b):
            return True
        return None if row.education == UNKNOWN else row.education >= one.a
    have, wanted = {
        Kind.YEARS: (row.months_total if one.a else row.months_support, one.b),
        Kind.LEAD: (row.months_lead, one.b),
        Kind.TEAM: (row.team_size, one.a),
    }[one.kind]
    return None if have == UNKNOWN else have >= wanted
