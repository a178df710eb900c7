"""What people may wish for themselves: languages, zones and hours that mean something, and whether it is quiet now."""

from __future__ import annotations

import re
from datetime import datetime, time
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings

from maitred.base.errors import Invalid

_HOUR = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def quiet(hours: str, zone: str, moment: datetime) -> bool:
    """Whether an instant lies in somebody's quiet hours: the first minute does, the last does not.

    >>> from datetime import UTC
    >>> quiet("20:00-07:00", "Europe/Berlin", datetime(2026, 1, 5, 5, 59, tzinfo=UTC))
    True
    """
    if not hours:
        return False
    first, last = (time.fromisoformat(one) for one in hours.split("-"))
    local = moment.astimezone(ZoneInfo(zone or "UTC")).time()
    return first <= local < last if first < last else local >= first or local < last


def refuse_language(language: str) -> None:
    """A language that the console speaks.

    Raises
    ------
    Invalid
        It speaks others.
    """
    spoken = [code for code, _ in settings.LANGUAGES]
    if language not in spoken:
        raise _misfit("language", f"there is no language {language} here", f"choose one of {', '.join(spoken)}")


def refuse_zone(zone: str) -> None:
    """A time zone by its name.

    Raises
    ------
    Invalid
        There is no zone of that name.
    """
    if zone not in available_timezones():
        raise _misfit("time_zone", f"there is no time zone {zone}", "use a name such as Europe/Berlin")


def hour(word: str) -> str:
    """A time of day as ``08:00``.

    Raises
    ------
    Invalid
        It is none.
    """
    return _hour("digest_hour", word)


def span(word: str) -> str:
    """Quiet hours as ``20:00-07:00``.

    Raises
    ------
    Invalid
        They are no two times of day, or end when they begin.
    """
    first, _, last = (part.strip() for part in word.partition("-"))
    found = _hour("quiet_hours", first), _hour("quiet_hours", last)
    if found[0] == found[1]:
        raise _misfit("quiet_hours", "they end when they begin", "write two times, such as 20:00-07:00")
    return "-".join(found)


def _hour(field: str, word: str) -> str:
    match = _HOUR.fullmatch(word)
    if match is None:
        raise _misfit(field, f"{word!r} is no time of day", "write one such as 08:00")
    return f"{int(match[1]):02}:{match[2]}"


def _misfit(field: str, what: str, remedy: str) -> Invalid:
    return Invalid(what, remedy, ({"field": field, "message": what, "code": "misfit"},))
