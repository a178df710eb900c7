"""The second and third pass of the matrix: fields by role with canaries, and ids that somebody else saw."""

from __future__ import annotations

import json
from typing import Any

import pytest

from maitred.base.errors import MaitredError, NotFound, UsageError
from maitred.kit.access.rights import Reach, reach
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import Verb, register
from maitred.kit.verbs.results import plain
from maitred.people.tests.floor import PASSWORD, Floor
from tests.access.things import UNKNOWN, Things

ROLES = ("agent", "lead", "manager", "executive", "admin", "auditor", "partner", "privacy")
WHOLE = "other@example.org"
MASKED = "o•••@example.org"
SEES = {"lead2": WHOLE, "manager": WHOLE, "admin": WHOLE, "auditor": MASKED}
"""Who sees the address of a person of Technical, and how."""


def _said(floor: Floor, name: str) -> str:
    """Everything that the questions without an object answer to somebody, as text."""
    actor = floor.actor(name)
    texts = []
    for verb in register().values():
        if verb.kind == "question" and not verb.object and reach(actor, verb.needs) is not Reach.NONE:
            texts.append(_answer(verb, actor))
    return "\n".join(texts)


def _answer(verb: Verb, actor: Any) -> str:
    try:
        return json.dumps(plain(run(verb, actor, dict(verb.example))), ensure_ascii=False)
    except MaitredError as error:
        return str(error)


@pytest.mark.parametrize("name", [*ROLES, "lead2"])
def test_an_address_appears_only_in_the_form_that_a_role_may_see(floor: Floor, name: str) -> None:
    said = _said(floor, name)
    shown = SEES.get(name)
    assert (WHOLE in said) is (shown == WHOLE)
    assert (MASKED in said) is (shown == MASKED)


@pytest.mark.parametrize("name", ["agent", "admin", "auditor"])
def test_no_secret_is_in_any_answer(floor: Floor, things: Things, name: str) -> None:
    for noun in ("token", "secret", "effect"):
        things.of(noun, name if noun == "token" else "agent")
    account = floor.accounts[name]
    said = _said(floor, name)
    token = account.tokens.first()
    assert token is not None
    for canary in (PASSWORD, account.password, token.digest, "hidden"):
        assert canary not in said


NAMING = {
    "commitments.promise": ("person",),
    "decisions.record_decision": ("person",),
    "interventions.register": ("person",),
    "views.save": ("team",),
    "views.change": ("team",),
    "annotations.add": ("team",),
    "annotations.change": ("team",),
    "roster.people": ("team",),
    "roster.compare": ("team",),
    "coaching.add_plan": ("person",),
    "coaching.one_to_ones": ("person",),
    "coaching.plan_one_to_one": ("person",),
    "coaching.plans": ("person",),
    "coaching.preview_plan": ("person",),
    "quality.reviews": ("person",),
    "quality.preview_sample": ("team",),
    "quality.draw_sample": ("team",),
    "today.act": ("person",),
    "today.act_preview": ("person",),
    "today.assign": ("person",),
    "compliance.complaint_new": ("team",),
    "compliance.propose_complaint": ("team",),
    "compliance.request_new": ("team",),
    "escalations.add_action": ("person",),
    "escalations.invite": ("person",),
    "escalations.name_deputy": ("person",),
    "escalations.promise": ("person",),
    "escalations.put_on_call": ("person", "team"),
    "training.assignments": ("person",),
    "training.enrol": ("person",),
    "training.paths": ("person",),
    "training.practices": ("person",),
    "training.records": ("person",),
    "training.repair_record": ("person",),
    "training.set_practice": ("person",),
    "training.gaps": ("team",),
    "training.matrix": ("team",),
}
"""Parameters that name an object beside the one in the path."""


FOREIGN = [
    (foreign, verb) for verb in NAMING for foreign in ("other", "former", "manager")
    if (foreign, verb.partition(".")[0]) != ("manager", "escalations")
]  # fmt: skip
"""Who is foreign to a lead, for each verb; an escalation may be handed to those above."""


@pytest.mark.parametrize(("foreign", "verb"), FOREIGN)
def test_an_id_that_somebody_else_saw_gives_nothing(floor: Floor, things: Things, verb: str, foreign: str) -> None:
    lead = floor.actor("lead")
    example, named = dict(register()[verb].example), register()[verb].object
    if named:
        # nobody decides about a finding on themselves
        example[named[0]], version = things.of(named[1], "mate" if named[1] == "finding" else "lead")
        if register()[verb].versioned:
            example["version"] = version
    theirs = {"person": floor.people[foreign].pk, "team": min(floor.actor(foreign).teams)}
    for field in NAMING[verb]:
        words = []
        for key in (theirs[field], UNKNOWN):
            with pytest.raises(NotFound) as refused:
                run(verb, lead, {**example, field: key})
            words.append(str(refused.value).replace(str(key), "N"))
        assert words[0] == words[1]


EVERYBODYS = ("members.", "hiring.")
"""Rights that reach the whole house: those of administrators, and of whoever hires for it."""


def test_every_other_parameter_that_names_an_object_is_an_administrators(floor: Floor) -> None:
    """So that a new one has to be thought about here."""
    named = {"person", "team", "parent", "account"}
    for verb in register().values():
        own = verb.object[0] if verb.object else ""
        for name in named & set(verb.parameters) - {own}:
            known = name in NAMING.get(verb.id, ())
            assert known or verb.needs.value.startswith(EVERYBODYS), f"{verb.id}: {name}"


def test_a_cursor_of_somebody_else_or_of_another_list_is_refused(floor: Floor) -> None:
    page = run("people.list_people", floor.actor("manager"), {"limit": 1})
    assert page.next
    for name, verb in (("lead", "people.list_people"), ("manager", "people.list_teams")):
        with pytest.raises(UsageError, match="cursor"):
            run(verb, floor.actor(name), {"cursor": page.next})
    with pytest.raises(UsageError, match="not given out here"):
        run("people.list_people", floor.actor("manager"), {"cursor": page.next[:-1] + "x"})


def test_pages_add_up_to_the_whole_list(floor: Floor) -> None:
    manager, found, cursor = floor.actor("manager"), [], None
    while True:
        page = run("people.list_people", manager, {"limit": 2, "cursor": cursor})
        found += [one.id for one in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert found == [one.id for one in run("people.list_people", manager, {"limit": 200}).items]
