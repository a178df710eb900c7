"""``maitred writeback``: what changes would do at a helpdesk, carrying them out, taking them back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from maitred.surfaces.cli import operating, output

if TYPE_CHECKING:
    from maitred.sync.outbox import Row
    from maitred.sync.planning import Plan

group = typer.Typer(help="Change tickets at a helpdesk: a dry run first.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
FAILED = ("conflict", "failed")


def attach(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.add_typer(group, name="writeback")


@group.command("plan")
def plan(
    file: Annotated[Path, typer.Argument(help="JSON or JSON Lines of changes; - reads standard input.")],
    name: Annotated[Optional[str], typer.Option("--name", help="The connection, where the file names none.")] = None,
    json_: Json = False,
) -> None:
    """Show what changes would do to the tickets as they are now; nothing changes at the helpdesk."""
    operating.start()
    from maitred.desks.helpdesks import writing

    text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    named, changes = writing.read_changes(writing.told(text))
    made = writing.plan(operating.actor(), name or named or _only(), changes)
    _answer(made, [], json_)
    if not json_ and made.ready:
        output.line(f"carry it out with `maitred writeback send {made.plan_id}`")


@group.command("send")
def send(
    plan: Annotated[str, typer.Argument(help="The plan's id.")],
    json_: Json = False,
) -> None:
    """Approve a plan and carry it out: each ticket only if it still is as the plan shows it."""
    operating.start()
    from maitred.base.errors import MaitredError
    from maitred.desks.helpdesks import accounts, jobs, writing
    from maitred.kit.audit.deeds import deed, note
    from maitred.sync import outbox
    from maitred.sync.exchange import OPEN

    actor = operating.actor()
    known = writing.access_plan(actor, plan)
    if known.approved_at is None:
        writing.approvable(actor, plan)
        with deed(actor, "helpdesks.approve"):
            note("approve", "plan", plan, connection=known.account, tickets=len(known.ready))
    connection = accounts.ready(known.account)
    with accounts.opened_workspace() as workspace:
        jobs.approved(workspace, connection, plan, actor.name)
        try:
            with _opening(workspace) as opened:
                outbox.drain(workspace, opened)
        except MaitredError:
            if any(row.state in OPEN for row in outbox.rows(workspace, plan)):
                raise
        rows = outbox.rows(workspace, plan)
    _answer(writing.access_plan(actor, plan), rows, json_)
    if any(row.state != "verified" for row in rows):
        _fail(rows)


@group.command("undo")
def undo(
    plan: Annotated[str, typer.Argument(help="The plan that is to be taken back.")],
    json_: Json = False,
) -> None:
    """Plan taking back what a plan changed, as far as it still stands; the new plan is sent like any other."""
    operating.start()
    from maitred.desks.helpdesks import writing

    made = writing.undo(operating.actor(), plan)
    _answer(made, [], json_)
    if not json_ and made.ready:
        output.line(f"carry it out with `maitred writeback send {made.plan_id}`")


@contextmanager
def _opening(workspace: Any) -> Iterator[Any]:
    """How the outbox opens an account; what it opened is closed in the end."""
    from contextlib import ExitStack

    from maitred.desks.helpdesks import accounts

    with ExitStack() as stack:
        yield lambda slug: stack.enter_context(accounts.running(workspace, slug, people=True))


def _only() -> str:
    """The one connection there is.

    Raises
    ------
    UsageError
        There is none, or more than one.
    """
    from maitred.base.errors import UsageError
    from maitred.desks.helpdesks import access

    found = [one.slug for one in access.running_connections()]
    if len(found) != 1:
        raise UsageError("the file names no account", f"give --name; connected are {', '.join(found) or 'none'}")
    return found[0]


def _answer(plan: Plan, rows: list[Row], json_: bool) -> None:
    if json_:
        document = plan.as_json()
        became = {row.ticket: {"state": row.state, "outcome": row.why} for row in rows}
        for one in document["tickets"]:
            one.update(became.get(one["ticket"], {}))
        output.document(document)
        return
    _print(plan, {row.ticket: row for row in rows})


def _print(plan: Plan, became: dict[str, Row]) -> None:
    table = []
    for one in plan.tickets:
        row = became.get(one.ticket)
        said = f"{row.state}: {row.why}" if row and row.why else row.state if row else one.why
        changes = [(each.field, _word(each.before), _word(each.after)) for each in one.differences] or [("", "", "")]
        for number, change in enumerate(changes):
            table.append((one.ticket, one.verdict, *change, said) if not number else ("", "", *change, ""))
    title = f"plan {plan.plan_id} for {plan.account}: {plan.requests} requests, {plan.minutes} minutes at least"
    output.table(title, ("ticket", "verdict", "field", "before", "after", "what becomes of it"), table)
    for remark in plan.remarks:
        output.notice(remark)


def _word(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else "" if value is None else str(value)


def _fail(rows: list[Row]) -> None:
    from maitred.base.errors import MaitredError

    left = [row for row in rows if row.state != "verified"]
    first = left[0]
    remedy = "plan it again" if first.state in FAILED else "the worker goes on with it"
    what = (
        f"{len(left)} of {len(rows)} changes did not come through; ticket {first.ticket} is {first.state} ({first.why})"
    )
    output.failure(MaitredError(what, remedy))
    raise typer.Exit(1)
