"""Who sees which finding, in which order, and what folds one away."""

from __future__ import annotations

from typing import Any

import pytest

from maitred.base.errors import Denied, NotFound
from maitred.desks.today.models import Feedback, Finding, Look
from maitred.desks.today.tests.looked import AGENT, BILLING, OTHER, TECHNICAL, TOPIC, finding, keep
from maitred.kit.audit.deeds import create, deed
from maitred.kit.audit.models import AuditRow
from maitred.kit.verbs import run
from maitred.people.models import Person
from maitred.people.tests.floor import ROOT, Floor


@pytest.fixture
def looked(floor: Floor) -> Floor:
    keep(
        finding("f_billing", BILLING, 1), finding("f_technical", TECHNICAL, 2, harm=80.0),
        finding("f_agent", AGENT, 3, harm=40.0, family="agent_quality"),
        finding("f_other", OTHER, 4, harm=30.0, family="agent_quality"),
        finding("f_topic", TOPIC, 5, harm=20.0, family="topic_surge"),
    )  # fmt: skip
    return floor


def seen(floor: Floor, name: str) -> list[str]:
    return [one.id for one in run("today.list", floor.actor(name), {}).findings]


def test_a_manager_sees_the_organisation_and_the_people_they_lead(looked: Floor) -> None:
    assert seen(looked, "manager") == ["f_billing", "f_technical", "f_agent", "f_other", "f_topic"]


def test_a_lead_sees_the_subtree_alone(looked: Floor) -> None:
    assert seen(looked, "lead") == ["f_billing", "f_agent"]
    assert seen(looked, "lead2") == ["f_technical", "f_other"]


def test_a_person_sees_what_is_about_themselves_and_a_mate_does_not(looked: Floor) -> None:
    assert seen(looked, "agent") == ["f_agent"]
    assert seen(looked, "mate") == []


def test_an_executive_sees_three_and_never_a_person_nor_a_small_group(looked: Floor) -> None:
    assert seen(looked, "executive") == ["f_topic"]
    (one,) = run("today.list", looked.actor("executive"), {}).findings
    assert (one.evidence["tickets"], one.actions, one.n) == ([], (), 145)


@pytest.mark.parametrize("name", ["admin", "auditor", "partner"])
def test_who_reads_no_figures_reads_no_findings(looked: Floor, name: str) -> None:
    with pytest.raises(Denied):
        run("today.list", looked.actor(name), {})


@pytest.mark.parametrize("name", ["mate", "lead2", "executive"])
def test_a_finding_about_somebody_else_is_not_there(looked: Floor, name: str) -> None:
    with pytest.raises(NotFound) as foreign:
        run("today.finding", looked.actor(name), {"finding": "f_agent"})
    with pytest.raises(NotFound) as unknown:
        run("today.finding", looked.actor(name), {"finding": "f_nobody"})
    assert str(foreign.value).replace("f_agent", "") == str(unknown.value).replace("f_nobody", "")


def test_seven_are_shown_and_the_rest_says_why_not(floor: Floor) -> None:
    keep(*[finding(f"f_{rank}", rank=rank, harm=100.0 - rank) for rank in range(1, 10)])
    found = run("today.list", floor.actor("manager"), {})
    assert [one.place for one in found.findings] == [1, 2, 3, 4, 5, 6, 7]
    assert [(one.id, one.why) for one in found.folded] == [("f_8", "more"), ("f_9", "more")]


def test_good_news_stand_behind_every_harm(floor: Floor) -> None:
    keep(finding("f_good", rank=1, news=True, family="improvement"), finding("f_bad", rank=2))
    assert seen(floor, "manager") == ["f_bad", "f_good"]


def test_nothing_was_looked_at_yet_is_said(floor: Floor) -> None:
    with pytest.raises(NotFound, match="nothing was looked at yet"):
        run("today.list", floor.actor("manager"), {})


def test_the_same_finding_tomorrow_is_the_same_row_and_what_was_decided_stays(looked: Floor) -> None:
    manager = looked.actor("manager")
    run("today.acknowledge", manager, {"finding": "f_billing", "version": 1})
    keep(finding("f_billing", harm=220.0), publication=2, as_of="2026-01-06T06:00:00Z")
    found = run("today.list", manager, {})
    assert [(one.id, one.why, one.new) for one in found.folded] == [("f_billing", "acknowledged", False)]
    assert Finding._base_manager.count() == 5


def test_a_finding_comes_back_when_it_is_a_quarter_worse(looked: Floor) -> None:
    manager = looked.actor("manager")
    run("today.acknowledge", manager, {"finding": "f_billing", "version": 1})
    keep(finding("f_billing", harm=212.0 * 1.25), publication=2, as_of="2026-01-06T06:00:00Z")
    assert seen(looked, "manager") == ["f_billing"]


def test_an_older_publication_can_be_asked_for(looked: Floor) -> None:
    keep(publication=2, as_of="2026-01-06T06:00:00Z")
    assert seen(looked, "manager") == []
    assert len(run("today.list", looked.actor("manager"), {"publication": 1}).findings) == 5


def test_a_detector_that_was_wrong_too_often_is_muted_and_says_so(floor: Floor) -> None:
    ids = [f"f_{rank}" for rank in range(1, 6)]
    keep(*[finding(name, rank=rank) for rank, name in enumerate(ids, 1)])
    with deed(ROOT, "tests.said"):
        for name in ids[:4]:
            create(
                Feedback, finding_id=name, account=floor.accounts["manager"], detector="speed.first_reply_shift#1",
                useful=False, reason="not_true",
            )  # fmt: skip
    found = run("today.list", floor.actor("manager"), {})
    assert found.findings == ()
    assert {one.why for one in found.folded} == {"muted"}
    (one,) = run("today.detectors", floor.actor("manager"), {}).detectors
    assert (one.right, one.n, one.muted, one.seen) == (0, 4, True, 5)
    assert one.high < 0.5


def test_names_and_titles_of_findings_do_not_stand_in_the_audit_log(looked: Floor) -> None:
    told = " ".join(str(row.diff) for row in AuditRow._base_manager.filter(verb="tests.look"))
    assert "First reply" not in told
    assert "(hidden)" in told
    assert Look._base_manager.count() == 1


def test_whoever_left_a_team_is_not_led_by_it_any_more(looked: Floor) -> None:
    person: Any = Person._base_manager.get(name="Other")
    assert Finding._base_manager.get(pk="f_other").person == person
    assert "f_other" not in seen(looked, "lead")


def test_what_was_joined_is_left_out_where_it_is_out_of_sight(floor: Floor) -> None:
    one = finding("f_billing")
    one["evidence"]["related"] += [
        {"family": "workload", "detector": "workload.load#1", "subject": OTHER, "title": "Other carries much"}
    ]
    keep(one)
    told = {
        name: run("today.list", floor.actor(name), {}).findings[0].evidence["related"] for name in ("manager", "lead")
    }
    assert [each["family"] for each in told["manager"]] == ["backlog", "workload"]
    assert [each["family"] for each in told["lead"]] == ["backlog"]
    (seen,) = run("today.list", floor.actor("lead"), {}).findings
    assert "Other" not in str(run("today.finding", floor.actor("lead"), {"finding": seen.id}))
