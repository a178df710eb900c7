"""Whom a row of a foreign list means: an exact name, address or user name, else the nearest known person as a guess.

A guess is never taken by itself: it stands in the repair list until somebody says that it is right.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from maitred.desks.training.reading_records import Row, Wrong, alike

NEAR = 0.6
_LOOKED_AT = 8
"""How many of the people who share most pairs of letters are compared letter by letter."""


@dataclass(frozen=True, slots=True)
class Known:
    """A person who can be meant, and what they are called elsewhere: addresses, user names."""

    id: int
    name: str
    also: tuple[str, ...] = ()


class Directory:
    """The people who can be meant."""

    def __init__(self, people: Iterable[Known]) -> None:
        self._exact: dict[str, set[int]] = defaultdict(set)
        self._pairs: dict[str, set[tuple[str, int]]] = defaultdict(set)
        self._guessed: dict[str, int | None] = {}
        self.names: dict[int, str] = {}
        for one in people:
            self.names[one.id] = one.name
            for called in (one.name, *one.also):
                self._add(alike(called), one.id)

    def meant(self, names: Iterable[str]) -> set[int]:
        """Everybody whom the first known of some names means."""
        return next((found for one in names if (found := self._exact.get(one))), set())

    def guess(self, name: str) -> int | None:
        """The person whose name or address is nearest; None where none is near."""
        if name not in self._guessed:
            self._guessed[name] = self._nearest(name)
        return self._guessed[name]

    def _add(self, called: str, person: int) -> None:
        if not called:
            return
        self._exact[called].add(person)
        own = _own(called)
        for pair in _pairs(own):
            self._pairs[pair].add((own, person))
        if "@" in called:
            self._exact[hashlib.sha1(f"mailto:{called}".encode(), usedforsecurity=False).hexdigest()].add(person)

    def _nearest(self, name: str) -> int | None:
        name = _own(name)
        shared = Counter(one for pair in _pairs(name) for one in self._pairs.get(pair, ()))
        near = sorted(shared, key=lambda one: (-shared[one] / (len(one[0]) + len(name)), one))[:_LOOKED_AT]
        rated = [(difflib.SequenceMatcher(None, name, called).ratio(), -person) for called, person in near]
        best, person = max(rated, default=(0.0, 0))
        return -person if best >= NEAR else None


def recognised(rows: Iterable[Row], directory: Directory, chosen: Mapping[str, int] | None = None) -> list[Row]:
    """Rows with whom they mean, or with what is wrong about the name and who may be meant.

    Parameters
    ----------
    chosen
        People whom somebody named for what rows say, by that name as it is compared.
    """
    named = chosen or {}
    return [_recognised(one, directory, named) for one in rows]


def _recognised(row: Row, directory: Directory, chosen: Mapping[str, int]) -> Row:
    others = tuple(one for one in row.wrong if one.field != "person" or not row.names)
    if not row.names:
        return replace(row, wrong=others)
    said = alike(row.who)
    found = {chosen[said]} if said in chosen else directory.meant(row.names)
    if len(found) == 1:
        return replace(row, person=next(iter(found)), wrong=others)
    if found:
        wrong = Wrong("person", f"{len(found)} people are called {row.who}: use an address")
    else:
        wrong = Wrong("person", f"nobody whom you lead is called {row.who}", directory.guess(said))
    return replace(row, person=None, wrong=(wrong, *others))


def _own(text: str) -> str:
    """What is somebody's own in a name: of an address what stands before the host, which all of a house share."""
    local, at, _ = text.partition("@")
    return " ".join(re.split(r"[\s._-]+", local)).strip() if at else text


def _pairs(text: str) -> set[str]:
    return {text[place : place + 2] for place in range(len(text) - 1)} or {text}
