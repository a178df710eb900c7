"""The terms of a score: value, weight, points, state and evidence of every feature; their sum is the score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from maitred.insight.ranking.columns import Features
from maitred.insight.ranking.scoring import tables
from maitred.insight.ranking.scoring.asked import SETS, Asked, Chip
from maitred.insight.ranking.scoring.values import Worth, holds, of_item, passes, values

MOST_EVIDENCE = 5
MET, PARTLY, MISSING, UNKNOWN = "met", "partly", "missing", "unknown"


class Cited(Protocol):
    """A slice of a profile's text and what it shows, as extraction names it: ``role``, ``tool:zendesk``, ``years``."""

    @property
    def field(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def about(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Part:
    """One asked member of a set, or one of several places: how it stands."""

    chip: int
    what: str
    state: str
    value: int


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the profile: ``text`` is exactly the field's slice from ``start`` to ``end``."""

    field: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Term:
    """One feature's part of the score: ``points`` = ``weight`` × ``value``; ``chip`` is None for recency."""

    feature: str
    chip: int | None
    chips: tuple[int, ...]
    value: int
    weight: int
    points: int
    state: str
    evidence: tuple[Quote, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """A score taken apart."""

    score: int
    max_score: int
    terms: tuple[Term, ...]
    missing: tuple[str, ...]
    """``tool:freshdesk``, ``years``, ``place``: what was asked for and is not there."""
    cannot_tell: tuple[str, ...]
    """What the profile does not say."""
    removed_by: tuple[int, ...]
    """Chips whose filter this profile does not pass."""
    open_chips: tuple[int, ...] = ()
    """Chips of musts that cannot be told of it."""


def explain(row: Features, asked: Asked, cited: Iterable[Cited] = ()) -> Explained:
    """Take the score of one profile apart."""
    found = values(row, asked)
    quotes = list(cited)
    terms = tuple(_term(name, worth, row, asked, quotes) for name, worth in found.items())
    failed, open_ = passes(row, asked)
    return Explained(
        score=sum(one.points for one in terms),
        max_score=asked.max_score,
        terms=terms,
        missing=tuple(dict.fromkeys(what for one in terms for what in _missing(one))),
        cannot_tell=tuple(dict.fromkeys([*(one.feature for one in terms if one.state == UNKNOWN),
                                         *(name_of(asked.chips[chip]) for group in open_
                                           for chip in asked.groups[group])])),
        removed_by=tuple(chip for group in failed for chip in asked.groups[group]),
        open_chips=tuple(chip for group in open_ for chip in asked.groups[group]),
    )  # fmt: skip


def _term(feature: str, worth: Worth, row: Features, asked: Asked, cited: Sequence[Cited]) -> Term:
    chips, weight = asked.features[feature], asked.weight(feature)
    return Term(
        feature, chips[0] if chips else None, chips, worth.value, weight, weight * worth.value, _state(worth),
        _evidence(feature, [asked.chips[chip] for chip in chips], cited), _parts(feature, row, asked),
    )  # fmt: skip


def _state(worth: Worth) -> str:
    if not worth.known:
        return UNKNOWN
    return MET if worth.value == tables.FULL else (PARTLY if worth.value else MISSING)


def _parts(feature: str, row: Features, asked: Asked) -> tuple[Part, ...]:
    if feature not in SETS:
        return ()
    return tuple(
        Part(one.chip, name_of(asked.chips[one.chip]), _state(Worth(worth)), worth)
        for one in asked.items
        if one.feature == feature
        for worth in (of_item(row, one),)
    )


def _missing(term: Term) -> list[str]:
    """A set names each member that is absent; of a group one is enough."""
    if term.parts:
        return [one.what for one in term.parts if one.state == MISSING] if term.value < tables.FULL else []
    return [term.feature] if term.state in (PARTLY, MISSING) and term.chip is not None else []


def name_of(chip: Chip) -> str:
    """``tool:zendesk``; the feature's slot where the chip has no name of its own."""
    value = chip["value"]
    named = value.get("id") if isinstance(value, dict) else None
    return f"{chip['slot']}:{named}" if named else str(chip["slot"])


_ABOUT = {
    "title": ("role",), "place": ("place",), "remote": ("remote", "place"), "years_min": ("years",),
    "lead_years_min": ("lead_years", "lead", "years_lead"), "education_min": ("education",),
    "team_size_min": ("team_size", "team"),
}  # fmt: skip


def _evidence(feature: str, chips: Sequence[Chip], cited: Sequence[Cited]) -> tuple[Quote, ...]:
    """The words that show it, the first few."""
    about = {word for chip in chips for word in _ABOUT.get(chip["slot"], (name_of(chip),))}
    if feature == "recency":  # the dates of the latest job
        return tuple(Quote(one.field, one.start, one.end, one.text) for one in cited if one.about == "years")[:1]
    found = [Quote(one.field, one.start, one.end, one.text) for one in cited if one.about in about]
    return tuple(dict.fromkeys(found))[:MOST_EVIDENCE]


def told(found: Explained) -> dict[str, Any]:
    """The JSON of an explanation, as a result holds it."""
    return {
        "score": found.score,
        "max_score": found.max_score,
        "missing": list(found.missing),
        "terms": [
            {
                "feature": one.feature, "chip": one.chip, "chips": list(one.chips), "value": one.value,
                "weight": one.weight, "points": one.points, "state": one.state,
                "evidence": [{"field": q.field, "start": q.start, "end": q.end, "text": q.text} for q in one.evidence],
                "parts": [{"chip": p.chip, "what": p.what, "state": p.state, "value": p.value} for p in one.parts],
            }
            for one in found.terms
        ],
    }  # fmt: skip


def failing(row: Features, asked: Asked) -> dict[int, bool | None]:
    """Of each filter's chip: whether it holds of this profile, None where nobody can tell."""
    return {one.chip: holds(row, one, asked) for one in asked.filters}
