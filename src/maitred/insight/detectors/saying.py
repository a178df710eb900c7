"""Who and when, in words: subjects of findings about quality and the pieces of their titles."""

from __future__ import annotations

from datetime import timedelta

from maitred.insight.detectors.finding import Subject
from maitred.insight.evidence.tables import CHANNELS, Days, Evidence, Names

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def subject(evidence: Evidence, kind: str, code: int) -> Subject:
    """The subject of a kind at a position: group, agent, bot, macro, channel, topic or word."""
    if kind == "group":
        return _named("group", evidence.groups, code)
    if kind in ("agent", "bot"):
        return _named(kind, evidence.people.names, code)
    if kind == "macro":
        return _named("macro", evidence.macro_names, code)
    if kind == "channel":
        return Subject("channel", f"channel:{CHANNELS[code]}", CHANNELS[code], CHANNELS[code])
    word = evidence.words.names[code] if kind == "word" else evidence.topic_names[code]
    return Subject("topic", f"topic:{word}", word, word)


def filters(kind: str, one: Subject) -> dict[str, str]:
    """What opens a subject's rows of a metric; topics and macros are no dimensions and open by their tickets."""
    named = {"group": "group", "agent": "assignee", "bot": "assignee", "channel": "channel"}.get(kind)
    return {} if named is None else {named: one.external_id if kind == "channel" else one.id}


def about(kind: str, one: Subject) -> str:
    """The subject inside a sentence about tickets."""
    if kind == "group":
        return f"in {one.name}"
    if kind == "agent":
        return f"solved by {one.name}"
    if kind == "macro":
        return f"answered with the macro {one.name}"
    if kind == "channel":
        return f"that came by {one.name}"
    return f"about {one.name}"


def when(days: Days, day: int) -> str:
    """A local day: ``Tuesday 4 March``."""
    date = days.first + timedelta(days=day)
    return f"{_WEEKDAYS[date.weekday()]} {date.day} {_MONTHS[date.month - 1]}"


def per_cent(share: float) -> str:
    """A share from 0 to 1: ``18 %``."""
    return f"{100 * min(max(share, 0.0), 1.0):.0f} %"


def _named(kind: str, names: Names, code: int) -> Subject:
    return Subject(kind, names.ids[code], names.external[code], names.names[code] or names.external[code])


def confidence(z: float) -> float:
    """How sure it is that something is so, from its standard errors, never beyond 0.99."""
    return round(min(0.99, 0.6 + 0.07 * max(z - 1.0, 0.0)), 3)
