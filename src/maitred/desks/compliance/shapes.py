"""What the verbs of deadlines, packs and scans take and answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from maitred.kit.verbs import Names
from maitred.kit.verbs.words import LARGEST

_Id = Field(ge=1, le=LARGEST)
ComplaintId = Annotated[int, Names("complaint"), _Id]
ProposalId = Annotated[int, Names("complaint-proposal"), _Id]
RequestId = Annotated[int, Names("data-request"), _Id]
ScanId = Annotated[int, Names("scan"), _Id]
DayId = Annotated[int, Names("own-day"), _Id]
OtherId = Annotated[int, _Id]
PackName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
ClauseName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
CalendarName = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]
Hour = Annotated[str, StringConstraints(pattern=r"^[0-2][0-9]:[0-5][0-9]$")]
Store = Literal["all", "tables", "landing", "database", "logs", "exports", "indexes", "media", "backups", "other"]
DueState = Literal["overdue", "soon", "all"]


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of a clock's ledger: what happened when, by which event and under which clause."""

    kind: str
    at: datetime
    event: str
    clause: str


@dataclass(frozen=True, slots=True)
class ClockShown:
    """A clock of a case at an instant; ``late_s`` are seconds that it ran over, ``reviewed`` says that law looked."""

    case: str
    complaint: int | None
    request: int | None
    kind: str
    pack: str
    pin: str
    clock: str
    clause: str
    title: str
    status: str
    level: str
    started_at: datetime | None
    due_at: datetime | None
    stopped_at: datetime | None
    late_s: int | None
    breached: bool
    severity: str
    reason: str
    mark: str
    reviewed: bool
    owner: str
    ledger: tuple[LedgerLine, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """Open deadlines, the one that ends first in front; ``left_off`` cases that are not in the list."""

    as_of: datetime
    overdue: int
    warned: int
    running: int
    paused: int
    clocks: tuple[ClockShown, ...]
    left_off: int


@dataclass(frozen=True, slots=True)
class ClauseChecked:
    """What a clause has: ``evidence present``, ``gap``, ``not assessed`` or ``not applicable``.

    ``population`` are the cases it was asked of, ``n`` those that could be judged by ``as_of``, ``kept`` those of them
    that show it; ``share`` with its 95 % interval. ``exceptions`` are references of cases that do not show it.
    """

    pack: str
    pin: str
    clause: str
    title: str
    check: str
    result: str
    why: str
    population: int
    n: int
    kept: int
    share: float | None
    low: float | None
    high: float | None
    exceptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """Clauses with what they have, for cases received from ``since`` until ``as_of``."""

    as_of: datetime
    since: datetime
    clauses: tuple[ClauseChecked, ...]
    reviewed: bool


@dataclass(frozen=True, slots=True)
class SourceShown:
    """Where a pack has something from; ``mark`` is seen, known or unverified."""

    ref: str
    url: str
    seen_on: str
    mark: str
    note: str


@dataclass(frozen=True, slots=True)
class PackListed:
    """A pack. ``notice`` says so where nobody of law looked at it; ``open_cases`` stand under any version of it."""

    pack: str
    version: str
    pin: str
    title: str
    about: str
    reviewed_by: str
    reviewed_on: str
    notice: str
    calendar: str
    time_zone: str
    clocks: int
    clauses: int
    open_cases: int


@dataclass(frozen=True, slots=True)
class Packs:
    """Packs by their ids."""

    packs: tuple[PackListed, ...]


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A clock of a pack in its own words."""

    clock: str
    clause: str
    title: str
    starts: str
    day_zero: str
    length: str
    ends: str
    if_last_day_closed: str
    stops: tuple[str, ...]
    pauses: tuple[str, ...]
    extends: tuple[str, ...]
    warns: tuple[str, ...]
    mark: str
    note: str


@dataclass(frozen=True, slots=True)
class ClauseListed:
    """A clause of a pack and its check; without one it is not assessed."""

    clause: str
    title: str
    check: str
    mark: str


@dataclass(frozen=True, slots=True)
class PackShown:
    """A pack with its clocks, clauses and sources; ``behind`` are open cases that stand under an older version."""

    pack: PackListed
    sources: tuple[SourceShown, ...]
    clocks: tuple[RuleShown, ...]
    clauses: tuple[ClauseListed, ...]
    behind: tuple[BehindShown, ...]


@dataclass(frozen=True, slots=True)
class BehindShown:
    """A complaint under an older version of a pack."""

    complaint: int
    reference: str
    pin: str


@dataclass(frozen=True, slots=True)
class DateMoved:
    """What another version of a pack, or a calendar, does to a deadline."""

    clock: str
    was: datetime | None
    now: datetime | None


@dataclass(frozen=True, slots=True)
class Adopted:
    """A case under the version of a pack in force: the old and new dates. Nothing is done while ``done`` is false."""

    complaint: int
    reference: str
    pack: str
    old: str
    new: str
    dates: tuple[DateMoved, ...]
    done: bool


@dataclass(frozen=True, slots=True)
class DayShown:
    """A day that differs from a calendar, known from ``valid_from`` on."""

    id: int
    calendar: str
    day: date
    kind: str
    closes: str
    name: str
    valid_from: date
    version: int


@dataclass(frozen=True, slots=True)
class Days:
    """Days that differ; with the deadlines that the last change moved."""

    days: tuple[DayShown, ...]
    moved: tuple[DateMoved, ...] = ()


@dataclass(frozen=True, slots=True)
class FindingShown:
    """A place with something that should not be kept; ``masked`` shows the last four digits, never more."""

    store: str
    place: str
    field: str
    record: str
    kind: str
    confidence: str
    count: int
    masked: str


@dataclass(frozen=True, slots=True)
class ScanListed:
    """A scan; ``found`` is how many numbers, ``unread`` what could not be read."""

    id: int
    store: str
    state: str
    detector: str
    asked_at: datetime
    finished_at: datetime | None
    items: int
    bytes: int
    found: int
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scans:
    """The latest scans."""

    scans: tuple[ScanListed, ...]


@dataclass(frozen=True, slots=True)
class ScanShown:
    """A scan with its findings; the first five hundred of them."""

    scan: ScanListed
    findings: tuple[FindingShown, ...]
