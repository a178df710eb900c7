"""Proposals: what reads like a complaint is shown to a person; and what an erasure leaves of a complaint."""

from __future__ import annotations

import pytest

from maitred.base.errors import Conflict, Denied, NotFound
from maitred.desks.compliance.erasing import erase, erase_complainant
from maitred.desks.compliance.models import Case, CaseEvent, Complaint, ComplaintProposal, DataRequest
from maitred.desks.compliance.recognising import rule_of
from maitred.desks.compliance.tests.conftest import NOW, Ask, new, step
from maitred.kit.audit.deeds import create, deed
from maitred.people.models import Person
from maitred.people.tests.floor import ROOT, Floor


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("I would like to complain about your service", "words"),
        ("I am going to the ombudsman", "words"),
        ("Ich beschwere mich über die Rechnung", "words"),
        ("Je souhaite faire une réclamation", "words"),
        ("Copied to enquiries@financial-ombudsman.org.uk", "regulator_address"),
        ("No complaint at all, you were great", ""),
        ("How do I change my address?", ""),
        ("See https://www.ico.org.uk/about for the law", ""),
        ("", ""),
    ],
)
def test_a_text_reads_like_a_complaint_by_words_or_an_address(text: str, rule: str) -> None:
    assert rule_of(text) == rule


def test_a_long_hostile_text_is_read_in_a_moment() -> None:
    import time

    begun = time.monotonic()
    assert rule_of("formal " * 100_000) == ""
    assert time.monotonic() - begun < 2


def _proposed(house: Floor, team: str, ticket: str) -> ComplaintProposal:
    with deed(ROOT, "tests.propose"):
        return create(ComplaintProposal, source_id="demo", ticket_id=ticket, rule="words", team=house.teams[team],
                      received_at=NOW)  # fmt: skip


def test_a_person_confirms_or_dismisses_each_once(ask: Ask, house: Floor) -> None:
    one, two = _proposed(house, "Billing", "1"), _proposed(house, "Billing", "2")
    other = _proposed(house, "Technical", "3")
    assert [row.ticket for row in ask("lead", "compliance.proposals").items] == ["2", "1"]
    given = {"description": "No refund", "product": "Shop", "channel": "email"}
    made = ask("lead", "compliance.confirm_proposal", proposal=one.pk, version=1, **given)
    assert ask("privacy", "compliance.show_complaint", complaint=made.id).tickets == ("demo:1",)
    with pytest.raises(Conflict):
        ask("lead", "compliance.confirm_proposal", proposal=one.pk, version=2, **given)
    gone = ask("lead", "compliance.dismiss_proposal", proposal=two.pk, version=1, reason="A question")
    assert (gone.state, gone.why) == ("dismissed", "A question")
    with pytest.raises(NotFound):
        ask("lead", "compliance.dismiss_proposal", proposal=other.pk, version=1, reason="x")
    with pytest.raises(Denied):
        ask("agent", "compliance.proposals")


def test_of_an_erased_complainant_no_word_is_left_and_the_record_stays(ask: Ask, house: Floor) -> None:
    made = new(ask, description="zanzibar", complainant_name="Ada Zanzibar", complainant_contact="ada@zanzibar.example",
               remedy="zanzibar", immediate_action="zanzibar", tickets=["demo:9"])  # fmt: skip
    other = new(ask, description="zanzibar is not theirs")
    step(ask, "note", made.id, line="zanzibar")
    asked = ask("privacy", "compliance.request_new", kind="erasure", jurisdiction="GB", channel="email",
                wants="zanzibar", subject_contact="ada@zanzibar.example")  # fmt: skip
    with deed(ROOT, "tests.erase"):
        assert erase_complainant(["ADA@zanzibar.example"], [("demo", "9")]) == {"anonymous": 2, "removed": 0}
    assert "zanzibar" not in str(DataRequest._base_manager.filter(pk=asked.id).values())
    row = Complaint._base_manager.filter(pk=made.id).values().get()
    events = CaseEvent._base_manager.filter(case=row["case_id"]).values_list("note", flat=True)
    assert "zanzibar" not in f"{row}{list(events)}".lower()
    assert Case._base_manager.get(pk=row["case_id"]).reference == made.reference
    assert Complaint._base_manager.get(pk=other.id).description == "zanzibar is not theirs"


def test_of_an_erased_person_a_stand_in_is_left(ask: Ask, house: Floor) -> None:
    made = new(ask, subject=house.people["agent"].pk)
    step(ask, "own", made.id, owner=house.people["privacy"].pk)
    with deed(ROOT, "tests.erase"):
        nobody = create(Person, name="nobody")
        erase(house.people["agent"].pk, nobody.pk)
        erase(house.people["privacy"].pk, nobody.pk)
    case = Case._base_manager.get(complaint=made.id)
    assert (case.owner_id, case.subject_person_id) == (None, nobody.pk)
    assert {*CaseEvent._base_manager.filter(case=case).values_list("by", flat=True)} == {nobody.pk}
