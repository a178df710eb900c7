"""Teams, members, own settings: what each verb does and what it refuses."""

from __future__ import annotations

import pytest

from maitred.base.errors import Conflict, Invalid, NotFound
from maitred.kit.access.actor import operator
from maitred.kit.audit.models import AuditRow
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register

pytestmark = pytest.mark.django_db
ROOT = operator("tests")


def test_a_tree_of_teams_moves_with_its_paths() -> None:
    top = run("people.add_team", ROOT, {"name": "Support"})
    left = run("people.add_team", ROOT, {"name": "Left"})
    right = run("people.add_team", ROOT, {"name": "Right", "parent": top.id})
    leaf = run("people.add_team", ROOT, {"name": "Leaf", "parent": left.id})
    moved = run("people.move_team", ROOT, {"team": left.id, "parent": right.id, "version": 1})
    from maitred.people import tree

    assert moved.version == 2
    assert tree.below(frozenset({right.id})) == {right.id, left.id, leaf.id}
    with pytest.raises(Invalid, match="belongs to it"):
        run("people.move_team", ROOT, {"team": right.id, "parent": leaf.id, "version": 1})


def test_a_stale_version_is_refused_with_both_versions() -> None:
    team = run("people.add_team", ROOT, {"name": "Support"})
    run("people.rename_team", ROOT, {"team": team.id, "name": "Care", "version": 1})
    with pytest.raises(Conflict) as refused:
        run("people.rename_team", ROOT, {"team": team.id, "name": "Help", "version": 1})
    assert (refused.value.sent, refused.value.there) == (1, 2)


def test_every_deed_leaves_one_audit_row_and_a_refused_one_none() -> None:
    before = AuditRow._base_manager.count()
    team = run("people.add_team", ROOT, {"name": "Support"})
    with pytest.raises(Invalid):
        run("people.add_team", ROOT, {"name": "Support", "parent": team.id, "colour": "red"})
    with pytest.raises(NotFound):
        run("people.rename_team", ROOT, {"team": 991, "name": "x", "version": 1})
    assert AuditRow._base_manager.count() == before + 1


def test_every_verb_has_a_summary_an_example_that_fits_and_told_parameters() -> None:
    for verb in register().values():
        assert verb.summary, verb.id
        verb.arguments.model_validate(dict(verb.example))
        assert verb.answer.json_schema(mode="serialization"), verb.id
