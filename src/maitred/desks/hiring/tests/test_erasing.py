"""Erasure: of a candidate their words go and the decisions stay; of a colleague a stand-in stays who decided."""

from __future__ import annotations

from maitred.desks.hiring import erasing
from maitred.desks.hiring.models import Candidate, StageEvent
from maitred.desks.hiring.tests.conftest import Ask, approved, picked
from maitred.kit.audit.deeds import create, deed
from maitred.people.models import Person
from maitred.people.tests.floor import ROOT, Floor


def test_of_an_erased_candidate_decisions_stay_without_a_word(ask: Ask, house: Floor) -> None:
    one = picked(ask, approved(ask).id).candidate
    ask("manager", "hiring.record_answers", candidate=one.id, version=one.version, answers={"nights": "Mondays"})
    ask("lead2", "hiring.declare_interest", candidate=one.id, person=house.people["lead"].pk, words="cousins")
    with deed(ROOT, "tests.erase"):
        assert erasing.silence(Candidate._base_manager.get(pk=one.id)) == 3
    left = StageEvent._base_manager.filter(candidate=one.id)
    assert [row.reason for row in left] == ["came_in", "evidence"] and not any(row.words for row in left)
    row = Candidate._base_manager.get(pk=one.id)
    assert (row.answers, row.stage) == ({}, "shortlisted")


def test_of_an_erased_colleague_a_stand_in_decided(ask: Ask, house: Floor) -> None:
    one = picked(ask, approved(ask).id).candidate
    with deed(ROOT, "tests.erase"):
        nobody = create(Person, name="", email="")
        found = erasing.erase(house.people["manager"].pk, nobody.pk)
    assert found["replaced"] == 4, "a need, a requisition, two steps"
    assert {row.by_id for row in StageEvent._base_manager.filter(candidate=one.id)} == {nobody.pk}
    assert ask("lead2", "hiring.show_candidate", candidate=one.id).candidate.stage == "shortlisted"
