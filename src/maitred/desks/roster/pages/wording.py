"""The words of the roster: measures, loads, skills and leave, and figures as pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maitred.desks.roster.figures import FigureShown
from maitred.desks.roster.shapes import LoadShown, PersonListed, PersonPage, SideShown
from maitred.kit.pages import words
from maitred.kit.pages.figures import FigureView, marks, too_few

HOUR = 3600
LOAD = "roster.load"
MEASURES: Mapping[str, Any] = {
    "first_reply": gettext_lazy("First reply"),
    "next_reply": gettext_lazy("Next reply"),
    "resolution": gettext_lazy("Full resolution"),
    "targets": gettext_lazy("Targets met"),
    "satisfaction": gettext_lazy("Satisfaction"),
    "durable": gettext_lazy("Lasting solutions"),
    "reopened": gettext_lazy("Reopened"),
    "durable_resolution": gettext_lazy("Lasting solutions by bot alone"),
    "handoff_rate": gettext_lazy("Handed to people"),
    "bot_involved": gettext_lazy("Tickets with a bot"),
}
LEVELS: Mapping[int, Any] = {
    1: gettext_lazy("1, with help"),
    2: gettext_lazy("2, alone in usual cases"),
    3: gettext_lazy("3, alone in hard cases"),
    4: gettext_lazy("4, teaches it"),
}
EVIDENCE: Mapping[str, Any] = {
    "own_word": gettext_lazy("own word"),
    "observed": gettext_lazy("observed"),
    "review": gettext_lazy("review"),
    "quiz": gettext_lazy("quiz"),
    "certificate": gettext_lazy("certificate"),
}
KINDS: Mapping[str, Any] = {
    "holiday": gettext_lazy("holiday"),
    "sick": gettext_lazy("sick"),
    "family": gettext_lazy("family"),
    "study": gettext_lazy("study"),
    "other": gettext_lazy("other"),
}
WEEKDAYS: Sequence[Any] = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
_TONES = {"improved": "better", "worsened": "worse", "no_change": "same"}


def hours(seconds: float | None) -> str:
    """Working time in hours.

    >>> hours(27_000)
    '7.5 h'
    """
    return words.NOTHING if seconds is None else _("%(n)s h") % {"n": words.number(seconds / HOUR, 1)}


def between(low: float | None, high: float | None) -> str:
    """Both ends of a range of hours."""
    if low is None or high is None:
        return ""
    return _("%(low)s–%(high)s h") % {
        "low": words.number(low / HOUR, 1), "high": words.number(high / HOUR, 1),
    }  # fmt: skip


def load(one: LoadShown | None, label: str = "") -> FigureView | None:
    """A load as a figure."""
    if one is None:
        return None
    label = label or _("Load")
    found = marks(LOAD, "seconds", one.value, one.low, one.high, one.n, one.drill)
    if one.value is None:
        return FigureView(label, _("%(open)s open; their work cannot be told yet") % {"open": words.count(one.n)},
                          "", "", marks=found, suppressed=True)  # fmt: skip
    return FigureView(
        label, hours(one.value), between(one.low, one.high),
        ngettext("%(n)s open ticket", "%(n)s open tickets", one.n) % {"n": words.count(one.n)},
        marks=found, drill=one.drill, change=against(one),
        tone={"above": "unknown", "below": "unknown", "same": "same"}.get(one.against_usual, "unknown"),
    )  # fmt: skip


def against(one: LoadShown) -> str:
    """A load beside the own usual, in words."""
    if one.usual is None:
        return _("no usual yet: %(n)s of 8 weeks are known") % {"n": one.weeks}
    told = {"usual": hours(one.usual), "between": between(one.usual_low, one.usual_high)}
    if one.against_usual == "above":
        return _("above the own usual of %(usual)s (%(between)s)") % told
    if one.against_usual == "below":
        return _("below the own usual of %(usual)s (%(between)s)") % told
    return _("not told apart from the own usual of %(usual)s (%(between)s)") % told


def busy(one: LoadShown | None) -> str:
    """Load over the working time of the coming week."""
    if one is None or one.value is None:
        return words.NOTHING
    if one.hours is None:
        return _("no working time entered")
    if not one.hours:
        return _("away all week")
    return _("%(share)s of %(hours)s") % {"share": words.share(one.share or 0.0, 0), "hours": hours(one.hours)}


def how(one: LoadShown | None) -> str:
    """Where the effort behind a load comes from."""
    if one is None:
        return ""
    if one.how == "measured":
        return _("Effort as recorded by the helpdesk; learned from at least %(n)s earlier tickets of each kind.") % {
            "n": words.count(one.known)
        }
    if one.how == "estimated" and one.value is not None:
        return _("Effort is not recorded here: it is estimated from the gaps between people's actions, learned from at "
                 "least %(n)s earlier tickets of each kind.") % {"n": words.count(one.known)}  # fmt: skip
    return _("Too little recorded work to learn what an open ticket takes; %(needed)s earlier tickets are needed.") % {
        "needed": words.count(one.needed or 30)
    }


def figure(one: FigureShown) -> FigureView:
    """A figure of a person, team or bot."""
    label = str(MEASURES.get(one.measure, one.metric))
    unit = one.unit if one.unit in ("seconds", "share", "points") else "count"
    found = marks(one.metric, one.unit, one.value, one.low, one.high, one.n, one.drill,
                  why="no-data" if one.n == 0 else "min-n")  # fmt: skip
    if one.value is None:
        return FigureView(label, one.reason or too_few(one.n, one.needed), "", "", marks=found, suppressed=True)
    text, tone = change(one, unit)
    return FigureView(label, words.value(one.value, unit, one.low, one.high), words.interval(one.low, one.high, unit),
                      words.n(one.n), marks=found, drill=one.drill, change=text, tone=tone)  # fmt: skip


def change(one: FigureShown, unit: str) -> tuple[str, str]:
    """The difference from the own twelve weeks before, in words, and its tone for the customer."""
    if not one.verdict or one.before is None or one.difference is None:
        return _("change cannot be told"), "unknown"
    told = {
        "before": words.value(one.before, unit, one.low, one.high),
        "difference": words.difference(one.difference, unit, one.difference_low, one.difference_high),
        "ends": words.interval(one.difference_low, one.difference_high, unit, signed=True),
    }
    if one.verdict == "no_change":
        return _("no real change, was %(before)s") % told, "same"
    if one.verdict not in _TONES and one.verdict != "change":
        return _("cannot tell whether it changed, was %(before)s") % told, "unknown"
    return _("%(difference)s (%(ends)s), was %(before)s") % told, _TONES.get(one.verdict, "same")


def changed(page: PersonPage) -> str:
    """What changed in somebody's measures against their own past, in a sentence."""
    known = [one for one in page.figures if one.value is not None]
    if not known:
        return _("Too little of the last twelve weeks to tell anything.")
    moved = [one for one in known if one.verdict in ("improved", "worsened", "change")]
    told = {"same": words.count(len(known) - len(moved)), "all": words.count(len(known))}
    if not moved:
        return _("Against the own twelve weeks before: nothing that is told apart from usual variation in %(all)s "
                 "measures.") % told  # fmt: skip
    names = [f"{MEASURES.get(one.measure, one.metric)} {change(one, one.unit)[0]}" for one in moved]
    return _("Against the own twelve weeks before: %(what)s; usual variation in %(same)s of %(all)s measures.") % {
        **told, "what": "; ".join(names),
    }  # fmt: skip


def heading(people: Sequence[PersonListed]) -> str:
    """The finding that the roster begins with."""
    known = [one for one in people if one.load is not None and one.load.against_usual != "cannot_tell"]
    above = sum(one.load is not None and one.load.against_usual == "above" for one in known)
    if not known:
        return _("Too little is known yet to tell anybody's load from their usual")
    if not above:
        return ngettext("Nobody's load stands above their own usual (%(n)s person)",
                        "Nobody's load stands above their own usual (%(n)s people)",
                        len(known)) % {"n": words.count(len(known))}  # fmt: skip
    return ngettext("%(n)s person carries more than their own usual", "%(n)s people carry more than their own usual",
                    above) % {"n": words.count(above)}  # fmt: skip


def side(one: SideShown) -> dict[str, str]:
    """What one side solved, as a row of a table."""
    name = _("Bot alone") if one.side == "bot" else _("People alone")
    if one.share is None:
        return {"name": name, "n": words.n(one.n), "share": too_few(one.n, 30), "between": ""}
    return {"name": name, "n": words.n(one.n), "share": words.value(one.share, "share", one.low, one.high),
            "between": words.interval(one.low, one.high, "share")}  # fmt: skip


def age(days: int) -> str:
    """How old evidence is."""
    if days < 14:
        return ngettext("%(n)s day old", "%(n)s days old", days) % {"n": days}
    if days < 730:
        return ngettext("%(n)s month old", "%(n)s months old", max(1, days // 30)) % {"n": max(1, days // 30)}
    return ngettext("%(n)s year old", "%(n)s years old", days // 365) % {"n": days // 365}


def days(first: date, last: date) -> str:
    """Days of leave."""
    return words.day(first) if first == last else f"{words.day(first)} – {words.day(last)}"


def definition(metric: str) -> str:
    """The page that says what a metric means; empty where no desk shows it."""
    try:
        return reverse("metric_page", args=[metric.partition("#")[0]])
    except NoReverseMatch:
        return ""
