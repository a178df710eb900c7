"""What the verbs of lists of records take and answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

LARGEST = 1_000_000
FileName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Content = Annotated[str, StringConstraints(min_length=1, max_length=LARGEST)]


@dataclass(frozen=True, slots=True)
class WrongShown:
    """What is wrong with a field of a row, and the known person who may be meant."""

    field: str
    message: str
    person: int | None
    suggestion: str


@dataclass(frozen=True, slots=True)
class RepairLine:
    """A row that cannot be kept as it is; ``row`` is its number in the file."""

    row: int
    says: str
    course: str
    wrong: tuple[WrongShown, ...]


@dataclass(frozen=True, slots=True)
class ImportListed:
    """A list that was read in: how many rows, how many are kept, doubled, or wait to be repaired."""

    id: int
    name: str
    form: str
    state: str
    total: int
    kept: int
    doubled: int
    wrong: int
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Imports:
    """Lists that one read in, the newest first."""

    imports: tuple[ImportListed, ...]


@dataclass(frozen=True, slots=True)
class CourseCounted:
    """A title in a list, how many rows say it, and the course of ours that has it."""

    title: str
    rows: int
    course: int | None


@dataclass(frozen=True, slots=True)
class ImportShown:
    """A list before it is kept: what confirming would do, and the repair list.

    ``ready`` rows would be kept, ``there`` are kept already or stand in the list twice. ``completes`` is how many open
    assignments would be completed. ``repair`` holds rows from ``first`` on; ``wrong`` is how many there are.
    """

    listed: ImportListed
    ready: int
    there: int
    completes: int
    people: int
    courses: tuple[CourseCounted, ...]
    repair: tuple[RepairLine, ...]
    first: int
    passed_over: int
    per_cent: bool


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was kept, what was there already, what waits to be repaired, and which assignments were completed by it."""

    listed: ImportListed
    kept: int
    there: int
    left: int
    completed: int


@dataclass(frozen=True, slots=True)
class RecordShown:
    """What another system says that somebody did."""

    id: int
    person: int
    name: str
    course: int | None
    title: str
    outcome: str
    at: datetime
    score: float | None
