"""Sending conversations to review: they become a targeted draw of quality, which is feedback and never a score."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field

from maitred.desks.conversations import access
from maitred.desks.conversations.shapes import CardId, PersonId, Sent, TicketNamed, Why
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right, require
from maitred.kit.reading import reading
from maitred.kit.verbs import action

Picked = Annotated[tuple[TicketNamed, ...], Field(min_length=1, max_length=100)]
Reviewers = Annotated[tuple[PersonId, ...], Field(max_length=50)]
_BACK = timedelta(days=399)


@action(
    needs=Right.CONVERSATIONS_LEAD,
    example={"tickets": [{"source": "demo", "ticket": "10042"}], "scorecard": 1, "reason": "waited long"},
)
def sample(actor: Actor, tickets: Picked, scorecard: CardId, reason: Why, reviewers: Reviewers = ()) -> Sent:
    """Send chosen conversations to review. Chosen ones are feedback: they are never part of a score.

    Parameters
    ----------
    tickets
        Which, up to a hundred.
    scorecard
        The scorecard of quality to review them with.
    reason
        Why these; reviewers read it.
    reviewers
        Who reviews; those who lead within reach unless given.
    """
    with reading() as found:
        for one in tickets:
            access.require_ticket(actor, found, one.source, one.ticket)
        last = found.as_of.astimezone(found.zone).date()
    drawn = _drawn(actor, tickets, scorecard, reason, reviewers, last)
    return Sent(drawn.id, sum(drawn.states.values()))


def _drawn(
    actor: Actor, tickets: Sequence[TicketNamed], scorecard: int, reason: str, reviewers: tuple[int, ...], last: date
) -> Any:
    """The draw of quality, inside this deed."""
    from maitred.desks.quality.verbs.draws import draw_sample
    from maitred.desks.quality.verbs.shapes import TicketGiven

    require(actor, Right.QUALITY_LEAD)
    return draw_sample(
        actor, "targeted", scorecard, last - _BACK, last, reason=reason, reviewers=reviewers,
        tickets=tuple(TicketGiven(one.source, one.ticket) for one in tickets),
    )  # fmt: skip
