"""Where the records of a CSV text end, quoted line breaks and broken quotes included.

A file is landed in pieces of its own bytes, and a piece must end where a record ends. A quote that never closes would
swallow the rest of the file; here it costs its own line only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

LONGEST = 32 * 1024 * 1024
"""Bytes within which a record must end; a quoted field that runs on for longer is taken for a broken quote."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record's bytes ``[start, end)``, line end included; ``broken`` when a quote in it never closes."""

    start: int
    end: int
    broken: bool = False


def whole_until(body: bytes, delimiter: bytes, *, final: bool) -> int:
    """Length of the longest beginning of ``body`` that ends with a record; all of it when ``final``."""
    if final:
        return len(body)
    if b'"' not in body:
        return max(body.rfind(b"\n"), _lone_return(body)) + 1
    end = _plain_quotes(body, delimiter)
    if end is None:
        end = 0
        for record in records(body, delimiter, final=False):
            end = record.end
    return end


def _lone_return(body: bytes) -> int:
    """Last line end of a file whose lines end with a carriage return only."""
    return -1 if b"\n" in body else body.rfind(b"\r", 0, len(body) - 1)


def _plain_quotes(body: bytes, delimiter: bytes) -> int | None:
    """End of the last record when every quote opens or closes a field as the rules say; otherwise null."""
    cells = np.frombuffer(body, np.uint8)
    quotes = np.flatnonzero(cells == ord('"'))
    pairs = len(quotes) // 2 * 2
    if not _well_placed(cells, quotes, pairs, delimiter):
        return None
    limit = int(quotes[-1]) if len(quotes) % 2 else len(body)  # an open quote: its record is not whole yet
    breaks = np.flatnonzero(cells[:limit] == ord("\n"))
    outside = breaks[np.searchsorted(quotes[:pairs], breaks) % 2 == 0]
    return int(outside[-1]) + 1 if len(outside) else 0


def quotes_are_plain(body: bytes, delimiter: bytes) -> bool:
    """Whether every quote stands where the CSV rules (RFC 4180) put one, so that any reader agrees on the records."""
    if b'"' not in body:
        return True
    cells = np.frombuffer(body, np.uint8)
    quotes = np.flatnonzero(cells == ord('"'))
    return len(quotes) % 2 == 0 and _well_placed(cells, quotes, len(quotes), delimiter)


def _well_placed(cells: npt.NDArray[np.uint8], quotes: npt.NDArray[np.intp], pairs: int, delimiter: bytes) -> bool:
    ends = np.zeros(256, np.bool_)
    ends[[ord("\n"), ord("\r"), ord('"'), delimiter[0]]] = True
    before, after = quotes[::2] - 1, quotes[1:pairs:2] + 1
    opened = ends[cells[before[before >= 0]]].all()
    return bool(opened and ends[cells[after[after < len(cells)]]].all())


def records(body: bytes, delimiter: bytes, *, final: bool) -> Iterator[Record]:
    """Every whole record of ``body``; unless ``final``, one that may go on is left out. Blank lines are no records."""
    strict, lenient = _patterns(delimiter)
    position, quotes = 0, body.count(b'"')
    while position < len(body):
        match = strict.match(body, position)
        end = match.end() if match is not None else _line_end(body, position)
        if not final and end == len(body) and not body.endswith(b"\n"):
            return
        broken = match is None and lenient.fullmatch(body, position, end) is None
        if broken and not final and quotes % 2 and len(body) - position < LONGEST:
            return  # more bytes may still close the quote
        if body[position:end].strip(b"\r\n"):
            yield Record(position, end, broken)
        quotes -= body.count(b'"', position, end)
        position = end


def _line_end(body: bytes, position: int) -> int:
    found = body.find(b"\n", position)
    if found < 0 and b"\n" not in body:
        found = body.find(b"\r", position)
    return len(body) if found < 0 else found + 1


@cache
def _patterns(delimiter: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """A whole record by the rules, and one line whose quotes are odd but closed (``5" disk``)."""
    mark = re.escape(delimiter)
    bare = rb'[^"\r\n%s][^\r\n%s]*+' % (mark, mark)
    strict = rb'(?:"(?:[^"]|"")*+"(?=[\r\n%s]|\Z)|%s|)' % (mark, bare)
    odd = rb'(?:"(?:[^"\r\n]|"")*+"[^\r\n%s]*+|%s|)' % (mark, bare)
    end = rb"(?:\r?\n|\r|\Z)"
    return (
        re.compile(rb"%s(?:%s%s)*+%s" % (strict, mark, strict, end)),
        re.compile(rb"%s(?:%s%s)*+%s" % (odd, mark, odd, end)),
    )
