"""The views that metrics read: facts with their layers resolved, and the few tables that are joined from them.

Plain SQL, the same for both engines. A view is defined when a metric first needs it; a facts table that a publication
does not have reads as empty, and a column that it does not have yet reads as null.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import pyarrow as pa
from sqlglot import exp, parse_one

from maitred.canon import reviews
from maitred.metrics.facts import FACTS
from maitred.warehouse.engines import Engine

_TYPES = {
    pa.string(): "TEXT",
    pa.bool_(): "BOOLEAN",
    pa.int32(): "INT",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ",
}
_TEXTS = ("source_id", "external_id", "ticket_id", "kind", "score_raw", "agent_id", "group_id")
_ANSWER_FIELDS: list[pa.Field[Any]] = [
    *(pa.field(name, pa.string()) for name in _TEXTS),
    pa.field("ticket_key", pa.int64()),
    *(pa.field(name, pa.timestamp("us", tz="UTC")) for name in ("rated_at", "deleted_at")),
]
_ANSWERS = pa.schema(_ANSWER_FIELDS)

_FLOW = """
SELECT source_id, ticket_key, ticket_id, exclusion, channel, organization_id, type, brand_id, form_id,
       1 AS step, created_at AS happened_at,
       group_at_created AS group_id, priority_at_created AS priority, first_assignee_id AS assignee_id
FROM current_ticket_facts
UNION ALL
SELECT source_id, ticket_key, ticket_id, exclusion, channel, organization_id, type, brand_id, form_id,
       -1 AS step, last_solved_at AS happened_at,
       group_at_last_solve AS group_id, priority_at_last_solve AS priority, solver_id AS assignee_id
FROM current_ticket_facts
WHERE NOT last_solved_at IS NULL
"""

_BACKLOG = """
SELECT e.source_id, e.ticket_key, e.ticket_id, e.episode, e.started_at, e.ended_at, e.group_id, e.assignee_id,
       e.priority, e.channel, e.organization_id, e.exclusion, t.created_at, t.type, t.brand_id, t.form_id,
       t.history_complete
FROM current_episode_facts AS e
JOIN current_ticket_facts AS t ON t.source_id = e.source_id AND t.ticket_key = e.ticket_key
"""

_STATIONS = """
SELECT source_id, ticket_key, ticket_id, assignee_id, first_from_at, handed_on > 0 AS handed_on_unsolved,
       NULLIF(first_group, '') AS group_id, NULLIF(first_priority, '') AS priority, channel, organization_id, exclusion
FROM (
    SELECT source_id, ticket_key, ticket_id, assignee_id, MIN(from_at) AS first_from_at,
           MAX(CASE WHEN handed_on_unsolved THEN 1 ELSE 0 END) AS handed_on,
           MIN_BY(COALESCE(group_id, ''), station) AS first_group,
           MIN_BY(COALESCE(priority, ''), station) AS first_priority,
           MIN(channel) AS channel, MIN(organization_id) AS organization_id, MIN(exclusion) AS exclusion
    FROM current_assignment_facts
    WHERE NOT assignee_id IS NULL
    GROUP BY source_id, ticket_key, ticket_id, assignee_id
) AS pairs
"""

_RECONTACT = """
SELECT t.*, c.next_contact_at
FROM current_ticket_facts AS t
LEFT JOIN (
    SELECT source_id, ticket_key, solve, next_contact_at
    FROM (
        SELECT source_id, ticket_key, solve,
               MIN(CASE WHEN solve = 0 THEN happened_at END)
                   OVER (PARTITION BY source_id, requester_id ORDER BY happened_at, solve, ticket_key
                         ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next_contact_at
        FROM (
            SELECT source_id, ticket_key, requester_id, 0 AS solve, created_at AS happened_at
            FROM current_ticket_facts
            WHERE NOT requester_id IS NULL AND (exclusion IS NULL OR exclusion = 'merged')
            UNION ALL
            SELECT source_id, ticket_key, requester_id, 1 AS solve, first_solved_at AS happened_at
            FROM current_ticket_facts
            WHERE NOT requester_id IS NULL AND NOT first_solved_at IS NULL AND exclusion IS NULL
        ) AS moments
    ) AS following
    WHERE solve = 1
) AS c ON c.source_id = t.source_id AND c.ticket_key = t.ticket_key
"""

_REVIEWS = """
SELECT r.source_id, r.ticket_key, r.ticket_id, r.review_id, r.kind, r.state, r.bot, r.points,
       r.submitted_at, r.agent_id,
       ARRAY_SIZE(r.critical) AS critical_items, ARRAY_SIZE(r.critical_failed) AS critical_fails,
       CASE WHEN t.first_reply_agent_id IS NULL THEN t.group_last ELSE t.group_at_first_reply END AS group_id,
       t.priority_at_created AS priority, t.channel, t.organization_id, t.type, t.brand_id, t.form_id, t.exclusion
FROM reviews AS r
LEFT JOIN current_ticket_facts AS t ON t.source_id = r.source_id AND t.ticket_key = r.ticket_key
"""
_REVIEW_FIELDS: list[pa.Field[Any]] = [
    *(reviews.SCHEMA.field(name) for name in ("source_id", "ticket_key", "ticket_id", "review_id", "kind", "state")),
    *(reviews.SCHEMA.field(name) for name in ("bot", "points", "submitted_at", "agent_id")),
    *(pa.field(name, pa.int32()) for name in ("critical_items", "critical_fails")),
    *(pa.field(name, pa.string()) for name in ("group_id", "priority", "channel", "organization_id", "type")),
    *(pa.field(name, pa.string()) for name in ("brand_id", "form_id", "exclusion")),
]

_JOINED: dict[str, tuple[tuple[str, ...], str]] = {
    "ticket_flow": (("current_ticket_facts",), _FLOW),
    "ticket_backlog": (("current_episode_facts", "current_ticket_facts"), _BACKLOG),
    "ticket_stations": (("current_assignment_facts",), _STATIONS),
    "ticket_recontact": (("current_ticket_facts",), _RECONTACT),
}


def prepare(engine: Engine, view: str) -> None:
    """Define a view, and those it reads, unless the engine knows it already."""
    if engine.knows(view):
        return
    if view in _JOINED:
        parts, text = _JOINED[view]
        for part in parts:
            prepare(engine, part)
        engine.define(view, _query(text))
    elif view == "review_scores":
        prepare(engine, "current_ticket_facts")
        known = engine.knows(reviews.TABLE)
        engine.define(view, _query(_REVIEWS) if known else _empty(pa.schema(_REVIEW_FIELDS)))
    elif view == "survey_answers":
        engine.define(view, _answers(engine))
    else:
        engine.define(view, layered(engine, view.removeprefix("current_")))


def layered(engine: Engine, table: str) -> exp.Query:
    """A facts table with its layers resolved.

    A row of an even layer is hidden when the odd layer above it has its ticket in ``ticket_facts``, so a ticket that
    was computed anew shows
    its new rows only, in every facts table.
    """
    schema = FACTS[table]
    if not engine.knows(table):
        return _empty(schema)
    there = set(engine.schema(table).names)
    columns = [_column(field, there) for field in schema]
    rows = exp.select(*columns).from_(exp.alias_(exp.to_table(table), "f"))
    upper = engine.remembered("upper_layers", partial(_upper_layers, engine))
    if not upper:
        return rows
    hidden = exp.column("layer").isin(*(exp.Literal.number(layer) for layer in upper))
    newer = (
        exp.select("source_id", "ticket_key", "layer - 1 AS layer").from_("ticket_facts").where(hidden).subquery("n")
    )
    same = parse_one("n.layer = f.layer AND n.source_id = f.source_id AND n.ticket_key = f.ticket_key")
    return rows.join(newer.subquery("n"), on=same, join_type="ANTI")


def _upper_layers(engine: Engine) -> tuple[int, ...]:
    """The odd layers there are; most publications have none, and their rows need not be looked for in every query."""
    if not engine.knows("ticket_facts"):
        return ()
    rows = engine.query(_query("SELECT DISTINCT layer FROM ticket_facts WHERE layer % 2 = 1"))
    return tuple(sorted(rows["layer"].to_pylist()))


def _answers(engine: Engine) -> exp.Query:
    """Survey answers that are not deleted, one row per answer."""
    if not engine.knows("satisfaction"):
        return _empty(_ANSWERS)
    there = set(engine.schema("satisfaction").names)
    rows = exp.select(*(_column(field, there) for field in _ANSWERS)).from_(
        exp.alias_(exp.to_table("satisfaction"), "f")
    )
    return rows.where("f.deleted_at IS NULL")


def _column(field: pa.Field[Any], there: set[str]) -> exp.Expr:
    return (
        exp.alias_(exp.column(field.name, "f", quoted=True), field.name, quoted=True)
        if field.name in there
        else _null(field)
    )


def _null(field: pa.Field[Any]) -> exp.Expr:
    return exp.alias_(exp.cast(exp.null(), _TYPES[field.type]), field.name, quoted=True)


def _empty(schema: pa.Schema) -> exp.Query:
    return exp.select(*(_null(field) for field in schema)).where(exp.false())


def _query(text: str) -> exp.Query:
    found = parse_one(text)
    assert isinstance(found, exp.Query)
    return found
