"""Marks on thousands of tickets in one deed: a row each, and one entry of the audit log that names them all."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from maitred.base import clock
from maitred.kit.audit import deeds
from maitred.kit.marks.models import Journal, Mark
from maitred.kit.marks.selection import Ref

_BATCH = 1000


def put(journal: Journal, tickets: Iterable[Ref]) -> None:
    """Put a journal's mark on tickets that do not have it."""
    now = clock.now()
    told = sorted(tickets)
    rows = (
        Mark(
            source_id=source_id, ticket_id=ticket_id, kind=journal.kind, text=journal.text,
            author_id=journal.owner_id, journal=journal, created_at=now, changed_at=now,
        )
        for source_id, ticket_id in told
    )  # fmt: skip
    Mark._base_manager.bulk_create(rows, batch_size=_BATCH)
    named = {source: [one for _, one in pairs] for source, pairs in groupby(told, key=lambda ticket: ticket[0])}
    deeds.note("mark", Journal.NOUN, journal.pk, tickets=named)


def take_back(journal: Journal) -> tuple[int, tuple[Ref, ...]]:
    """Take a journal's marks off where they still say what it said; how many, and the tickets where they do not."""
    rows = Mark._base_manager.filter(journal=journal)
    hit, _ = rows.filter(text=journal.text).delete()
    left = tuple(rows.order_by("source_id", "ticket_id").values_list("source_id", "ticket_id"))
    deeds.note("unmark", Journal.NOUN, journal.pk, removed=hit, left=len(left))
    return hit, left
