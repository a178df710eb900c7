"""An erased person is on no page of quality and in no word of it; the scores of teams and others stay as they were."""

from __future__ import annotations

from django.db import connection

from maitred.desks.quality import facts
from maitred.desks.quality.erasing import erase
from maitred.desks.quality.models import Contest, Review
from maitred.desks.quality.tests.reviewing import ROOT, Desk
from maitred.kit.audit import sealing
from maitred.kit.audit.deeds import change, create, deed
from maitred.people.models import Person

CANARY = "Canaryword"


def _everything() -> str:
    """Every value of every table of the database."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        found = []
        for name in names:
            cursor.execute(f'SELECT * FROM "{name}"')
            found.append(str(cursor.fetchall()))
    return " ".join(found)


def _erased(desk: Desk, who: str) -> tuple[int, dict[str, int]]:
    with deed(ROOT, "tests.erase"):
        nobody = create(Person, name="")
        done = erase(desk.person(who), nobody.pk)
        sealing.forget(f"person:{desk.person(who)}")
    return nobody.pk, done


def test_scores_of_the_team_stay_and_the_person_is_gone(desk: Desk) -> None:
    for place, value in enumerate((1, 3, 5, 4)):
        desk.reviewed("agent", "lead", place, "random", tone=value)
    for place, value in enumerate((2, 5, 5)):
        desk.reviewed("mate", "manager", place, "random", tone=value)
    desk.reviewed("agent", "lead", 4, "targeted")
    desk.given("agent", "lead", 5, "random")
    team = {row.name: (row.n, row.value) for row in desk.run("manager", "iqs", by="team").rows}
    rows = sorted((row["points"], row["team_id"]) for row in facts.facts().to_pylist())
    nobody, done = _erased(desk, "agent")
    assert done == {"removed": 2, "anonymous": 4, "replaced": 0}
    assert {row.name: (row.n, row.value) for row in desk.run("manager", "iqs", by="team").rows} == team
    assert team["Billing"][0] == 7
    assert "Agent" not in [row.name for row in desk.run("manager", "iqs").rows]
    assert [row.name for row in desk.run("lead", "iqs").rows] == ["Mate"]
    assert {one.about_name for one in desk.run("lead", "reviews").items if one.reviewer_name != "Lead"} == {"Mate"}
    assert not Review._base_manager.filter(about=desk.person("agent")).exists()
    assert sorted((row["points"], row["team_id"]) for row in facts.facts().to_pylist()) == rows
    assert {row["person_id"] for row in facts.facts().to_pylist() if row["agent_id"] is None} <= {nobody}


def test_no_word_of_the_person_is_left(desk: Desk) -> None:
    made = desk.reviewed("agent", "lead", 0, "random")
    with deed(ROOT, "tests.sent"):
        row = Review._base_manager.get(pk=made.id)
        create(Contest, review=row, item="tone", reason=f"{CANARY} was right", before={"value": 4})
        answers = {**row.answers, "tone": {**row.answers["tone"], "comment": f"{CANARY} sounds tired"}}
        change(row, None, comment=f"{CANARY} did well", acknowledgement=f"{CANARY} read it", answers=answers)
    assert CANARY in _everything()
    _erased(desk, "agent")
    assert CANARY not in _everything()
    kept = Review._base_manager.get(pk=made.id)
    assert kept.score == made.score
    assert {item: one["value"] for item, one in kept.answers.items()} == {"solved": "yes", "tone": 4.0, "safe": "yes"}
    assert not any(one["quotes"] for one in kept.answers.values())


def test_a_reviewer_who_is_erased_leaves_the_scores_of_others(desk: Desk) -> None:
    desk.reviewed("agent", "lead", 0, "random")
    desk.given("agent", "lead", 1, "random")
    before = desk.run("root", "iqs").rows[0]
    nobody, done = _erased(desk, "lead")
    after = desk.run("root", "iqs").rows[0]
    assert (after.name, after.n, after.value) == (before.name, before.n, before.value)
    assert done["replaced"] >= 2
    states = sorted(Review._base_manager.filter(reviewer=nobody).values_list("state", "why"))
    assert states == [("skipped", "the reviewer was erased"), ("submitted", "")]
