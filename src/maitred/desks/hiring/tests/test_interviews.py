"""Interviews and offers: scorecards apart until all are in, agreement with n, offers that somebody else approves."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.desks.hiring.interviewing import kits
from maitred.desks.hiring.models import Interview, Offer
from maitred.desks.hiring.tests.conftest import Ask, approved, picked
from maitred.insight.text.behaviours import BEHAVIOURS
from maitred.kit.notices.models import Notice
from maitred.kit.verbs import run
from maitred.people.tests.floor import Floor

IDS = [one.id for one in kits.kit("support.manager").competencies]


@pytest.fixture
def planned(ask: Ask, house: Floor) -> Any:
    """An interview of a lead and the manager."""
    return interviewed(ask, house)


def interviewed(ask: Ask, house: Floor, profile: int = 7001, requisition: int | None = None) -> Any:
    one = picked(ask, requisition or approved(ask).id, profile).candidate
    panel = [house.people[name].pk for name in ("lead", "manager")]
    return ask("manager", "hiring.plan_interview", candidate=one.id, starts_at="2026-01-08T14:00:00Z", panel=panel)


def scores(value: int = 4, **changed: int) -> list[dict[str, Any]]:
    return [{"competency": one, "value": changed.get(one, value), "evidence": f"said so of {one}"} for one in IDS]


def send(ask: Ask, name: str, interview: int, value: int = 4, **changed: int) -> Any:
    card = ask(name, "hiring.show_interview", interview=interview).mine
    return ask(name, "hiring.send_scorecard", interview=interview, version=card.version,
               scores=scores(value, **changed), recommendation="yes")  # fmt: skip


def debriefed(ask: Ask, interview: int) -> Any:
    for name in ("lead", "manager"):
        send(ask, name, interview)
    return ask("manager", "hiring.conclude_debrief", interview=interview, version=1, summary="go on")


def test_everybody_is_asked_the_same_and_the_rubric_of_reviews_is_in_it() -> None:
    known = {*BEHAVIOURS}
    for role in ("support.agent", "support.lead", "support.manager", "quality.analyst", "trainer"):
        found = kits.kit(role)
        assert len(found.competencies) >= 4 and kits.read(kits.kept(found)) == found
        for one in found.competencies:
            assert one.questions and one.one and one.three and one.five and {*one.behaviours} <= known
    assert {name for one in kits.kit("support.agent").competencies for name in one.behaviours} >= {"gives_time"}


def test_the_candidate_moves_to_the_interview_and_the_panel_is_told(ask: Ask, planned: Any, house: Floor) -> None:
    assert ask("manager", "hiring.show_candidate", candidate=planned.candidate).candidate.stage == "interview"
    told = Notice._base_manager.get(account=house.accounts["lead"])
    assert told.url == f"/hiring/interviews/{planned.id}/" and "Ada" not in told.text


def test_an_interviewer_sees_their_interview_and_nothing_else(ask: Ask, planned: Any, house: Floor) -> None:
    seen = ask("lead", "hiring.show_interview", interview=planned.id)
    assert seen.mine is not None and [one.id for one in seen.competencies] == IDS and "Ada" not in str(seen)
    assert [one.id for one in ask("lead", "hiring.interviews").items] == [planned.id]
    for verb, given in (("show_candidate", {"candidate": planned.candidate}), ("requisitions", {}), ("offers", {})):
        with pytest.raises((Denied, NotFound)):
            ask("lead", f"hiring.{verb}", **given)
    with pytest.raises(Denied):
        ask("agent", "hiring.interviews")
    other = ask("lead2", "hiring.show_interview", interview=planned.id)
    assert other.mine is None, "who holds the grant sees who sits there, not what they wrote"


def test_a_lead_who_is_not_on_the_panel_finds_no_interview(ask: Ask, house: Floor) -> None:
    one = picked(ask, approved(ask).id).candidate
    alone = ask("manager", "hiring.plan_interview", candidate=one.id, starts_at="2026-01-08T14:00:00Z",
                panel=[house.people["manager"].pk])  # fmt: skip
    with pytest.raises(NotFound):
        ask("lead", "hiring.show_interview", interview=alone.id)
    with pytest.raises(NotFound):
        ask("lead", "hiring.send_scorecard", interview=alone.id, version=1, scores=scores(), recommendation="no")


def test_nobody_reads_a_scorecard_before_all_are_in(ask: Ask, planned: Any) -> None:
    mine = ask("lead", "hiring.show_interview", interview=planned.id).mine
    ask("lead", "hiring.save_scorecard", interview=planned.id, version=mine.version, scores=scores(2)[:1])
    send(ask, "manager", planned.id, 5)
    for name in ("manager", "lead", "lead2"):
        with pytest.raises(Conflict, match="Lead still has to"):
            ask(name, "hiring.debrief", interview=planned.id)
        assert (
            "said so of numbers" not in str(ask(name, "hiring.show_interview", interview=planned.id))
            or name == "manager"
        )
    with pytest.raises(Conflict):
        ask("manager", "hiring.conclude_debrief", interview=planned.id, version=1, summary="go on")
    send(ask, "lead", planned.id, 2)
    assert len(ask("lead", "hiring.debrief", interview=planned.id).scorecards) == 2


def test_a_sent_scorecard_stands_and_is_whole(ask: Ask, planned: Any) -> None:
    given = {"interview": planned.id, "version": 1, "recommendation": "yes"}
    with pytest.raises(Invalid, match="there is no score"):
        ask("lead", "hiring.send_scorecard", **given, scores=scores()[1:])
    bare = [{**one, "evidence": ""} for one in scores()]
    with pytest.raises(Invalid, match="what was said"):
        ask("lead", "hiring.send_scorecard", **given, scores=bare)
    with pytest.raises(Invalid, match="not asked"):
        ask("lead", "hiring.send_scorecard", **given, scores=[*scores(), {"competency": "charm", "value": 5}])
    send(ask, "lead", planned.id)
    with pytest.raises(Conflict, match="stands"):
        ask("lead", "hiring.send_scorecard", interview=planned.id, version=2, scores=scores(1), recommendation="no")


def test_the_debrief_tells_agreement_with_its_n_and_no_mean(ask: Ask, planned: Any) -> None:
    for name, values in (("lead", (1, 2, 3, 4, 5)), ("manager", (1, 2, 3, 5, 5))):
        send(ask, name, planned.id, **dict(zip(IDS, values, strict=True)))
    found = ask("manager", "hiring.debrief", interview=planned.id)
    assert found.here.alpha is not None and found.here.alpha > 0.8 and (found.here.n, found.here.scores) == (5, 10)
    assert found.requisition.n == 0, "it counts once the panel has talked"
    done = ask("manager", "hiring.conclude_debrief", interview=planned.id, version=1, summary="go on")
    assert done.requisition.n == 5 and done.debriefed_by == "Manager"
    assert not any("mean" in name or "rank" in name or "total" in name for name in type(found).__dataclass_fields__)


def test_alike_scores_say_nothing_about_agreement(ask: Ask, planned: Any) -> None:
    debriefed(ask, planned.id)
    found = ask("lead", "hiring.debrief", interview=planned.id).here
    assert (found.alpha, found.low, found.n) == (None, None, 5)


def test_nobody_near_to_a_candidate_sits_on_the_panel(ask: Ask, house: Floor) -> None:
    one = picked(ask, approved(ask).id).candidate
    ask("lead2", "hiring.declare_interest", candidate=one.id, person=house.people["lead"].pk, words="cousins")
    given = {"candidate": one.id, "starts_at": "2026-01-08T14:00:00Z"}
    with pytest.raises(Invalid, match="too near"):
        ask("manager", "hiring.plan_interview", **given, panel=[house.people["lead"].pk])
    with pytest.raises(Invalid, match="no account"):
        ask("manager", "hiring.plan_interview", **given, panel=[house.people["agent"].pk])


def test_an_interview_is_called_off_and_taken_up_again(ask: Ask, planned: Any) -> None:
    ask("manager", "hiring.cancel_interview", interview=planned.id, version=1, reason="ill")
    with pytest.raises(NotFound):
        ask("lead", "hiring.show_interview", interview=planned.id)
    ask("lead2", "hiring.restore_interview", interview=planned.id, version=2)
    assert ask("lead", "hiring.show_interview", interview=planned.id).state == Interview.PLANNED


@pytest.fixture
def drafted(ask: Ask, planned: Any) -> Any:
    debriefed(ask, planned.id)
    return ask("manager", "hiring.draft_offer", candidate=planned.candidate, amount=76_000, start="2026-02-02")


def test_no_offer_before_the_panel_has_talked(ask: Ask, planned: Any) -> None:
    with pytest.raises(Conflict, match="debriefed"):
        ask("manager", "hiring.draft_offer", candidate=planned.candidate, amount=76_000, start="2026-02-02")


def test_an_offer_stands_beside_its_range_and_the_band_of_the_survey(ask: Ask, drafted: Any) -> None:
    assert (drafted.range_min, drafted.range_max, drafted.outside, drafted.state) == (60_000, 82_000, False, "waiting")
    assert drafted.band is not None and (drafted.band.soc, drafted.band.release) == ("43-1011", "May 2025")
    assert "Austin" in drafted.band.area and len(drafted.band.percentiles) == 5
    assert ask("manager", "hiring.show_candidate", candidate=drafted.candidate).candidate.stage == "offer"


def test_outside_of_the_range_an_offer_says_why(ask: Ask, planned: Any) -> None:
    debriefed(ask, planned.id)
    given = {"candidate": planned.candidate, "amount": 95_000, "start": "2026-02-02"}
    with pytest.raises(Invalid, match="60,000 to 82,000"):
        ask("manager", "hiring.draft_offer", **given)
    made = ask("manager", "hiring.draft_offer", **given, outside_why="speaks four languages of customers")
    assert made.outside
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer._base_manager.filter(pk=made.id).update(outside_why="")


def test_an_offer_is_approved_by_somebody_else_made_and_answered(ask: Ask, drafted: Any) -> None:
    with pytest.raises(Denied):
        ask("manager", "hiring.approve_offer", offer=drafted.id, version=1)
    with pytest.raises(Conflict):
        ask("manager", "hiring.make_offer", offer=drafted.id, version=1)
    ask("lead2", "hiring.approve_offer", offer=drafted.id, version=1)
    changed = ask("lead2", "hiring.change_offer", offer=drafted.id, version=2, amount=78_000)
    assert (changed.state, changed.approver, changed.author) == ("waiting", "", "Lead2")
    ask("manager", "hiring.approve_offer", offer=drafted.id, version=3)
    ask("manager", "hiring.make_offer", offer=drafted.id, version=4)
    no = ask("manager", "hiring.answer_offer", offer=drafted.id, version=5, accepted=False, words="too far")
    shown = ask("manager", "hiring.show_candidate", candidate=drafted.candidate)
    assert (no.state, shown.candidate.stage) == ("declined", "offer"), (
        "a no is an answer; a person decides what follows"
    )


def accepted(ask: Ask, drafted: Any) -> Any:
    ask("lead2", "hiring.approve_offer", offer=drafted.id, version=1)
    ask("manager", "hiring.make_offer", offer=drafted.id, version=2)
    return ask("manager", "hiring.answer_offer", offer=drafted.id, version=3, accepted=True)


def test_a_hire_is_a_person_by_link_on_a_path_of_training(ask: Ask, drafted: Any, house: Floor) -> None:
    yes = accepted(ask, drafted)
    steps = [{"kind": "milestone", "day": 5, "text": "Answers the first ticket beside a colleague"}]
    path = ask("manager", "training.add_path", title="First month", steps=steps)
    given = {"offer": yes.id, "version": yes.version, "started_on": "2026-02-02"}
    with pytest.raises(NotFound):
        ask("manager", "hiring.hire", **given, person=999_999)
    with pytest.raises(Denied):
        ask("manager", "hiring.hire", **given, person=house.people["manager"].pk)
    done = ask("manager", "hiring.hire", **given, person=house.people["mate"].pk, path=path.id)
    assert done.hire is not None and (done.hire.name, done.hire.started_on) == ("Mate", date(2026, 2, 2))
    on = ask("manager", "training.show_enrolment", enrolment=done.hire.enrolment)
    assert (on.title, on.name, on.start) == ("First month", "Mate", date(2026, 2, 2))
    shown = ask("manager", "hiring.show_requisition", requisition=done.requisition)
    assert (shown.state, shown.hired) == ("filled", 1)
    need = ask("manager", "hiring.show_need", need=shown.need)
    assert (need.hired, need.short) == (1, 1)
    ramp = ask("manager", "hiring.hire_ramp")
    assert (ramp.assumed_weeks, ramp.hires) == (8, 1) and ramp.reason


def test_nobody_is_hired_who_did_not_say_yes(ask: Ask, drafted: Any, house: Floor) -> None:
    with pytest.raises(Conflict):
        ask(
            "manager",
            "hiring.hire",
            offer=drafted.id,
            version=1,
            person=house.people["mate"].pk,
            started_on="2026-02-02",
        )


def test_an_accepted_offer_is_in_the_way_of_a_rejection(ask: Ask, drafted: Any) -> None:
    accepted(ask, drafted)
    one = ask("manager", "hiring.show_candidate", candidate=drafted.candidate).candidate
    with pytest.raises(Conflict, match="take the offer back"):
        ask("manager", "hiring.reject_candidate", candidate=one.id, version=one.version, reason="other", words="x")
    ask("lead2", "hiring.withdraw_offer", offer=drafted.id, version=4, reason="the post is gone")
    gone = ask("manager", "hiring.reject_candidate", candidate=one.id, version=one.version, reason="role_closed",
               words="the post is gone")  # fmt: skip
    assert gone.candidate.stage == "rejected"


def test_the_kit_answers_at_the_command_line_too(house: Floor) -> None:
    from maitred.kit.access.actor import operator

    found = run("hiring.interview_kit", operator("ana"), {"role": "support.agent"})
    assert found.family == "agent" and found.competencies[0].id == "customer_messages"
