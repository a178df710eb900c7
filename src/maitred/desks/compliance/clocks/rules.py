"""What a clock is made of: its rule as a pack states it, and the events of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Unit = Literal["minutes", "hours", "days", "business_days", "weeks", "months"]
Ends = Literal["instant", "end_of_day", "close_of_business"]
Closed = Literal["earlier", "next_working_day", "same"]
Zero = Literal["excluded", "included"]
OutOfHours = Literal["same_day", "next_business_day"]
SHORT: frozenset[str] = frozenset({"minutes", "hours"})
"""Units that are counted on the clock; the others are counted in days."""


@dataclass(frozen=True, slots=True)
class Length:
    """A span: so many of a unit."""

    n: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Start:
    """What sets a clock going. Of several such events the earliest counts; ``day_zero`` is the day on which it came."""

    event: str
    day_zero: Zero = "excluded"
    out_of_hours: OutOfHours = "same_day"


@dataclass(frozen=True, slots=True)
class Pause:
    """Events between which a clock stands still, with the clause that allows it."""

    begins: str
    ends: str
    clause: str


@dataclass(frozen=True, slots=True)
class Extension:
    """An event that makes the span longer, counted from the same start, if it comes before ``tell_by`` runs out.

    ``tell_by`` names a clock of the same pack; the rule's own name means its deadline without the extension.
    """

    event: str
    to: Length
    tell_by: str
    clause: str = ""


@dataclass(frozen=True, slots=True)
class VoidRule:
    """An event after which a clock has no meaning; with ``within`` only until so many days after the start."""

    event: str
    clause: str
    within: Length | None = None
    ends: Ends = "close_of_business"


@dataclass(frozen=True, slots=True)
class Ahead:
    """When to warn: after a share of the span, or so long before its end."""

    share: float | None = None
    before: Length | None = None

    @property
    def level(self) -> str:
        """The name under which a warning is given once."""
        if self.before is not None:
            return f"before:{self.before.n}:{self.before.unit}"
        return f"{self.share:g}"


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One clock of a pack."""

    id: str
    clause: str
    start: Start
    length: Length
    ends: Ends = "end_of_day"
    if_last_day_closed: Closed = "earlier"
    stop: tuple[str, ...] = ()
    pause: tuple[Pause, ...] = ()
    extend: tuple[Extension, ...] = ()
    void: tuple[VoidRule, ...] = ()
    reopen: str = "case.reopened"
    warn: tuple[Ahead, ...] = ()


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of a case: the helpdesk's instant, and the day of a letter where somebody wrote it down.

    Both are kept; the earlier counts, a letter from the first moment of its day.
    """

    name: str
    at: datetime
    letter_on: date | None = None
    key: str = ""
