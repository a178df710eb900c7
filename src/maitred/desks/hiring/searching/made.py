"""A search that is wished for, and one that was made but is not written down yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from maitred.desks.hiring.models import Requisition
from maitred.desks.hiring.search_shapes import CheckTold, Chip, ResultShown
from maitred.insight.ranking.chips import Reading
from maitred.insight.ranking.index import Found
from maitred.insight.ranking.scoring import Asked


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for."""

    query: str
    limit: int
    as_of: date
    edits: tuple[str, ...] = ()
    musts: tuple[str, ...] = ()
    requisition: Requisition | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """A search that was made, before it is written down."""

    wish: Wish
    reading: Reading
    chips: tuple[Chip, ...]
    places: tuple[int, ...]
    asked: Asked
    found: Found
    engine: str
    ranked: bool
    partial: bool
    checks: tuple[CheckTold, ...]
    results: tuple[ResultShown, ...]
    cannot_tell: tuple[ResultShown, ...]
    ms: float
    cpu_ms: float
