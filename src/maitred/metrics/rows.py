"""What a list of rows shows beside the number: the ticket's subject, people and group, and the target of an SLA row.

For the fifty rows of one page or the rows of an export: one query per table for all of them, pruned by ticket key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlglot import exp

from maitred.canon.keys import ticket_key
from maitred.metrics import views
from maitred.metrics.asking import Asker
from maitred.metrics.explaining import belongings, may_see
from maitred.metrics.scope import Scope

_TICKET = ("subject", "status", "priority", "assignee_id", "group_id")
_NAMED = (("assignee", "assignee_id"), ("group", "group_id"))
_TARGET = ("policy", "clock", "target_s", "elapsed_all_s", "verdict_all", "started_at", "ended_at")


def described(ask: Asker, rows: Sequence[Mapping[str, Any]], tickets: Scope) -> list[dict[str, Any]]:
    """Rows of ``queries.tickets`` with what a reader needs to recognise each.

    Adds ``open`` (whether this reader may open the ticket), ``subject``, ``status``, ``priority``, ``assignee`` and
    ``group`` (names); rows of SLA targets also get ``target_s``, ``elapsed_s``, ``late_s``, ``verdict``, ``policy``.
    Of a ticket that may not be opened neither the subject nor the person is told.
    """
    found = [dict(row) for row in rows]
    keys = sorted({ticket_key(row["ticket_id"]) for row in found})
    if not keys:
        return found
    heads = _by_ticket(ask, "tickets", _TICKET, keys)
    seen = _seen(ask, keys, tickets)
    for row in found:
        place = (row["source_id"], row["ticket_id"])
        row |= heads.get(place, dict.fromkeys(_TICKET))
        row["open"] = place in seen
        if not row["open"]:
            row |= {"subject": None, "assignee_id": None}
    for name, column in _NAMED:
        names = ask.labels(name, (row.get(column) for row in found))
        for row in found:
            row[name] = names.get(row.get(column) or "", row.get(column))
    if found and "instance" in found[0]:
        _add_targets(ask, found, keys)
    return found


def _seen(ask: Asker, keys: Sequence[int], scope: Scope) -> set[tuple[str, str]]:
    """The tickets among the keys that a reader may open."""
    rows = belongings(ask.engine, keys)
    return {(row["source_id"], row["ticket_id"]) for row in rows if may_see(scope, row)}


def _add_targets(ask: Asker, rows: list[dict[str, Any]], keys: Sequence[int]) -> None:
    views.prepare(ask.engine, "current_sla_facts")
    columns = ("source_id", "ticket_id", "metric", "instance", *_TARGET)
    query = (
        exp.select(*(exp.column(name, quoted=True) for name in columns)).from_("current_sla_facts").where(_among(keys))
    )
    targets = {
        (one["source_id"], one["ticket_id"], one["metric"], one["instance"]): one
        for one in ask.engine.query(query).to_pylist()
    }
    for row in rows:
        one = targets.get((row["source_id"], row["ticket_id"], row["metric"], row["instance"]))
        if one is not None:
            elapsed, target = one["elapsed_all_s"], one["target_s"]
            late = None if elapsed is None or target is None else max(0, elapsed - target)
            row |= {"target_s": target, "elapsed_s": elapsed, "late_s": late, "verdict": one["verdict_all"],
                    "policy": one["policy"]}  # fmt: skip


def _by_ticket(
    ask: Asker, table: str, columns: Sequence[str], keys: Sequence[int]
) -> dict[tuple[str, str], dict[str, Any]]:
    there = set(ask.engine.schema(table).names)
    known = [name for name in columns if name in there]
    number = "id" if "ticket_id" not in there else "ticket_id"
    number = "external_id" if "external_id" in there else number
    query = exp.select(*(exp.column(name, quoted=True) for name in ("source_id", number, *known)))
    found = {}
    for row in ask.engine.query(query.from_(exp.to_table(table)).where(_among(keys))).to_pylist():
        found[row["source_id"], row[number]] = {name: row.get(name) for name in columns}
    return found


def _among(keys: Sequence[int]) -> exp.Expr:
    return exp.column("ticket_key", quoted=True).isin(*(exp.Literal.number(key) for key in keys))
