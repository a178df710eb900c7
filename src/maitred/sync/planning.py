"""What changes would do to a helpdesk's tickets as they are now: the dry run that comes before every change.

A plan reads, compares and is stored; it changes nothing. What is carried out later are the planned operations, each
only where the fields that it sets still are as the plan shows them.
"""

from __future__ import annotations

import json
import math
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from maitred.base import clock
from maitred.base.errors import Invalid, NotFound
from maitred.connectors.live import Account, Api, Choosy, Connector, Op, Seen, Writer
from maitred.sync import changes as wanted
from maitred.sync.changes import Change, Difference
from maitred.sync.exchange import opened, transaction
from maitred.sync.workspace import Workspace

Verdict = Literal["ready", "unchanged", "conflict", "locked", "missing", "repeated"]


@dataclass(frozen=True, slots=True)
class Planned:
    """What would become of one ticket.

    Attributes
    ----------
    verdict
        Only what is ``ready`` is sent. ``conflict``: it is not as whoever wants the change saw it; ``locked``: the
        helpdesk does not change it; ``missing``: it is not there; ``repeated``: a change of this key was sent already.
    ops
        What would be sent: operations that would change nothing are left out.
    """

    ticket: str
    verdict: Verdict
    why: str
    differences: tuple[Difference, ...]
    ops: tuple[Op, ...]
    before: Mapping[str, Any]
    key: str
    reason: str
    requests: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A stored dry run. ``undoes`` is the plan that it takes back; ``remarks`` tell what it leaves as it is."""

    plan_id: str
    account: str
    made_at: str
    made_by: str
    tickets: tuple[Planned, ...]
    requests: int
    minutes: float
    undoes: str | None = None
    remarks: tuple[str, ...] = ()
    approved_at: str | None = None
    approved_by: str | None = None

    @property
    def ready(self) -> tuple[Planned, ...]:
        """What would be sent."""
        return tuple(one for one in self.tickets if one.verdict == "ready")

    def as_json(self) -> dict[str, Any]:
        """The plan as one JSON object, with the count of each verdict."""
        verdicts = [one.verdict for one in self.tickets]
        return {
            "plan": self.plan_id,
            "account": self.account,
            "made_at": self.made_at,
            "made_by": self.made_by,
            "undoes": self.undoes,
            "approved_at": self.approved_at,
            "approved_by": self.approved_by,
            "counts": {name: verdicts.count(name) for name in sorted(set(verdicts))},
            "requests": self.requests,
            "minutes": self.minutes,
            "remarks": list(self.remarks),
            "tickets": [_dumped(one) for one in self.tickets],
        }


def plan(
    workspace: Workspace,
    connector: Connector,
    account: Account,
    changes: Sequence[Change],
    *,
    api: Api,
    actor: str,
    undoes: str | None = None,
    remarks: Sequence[str] = (),
) -> Plan:
    """Look at the tickets as they are now, and store what the changes would do.

    Parameters
    ----------
    api
        The account's, within its shared budget.
    actor
        Who wants it.

    Raises
    ------
    Invalid
        A change cannot be meant as it is written, or this helpdesk is not changed by maitred.
    Refused
        The helpdesk could not be read.
    """
    writer = connector.writer()
    if writer is None:
        raise Invalid(f"tickets of {connector.vendor} are not changed by maitred", "change them there")
    wanted.check(changes)
    plan_id = uuid.uuid4().hex[:12]
    seen = writer.see(api, account, [change.ticket for change in changes]) if changes else {}
    with opened(workspace) as db:
        planned = tuple(_planned(db, writer, account, plan_id, change, seen.get(change.ticket)) for change in changes)
        requests = sum(one.requests for one in planned)
        made = Plan(
            plan_id,
            account.slug,
            clock.iso(clock.now()),
            actor,
            planned,
            requests,
            _minutes(connector, account, requests),
            undoes,
            tuple(remarks),
        )
        with transaction(db):
            db.execute(
                "INSERT INTO write_plan (plan_id, account, made_at, made_by, document) VALUES (?, ?, ?, ?, ?)",
                (plan_id, account.slug, made.made_at, actor, json.dumps(made.as_json())),
            )
    return made


def stored(workspace: Workspace, plan_id: str) -> Plan:
    """A plan as it was made, and whether it was approved since.

    Raises
    ------
    NotFound
        There is no such plan.
    """
    with opened(workspace) as db:
        row = db.execute(
            "SELECT document, approved_at, approved_by FROM write_plan WHERE plan_id = ?", (plan_id,)
        ).fetchone()
    if row is None:
        raise NotFound(f"there is no plan {plan_id}", "make one with `maitred writeback plan`")
    return _restored(*row)


def plans(workspace: Workspace, account: str, limit: int = 100) -> list[Plan]:
    """The newest plans of an account, newest first."""
    with opened(workspace) as db:
        rows = db.execute(
            "SELECT document, approved_at, approved_by FROM write_plan WHERE account = ? "
            "ORDER BY made_at DESC, rowid DESC LIMIT ?",
            (account, limit),
        ).fetchall()
    return [_restored(*row) for row in rows]


def _planned(
    db: sqlite3.Connection, writer: Writer, account: Account, plan_id: str, change: Change, seen: Seen | None
) -> Planned:
    key = change.key or wanted.derived_key(plan_id, change)
    values = seen.values if seen else {}
    ops = wanted.effective(change.ops, values)
    known = db.execute(
        "SELECT plan_id, state FROM write_outbox WHERE account = ? AND ticket = ? AND key = ?",
        (account.slug, change.ticket, key),
    ).fetchone()
    verdict: Verdict = "ready"
    why = ""
    if known is not None:
        verdict, why = "repeated", f"a change of this key was sent with plan {known[0]} ({known[1]})"
    elif seen is None:
        verdict, why = "missing", "the helpdesk has no such ticket"
    elif seen.locked:
        verdict, why = "locked", seen.locked
    elif not ops:
        verdict, why = "unchanged", "it is so already"
    elif unfit := writer.unfit(seen, ops) if isinstance(writer, Choosy) else "":
        verdict, why = "locked", unfit
    else:
        why = wanted.apart({name: value for name, value in change.seen.items() if name != "tags"}, values)
        verdict = "conflict" if why else "ready"
    ready = verdict == "ready"
    return Planned(
        change.ticket,
        verdict,
        why,
        wanted.differences(ops, values) if seen else (),
        ops if ready else (),
        wanted.touched(ops, seen) if ready and seen else {},
        key,
        change.reason,
        writer.requests(ops) if ready else 0,
    )


def _minutes(connector: Connector, account: Account, requests: int) -> float:
    """How long so many requests take at least, at the rate that this account's changes may use today."""
    rates = connector.rates(account)
    rate = rates.get("write") or rates.get("account")
    per_minute = account.requests_per_minute or (rate.per_minute if rate else 0)
    return math.ceil(10 * requests / per_minute) / 10 if per_minute else 0.0


def _dumped(one: Planned) -> dict[str, Any]:
    return {
        "ticket": one.ticket,
        "verdict": one.verdict,
        "why": one.why,
        "changes": [{"field": each.field, "before": each.before, "after": each.after} for each in one.differences],
        "ops": wanted.dumped(one.ops),
        "before": dict(one.before),
        "key": one.key,
        "reason": one.reason,
        "requests": one.requests,
    }


def _restored(document: str, approved_at: str | None, approved_by: str | None) -> Plan:
    body = json.loads(document)
    tickets = tuple(
        Planned(
            one["ticket"],
            one["verdict"],
            one["why"],
            tuple(Difference(each["field"], each["before"], each["after"]) for each in one["changes"]),
            wanted.restored(one["ops"]),
            one["before"],
            one["key"],
            one["reason"],
            one["requests"],
        )
        for one in body["tickets"]
    )
    return Plan(
        body["plan"],
        body["account"],
        body["made_at"],
        body["made_by"],
        tickets,
        body["requests"],
        body["minutes"],
        body["undoes"],
        tuple(body["remarks"]),
        approved_at,
        approved_by,
    )
