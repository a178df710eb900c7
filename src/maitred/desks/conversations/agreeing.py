"""Whether the machine may be counted on for a behaviour: as the checks of quality say, by what people judged blind."""

from __future__ import annotations

from maitred.base.errors import MaitredError
from maitred.desks.conversations.shapes import Agreement
from maitred.insight.text.behaviours import BEHAVIOURS
from maitred.kit.access.actor import Actor
from maitred.kit.access.answering import looked_up
from maitred.kit.verbs import run

NO_CHECK = "no check of quality looks at it"


def agreements(actor: Actor) -> tuple[Agreement, ...]:
    """Each of the six behaviours with the agreement of machine and people; unverified where there is none."""
    return looked_up(("conversations.agreements", actor), lambda: _agreements(actor))


def verified_behaviours(actor: Actor) -> frozenset[str]:
    """Those of the six on which the machine may be counted."""
    return frozenset(one.behaviour for one in agreements(actor) if one.verified)


def _agreements(actor: Actor) -> tuple[Agreement, ...]:
    try:
        listed = run("quality.checks", actor, {}).checks
    except (MaitredError, KeyError):
        listed = ()
    by = {one.rule["behaviour"]: one for one in listed if one.kind == "behaviour" and one.enabled}
    found = []
    for name in BEHAVIOURS:
        one = by.get(name)
        if one is None:
            found.append(Agreement(name, False, NO_CHECK, None, None, 0))
        else:
            found.append(
                Agreement(
                    name,
                    one.state == "verified",
                    one.why,
                    one.machine_human.value,
                    one.human_human.value,
                    one.double_scored,
                )
            )
    return tuple(found)
