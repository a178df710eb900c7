"""Tickets of cases as the newest publication has them; one that is no longer there is told as such, never dropped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlglot import exp

from maitred.base.errors import MaitredError, NotFound
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right, require
from maitred.kit.reading import published
from maitred.metrics import ticket_records
from maitred.metrics.asking import Asker
from maitred.metrics.explaining import visible_ticket
from maitred.people.reach import tickets_scope
from maitred.warehouse.engines.engine import Value

LATELY = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Found:
    """A ticket as its helpdesk knows it."""

    subject: str
    status: str
    priority: str
    account: str
    account_name: str
    requester: str
    requester_name: str
    assignee: str
    assignee_name: str
    group: str


def reached(actor: Actor, source: str, ticket: str) -> Found:
    """A ticket that one may open.

    Raises
    ------
    NotFound
        There is none, or none for this actor.
    """
    require(actor, Right.TICKETS_READ)
    with published(None) as ask:
        if source not in ask.publication.sources or not visible_ticket(
            ask.engine, tickets_scope(actor), source, ticket
        ):
            raise NotFound(f"there is no ticket {ticket} that you may see", "check the number, or ask who may see it")
        return _found(ask, source, ticket)


def standing(actor: Actor, rows: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, str, Found | None]]:
    """For each ticket: ``yes``, ``gone`` or ``hidden``; why it is gone; and how it stands where one may open it."""
    wanted = list(rows)
    found: dict[tuple[str, str], tuple[str, str, Found | None]] = {}
    try:
        with published(None) as ask:
            scope = tickets_scope(actor)
            for source, ticket in wanted:
                why = gone(ask, source, ticket)
                if why == "missing":
                    found[source, ticket] = ("gone", why, None)
                elif not visible_ticket(ask.engine, scope, source, ticket):
                    found[source, ticket] = ("gone" if why else "hidden", why, None)
                else:
                    found[source, ticket] = ("gone" if why else "yes", why, _found(ask, source, ticket))
    except MaitredError:
        return {one: found.get(one, ("hidden", "", None)) for one in wanted}
    return found


def gone(ask: Asker, source: str, ticket: str) -> str:
    """Why a ticket is not there any more: ``missing``, ``deleted``, ``merged``; empty where it is."""
    if source not in ask.publication.sources:
        return "missing"
    head = ticket_records.head(ask, source, ticket)
    if head is None:
        return "missing"
    if head.get("merged_into_id"):
        return "merged"
    return "deleted" if head.get("delete_kind") or head.get("status") == "deleted" else ""


@dataclass(frozen=True, slots=True)
class Known:
    """What the canonical data say of an account."""

    name: str
    plan: str | None
    revenue: float | None
    currency: str | None
    renewal: str | None
    tickets: int | None


def account(source: str, own: str) -> Known | None:
    """What is known of an account; None where nothing is."""
    if not own:
        return None
    try:
        with published(None) as ask:
            return _account(ask, source, own)
    except MaitredError:
        return None


def _account(ask: Asker, source: str, own: str) -> Known | None:
    if not ask.engine.knows("organizations"):
        return None
    given: dict[str, Value] = {"source_id": source, "external_id": own}
    there = set(ask.engine.schema("organizations").names)
    columns = [one for one in ("name", "plan", "arr", "currency", "renewal_date") if one in there]
    same = [exp.column(name, quoted=True).eq(exp.Placeholder(this=name)) for name in given]
    query = exp.select(*(exp.column(one, quoted=True) for one in columns)).from_("organizations").where(*same)
    rows: list[dict[str, Any]] = ask.engine.query(query, given).to_pylist()
    if not rows:
        return None
    row = rows[0]
    renewal = row.get("renewal_date")
    told = None if renewal is None else str(renewal)[:10]
    return Known(str(row.get("name") or ""), row.get("plan"), row.get("arr"), row.get("currency"), told,
                 _lately(ask, source, own))  # fmt: skip


def _lately(ask: Asker, source: str, own: str) -> int | None:
    """Tickets of the account in the 90 days before the source's last instant."""
    until = datetime.fromisoformat(ask.publication.sources[source]["as_of"])
    given: dict[str, Value] = {"source_id": source, "organization_id": own}
    same: list[exp.Expr] = [exp.column(name, quoted=True).eq(exp.Placeholder(this=name)) for name in given]
    after = exp.GTE(this=exp.column("created_at", quoted=True), expression=exp.convert(until - LATELY))
    query = exp.select(exp.func("count", exp.Star()).as_("n")).from_("tickets").where(*same, after)
    try:
        return int(ask.engine.query(query, given).to_pylist()[0]["n"])
    except (KeyError, TypeError):
        return None


def _found(ask: Asker, source: str, ticket: str) -> Found:
    head = ticket_records.head(ask, source, ticket) or {}
    users = ticket_records.people(ask, [head.get("requester_id"), head.get("assignee_id")])
    account = str(head.get("organization_id") or "")
    named = ask.labels("account", [account]) if account else {}
    requester, assignee = str(head.get("requester_id") or ""), str(head.get("assignee_id") or "")
    return Found(
        str(head.get("subject") or ""), str(head.get("status") or ""), str(head.get("priority") or ""), account,
        named.get(account, ""), requester, users.get(requester, ""), assignee, users.get(assignee, assignee),
        str(head.get("group_id") or ""),
    )  # fmt: skip
