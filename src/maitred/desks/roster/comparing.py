"""People beside each other: case mix made alike, values shrunken, and only those told apart who can be.

The statistics are those of ``insight.compare``; this says which rows, which people and which mix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import numpy as np
from sqlglot import exp, parse_one

from maitred.desks.roster.figures import MEASURES, Period
from maitred.insight.compare import Comparison, compare
from maitred.insight.datasets import DataSet
from maitred.kit.reading import Reading
from maitred.metrics import views
from maitred.metrics.catalogue import METRICS
from maitred.metrics.scope import Scope
from maitred.metrics.windows import midnight

External = tuple[str, str]
FEWEST = 30
"""Rows that each person compared must have."""
FEWEST_SHRUNKEN = 10
"""Rows of somebody whose own share is drawn towards everybody's and not held against anybody's."""
MIX = ("channel", "priority", "group")
"""Facts known before anybody worked on a ticket, for which cases are made alike when people are compared."""
ALONE = ("channel", "priority")
"""The same for somebody's own share, which is held against nobody's: a group served by one alone says nothing."""
COMPARED = ("satisfaction", "durable", "targets", "first_reply", "resolution")

_QUIET = (
    "CASE WHEN NOT COALESCE(UNIX_MICROS(first_reopened_at) - UNIX_MICROS(first_solved_at) <= 604800000000, FALSE)"
    " AND NOT COALESCE(UNIX_MICROS(next_contact_at) - UNIX_MICROS(first_solved_at) <= 604800000000, FALSE)"
    " THEN 1 ELSE 0 END"
)
"""Neither reopened nor followed by a new ticket of that customer within seven days, as durable resolution says it."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison of persons, by their numbers as texts; ``few`` are those with too few rows, with how many."""

    kind: Literal["share", "duration"]
    metric: str
    unit: str
    found: Comparison
    few: Mapping[int, int]


def people(
    found: Reading,
    measure: str,
    agents: Mapping[int, frozenset[External]],
    fewest: int = FEWEST,
    mix: Sequence[str] = MIX,
) -> Compared:
    """Compare persons on a measure.

    Parameters
    ----------
    agents
        Helpdesk users of each person compared.
    fewest
        Rows that each must have; whoever has fewer is left out and named apart.
    mix
        What is made alike.
    """
    key = (
        "roster_compare",
        tuple(mix),
        measure,
        fewest,
        tuple(sorted((one, tuple(sorted(those))) for one, those in agents.items())),
    )
    made: Compared = found.memory.remembered(key, lambda: _people(found, measure, agents, fewest, mix))
    return made


def _people(
    found: Reading, measure: str, agents: Mapping[int, frozenset[External]], fewest: int, mix: Sequence[str]
) -> Compared:
    metric = METRICS[MEASURES[measure].id(found.hours)]
    kind: Literal["share", "duration"] = "share" if metric.unit == "share" else "duration"
    rows = _rows(found, metric.id)
    sources = sorted(found.publication.sources)
    owner = {external: str(person) for person, those in agents.items() for external in those}
    subjects = [_owner(owner, one, sources) for one in rows["assignee"]]
    values = np.asarray(rows["value"], np.float64)
    kept = np.array([one is not None for one in subjects], bool) & ~np.isnan(values)
    if kind == "duration":
        kept &= values > 0
    n: dict[str, int] = {}
    for one, there in zip(subjects, kept.tolist(), strict=True):
        if there and one is not None:
            n[one] = n.get(one, 0) + 1
    enough = {one for one, many in n.items() if many >= fewest}
    kept &= np.array([one in enough for one in subjects], bool)
    columns: dict[str, Any] = {"subject": subjects, "value": values, **{name: rows[name] for name in mix}}
    data = DataSet("", columns, len(subjects)).kept(kept)
    few = {person: n.get(str(person), 0) for person in agents if str(person) not in enough}
    return Compared(kind, metric.id, metric.unit, compare(data, kind, mix), few)


def _rows(found: Reading, metric: str) -> Mapping[str, Sequence[Any]]:
    """All rows of a metric in the period with whom they are of and their case mix, read once for a publication."""
    period = Period.of(found)
    key = ("roster_rows", metric, period)

    def make() -> Mapping[str, Sequence[Any]]:
        behind = found.ask.tickets(
            metric, period.first.isoformat(), period.last.isoformat(), ("assignee", *MIX), None, period.zone,
            scope=Scope.everything(),
        )  # fmt: skip
        table = behind.rows
        if "censored" in table.column_names:
            import pyarrow.compute as pc

            table = table.filter(pc.invert(pc.fill_null(table["censored"], False)))
        values = [float("nan") if one is None else float(one) for one in table["value"].to_pylist()]
        columns = {name: [one or "" for one in table[name].to_pylist()] for name in ("assignee", *MIX)}
        return {"value": values, **columns}

    made: Mapping[str, Sequence[Any]] = found.memory.remembered(key, make)
    return made


def _owner(owner: Mapping[External, str], word: str, sources: Sequence[str]) -> str | None:
    """The person behind a value of the dimension: with its source, or bare where there is one source only."""
    source, colon, external = word.partition(":")
    if colon and (source, external) in owner:
        return owner[source, external]
    return owner.get((sources[0], word)) if len(sources) == 1 else None


@dataclass(frozen=True, slots=True)
class Matched:
    """Bot and people on like tickets: lasting solutions of what either solved alone."""

    n_bot: int
    durable_bot: int
    n_human: int
    durable_human: int
    found: Comparison


def bot_and_people(found: Reading, groups: frozenset[External] | None) -> Matched:
    """Compare what bots and what people solved alone, on channel, priority and group made alike.

    Only tickets solved seven days before as-of or earlier count. ``groups`` keeps those of some helpdesk groups.
    """
    key = ("roster_bots", None if groups is None else tuple(sorted(groups)))
    made: Matched = found.memory.remembered(key, lambda: _matched(found, groups))
    return made


def _matched(found: Reading, groups: frozenset[External] | None) -> Matched:
    views.prepare(found.ask.engine, "ticket_recontact")
    period = Period.of(found)
    first, last = (int(one.timestamp()) * 1_000_000 for one in (
        midnight(period.first, found.zone), found.as_of - timedelta(days=7)
    ))  # fmt: skip
    query = (
        exp.select("handled_by", "source_id", "group_at_first_solve", "channel", "priority_at_created")
        .select(exp.alias_(parse_one(_QUIET), "value"))
        .from_("ticket_recontact")
        .where("exclusion IS NULL AND handled_by IN ('bot', 'human')")
        .where(parse_one("UNIX_MICROS(first_solved_at) >= :first AND UNIX_MICROS(first_solved_at) < :last"))
    )
    rows = found.ask.engine.query(query, {"first": first, "last": last}).to_pylist()
    if groups is not None:
        rows = [row for row in rows if (row["source_id"], row["group_at_first_solve"]) in groups]
    by = {side: [int(row["value"]) for row in rows if row["handled_by"] == side] for side in ("bot", "human")}
    columns: dict[str, Any] = {
        "subject": [row["handled_by"] for row in rows],
        "value": np.array([float(row["value"]) for row in rows], np.float64),
        "channel": [row["channel"] for row in rows],
        "priority": [row["priority_at_created"] for row in rows],
        "group": [row["group_at_first_solve"] for row in rows],
    }
    fair = all(len(those) >= FEWEST for those in by.values())
    data = DataSet("", columns, len(rows) if fair else 0)
    made = compare(data, "share", MIX) if fair else Comparison(len(rows), None, (), (), (), "not_enough_data")
    return Matched(len(by["bot"]), sum(by["bot"]), len(by["human"]), sum(by["human"]), made)
