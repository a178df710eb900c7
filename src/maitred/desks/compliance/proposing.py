"""Tickets that read like a complaint, from the last days of what was published: proposed once each, for a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlglot import exp

from maitred.base.errors import NotFound
from maitred.desks.compliance import access
from maitred.desks.compliance.models import ComplaintProposal
from maitred.desks.compliance.recognising import rule_of
from maitred.kit.audit import deeds
from maitred.kit.jobs.running import Run
from maitred.kit.reading import reading

BACK = timedelta(days=7)
MOST_READ = 50_000
MOST = 200
"""Proposals of one round: more would be read by nobody."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket and the rule that takes it for a complaint."""

    source: str
    ticket: str
    rule: str
    at: datetime


def propose_new(run: Run) -> int:
    """Propose what came in the last days and was not proposed yet; returns how many."""
    try:
        with reading(None) as found:
            there = access.proposed()
            fresh: dict[tuple[str, str], Candidate] = {}
            for one in _candidates(found, found.as_of - BACK):
                key = (one.source, one.ticket)
                if key not in there and not access.complaints_of_ticket(*key):
                    fresh.setdefault(key, one)
            chosen = sorted(fresh.values(), key=lambda one: one.at)[:MOST]
            groups = _groups(found, [(one.source, one.ticket) for one in chosen])
    except NotFound:
        return 0
    for one in chosen:
        run.check()
        group = groups.get((one.source, one.ticket), "")
        with run.deed("compliance.propose"):
            deeds.create(
                ComplaintProposal, source_id=one.source, ticket_id=one.ticket, rule=one.rule, group=group,
                team_id=access.team_of_group(one.source, group), received_at=one.at,
            )  # fmt: skip
    return len(chosen)


def _candidates(found: Any, since: datetime) -> Iterator[Candidate]:
    """Messages of customers by words and addresses, then comments of low ratings by words."""
    for row in _rows(found, "messages", ("source_id", "ticket_id", "body_text", "sent_at"), "sent_at", since,
                     exp.column("author_type", quoted=True).eq("customer")):  # fmt: skip
        rule = rule_of(row["body_text"] or "")
        if rule:
            yield Candidate(row["source_id"], row["ticket_id"], rule, row["sent_at"])
    low = exp.column("is_good", quoted=True).eq(exp.false())
    for row in _rows(found, "satisfaction", ("source_id", "ticket_id", "comment", "rated_at"), "rated_at", since, low):
        if row["ticket_id"] and rule_of(row["comment"] or ""):
            yield Candidate(row["source_id"], row["ticket_id"], "csat_comment", row["rated_at"])


def _rows(
    found: Any, table: str, columns: tuple[str, ...], at: str, since: datetime, *conditions: exp.Expression
) -> list[dict[str, Any]]:  # fmt: skip
    if not found.ask.engine.knows(table):
        return []
    instant = exp.cast(exp.Literal.string(since.astimezone(UTC).isoformat()), "TIMESTAMPTZ")
    moment = exp.column(at, quoted=True)
    query = exp.select(*(exp.column(name, quoted=True) for name in columns)).from_(table)
    query = query.where(moment >= instant, *conditions).order_by(moment, exp.column("ticket_id", quoted=True))
    rows: list[dict[str, Any]] = found.ask.engine.query(query.limit(MOST_READ)).to_pylist()
    return rows


def _groups(found: Any, tickets: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The group of each ticket."""
    if not tickets:
        return {}
    ids = [exp.Literal.string(ticket) for ticket in sorted({ticket for _, ticket in tickets})]
    columns = [exp.column(name, quoted=True) for name in ("source_id", "external_id", "group_id")]
    query = exp.select(*columns).from_("tickets").where(exp.column("external_id", quoted=True).isin(*ids))
    rows = found.ask.engine.query(query).to_pylist()
    return {(row["source_id"], row["external_id"]): row["group_id"] or "" for row in rows}
