"""One conversation, turn by turn: whose own words, in which language, what they show, what was promised and kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from maitred.base.errors import MaitredError
from maitred.desks.conversations import access
from maitred.desks.conversations.agreeing import verified_behaviours
from maitred.desks.conversations.live import promises_of
from maitred.desks.conversations.reading import table
from maitred.desks.conversations.shapes import (
    Id,
    PromiseShown,
    QuoteShown,
    SeenShown,
    TalkShown,
    TurnShown,
    ZoneShown,
)
from maitred.insight.text import dissatisfaction, turns
from maitred.insight.text.promises import After, Promise, kept
from maitred.insight.text.zones import own_words
from maitred.kit.access import fields
from maitred.kit.access.actor import Actor
from maitred.kit.access.answering import looked_up
from maitred.kit.access.rights import Right
from maitred.kit.audit.deeds import deed, note
from maitred.kit.reading import Reading, reading
from maitred.kit.verbs import question
from maitred.metrics import ticket_records
from maitred.metrics.explaining import explain

_READ = ("source_id", "ticket_id", "ticket_key", "external_id", "sent_at", "kind", "is_public", "flag", "language",
         "language_p", "unhappy", "shown", "promises", "says_done")  # fmt: skip
_TONES = 40
"""Turns of the customer whose words are looked for."""


@question(needs=Right.CONVERSATIONS_READ, example={"source": "demo", "ticket": "10042"})
def show(actor: Actor, source: Id, ticket: Id) -> TalkShown:
    """Show a conversation with what was read in it: zones, language, the customer's tone, behaviours, promises, clocks.

    Reading it is audited. Of a customer it says how likely they are unhappy with the service at each turn, from words
    up to there; of those who answer only what they wrote.
    """
    with reading() as found:
        access.require_ticket(actor, found, source, ticket)
        rows = ticket_records.messages(found.ask, source, ticket)
        head = ticket_records.head(found.ask, source, ticket) or {}
        names = ticket_records.people(found.ask, [one.get("author_id") for one in rows])
        kinds = ticket_records.kinds(found.ask, source, [one.get("author_id") for one in rows])
        read = _read(found, source, ticket)
        with deed(actor, "conversations.show"):
            note("read", "ticket", f"{source}:{ticket}", messages=len(rows))
        shown = _turns(actor, rows, names, kinds, read, verified_behaviours(actor))
        as_of = datetime.fromisoformat(found.publication.sources[source]["as_of"])
        promised = _promises(actor, rows, read, str(head.get("status") or ""), as_of)
        tones = [one.unhappy for one in shown if one.unhappy is not None]
        return TalkShown(
            access.known(found), source, ticket, head.get("subject"), head.get("status"), head.get("channel"),
            head.get("created_at"), _with_promises(shown, promised), promised, _clocks(found, source, ticket),
            tones[0] if len(tones) > 1 else None, tones[-1] if len(tones) > 1 else None, _hand_overs(shown),
            len(rows) == ticket_records.MOST, turns.tone_model_id(),
        )  # fmt: skip


def _read(found: Reading, source: str, ticket: str) -> dict[str, dict[str, Any]]:
    """The readings of a ticket's messages by id."""
    from maitred.canon.keys import ticket_key

    rows = table.of_tickets(found.ask.workspace.home, [ticket_key(ticket)], _READ).to_pylist()
    return {one["external_id"]: one for one in rows if (one["source_id"], one["ticket_id"]) == (source, ticket)}


def _turns(
    actor: Actor, rows: Sequence[Mapping[str, Any]], names: Mapping[str, str], kinds: Mapping[str, str],
    read: Mapping[str, Mapping[str, Any]], verified: frozenset[str],
) -> list[TurnShown]:  # fmt: skip
    found: list[TurnShown] = []
    words = _tone_words(rows, read)
    bot = False
    human = False
    for row in rows:
        one = read.get(str(row.get("external_id") or ""), {})
        kind = str(one.get("kind") or _kind(row, kinds))
        public = bool(row.get("is_public"))
        first = public and kind == "agent" and bot and not human
        bot, human = bot or (public and kind == "bot"), human or (public and kind == "agent")
        found.append(_turn(actor, row, one, kind, names, verified, words, first))
    return found


def _turn(
    actor: Actor, row: Mapping[str, Any], one: Mapping[str, Any], kind: str, names: Mapping[str, str],
    verified: frozenset[str], words: Mapping[str, tuple[tuple[int, int], ...]], first: bool,
) -> TurnShown:  # fmt: skip
    author: Any = names.get(row.get("author_id") or "", row.get("author_id"))
    if kind == "customer":
        author = fields.shown(actor, "customer.name", author)
    stored = row.get("body_text") or ""
    text = fields.shown(actor, "message.body", stored)
    number = str(row.get("external_id") or "")
    whole = text if isinstance(text, str) and text == stored else None
    return TurnShown(
        number, row.get("sent_at"), author, kind, bool(row.get("is_public")), text, str(one.get("flag") or ""),
        tuple(ZoneShown(each.kind, each.start, each.end) for each in turns.zones_of(whole)) if whole else (),
        one.get("language"), float(one.get("language_p") or 0.0), one.get("unhappy"),
        _quotes(whole, words.get(number, ())), _seen(whole, one, verified), (), first,
    )  # fmt: skip


def _quotes(text: str | None, spans: Sequence[Sequence[int]]) -> tuple[QuoteShown, ...]:
    if text is None:
        return ()
    return tuple(QuoteShown(start, end, text[start:end]) for start, end in spans)


def _seen(text: str | None, one: Mapping[str, Any], verified: frozenset[str]) -> tuple[SeenShown, ...]:
    """Behaviours that were called for; without the words none is told, since nobody could check it."""
    if text is None or not one:
        return ()
    return tuple(
        SeenShown(each["b"], each["v"], each["why"], _quotes(text, each["at"]), each["b"] in verified)
        for each in json.loads(one["shown"])
    )


def _tone_words(
    rows: Sequence[Mapping[str, Any]], read: Mapping[str, Mapping[str, Any]]
) -> dict[str, tuple[tuple[int, int], ...]]:
    """The sentence of each of the customer's last turns that weighs most for an unhappy customer."""
    told = [one for one in rows if (read.get(str(one.get("external_id"))) or {}).get("unhappy") is not None][-_TONES:]
    moments = [dissatisfaction.Moment(own_words(turns.readable(one.get("body_text") or "")[0])) for one in told]
    if not moments:
        return {}
    judged = turns.tone().judged(moments)
    return {str(one["external_id"]): each.evidence for one, each in zip(told, judged, strict=True)}


def _promises(
    actor: Actor, rows: Sequence[Mapping[str, Any]], read: Mapping[str, Mapping[str, Any]], status: str, as_of: datetime
) -> tuple[PromiseShown, ...]:
    """What was promised for a time in the conversation, and what became of it."""
    if fields.form(actor, "message.body") is not fields.Shown.FULL:
        return ()
    staff = [
        After(one["sent_at"], one["says_done"]) for one in read.values() if one["kind"] == "agent" and one["is_public"]
    ]
    found: list[PromiseShown] = []
    for row in rows:
        one = read.get(str(row.get("external_id") or ""))
        if one is None or one["kind"] != "agent":
            continue
        after = sorted((each for each in staff if each.at > one["sent_at"]), key=lambda each: each.at)
        for promise in promises_of(one["promises"]):
            found.append(_promise(str(row["external_id"]), row.get("body_text") or "", promise, after, status, as_of))
    return tuple(found)


def _promise(
    message: str, text: str, promise: Promise, after: Sequence[After], status: str, as_of: datetime
) -> PromiseShown:
    verdict = kept(promise, after, status not in ("new", "open", "hold"), as_of)
    return PromiseShown(
        message, text[promise.start : promise.end], text[promise.time_start : promise.time_end], promise.due_at,
        promise.kind, verdict, after[0].at if after else None,
    )  # fmt: skip


def _with_promises(shown: Sequence[TurnShown], promised: Sequence[PromiseShown]) -> tuple[TurnShown, ...]:
    from dataclasses import replace

    return tuple(replace(one, promises=tuple(each for each in promised if each.message == one.id)) for one in shown)


def _hand_overs(shown: Sequence[TurnShown]) -> tuple[str, ...]:
    """The messages with which another one of the staff takes part than before."""
    found: list[str] = []
    last: Any = None
    for one in shown:
        if one.kind in ("agent", "bot") and one.public:
            if last is not None and one.author != last:
                found.append(one.id)
            last = one.author
    return tuple(found)


def _kind(row: Mapping[str, Any], kinds: Mapping[str, str]) -> str:
    told = row.get("author_type")
    return str(told if told not in (None, "unknown") else kinds.get(row.get("author_id") or "", "unknown"))


def _clocks(found: Reading, source: str, ticket: str) -> Mapping[str, Any]:
    """The ticket's clocks and targets; none where they cannot be told."""
    ask = found.ask
    known = None if ask.memory is None else ask.users().those
    told = partial(explain, ask.workspace, ask.publication, ticket, source=source, lasting=ask.remembered,
                   passing=looked_up, known=known)  # fmt: skip
    try:
        document = told()
    except MaitredError:
        return {}
    return {"clocks": document["clocks"], "targets": document["sla"], "schedules": document["schedules"]}
