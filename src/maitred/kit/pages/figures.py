"""A figure on a page: its words, its marks for whoever checks it, and the way to the rows behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from maitred.kit.pages import words

UNITS = {"seconds": "seconds", "share": "share", "points": "points", "per_ticket": "score"}


@dataclass(frozen=True, slots=True)
class FigureView:
    """What the template shows.

    Parameters
    ----------
    value, interval, n
        In words; ``value`` says why there is none where it is suppressed.
    change, tone
        The difference in words, and whether it is ``better``, ``worse``, ``same`` or ``unknown`` for the customer.
    marks
        ``data-…`` attributes with their values, in order.
    drill
        Where the rows are listed; empty where there is nothing to open.
    """

    label: str
    value: str
    interval: str
    n: str
    note: str = ""
    change: str = ""
    tone: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    drill: str = ""
    suppressed: bool = False


def plain(amount: float) -> str:
    """A number as marks hold it: base unit, at most six decimals.

    >>> plain(0.8914285714), plain(3369.0), plain(-0.0)
    ('0.891429', '3369', '0')
    """
    text = f"{amount:.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def marks(
    metric: str, unit: str, value: float | None, low: float | None, high: float | None, n: int, drill: str,
    *, exact: bool = False, why: str = "min-n",
) -> dict[str, str]:  # fmt: skip
    """The attributes of a figure; a suppressed one carries neither value nor ends."""
    if value is None:
        return {"data-metric": metric, "data-suppressed": why}
    found = {"data-metric": metric, "data-value": plain(value), "data-unit": unit, "data-n": str(n)}
    if exact:
        found["data-exact"] = "true"
    else:
        found |= {name: plain(end) for name, end in (("data-low", low), ("data-high", high)) if end is not None}
    if drill:
        found["data-drill"] = drill
    return found


def too_few(n: int, needed: int | None) -> str:
    """The sentence that stands where too little data gives no number."""
    if needed is None:
        return _("cannot tell (n %(n)s)") % {"n": words.count(n)}
    return _("too few (n %(n)s, needs %(needed)s)") % {"n": words.count(n), "needed": words.count(needed)}
