"""What the entrance tells each reader: what is late, what waits for a look, what a scan found."""

from __future__ import annotations

from dataclasses import dataclass

from maitred.desks.compliance import access
from maitred.desks.compliance.models import ComplaintProposal
from maitred.desks.compliance.verbs import deadlines
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.verbs import question


@dataclass(frozen=True, slots=True)
class Entrance:
    """Counts for a reader; null where a count is not theirs."""

    overdue: int | None
    warned: int | None
    running: int | None
    proposals: int | None
    cards: int | None
    raises: bool
    handles: bool


@question(needs=Right.COMPLIANCE_ENTER, example={})
def entrance(actor: Actor) -> Entrance:
    """Count what is late or due soon, what waits for a look, and what the last scan found."""
    due = deadlines.due(actor) if _may(actor, Right.COMPLIANCE_READ) else None
    raises, last = _may(actor, Right.COMPLIANCE_RAISE), None
    if reach(actor, Right.COMPLIANCE_EVIDENCE) is Reach.ALL:
        last = access.last_scan()
    waiting = access.visible_proposals(actor).filter(state=ComplaintProposal.OPEN).count() if raises else None
    return Entrance(
        due.overdue if due else None, due.warned if due else None, due.running + due.paused if due else None, waiting,
        last.found if last else None, raises, _may(actor, Right.COMPLIANCE_WRITE),
    )  # fmt: skip


def _may(actor: Actor, right: Right) -> bool:
    return reach(actor, right) is not Reach.NONE
