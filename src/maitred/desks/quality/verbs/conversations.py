"""The conversation of a review's ticket, for whoever reviews it or may read the review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from maitred.base.errors import MaitredError
from maitred.desks.quality import access, tickets
from maitred.desks.quality.verbs import showing
from maitred.desks.quality.verbs.shapes import Line, ReviewedConversation, ReviewId
from maitred.kit.access import fields
from maitred.kit.access.actor import Actor
from maitred.kit.access.answering import looked_up
from maitred.kit.access.rights import Right
from maitred.kit.audit.deeds import deed, note
from maitred.kit.reading import published
from maitred.kit.verbs import question
from maitred.metrics import ticket_records
from maitred.metrics.asking import Asker
from maitred.metrics.explaining import explain

_HIDDEN = ("agent", "bot")


@question(needs=Right.QUALITY_READ, example={"review": 1})
def review_conversation(actor: Actor, review: ReviewId) -> ReviewedConversation:
    """Show what was said on a review's ticket, with its clocks. Reading it is audited.

    In a blind review those who answered are agent A, agent B and so on; their names may still stand in their words.
    """
    row = access.access_review(actor, review)
    source, ticket = row.source_id, row.ticket_id
    veiled = showing.veiled(actor, row)
    with published(None) as ask:
        head = ticket_records.head(ask, source, ticket) or {}
        rows = ticket_records.messages(ask, source, ticket)
        names = ticket_records.people(ask, [one.get("author_id") for one in rows])
        kinds = ticket_records.kinds(ask, source, [one.get("author_id") for one in rows])
        gone = tickets.gone(ask, {(source, ticket)}).get((source, ticket), "")
        clocks = _clocks(ask, source, ticket)
    with deed(actor, "quality.review_conversation"):
        note("read", "ticket", f"{source}:{ticket}", messages=len(rows), review=row.pk)
    told = [_kind(one, kinds) for one in rows]
    shown = _letters(rows, told) if veiled else names
    lines = tuple(_line(actor, one, kind, shown) for one, kind in zip(rows, told, strict=True))
    return ReviewedConversation(
        row.pk, source, ticket, head.get("subject"), head.get("status"), head.get("channel"), head.get("created_at"),
        lines, clocks, len(rows) == ticket_records.MOST, gone,
    )  # fmt: skip


def _clocks(ask: Asker, source: str, ticket: str) -> Mapping[str, Any]:
    """The ticket's clocks and targets, and the ledger of its first reply; none where they cannot be told."""
    known = None if ask.memory is None else ask.users().those
    told = partial(
        explain, ask.workspace, ask.publication, ticket, source=source, lasting=ask.remembered, passing=looked_up,
        known=known,
    )  # fmt: skip
    try:
        found, first = told(), told(metric="frt")
    except MaitredError:
        return {}
    return {
        "clocks": found["clocks"], "targets": found["sla"], "schedules": found["schedules"],
        "ledgers": first["ledgers"],
    }  # fmt: skip


def _kind(row: Mapping[str, Any], kinds: Mapping[str, str]) -> str:
    told = row.get("author_type")
    return str(told if told not in (None, "unknown") else kinds.get(row.get("author_id") or "", told) or "unknown")


def _letters(rows: Sequence[Mapping[str, Any]], told: Sequence[str]) -> dict[str, str]:
    """Agent A, agent B … in the order in which they write; customers keep their names."""
    found: dict[str, str] = {}
    for row, kind in zip(rows, told, strict=True):
        own = row.get("author_id") or ""
        if kind != "customer" and own and own not in found:
            found[own] = f"agent {_letter(len(found))}"
    return found


def _letter(place: int) -> str:
    """A, B … Z, A1, B1 …"""
    return chr(ord("A") + place % 26) + (str(place // 26) if place >= 26 else "")


def _line(actor: Actor, row: Mapping[str, Any], kind: str, names: Mapping[str, str]) -> Line:
    own = row.get("author_id") or ""
    author: Any = names.get(own, own)
    if kind == "customer":
        author = fields.shown(actor, "customer.name", author)
    text = fields.shown(actor, "message.body", row.get("body_text"))
    return Line(str(row.get("external_id") or ""), row.get("sent_at"), author, kind, bool(row.get("is_public")), text)
