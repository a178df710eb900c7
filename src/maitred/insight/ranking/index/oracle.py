"""The same score as portable SQL: CASE on whole numbers over the profiles' table, for DuckDB and Spark alike.

It shares the tables of values with the kernel and none of its code, which makes it the judge of the kernel.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from maitred.insight.ranking.index.searching import OPEN_LIMIT, Found, Hit
from maitred.insight.ranking.scoring import tables
from maitred.insight.ranking.scoring.asked import BITS, MUST, SETS, Asked, Filter, Kind

if TYPE_CHECKING:
    from maitred.warehouse.engines import Engine

TABLE = "profiles"
BEST, OPEN, CONSIDERED, EVERYBODY, REMOVED = range(5)
"""What a row of an answer is; from the last on, one kind for each group of filters."""


def search(
    engine: Engine, asked: Asked, limit: int, as_of: date, *, open_limit: int = OPEN_LIMIT, version: int = 0
) -> Found:
    """The best by SQL on an engine that knows the table of profiles."""
    from sqlglot import exp, parse_one

    query = parse_one(_text(asked, limit, open_limit, as_of), read="spark")
    assert isinstance(query, exp.Query)
    return found_of(engine.query(query).to_pylist(), asked, limit, open_limit, version)


def found_of(rows: list[dict[str, int]], asked: Asked, limit: int, open_limit: int, version: int) -> Found:
    """What rows of answers and of counts, of one place or of several, say together."""

    def total(kind: int) -> int:
        return sum(int(row["score"]) for row in rows if row["kind"] == kind)

    def best(kind: int, most: int) -> tuple[Hit, ...]:
        ordered = sorted((row for row in rows if row["kind"] == kind), key=lambda row: (-row["score"], row["tie"]))
        return tuple(Hit(row["key"], row["score"], row["tie"]) for row in ordered[:most])

    removed = tuple(total(REMOVED + group) for group in range(len(asked.modes)))
    return Found(version, total(EVERYBODY), best(BEST, limit), best(OPEN, open_limit), total(CONSIDERED), removed)


def _text(asked: Asked, limit: int, open_limit: int, as_of: date) -> str:
    parts = [_ranked(BEST, "`open` = 0", limit)]
    if asked.modes:
        parts.append(_ranked(OPEN, "`open` = 1", open_limit))
    counts = {CONSIDERED: "COUNT(*)", **{REMOVED + group: f"SUM(failed_{group})" for group in range(len(asked.modes))}}
    parts += [_counted(kind, what, "scored") for kind, what in counts.items()]
    parts.append(_counted(EVERYBODY, "COUNT(*)", TABLE))
    return f"WITH scored AS ({scored(asked, as_of)}) {' UNION ALL '.join(parts)}"


def _ranked(kind: int, which: str, limit: int) -> str:
    return (
        f"SELECT * FROM (SELECT {kind} AS kind, `key`, tie, score FROM scored WHERE closed = 1 AND {which} "
        f"ORDER BY score DESC, tie LIMIT {limit:d}) AS best_{kind}"
    )


def _counted(kind: int, what: str, table: str) -> str:
    nothing = "CAST(0 AS BIGINT)"
    count = f"CAST(COALESCE({what}, 0) AS BIGINT)"
    return f"SELECT {kind} AS kind, {nothing} AS `key`, {nothing} AS tie, {count} AS score FROM {table}"


def scored(asked: Asked, as_of: date) -> str:
    """Everybody who is looked at, with score, what failed, and whether a must cannot be told."""
    roles = asked.asked_roles()
    conditions = [f"hide_after >= CAST('{as_of.isoformat()}' AS DATE)"]
    if roles is not None:
        conditions.append(_in("role", roles))
    terms = [f"{asked.weight(name)} * ({_value(name, asked)})" for name in asked.features if asked.weight(name)]
    score = " + ".join(terms) or "0"
    failed, unknown = _groups(asked)
    columns = [f"`key`, tie, CAST({score} AS BIGINT) AS score"]
    columns += [f"CASE WHEN {one} THEN 1 ELSE 0 END AS failed_{group}" for group, one in enumerate(failed)]
    columns.append(f"CASE WHEN {_any(failed)} THEN 0 ELSE 1 END AS closed")
    columns.append(f"CASE WHEN {_any(unknown)} THEN 1 ELSE 0 END AS `open`")
    joins = ""
    if asked.place_values is not None:
        joins += _join("place", asked.place_values)
    for one in asked.filters:
        if one.kind is Kind.PLACE:
            full = np.where(asked.filter_places[one.a] == tables.FULL, tables.FULL, 0)
            joins += _join(f"town_{one.a}", full)
    return f"SELECT {', '.join(columns)} FROM {TABLE}{joins} WHERE {' AND '.join(conditions)}"


def _join(name: str, values: np.ndarray) -> str:
    """The cities that are worth anything, joined as one text: thousands of rows of VALUES take seconds to be read."""
    rows = np.nonzero(values[:-1])[0]
    pairs = ",".join(f"{row:d}:{int(values[row]):d}" for row in rows) or "-2:0"
    town, worth = (f"CAST(SPLIT_PART(pair, ':', {place}) AS INT)" for place in (1, 2))
    listed = f"SELECT EXPLODE(SPLIT('{pairs}', ',')) AS pair"
    towns = f"SELECT {town} AS town, {worth} AS worth FROM ({listed}) AS pairs_of_{name}"
    return f" LEFT JOIN ({towns}) AS {name} ON {TABLE}.city = {name}.town"


def _value(feature: str, asked: Asked) -> str:
    if feature == "role":
        return _role(asked)
    if feature == "place":
        return _place(asked)
    if feature in SETS:
        return _set(feature, asked)
    if feature == "years":
        return _years(asked)
    if feature == "lead_years":
        leading = _in("role", np.nonzero(tables.leading()[:-1])[0])
        unknown = (
            f"CASE WHEN team_size > 0 OR {leading} THEN {tables.LEADING_FOR_AN_UNKNOWN_TIME} ELSE {tables.UNKNOWN} END"
        )
        return _time("months_lead", asked.lead_months, unknown)
    if feature == "education":
        return _education(asked)
    if feature == "team_size":
        reached = f"CASE WHEN team_size >= {asked.team_size} THEN {tables.FULL} ELSE "
        part = _floored(f"{tables.FULL} * CAST(team_size AS BIGINT)", max(1, asked.team_size))
        return f"CASE WHEN team_size < 0 THEN {tables.UNKNOWN} ELSE {reached}{part} END END"
    span = tables.STALE_MONTHS - tables.FRESH_MONTHS
    months = "CAST(months_since_support AS BIGINT)"
    return (
        f"CASE WHEN {months} < 0 THEN {tables.UNKNOWN} WHEN {months} <= {tables.FRESH_MONTHS} THEN {tables.FULL} "
        f"WHEN {months} >= {tables.STALE_MONTHS} THEN 0 "
        f"ELSE {_floored(f'{tables.FULL} * ({tables.STALE_MONTHS} - {months})', span)} END"
    )


def _role(asked: Asked) -> str:
    roles, values = asked.asked_roles(), asked.role_values
    assert roles is not None and values is not None
    named = " ".join(f"WHEN {number:d} THEN {int(values[number]):d}" for number in roles)
    value = f"CASE role {named} ELSE 0 END" if named else "0"
    return _floored(f"({value}) * CAST(role_p AS BIGINT)", tables.FULL)


def _place(asked: Asked) -> str:
    city = f"CASE WHEN city < 0 THEN {tables.UNKNOWN_PLACE} ELSE COALESCE(place.worth, 0) END"
    remote = f"CASE remote_ok WHEN 1 THEN {tables.FULL} WHEN 0 THEN 0 ELSE {tables.UNKNOWN_PLACE} END"
    if asked.place_values is None:
        return remote
    return f"CASE WHEN ({remote}) > ({city}) THEN {remote} ELSE {city} END" if asked.remote else city


def _years(asked: Asked) -> str:
    pairs = (("months_support", asked.support_months), ("months_total", asked.total_months))
    found = [_time(name, wanted, str(tables.UNKNOWN)) for name, wanted in pairs if wanted >= 0]
    return found[0] if len(found) == 1 else f"CASE WHEN ({found[0]}) < ({found[1]}) THEN {found[0]} ELSE {found[1]} END"


def _time(column: str, wanted: int, unknown: str) -> str:
    have = f"CAST({column} AS BIGINT)"
    short = f"{tables.FULL} - {tables.MONTH_MISSING} * ({wanted} - {have})"
    return (
        f"CASE WHEN {have} < 0 THEN {unknown} WHEN {have} >= {wanted} THEN {tables.FULL} "
        f"WHEN {short} < 0 THEN 0 ELSE {short} END"
    )


def _education(asked: Asked) -> str:
    equal = f"WHEN months_support >= {asked.equivalent_months} THEN {tables.FULL} "
    return (
        f"CASE {equal if asked.equivalent_months >= 0 else ''}WHEN education < 0 THEN {tables.UNKNOWN} "
        f"WHEN education >= {asked.education} THEN {tables.FULL} "
        f"WHEN education = {asked.education - 1} THEN {tables.ONE_STEP_UNDER} ELSE 0 END"
    )


def _set(feature: str, asked: Asked) -> str:
    groups: dict[int, list[str]] = {}
    listed: dict[int, list[str]] = {}
    for one in asked.items:
        if one.feature == feature:
            groups.setdefault(one.group, []).append(_has(BITS[one.dated], one.bit))
            if one.listed >= 0:
                listed.setdefault(one.group, []).append(_has(BITS[one.listed], one.bit))
    best = []
    for group, dated in groups.items():
        other = (
            f"WHEN ({_any(listed[group])}) AND {_believed(feature)} THEN {tables.LISTED} " if group in listed else ""
        )
        best.append(f"CASE WHEN {_any(dated)} THEN {tables.FULL} {other}ELSE 0 END")
    return _floored(" + ".join(best), len(best))


def _believed(feature: str) -> str:
    """Whether a list is short enough to show anything."""
    columns = ["tools_listed"] if feature == "tools" else [f"skills_listed_{number}" for number in range(4)]
    return f"({' + '.join(f'BIT_COUNT({one})' for one in columns)}) <= {tables.LONGEST_LIST[feature]}"


def _has(column: str, bit: int) -> str:
    return f"({column} & {1 << bit:d}) <> 0"


def _floored(value: str, by: int) -> str:
    """Whole division of what is not negative, in words that every engine reads alike."""
    return f"({value})" if by == 1 else f"CAST((({value}) - (({value}) % {by})) / {by} AS BIGINT)"


def _groups(asked: Asked) -> tuple[list[str], list[str]]:
    """Of each group of filters: when it removes somebody; of each must: when it cannot be told."""
    failed, unknown = [], []
    for group, mode in enumerate(asked.modes):
        states = [_states(one, asked) for one in asked.filters if one.group == group]
        holds, open_ = _any([one["holds"] for one in states]), _any([one["unknown"] for one in states])
        if mode == MUST:
            failed.append(f"NOT ({holds}) AND NOT ({open_})")
            unknown.append(f"NOT ({holds}) AND ({open_})")
        else:
            failed.append(holds)
    return failed, unknown


def _states(one: Filter, asked: Asked) -> Mapping[str, str]:
    nobody = "1 = 0"
    if one.kind is Kind.ROLE:
        return {"holds": _in("role", np.nonzero(asked.filter_roles[one.a][:-1])[0]), "unknown": "role < 0"}
    if one.kind is Kind.PLACE:
        return {"holds": f"city >= 0 AND COALESCE(town_{one.a}.worth, 0) = {tables.FULL}", "unknown": "city < 0"}
    if one.kind is Kind.REMOTE:
        return {"holds": "remote_ok = 1", "unknown": "remote_ok < 0"}
    if one.kind is Kind.BIT:
        columns = [BITS[column] for column in (one.a, one.b) if column >= 0]
        nothing = " AND ".join(f"{column} = 0" for column in columns)
        return {"holds": _any([_has(column, one.c) for column in columns]), "unknown": nothing if one.d else nobody}
    if one.kind is Kind.EDUCATION:
        equal = f"months_support >= {one.b}" if one.b >= 0 else nobody
        return {"holds": f"{equal} OR (education >= 0 AND education >= {one.a})", "unknown": "education < 0"}
    column, wanted = {
        Kind.YEARS: ("months_total" if one.a else "months_support", one.b),
        Kind.LEAD: ("months_lead", one.b),
        Kind.TEAM: ("team_size", one.a),
    }[one.kind]
    return {"holds": f"{column} >= 0 AND {column} >= {wanted}", "unknown": f"{column} < 0"}


def _any(conditions: Iterable[str]) -> str:
    return " OR ".join(f"({one})" for one in conditions) or "1 = 0"


def _in(column: str, numbers: Iterable[int]) -> str:
    listed = ", ".join(f"{int(one):d}" for one in numbers)
    return f"{column} IN ({listed})" if listed else "1 = 0"
