"""What conversations does when somebody is erased: what was read of them goes, from the table and from the index.

The desk keeps nothing that follows from nothing: once messages are gone or masked in the warehouse, the next round of
``conversations.read`` reads their conversations anew. ``erase`` does not wait for it.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pyarrow.compute as pc

from maitred.desks.conversations.reading import table, wordindex

Key = tuple[str, str]


def erase(home: Path, users: Collection[Key] = (), tickets: Collection[Key] = ()) -> dict[str, int]:
    """Take conversations out of the readings: those in which somebody wrote, and those named. Nothing of them is left.

    They come back with what the warehouse holds of them then, when ``conversations.read`` comes round.

    Parameters
    ----------
    home
        The workspace.
    users
        Helpdesk users, each with its source: customers, or members of the staff.
    tickets
        Tickets, each with its source.

    Returns
    -------
    dict
        How many readings were ``removed``.
    """
    store = table.store(home)
    if not store.exists(table.NAME):
        return {"removed": 0}
    leaving: dict[int, dict[str, set[int]]] = {}
    removed = 0
    for part in store.batches(table.NAME, None):
        named = zip(
            *(part[name].to_pylist() for name in ("source_id", "author_id", "ticket_id", "ticket_key", "begun_month")),
            strict=True,
        )
        for source, author, ticket, key, month in named:
            if (source, author) in users or (source, ticket) in tickets:
                leaving.setdefault(month, {}).setdefault(source, set()).add(key)
    for month, by_source in sorted(leaving.items()):
        gone = {source: sorted(keys) for source, keys in by_source.items()}
        before = sum(part.num_rows for part in store.partition(table.NAME, month))
        version = table.replace(home, month, table.SCHEMA.empty_table(), gone, {"erased": "1"})
        removed += before - sum(part.num_rows for part in store.partition(table.NAME, month))
        wordindex.write(home, month, table.SCHEMA.empty_table(), gone, version)
    if leaving:
        table.tidy(home)
        wordindex.squeeze(home)
    return {"removed": removed}


def left(home: Path, user: Key) -> int:
    """How many readings of somebody's own messages there are, for a certificate of erasure."""
    store = table.store(home)
    if not store.exists(table.NAME):
        return 0
    condition = (pc.field("source_id") == user[0]) & (pc.field("author_id") == user[1])
    return int(store.scan(table.NAME, None, ("source_id",), where=condition).num_rows)
