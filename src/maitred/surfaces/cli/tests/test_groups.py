"""Every verb has a command, also where one folder holds verbs of several groups."""

from __future__ import annotations

from maitred.kit.verbs.registry import register
from maitred.surfaces.cli.verbs import groups_of_verbs


def test_the_groups_of_the_command_line_are_those_of_the_verbs() -> None:
    assert set(groups_of_verbs()) == {verb.group.replace("_", "-") for verb in register().values()}


def test_every_group_says_what_it_is_for() -> None:
    assert [name for name, says in groups_of_verbs().items() if not says] == []
