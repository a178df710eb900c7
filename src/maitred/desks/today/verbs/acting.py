"""Act on a finding: first what would be done, then it is done. Without its desk an action becomes a task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import AwareDatetime

from maitred.base import clock
from maitred.base.errors import Invalid
from maitred.desks.today import access
from maitred.desks.today.verbs import handling
from maitred.desks.today.verbs.handling import SomeoneId
from maitred.desks.today.verbs.shapes import ActionId, FindingId
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.access.whose import for_person
from maitred.kit.audit import deeds
from maitred.kit.verbs import Version, action, question


@dataclass(frozen=True, slots=True)
class Task:
    """What an action makes: a task with owner and date. ``commitment`` is null while it is only looked at."""

    action: str
    what: str
    person: int
    due: datetime | None
    changes_the_helpdesk: bool
    commitment: int | None


@question(needs=Right.COMMITMENTS_WRITE, example={"finding": "f_7c1e", "action": "simulate"})
def act_preview(actor: Actor, finding: FindingId, action: ActionId, person: SomeoneId | None = None) -> Task:
    """Show what an action of a finding would do; nothing is written.

    Parameters
    ----------
    action
        One that the finding offers.
    person
        Who would see to it; oneself unless given.
    """
    row = handling.handled(actor, finding)
    owner, _team = for_person(actor, Right.COMMITMENTS_WRITE, person)
    return Task(action, _sentence(_offered(row.document, action), row.title), owner, None, False, None)


@action(
    needs=Right.COMMITMENTS_WRITE,
    example={"finding": "f_7c1e", "action": "simulate", "due": "2030-01-10T16:00:00Z", "version": 1},
)
def act(
    actor: Actor,
    finding: FindingId,
    action: ActionId,
    due: AwareDatetime,
    version: Version,
    person: SomeoneId | None = None,
) -> Task:
    """Do what a finding offers: it becomes a task with an owner and a date, and the finding is assigned to them.

    Nothing in the helpdesk changes by this; the desk that will do so shows a dry run of its own first.

    Parameters
    ----------
    action
        One that the finding offers.
    due
        Until when.
    person
        Who sees to it; oneself unless given.
    """
    row = handling.handled(actor, finding)
    what = _sentence(_offered(row.document, action), row.title)
    if due <= clock.now():
        said = "a task is for a time that has not passed"
        raise Invalid(said, "give a later instant", ({"field": "due", "message": said, "code": "past"},))
    owner, team = for_person(actor, Right.COMMITMENTS_WRITE, person)
    task = handling.promised(row, owner, team, what, due)
    deeds.change(
        row, version, state="assigned", until=due, assignee_id=owner, commitment=task, why="", harm_then=row.harm,
        decided_by_id=actor.account, decided_at=clock.now(),
    )  # fmt: skip
    return Task(action, what, owner, due, False, task.pk)


def people(actor: Actor) -> tuple[tuple[int, str], ...]:
    """Whom the actor may give a task to: ids and names."""
    return tuple((one.pk, one.name) for one in access.assignable(actor))


def _offered(document: dict[str, object], action: str) -> str:
    """The label of an action that the finding offers."""
    offered = {str(one["id"]): str(one.get("label") or one["id"]) for one in document.get("actions") or ()}  # type: ignore[attr-defined]
    if action not in offered:
        known = ", ".join(sorted(offered)) or "none"
        errors = ({"field": "action", "message": f"this finding offers {known}", "code": "unknown"},)
        raise Invalid(f"this finding does not offer {action}", f"it offers {known}", errors)
    return offered[action]


def _sentence(label: str, title: str) -> str:
    return f"{label}: {title}"[:400]
