"""The kit of a role: competencies, questions and scale texts, from one table that anybody can read."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Competency:
    """What is looked for, what is asked, and what a 1, a 3 and a 5 look like."""

    id: str
    label: str
    behaviours: tuple[str, ...]
    questions: tuple[str, ...]
    one: str
    three: str
    five: str


@dataclass(frozen=True, slots=True)
class Kit:
    """What everybody is asked for a role, in this order."""

    role: str
    family: str
    competencies: tuple[Competency, ...]


def kit(role: str) -> Kit:
    """The kit of a role id such as ``support.manager``; a role that no family names gets that of agents.

    >>> [one.id for one in kit("support.manager").competencies][:2]
    ['leading_people', 'running_a_queue']
    """
    table = _table()
    last = role.rpartition(".")[2]
    family = next((name for name, words in table["family"].items() if last in words), "agent")
    found = tuple(_competency(name, table["competency"][name]) for name in table["kit"][family])
    return Kit(role, family, found)


def kept(one: Kit) -> dict[str, Any]:
    """A kit as an interview keeps it: later changes of the table change nothing of what was asked."""
    return {
        "role": one.role, "family": one.family,
        "competencies": [
            {"id": each.id, "label": each.label, "behaviours": list(each.behaviours),
             "questions": list(each.questions), "one": each.one, "three": each.three, "five": each.five}
            for each in one.competencies
        ],
    }  # fmt: skip


def read(value: dict[str, Any]) -> Kit:
    """A kit as it was kept."""
    return Kit(
        value["role"], value["family"], tuple(_competency(one["id"], one) for one in value["competencies"])
    )  # fmt: skip


def _competency(name: str, row: dict[str, Any]) -> Competency:
    return Competency(
        name, row["label"], tuple(row["behaviours"]), tuple(row["questions"]), row["one"], row["three"], row["five"]
    )


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).with_name("kits.toml")).read_text(encoding="utf-8"))
