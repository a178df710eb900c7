"""What a review comes to, and what stands against a scorecard: arithmetic on plain values, nothing else.

The formulas are the documented ones of Zendesk QA: an item is worth ``(selected - minimum) / (maximum - minimum)``, a
review ``Σ item · weight / Σ weight`` over the items that were answered and apply; a critical item worth less than half
makes it 0. A review of which nothing applies has no score.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isclose, isfinite
from typing import Any, Literal

NA = "na"
WHOLE = 100.0
"""What the weights of a scorecard add up to, and the best score of a review."""
CRITICAL = 0.5
"""Below this share of its scale a critical item makes the review 0."""
_YES_NO = {"yes": 1.0, "no": 0.0}

Value = float | str
Problem = dict[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a scorecard."""

    key: str
    title: str
    kind: Literal["scale", "yes_no"]
    weight: float
    description: str = ""
    minimum: float = 0.0
    maximum: float = 1.0
    anchors: tuple[tuple[float, str], ...] = ()
    critical: bool = False
    allows_na: bool = False
    needs_evidence: bool = False
    source: Literal["human", "automatic"] = "human"

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Scored:
    """A review's score from 0 to 100, ``None`` where nothing applies, and the critical items that it failed."""

    score: float | None
    failed: tuple[str, ...]
    values: Mapping[str, float | None]


def item_of(kept: Mapping[str, Any]) -> Item:
    """An item from its JSON form."""
    anchors = tuple((float(value), str(label)) for value, label in kept.get("anchors", ()))
    return Item(**{**kept, "anchors": anchors})


def items_of(kept: Iterable[Mapping[str, Any]]) -> tuple[Item, ...]:
    """Items from their JSON form."""
    return tuple(item_of(one) for one in kept)


def value_of(item: Item, answer: Value) -> float | None:
    """What an answer is worth as a share of the item's scale, 0 to 1; ``None`` for not applicable.

    >>> value_of(Item("tone", "Tone", "scale", 10, minimum=1, maximum=5), 4.0)
    0.75
    """
    if answer == NA:
        return None
    if item.kind == "yes_no":
        return _YES_NO[str(answer)]
    return (float(answer) - item.minimum) / (item.maximum - item.minimum)


def score(items: Sequence[Item], answers: Mapping[str, Value]) -> Scored:
    """Score of the answered items that people judge; an automatic item never counts.

    >>> card = [Item("a", "A", "yes_no", 60), Item("b", "B", "scale", 40, minimum=1, maximum=3)]
    >>> score(card, {"a": "yes", "b": 2.0}).score
    80.0
    """
    human = [one for one in items if one.source == "human"]
    values = {one.key: value_of(one, answers[one.key]) for one in human if one.key in answers}
    there = [(one, value) for one in human if (value := values.get(one.key)) is not None]
    failed = tuple(one.key for one, value in there if one.critical and value < CRITICAL)
    weights = sum(one.weight for one, _ in there)
    if not weights:
        return Scored(0.0 if failed else None, failed, values)
    total = WHOLE * sum(value * one.weight for one, value in there) / weights
    return Scored(0.0 if failed else min(max(total, 0.0), WHOLE), failed, values)


def problem_of(item: Item, answer: Value) -> str:
    """What is wrong with an answer to an item; empty where it fits.

    >>> problem_of(Item("tone", "Tone", "scale", 10, minimum=1, maximum=5), 6.0)
    'Tone is answered from 1 to 5'
    """
    if answer == NA:
        return "" if item.allows_na else f"{item.title} always applies"
    if item.kind == "yes_no":
        return "" if answer in _YES_NO else f"{item.title} is answered with yes or no"
    fits = isinstance(answer, (int, float)) and isfinite(answer) and item.minimum <= answer <= item.maximum
    return "" if fits else f"{item.title} is answered from {item.minimum:g} to {item.maximum:g}"


def weights(items: Iterable[Item]) -> float:
    """Sum of the weights of the items that people judge."""
    return round(sum(one.weight for one in items if one.source == "human"), 6)


def problems(items: Sequence[Item]) -> tuple[Problem, ...]:
    """What stands against publishing a scorecard: each with its field, what is wrong and a code."""
    human = [one for one in items if one.source == "human"]
    found: list[Problem] = []
    if not human:
        found.append(_problem("items", "a scorecard needs at least one item that people answer", "empty"))
    elif not isclose(weights(items), WHOLE, abs_tol=0.005):
        found.append(_problem("items", f"the weights add up to {weights(items):g}, not to 100", "weights"))
    met: set[str] = set()
    for place, one in enumerate(items):
        found.extend(_of_item(f"items.{place}", one, met))
        met.add(one.key)
    return tuple(found)


def _of_item(where: str, one: Item, met: set[str]) -> Iterable[Problem]:
    if one.key in met:
        yield _problem(f"{where}.key", f"two items have the key {one.key}", "double")
    if one.source == "human" and not one.weight and not one.critical:
        yield _problem(f"{where}.weight", f"{one.title} has no weight and is not critical: it changes nothing", "idle")
    if one.kind == "yes_no":
        return
    if not one.minimum < one.maximum:
        told = f"the scale of {one.title} begins at {one.minimum:g} and ends at {one.maximum:g}"
        yield _problem(f"{where}.maximum", f"{told}: the end must be larger", "scale")
        return
    outside = [value for value, _ in one.anchors if not one.minimum <= value <= one.maximum]
    if outside:
        yield _problem(f"{where}.anchors", f"{outside[0]:g} is not on the scale of {one.title}", "anchor")
    if len({value for value, _ in one.anchors}) < len(one.anchors):
        yield _problem(f"{where}.anchors", f"two anchors of {one.title} have the same value", "double")


def _problem(field: str, message: str, code: str) -> Problem:
    return {"field": field, "message": message, "code": code}
