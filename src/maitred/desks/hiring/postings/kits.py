"""Interview kits: for each role the competencies, their questions, and what an answer worth 1, 3 or 5 looks like.

Behaviours are those that reviews of conversations look for, under the same keys; items of the team's own scorecard
can join them. A kit holds no points for a person: scorecards do, one for each interviewer.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from maitred.base.errors import NotFound
from maitred.desks.hiring.postings import roles
from maitred.insight.text.behaviours import BEHAVIOURS

RULES = (
    "Ask everybody the same questions, in the same order.",
    "Write down what was said, then the score; 2 and 4 lie between the anchors.",
    "Send your scorecard before you speak with the others: scorecards are hidden until all are sent.",
    "Do not ask about age, origin, health, family, faith, or what somebody earns or earned.",
)
_MOST_ITEMS = 6


@dataclass(frozen=True, slots=True)
class Competency:
    """What is looked for: questions and anchors; ``source`` is ours, the reviews' behaviours, or the team's card."""

    key: str
    title: str
    why: str
    questions: tuple[str, ...]
    anchors: tuple[tuple[int, str], ...]
    source: str

    def told(self) -> dict[str, Any]:
        """As the command line says it."""
        scale = {str(score): text for score, text in self.anchors}
        return {"key": self.key, "title": self.title, "why": self.why, "questions": list(self.questions),
                "scale": scale, "source": self.source}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rubric:
    """An item of the team's scorecard: its key, title, and what its lowest, middle and highest score look like."""

    key: str
    title: str
    low: str = ""
    middle: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True)
class Kit:
    """The kit of a role."""

    template: str
    role: str
    title: str
    competencies: tuple[Competency, ...]
    rules: tuple[str, ...] = RULES

    def told(self) -> dict[str, Any]:
        """As the command line says it."""
        return {"role": self.role, "template": self.template, "title": self.title,
                "competencies": [one.told() for one in self.competencies], "rules": list(self.rules)}  # fmt: skip


def kit(role: str, rubric: Sequence[Rubric] = ()) -> Kit:
    """The kit of a role, by the role's id or its template's name; items of the team's scorecard stand last.

    Raises
    ------
    NotFound
        There is no kit for that role.
    """
    template = roles.template_of(role)
    if template is None:
        known = ", ".join(f"{name} ({roles.default(name)['role']})" for name in roles.templates())
        raise NotFound(f"there is no interview kit for {role!r}", f"take one of {known}")
    kept = roles.default(template)
    own = tuple(_competency(key) for key in kept["competencies"])
    there = {one.key for one in own}
    more = tuple(_of_rubric(one) for one in rubric if one.key not in there)[:_MOST_ITEMS]
    return Kit(template, kept["role"], kept["title"], (*own, *more))


def _competency(key: str) -> Competency:
    kept = _read()[key]
    anchors = tuple((score, kept[str(score)]) for score in (1, 3, 5))
    source = "behaviours of reviews" if key in BEHAVIOURS else "kit"
    return Competency(key, kept["title"], kept["why"], tuple(kept["questions"]), anchors, source)


def _of_rubric(one: Rubric) -> Competency:
    anchors = (
        (1, one.low or "Shows nothing of it, or does the contrary"),
        (3, one.middle or "Shows it where asked for, not by themselves"),
        (5, one.high or "Shows it in an example of their own, with what came of it"),
    )
    question = f"Tell us about a conversation with a customer in which this mattered: {one.title}. What did you do?"
    why = "It is on the scorecard that this team's conversations are reviewed with."
    return Competency(one.key, one.title, why, (question,), anchors, "scorecard of the team")


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "kits.toml").read_text(encoding="utf-8"))
