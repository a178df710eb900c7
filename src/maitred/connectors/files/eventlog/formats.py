"""How a text can be read as a time: which written forms exist, and where their numbers stand.

For the time columns of foreign logs. A column of a million values has a handful of *shapes* (each digit written as
``0``: ``00/0/0000 00:00``), so forms are matched against shapes, once each, and the numbers are then cut out of all
values of a shape at once (see ``times``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Span = tuple[int, int]

MONTHS = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_LONG_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_LONG = "|".join(_LONG_MONTHS)
_SHORT = "|".join(MONTHS) + "|sept"
_WEEKDAY = "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues|tue|wed|thurs|thur|thu|fri|sat|sun)"
_ZONE = r"(?P<z>Z|UTC|GMT|[+-]00(?::?00)?)"
_HALF = r"(?P<p>[AP]\.?M\.?)"

_TOKENS = {
    "Y": "(?P<Y>0000)",
    "y": "(?P<y>00)",
    "m": "(?P<m>0{1,2})",
    "d": "(?P<d>0{1,2})",
    "e": "(?P<d>0{1,2})",
    "H": "(?P<H>0{1,2})",
    "k": "(?P<H>0{1,2})",
    "I": "(?P<I>0{1,2})",
    "M": "(?P<M>0{1,2})",
    "S": "(?P<S>0{1,2})",
    "f": "(?P<f>0{1,9})",
    "b": f"(?P<b>{_SHORT})",
    "B": f"(?P<b>{_LONG})",
    "a": _WEEKDAY,
    "A": _WEEKDAY,
    "p": _HALF,
    "z": _ZONE,
    "Z": "(?P<z>Z|UTC|GMT)",
    "s": r"(?P<s>-?0{1,12})",
    "%": "%",
}
_SHORTHAND = {"%T": "%H:%M:%S", "%R": "%H:%M", "%F": "%Y-%m-%d", "%D": "%m/%d/%y"}
DIRECTIVES = tuple(f"%{letter}" for letter in _TOKENS) + tuple(_SHORTHAND)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read one shape.

    ``format`` is the way in strptime words; readings of one ``family`` may stand in one column (they differ only in
    whether seconds and fractions are written). ``spans`` cut the numbers out of the text; ``month``, ``afternoon``
    and ``offset_sign`` are what the shape itself says. ``scale`` > 0 marks a count of 1/scale seconds since 1970.
    """

    format: str
    family: str
    aware: bool
    spans: dict[str, Span]
    month: int | None = None
    afternoon: bool | None = None
    offset_sign: int = 0
    negative: bool = False
    scale: int = 0


def compile_format(wanted: str) -> re.Pattern[str]:
    """A pattern over shapes for a strptime format.

    Raises
    ------
    ValueError
        When the format has a directive that is not known, the same twice, or names no full date.
    """
    for short, long in _SHORTHAND.items():
        wanted = wanted.replace(short, long)
    pattern, seen = "", set[str]()
    pieces = re.split(r"(%-?.)", wanted)
    for piece in pieces:
        if re.fullmatch(r"%-?.", piece):
            letter = piece[-1]
            if letter not in _TOKENS:
                raise ValueError(f"{piece} is not known")
            token = _TOKENS[letter]
            group = re.match(r"\(\?P<(\w)>", token)
            if group is not None:
                if group[1] in seen:
                    raise ValueError(f"{piece} says again what an earlier directive said")
                seen.add(group[1])
            pattern += token
        elif "%" in piece:
            raise ValueError("it ends with a lone %")
        else:
            pattern += re.sub(r"(?:\\ |\\\t)+", r"\\s+", re.escape(piece))
    if "s" not in seen and not ({"d"} <= seen and seen & {"m", "b"} and seen & {"Y", "y"}):
        raise ValueError("it does not name day, month and year")
    return re.compile(pattern, re.IGNORECASE)


def readings_by(pattern: re.Pattern[str], wanted: str, shape: str) -> list[Reading]:
    """The reading of one shape by a given format: none or one."""
    match = pattern.fullmatch(shape)
    return [] if match is None else [_reading(match, wanted, wanted)]


_DATES = (
    ("%Y-%m-%d", "(?P<Y>0000)-(?P<m>0{1,2})-(?P<d>0{1,2})"),
    ("%Y/%m/%d", "(?P<Y>0000)/(?P<m>0{1,2})/(?P<d>0{1,2})"),
    ("%Y.%m.%d", r"(?P<Y>0000)\.(?P<m>0{1,2})\.(?P<d>0{1,2})"),
    ("%Y%m%d", "(?P<Y>0000)(?P<m>00)(?P<d>00)"),
    *(
        (form.replace("~", sep), pattern.replace("~", re.escape(sep)))
        for sep in "/-."
        for form, pattern in (
            ("%d~%m~%Y", "(?P<d>0{1,2})~(?P<m>0{1,2})~(?P<Y>0000)"),
            ("%m~%d~%Y", "(?P<m>0{1,2})~(?P<d>0{1,2})~(?P<Y>0000)"),
            ("%d~%m~%y", "(?P<d>0{1,2})~(?P<m>0{1,2})~(?P<y>00)"),
            ("%m~%d~%y", "(?P<m>0{1,2})~(?P<d>0{1,2})~(?P<y>00)"),
            ("%y~%m~%d", "(?P<y>00)~(?P<m>00)~(?P<d>00)"),
        )
    ),
    *(
        (form.replace("~", sep), pattern.replace("~", re.escape(sep)))
        for sep in "- /"
        for form, pattern in (
            ("%d~%b~%Y", f"(?P<d>0{{1,2}})~(?P<b>{_SHORT})~(?P<Y>0000)"),
            ("%d~%b~%y", f"(?P<d>0{{1,2}})~(?P<b>{_SHORT})~(?P<y>00)"),
            ("%d~%B~%Y", f"(?P<d>0{{1,2}})~(?P<b>{_LONG})~(?P<Y>0000)"),
        )
    ),
    ("%b %d, %Y", f"(?P<b>{_SHORT}) (?P<d>0{{1,2}}), (?P<Y>0000)"),
    ("%B %d, %Y", f"(?P<b>{_LONG}) (?P<d>0{{1,2}}), (?P<Y>0000)"),
)
_DATE_PATTERNS = tuple((form, re.compile(f"(?P<a>{_WEEKDAY},? )?{pattern}", re.IGNORECASE)) for form, pattern in _DATES)
_TAIL = re.compile(
    r"(?:(?P<gap>T| |, )(?P<H>0{1,2}):(?P<M>00)(?P<sec>:(?P<S>00)(?:[.,](?P<f>0{1,9}))?)?(?P<half> ?" + _HALF + ")?)?"
    r"(?P<blank> ?)" + _ZONE + "?",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    "(?P<Y>0000)(?P<m>00)(?P<d>00)(?P<gap>T?)(?P<H>00)(?P<M>00)(?P<S>00)" + _ZONE + "?",
    re.IGNORECASE,
)
_SECONDS = re.compile(r"(?P<s>-?0{9,10})(?:\.0{1,9})?")
_MILLIS = re.compile(r"(?P<s>-?0{13})")


def readings_of(shape: str) -> list[Reading]:
    """Every way to read one shape when no format is given, without a look at the numbers.

    >>> [reading.format for reading in readings_of("00/0/0000 00:00")]
    ['%d/%m/%Y %H:%M', '%m/%d/%Y %H:%M']
    """
    if not shape.isascii() or len(shape) > 64:
        return []
    found = []
    for date, pattern in _DATE_PATTERNS:
        head = pattern.match(shape)
        tail = _TAIL.fullmatch(shape, head.end()) if head is not None else None
        if head is not None and tail is not None and not (date == "%Y%m%d" and tail["gap"] is None and tail["z"]):
            found.append(_joined(head, tail, date))
    compact = _COMPACT.fullmatch(shape)
    if compact is not None:
        form = f"%Y%m%d{compact['gap']}%H%M%S" + ("%z" if compact["z"] else "")
        found.append(_reading(compact, form, form))
    for pattern, form in ((_SECONDS, "%s"), (_MILLIS, "%s (milliseconds)")):
        number = pattern.fullmatch(shape)
        if number is not None:
            found.append(_reading(number, form, form, scale=1 if form == "%s" else 1000))
    return found


def _joined(head: re.Match[str], tail: re.Match[str], date: str) -> Reading:
    day = "" if head["a"] is None else "%a, " if "," in head["a"] else "%a "
    clock = "%I:%M" if tail["half"] else "%H:%M"
    time = "" if tail["gap"] is None else tail["gap"] + clock
    seconds = "" if tail["sec"] is None else ":%S" + (".%f" if tail["f"] else "")
    half = "" if tail["half"] is None else tail["half"].replace(tail["p"], "%p")
    zone = "" if tail["z"] is None else tail["blank"] + "%z"
    family = day + date + (" " + clock if time else "") + ("%p" if half else "") + ("%z" if zone else "")
    early, late = _reading(head, "", ""), _reading(tail, "", "")
    spans = early.spans | late.spans
    if half:
        spans["I"] = spans.pop("H")
    return Reading(
        day + date + time + seconds + half + zone,
        family,
        late.aware,
        spans,
        month=early.month,
        afternoon=late.afternoon,
        offset_sign=late.offset_sign,
    )


def _reading(match: re.Match[str], form: str, family: str, *, scale: int = 0) -> Reading:
    groups = {name: text for name, text in match.groupdict().items() if text is not None}
    spans = {name: match.span(name) for name in groups if name in set("YymdHIMSfs")}
    zone = groups.get("z", "")
    if zone[:1] in ("+", "-"):
        start, end = match.span("z")
        spans["zh"] = (start + 1, start + 3)
        if len(zone) > 3:
            spans["zm"] = (end - 2, end)
    if "s" in spans and groups["s"].startswith("-"):
        spans["s"] = (spans["s"][0] + 1, spans["s"][1])
    name = groups.get("b", "")[:3].lower()
    return Reading(
        form,
        family,
        aware="z" in groups or "s" in groups,
        spans=spans,
        month=MONTHS.index(name) + 1 if name else None,
        afternoon=groups["p"][0].lower() == "p" if "p" in groups else None,
        offset_sign={"+": 1, "-": -1}.get(zone[:1], 0),
        negative=groups.get("s", "").startswith("-"),
        scale=scale or (1 if "s" in groups else 0),
    )
