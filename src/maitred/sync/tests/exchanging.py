"""What the tests of write-back share: a workspace beside a fake helpdesk, child processes that drain its outbox, and
what the helpdesk's own history says of our changes, to be held against the journal.

As a program (``python -m maitred.sync.tests.exchanging HOME VENDOR URL``) it drains the outbox once and is done.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from maitred.connectors.api import HttpApi
from maitred.connectors.doubling import Answer, Double, Fault, VirtualClock
from maitred.connectors.live import Account, Connector, Hint, Op
from maitred.connectors.salesforce import double as salesforce_double
from maitred.connectors.salesforce.connector import CONNECTOR as SALESFORCE
from maitred.connectors.zendesk.connector import CONNECTOR as ZENDESK
from maitred.connectors.zendesk.double import EMAIL, TOKEN, Zendesk
from maitred.sync import journal, outbox, planning
from maitred.sync.changes import Change
from maitred.sync.planning import Plan
from maitred.sync.workspace import Workspace, canonical_specs, create

CONNECTORS: Mapping[str, Connector] = {"zendesk": ZENDESK, "salesforce": SALESFORCE}
KEYS: Mapping[str, Mapping[str, str]] = {
    "zendesk": {"email": EMAIL, "token": TOKEN},
    "salesforce": {"client_id": salesforce_double.CLIENT, "client_secret": salesforce_double.SECRET},
}
OURS, AGENT, GROUP = 360001000001, 360001000100, 360002000000
"""Users of the fake Zendesk: whose key is ours, and the first of its agents and groups."""
CARRIER = "custom:27642"
_SHOWN = ("status", "priority", "type", "subject", "assignee_id", "group_id", "custom_fields")
_NAMES = {"assignee_id": "assignee", "group_id": "group"}


class Purse:
    """Lets every request go at once; a pause that the helpdesk asks for passes on its own clock."""

    def __init__(self, clock: VirtualClock | None = None) -> None:
        self.clock = clock
        self.taken: list[str] = []
        self.closed: list[tuple[str, float]] = []

    def take(self, bucket: str) -> None:
        self.taken.append(bucket)

    def learn(self, hint: Hint) -> None: ...

    def close(self, bucket: str, seconds: float) -> None:
        self.closed.append((bucket, seconds))
        if self.clock:
            self.clock.advance(seconds)


@contextmanager
def asking(account: Account, purse: Purse | None = None, timeout: float = 5) -> Iterator[HttpApi]:
    """Requests to a fake helpdesk, each given up after so many seconds."""
    connector = CONNECTORS[account.vendor]
    with httpx.Client(trust_env=False, timeout=timeout) as client:
        yield HttpApi(client, connector, account, purse or Purse(), pause=lambda seconds: None)


def account_of(vendor: str, url: str) -> Account:
    return Account(vendor, vendor, url, KEYS[vendor], {"write_back": True})


@dataclass(slots=True)
class Desk:
    """A workspace and an account whose tickets it may change."""

    workspace: Workspace
    account: Account
    api: HttpApi
    purse: Purse
    double: Any

    @property
    def connector(self) -> Connector:
        return CONNECTORS[self.account.vendor]

    def plan(self, *changes: Change) -> Plan:
        return planning.plan(self.workspace, self.connector, self.account, changes, api=self.api, actor="ada")

    def approve(self, plan: Plan) -> int:
        return outbox.approve(self.workspace, self.account, plan.plan_id, "grace")

    def drain(self, settle_s: float = 0) -> int:
        return outbox.drain(self.workspace, lambda slug: (self.connector, self.account, self.api), settle_s=settle_s)

    def carry_out(self, *changes: Change) -> Plan:
        """Plan, approve and send."""
        plan = self.plan(*changes)
        self.approve(plan)
        self.drain()
        return plan

    def undo(self, plan: Plan) -> Plan:
        return journal.undo(self.workspace, self.connector, self.account, plan.plan_id, api=self.api, actor="ada")

    def states(self, plan: Plan) -> dict[str, str]:
        """The state of each ticket's row."""
        return {row.ticket: row.state for row in outbox.rows(self.workspace, plan.plan_id)}

    def why(self, plan: Plan, ticket: str) -> str:
        return next(row.why for row in outbox.rows(self.workspace, plan.plan_id) if row.ticket == ticket)

    def forbid(self) -> None:
        self.account = replace(self.account, settings={"write_back": False})


@contextmanager
def opened(home: Path, double: Double, timeout: float = 5) -> Iterator[Desk]:
    """A new workspace in a folder, beside a double that runs."""
    create(home)
    if isinstance(double, Zendesk):
        alike(double)
    workspace = Workspace(home, canonical_specs())
    account = account_of("zendesk" if isinstance(double, Zendesk) else "salesforce", double.url)
    purse = Purse(double.clock)
    try:
        with asking(account, purse, timeout) as api:
            yield Desk(workspace, account, api, purse, double)
    finally:
        workspace.close()


def child(home: Path, account: Account, fault: str = "") -> subprocess.Popen[str]:
    """Start to drain the outbox in a process of its own; ``fault`` ends it at a labelled step."""
    kept = {name: value for name, value in os.environ.items() if name != "MAITRED_FAULT"}
    words = [sys.executable, "-m", "maitred.sync.tests.exchanging", str(home), account.vendor, account.url]
    more = {"MAITRED_FAULT": fault} if fault else {}
    return subprocess.Popen(words, env={**kept, **more}, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def ended(process: subprocess.Popen[str], timeout: float = 120) -> int:
    """How a child ended; its own words where it failed."""
    try:
        _, told = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    assert process.returncode in (0, 137, -9), told
    return process.returncode


# ---------------------------------------------------------------- what the fake Zendesk says, over its own interface


def shown(desk: Desk) -> dict[str, dict[str, Any]]:
    """The tickets as they are now, as far as they can be changed."""
    found: dict[str, dict[str, Any]] = {}
    following: str | None = "api/v2/tickets.json"
    while following:
        body = desk.api.get(following).body
        for ticket in body["tickets"]:
            found[str(ticket["id"])] = {**{name: ticket[name] for name in _SHOWN}, "tags": sorted(ticket["tags"])}
        following = body["links"]["next"] if body["meta"]["has_more"] else None
    return found


def _history(desk: Desk) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each part of each update that our user made."""
    for ticket in range(1, len(desk.double.tickets) + 1):
        following: str | None = f"api/v2/tickets/{ticket}/audits.json"
        while following:
            body = desk.api.get(following).body
            for audit in body["audits"]:
                if audit["author_id"] == OURS:
                    yield from ((str(ticket), event) for event in audit["events"])
            following = body["links"]["next"] if body["meta"]["has_more"] else None


def notes(desk: Desk) -> list[str]:
    """The texts of all comments of ours."""
    return [event["body"] for _, event in _history(desk) if event["type"] == "Comment"]


def told(desk: Desk) -> list[tuple[Any, ...]]:
    """Each change that our user made, as the helpdesk's own history has it: ticket, kind, field, before, after."""
    found = [(ticket, *each) for ticket, event in _history(desk) for each in _told(event)]
    return sorted(found, key=repr)


def _told(event: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    if event["type"] == "Comment":
        return [("note", "note", None, event["body"].rpartition("\n\n")[0])]
    name, before, after = event["field_name"], event["previous_value"], event["value"]
    if name == "tags":
        on, off = sorted(set(after) - set(before)), sorted(set(before) - set(after))
        return [*([("add_tags", "tags", [], on)] if on else []), *([("remove_tags", "tags", off, [])] if off else [])]
    if (name, after) == ("status", "deleted"):
        return []
    if name in _NAMES:
        before, after = (None if one is None else str(one) for one in (before, after))
    return [("set", f"custom:{name}" if name.isdigit() else _NAMES.get(name, name), before, after)]


def alike(double: Zendesk) -> None:
    """Every ticket is open, and has somebody and a group, a priority and a tag; and that is a minute old."""
    for number in range(1, len(double.tickets) + 1):
        values = {"status": "open", "tags": ["shop"], "priority": "normal", "assignee_id": AGENT + number % 4,
                  "group_id": GROUP + number % 2, "custom_fields": [{"id": 27642, "value": None}]}  # fmt: skip
        double.mutate({"op": "edit", "ticket": number, "values": values})
    double.clock.advance(60)


class Overheard(Zendesk):
    """A Zendesk where something happens around a request: its test says what."""

    def first(self, method: str, path: str, body: bytes) -> Answer | None:
        """Before the request is carried out; an answer keeps it from being so."""
        return None

    def then(self, method: str, path: str) -> None:
        """After it was carried out, before its answer is on its way."""

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> tuple[Answer, Fault | None]:
        with self.lock:
            path = target.partition("?")[0]
            found = self.first(method, path, body)
            if found is not None:
                return found, None
            answer = super().answer(method, target, headers, body)
            self.then(method, path)
        return answer


def journaled(desk: Desk) -> list[tuple[Any, ...]]:
    """Each change in the journal, in the form of ``told``."""
    found = []
    for plan in planning.plans(desk.workspace, desk.account.slug, 10_000):
        for one in journal.written(desk.workspace, plan.plan_id):
            before, after = (sorted(each) if isinstance(each, list) else each for each in (one.before, one.after))
            found.append((one.ticket, one.kind, one.field, before, after))
    return sorted(found, key=repr)


def ops(*, add: Sequence[str] = (), remove: Sequence[str] = (), note: str = "", **fields: Any) -> tuple[Op, ...]:
    """Operations in short; ``carrier`` is the fake Zendesk's own field."""
    named = {CARRIER if name == "carrier" else name: value for name, value in fields.items()}
    return (
        *(Op("set", name, value) for name, value in named.items()),
        *([Op("add_tags", "tags", list(add))] if add else []),
        *([Op("remove_tags", "tags", list(remove))] if remove else []),
        *([Op("note", "note", note)] if note else []),
    )


def main(home: str, vendor: str, url: str) -> None:
    account = account_of(vendor, url)
    workspace = Workspace(Path(home), canonical_specs())
    with asking(account) as api:
        outbox.drain(workspace, lambda slug: (CONNECTORS[vendor], account, api), settle_s=0)
    workspace.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
