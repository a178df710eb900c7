"""What comes to its end by itself: calibrations in which nobody has anything left to do, reviews of tickets gone."""

from __future__ import annotations

from maitred.base import clock
from maitred.desks.quality import access, tickets
from maitred.desks.quality.models import Review, Session
from maitred.kit.audit import deeds
from maitred.metrics.asking import Asker


def close_if_over(row: Review) -> None:
    """Close the calibration of a review once none of its reviews is open; inside the deed that ended this one."""
    if row.session is None or row.session.state == Session.CLOSED:
        return
    if any(one.state in Review.OPEN for one in access.in_sessions([row.session.pk])):
        return
    deeds.change(row.session, None, state=Session.CLOSED, closed_at=clock.now())


def close_late() -> int:
    """Close calibrations whose time is over; how many."""
    rows = access.sessions_to_close(clock.now())
    for one in rows:
        deeds.change(one, None, state=Session.CLOSED, closed_at=clock.now())
    return len(rows)


def gone(ask: Asker) -> list[tuple[Review, str]]:
    """Reviews whose ticket was deleted or merged since, with the reason; submitted ones too."""
    rows = access.alive_reviews()
    found = tickets.gone(ask, {(one.source_id, one.ticket_id) for one in rows})
    return [(one, found[one.source_id, one.ticket_id]) for one in rows if (one.source_id, one.ticket_id) in found]


def void(rows: list[tuple[Review, str]]) -> int:
    """Close reviews as void: everything stays in them, and they count nowhere; how many."""
    for row, why in rows:
        deeds.change(row, None, state="void", why=why)
        close_if_over(row)
    return len(rows)
