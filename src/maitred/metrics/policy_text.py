"""A service-level policy as a person writes it, in TOML or JSON: targets in minutes by metric and priority.

For questions such as "last quarter under policy B". What cannot be read is refused with the key and what to write.

    name = "Faster for urgent"
    clock = "business"               # of every target: business or calendar
    schedule = "Evening desk"        # optional: hours for all tickets, by id or name, or written out as below

    [targets]
    next_reply = 240                 # one target for every priority
    [targets.first_reply]
    urgent = 15
    high = 60
    others = 240                     # every priority that is not named
    clock = "calendar"               # of this metric alone

    [groups.Billing.targets.first_reply]
    urgent = 10                      # where a group has another; what it does not name is as above

    [schedule]
    zone = "Europe/Lisbon"
    holidays = ["2026-12-25"]
    [schedule.hours]
    mon = ["09:00-13:00", "14:00-18:00"]
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from maitred.base.errors import UsageError
from maitred.canon.tables import PRIORITIES, SLA_METRICS
from maitred.metrics.clocks.policies import MINIMUM_S, Condition, Policy, Target
from maitred.metrics.clocks.schedules import Holiday, Hours, Schedule, Version

OTHERS = "others"
_CLOCKS = ("business", "calendar")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_STRETCH = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)")
_MOST_MINUTES = 525_600
_LARGEST_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class PolicyText:
    """A policy that was read.

    Attributes
    ----------
    policies
        As the clock engine applies them: those of single groups first, the one for everybody last.
    schedule
        Id or name of a schedule, a schedule of its own, or None for the recorded ones.
    groups
        Words by which groups are named, as written.
    """

    name: str
    policies: tuple[Policy, ...]
    schedule: str | Schedule | None
    groups: tuple[str, ...]

    def with_groups(self, ids: Mapping[str, frozenset[str]]) -> PolicyText:
        """The same with the ids of the groups in place of the words."""
        found = []
        for policy in self.policies:
            every = tuple(
                replace(one, values=frozenset(key.casefold() for word in one.values for key in ids[word]))
                for one in policy.every
            )
            found.append(replace(policy, every=every))
        return replace(self, policies=tuple(found))


def read_policy(text: str) -> PolicyText:
    """Read a policy.

    Raises
    ------
    UsageError
        Names the first key that cannot be used and what to write there.

    Examples
    --------
    >>> read = read_policy('targets.first_reply = {urgent = 15, others = 60}')
    >>> [(t.priority, t.seconds) for t in read.policies[0].targets]
    [(None, 3600), ('urgent', 900)]
    """
    document = _document(text)
    _only(document, "", ("name", "clock", "schedule", "targets", "groups"))
    name = document.get("name", "policy B")
    if not isinstance(name, str) or not name.strip():
        raise UsageError("name: is no text", 'write name = "policy B" or leave it out')
    clock = _clock(document, "clock", "business")
    everybody = _targets(document.get("targets"), "targets", clock)
    groups = document.get("groups", {})
    if not isinstance(groups, dict):
        raise UsageError("groups: is no table", "write [groups.NAME.targets.first_reply] and below it urgent = 15")
    found = []
    for word, own in groups.items():
        key = f"groups.{word}"
        if not isinstance(own, dict):
            raise UsageError(f"{key}: is no table", f"write [{key}.targets.first_reply] and below it urgent = 15")
        _only(own, key, ("targets",))
        targets = {**everybody, **_targets(own.get("targets"), f"{key}.targets", clock)}
        found.append(_policy(f"{name} ({word})", targets, (Condition("group", frozenset({word})),)))
    if not everybody and not found:
        raise UsageError("targets: there is none", "write targets.first_reply = 60 for a first reply within 60 minutes")
    found.append(_policy(name, everybody, ()))
    return PolicyText(name, tuple(found), _schedule(document.get("schedule")), tuple(groups))


def _document(text: str) -> dict[str, Any]:
    if len(text) > _LARGEST_TEXT:
        raise UsageError("the policy is longer than 100,000 characters", "leave out what is no target")
    try:
        found = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the policy is neither TOML nor JSON ({error})", "write targets.first_reply = 60") from error
    return dict(found)


Targets = dict[tuple[str, str | None], Target]


def _targets(given: Any, key: str, clock: str) -> Targets:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise UsageError(f"{key}: is no table", f"write {key}.first_reply = 60")
    _only(given, key, SLA_METRICS)
    return {
        (target.metric, target.priority): target
        for metric, value in given.items()
        for target in _of_metric(metric, value, f"{key}.{metric}", clock)
    }


def _of_metric(metric: str, value: Any, key: str, clock: str) -> Iterator[Target]:
    if not isinstance(value, dict):
        yield Target(metric, None, _seconds(value, key), clock == "business")
        return
    _only(value, key, (*PRIORITIES, OTHERS, "clock"))
    business = _clock(value, f"{key}.clock", clock) == "business"
    named = {word: minutes for word, minutes in value.items() if word != "clock"}
    if not named:
        raise UsageError(f"{key}: names no priority", f"write {key}.{OTHERS} = 60")
    for word, minutes in named.items():
        yield Target(metric, None if word == OTHERS else word, _seconds(minutes, f"{key}.{word}"), business)


def _policy(name: str, targets: Targets, every: tuple[Condition, ...]) -> Policy:
    """Targets for any priority come first, so that the one for a ticket's own priority replaces them."""
    order = sorted(targets.values(), key=lambda target: (target.metric, target.priority or ""))
    return Policy(name, name, every, (), tuple(order))


def _seconds(minutes: Any, key: str) -> int:
    is_number = isinstance(minutes, (int, float)) and not isinstance(minutes, bool)
    if not is_number or not MINIMUM_S / 60 <= minutes <= _MOST_MINUTES:
        raise UsageError(
            f"{key}: {minutes!r} is no number of minutes", f"write a number from 0.25 to {_MOST_MINUTES}, as {key} = 60"
        )
    seconds: int = round(minutes * 60)
    return seconds


def _clock(table: Mapping[str, Any], key: str, otherwise: str) -> str:
    found = table.get("clock", otherwise)
    if found not in _CLOCKS:
        raise UsageError(f"{key}: {found!r} is no clock", f'write {key} = "business" or "calendar"')
    return str(found)


def _only(table: Mapping[str, Any], key: str, known: tuple[str, ...]) -> None:
    for word in table:
        if word not in known:
            shown = f"{key}.{word}" if key else word
            raise UsageError(f"{shown}: is not a word of a policy", f"write one of {', '.join(known)}")


# ---------------------------------------------------------------- hours


def _schedule(given: Any) -> str | Schedule | None:
    if given is None or (isinstance(given, str) and given.strip()):
        return given
    if not isinstance(given, dict):
        raise UsageError("schedule: is no schedule", 'write schedule = "NAME" or [schedule] with zone and hours')
    _only(given, "schedule", ("zone", "hours", "holidays"))
    zone = given.get("zone", "UTC")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as error:
        raise UsageError(f"schedule.zone: {zone!r} is not a time zone", 'write zone = "Europe/Lisbon"') from error
    hours = given.get("hours")
    if not isinstance(hours, dict) or not hours:
        raise UsageError("schedule.hours: there are none", 'write [schedule.hours] and below it mon = ["09:00-17:00"]')
    _only(hours, "schedule.hours", _DAYS)
    open_ = tuple(
        stretch
        for day, texts in hours.items()
        for stretch in _stretches(_DAYS.index(day), texts, f"schedule.hours.{day}")
    )
    return Schedule("policy", "policy", zone, (Version(open_),), tuple(_holidays(given.get("holidays", []))))


def _stretches(weekday: int, texts: Any, key: str) -> Iterator[Hours]:
    for text in texts if isinstance(texts, list) else [texts]:
        match = _STRETCH.fullmatch(text) if isinstance(text, str) else None
        start = int(match[1]) * 60 + int(match[2]) if match else 0
        end = 0 if match is None else 1_440 if match[3] == "24:00" else int(match[4]) * 60 + int(match[5])
        if end <= start:
            raise UsageError(f"{key}: {text!r} are no hours", f'write {key} = ["09:00-17:00"]')
        yield Hours(weekday, start, end)


def _holidays(given: Any) -> Iterator[Holiday]:
    for one in given if isinstance(given, list) else [given]:
        try:
            day = one if isinstance(one, date) and not isinstance(one, datetime) else date.fromisoformat(one)
        except (ValueError, TypeError) as error:
            raise UsageError(f"schedule.holidays: {one!r} is no date", 'write holidays = ["2026-12-25"]') from error
        yield Holiday("", day, day)
