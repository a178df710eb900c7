"""Weekly opening hours cut at midnights, the form in which every helpdesk's schedules are kept."""

from __future__ import annotations

from collections.abc import Iterable

DAY = 1440
WEEK = 7 * DAY


def cut_at_midnights(start: int, end: int) -> list[tuple[int, int, int]]:
    """One span of minutes since Monday 00:00 as (weekday, start minute, end minute) per day touched.

    ``end`` may lie beyond the week's end; what does is moved to the week's beginning.

    Examples
    --------
    >>> cut_at_midnights(23 * 60, 25 * 60)
    [(0, 1380, 1440), (1, 0, 60)]
    """
    pieces = []
    while start < end:
        midnight = (start // DAY + 1) * DAY
        stop = min(end, midnight)
        pieces.append((start // DAY % 7, start % DAY, stop - midnight + DAY))
        start = stop
    return pieces


def from_sunday(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Spans of minutes since Sunday 00:00 as sorted (weekday from Monday 0, start minute, end minute)."""
    pieces: list[tuple[int, int, int]] = []
    for start, end in spans:
        pieces += cut_at_midnights(start + 6 * DAY, end + 6 * DAY)
    return sorted(set(pieces))
