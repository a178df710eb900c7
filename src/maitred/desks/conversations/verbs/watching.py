"""Who waits and for how long, where nobody said a word, what was promised and not kept, where the tone turned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from maitred.desks.conversations import access
from maitred.desks.conversations.live import Row, live
from maitred.desks.conversations.shapes import (
    HoursGiven,
    LiveShown,
    Mine,
    PageNumber,
    Reasons,
    UsualShown,
    Watched,
    Words,
)
from maitred.desks.conversations.usual import Usual
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.reading import Reading, reading
from maitred.kit.verbs import question

ROWS = 50
_MINE = 20


@question(needs=Right.CONVERSATIONS_READ, example={"reason": ["waits_long"]})
def watch(
    actor: Actor,
    reason: Reasons = (),
    group: Words = (),
    channel: Words = (),
    language: Words = (),
    waits_longer_than: HoursGiven | None = None,
    page: PageNumber = 1,
) -> Watched:
    """List open conversations within reach that need a look, with the reason, the gravest reason first.

    Parameters
    ----------
    reason
        Only those with one of these: ``forgotten`` (waits more than three times what is usual, and four hours),
        ``waits_long`` (more than nine in ten of the group and channel), ``waits``, ``silent`` (the staff said nothing
        for longer than usual), ``promise_broken``, ``promise_unclear``, ``tone``, ``bot_only``, ``one_sided``.
    group
        Only these groups of the helpdesk, by id.
    channel
        Only these channels.
    language
        Only where the customer wrote last in one of these, as ``de``.
    waits_longer_than
        Only where the customer waits longer, in hours of working time where there is any.
    page
        Fifty rows each.
    """
    with reading() as found:
        every = live(found)
        mine = access.visible_rows(actor, every.rows)
        told = [one for one in mine if one.reasons]
        kept = [one for one in told if _wanted(one, reason, group, channel, language, waits_longer_than)]
        rows = kept[(page - 1) * ROWS : page * ROWS]
        counts: Counter[str] = Counter(each for one in told for each in one.reasons)
        return Watched(
            access.known(found), len(mine), dict(counts), len(kept), shown(found, rows), page,
            max(1, -(-len(kept) // ROWS)), every.open > len(every.rows),
        )  # fmt: skip


@question(needs=Right.CONVERSATIONS_READ, example={})
def mine(actor: Actor) -> Mine:
    """List one's own open conversations that need a look, for oneself."""
    with reading() as found:
        rows = [one for one in access.own_rows(actor, live(found).rows) if one.reasons]
        return Mine(access.known(found), shown(found, rows[:_MINE]), len(rows))


def _wanted(
    row: Row, reason: Sequence[str], group: Sequence[str], channel: Sequence[str], language: Sequence[str],
    longer: float | None,
) -> bool:  # fmt: skip
    facts = row.facts
    where = ((reason, set(row.reasons)), (group, _group_names(facts)), (channel, {facts["channel"]}),
             (language, {row.language}))  # fmt: skip
    if any(asked and not {*asked} & there for asked, there in where):
        return False
    return longer is None or (row.waits_s is not None and row.waits > longer * 3600)


def _group_names(facts: Mapping[str, Any]) -> set[Any]:
    """A group by its own id and by that with its helpdesk."""
    group = facts["group_last"]
    return {group, f"{facts['source_id']}:{group}"} if group else set()


def shown(found: Reading, rows: Iterable[Row]) -> tuple[LiveShown, ...]:
    """Rows with the names of what is in them."""
    listed = list(rows)
    subjects = subjects_of(found, [one.facts["ticket_key"] for one in listed])
    groups = found.ask.labels("group", [one.facts["group_last"] for one in listed])
    people = found.ask.labels("assignee", [one.facts["last_assignee_id"] for one in listed])
    return tuple(_shown(one, subjects, groups, people) for one in listed)


def subjects_of(found: Reading, keys: Sequence[int]) -> dict[tuple[str, str], str | None]:
    """The subjects of some tickets."""
    import numpy as np

    if not keys:
        return {}
    wanted = np.unique(np.array(keys, np.int64))
    store, version = found.ask.workspace.store, found.publication.tables["tickets"]
    rows: pa.Table = store.scan("tickets", version, ("source_id", "external_id", "subject"), low=int(wanted[0]),
                                high=int(wanted[-1]), keys=wanted)  # fmt: skip
    return {(one["source_id"], one["external_id"]): one["subject"] for one in rows.to_pylist()}


def _shown(
    row: Row, subjects: Mapping[tuple[str, str], str | None], groups: Mapping[str, str], people: Mapping[str, str]
) -> LiveShown:
    facts = row.facts
    group, assignee = facts["group_last"], facts["last_assignee_id"]
    return LiveShown(
        facts["source_id"], facts["ticket_id"], subjects.get(row.key), facts["status"], facts["priority"],
        facts["channel"], groups.get(group or "", group), people.get(assignee or "", assignee), row.reasons,
        facts["waiting_since"] if row.waits_s is not None else None, row.waits_s, row.waits_business_s,
        _usual(row.usual), row.rests_s, row.rests_business_s, _usual(row.usual_rest), row.promised_for,
        row.tone_first, row.tone_last, row.language, row.after_bot,
    )  # fmt: skip


def _usual(one: Usual | None) -> UsualShown | None:
    return None if one is None else UsualShown(one.seconds, one.n, one.of)
