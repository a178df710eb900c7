"""Lines that a team's own measures suggest for a posting, each with its reason; a person accepts, nothing is added.

What is read are counts of skills: which work needs a skill, how many hold it, how many hours it asks of each. No
person is named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from maitred.desks.hiring.postings.shapes import GAP, MUST, PLUS, Block, Line, Posting

HOURS = 20.0
"""Hours of a week for each holder from which a skill is called short."""
MOST = 8


@dataclass(frozen=True, slots=True)
class Gap:
    """A skill as the training desk counts it; ``hours`` a week for each holder, ``None`` where nothing can be told."""

    skill: str
    verdict: str
    contacts: float | None
    n: int
    holders: int
    old: int
    hours: float | None
    hours_low: float | None = None
    hours_high: float | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A line for a block, with the measure that speaks for it."""

    block: Literal["responsibilities", "qualifications"]
    line: Line

    @property
    def reason(self) -> str:
        return self.line.reason


def suggestions(gaps: Iterable[Gap], posting: Posting) -> tuple[Suggestion, ...]:
    """What gaps suggest for a posting, what is there already left out; the shortest skills first, at most eight.

    Examples
    --------
    >>> from maitred.desks.hiring.postings import roles
    >>> found = suggestions([Gap("Refunds", "nobody", 40.0, 160, 0, 0, 12.0)], roles.posting("support-manager"))
    >>> found[0].line.text, found[0].reason
    ('Refunds', 'nobody on the team holds Refunds, and about 40 contacts a week need it (n = 160)')
    """
    there = {text.casefold() for text in _texts(posting)}
    found: list[Suggestion] = []
    for one in sorted(gaps, key=_shortness):
        reason = _reason(one)
        if not reason:
            continue
        skill = Line(one.skill, asked=MUST if one.verdict == "nobody" else PLUS, source=GAP, reason=reason)
        duty = Line(f"Own {one.skill}: do it, and bring others of the team up to it", "skills gap", source=GAP,
                    reason=reason)  # fmt: skip
        if not any(one.skill.casefold() in text for text in there):
            found += [Suggestion("qualifications", skill), Suggestion("responsibilities", duty)]
    return tuple(found[:MOST])


def accepted(posting: Posting, chosen: Collection[Suggestion]) -> Posting:
    """The posting with lines that a person accepted, at the end of their blocks."""
    made = posting
    for one in chosen:
        block = made.block(one.block) or Block(one.block, "list", one.block.capitalize())
        if one.line.text not in {line.text for line in block.lines}:
            grown = Block(block.key, block.kind, block.title, block.on, block.values, (*block.lines, one.line))
            made = made.with_block(grown)
    return made


def _texts(posting: Posting) -> list[str]:
    return [line.text for block in posting.blocks for line in block.lines]


def _shortness(one: Gap) -> tuple[bool, float]:
    return one.verdict != "nobody", -(one.hours or 0.0)


def _reason(one: Gap) -> str:
    needed = "" if one.contacts is None else f"about {one.contacts:,.0f} contacts a week need it (n = {one.n})"
    if one.verdict == "nobody":
        return f"nobody on the team holds {one.skill}" + (f", and {needed}" if needed else "")
    if one.verdict == "ok" and one.hours is not None and one.hours >= HOURS:
        spread = (
            "" if one.hours_low is None or one.hours_high is None else f" ({one.hours_low:.0f} to {one.hours_high:.0f})"
        )
        return (
            f"{one.skill} asks {one.hours:.0f} hours a week{spread} of each of the {one.holders} who hold it; {needed}"
        )
    if one.holders and one.old == one.holders:
        return f"all {one.holders} who hold {one.skill} have only old evidence of it"
    return ""
