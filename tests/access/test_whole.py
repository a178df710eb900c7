"""Every action stands or falls as a whole: a fault at any statement of it leaves the database as it was."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, reach
from maitred.kit.audit.tests.faulting import assert_atomic
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import Verb, register
from maitred.people.tests.floor import Floor
from tests.access import learning
from tests.access.cells import APART, references
from tests.access.desks import BY_DESK
from tests.access.things import OWNED, STATES, Things

OWNER_OF = {
    "people.withdraw_own_token": "self",
    "people.close_content": "self",
    "views.change": "self",
    "views.remove": "self",
    "annotations.change": "self",
    "annotations.remove": "self",
    "marks.change": "self",
    "marks.remove": "self",
    "marks.undo": "self",
    "today.change_alert": "self",
    "today.remove_alert": "self",
    "quality.acknowledge": "self",
    "quality.contest": "self",
    "quality.save_answers": "self",
    "quality.skip_review": "self",
    "quality.submit_review": "self",
    "quality.undo_submit": "self",
    "coaching.change_note": "self",
    "coaching.remove_item": "self",
    "coaching.remove_note": "self",
    **learning.OWN,
    **{verb: whose for desk in BY_DESK.values() for verb, whose in desk.OWN.items()},
}
"""Verbs about one's own objects; the others are asked for somebody else's, whom the actor reaches."""


def _doer(floor: Floor, verb: Verb) -> tuple[str, Actor]:
    """Somebody who may do it, an administrator last; what two have between them, the lead of the two."""
    between = verb.group == "coaching" or verb.id == "training.give_up_waves"
    for name in ("lead",) if between else ("manager", "lead", "auditor", "privacy", "hiring", "admin"):
        actor = floor.actor(name)
        if reach(actor, verb.needs) is not Reach.NONE:
            return name, actor
    raise AssertionError(f"nobody may {verb.id}")


def _arguments(floor: Floor, things: Things, verb: Verb, name: str) -> dict[str, Any]:
    found = {**verb.example, **references(verb, floor, things)}
    if verb.id == "people.change_settings":
        found["version"] = floor.accounts[name].version
    if verb.object:
        mine = verb.id in OWNER_OF or verb.group == "proposals"
        owner = name if mine else "mate"
        key, version = things.of(verb.object[1], owner if verb.object[1] in OWNED else "agent", STATES.get(verb.id, ""))
        found[verb.object[0]] = key
        if verb.versioned:
            found["version"] = version
    return found


ACTIONS = [name for name, verb in register().items() if verb.kind == "action" and name not in APART]
DESKS = {one.rpartition(".")[2] for one in settings.DESKS} - {"quality"}
"""Desks whose actions are asked with the slow tests; the first desk and the house are asked at once."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow) if name.partition(".")[0] in DESKS else name for name in ACTIONS],
)
def test_a_fault_at_any_statement_leaves_nothing_of_an_action(floor: Floor, things: Things, name: str) -> None:
    verb = register()[name]
    who, actor = _doer(floor, verb)
    arguments = _arguments(floor, things, verb, who)

    def do() -> None:
        with transaction.atomic():
            run(verb, actor, arguments)

    assert assert_atomic(do) > 3
