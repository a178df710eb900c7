"""How many conversations show what they call for: one vote a conversation, whatever was written how often.

A conversation shows a behaviour if one of its replies does; it does not if a reply called for it and none shows it. Of
a conversation that never calls for it nothing is said. Pure functions on rows of readings.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from maitred.desks.conversations.shapes import ShareShown
from maitred.insight.text.behaviours import BEHAVIOURS
from maitred.metrics.intervals import wilson

FEWEST, FEWEST_PEOPLE = 30, 3
"""Conversations and people behind a share; with fewer it would be luck, or somebody's own score."""


@dataclass(frozen=True, slots=True)
class Voice:
    """What the replies of one kind of author (people or bots) in one conversation show."""

    present: Collection[str]
    absent: Collection[str]
    authors: Collection[str]


def shares(voices: Sequence[Voice], bots: bool) -> tuple[int, tuple[ShareShown, ...]]:
    """How many people are behind some conversations, and the share of each behaviour with its 95 % interval (Wilson).

    >>> people, told = shares([Voice({"gives_time"}, (), {str(n)}) for n in range(40)], False)
    >>> people, told[4].behaviour, told[4].value, told[4].n
    (40, 'gives_time', 1.0, 40)
    """
    people = len({author for one in voices for author in one.authors})
    return people, tuple(_share(name, voices, people, bots) for name in BEHAVIOURS)


def _share(name: str, voices: Sequence[Voice], people: int, bots: bool) -> ShareShown:
    shown = sum(name in one.present for one in voices)
    n = shown + sum(name in one.absent and name not in one.present for one in voices)
    if n < FEWEST:
        return ShareShown(name, None, None, None, n, shown, FEWEST, "too_few")
    if people < FEWEST_PEOPLE and not bots:
        return ShareShown(name, None, None, None, n, shown, FEWEST, "too_few_people")
    sure = wilson(shown, n)
    value = shown / n
    low, high = min(sure.low or 0.0, value), max(1.0 if sure.high is None else sure.high, value)
    return ShareShown(name, value, low, high, n, shown, FEWEST, "")


def joined(rows: Sequence[Mapping[str, object]]) -> Voice:
    """The voice of some replies in one conversation."""
    present: set[str] = set()
    absent: set[str] = set()
    authors: set[str] = set()
    for one in rows:
        present.update(one["present"])  # type: ignore[arg-type]
        absent.update(one["absent"])  # type: ignore[arg-type]
        authors.add(str(one["author_id"] or ""))
    return Voice(present, absent, authors)
