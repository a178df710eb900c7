"""Where the work needs more of a skill than there is: expected hours of one who holds it. Pure functions.

    hours = contacts in a week * effort of one contact / people who hold the skill at the wanted level

Weeks differ, so the mean of a week has Student's interval over whole weeks; effort has that of its mean over contacts;
the product takes both, as if they were independent. A skill that nothing is bound to, that no contact needed or whose
effort is unknown has no hours: nothing can be told of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from typing import Literal

import numpy as np
from scipy.special import stdtrit

from maitred.metrics.intervals import Floats

Verdict = Literal["ok", "nobody", "no_volume", "no_effort", "unbound"]
FEWEST_CONTACTS = 30
"""Contacts whose effort is known, for a mean of it."""
FEWEST_WEEKS = 4
_HOUR = 3_600.0
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Estimated:
    """A mean with its interval and the rows behind it."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Gap:
    """What a skill has to carry: ``contacts`` of a week, ``hours`` of a week for each who holds it.

    With nobody who holds it, ``hours`` are those of the whole work.
    """

    skill: str
    verdict: Verdict
    contacts: Estimated | None
    hours: Estimated | None
    holders: int


def gap(skill: str, weeks: Sequence[int] | None, seconds: Floats, holders: int) -> Gap:
    """The shortage of one skill.

    Parameters
    ----------
    weeks
        Contacts of each whole week that need it; None where nothing is bound to it.
    seconds
        Effort of the contacts of which it is known.
    holders
        How many people hold it at the wanted level.

    Examples
    --------
    >>> found = gap("chat", [60, 60, 60, 60, 60, 60], np.full(40, 600.0), 5)
    >>> found.verdict, found.hours.value
    ('ok', 2.0)
    """
    if weeks is None:
        return Gap(skill, "unbound", None, None, holders)
    if len(weeks) < FEWEST_WEEKS or not any(weeks):
        return Gap(skill, "no_volume", None, None, holders)
    contacts = _weekly(weeks)
    if len(seconds) < FEWEST_CONTACTS:
        return Gap(skill, "no_effort", contacts, None, holders)
    each = float(seconds.mean())
    error = float(seconds.std(ddof=1)) / sqrt(len(seconds))
    value = contacts.value * each / max(1, holders) / _HOUR
    half = contacts.high - contacts.value
    relative = sqrt((half / contacts.value) ** 2 + (_Z * error / each) ** 2) if each > 0 else 0.0
    hours = Estimated(value, max(0.0, value * (1 - relative)), value * (1 + relative), len(seconds))
    return Gap(skill, "ok" if holders else "nobody", contacts, hours, holders)


def by_shortage(gaps: Iterable[Gap]) -> list[Gap]:
    """The largest shortage first: what nobody holds, then by hours, then by contacts, then what nothing is known of."""

    def short(one: Gap) -> tuple[int, float, float, str]:
        hours = one.hours.value if one.hours else 0.0
        contacts = one.contacts.value / max(1, one.holders) if one.contacts else 0.0
        unmet = one.contacts is not None and not one.holders
        rank = 0 if unmet else 1 if one.hours else 2 if one.contacts else 3
        return rank, -hours, -contacts, one.skill.casefold()

    return sorted(gaps, key=short)


def _weekly(weeks: Sequence[int]) -> Estimated:
    counts = np.asarray(weeks, np.float64)
    n = len(counts)
    # not narrower than independent arrivals would be: a few even weeks are luck
    error = max(float(counts.std(ddof=1)), sqrt(float(counts.mean()))) / sqrt(n)
    half = float(stdtrit(n - 1, 0.975)) * error if n > 1 else inf
    value = float(counts.mean())
    return Estimated(value, max(0.0, value - half), value + half, int(counts.sum()))
