"""What belongs on the agenda of a one-to-one, and in which order: a pure function on what is known of one person.

The person's own topics come first, then what was agreed last time, then what went well, then what the evidence names.
An agenda without praise says that it has none: somebody then looks for what went well before they talk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["topic", "step", "praise", "plan", "finding", "feedback", "clock", "other"]
ORDER: tuple[Kind, ...] = ("topic", "step", "praise", "plan", "finding", "feedback", "clock", "other")
MOST: dict[Kind, int] = {"praise": 3, "finding": 3, "feedback": 3, "clock": 3}
"""At most so many of a kind are proposed; what somebody put there is never left out."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an agenda.

    Parameters
    ----------
    key
        What it came from, such as ``finding:f_7c1e``; a line with the same key is there once.
    text, quote, href
        What is to be talked about, the words of the ticket behind it, and where it can be opened.
    item, version, by
        Of a line that somebody put there: the row, its version, and whether it was the person themselves.
    """

    kind: Kind
    key: str
    text: str
    quote: str = ""
    href: str = ""
    item: int | None = None
    version: int = 0
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class Agenda:
    """The lines in order; ``left_out`` counts what is beyond the most of a kind, ``praise_missing``: no praise yet."""

    lines: tuple[Line, ...]
    left_out: tuple[tuple[str, int], ...]
    praise_missing: bool


def agenda(put: Sequence[Line], proposed: Iterable[Line]) -> Agenda:
    """Order what people put there and what the evidence proposes.

    Parameters
    ----------
    put
        Lines of the agenda itself. Those of the person stand first, whatever their kind.
    proposed
        Lines from evidence, the weightiest of each kind first; one that was put there already is left out.

    Examples
    --------
    >>> found = agenda([Line("topic", "", "holidays", by_person=True)], [Line("clock", "c", "2 targets missed")])
    >>> [one.text for one in found.lines], found.praise_missing
    (['holidays', '2 targets missed'], True)
    """
    there = {one.key for one in put if one.key}
    fresh: dict[Kind, list[Line]] = {}
    for one in proposed:
        if one.key not in there:
            there.add(one.key)
            fresh.setdefault(one.kind, []).append(replace(one, item=None))
    own = [one for one in put if one.by_person]
    lines, left_out = list(own), []
    for kind in ORDER:
        lines += [one for one in put if one.kind == kind and not one.by_person]
        found = fresh.get(kind, [])
        most = MOST.get(kind, len(found))
        lines += found[:most]
        if found[most:]:
            left_out.append((kind, len(found) - most))
    return Agenda(tuple(lines), tuple(left_out), not any(one.kind == "praise" for one in lines))
