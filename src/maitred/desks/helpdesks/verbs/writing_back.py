"""Change tickets at a helpdesk: a dry run first, then somebody approves, a job sends, and it can be taken back."""

from __future__ import annotations

from maitred.desks.helpdesks import accounts, writing
from maitred.desks.helpdesks.access import access_connection
from maitred.desks.helpdesks.verbs.shapes import (
    Asked,
    Ops,
    PlanId,
    Plans,
    PlanShown,
    SeenValues,
    Slug,
    Tickets,
    plan_shown,
)
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.jobs.queue import enqueue
from maitred.kit.verbs import Limit, ShortText, action, question
from maitred.sync import outbox, planning


@question(
    needs=Right.WRITE_BACK,
    example={"connection": "demo", "tickets": ["1"], "ops": ["tags+=vip"], "reason": "asked by the lead"},
)
def preview(
    actor: Actor, connection: Slug, tickets: Tickets, ops: Ops, reason: ShortText, seen: SeenValues = ()
) -> PlanShown:
    """Show what a change of tickets would do at the helpdesk as they are now, and keep it as a plan to be approved.

    Nothing changes at the helpdesk by this. Tickets that one may not open are refused.

    Parameters
    ----------
    tickets
        Their ids at the helpdesk.
    ops
        ``status=pending``, ``assignee=ID``, ``custom:KEY=VALUE``, ``tags+=vip,late``, ``tags-=old``, ``note=TEXT``.
    reason
        Why.
    seen
        Values as one saw them, ``status=open``; where the helpdesk has another by now, it is a conflict.
    """
    made = writing.plan(actor, connection, writing.changes(tickets, ops, seen, reason))
    return plan_shown(made, [])


@question(needs=Right.WRITE_BACK, example={"plan": "0a1b2c3d4e5f"})
def undo(actor: Actor, plan: PlanId) -> PlanShown:
    """Show what taking back a plan would do, and keep that as a new plan to be approved.

    Only values that still are as maitred left them are taken back; a note stays.
    """
    return plan_shown(writing.undo(actor, plan), [])


@action(needs=Right.WRITE_BACK, example={"plan": "0a1b2c3d4e5f"})
def approve(actor: Actor, plan: PlanId) -> Asked:
    """Approve a plan: a job sends what is ready in it, each ticket only if it still is as the plan shows it."""
    found = writing.approvable(actor, plan)
    deeds.note("approve", "plan", plan, connection=found.account, tickets=len(found.ready))
    told = {"slug": found.account, "plan": plan, "by": actor.name}
    return Asked(enqueue("helpdesks.send", told, actor=actor, key=f"helpdesks.send:{plan}"))


@question(needs=Right.WRITE_BACK, example={"plan": "0a1b2c3d4e5f"})
def plan(actor: Actor, plan: PlanId) -> PlanShown:
    """Show a plan: each field before and after, and what became of it once it was approved."""
    found = writing.access_plan(actor, plan)
    with accounts.opened_workspace() as workspace:
        return plan_shown(found, outbox.rows(workspace, plan))


@question(needs=Right.WRITE_BACK, example={"connection": "demo"})
def plans(actor: Actor, connection: Slug, limit: Limit = 50) -> Plans:
    """List the newest plans of a connection, without their tickets."""
    row = access_connection(actor, connection)
    with accounts.opened_workspace() as workspace:
        found = planning.plans(workspace, row.slug, limit)
        return Plans(tuple(plan_shown(one, outbox.rows(workspace, one.plan_id), tickets=False) for one in found))
