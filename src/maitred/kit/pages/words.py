"""Numbers as people read them: durations, shares, counts and intervals, in the reader's language.

For every page, chart, document and mail, so that one figure is written alike everywhere. The number of digits follows
from the interval: what it cannot tell apart is not printed.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_time
from babel.numbers import format_decimal, format_percent
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = 60, 3_600, 86_400
_MINUS = "−"
NOTHING = "–"


def locale() -> Locale:
    """The reader's locale; English where none is chosen."""
    return _locale(get_language() or "en")


def count(number: float) -> str:
    """A count with grouped digits.

    >>> count(12345)
    '12,345'
    """
    return _decimal(round(number), None, get_language() or "en")


def number(amount: float, digits: int = 1) -> str:
    """A plain number with at most so many digits behind the point."""
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    return _decimal(amount + 0, pattern, get_language() or "en")


def share(part: float, digits: int = 1) -> str:
    """A share of one as per cent.

    >>> share(0.894)
    '89.4%'
    """
    return _percent(part + 0, digits, get_language() or "en")


def duration(seconds: float, exact: bool = False) -> str:
    """A duration in the two largest units that matter; hours are not folded into days: a business day is not 24.

    >>> duration(45), duration(2520), duration(7800), duration(360_000), duration(-780)
    ('45 s', '42 min', '2 h 10 min', '100 h', '−13 min')
    """
    whole = round(abs(seconds))
    sign = _MINUS if seconds < 0 and whole else ""
    if exact:
        return sign + f"{whole // HOUR}:{whole % HOUR // MINUTE:02d}:{whole % MINUTE:02d}"
    if whole < 100:
        return sign + _("%(n)s s") % {"n": whole}
    minutes = round(whole / MINUTE)
    if minutes < 100:
        return sign + _("%(n)s min") % {"n": minutes}
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        told = _("%(h)s h %(m)s min") if rest else _("%(h)s h")
        return sign + told % {"h": hours, "m": rest}
    return sign + _("%(h)s h") % {"h": count(minutes / 60)}


def value(amount: float | None, unit: str, low: float | None = None, high: float | None = None) -> str:
    """A value in its unit, with the digits that its interval warrants.

    Parameters
    ----------
    unit
        ``seconds``, ``share``, ``points`` (of an index), ``ratio``, or what is counted.
    """
    if amount is None:
        return NOTHING
    if unit == "seconds":
        return duration(amount)
    if unit == "share":
        return share(amount, _digits(low, high, 100))
    if unit in ("points", "ratio", "score"):
        return number(amount, max(1, _digits(low, high, 1)))
    return count(amount) if float(amount).is_integer() else number(amount, 1)


def difference(amount: float | None, unit: str, low: float | None = None, high: float | None = None) -> str:
    """A signed difference; of shares in points.

    >>> difference(-0.021, "share", -0.041, -0.002), difference(780, "seconds")
    ('−2.1 points', '+13 min')
    """
    if amount is None:
        return NOTHING
    told = _unsigned(abs(amount), unit, low, high)
    return ("+" if amount > 0 else _MINUS if amount < 0 else "±") + told


def interval(low: float | None, high: float | None, unit: str, signed: bool = False) -> str:
    """Both ends of an interval; empty where there is none.

    >>> interval(0.879, 0.908, "share"), interval(600, 960, "seconds"), interval(None, 5400, "seconds")
    ('87.9–90.8%', '10–16 min', 'up to 90 min')
    >>> interval(1560, 7320, "seconds")
    '26 min – 2 h 2 min'
    """
    if low is None and high is None:
        return ""
    write = _ends(unit, low, high, signed)
    if low is None:
        return _("up to %(end)s") % {"end": write(high)}
    if high is None:
        return _("at least %(end)s") % {"end": write(low)}
    return _joined(write(low), write(high))


def inside(label: str) -> str:
    """A label as it stands inside a sentence: small in English, as it is where nouns are written large.

    >>> inside("First reply")
    'first reply'
    """
    return label.lower() if (get_language() or "en").startswith("en") else label


def n(rows: int) -> str:
    """How many rows stand behind a figure."""
    return pgettext("number of rows", "n %(n)s") % {"n": count(rows)}


def day(one: date) -> str:
    """A day: 5 Nov 2026; in other languages as they write it."""
    return _day(one, get_language() or "en")


@lru_cache(maxsize=4_096)
def _day(one: date, language: str) -> str:
    where = _locale(language)
    if where.language == "en":
        return format_date(one, format="d MMM y", locale=where)
    return str(format_skeleton("yMMMd", datetime(one.year, one.month, one.day, tzinfo=UTC), locale=where))


def moment(instant: datetime, zone: ZoneInfo) -> str:
    """An instant with its day in a zone: 5 Nov 2026, 14:02."""
    local = instant.astimezone(zone)
    return f"{day(local.date())}, {_time(local.hour, local.minute, get_language() or 'en')}"


@lru_cache(maxsize=8_192)
def _time(hour: int, minute: int, language: str) -> str:
    return format_time(time(hour, minute), "HH:mm", locale=_locale(language))


def weekday_moment(instant: datetime, zone: ZoneInfo, *, year: bool = False) -> str:
    """An instant as a ledger shows it: Fri 5 Nov, 16:40:05; with its year where a ledger spans several."""
    pattern = "EEE d MMM y, HH:mm:ss" if year else "EEE d MMM, HH:mm:ss"
    return str(format_datetime(instant, pattern, tzinfo=zone, locale=locale()))


def _digits(low: float | None, high: float | None, scale: float) -> int:
    """Digits behind the point that show two significant ones of the interval's width."""
    if low is None or high is None or high <= low:
        return 1
    return min(2, max(0, 1 - math.floor(math.log10((high - low) * scale))))


def _unsigned(amount: float, unit: str, low: float | None, high: float | None) -> str:
    if unit == "share":
        return _("%(n)s points") % {"n": number(amount * 100, max(1, _digits(low, high, 100)))}
    return value(amount, unit, low, high)


def _ends(unit: str, low: float | None, high: float | None, signed: bool):  # type: ignore[no-untyped-def]
    digits = _digits(low, high, 100 if unit == "share" else 1)

    def write(end: float) -> str:
        if unit == "share" and signed:
            return ("+" if end > 0 else "") + number(end * 100, max(1, digits))
        if unit == "share":
            return share(end, digits)
        if signed:
            return difference(end, unit, low, high)
        return value(end, unit, low, high)

    return write


def _joined(low: str, high: str) -> str:
    """``10 min`` and ``16 min`` as ``10–16 min``: a unit that both share is said once."""
    signed = any(sign in f"{low}{high}" for sign in ("+", _MINUS, "±"))
    for unit in (" s", " min", " h", "\xa0%", "%"):
        if all(end.endswith(unit) and " " not in end.removesuffix(unit) for end in (low, high)):
            low = low.removesuffix(unit)
            break
    if signed:
        return _("%(low)s to %(high)s") % {"low": low, "high": high}
    return f"{low}–{high}" if " " not in low else f"{low} – {high}"


# A page writes hundreds of numbers, and the same ones again for each reader: each is written once in a language.


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    return Locale.parse(language.replace("-", "_"))


@lru_cache(maxsize=65_536, typed=True)
def _decimal(amount: float, pattern: str | None, language: str) -> str:
    return _minus(format_decimal(amount, format=pattern, locale=_locale(language)))


@lru_cache(maxsize=65_536, typed=True)
def _percent(part: float, digits: int, language: str) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
    local = _locale(language).percent_formats.get(None)
    if local is not None and "\xa0" in local.pattern:
        pattern = pattern.replace("%", "\xa0%")
    return _minus(format_percent(part, format=pattern, locale=_locale(language)))


def _minus(text: str) -> str:
    return text.replace("-", _MINUS)
