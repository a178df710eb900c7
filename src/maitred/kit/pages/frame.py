"""What the frame of a page shows around its content: marks, filter bar, chips and the line of facts under the title."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from maitred.base import clock
from maitred.kit.pages import words
from maitred.kit.pages.filters import DEFAULTS, Filters, Known

STALE = timedelta(days=2)
"""Figures older than this say so on every page."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a filter."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Select:
    """One filter of the bar."""

    name: str
    label: str
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the address without it."""

    label: str
    without: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of one page, as the base template takes it (``page``).

    Parameters
    ----------
    name, state, notice, said
        ``data-page``, ``data-state``, ``data-notice``, and the notice in words above the content.
    carried
        The filters as a query string, which links to other pages carry on.
    facts
        Pieces of the line under the title.
    kept
        Words of the address that the filter form carries on without showing them.
    """

    name: str
    state: str = "ok"
    notice: str = ""
    said: str = ""
    publication: int | None = None
    path: str = ""
    carried: str = ""
    selects: Sequence[Select] = ()
    chips: Sequence[Chip] = ()
    facts: Sequence[str] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    earlier: str = ""
    later: str = ""

    @property
    def narrowed(self) -> int:
        """How many filters differ from the usual."""
        return len(self.chips)


def frame(
    name: str, path: str, filters: Filters, known: Known, publication: int, kept: Mapping[str, str] | None = None
) -> Frame:
    """The frame of a page that shows figures.

    Parameters
    ----------
    kept
        The page's own words of the address (statistic, part …), which a change of filter keeps.
    """
    own = dict(kept or {})
    old = clock.now() - known.as_of
    stale = old > STALE and filters.publication is None
    return Frame(
        name=name,
        state="stale" if stale else "ok",
        notice="stale" if stale else "",
        said=_stale(known, old) if stale else "",
        publication=publication,
        path=path,
        carried=filters.query(),
        selects=_selects(filters, known),
        chips=_chips(path, filters, known, own),
        facts=_facts(filters, known, publication),
        kept=own | ({"pub": str(filters.publication)} if filters.publication else {}),
        earlier=filters.link(path, **own, period=filters.shifted(known, -1)),
        later=filters.link(path, **own, period=filters.shifted(known, 1)),
    )


def _stale(known: Known, old: timedelta) -> str:
    told = {"moment": words.moment(known.as_of, known.zone), "days": old.days}
    return _("Nothing newer than %(moment)s has been brought in, %(days)s days ago. Figures are as of then.") % told


def _selects(filters: Filters, known: Known) -> list[Select]:
    found = [
        Select("period", _("Period"), _with_own(_periods(known.last_whole_day), filters.period, period_words(filters))),
        Select("compare", _("Compared with"), _with_own(_compares(), filters.compare, compare_words(filters))),
    ]
    labels = {"team": (_("Team"), _("All teams")), "channel": (_("Channel"), _("All channels")),
              "priority": (_("Priority"), _("All priorities"))}  # fmt: skip
    for name, (label, everything) in labels.items():
        choices = known.choices.get(name, ())
        if choices:
            word = ",".join(getattr(filters, name))
            named = ", ".join(text for value, text in choices if value in getattr(filters, name))
            found.append(Select(name, label, _with_own([("", everything), *choices], word, named)))
    if known.hours == "business":
        hours = [("business", _("Business hours")), ("calendar", _("Calendar hours"))]
        found.append(Select("hours", _("Hours"), [Choice(one, text, one == filters.hours) for one, text in hours]))
    return found


def _with_own(choices: Sequence[tuple[str, str]], chosen: str, label: str) -> list[Choice]:
    """The options, with the present value added where it is none of them."""
    found = [Choice(value, text, value == chosen) for value, text in choices]
    return found if any(one.chosen for one in found) else [*found, Choice(chosen, label, True)]


def _periods(last: date) -> list[tuple[str, str]]:
    quarter = (last.month - 1) // 3 + 1
    year, before = (last.year, quarter - 1) if quarter > 1 else (last.year - 1, 4)
    return [
        ("last-7d", _("Last 7 days")), ("last-28d", _("Last 28 days")), ("last-13w", _("Last 13 weeks")),
        ("last-52w", _("Last 52 weeks")), ("this-week", _("This week, so far")), ("last-week", _("Last week")),
        (f"{last.year}-{last.month:02d}", _("This month")),
        (f"{last.year}-Q{quarter}", _("This quarter")),
        (f"{year}-Q{before}", _("Last quarter")),
    ]  # fmt: skip


def _compares() -> list[tuple[str, str]]:
    return [("previous", _("vs the time before")), ("year", _("vs a year before")), ("none", _("no comparison"))]


def period_words(filters: Filters) -> str:
    """The period in words: its days."""
    return days_words(filters.first, filters.last)


def days_words(first: date, last: date) -> str:
    """A span of days.

    >>> days_words(date(2026, 10, 31), date(2026, 11, 27))
    '31 Oct – 27 Nov 2026'
    """
    if first == last:
        return words.day(first)
    start = words.day(first)
    if first.year == last.year:
        start = start.replace(str(first.year), "").strip().rstrip(",")
    return f"{start} – {words.day(last)}"


def compare_words(filters: Filters) -> str:
    """What the period is compared with, in words."""
    if filters.compare == "none":
        return ""
    if filters.compare == "previous":
        return _("vs the %(n)s days before") % {"n": filters.days}
    if filters.compare == "year":
        return _("vs a year before")
    first, last = (date.fromisoformat(one) for one in filters.compare.split(".."))
    return _("vs %(days)s") % {"days": days_words(first, last)}


def _facts(filters: Filters, known: Known, publication: int) -> list[str]:
    hours = _("business hours") if filters.hours == "business" else _("calendar hours")
    found = [
        period_words(filters),
        compare_words(filters),
        hours,
        _("as of %(moment)s %(zone)s") % {"moment": words.moment(known.as_of, known.zone), "zone": known.zone.key},
    ]
    if filters.publication:
        found.append(_("pinned to publication %(n)s") % {"n": publication})
    return [one for one in found if one]


def _chips(path: str, filters: Filters, known: Known, kept: Mapping[str, str]) -> list[Chip]:
    found = []
    for name, word in filters.given.items():
        if DEFAULTS.get(name) == word:
            continue
        told = _chip_words(name, filters, known)
        if told:
            found.append(Chip(told, filters.link(path, **{**kept, name: None})))
    return found


def _chip_words(name: str, filters: Filters, known: Known) -> str:
    if name == "period":
        return period_words(filters)
    if name == "compare":
        return compare_words(filters) or _("no comparison")
    if name == "hours":
        return _("calendar hours") if filters.hours == "calendar" else _("business hours")
    if name == "pub":
        return _("publication %(n)s") % {"n": filters.publication}
    return ", ".join(text for value, text in known.choices.get(name, ()) if value in getattr(filters, name))
