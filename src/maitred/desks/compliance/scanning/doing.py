"""Does a scan: every store that was asked for, one row a place; what could not be read is named, not passed over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from maitred.base import clock
from maitred.desks.compliance import access
from maitred.desks.compliance.models import Scan, ScanFinding
from maitred.desks.compliance.scanning import access as rows
from maitred.desks.compliance.scanning.pieces import Hit, hits_in, text_hits
from maitred.desks.compliance.scanning.places import places
from maitred.kit.access.actor import Actor
from maitred.kit.audit import deeds
from maitred.sync.screen import DETECTOR_VERSION

MOST = 2_000
"""Findings of one scan that are listed; all are counted."""


@dataclass(slots=True)
class Found:
    """What a scan came to."""

    items: int = 0
    volume: int = 0
    count: int = 0
    hits: list[tuple[str, str, Hit]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def add(self, store: str, place: str, hits: Iterator[Hit] | list[Hit]) -> None:
        """Take what stands at a place."""
        safe = _safe(place)
        for hit in hits:
            self.count += hit.count
            if len(self.hits) < MOST:
                self.hits.append((store, safe, replace(hit, record=_safe(hit.record), field=_safe(hit.field))))


def look(home: Path, store: str, check: Callable[[], None] = lambda: None) -> Found:
    """Look through a store, or all of them."""
    found = Found()
    for one in places(home, store):
        check()
        try:
            found.add(one.store, one.name, hits_in(one.path, one.form))
        except Exception as error:  # noqa: BLE001  (a damaged file of any form is named, and the scan goes on)
            found.unread.append(f"{_safe(one.name)}: {type(error).__name__}")
        found.items += 1
        found.volume += one.size
    if store in ("all", "database"):
        for table, texts in rows.tables():
            check()
            try:
                for column, key, text in texts():
                    found.add("database", table, text_hits(text, column, key))
                    found.volume += len(text)
            except DatabaseError as error:
                found.unread.append(f"{table}: {type(error).__name__}")
            found.items += 1
    return found


def do_scan(actor: Actor, scan: int | None, check: Callable[[], None]) -> Scan | None:
    """Do a scan that was asked for, or everything; keeps what it came to in one deed.

    Returns
    -------
    Scan or None
        None where the one that was asked for is done already.
    """
    asked = access.scan_to_do(scan) if scan is not None else None
    if scan is not None and asked is None:
        return None
    return keep(actor, asked, asked.store if asked else "all", check)


def keep(actor: Actor, asked: Scan | None, store: str, check: Callable[[], None] = lambda: None) -> Scan:
    """Look and keep the outcome."""
    found = look(Path(settings.MAITRED_HOME), store, check)
    values: dict[str, Any] = {
        "state": "done", "detector": DETECTOR_VERSION, "finished_at": clock.now(), "items": found.items,
        "volume": found.volume, "found": found.count, "unread": found.unread[:200],
    }  # fmt: skip
    with deeds.deed(actor, "compliance.scan"):
        row = deeds.change(asked, None, **values) if asked else deeds.create(Scan, store=store, **values)
        for at, place, hit in found.hits:
            deeds.create(ScanFinding, scan=row, store=at, place=place[:400], field=hit.field, record=hit.record,
                         kind=hit.kind, confidence=hit.confidence, count=hit.count, masked=hit.masked)  # fmt: skip
    return row


def _safe(text: str) -> str:
    """A name without a card number in it: file names are screened like any other text."""
    from maitred.sync.screen import screen_text

    return screen_text(text).text
