"""Interview kits by the name that people type: a template, or the id of a role; the kits are those that interviews use.

Behaviours are those that reviews of conversations look for, so that what is hired for is what is reviewed.
"""

from __future__ import annotations

from typing import Any

from maitred.base.errors import NotFound
from maitred.desks.hiring.interviewing.kits import Kit, kit
from maitred.desks.hiring.postings import roles

FAMILIES = ("support", "tech_support", "helpdesk", "callcenter", "cx", "success", "operations", "quality", "wfm")
RULES = (
    "Ask everybody the same questions, in the same order.",
    "Write down what was said, then the score; 2 and 4 lie between the anchors.",
    "Send your scorecard before you speak with the others: scorecards are hidden until all are sent.",
    "Do not ask about age, origin, health, family, faith, or what somebody earns or earned.",
)


def kit_of(role: str) -> Kit:
    """The kit of a role.

    Raises
    ------
    NotFound
        There is no such role.
    """
    template = roles.template_of(role)
    known = str(roles.default(template)["role"]) if template is not None else role
    if template is None and known.partition(".")[0] not in FAMILIES and known != "trainer":
        names = ", ".join(f"{name} ({roles.default(name)['role']})" for name in roles.templates())
        raise NotFound(f"there is no interview kit for {role!r}", f"take one of {names}, or another role's id")
    return kit(known)


def told(one: Kit) -> dict[str, Any]:
    """A kit as the command line says it: competencies, their questions, what is worth 1, 3 and 5, the rules."""
    return {
        "role": one.role, "family": one.family, "competencies": [
            {"id": each.id, "title": each.label, "questions": list(each.questions),
             "scale": {"1": each.one, "3": each.three, "5": each.five}, "behaviours": list(each.behaviours)}
            for each in one.competencies
        ], "rules": list(RULES),
    }  # fmt: skip
