"""Could it be seen at all? The smallest difference that a comparison of two sets of units would show.

Difference in differences of shares or means over two equal windows: ``(z(1 - alpha/2) + z(power)) · sqrt(2 v / n · (1/T
+ 1/C))`` with n answers per unit and window, T treated and C control units, v the variance of one answer.
"""

from __future__ import annotations

from math import sqrt
from typing import Literal

from maitred.base.errors import UsageError


def smallest_effect(
    kind: Literal["share", "mean"],
    *,
    treated: int,
    control: int,
    n: float,
    base: float | None = None,
    sd: float | None = None,
    power: float = 0.8,
    alpha: float = 0.05,
) -> float:
    """Smallest effect that is found with the given power, in the unit of the values.

    Parameters
    ----------
    treated, control
        Units in each arm.
    n
        Independent answers of one unit in one window.
    base
        Share before, 0 to 1 (``share``).
    sd
        Standard deviation of one value (``mean``).

    Raises
    ------
    UsageError
        A parameter is missing or impossible.

    Examples
    --------
    >>> round(smallest_effect("share", base=0.88, treated=10, control=10, n=40), 3)
    0.091
    """
    from scipy.special import ndtri

    for name, number in (("treated", treated), ("control", control), ("n", n)):
        if not number > 0:
            raise UsageError(f"--{name} must be above 0, is {number}", "give the number of units or answers")
    for name, chance in (("power", power), ("alpha", alpha)):
        if not 0 < chance < 1:
            raise UsageError(f"--{name} must lie between 0 and 1, is {chance}", "give a chance such as 0.8")
    z = float(ndtri(1 - alpha / 2) + ndtri(power))
    return z * sqrt(2 * _variance(kind, base, sd) / n * (1 / treated + 1 / control))


def _variance(kind: str, base: float | None, sd: float | None) -> float:
    if kind == "share":
        if base is None or not 0 < base < 1:
            raise UsageError(f"--base must lie between 0 and 1, is {base}", "give the share before, such as 0.88")
        return base * (1 - base)
    if sd is None or not sd > 0:
        raise UsageError(f"--sd must be above 0, is {sd}", "give the standard deviation of one value")
    return sd * sd
