"""Objects of escalations for the access matrix: one of every noun for every owner, in the state that a verb wants."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from maitred.base import clock
from maitred.desks.escalations.models import (
    Alert,
    Case,
    CaseTicket,
    Invite,
    Message,
    Policy,
    PostMortem,
    Shift,
    Step,
    Template,
)
from maitred.kit.audit.deeds import create
from maitred.people import tree

if TYPE_CHECKING:
    from maitred.kit.verbs.registry import Verb
    from maitred.people.models import Team
    from maitred.people.tests.floor import Floor
    from tests.access.things import Things

_RESOLVED = {"state": "resolved", "cause": "slow", "outcome": "satisfied", "resolution": "corrected"}


def references(verb: Verb, floor: Floor, things: Things, named: str) -> dict[str, Any]:
    """Ids in the examples of verbs of escalations, as this floor has them."""
    there = {"person": floor.people["below"].pk, "to": floor.people["below"].pk, "team": floor.teams["Billing"].pk}
    found: dict[str, Any] = {name: key for name, key in there.items() if name in verb.example and name != named}
    if "template" in verb.example and named != "template":
        found["template"] = things.of("escalation-template", "agent")[0]
    if verb.id == "escalations.change_policy":
        found["version"] = things.of("escalation-policy", "agent")[1]
    if verb.id == "escalations.snooze_alert":
        found["until"] = (clock.now() + timedelta(days=1)).isoformat()
    return found


def _team(things: Things, owner: str) -> Team | None:
    teams = sorted(tree.teams_of(things.floor.people[owner].pk))
    return next((team for team in things.floor.teams.values() if teams and team.pk == teams[0]), None)


def _case(things: Things, owner: str, state: str) -> Any:
    """Of the owner's team, and the owner's to look after; ``declared``: nobody has said that it is theirs."""
    now, person = clock.now(), things.floor.people[owner]
    told = {} if state == "declared" else {"state": "active", "acknowledged_at": now}
    closed = {**_RESOLVED, "resolved_at": now} if state in ("resolved", "reviewed") else {}
    row = create(
        Case, title="Third wrong invoice", kind="customer", declared_by="agent", team=_team(things, owner),
        owner=person, raised_by=person, acknowledge_by=now + timedelta(hours=4), source_id="demo",
        requester_id=f"c{things.number()}", **{**told, **closed},
    )  # fmt: skip
    create(CaseTicket, case=row, source_id="demo", ticket_id=f"e{things.number()}")
    if state == "stepped":
        create(Step, case=row, step="acknowledge", by=person)
    return row


def _message(things: Things, owner: str, _: str) -> Any:
    due = clock.now() + timedelta(days=1)
    return create(Message, case=_case(things, owner, ""), audience="executive", text="Two sentences", due_at=due)


def _invite(things: Things, owner: str, _: str) -> Any:
    case = _case(things, "other" if owner != "other" else "mate", "")
    return create(Invite, case=case, person=things.floor.people[owner], question="Is it fixed?")


def _post_mortem(things: Things, owner: str, state: str) -> Any:
    done = {"state": "finished", "finished_at": clock.now()} if state == "finished" else {}
    case = _case(things, owner, "resolved")
    return create(
        PostMortem, case=case, by=things.floor.people[owner], happened="Three were wrong", why="The old form",
        learned="Look at the form", **done,
    )  # fmt: skip


def _template(things: Things, _: str, __: str) -> Any:
    return create(Template, name=f"Word {things.number()}", audience="customer", text="Dear {customer}")


def _shift(things: Things, owner: str, _: str) -> Any:
    start = clock.now() + timedelta(days=9 + things.number())
    team = _team(things, owner) or things.floor.teams["Support"]
    return create(Shift, team=team, person=things.floor.people[owner], start=start, end=start + timedelta(hours=8))


def _alert(things: Things, owner: str, state: str) -> Any:
    given = {"state": "snoozed", "until": clock.now() + timedelta(days=1)} if state == "snoozed" else {}
    rules, place = ("forgotten", "reopened", "risk"), things.number()
    return create(
        Alert, source_id="demo", ticket_id=str(10001 + place % 100), rule=rules[place // 100 % len(rules)],
        team=_team(things, owner), at=clock.now(), **given,
    )  # fmt: skip


def _policy(things: Things, _: str, __: str) -> Any:
    return create(Policy)


MAKERS: dict[str, Callable[[Things, str, str], Any]] = {
    "escalation": _case,
    "escalation-message": _message,
    "escalation-invite": _invite,
    "post-mortem": _post_mortem,
    "escalation-template": _template,
    "on-call": _shift,
    "escalation-alert": _alert,
    "escalation-policy": _policy,
}
SHARED: frozenset[str] = frozenset({"escalation-template", "escalation-policy"})
"""Nouns whose objects belong to nobody."""
STATES: dict[str, str] = {
    "escalations.take_over": "declared",
    "escalations.reopen_case": "resolved",
    "escalations.write_post_mortem": "resolved",
    "escalations.undo_step": "stepped",
    "escalations.bring_back": "snoozed",
    "escalations.reopen_post_mortem": "finished",
}
OWN: dict[str, str] = {"escalations.answer_invite": "self"}
"""Verbs about what is one's own."""
APART: dict[str, str] = {
    "escalations.preview_writing": "asks a helpdesk where changes are allowed; here they are not",
}
"""Verbs whose allowed cells are asked elsewhere, with the reason."""
WORDS: dict[str, str] = {"month": "2026-11"}
"""Words that addresses take, by the name they have there."""
