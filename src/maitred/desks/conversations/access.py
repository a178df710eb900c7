"""Whose conversations an actor may see, and what is known of them: nothing of this desk is reached otherwise.

The desk keeps no rows of its own in the database: conversations are tickets, reached as tickets are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlglot import exp

from maitred.base.errors import NotFound
from maitred.desks.conversations.live import Row
from maitred.desks.conversations.reading import table, wordindex
from maitred.desks.conversations.shapes import Known
from maitred.kit.access.actor import Actor
from maitred.kit.reading import Reading
from maitred.metrics import views
from maitred.metrics.explaining import GROUP_COLUMNS, PEOPLE_COLUMNS, may_see, visible_ticket
from maitred.metrics.scope import Scope
from maitred.people.models import HelpdeskIdentity
from maitred.people.reach import tickets_scope

Key = tuple[str, str]
FACTS = tuple(
    dict.fromkeys(
        ("source_id", "ticket_id", "ticket_key", "status", "channel", "exclusion", "waiting_reply", "waiting_since",
         "as_of", *GROUP_COLUMNS, *PEOPLE_COLUMNS)
    )
)  # fmt: skip
_AT_ONCE = 1_000


def known(found: Reading) -> Known:
    """Up to when clocks and texts are known."""
    home, publication = found.ask.workspace.home, found.publication
    noted = wordindex.state(home) if table.version(home) is not None else {}
    behind: int | None = None
    if "publication" in noted:
        same = noted["publication"] == str(publication.number)
        behind = 0 if same else max(0, publication.rows.get("messages", 0) - int(noted["messages"]))
    read_at = datetime.fromisoformat(noted["as_of"]) if "as_of" in noted else None
    return Known(publication.number, found.as_of, found.zone.key, read_at, noted.get("rules", ""), behind)


def visible_rows(actor: Actor, rows: Iterable[Row]) -> list[Row]:
    """Those open conversations that an actor may see."""
    scope = tickets_scope(actor)
    return [one for one in rows if may_see(scope, one.facts)]


def own_rows(actor: Actor, rows: Iterable[Row]) -> list[Row]:
    """Those open conversations that the actor has: as whom they are assigned to."""
    mine = own_users(actor)
    return [one for one in rows if (one.facts["source_id"], one.facts["last_assignee_id"] or "") in mine]


def own_users(actor: Actor) -> frozenset[Key]:
    """The helpdesk users that the actor is."""
    if actor.person is None:
        return frozenset()
    rows = HelpdeskIdentity._base_manager.filter(person=actor.person)
    return frozenset(rows.values_list("source_id", "external_id"))


def require_ticket(actor: Actor, found: Reading, source: str, ticket: str) -> None:
    """Refuse a ticket that the actor may not see, as one that is not there.

    Raises
    ------
    NotFound
        There is none, or none for this actor.
    """
    scope = tickets_scope(actor)
    if source not in found.publication.sources or not visible_ticket(found.ask.engine, scope, source, ticket):
        raise NotFound(f"there is no ticket {ticket} that you may see", "check the number, or ask who may see it")


def visible_facts(actor: Actor, found: Reading, keys: Collection[int]) -> dict[Key, dict[str, Any]]:
    """Facts of those of some tickets that the actor may see, by source and id; excluded ones are left out."""
    scope = tickets_scope(actor)
    return {
        (row["source_id"], row["ticket_id"]): row
        for row in _facts(found, keys)
        if row["exclusion"] is None and may_see(scope, row)
    }


def scope_of(actor: Actor) -> Scope:
    """The tickets that an actor may see."""
    return tickets_scope(actor)


def sees(scope: Scope, facts: Mapping[str, Any]) -> bool:
    """Whether a ticket is one of them."""
    return may_see(scope, facts)


def _facts(found: Reading, keys: Collection[int]) -> list[dict[str, Any]]:
    views.prepare(found.ask.engine, "current_ticket_facts")
    columns = [exp.column(name, quoted=True) for name in FACTS]
    wanted, rows = sorted({*keys}), []
    for start in range(0, len(wanted), _AT_ONCE):
        some = [exp.convert(int(one)) for one in wanted[start : start + _AT_ONCE]]
        query = (
            exp.select(*columns).from_("current_ticket_facts").where(exp.column("ticket_key", quoted=True).isin(*some))
        )
        rows += found.ask.engine.query(query).to_pylist()
    return rows
