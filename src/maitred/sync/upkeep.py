"""Upkeep of the warehouse after an import: small files joined, versions that no kept publication needs let go.

Kept are the publications of the last 30 days and the last one of each of the 13 months before; the newest always.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from maitred.base import clock
from maitred.sync.workspace import Workspace

KEPT_DAYS = 30
KEPT_MONTHS = 13
SURPLUS_FILES = 64
"""Small files beyond one per partition that a table may have before they are joined."""


def join_small_files(workspace: Workspace, tables: Iterable[str]) -> list[str]:
    """Compact those of the tables that have many small files; returns their names.

    To be called between a load and its publication, so that the same publication shows the joined files.
    """
    grown = [name for name in sorted(tables) if workspace.store.surplus(name) > SURPLUS_FILES]
    for name in grown:
        workspace.store.compact(name)
    return grown


def maintain(workspace: Workspace, now: datetime | None = None) -> list[int]:
    """Let go of publications past their time and of the files that only they need; returns their numbers.

    To be called by the one writer after its publication. A day's margin keeps a reader that pinned the last
    publication of a month just before it goes.
    """
    kept = workspace.ledger.publications()
    gone = outdated([(number, datetime.fromisoformat(made_at)) for number, made_at, _ in kept], now or clock.now())
    if not gone:
        return []
    workspace.ledger.drop_publications(gone)
    sweep(workspace)
    for number in gone:
        (workspace.publications / f"{number}.json").unlink(missing_ok=True)
    return gone


def sweep(workspace: Workspace) -> int:
    """Delete the data files that no kept publication needs; returns how many."""
    versions: dict[str, list[int]] = {}
    for number, _, _ in workspace.ledger.publications():
        publication = workspace.publication(number)
        for name, version in publication.tables.items() if publication else ():
            versions.setdefault(name, []).append(version)
    count = 0
    for name in workspace.store.specs:
        if workspace.store.exists(name):
            gone = workspace.store.vacuum(name, versions.get(name, []))
            workspace.ledger.forget_files(name, gone)
            count += len(gone)
    return count


def outdated(made: list[tuple[int, datetime]], now: datetime) -> list[int]:
    """Numbers of the publications that need not be kept, from ``(number, made at)``, oldest first."""
    recent = now - timedelta(days=KEPT_DAYS + 1)
    this_month = now.year * 12 + now.month
    last_of_month = {moment.year * 12 + moment.month: number for number, moment in made}
    month_ends = {number for month, number in last_of_month.items() if this_month - month <= KEPT_MONTHS}
    newest = made[-1][0] if made else None
    return [n for n, moment in made if moment < recent and n not in month_ends and n != newest]
