"""Changes of tickets at a helpdesk: said in short words, planned as a dry run, approved, taken back.

A plan asks the helpdesk and changes nothing there. What is approved is sent by a job, so that nobody waits for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.connectors import registry
from maitred.connectors.live import Op, Refused
from maitred.desks.helpdesks import access, accounts
from maitred.desks.helpdesks.models import Connection
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.marks.selection import Meant, selected

if TYPE_CHECKING:
    from maitred.sync.changes import Change
    from maitred.sync.planning import Plan

MOST = 500
"""Tickets of one plan."""
_OP = re.compile(r"(?P<field>[a-z_]+(?::[A-Za-z0-9_]+)?)\s*(?P<sign>\+=|-=|=)(?P<value>.*)", re.DOTALL)
_SIGNS = {"+=": "add_tags", "-=": "remove_tags"}


class NotAnswered(Invalid):
    """The helpdesk did not answer as it should."""

    kind = "helpdesk-refused"


def writable(vendor: str) -> bool:
    """Whether maitred can change tickets of this helpdesk."""
    try:
        return registry.connector(vendor).writer() is not None
    except NotFound:
        return False


def op(text: str) -> Op:
    """A change in short words: ``status=pending``, ``tags+=vip,late``, ``tags-=old``, ``note=Asked the carrier``.

    Raises
    ------
    Invalid
        It is none of these.

    Examples
    --------
    >>> op("tags+=vip, late").value
    ['vip', 'late']
    >>> op("custom:27642=blue").field
    'custom:27642'
    """
    found = _OP.fullmatch(text.strip())
    if found is None:
        raise _misfit(f"{text[:60]!r} is no change; write status=pending, tags+=vip, tags-=old or note=TEXT")
    field, sign, value = found["field"], found["sign"], found["value"].strip()
    if (field == "tags") is (sign == "="):
        raise _misfit("tags are added with += and removed with -=; everything else is set with =")
    if field == "tags":
        return Op(_SIGNS[sign], "tags", [tag.strip() for tag in value.split(",") if tag.strip()])  # type: ignore[arg-type]
    if field == "note":
        return Op("note", "note", value)
    return Op("set", field, value or None)


def changes(tickets: Sequence[str], ops: Sequence[str], seen: Sequence[str], reason: str) -> list[Change]:
    """The same change of each of these tickets; ``seen`` are values as whoever wants it saw them (``status=open``)."""
    from maitred.sync.changes import Change

    wanted = tuple(op(text) for text in ops)
    values = {one.field: one.value for one in map(op, seen) if one.kind == "set"}
    return [Change(ticket, wanted, reason, seen=values) for ticket in dict.fromkeys(tickets)]


def read_changes(document: Any) -> tuple[str | None, list[Change]]:
    """The changes of a file, and the connection that it names, if it does.

    ``{"account": SLUG, "reason": …, "changes": [{"ticket": ID, "ops": [OP, …], "reason", "key", "seen"}]}``; an OP is a
    text as ``op`` reads it or ``{"kind", "field", "value"}``. The list of changes alone will do.

    Raises
    ------
    Invalid
        It names the change and what does not fit.
    """
    body = {"changes": document} if isinstance(document, list) else document
    if not isinstance(body, dict) or not isinstance(body.get("changes"), list):
        raise _misfit('the file is no list of changes; write {"account": …, "changes": [{"ticket": …, "ops": […]}]}')
    usual = str(body.get("reason") or "")
    found = [_change(number, one, usual) for number, one in enumerate(body["changes"], start=1)]
    if len(found) > 10 * MOST:
        raise _misfit(f"the file has {len(found)} changes, and {10 * MOST} are the most at once")
    return (str(body["account"]) if body.get("account") else None), found


def _change(number: int, one: Any, usual: str) -> Change:
    from maitred.sync.changes import Change

    if not isinstance(one, dict) or not isinstance(one.get("ops"), list) or not isinstance(one.get("seen", {}), dict):
        raise _misfit(f"change {number} is not an object with a ticket and a list of ops")
    ops = tuple(_op_of(number, each) for each in one["ops"])
    told = str(one.get("reason") or usual)
    return Change(str(one.get("ticket") or ""), ops, told, str(one.get("key") or ""), dict(one.get("seen") or {}))


def _op_of(number: int, one: Any) -> Op:
    if isinstance(one, str):
        return op(one)
    if not isinstance(one, dict) or one.get("kind") not in ("set", "add_tags", "remove_tags", "note"):
        raise _misfit(f"an op of change {number} has no kind: set, add_tags, remove_tags or note")
    usual = {"add_tags": "tags", "remove_tags": "tags", "note": "note"}.get(one["kind"], "")
    return Op(one["kind"], str(one.get("field") or usual), one.get("value"))


def plan(actor: Actor, slug: str, wanted: Sequence[Change]) -> Plan:
    """Look at the tickets as they are now, and keep what the changes would do; nothing changes at the helpdesk.

    Raises
    ------
    NotFound
        There is no such connection, or a ticket that the actor may not see.
    Denied
        Changes are not allowed for this connection.
    NotAnswered
        The helpdesk did not answer.
    """
    from maitred.sync import planning

    connection = _writing(actor, slug)
    require_tickets(actor, connection, [one.ticket for one in wanted])
    with accounts.opened_workspace() as workspace, _answering(), accounts.running(workspace, slug, people=True) as them:
        connector, account, api = them
        return planning.plan(workspace, connector, account, wanted, api=api, actor=actor.name)


def undo(actor: Actor, plan_id: str) -> Plan:
    """A new plan that takes back what a plan changed, as far as it still stands; raises as ``plan``."""
    from maitred.sync import journal

    before = access_plan(actor, plan_id)
    _writing(actor, before.account)
    with (
        accounts.opened_workspace() as workspace,
        _answering(),
        accounts.running(workspace, before.account, people=True) as (connector, account, api),
    ):
        return journal.undo(workspace, connector, account, plan_id, api=api, actor=actor.name)


def approvable(actor: Actor, plan_id: str) -> Plan:
    """A plan that may be carried out now.

    Raises
    ------
    Denied, Conflict, Invalid
        Changes are switched off, it was approved before, or nothing in it can be sent.
    """
    found = access_plan(actor, plan_id)
    _writing(actor, found.account)
    if found.approved_at is not None:
        raise Conflict(f"plan {plan_id} was approved before", "its outcome is shown with it")
    if not found.ready:
        raise Invalid(f"plan {plan_id} has nothing that can be sent", "see in it why, and plan again")
    return found


def access_plan(actor: Actor, plan_id: str) -> Plan:
    """A plan of tickets that the actor may see; a foreign and an unknown one get the same refusal.

    Raises
    ------
    NotFound
        There is none.
    """
    from maitred.sync import planning

    missing = NotFound(f"there is no plan {plan_id}", "`maitred helpdesks plans` lists them")
    with accounts.opened_workspace() as workspace:
        try:
            found = planning.stored(workspace, plan_id)
        except NotFound:
            raise missing from None
    connection = access.connection_named(found.account)
    if connection is None:
        raise missing
    try:
        require_tickets(actor, connection, [one.ticket for one in found.tickets])
    except NotFound:
        raise missing from None
    return found


def require_tickets(actor: Actor, connection: Connection, tickets: Sequence[str]) -> None:
    """Refuse tickets that the actor may not see, and agents, who change tickets where they work.

    Raises
    ------
    NotFound
        One of them is out of reach, or unknown here.
    """
    how = reach(actor, Right.WRITE_BACK)
    if how is Reach.ALL or not tickets:
        return
    named = tuple(f"{connection.slug}:{ticket}" for ticket in dict.fromkeys(tickets))
    if selected(actor, Meant(named)).out_of_reach:
        raise NotFound("not all of these tickets are there for you", "check the numbers, or ask who may see them")


def _writing(actor: Actor, slug: str) -> Connection:
    connection = access.access_connection(actor, slug)
    if not writable(connection.vendor):
        raise Invalid(f"tickets of {connection.vendor} are not changed by maitred", "change them there")
    if not connection.write_back:
        raise Denied(f"changes of {slug}'s tickets are switched off", "an admin can allow them")
    return connection


class _answering:
    """A helpdesk that refuses is told as our own refusal: its status is none of ours."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, Refused):
            raise NotAnswered(error.what, error.remedy) from error


def told(document: str) -> Any:
    """A file's text as JSON, or JSON Lines of changes.

    Raises
    ------
    Invalid
        It is neither.
    """
    try:
        return json.loads(document)
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in document.splitlines() if line.strip()]
    except ValueError as error:
        raise _misfit("the file is neither JSON nor JSON Lines") from error


def _misfit(message: str) -> Invalid:
    return Invalid(message, "mend it", ({"field": "ops", "message": message, "code": "misfit"},))
