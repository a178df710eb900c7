"""What detectors look at: a source's tickets, replies, solves, ratings and people as columns of numbers.

Times are seconds since 1970 in UTC (int64), ``NEVER`` where something has not happened; people, groups, accounts and
topics are positions in their ``Names``, -1 where there is none; ``ticket`` is a position in ``Tickets``. Every row
carries the instant at which it was known, so that a look at an earlier instant uses only what lies before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

NEVER = 1 << 62
"""An instant that has not come."""
CUSTOMER, AGENT, BOT, SYSTEM = range(4)
"""Who wrote a message."""
STATUSES = ("new", "open", "pending", "hold", "solved", "closed", "deleted", "spam")
CHANNELS = ("email", "web", "chat", "phone", "social", "messaging", "api", "other")
PRIORITIES = ("low", "normal", "high", "urgent")


@dataclass(frozen=True, slots=True)
class Names:
    """Things by position: our id (``zendesk:104``), the helpdesk's own (``104``) and the name that people read."""

    ids: tuple[str, ...]
    external: tuple[str, ...]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Tickets:
    """One row per ticket, by creation. ``excluded_at``: merged away, deleted or spam since then.

    ``first_reply_s`` counts business time (every schedule of the ticket), ``first_reply_calendar_s`` all time; both are
    -1 before ``first_reply_at``. ``group`` and ``priority`` are those at creation. ``policy`` is the SLA policy of the
    first target (position in ``Evidence.policies``).
    """

    external: NDArray[np.object_]
    created: Ints
    channel: Codes
    priority: Codes
    requester: Codes
    account: Codes
    group: Codes
    policy: Codes
    excluded_at: Ints
    first_reply_at: Ints
    first_reply_s: Ints
    first_reply_calendar_s: Ints
    first_reply_agent: Codes
    first_reply_group: Codes
    length: Ints
    """Characters of the opening message; 0 where texts are missing."""
    non_english: Flags
    """Whether the requester's locale is given and is not English."""

    def __len__(self) -> int:
        return len(self.created)


@dataclass(frozen=True, slots=True)
class Solves:
    """One row per solving, by ``solved_at``. ``agent`` may be a bot; ``reopened_at``: when the ticket came back.

    ``started_at`` is creation or the reopening before; ``seconds`` is business time from there,
    ``calendar_s`` all time.
    """

    ticket: Ints
    agent: Codes
    group: Codes
    started_at: Ints
    solved_at: Ints
    seconds: Ints
    calendar_s: Ints
    reopened_at: Ints


@dataclass(frozen=True, slots=True)
class Turns:
    """One row per turn of the customer (a message and those right behind it), by ``opened_at``.

    ``first`` marks the opening turn of a ticket. ``seconds`` (business) and ``calendar_s`` are -1 until answered;
    ``agent`` answered it, ``group`` had the ticket then (or has it now). ``ended_at`` is when nobody waited any more:
    the answer, or the solving without one. A turn waits at an instant when ``opened_at < at <= ended_at``.
    """

    ticket: Ints
    first: Flags
    opened_at: Ints
    answered_at: Ints
    agent: Codes
    group: Codes
    seconds: Ints
    calendar_s: Ints
    ended_at: Ints


@dataclass(frozen=True, slots=True)
class Spans:
    """Stretches of one value of one field of a ticket, by ``from_at``: status, group or assignee (``value`` -1: none).

    ``by`` is the person who began it (-1 nobody known); ``to_at`` is ``NEVER`` for the last stretch.
    """

    ticket: Ints
    value: Codes
    from_at: Ints
    to_at: Ints
    by: Codes


@dataclass(frozen=True, slots=True)
class Ratings:
    """Answered satisfaction surveys by ``rated_at``. ``agent`` solved the ticket last before the rating."""

    ticket: Ints
    agent: Codes
    group: Codes
    good: Flags
    rated_at: Ints


@dataclass(frozen=True, slots=True)
class Reviews:
    """Reviews of tickets drawn at random that count, by ``submitted_at``.

    ``person`` was reviewed (a bot where ``bot``), ``reviewer`` is the house's number of who reviewed, ``card`` stands
    for a scorecard in one version. ``lost`` is what is missing to the best score, 0 to 1; ``critical`` how many
    critical items applied, ``item`` the first that failed (position in ``Evidence.review_items``, -1: none failed).
    """

    ticket: Ints
    person: Codes
    bot: Flags
    reviewer: Ints
    card: Ints
    lost: Floats
    critical: Codes
    item: Codes
    submitted_at: Ints

    @classmethod
    def none(cls) -> Reviews:
        """No reviews."""
        whole, code = np.empty(0, np.int64), np.empty(0, np.int32)
        flag, lost = np.empty(0, np.bool_), np.empty(0, np.float64)
        return cls(whole, code, flag, whole, whole, lost, code, code, whole)


@dataclass(frozen=True, slots=True)
class Offers:
    """Surveys that were offered, by ``offered_at``."""

    ticket: Ints
    offered_at: Ints


@dataclass(frozen=True, slots=True)
class Messages:
    """One row per message, by ``sent_at``; what its text holds was looked up when this was gathered.

    ``card``: a masked card number (passed issuer and check digit). ``asks_card``: somebody asks for card data.
    ``leaving``: the customer says that they will leave or not renew. ``tone``: -2 (very dissatisfied) to 2, of
    customers only, 0 where nothing shows. ``promise_at``: when something was promised for, ``NEVER`` if not.
    """

    ticket: Ints
    author: Codes
    kind: Codes
    public: Flags
    sent_at: Ints
    length: Ints
    card: Flags
    asks_card: Flags
    leaving: Flags
    tone: Codes
    promise_at: Ints


@dataclass(frozen=True, slots=True)
class Macros:
    """Each use of a macro, by ``used_at``."""

    ticket: Ints
    macro: Codes
    agent: Codes
    used_at: Ints


@dataclass(frozen=True, slots=True)
class Targets:
    """SLA targets by ``started_at``: ``metric`` is one of ``Evidence.target_names``; ``due_at`` when it will be or was
    missed, ``ended_at`` when it was met or stopped."""

    ticket: Ints
    metric: Codes
    policy: Codes
    group: Codes
    seconds: Ints
    started_at: Ints
    due_at: Ints
    ended_at: Ints


@dataclass(frozen=True, slots=True)
class Words:
    """Ragged codes per ticket: those of ticket ``i`` are ``codes[starts[i]:starts[i + 1]]``, each once, ascending."""

    starts: Ints
    codes: Codes
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class People:
    """Helpdesk users: all have a position, staff and bots are marked.

    ``suspended_at`` and ``trained_at`` are ``NEVER`` where not so; ``training`` names the course, empty if none.
    """

    names: Names
    staff: Flags
    bot: Flags
    suspended_at: Ints
    created_at: Ints
    training: tuple[str, ...]
    trained_at: Ints


@dataclass(frozen=True, slots=True)
class Accounts:
    """Customers' organisations; ``revenue`` a year (NaN unknown), ``renewal`` the day's first second or ``NEVER``."""

    names: Names
    revenue: Floats
    renewal: Ints


@dataclass(frozen=True, slots=True)
class Schedules:
    """Business hours: ``names``, time zone, opening minutes of a week from Monday 00:00 local (each ``(start, end)``),
    and holidays as local days; ``of_ticket`` says which tickets run on which schedule since when."""

    names: Names
    zones: tuple[str, ...]
    weeks: tuple[tuple[tuple[int, int], ...], ...]
    holidays: tuple[frozenset[date], ...]
    default: int
    of_ticket: Spans


@dataclass(frozen=True, slots=True)
class Days:
    """The local days of the organisation: day 0 is ``first``; ``starts[d]`` is the first second of day ``d``.

    ``off`` marks holidays of the default schedule and days without opening hours there.
    """

    zone: str
    first: date
    starts: Ints
    off: Flags

    def of(self, at: Ints) -> Ints:
        """The day of each instant; ``NEVER`` lies behind all days, what lies before the first day is -1."""
        return np.searchsorted(self.starts, at, side="right").astype(np.int64) - 1

    def complete(self, at: int) -> int:
        """How many whole days lie before an instant."""
        return max(0, int(np.searchsorted(self.starts, at, side="right")) - 1)

    def __len__(self) -> int:
        return len(self.starts)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything about one source up to ``as_of``; ``newest`` is its newest event."""

    source: str
    as_of: int
    newest: int
    days: Days
    tickets: Tickets
    solves: Solves
    turns: Turns
    statuses: Spans
    groups_of: Spans
    assignees: Spans
    ratings: Ratings
    offers: Offers
    messages: Messages
    macros: Macros
    targets: Targets
    target_names: tuple[str, ...]
    tags: Words
    words: Words
    """Words of subject and opening message: lower case, no stop words, no numbers."""
    topics: Codes
    """The topic of each ticket as the helpdesk says it (tag or field), -1 where it does not."""
    topic_names: tuple[str, ...]
    topics_known_at: Ints
    people: People
    members: Spans
    """Who is in which group: ``ticket`` is here the person's position."""
    groups: Names
    policies: Names
    macro_names: Names
    accounts: Accounts
    schedules: Schedules
    reviews: Reviews = field(default_factory=Reviews.none)
    review_items: tuple[str, ...] = ()
