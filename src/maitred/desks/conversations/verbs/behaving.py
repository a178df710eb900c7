"""What teams show in their conversations: six behaviours that can be quoted, as shares with how sure they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from maitred.base.errors import Invalid
from maitred.desks.conversations import access, shares
from maitred.desks.conversations.agreeing import agreements
from maitred.desks.conversations.reading import table, wordindex
from maitred.desks.conversations.shapes import TeamBehaviours, TeamShares
from maitred.desks.conversations.shares import Voice
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.reading import Reading, reading
from maitred.kit.verbs import question

DAYS = 28
_LONGEST = 400
_COLUMNS = ("source_id", "ticket_id", "ticket_key", "author_id", "kind", "language", "present", "absent")
Voices = dict[tuple[str, str, int, str], Voice]
"""What replies show, by helpdesk, ticket, its key, and who replies (``agent`` or ``bot``)."""


@question(needs=Right.CONVERSATIONS_LEAD, example={})
def behaviours(actor: Actor, first_day: date | None = None, last_day: date | None = None) -> TeamBehaviours:
    """Show how many conversations of each team show a behaviour, of those that call for it, by name of the team.

    Never of a person: a team of fewer than three who wrote has no share. A behaviour is to be counted on only where the
    machine agrees with people about as well as they agree with each other (``agreement``); otherwise the shares are
    for looking into quotes, and nothing else of the house uses them. English replies only; bots stand by themselves.

    Parameters
    ----------
    first_day, last_day
        Replies sent on these days and between; the last four weeks unless given.
    """
    with reading() as found:
        last = last_day or (found.as_of.astimezone(found.zone) - timedelta(seconds=1)).date()
        first = first_day or last - timedelta(days=DAYS - 1)
        if not 0 <= (last - first).days < _LONGEST:
            raise Invalid("these are no days from the first to the last", f"choose up to {_LONGEST} days", (
                {"field": "last_day", "message": "not after the first day", "code": "order"},))  # fmt: skip
        voices, english = _voices(found, first, last)
        teams: dict[tuple[str, bool], list[Voice]] = defaultdict(list)
        facts = access.visible_facts(actor, found, {key for _, _, key, _ in voices})
        for (source, ticket, _, kind), voice in voices.items():
            mine = facts.get((source, ticket))
            if mine is not None:
                teams[f"{source}:{mine['group_last'] or ''}", kind == "bot"].append(voice)
        names = found.ask.labels("group", [one.partition(":")[2] for one, _ in teams])
        rows = tuple(_team(names, group, bots, mine) for (group, bots), mine in sorted(teams.items()))
        return TeamBehaviours(
            access.known(found), first.isoformat(), last.isoformat(),
            tuple(sorted(rows, key=lambda one: (one.bots, one.name, one.group))), agreements(actor),
            sum(len(one) for one in teams.values()), english,
        )  # fmt: skip


def _team(names: Mapping[str, str], group: str, bots: bool, voices: Sequence[Voice]) -> TeamShares:
    people, told = shares.shares(voices, bots)
    number = group.partition(":")[2]
    return TeamShares(group, names.get(number, number), bots, people, told)


def _voices(found: Reading, first: date, last: date) -> tuple[Voices, float | None]:
    """What replies of some days show, and which share of them is in English; remembered with the publication."""
    key = ("conversations.voices", wordindex.version(found.ask.workspace.home), first, last)
    return found.memory.remembered(key, lambda: _gathered(found, first, last))


def _gathered(found: Reading, first: date, last: date) -> tuple[Voices, float | None]:
    store = table.store(found.ask.workspace.home)
    if not store.exists(table.NAME):
        return {}, None
    kind = pa.timestamp("us", tz="UTC")
    low, high = (
        pa.scalar(datetime.combine(day, time(), found.zone), kind) for day in (first, last + timedelta(days=1))
    )
    sent = (pc.field("sent_at") >= low) & (pc.field("sent_at") < high)
    staff = pc.field("kind").isin(["agent", "bot"]) & pc.field("is_public")
    rows = store.scan(table.NAME, None, _COLUMNS, where=sent & staff)
    if not rows.num_rows:
        return {}, None
    english = float(pc.sum(pc.fill_null(pc.equal(rows["language"], "en"), False)).as_py() or 0) / rows.num_rows
    told = rows.filter(
        pc.greater(pc.add(pc.list_value_length(rows["present"]), pc.list_value_length(rows["absent"])), 0)
    )
    held: dict[tuple[str, str, int, str], list[dict[str, Any]]] = defaultdict(list)
    for row in told.to_pylist():
        held[row["source_id"], row["ticket_id"], row["ticket_key"], row["kind"]].append(row)
    return {key: shares.joined(mine) for key, mine in held.items()}, english
