"""What the verbs of conversations take and answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, StringConstraints

from maitred.insight.text.promises import Kept
from maitred.kit.verbs.words import LARGEST

Reason: TypeAlias = Literal[
    "forgotten", "waits_long", "waits", "silent", "promise_broken", "promise_unclear", "tone", "bot_only", "one_sided"
]
REASONS: tuple[Reason, ...] = (
    "forgotten", "promise_broken", "waits_long", "tone", "silent", "bot_only", "one_sided", "promise_unclear", "waits",
)  # fmt: skip
"""In the order in which a conversation is listed by them."""
BehaviourName: TypeAlias = Literal[
    "names_feeling", "restates_problem", "apologises_once", "owns_next_step", "gives_time", "asks_open_question"
]
Id = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Words = Annotated[tuple[Word, ...], Field(max_length=50)]
Reasons = Annotated[tuple[Reason, ...], Field(max_length=9)]
Behaviours = Annotated[tuple[BehaviourName, ...], Field(max_length=6)]
HoursGiven = Annotated[float, Field(ge=0, le=10_000)]
PageNumber = Annotated[int, Field(ge=1, le=10_000)]
Query = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Share = Annotated[float, Field(ge=0, le=1)]
CardId = Annotated[int, Field(ge=1, le=LARGEST)]
PersonId = Annotated[int, Field(ge=1, le=LARGEST)]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]


@dataclass(frozen=True, slots=True)
class Known:
    """Up to when things are known: clocks at ``as_of`` of a publication, texts as far as they were read.

    ``behind`` are messages of the publication that were not read yet; None where nothing was read at all.
    """

    publication: int
    as_of: datetime
    zone: str
    read_at: datetime | None
    rules: str
    behind: int | None


@dataclass(frozen=True, slots=True)
class UsualShown:
    """What nine in ten stay below: seconds, cases, and whether of the group and channel, the group, or all."""

    seconds: int
    n: int
    of: str


@dataclass(frozen=True, slots=True)
class LiveShown:
    """An open conversation that needs a look.

    Attributes
    ----------
    reasons
        Why it is listed, the gravest first.
    waits_s, waits_business_s
        How long the customer waits, in all and in working time; None where nobody waits.
    rests_s, rests_business_s
        How long ago the staff last said something publicly; None where they never did.
    usual
        Of waiting, in working time where there is any; ``usual_rest`` of resting.
    promised_for
        The passed promise that was not kept, or of which it cannot be told.
    tone_first, tone_last
        How likely the customer was unhappy at their first and at their last turn; not calibrated.
    after_bot
        Whether a bot answered and nobody of the staff did.
    """

    source: str
    ticket: str
    subject: str | None
    status: str | None
    priority: str | None
    channel: str | None
    group: str | None
    assignee: str | None
    reasons: tuple[Reason, ...]
    waiting_since: datetime | None
    waits_s: int | None
    waits_business_s: int | None
    usual: UsualShown | None
    rests_s: int | None
    rests_business_s: int | None
    usual_rest: UsualShown | None
    promised_for: datetime | None
    tone_first: float | None
    tone_last: float | None
    language: str | None
    after_bot: bool


@dataclass(frozen=True, slots=True)
class Watched:
    """Open conversations that need a look; ``counts`` are all within reach by reason, before filters.

    ``cut`` says that there are more open tickets than are looked at.
    """

    known: Known
    open: int
    counts: Mapping[str, int]
    total: int
    rows: tuple[LiveShown, ...]
    page: int
    pages: int
    cut: bool


@dataclass(frozen=True, slots=True)
class ZoneShown:
    """A part of a message that is not its author's own new words."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class QuoteShown:
    """Words of a message."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class SeenShown:
    """One behaviour of a message: present or absent, with the words that show it, and why words do not count."""

    behaviour: str
    verdict: str
    why: str
    quotes: tuple[QuoteShown, ...]
    verified: bool


@dataclass(frozen=True, slots=True)
class PromiseShown:
    """A dated promise with its words, deadline, and what became of it."""

    message: str
    quote: str
    time: str
    due: datetime
    kind: str
    kept: Kept
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class TurnShown:
    """One message; ``text`` is absent for those who may not read it, and then everything quoted is too."""

    id: str
    at: str | None
    author: Any
    kind: str
    public: bool
    text: Any
    flag: str
    zones: tuple[ZoneShown, ...]
    language: str | None
    language_p: float
    unhappy: float | None
    tone_words: tuple[QuoteShown, ...]
    seen: tuple[SeenShown, ...]
    promises: tuple[PromiseShown, ...]
    first_human_after_bot: bool


@dataclass(frozen=True, slots=True)
class TalkShown:
    """A conversation: its turns, promises, clocks, and how the customer's tone changed within it."""

    known: Known
    source: str
    ticket: str
    subject: str | None
    status: str | None
    channel: str | None
    created_at: str | None
    turns: tuple[TurnShown, ...]
    promises: tuple[PromiseShown, ...]
    clocks: Mapping[str, Any]
    tone_first: float | None
    tone_last: float | None
    hand_overs: tuple[str, ...]
    more: bool
    model: str


@dataclass(frozen=True, slots=True)
class HitShown:
    """A message found; ``snippet`` is of its masked words, the found ones between ``\\x02`` and ``\\x03``."""

    source: str
    ticket: str
    message: str
    kind: str
    at: datetime
    language: str | None
    snippet: Any
    status: str | None
    channel: str | None
    group: str | None
    waits_business_s: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, the newest first.

    ``looked`` messages match the words and were looked at; ``complete`` says that there are no others.
    """

    known: Known
    hits: tuple[HitShown, ...]
    looked: int
    complete: bool
    page: int
    more: bool
    index: str


@dataclass(frozen=True, slots=True)
class ShareShown:
    """How many conversations of a team show a behaviour, of those that call for it; null with too few.

    ``reason`` says why there is no share: ``too_few`` conversations or ``too_few_people`` behind them.
    """

    behaviour: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    present: int
    needed: int
    reason: str


@dataclass(frozen=True, slots=True)
class TeamShares:
    """The six of one team; ``bots`` has those of bots on the same rubric."""

    group: str
    name: str
    bots: bool
    people: int
    shares: tuple[ShareShown, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Whether the machine agrees with people about a behaviour as people do with each other; see ``quality.checks``."""

    behaviour: str
    verified: bool
    why: str
    machine: float | None
    people: float | None
    n: int


@dataclass(frozen=True, slots=True)
class TeamBehaviours:
    """Shares of teams in a period, with whether each behaviour may be counted on."""

    known: Known
    first: str
    last: str
    teams: tuple[TeamShares, ...]
    agreement: tuple[Agreement, ...]
    conversations: int
    english: float | None


@dataclass(frozen=True, slots=True)
class Mine:
    """One's own open conversations that need a look, and what was called for in one's own words and is not there."""

    known: Known
    rows: tuple[LiveShown, ...]
    total: int


@dataclass(frozen=True, slots=True)
class TicketNamed:
    """A ticket by its helpdesk and number."""

    source: Id
    ticket: Id


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent to review: the draw, and how many reviews it gave."""

    draw: int
    reviews: int
