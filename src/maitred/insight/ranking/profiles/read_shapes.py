"""What reading a file gives, line by line: a profile, or a refusal that names the line and the reason."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b
from typing import Any

from maitred.insight.ranking.profiles.dates import read_date


@dataclass(frozen=True, slots=True)
class Read:
    """One profile of a file: its line, its id at the source and its document."""

    line: int
    id: str
    document: dict[str, Any]
    file: str = ""

    def of(self, file: str) -> Read:
        return replace(self, file=file)


@dataclass(frozen=True, slots=True)
class Refused:
    """One line that was not read, and why."""

    line: int
    why: str
    file: str = ""

    def of(self, file: str) -> Refused:
        return replace(self, file=file)

    def as_json(self) -> dict[str, Any]:
        return {"line": self.line, "why": self.why} | ({"file": self.file} if self.file else {})


def content_id(document: dict[str, Any]) -> str:
    """An id made of what a document says, for those that bring none."""
    packed = json.dumps(document, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return blake2b(packed.encode(), digest_size=12).hexdigest()


def last_modified(document: dict[str, Any]) -> date | None:
    """The day that a document says it was changed last; None where it says none that is one."""
    meta = document.get("meta")
    told = meta.get("lastModified") if isinstance(meta, dict) else None
    if not isinstance(told, str) or len(told) < 4:
        return None
    try:
        return date.fromisoformat(told[:10])
    except ValueError:
        found = read_date(told)
    return None if found is None or found.month is None else date(found.month // 12, found.month % 12 + 1, 1)
