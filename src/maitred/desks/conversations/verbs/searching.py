"""Full text over what people wrote, with the clocks of the tickets: by words, group, channel, language, waits, days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from maitred.base.errors import Invalid
from maitred.desks.conversations import access, hours
from maitred.desks.conversations.reading import wordindex
from maitred.desks.conversations.reading.wordindex import Hit, Wanted
from maitred.desks.conversations.shapes import (
    Behaviours,
    Found,
    HitShown,
    HoursGiven,
    PageNumber,
    Query,
    Share,
    Words,
)
from maitred.kit.access import fields
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit.deeds import deed, note
from maitred.kit.reading import Reading, reading
from maitred.kit.verbs import question

ROWS = 25
LOOKED = 10_000
"""Messages with the words that are looked at, the newest first: who may see them and what their tickets are."""
INDEX = "SQLite FTS5 over masked words"


@question(needs=Right.CONVERSATIONS_READ, example={"query": '"not working" refund', "language": ["en"]})
def search(
    actor: Actor,
    query: Query = "",
    group: Words = (),
    channel: Words = (),
    language: Words = (),
    status: Words = (),
    by: Literal["", "customer", "agent", "bot"] = "",
    waits_longer_than: HoursGiven | None = None,
    missing: Behaviours = (),
    unhappy: Share | None = None,
    promised: bool = False,
    first_day: date | None = None,
    last_day: date | None = None,
    page: PageNumber = 1,
) -> Found:
    """Search messages within reach, the newest first. Whoever may not open a ticket finds nothing of it.

    The index holds the authors' own words (without what they quote, and without signatures) in masked form: names,
    addresses and numbers of people cannot be searched for.

    Parameters
    ----------
    query
        Words that all have to be in a message; what stands in quotation marks, as it stands.
    group, channel, status
        Only tickets that are in one of these now.
    language
        Only messages in one of these, as ``de``.
    by
        Only messages of ``customer``, ``agent`` or ``bot``.
    waits_longer_than
        Only tickets whose customer waits longer, in hours of working time where there is any.
    missing
        Only messages that call for these behaviours and do not show them. The machine is not counted on for that
        unless ``behaviours`` says that it is verified.
    unhappy
        Only messages of customers that are unhappy at least this likely.
    promised
        Only messages that promise something for a time.
    first_day, last_day
        Sent on these days or between them, in the organisation's zone.
    page
        Twenty-five each.
    """
    match = wordindex.match(query)
    if query and not match:
        raise Invalid("there is no word to search for", "write a word", ({"field": "query", "message": "no word",
                                                                         "code": "empty"},))  # fmt: skip
    if first_day and last_day and last_day < first_day:
        raise Invalid("the last day is before the first", "turn them round", ({"field": "last_day",
                      "message": "before the first day", "code": "order"},))  # fmt: skip
    with reading() as found:
        low, high = _instants(found.zone, first_day, last_day)
        kinds: tuple[str, ...] = (by,) if by else ()
        wanted = Wanted(match, kinds, language, low, high, missing, (), unhappy, promised)
        tickets = (group, channel, status, waits_longer_than)
        hits, looked, complete = _hits(actor, found, wanted, tickets, page * ROWS + 1)
        rows = hits[(page - 1) * ROWS : page * ROWS]
        with deed(actor, "conversations.search"):
            note("searched", "conversations", str(found.publication.number), found=len(rows), looked=looked)
        groups = found.ask.labels("group", [facts["group_last"] for _, facts, _ in rows])
        return Found(
            access.known(found), tuple(_shown(actor, *one, groups) for one in rows), looked, complete, page,
            len(hits) > page * ROWS, INDEX,
        )  # fmt: skip


Asked = tuple[Sequence[str], Sequence[str], Sequence[str], float | None]
"""Groups, channels, states and hours of waiting that a ticket is asked for by."""
Told = tuple[Hit, dict[str, Any], int | None]


def _hits(
    actor: Actor, found: Reading, wanted: Wanted, tickets: Asked,
    most: int,
) -> tuple[list[Told], int, bool]:  # fmt: skip
    """Those messages whose tickets the actor may see and asks for; nothing else is counted or ordered."""
    hits: list[Told] = []
    looked = 0
    clocks: dict[str, hours.Hours] = {}
    for some in wordindex.search(found.ask.workspace.home, wanted, LOOKED):
        facts = access.visible_facts(actor, found, {one.ticket_key for one in some})
        for one in some:
            looked += 1
            mine = facts.get((one.source, one.ticket))
            if mine is None:
                continue
            waits = _waits(found, mine, clocks)
            if _passes(mine, waits, *tickets):
                hits.append((one, mine, waits))
                if len(hits) >= most:
                    return hits, looked, False
    return hits, looked, looked < LOOKED


def _passes(
    facts: Mapping[str, Any], waits: int | None, group: Sequence[str], channel: Sequence[str], status: Sequence[str],
    longer: float | None,
) -> bool:  # fmt: skip
    names = {facts["group_last"], f"{facts['source_id']}:{facts['group_last']}"}
    asked = ((group, names), (channel, {facts["channel"]}), (status, {facts["status"]}))
    if any(words and not {*words} & there for words, there in asked):
        return False
    return longer is None or (waits is not None and waits > longer * 3600)


def _waits(found: Reading, facts: Mapping[str, Any], clocks: dict[str, hours.Hours]) -> int | None:
    """How long the customer waits, in working time where there is any; None where nobody waits."""
    if not facts["waiting_reply"] or facts["waiting_since"] is None:
        return None
    source = facts["source_id"]
    if source not in clocks:
        clocks[source] = found.memory.remembered(
            ("conversations.hours", source),
            lambda: hours.of_source(found.ask.workspace, found.publication, source, facts["as_of"]),
        )
    import numpy as np

    begin, end = (np.array([int(facts[name].timestamp())]) for name in ("waiting_since", "as_of"))
    told = clocks[source].elapsed([facts["ticket_id"]], begin, end)
    return int((end - begin)[0] if told is None else told[0])


def _instants(zone: ZoneInfo, first: date | None, last: date | None) -> tuple[int | None, int | None]:
    def at(day: date) -> int:
        return int(datetime.combine(day, time(), zone).timestamp())

    return None if first is None else at(first), None if last is None else at(last + timedelta(days=1))


def _shown(actor: Actor, hit: Hit, facts: Mapping[str, Any], waits: int | None, groups: Mapping[str, str]) -> HitShown:
    group = facts["group_last"]
    return HitShown(
        hit.source, hit.ticket, hit.message, hit.kind, datetime.fromtimestamp(hit.sent_at, UTC), hit.language,
        fields.shown(actor, "message.body", hit.snippet), facts["status"], facts["channel"],
        groups.get(group or "", group), waits,
    )  # fmt: skip
