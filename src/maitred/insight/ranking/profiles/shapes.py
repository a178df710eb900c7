"""What reading a profile gives: the features, what each was read from, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from maitred.insight.ranking.columns import Features


@dataclass(frozen=True, slots=True)
class Evidence:
    """A slice of the source, and what it is evidence of.

    ``field`` is a path such as ``work[0].position``; ``text`` is exactly ``source[start:end]`` in code points. `about`
    is ``role``, ``years``, ``lead``, ``place``, ``remote``, ``education``, ``team_size``, or a kind with an id such as
    ``tool:zendesk``. ``dated`` says that it stands in a job with dates.
    """

    field: str
    start: int
    end: int
    text: str
    about: str
    dated: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """What could not be read in one field, and why; it counts as unknown."""

    field: str
    why: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """One profile as search sees it.

    Parameters
    ----------
    features
        With `key`, `tie`, `basis` and `hide_after` at their defaults: these come from the vault.
    sha256
        Of what was read from the document, as canonical JSON; equal for equal reading.
    imprecise
        Months rest on a date of a year alone.
    """

    features: Features
    sha256: str
    evidence: tuple[Evidence, ...]
    notes: tuple[Note, ...] = ()
    imprecise: bool = False


Document = Mapping[str, Any]
"""A JSON Resume object; a plain text has the key ``text`` and neither ``basics`` nor ``work``."""
