"""What the verbs of searching take and answer; a search's answer has the names of the command line's JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from maitred.kit.verbs import Names
from maitred.kit.verbs.words import LARGEST

Query = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
Edit = Annotated[str, StringConstraints(max_length=48)]
Edits = Annotated[tuple[Edit, ...], Field(max_length=60)]
Slot = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,20}$")]
Slots = Annotated[tuple[Slot, ...], Field(max_length=15)]
PageSize = Annotated[int, Field(ge=1, le=100)]
SearchCode = Annotated[str, Names("search"), StringConstraints(pattern=r"^s_[0-9a-z]{4,20}$")]
ProfileName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
EngineName = Annotated[str, StringConstraints(pattern=r"^(embedded|sql|spark=(local|sc://[\w.:\-]{1,120}))$")]
SavedId = Annotated[int, Names("saved-search"), Field(ge=1, le=LARGEST)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Chip = dict[str, Any]


@dataclass(frozen=True, slots=True)
class WeightsTold:
    """The weights file that was used."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class IndexTold:
    """The version of the index, and how many people are in it."""

    version: int
    rows: int


@dataclass(frozen=True, slots=True)
class Removed:
    """The share of those looked at that a filter removed; ``chips`` are all of its group."""

    chip: int
    share: float
    count: int
    chips: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CheckTold:
    """What a check says of this ranking: E stops it, W is to be known."""

    id: str
    level: str
    message: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of the profile: ``text`` is the slice of ``field`` from ``start`` to ``end``."""

    field: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class PartTold:
    """One asked member of a set, and how it stands."""

    chip: int
    what: str
    state: str
    value: int


@dataclass(frozen=True, slots=True)
class TermTold:
    """One feature's part of a score; ``points`` = ``value`` × ``weight``, and all of them are the score."""

    feature: str
    chip: int | None
    value: int
    weight: int
    points: int
    state: str
    evidence: tuple[Evidence, ...]
    chips: tuple[int, ...] = ()
    parts: tuple[PartTold, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeTold:
    """One feature at another value; ``months`` more where it counts months."""

    feature: str
    from_value: int
    to_value: int
    points: int
    months: int | None


@dataclass(frozen=True, slots=True)
class ResultShown:
    """One person found. ``key`` names the profile here, ``profile_id`` is the id that its source gave it."""

    rank: int
    profile_id: str
    score: int
    max_score: int
    missing: tuple[str, ...]
    terms: tuple[TermTold, ...]
    key: int
    source: str
    basis: str
    unknown: tuple[str, ...] = ()
    """What the profile does not say."""
    removed_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchShown:
    """A search: what was read, by what it was ranked, who was found and why, and of whom a must cannot be told.

    ``ranked`` is False where a check forbids a ranking: then people stand by the day on which they came, without a
    score. ``partial``: the search for a phrase ended at its bound. ``synthetic``: somebody shown is made up. ``places``
    are the places of the chips in the query as it was read, which edits name.
    """

    search_id: str
    query: str
    chips: tuple[Chip, ...]
    blocked: tuple[dict[str, Any], ...]
    not_understood: tuple[str, ...]
    engine: str
    weights: WeightsTold
    index: IndexTold
    considered: int
    removed_by_must: tuple[Removed, ...]
    partial: bool
    ms: float
    cpu_ms: float
    results: tuple[ResultShown, ...]
    cannot_tell: tuple[ResultShown, ...]
    ranked: bool
    checks: tuple[CheckTold, ...]
    synthetic: bool
    as_of: date
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Where somebody stands in a search and what keeps them from the page.

    ``state`` is ``on_page``, ``lower`` (with the smallest change that would lift them; None: no change of what was
    asked would), ``removed`` (by the chips of ``result.removed_by``), ``cannot_tell``, ``other_role`` (nothing near the
    title that was asked), ``hidden`` or ``not_indexed``.
    """

    search_id: str
    profile_id: str
    state: str
    rank: int | None
    result: ResultShown | None
    wanted_score: int | None
    smallest_change: tuple[ChangeTold, ...] | None
    chips: tuple[Chip, ...]
    index: IndexTold
    searched_index: int
    query: str


@dataclass(frozen=True, slots=True)
class SearchListed:
    """A row of the log."""

    search_id: str
    number: int
    at: datetime
    viewer: str
    query: str
    engine: str
    weights: WeightsTold
    index: IndexTold
    considered: int
    shown: int
    ranked: bool
    requisition: int | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """A logged search asked again.

    ``same`` says whether order and scores are equal; where the index or the weights moved on since, ``left`` and
    ``came`` are how many people of the page are not on it any more or new on it.
    """

    search_id: str
    same: bool
    same_index: bool
    same_weights: bool
    index_then: int
    index_now: int
    left: int
    came: int


@dataclass(frozen=True, slots=True)
class ChainTold:
    """Whether the log of searches is whole: every row's hash is of its values and of the row before."""

    ok: bool
    rows: int
    first_bad: int | None


@dataclass(frozen=True, slots=True)
class SavedShown:
    """A search that one keeps."""

    id: int
    version: int
    name: str
    query: str
    edits: tuple[str, ...]
    alert: bool
    looked_at: datetime | None


@dataclass(frozen=True, slots=True)
class SavedList:
    """One's kept searches by name."""

    items: tuple[SavedShown, ...]


@dataclass(frozen=True, slots=True)
class OpeningShown:
    """An approved requisition that somebody fits; ``share`` of its points, ``asks_first``: a must cannot be told."""

    requisition: int
    title: str
    score: int
    max_score: int
    share: float
    asks_first: bool
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Openings:
    """The open posts of the house that a profile fits, the best first."""

    profile_id: str
    items: tuple[OpeningShown, ...]
