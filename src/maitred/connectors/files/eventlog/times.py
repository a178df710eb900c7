"""The time columns of a foreign log turned into instants, for whoever must trust the durations made of them.

One column has one form: a given ``time_format``, or the only one that fits every value. Where two forms fit, or none
does alone, the import is refused instead of guessed. A local time that does not exist moves forward by the gap; one
that occurs twice means the first (the ``fold=0`` rule of RFC 5545).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from maitred.base.errors import BadInput
from maitred.connectors.files.eventlog.columns import Array, Flags, Ints
from maitred.connectors.files.eventlog.formats import (
    Reading,
    compile_format,
    readings_by,
    readings_of,
)

SECOND = 1_000_000
_DAY = 86_400
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  (local times are compared with it)
_AS_ZERO = np.arange(256, dtype=np.uint8)
_AS_ZERO[ord("0") : ord("9") + 1] = ord("0")
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)
_MANY_SHAPES = 5_000


@dataclass(frozen=True, slots=True)
class Form:
    """The one form of a column. ``family`` is empty when a format was given."""

    format: str
    family: str
    aware: bool
    given: bool = False


@dataclass(frozen=True, slots=True)
class Times:
    """Microseconds since 1970 (local when the form is not ``aware``) and which values could be read."""

    micros: Ints
    valid: Flags


@dataclass(frozen=True, slots=True)
class Tally:
    """What a part of a column says about its form; parts add up with ``+``.

    ``families``: name -> (values that fit, values that fit no other family, an example of the latter, format).
    ``pairs``: of two families -> values that both can read, but as different instants.
    """

    values: int = 0
    readable: int = 0
    families: tuple[tuple[str, str, bool, int, str], ...] = ()
    apart: tuple[tuple[str, str, str], ...] = ()
    unread: str = ""

    @property
    def example(self) -> str:
        """Some value of the column, for messages."""
        return self.families[0][4] if self.families else self.unread

    def __add__(self, other: Tally) -> Tally:
        merged = {family[0]: family for family in self.families}
        for name, form, aware, fits, example in other.families:
            mine = merged.get(name)
            merged[name] = (
                (name, form, aware, fits, example)
                if mine is None
                else (name, max(form, mine[1], key=len), aware, fits + mine[3], mine[4])
            )
        return Tally(
            self.values + other.values,
            self.readable + other.readable,
            tuple(merged.values()),
            tuple({(one, two): (one, two, text) for one, two, text in (*other.apart, *self.apart)}.values()),
            self.unread or other.unread,
        )


def tally(texts: Array) -> Tally:
    """Which forms fit the distinct, trimmed, non-null texts of a column, without a decision."""
    fits: dict[str, Flags] = {}
    instants: dict[str, Ints] = {}
    forms: dict[str, Reading] = {}
    for shape, rows in _shapes(texts):
        for reading in readings_of(shape):
            times = _read(texts, rows, reading, len(shape))
            fits.setdefault(reading.family, np.zeros(len(texts), np.bool_))[rows] = times.valid
            instants.setdefault(reading.family, np.zeros(len(texts), np.int64))[rows] = times.micros
            known = forms.get(reading.family)
            if known is None or len(reading.format) > len(known.format):
                forms[reading.family] = reading
    any_fit = np.logical_or.reduce(list(fits.values())) if fits else np.zeros(len(texts), np.bool_)
    unread = np.flatnonzero(~any_fit)
    return Tally(
        len(texts),
        int(any_fit.sum()),
        tuple(
            (
                name,
                forms[name].format,
                forms[name].aware,
                int(fit.sum()),
                _first(texts, fit),
            )
            for name, fit in fits.items()
            if fit.any()
        ),
        tuple(_apart(texts, fits, instants)),
        texts[int(unread[0])].as_py() if len(unread) else "",
    )


def decide(found: Tally, where: str, prefer: str = "") -> Form:
    """The form of a column from its tally; ``prefer``: the family of a neighbouring column, which settles a doubt.

    Raises
    ------
    BadInput
        When no value looks like a time, when the values are written in several ways, or when two ways fit all
        values and give different instants (day and month may be either).
    """
    if not found.readable:
        raise BadInput(
            f"no value of {where} looks like a time (for example {found.unread!r})",
            'say how it is written in the map: time_format = "%d/%m/%Y %H:%M"',
        )
    whole = [family for family in found.families if family[3] == found.readable]
    if not whole:
        raise _mixture(found, where)
    whole = [family for family in whole if family[0] == prefer] or whole
    for one, other, text in found.apart:
        pair = [family for family in whole if family[0] in (one, other)]
        if len(pair) == 2:
            raise BadInput(
                f"{where} can be read as {pair[0][1]} or as {pair[1][1]} (for example {text!r}), and no value tells",
                f'say which in the map: time_format = "{pair[0][1]}" or time_format = "{pair[1][1]}"',
            )
    name, form, aware, *_ = whole[0]
    return Form(form, name, aware)


def given_form(wanted: str) -> Form:
    """The form for a ``time_format`` of the map."""
    return Form(wanted, "", aware="%z" in wanted or "%Z" in wanted or "%s" in wanted, given=True)


def fits_format(texts: Array, wanted: str) -> int:
    """How many of some distinct texts a given format can read."""
    return int(read_times(texts, given_form(wanted)).valid.sum())


def read_times(texts: Array, form: Form) -> Times:
    """Read distinct, trimmed, non-null texts by their form. One row more than texts: never valid, for missing ones."""
    micros, valid = np.zeros(len(texts) + 1, np.int64), np.zeros(len(texts) + 1, np.bool_)
    pattern = compile_format(form.format) if form.given else None
    for shape, rows in _shapes(texts):
        for reading in readings_by(pattern, form.format, shape) if pattern is not None else readings_of(shape):
            if form.given or reading.family == form.family:
                times = _read(texts, rows, reading, len(shape))
                micros[rows], valid[rows] = times.micros, times.valid
    return Times(micros, valid)


def to_utc(local: Ints, zone: str) -> Ints:
    """Local microseconds to UTC microseconds (``fold=0``; a time inside a gap moves forward by the gap)."""
    tz = ZoneInfo(zone)
    seconds, fraction = np.divmod(local, SECOND)
    days, codes = np.unique(seconds // _DAY, return_inverse=True)
    starts = np.array([_offset(int(day) * _DAY, tz) for day in days], np.int64)
    ends = np.array([_offset(int(day) * _DAY + _DAY - 1, tz) for day in days], np.int64)
    offsets = starts[codes]
    changing = np.flatnonzero(starts[codes] != ends[codes])
    offsets[changing] = [_offset(int(value), tz) for value in seconds[changing]]
    return (seconds - offsets) * SECOND + fraction


def _offset(local_seconds: int, tz: ZoneInfo) -> int:
    moment = (_EPOCH + timedelta(seconds=local_seconds)).replace(tzinfo=tz)
    offset = moment.utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def iso_text(micros: int) -> str:
    """Microseconds since 1970 as ISO text, for messages."""
    return (_EPOCH.replace(tzinfo=UTC) + timedelta(microseconds=micros)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _mixture(found: Tally, where: str) -> BadInput:
    most = sorted(found.families, key=lambda family: -family[3])
    second = next((family for family in most[1:] if family[4] != most[0][4]), most[-1])
    return BadInput(
        f"{where} is written in more than one way: {most[0][3]} different values fit {most[0][1]} "
        f"(for example {most[0][4]!r}) and {second[3]} fit {second[1]} (for example {second[4]!r})",
        f'bring the file into one form, or say which one counts in the map: time_format = "{most[0][1]}" '
        "(rows written otherwise are then set aside)",
    )


def _apart(texts: Array, fits: dict[str, Flags], instants: dict[str, Ints]) -> Iterable[tuple[str, str, str]]:
    names = list(fits)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            differ = fits[one] & fits[other] & (instants[one] != instants[other])
            if differ.any():
                yield one, other, texts[int(np.argmax(differ))].as_py()


def _first(texts: Array, which: Flags) -> str:
    return str(texts[int(np.argmax(which))].as_py())


def _bytes_of(texts: Array) -> tuple[Ints, npt.NDArray[np.uint8]]:
    """Offsets (n + 1) and data bytes of a string array without nulls."""
    _, offsets, data = texts.buffers()
    assert offsets is not None
    starts = np.frombuffer(memoryview(offsets), np.int32)[texts.offset : texts.offset + len(texts) + 1]
    cells = np.frombuffer(memoryview(data), np.uint8) if data is not None else np.zeros(0, np.uint8)
    return starts.astype(np.int64), cells


def _shapes(texts: Array) -> Iterable[tuple[str, Ints]]:
    """Each shape of the texts (digits as ``0``) with the positions that have it."""
    if not len(texts):
        return
    starts, data = _bytes_of(texts)
    offsets = pa.py_buffer(starts.astype(np.int32).tobytes())
    plain = pa.StringArray.from_buffers(len(texts), offsets, pa.py_buffer(_AS_ZERO[data].tobytes()))
    encoded: Any = plain.dictionary_encode()
    shapes, codes = encoded.dictionary, encoded.indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(len(shapes) + 1))
    for code, shape in enumerate(shapes.to_pylist()[:_MANY_SHAPES]):
        yield str(shape), order[bounds[code] : bounds[code + 1]]


def _read(texts: Array, rows: Ints, reading: Reading, width: int) -> Times:
    starts, data = _bytes_of(texts)
    cells = data[starts[rows][:, None] + np.arange(width)]

    def number(name: str, default: int) -> Ints:
        if name not in reading.spans:
            return np.full(len(rows), default, np.int64)
        start, end = reading.spans[name]
        total = np.zeros(len(rows), np.int64)
        for place in range(start, end):
            total = total * 10 + (cells[:, place] - 48)
        return total

    if reading.scale:
        count = number("s", 0) * (-1 if reading.negative else 1)
        return Times(count * (SECOND // reading.scale), np.ones(len(rows), np.bool_))
    year = number("Y", 0) if "Y" in reading.spans else _century(number("y", 0))
    month = number("m", reading.month or 1)
    day, minute, second = number("d", 1), number("M", 0), number("S", 0)
    hour, fits = _hours(reading, number)
    fits &= (month >= 1) & (month <= 12) & (minute < 60) & (second < 60) & (hour < 24) & (year >= 1) & (day >= 1)
    fits &= day <= _MONTH_DAYS[np.clip(month, 1, 12)] + ((month == 2) & _leap(year))
    fits &= (number("zh", 0) < 24) & (number("zm", 0) < 60)
    offset = reading.offset_sign * (number("zh", 0) * 3600 + number("zm", 0) * 60)
    seconds = _days(year, month, day) * _DAY + hour * 3600 + minute * 60 + second - offset
    return Times(seconds * SECOND + _fraction(reading, number("f", 0)), fits)


def _hours(reading: Reading, number: Callable[[str, int], Ints]) -> tuple[Ints, Flags]:
    """Hours of the day, and which are possible (12 h clocks run from 1 to 12)."""
    if "I" not in reading.spans:
        hour = number("H", 0)
        return hour, np.ones(len(hour), np.bool_)
    clock = number("I", 0)
    return clock % 12 + (12 if reading.afternoon else 0), (clock >= 1) & (clock <= 12)


def _century(short: Ints) -> Ints:
    """Two-digit years as POSIX reads them: 69-99 are 19xx, 00-68 are 20xx."""
    return np.asarray(np.where(short >= 69, 1900 + short, 2000 + short), np.int64)


def _leap(year: Ints) -> Flags:
    return np.asarray((year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0)), np.bool_)


def _days(year: Ints, month: Ints, day: Ints) -> Ints:
    """Days since 1970-01-01 in the Gregorian calendar (years counted from March, eras of 400 years)."""
    shifted = year - (month <= 2)
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    days = era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
    return np.asarray(days, np.int64)


def _fraction(reading: Reading, digits: Ints) -> Ints:
    start, end = reading.spans.get("f", (0, 0))
    places = end - start
    return np.asarray(digits * 10 ** (6 - places) if places <= 6 else digits // 10 ** (places - 6), np.int64)
