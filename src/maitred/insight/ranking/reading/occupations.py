"""Titles of every other occupation, from the job titles of O*NET, and the one door for a title as it stands."""

import re
from dataclasses import replace
from functools import cache, lru_cache
from typing import Final

from maitred.insight.ranking.reading.folding import fold
from maitred.insight.ranking.reading.tables import occupations
from maitred.insight.ranking.reading.titles import (
    LONGEST,
    Title,
    TitleRole,
    Word,
    area_alone,
    is_rank,
    role_by_id,
    role_of,
    titles_in,
    words,
)


@lru_cache(maxsize=65536)
def title_role(text: str) -> TitleRole | None:
    """The job of a title as it stands in a profile or a query; None when it names none.

    >>> title_role("Manager of Customer Support").role.id
    'support.manager'
    """
    folded = fold(text[:200])
    if _ASSISTANT_TO.search(folded):
        return TitleRole(role_by_id("other:43-6011.00"), 900)
    said = words(folded)
    titles = [one for one in titles_in(said) if one.area]
    if titles:
        best = max(
            titles,
            key=lambda one: (not one.found.role.id.startswith("other:"), one.found.sureness, one.end - one.start),
        )
        if best.found.role.family in _ANYWHERE and best.start > said[0].start:
            other = _other(said)
            if other and other.end - other.start > best.end - best.start:
                return other.found
            return replace(best.found, sureness=min(best.found.sureness, 500))
        return best.found
    other = _other(said)
    if other:
        return other.found
    area = area_alone(said)
    return replace(role_of(area, 1), sureness=600) if area else None


_ASSISTANT_TO: Final = re.compile(r"\bassistant to\b|\b[ep]a to\b")
_ANYWHERE: Final = frozenset({"quality", "trainer", "wfm"})
"""Families whose titles exist in every trade; a word in front of one may name another trade."""


@cache
def _other_titles() -> dict[str, str]:
    """Job title → O*NET code."""
    table: dict[str, str] = {}
    for code, _, titles in occupations():
        for title in titles.split("|"):
            key = " ".join(word.text for word in words(fold(title)))
            if " " in key or (_AGENTIVE.search(key) and not is_rank(key)):
                table.setdefault(key, code)
    return table


_AGENTIVE: Final = re.compile(r"(?:er|or|ist|ian|ant|ent|man|nurse|clerk|cook|chef|guard|judge|pilot|coach|host|aide)$")


@cache
def _other_beginnings() -> frozenset[str]:
    return frozenset(key.split(" ", 1)[0] for key in _other_titles())


def others_in(said: list[Word]) -> list[Title]:
    """Titles of other occupations among words, the longest first at each place."""
    known, beginnings = _other_titles(), _other_beginnings()
    found: list[Title] = []
    at = 0
    while at < len(said):
        step = 1
        if said[at].text in beginnings or said[at].text.rstrip("s") in beginnings:
            for length in range(min(LONGEST, len(said) - at), 0, -1):
                key = " ".join(word.text for word in said[at : at + length])
                code = known.get(key) or known.get(key[:-1] if key.endswith("s") else key)
                if code:
                    role = role_by_id(f"other:{code}")
                    sureness = 1000 if length == len(said) else 700
                    found.append(
                        Title(TitleRole(role, sureness), said[at].start, said[at + length - 1].end, role.id, 0)
                    )
                    step = length
                    break
        at += step
    return found


def _other(said: list[Word]) -> Title | None:
    """The one occupation that a title names: its longest known part, the last of equals."""
    found = others_in(said)
    return max(found, key=lambda one: (one.end - one.start, one.start)) if found else None
