"""Bring a file of people into the vault and their rows of numbers into search: again and again, without doubling.

A profile is known by its source and its id there; the form with the newer `lastModified` counts. Rows go to the vault
in small transactions, then to the table and the index in large steps; an import that was cut off in between is settled
by the next one. Nothing is guessed: a line that cannot be read is named with its reason.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from maitred.base import clock
from maitred.base.errors import BadInput
from maitred.desks.hiring.models import Profile, ProfileImport
from maitred.desks.hiring.models.profiles import LARGEST_KEY
from maitred.desks.hiring.profiles import access, clocks, keeping, sealing, table
from maitred.insight.ranking.columns import BASES, Features
from maitred.insight.ranking.profiles import Read, Refused, extract_features, last_modified, read
from maitred.kit.access.actor import Actor
from maitred.kit.audit import deeds

BATCH = 1_000
STEP = 100_000
"""So many rows go to the table and the index at once."""
MOST_REFUSED = 10_000
Tell = Callable[[int], None]
T = TypeVar("T")


@dataclass(slots=True)
class Imported:
    """What an import did; ``refused`` names lines, ``notes`` counts profiles of which something could not be read."""

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    refused_count: int = 0
    notes: int = 0
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        told = {name: getattr(self, name) for name in ("read", "added", "changed", "unchanged", "refused")}
        return told | {"refused_count": self.refused_count, "with_notes": self.notes, "seconds": round(self.seconds, 3)}


def import_profiles(
    actor: Actor,
    path: Path,
    *,
    source: str,
    basis: str,
    as_of: date | None = None,
    wait: float = 60.0,
    tell: Tell | None = None,
) -> Imported:
    """Import a file, or all files of a folder.

    Parameters
    ----------
    as_of
        The day to which open jobs count where a profile names none; today unless given.

    Raises
    ------
    BadInput
        There is no such file, the basis is none of the list, or the source has no name.
    Conflict
        Another import runs.
    """
    begun = time.monotonic()
    source = _checked(source, basis)
    run = _Run(actor, source, basis, as_of or clock.now().date(), clock.now().date())
    with table.table().writing(wait):
        settle(actor)
        with deeds.deed(actor, "hiring.import_profiles"):
            run.batch = deeds.create(ProfileImport, source=source, basis=basis)
        for some in _batches(read(path), BATCH):
            run.take(some)
            if tell is not None:
                tell(len(some))
        run.flush()
        with deeds.deed(actor, "hiring.import_profiles"):
            deeds.change(run.batch, None, settled=True)
            deeds.note("import", ProfileImport.NOUN, run.batch.pk, **_counts(run.told))
    run.told.seconds = time.monotonic() - begun
    return run.told


def settle(actor: Actor) -> int:
    """Put the rows of imports that were cut off into the table and the index; returns how many imports that was.

    Whoever calls it holds the table for writing. Where the table is missing (after a restore), every import counts.
    """
    missing = not table.table().exists() and access.count() > 0
    open_imports = access.imports() if missing else access.unsettled()
    for one in open_imports:
        for rows in _batches((features_of(row) for row in access.of_import(one.pk)), STEP):
            table.put(rows)
        with deeds.deed(actor, "hiring.settle_profiles"):
            deeds.change(one, None, settled=True)
    if not missing and table.table().exists() and table.index().rows != table.table().rows():
        table.rebuild_index()
    return len(open_imports)


def features_of(row: Profile) -> Features:
    """The row of numbers of a profile, read from its document again."""
    return _with_vault(extract_features(sealing.document_of(row), as_of=row.as_of).features, row)


def tie_of(source: str, external_id: str) -> int:
    """What orders people of equal score: it says nothing of anybody, and is the same on every machine."""
    packed = f"{source}\x1f{external_id}".encode()
    return int.from_bytes(blake2b(packed, digest_size=8).digest()) >> 1


@dataclass(slots=True)
class _Run:
    actor: Actor
    source: str
    basis: str
    as_of: date
    today: date
    told: Imported = field(default_factory=Imported)
    waiting: list[Features] = field(default_factory=list)
    undated: set[int] = field(default_factory=set)
    batch: Any = None

    def take(self, some: list[Read | Refused]) -> None:
        """Sort a batch into what is new, newer, known and refused, and keep it."""
        latest: dict[str, tuple[Read, date | None]] = {}
        for one in some:
            self.told.read += 1
            if isinstance(one, Refused):
                self._refuse(one)
                continue
            day = last_modified(one.document)
            why = self._unfit(one, day, latest.get(one.id))
            if why:
                self._refuse(Refused(one.line, why, one.file))
            elif why is None:
                self.told.unchanged += 1
            else:
                if one.id in latest:
                    self.told.unchanged += 1
                latest[one.id] = (one, day)
        self._keep(latest)

    def _unfit(self, one: Read, day: date | None, before: tuple[Read, date | None] | None) -> str | None:
        """Why a profile is refused; empty for a fit one, None for one that is known or older."""
        meta = one.document.get("meta")
        if isinstance(meta, dict) and meta.get("basis") == "synthetic" and self.basis != "synthetic":
            return "it is a synthetic person: import it with --basis synthetic"
        if before is not None:
            if before[0].document == one.document:
                return None
            if day is not None and (before[1] is None or day > before[1]):
                return ""
            return None if day is not None or before[1] is not None else "its id came before with other content"
        if day is None:
            mark = hash(one.id)
            if mark in self.undated:
                known = access.known(self.source, [one.id]).get(one.id)
                if known is not None and known.digest == sealing.Sealer().digest(
                    sealing.packed(one.document), self.basis
                ):
                    return None
                return "its id came before with other content"
            self.undated.add(mark)
        return ""

    def _keep(self, latest: dict[str, tuple[Read, date | None]]) -> None:
        known = access.known(self.source, list(latest))
        sealer = sealing.Sealer()
        tags = {sealer.erasure_tag(self.source, name): name for name in latest if name not in known}
        gone = {tags[tag] for tag in access.erased(list(tags))}
        added: list[Profile] = []
        changed: list[Profile] = []
        rows: list[Features] = []
        with deeds.deed(self.actor, "hiring.import_profiles"):
            sealer = sealing.Sealer()
            for name, (one, day) in latest.items():
                if name in gone:
                    self._refuse(Refused(one.line, "this person was erased and is not brought back", one.file))
                    continue
                packed = sealing.packed(one.document)
                digest = sealer.digest(packed, self.basis)
                row = known.get(name)
                if row is not None and not self._newer(row, day, digest):
                    self.told.unchanged += 1
                    continue
                found = extract_features(one.document, as_of=self.as_of)
                self.told.notes += bool(found.notes)
                is_new = row is None
                row = self._row(row, name, day, found.features.city)
                contact = sealing.contact_of(one.document)
                row.document, row.digest = sealer.document(row.pk, packed), digest
                row.contact, row.contact_tag = sealer.contact(row.pk, contact), sealer.contact_tag(contact)
                (added if is_new else changed).append(row)
                rows.append(_with_vault(found.features, row))
            keeping.put(self.batch, added, changed)
        self.told.added += len(added)
        self.told.changed += len(changed)
        self.waiting += rows
        if len(self.waiting) >= STEP:
            self.flush()

    def _newer(self, row: Profile, day: date | None, digest: str) -> bool:
        if row.digest == digest:
            return False
        if row.basis != self.basis:
            return day is None or row.last_modified is None or day >= row.last_modified
        if day is not None:
            return row.last_modified is None or day > row.last_modified
        return row.last_modified is None

    def _row(self, row: Profile | None, name: str, day: date | None, city: int) -> Profile:
        if row is None:
            row = Profile(key=secrets.randbelow(LARGEST_KEY - 2) + 1, source=self.source, external_id=name)
            row.added_on = self.today
        row.basis, row.batch, row.as_of = self.basis, self.batch, self.as_of
        row.last_modified, row.city, row.last_step_on = day, city, self.today
        if self.basis == "talent_pool" and row.consented_on is None:
            row.consented_on = self.today
        return timed(row)

    def flush(self) -> None:
        """Make what is kept searchable."""
        table.put(self.waiting)
        self.waiting = []

    def _refuse(self, one: Refused) -> None:
        self.told.refused_count += 1
        if len(self.told.refused) < MOST_REFUSED:
            self.told.refused.append(one.as_json())


def timed(row: Profile) -> Profile:
    """A profile with its last days set by its clocks."""
    dates = clocks.Dates(row.basis, row.added_on, row.last_step_on, row.noticed_on, row.consented_on)
    until = clocks.until(dates, clocks.where_of(row.city))
    row.hide_after, row.erase_after = until.hide_after, until.erase_after
    return row


def _with_vault(features: Features, row: Profile) -> Features:
    return replace(
        features,
        key=row.pk,
        tie=tie_of(row.source, row.external_id),
        basis=BASES.index(row.basis),
        hide_after=row.hide_after,
    )


def _checked(source: str, basis: str) -> str:
    source = " ".join(source.split())
    if not 0 < len(source) <= 80:
        raise BadInput(
            "a source needs a name of at most 80 characters", "say where the profiles are from with --source"
        )
    if basis not in BASES:
        raise BadInput(f"{basis} is no lawful basis that is known here", f"take one of {', '.join(BASES)}")
    return source


def _counts(told: Imported) -> dict[str, int]:
    return {
        "read": told.read,
        "added": told.added,
        "changed": told.changed,
        "unchanged": told.unchanged,
        "refused": told.refused_count,
    }


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
