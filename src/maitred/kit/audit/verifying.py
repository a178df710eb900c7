"""Whether the audit log is what was written: the part of ``maitred verify`` that reads it from end to end.

One pass in batches, at any size. Each check names the first row that is wrong, so that a backup of the right age can be
found. What cannot be seen: a row that somebody with raw access to the database appends properly at the end, and an end
that is cut off together with the files of the workspace before the next head reaches a backup or the auditor.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection

from maitred.base.checks import Check
from maitred.base.errors import MaitredError
from maitred.kit.audit import heads, sealing, tail, triggers
from maitred.kit.audit.heads import Head
from maitred.kit.audit.log import COLUMNS, GENESIS, digest
from maitred.kit.audit.models import SealedText, SubjectKey
from maitred.kit.secrets.keyring import Keyring, Purpose, folder_of
from maitred.kit.secrets.sealing import place, unseal

_BATCH = 1000
_LATE = 2
"""Heads that may be in the table and not yet in the file: their transactions ended just now, or in a crash."""
_QUOTED = re.compile(rf'(?<!\\)"({sealing.REFERENCE.pattern})"')
_RESTORE = "keep this state for the inquiry, then restore the last good backup"

Row = dict[str, Any]


def verify_chain(home: Path) -> list[Check]:
    """Everything that can be said about the log of the workspace ``home`` and the database of the settings.

    Returns
    -------
    list of Check
        Chain, sealed texts, heads, file of heads, tail, triggers, keys of subjects; ``first_bad`` is a row's number
        where there is one. No head yet is a notice, not a finding.
    """
    try:
        return _checks(home)
    except DatabaseError as error:
        return [Check("audit chain", False, f"the log cannot be read ({error}): {_RESTORE}", "1")]


def _checks(home: Path) -> list[Check]:
    """Files first, then the table of heads, then the rows, so that what is written meanwhile does no harm."""
    keys = Keyring(folder_of(home))
    seen = tail.marked(home)
    kept, torn = _kept(home)
    tabled = _tabled()
    walk = _walk({head.seq for head in (*kept, *(tabled or ()), *_marks(seen))})
    return [
        walk.chain(),
        walk.texts(),
        _heads([*kept, *(tabled or [])], walk, keys),
        _file(kept, tabled, torn),
        _tail(seen, walk),
        _triggers(),
        _subjects(keys),
    ]


@dataclass(slots=True)
class Walk:
    """What one pass over the rows found out."""

    asked: set[int]
    rows: int = 0
    last: int = 0
    prev: str = GENESIS
    bad: int | None = None
    why: str = ""
    bad_text: int | None = None
    named: int = 0
    erased: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    hashes: dict[int, str] = field(default_factory=dict)
    counted: dict[int, dict[str, int]] = field(default_factory=dict)

    def meet(self, row: Row) -> None:
        """Look at the next row; after the first bad one only what heads ask for is gathered."""
        self.rows += 1
        if self.bad is None:
            self._judge(row)
        self.last = row["seq"] if isinstance(row["seq"], int) else self.last
        self.prev = row["hash"]
        self.counts[str(row["verb"])] += 1
        if row["seq"] in self.asked:
            self.hashes[row["seq"]] = row["hash"]
            self.counted[row["seq"]] = dict(self.counts)

    def _judge(self, row: Row) -> None:
        due, seq = self.last + 1, row["seq"]
        if seq != due:
            missing = isinstance(seq, int) and seq > due
            self.bad, self.why = (due, "is missing") if missing else (seq, "is there twice or out of order")
        elif not _holds(row):
            self.bad, self.why = due, "was changed"
        elif row["prev"] != self.prev:
            # The row is whole, so it was written after another one than stands before it now.
            self.bad, self.why = max(1, due - 1), "was replaced: the next row was written after another one"

    def chain(self) -> Check:
        if self.bad is None:
            return Check("audit chain", True, f"{self.rows} rows, none missing, none changed")
        return Check("audit chain", False, f"row {self.bad} {self.why}: {_RESTORE}", str(self.bad))

    def texts(self) -> Check:
        if self.bad_text is None:
            gone = f", {self.erased} of them erased" if self.erased else ""
            return Check("audit texts", True, f"{self.named} sealed texts are as the rows name them{gone}")
        what = f"a sealed text that row {self.bad_text} names was changed or taken away: {_RESTORE}"
        return Check("audit texts", False, what, str(self.bad_text))


def _walk(asked: set[int]) -> Walk:
    walk = Walk(asked)
    for batch in _batches():
        for row in batch:
            walk.meet(row)
        named = [(row["seq"], reference) for row in batch for reference in _references(row)]
        for start in range(0, len(named), _BATCH):
            if walk.bad_text is None:
                _look_at_texts(walk, named[start : start + _BATCH])
    return walk


def _batches() -> Iterator[Sequence[Row]]:
    names = (*COLUMNS, "hash")
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(names)} FROM audit_row ORDER BY seq")
        while batch := cursor.fetchmany(_BATCH):
            yield [dict(zip(names, row, strict=True)) for row in batch]


def _holds(row: Row) -> bool:
    try:
        return bool(digest(row) == row["hash"])
    except (TypeError, AttributeError, ValueError):  # a column holds something that was never written by us
        return False


def _look_at_texts(walk: Walk, named: Sequence[tuple[int, str]]) -> None:
    """Compare references with the ciphertexts; the first row whose text differs is remembered."""
    there = SealedText._base_manager.in_bulk([reference.split(":")[1] for _, reference in named])
    subjects = {one.subject for one in there.values()}
    readable = set(SubjectKey._base_manager.filter(pk__in=subjects).values_list("pk", flat=True))
    for seq, reference in named:
        _, text_id, told = reference.split(":")
        found = there.get(text_id)
        if found is None or sealing.digest(str(found.sealed)) != told:
            walk.bad_text = seq
            return
        walk.named += 1
        walk.erased += found.subject not in readable


def _references(row: Row) -> list[str]:
    reason = str(row["reason"])
    named = _QUOTED.findall(str(row["diff"]))
    return [*named, reason] if sealing.REFERENCE.fullmatch(reason) else named


def _kept(home: Path) -> tuple[list[Head], bool]:
    """The heads in the file, and whether a line of it is none."""
    try:
        return heads.in_file(home), False
    except ValueError:
        return [], True


def _tabled() -> list[Head] | None:
    """The heads in the table; nothing where one of them cannot even be read."""
    try:
        return heads.in_table()
    except (ValueError, TypeError):
        return None


def _marks(seen: tail.Mark | None) -> Iterable[tail.Mark]:
    return () if seen is None else (seen,)


def _heads(signed: list[Head], walk: Walk, keys: Keyring) -> Check:
    """Every head, from the table and from the file, against the rows it speaks about."""
    good = 0
    for head in sorted(signed, key=lambda one: one.seq):
        wrong = _wrong(head, walk, keys, good)
        if wrong:
            return Check("audit heads", False, f"{wrong[1]}: {_RESTORE}", str(wrong[0]))
        good = head.seq
    if not signed:
        return Check("audit heads", True, "no signed head yet")
    return Check("audit heads", True, f"{len(set(map(repr, signed)))} signed heads, the last over row {good}")


def _wrong(head: Head, walk: Walk, keys: Keyring, good: int) -> tuple[int, str] | None:
    """The first row that may be wrong, and what is; ``good`` is the last row that an earlier head vouches for."""
    first = min(good + 1, head.seq)
    if not heads.vouched(head, keys):
        return head.seq, f"the head over row {head.seq} was not signed by this installation as it stands"
    if head.seq > walk.last:
        return walk.last + 1, f"a signed head says that there are {head.seq} rows and the log ends at {walk.last}"
    if walk.hashes.get(head.seq) != head.hash:
        return first, f"row {head.seq} is not the one that was signed: rows from {first} on were written anew"
    if walk.counted[head.seq] != head.counts:
        return first, f"the rows by verb up to {head.seq} are not those that were signed"
    return None


def _file(kept: list[Head], tabled: list[Head] | None, torn: bool) -> Check:
    """The file of heads against the table of heads."""
    name, first = "audit head file", 1
    if torn or tabled is None:
        return Check(name, False, "a signed head cannot be read: compare with the copy in the last backup", str(first))
    for left, right in zip(kept, tabled, strict=False):
        if left != right:
            return Check(
                name, False, "the heads beside the database are not those inside", str(min(left.seq, right.seq))
            )
    if len(kept) > len(tabled):
        return Check(name, False, "the database has lost signed heads", str(kept[len(tabled)].seq))
    if len(tabled) - len(kept) > _LATE:
        return Check(name, False, "the file has lost signed heads", str(tabled[len(kept)].seq))
    return Check(name, True, f"{len(kept)} heads, the same as in the database")


def _tail(seen: tail.Mark | None, walk: Walk) -> Check:
    if seen is None:
        return Check("audit tail", True, "this workspace has not written a row yet")
    if seen.seq > walk.last:
        what = f"row {seen.seq} was written and the log ends at {walk.last}: {_RESTORE}"
        return Check("audit tail", False, what, str(walk.last + 1))
    if walk.hashes.get(seen.seq) != seen.hash:
        return Check("audit tail", False, f"row {seen.seq} is not the one that was written: {_RESTORE}", str(seen.seq))
    return Check("audit tail", True, f"row {seen.seq} is the one that was written last, or one of the last")


def _triggers() -> Check:
    wanted = {name: triggers.normal(text) for name, text in triggers.expected(connection.vendor).items()}
    there = triggers.found()
    wrong = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
    if wrong:
        what = f"{', '.join(wrong)}: missing, switched off or not as it was installed; somebody changed the database"
        return Check("audit triggers", False, what, wrong[0])
    return Check("audit triggers", True, f"{len(wanted)} triggers and functions stand as installed")


def _subjects(keys: Keyring) -> Check:
    """The key of each subject opens with ours; one that was swapped would hide texts without an erasure."""
    count = 0
    for one in SubjectKey._base_manager.order_by("subject").iterator(_BATCH):
        try:
            unseal(keys, one.sealed, place("audit_subject_key", one.subject, "sealed"), Purpose.SUBJECTS)
        except MaitredError as error:
            return Check("audit keys of subjects", False, str(error), one.subject)
        count += 1
    return Check("audit keys of subjects", True, f"{count} keys open")
