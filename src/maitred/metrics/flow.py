"""How work flows: where the time of solved tickets went, how old the backlog is, and the steps that tickets take.

For the page Speed & SLA. These are metrics like those of the catalogue, so scope, filters, smallest n and disclosure
hold for them alike; they stand outside of it because they only make sense cut by their own dimensions: state, age band,
station.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal, TypeAlias

from sqlglot import exp, parse_one

from maitred.metrics import queries, views
from maitred.metrics.catalogue import Metric, resolve
from maitred.metrics.catalogue import dimensions as known
from maitred.metrics.composition import Question, Sources, sources_of
from maitred.metrics.results import Result
from maitred.metrics.samples import Sample, samples
from maitred.metrics.scope import Scope
from maitred.metrics.windows import window
from maitred.warehouse.engines import Engine

Labels: TypeAlias = "tuple[str | None, ...]"
Station = Literal["group", "status"]

STATES = ("queue", "in_hand", "hand_off", "customer", "third_party", "closed_hours")
AGE_BANDS = ("under_1_day", "1_to_3_days", "3_to_7_days", "7_to_30_days", "over_30_days")
STARTED, SOLVED = "started", "solved"
NOWHERE = "none"
"""The station of tickets without a group."""

_TICKET_COLUMNS = (
    "source_id", "ticket_key", "ticket_id", "exclusion", "is_open", "history_complete", "last_solved_at",
    "group_at_last_solve", "priority_at_last_solve", "solver_id", "channel", "organization_id", "type", "brand_id",
    "form_id",
)  # fmt: skip
_TICKET = ", ".join(f"t.{name}" for name in _TICKET_COLUMNS)

_TOUCHES = {
    "ticket_events": ("actor_id", "occurred_at"),
    "messages": ("author_id", "sent_at"),
}
"""Where it stands who did something with a ticket, and when."""

_HANDED = """
SELECT a.source_id, a.ticket_key, a.station, a.assignee_id, a.to_at, COALESCE(p.to_at, a.from_at) AS lost_at, a.from_at,
       t.last_solved_at,
       CASE WHEN t.first_reply_at IS NULL OR t.first_reply_at < t.first_assigned_at THEN t.first_assigned_at
            ELSE t.first_reply_at END AS begun_at
FROM current_assignment_facts AS a
JOIN current_ticket_facts AS t ON t.source_id = a.source_id AND t.ticket_key = a.ticket_key
LEFT JOIN current_assignment_facts AS p
  ON p.source_id = a.source_id AND p.ticket_key = a.ticket_key AND p.station = a.station - 1
WHERE a.station >= 2 AND a.from_at < t.last_solved_at AND NOT t.is_open
"""

_HAND_OFFS = """
SELECT source_id, ticket_key, SUM(CASE WHEN seconds > 0 THEN seconds ELSE 0 END) AS seconds
FROM (
    SELECT source_id, ticket_key,
           (UNIX_MICROS(CASE WHEN touched_at < ended_at THEN touched_at ELSE ended_at END)
            - UNIX_MICROS(CASE WHEN lost_at < begun_at THEN begun_at ELSE lost_at END)) DIV 1000000 AS seconds
    FROM (
        SELECT h.source_id, h.ticket_key, h.station, h.lost_at, h.begun_at,
               CASE WHEN h.to_at < h.last_solved_at THEN h.to_at ELSE h.last_solved_at END AS ended_at,
               MIN(m.touched_at) AS touched_at
        FROM handed_tickets AS h
        LEFT JOIN ticket_touches AS m
          ON m.source_id = h.source_id AND m.ticket_key = h.ticket_key AND m.person_id = h.assignee_id
             AND m.touched_at >= h.from_at
        GROUP BY h.source_id, h.ticket_key, h.station, h.lost_at, h.begun_at, h.to_at, h.last_solved_at
    ) AS stations
) AS gaps
GROUP BY source_id, ticket_key
"""

_STATES = f"""
SELECT {", ".join(_TICKET_COLUMNS)}, in_state,
       CASE in_state WHEN 'queue' THEN queue
                  WHEN 'hand_off' THEN hand_off
                  WHEN 'in_hand' THEN ours - queue - hand_off
                  WHEN 'customer' THEN pending_time_calendar
                  WHEN 'third_party' THEN hold_time_calendar
                  ELSE awt_calendar - ours END AS seconds
FROM (
    SELECT *, CASE WHEN passed < ours - queue THEN passed ELSE ours - queue END AS hand_off
    FROM (
        SELECT {_TICKET},
               t.pending_time_calendar, t.hold_time_calendar, t.awt_calendar, t.awt_business_all AS ours,
               CASE WHEN t.time_to_assign_business_all IS NULL AND t.frt_business_all IS NULL THEN t.awt_business_all
                    WHEN COALESCE(t.frt_business_all, 0) > t.awt_business_all THEN t.awt_business_all
                    WHEN COALESCE(t.time_to_assign_business_all, 0) > t.awt_business_all THEN t.awt_business_all
                    WHEN COALESCE(t.frt_business_all, 0) > COALESCE(t.time_to_assign_business_all, 0)
                    THEN t.frt_business_all
                    ELSE COALESCE(t.time_to_assign_business_all, 0) END AS queue,
               CASE WHEN t.unsolved_time_calendar > 0
                    THEN CAST(COALESCE(h.seconds, 0) AS BIGINT) * t.awt_business_all DIV t.unsolved_time_calendar
                    ELSE 0 END AS passed
        FROM current_ticket_facts AS t
        LEFT JOIN ticket_hand_offs AS h ON h.source_id = t.source_id AND h.ticket_key = t.ticket_key
        WHERE NOT t.last_solved_at IS NULL
    ) AS measured
) AS split
CROSS JOIN ({" UNION ALL ".join(f"SELECT '{state}' AS in_state" for state in STATES)}) AS states
"""

_AGES = """
SELECT *, CASE WHEN age < 86400000000 THEN 'under_1_day'
               WHEN age < 259200000000 THEN '1_to_3_days'
               WHEN age < 604800000000 THEN '3_to_7_days'
               WHEN age < 2592000000000 THEN '7_to_30_days'
               ELSE 'over_30_days' END AS age_band
FROM (
    SELECT e.source_id, e.ticket_key, e.ticket_id, e.episode, e.group_id, e.assignee_id, e.priority, e.channel,
           e.organization_id, e.exclusion, t.type, t.brand_id, t.form_id, t.history_complete, t.as_of,
           UNIX_MICROS(t.as_of) - UNIX_MICROS(t.created_at) AS age
    FROM current_episode_facts AS e
    JOIN current_ticket_facts AS t ON t.source_id = e.source_id AND t.ticket_key = e.ticket_key
    WHERE e.ended_at IS NULL
) AS open
"""

_STEPS = """
SELECT *,
       COALESCE(LAG(next_station) OVER (PARTITION BY source_id, ticket_key, last_solved_at ORDER BY happened_at, place,
                                        seq, external_id), first_station) AS station,
       COALESCE(LAG(happened_at) OVER (PARTITION BY source_id, ticket_key, last_solved_at ORDER BY happened_at, place,
                                       seq, external_id), created_at) AS since
FROM (
    SELECT {ticket}, t.created_at, 0 AS place, e.seq, e.external_id, e.occurred_at AS happened_at,
           {value} AS next_station, {first} AS first_station
    FROM ticket_events AS e
    JOIN current_ticket_facts AS t ON t.source_id = e.source_id AND t.ticket_key = e.ticket_key
    WHERE e.field = '{field}' AND e.deleted_at IS NULL AND e.occurred_at <= t.last_solved_at {also}
) AS changes
"""

_GROUP_END = """
    UNION ALL
    SELECT {ticket}, t.created_at, 1 AS place, 0 AS seq, '' AS external_id, t.last_solved_at AS happened_at,
           'solved' AS next_station, 'started' AS first_station
    FROM current_ticket_facts AS t
    WHERE NOT t.last_solved_at IS NULL
"""

_SOLVED_TEXT = "tickets solved or closed at as-of that are not deleted, merged or spam"

TIME_BY_STATE = Metric(
    name="time_by_state",
    title="Time of solved tickets by state",
    kind="duration",
    unit="seconds",
    direction=None,
    facts="ticket_states",
    at="last_solved_at",
    basis="last solve",
    clock="calendar",
    value="seconds",
    population="exclusion IS NULL AND NOT is_open",
    population_text=_SOLVED_TEXT,
    dimensions=known.at_last_solve() | {"state": "in_state"},
    row=("in_state",),
    needs_history=True,
    meaning="Seconds that a solved ticket spent in a state, one row per ticket and state; a ticket's rows add up to "
    "its time unsolved. See `service_levels.time_by_state`.",
)

SOLVED_TICKETS = replace(
    TIME_BY_STATE,
    name="solved_tickets",
    title="Tickets behind the time by state",
    kind="count",
    unit="tickets",
    facts="current_ticket_facts",
    value="1",
    population="exclusion IS NULL AND NOT is_open AND awt_business_all IS NOT NULL",
    dimensions=known.at_last_solve(),
    row=(),
    meaning="The tickets whose time `time_by_state` splits, counted once each.",
)

BACKLOG_AGES = Metric(
    name="backlog_ages",
    title="Tickets unsolved at as-of by age",
    kind="count",
    unit="tickets",
    direction=None,
    facts="ticket_ages",
    at="as_of",
    basis="as-of",
    population_text="tickets unsolved at as-of that are not deleted, merged or spam",
    dimensions=known.BACKLOG | {"age": "age_band"},
    row=("episode",),
    needs_history=True,
    meaning="Tickets unsolved at as-of, by wall time since creation.",
)


def steps(of: Station) -> Metric:
    """Steps of solved tickets from station to station: seconds until the step, one row per step."""
    return Metric(
        name="ticket_steps",
        variant=of,
        title=f"Steps between {'groups' if of == 'group' else 'statuses'}",
        kind="duration",
        unit="seconds",
        direction=None,
        facts=f"ticket_steps_{of}",
        at="last_solved_at",
        basis="last solve",
        clock="calendar",
        population="exclusion IS NULL AND NOT is_open AND (station IS NULL OR station <> next_station)",
        population_text=_SOLVED_TEXT,
        value="CASE WHEN happened_at < since THEN 0 "
        "ELSE (UNIX_MICROS(happened_at) - UNIX_MICROS(since)) DIV 1000000 END",
        dimensions=known.at_last_solve() | {"station": "station", "next": "next_station"},
        cluster=("ticket_key",),
        row=("station", "next_station", "happened_at"),
        needs_history=True,
        meaning="Wall time from arriving at a station to leaving it for another, over all steps of a ticket up to its "
        "last solve.",
    )


def sampled(
    engine: Engine,
    metric: str | Metric,
    from_: str | None,
    to: str | None,
    by: Sequence[str],
    where: Mapping[str, Sequence[str]],
    zone: str,
    scope: Scope,
) -> dict[Labels, Sample]:
    """The counted rows that figures are made of, by dimension values; for analyses that need more than one statistic.

    Not coarsened for scopes of counts only: the caller must not hand out what such a scope may not have.
    """
    declared = resolve(metric) if isinstance(metric, str) else metric
    prepare(engine, declared.facts)
    views.prepare(engine, declared.facts)
    question = Question(declared, window(from_, to, zone), sources(engine), scope, tuple(by), dict(where))
    found = samples(engine, question).items()
    return {tuple(None if value is None else str(value) for value in key): sample for key, sample in found}


def shown(
    engine: Engine,
    metric: Metric,
    from_: str | None,
    to: str | None,
    by: Sequence[str],
    where: Mapping[str, Sequence[str]],
    zone: str,
    scope: Scope,
) -> Result:
    """Figures of a metric of this module (see ``queries.show``)."""
    prepare(engine, metric.facts)
    return queries.show(engine, metric, None, from_, to, by, where, zone=zone, scope=scope)


def sources(engine: Engine) -> Sources:
    """The sources of the engine's publication and the instants up to which they are known."""
    return engine.remembered("sources", partial(sources_of, engine))


def prepare(engine: Engine, view: str) -> None:
    """Define one of the views of this module, and those it reads, unless the engine knows it already."""
    if engine.knows(view) or view not in _MADE:
        return
    for part in ("current_ticket_facts", "current_assignment_facts", "current_episode_facts"):
        views.prepare(engine, part)
    _MADE[view](engine)


def _states(engine: Engine) -> None:
    touches = [_touches(table) for table in _TOUCHES if engine.knows(table)]
    if touches:
        _define(engine, "ticket_touches", " UNION ALL ".join(touches))
        _define(engine, "handed_tickets", _HANDED)
        _define(engine, "ticket_hand_offs", _HAND_OFFS)
    else:
        nothing = "SELECT source_id, ticket_key, CAST(0 AS BIGINT) AS seconds FROM current_ticket_facts WHERE FALSE"
        _define(engine, "ticket_hand_offs", nothing)
    _define(engine, "ticket_states", _STATES)


def _touches(table: str) -> str:
    person, moment = _TOUCHES[table]
    return (
        f"SELECT source_id, ticket_key, {person} AS person_id, {moment} AS touched_at FROM {table} "
        "WHERE deleted_at IS NULL"
    )


def _ages(engine: Engine) -> None:
    _define(engine, "ticket_ages", _AGES)


def _steps_of(of: Station, engine: Engine) -> None:
    if of == "group":
        words = {
            "value": _group(several=len(sources(engine).as_of) > 1),
            "first": f"'{STARTED}'",
            "also": _GROUP_END.format(ticket=_TICKET),
        }
    else:
        first = f"CASE WHEN e.occurred_at > t.created_at THEN 'new' ELSE '{STARTED}' END"
        words = {"value": "e.new_value", "first": first, "also": "AND e.new_value <> ''"}
    if not engine.knows("ticket_events"):
        empty = "SELECT *, created_at AS happened_at, created_at AS since, CAST(NULL AS TEXT) AS station, "
        _define(engine, f"ticket_steps_{of}", empty + "status AS next_station FROM current_ticket_facts WHERE FALSE")
        return
    _define(engine, f"ticket_steps_{of}", _STEPS.format(ticket=_TICKET, field=of, **words))


def _group(*, several: bool) -> str:
    """The group that an event moves to; with its source where there are several, like other ids."""
    named = "e.source_id || ':' || e.new_value" if several else "e.new_value"
    return f"CASE WHEN COALESCE(e.new_value, '') = '' THEN '{NOWHERE}' ELSE {named} END"


def _define(engine: Engine, name: str, text: str) -> None:
    found = parse_one(text)
    assert isinstance(found, exp.Query)
    engine.define(name, found)


_MADE: dict[str, Callable[[Engine], None]] = {
    "ticket_states": _states,
    "ticket_ages": _ages,
    "ticket_steps_group": partial(_steps_of, "group"),
    "ticket_steps_status": partial(_steps_of, "status"),
}
