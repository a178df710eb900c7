"""Titles of jobs as roles of the vocabulary: read once per title, and the same for both genders of a word."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from maitred.insight.ranking.vocabulary import TitleRole, title_role

NOT_SUPPORT: Final = frozenset({"trainer"})
"""Roles of the house's own list that are work in customer support only where the title says so."""
_SUPPORT: Final = re.compile(r"(?i)support|customer|client|service ?desk|help ?desk|call|contact|kunden")
_GENDERED: Final = (
    (re.compile(r"(?i)(?<=[a-z])(?:woman|lady|person)\b"), "man"),
    (re.compile(r"(?i)\b(wait|steward|act|host)ress\b"), r"\1er"),
    (re.compile(r"(?i)\b(host)ess\b"), r"\1"),
    (
        re.compile(r"(?i)(?<=[a-zäöü]{4})(?:\*|:|_)?innen\b|(?<=(?:er|or|nt|st|at))(?:\*|:|_|\(|/-?)?in\)?(?=\b|\s|$)"),
        "",
    ),
)
_HINTS: Final = ("woman", "lady", "person", "ess", "in")
MOST_KEPT: Final = 100_000


@lru_cache(maxsize=MOST_KEPT)
def role_of(title: str) -> TitleRole | None:
    """The role that a title names."""
    plain, small = title, title.lower()
    if any(hint in small for hint in _HINTS):
        for pattern, neutral in _GENDERED:
            plain = pattern.sub(neutral, plain)
    return title_role(plain)


def sureness(piece: str) -> int:
    """How surely a piece of text is a job's title; 0 where it is none."""
    if sum(map(str.isdigit, piece)) > 4:
        return 0
    found = role_of(piece)
    return 0 if found is None else found.sureness + (1000 if is_support(found, piece) else 500)


def is_support(found: TitleRole, title: str) -> bool:
    """Whether a role is work in customer support."""
    if found.role.id.startswith("other:"):
        return False
    return found.role.id not in NOT_SUPPORT or _SUPPORT.search(title) is not None
