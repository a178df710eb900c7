"""What the verbs of postings take and answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from maitred.kit.verbs import Names
from maitred.kit.verbs.words import LARGEST

_Id = Field(ge=1, le=LARGEST)
PostingId = Annotated[int, Names("posting"), _Id]
OtherId = Annotated[int, _Id]
Template = Literal["support-manager", "support-lead", "support-agent", "quality-analyst", "wfm-analyst"]
PostingState = Literal["draft", "published", "closed"]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,39}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Text = Annotated[str, StringConstraints(max_length=60_000)]
Move = Literal["up", "down"]
Place = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


@dataclass(frozen=True, slots=True)
class FieldGiven:
    """A field of a posting by its key, such as ``salary.min``, with what it says."""

    key: Key
    value: Words


@dataclass(frozen=True, slots=True)
class LineGiven:
    """A line of a list: a duty with its tag, or a skill that is a must or a plus."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
    tag: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    asked: Literal["", "must", "plus"] = ""


Fields = Annotated[tuple[FieldGiven, ...], Field(max_length=60)]
Lines = Annotated[tuple[LineGiven, ...], Field(max_length=60)]


@dataclass(frozen=True, slots=True)
class ValueShown:
    """A field with the source that it is from."""

    key: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line with its source, and the reason where one speaks for it."""

    text: str
    tag: str
    asked: str
    uri: str
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class BlockShown:
    """A block in its place."""

    key: str
    kind: str
    title: str
    on: bool
    values: tuple[ValueShown, ...]
    lines: tuple[LineShown, ...]


@dataclass(frozen=True, slots=True)
class FindingShown:
    """What a check found; E stops publishing, W warns."""

    id: str
    level: str
    where: str
    message: str


@dataclass(frozen=True, slots=True)
class SuggestionShown:
    """A line that the team's own gaps suggest; nothing is added until somebody accepts it."""

    block: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class OwnBlock:
    """A block of the team's own."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class EditionShown:
    """What was published when, and how many warnings it had."""

    number: int
    published_at: datetime
    warnings: int


@dataclass(frozen=True, slots=True)
class PostingListed:
    """A posting in a list."""

    id: int
    title: str
    role: str
    state: str
    reference: str
    location: str
    posted_on: date | None
    ends_on: date | None
    number: int
    version: int


@dataclass(frozen=True, slots=True)
class PostingShown:
    """A posting with what checks find in it now, and what may be put into it.

    ``changed`` says that the draft differs from what is published. ``past``: its last day is over, so that its page
    answers that it is gone.
    """

    posting: PostingListed
    soc: str
    blocks: tuple[BlockShown, ...]
    findings: tuple[FindingShown, ...]
    publishable: bool
    changed: bool
    past: bool
    suggestions: tuple[SuggestionShown, ...]
    own_blocks: tuple[OwnBlock, ...]
    editions: tuple[EditionShown, ...]
    rules_sha256: str


@dataclass(frozen=True, slots=True)
class BandShown:
    """Annual wages in US dollars; a figure is ``None`` where the Bureau suppressed it."""

    soc: str
    title: str
    area: str
    p10: int | None
    p25: int | None
    p50: int | None
    p75: int | None
    p90: int | None
    employment: int | None
    at_least: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WagesShown:
    """What an occupation pays in a place, by area, the nearest first, and what its neighbours pay there."""

    soc: str
    title: str
    doubt: str
    asked: str
    release: str
    bands: tuple[BandShown, ...]
    beside: tuple[BandShown, ...]
    proposed_min: int | None
    proposed_max: int | None
    lies: str
    notices: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class RequirementShown:
    """Words of a posting that ask for something, with their place in the text."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a posting asks for."""

    spans: tuple[RequirementShown, ...]
