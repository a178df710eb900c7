"""How many reviews of one person a score needs, from the spreads measured here, or from assumed ones until then."""

from __future__ import annotations

from datetime import timedelta

from maitred.base import clock
from maitred.desks.quality import access
from maitred.desks.quality.models import Review
from maitred.desks.quality.verbs.shapes import NeededShown
from maitred.insight import agreement
from maitred.insight.reviewing import Reviewed, reviewed
from maitred.kit.access.actor import Actor
from maitred.kit.access.answering import looked_up

WANTED = 0.8
"""The reliability from which on a score may be read as one of the person."""
ASSUMED = (5.0, 10.0, 15.0)
"""Spreads of people, reviewers and tickets in points, until enough is reviewed to measure them."""
_MEASURED_OVER = timedelta(days=365)


def counts(row: Review) -> bool:
    """Whether a review is part of scores: drawn at random, submitted, still standing, and something applied."""
    return row.kind == "random" and row.state == "submitted" and row.score is not None


def measured(actor: Actor, scorecard: int | None) -> Reviewed:
    """What the reviews of the last year tell about spreads; the same for everybody who asks."""

    def look() -> Reviewed:
        now = clock.now()
        rows = access.scored(now - _MEASURED_OVER, now + timedelta(seconds=1), scorecard)
        return told([one for one in rows if counts(one) and one.about.kind == "human"])

    return looked_up(("quality_measured", scorecard), look)


def told(rows: list[Review]) -> Reviewed:
    """What reviews tell about people and reviewers."""
    return reviewed([(str(one.about_id), str(one.reviewer_id), float(one.score or 0.0)) for one in rows])


def needed(actor: Actor, scorecard: int | None, raters: int) -> NeededShown:
    """Reviews of one person for a reliability of 0.8, shared by so many reviewers."""
    return from_spreads(measured(actor, scorecard), raters)


def from_spreads(found: Reviewed, raters: int) -> NeededShown:
    """The same from what is measured already; with 0 reviewers each review is by a new one."""
    if found.agent is not None and found.rater is not None and found.ticket is not None:
        basis, spreads = "measured", (found.agent.value, found.rater.value, found.ticket.value)
    else:
        basis, spreads = "assumed", ASSUMED
    agent, rater, ticket = spreads
    n = agreement.needed(WANTED, agent_sd=agent, rater_sd=rater, ticket_sd=ticket, raters=raters or None)
    return NeededShown(WANTED, n.n, n.reachable, basis, agent, rater, ticket)
