"""What people keep beside the figures of a page: notes on its days."""

from __future__ import annotations

from maitred.base.errors import MaitredError
from maitred.desks.service_levels.pages.opening import Opened


def annotations(opened: Opened) -> list[tuple[str, str, str]]:
    """Day, text and kind of what was noted in the period, for the chosen teams; empty for whoever may read none."""
    teams = [int(one) for one in opened.filters.team]
    try:
        found = opened.ask(
            "annotations.list", start=opened.filters.first.isoformat(), end=opened.filters.last.isoformat(), teams=teams
        )
    except MaitredError:
        return []
    return [(one.first_day.isoformat(), one.text, one.kind) for one in found.annotations]
