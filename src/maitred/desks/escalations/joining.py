"""The timeline of a case: what was said and changed at the helpdesk, and what happened here, in one order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from maitred.base.errors import MaitredError
from maitred.desks.escalations import access
from maitred.desks.escalations.models import Case
from maitred.desks.escalations.shapes import Entry, Timeline
from maitred.kit.access import fields
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.audit import deeds
from maitred.kit.reading import published
from maitred.metrics import ticket_records
from maitred.metrics.asking import Asker
from maitred.metrics.explaining import visible_ticket
from maitred.people.reach import tickets_scope

MOST = 300
LONGEST = 600
_FIELDS = ("status", "priority", "group", "assignee")


def timeline(actor: Actor, row: Case) -> Timeline:
    """What happened, the newest last; tickets that one may not open are left out."""
    entries = [*_ours(row), *_theirs(actor, row)]
    entries.sort(key=lambda one: (one.at, one.source))
    return Timeline(tuple(entries[-MOST:]), len(entries) > MOST)


def _ours(row: Case) -> Iterator[Entry]:
    for one in access.notes_of(row):
        yield Entry(one.created_at, "case", one.kind, one.by.name if one.by else "", one.text, "")
    for each in access.promises_of([row.pk]):
        made = each.commitment
        yield Entry(made.created_at, "promise", "promised", made.person.name, made.what, made.ticket_id)
        if made.closed_at is not None:
            yield Entry(made.closed_at, "promise", made.state, made.person.name, made.proof or made.what, "")
    for step in access.steps_of([row.pk]):
        yield Entry(step.created_at, "case", "step", step.by.name if step.by else "", f"{step.step}: {step.note}", "")


def _theirs(actor: Actor, row: Case) -> list[Entry]:
    if reach(actor, Right.TICKETS_READ) is Reach.NONE:
        return []
    found: list[Entry] = []
    read: dict[str, int] = {}
    try:
        with published(None) as ask:
            scope = tickets_scope(actor)
            for one in access.tickets_of([row.pk]):
                there = one.source_id in ask.publication.sources
                if there and visible_ticket(ask.engine, scope, one.source_id, one.ticket_id):
                    said = list(_said(actor, ask, one.source_id, one.ticket_id))
                    read[f"{one.source_id}:{one.ticket_id}"] = len(said)
                    found += [*said, *_changed(ask, one.source_id, one.ticket_id)]
    except MaitredError:
        return found
    if read and not deeds.doing():
        with deeds.deed(actor, "escalations.timeline"):
            for ticket, count in read.items():
                deeds.note("read", "ticket", ticket, messages=count)
    return found


def _said(actor: Actor, ask: Asker, source: str, ticket: str) -> Iterator[Entry]:
    rows = ticket_records.messages(ask, source, ticket)
    names = ticket_records.people(ask, [one.get("author_id") for one in rows])
    kinds = ticket_records.kinds(ask, source, [one.get("author_id") for one in rows])
    for one in rows:
        author = one.get("author_id") or ""
        side = one.get("author_type")
        side = side if side not in (None, "unknown") else kinds.get(author, "")
        named: Any = names.get(author, "")
        if side == "customer":
            named = fields.shown(actor, "customer.name", named)
        text: Any = fields.shown(actor, "message.body", str(one.get("body_text") or "")[:LONGEST])
        kind = "customer" if side == "customer" else "reply" if one.get("is_public") else "internal"
        yield Entry(_at(one["sent_at"]), "helpdesk", kind, named if isinstance(named, str) else "",
                    text if isinstance(text, str) else "", ticket)  # fmt: skip


def _changed(ask: Asker, source: str, ticket: str) -> Iterator[Entry]:
    rows = [one for one in ticket_records.events(ask, source, ticket) if one.get("field") in _FIELDS]
    held = [one for one in rows if one.get("field") == "assignee"]
    named = [*(one.get("actor_id") for one in rows), *(one.get("old_value") for one in held)]
    people = ticket_records.people(ask, [*named, *(one.get("new_value") for one in held)])
    groups = ask.labels("group", [one[name] for one in rows if one.get("field") == "group"
                                  for name in ("old_value", "new_value")])  # fmt: skip
    for one in rows:
        known = people if one["field"] == "assignee" else groups if one["field"] == "group" else {}
        old, new = (str(one.get(name) or "") for name in ("old_value", "new_value"))
        text = f"{one['field']}: {known.get(old, old) or '–'} → {known.get(new, new) or '–'}"
        yield Entry(
            _at(one["occurred_at"]), "helpdesk", "change", people.get(one.get("actor_id") or "", ""), text, ticket
        )


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
