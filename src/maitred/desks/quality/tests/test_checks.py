"""Automatic checks: rules as data, answers with what they saw, verified only beside people who agree."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from maitred.base.errors import Conflict, Denied, Invalid
from maitred.desks.quality import access, checking, observing
from maitred.desks.quality.models import CheckAnswer, Review, Session
from maitred.desks.quality.tests.conftest import NOW
from maitred.desks.quality.tests.reviewing import ROOT, Desk
from maitred.kit.audit.deeds import create, deed
from maitred.kit.reading import published

FAST = {"clock": "frt", "mode": "calendar", "seconds": 3_600}


def test_a_clock_rule_says_yes_no_or_not_applicable_with_the_clock() -> None:
    clocks = {"frt": {"calendar": 1_800, "business_all": None}}
    told = checking.by_clock(FAST, clocks)
    assert told.answer == "yes"
    assert told.evidence == [{"clock": "frt", "mode": "calendar", "seconds": 1_800, "limit": 3_600}]
    assert checking.by_clock({**FAST, "seconds": 1_799}, clocks).answer == "no"
    assert checking.by_clock({**FAST, "mode": "business_all"}, clocks).answer == "na"
    assert checking.by_clock({**FAST, "clock": "awt"}, clocks).answer == "na"


def test_a_pattern_rule_quotes_what_it_found_in_a_public_reply() -> None:
    said: list[dict[str, Any]] = [
        {"id": "1", "kind": "customer", "public": True, "text": "Sorry to ask"},
        {"id": "2", "kind": "agent", "public": False, "text": "Sorry case"},
        {"id": "3", "kind": "agent", "public": True, "text": "Hello."},
        {"id": "4", "kind": "agent", "public": True, "text": "I am SORRY for the wait"},
    ]
    told = checking.by_pattern({"pattern": "sorry"}, said)
    assert told.answer == "yes"
    assert told.evidence == [{"message": "4", "start": 5, "end": 10, "text": "SORRY"}]
    assert said[3]["text"][5:10] == told.evidence[0]["text"]
    assert checking.by_pattern({"pattern": "sorry", "first": True}, said).answer == "no"
    assert checking.by_pattern({"pattern": "sorry"}, said[:2]).answer == "na"


def _message(place: int, kind: str, text: str, public: bool = True) -> dict[str, Any]:
    return {"id": str(place), "kind": kind, "public": public, "text": text, "author": kind}


def test_a_behaviour_rule_quotes_what_the_agents_wrote_themselves() -> None:
    said = [
        _message(1, "customer", "My lamp is broken. I will call you by Friday."),
        _message(2, "bot", "I will answer by Monday."),
        _message(3, "agent", "I will tell Bo by Tuesday.", public=False),
        _message(4, "agent", "We will look at the broken lamp."),
        _message(5, "agent", "I will send a new lamp by Thursday.\n> I will call you by Friday."),
    ]
    answer, evidence = observing.observed("gives_time", said, {}, (), "")
    assert answer == "yes"
    assert [(one["message"], one["text"]) for one in evidence] == [("5", "by Thursday")]
    assert said[4]["text"][evidence[0]["start"] : evidence[0]["end"]] == "by Thursday"
    assert evidence[0]["model"].startswith("behaviours-")
    assert observing.observed("gives_time", said[:4], {}, (), "") == ("no", [])
    assert observing.observed("gives_time", said[:3], {}, (), "") == ("na", [])


def test_boilerplate_and_a_third_apology_are_no() -> None:
    said = [_message(1, "customer", "It failed again")]
    said += [
        _message(place, "agent", "We understand your frustration. Sorry for the trouble.") for place in range(2, 5)
    ]
    pasted = {"agent": [said[1]["text"]] * 5}
    assert observing.observed("names_feeling", said, {}, (), "")[0] == "yes"
    assert observing.observed("names_feeling", said, pasted, (), "")[0] == "no"
    answer, evidence = observing.observed("apologises_once", said, {}, (), "")
    assert (answer, [one["message"] for one in evidence]) == ("no", ["4"])


@pytest.mark.parametrize(
    ("kind", "rule", "says"),
    [
        ("clock", {"clock": "frt"}, "has a clock, a mode"),
        ("clock", {**FAST, "clock": "mood"}, "no clock mood"),
        ("clock", {**FAST, "mode": "lunar"}, "no mode lunar"),
        ("clock", {**FAST, "seconds": 0}, "whole number above 0"),
        ("clock", {**FAST, "seconds": True}, "whole number above 0"),
        ("behaviour", {"behaviour": "is_kind"}, "no behaviour is_kind"),
        ("behaviour", {"behaviour": "gives_time", "first": True}, "and nothing else"),
        ("pattern", {}, "has a pattern"),
        ("pattern", {"pattern": "a", "then": 1}, "has a pattern"),
        ("pattern", {"pattern": "("}, "cannot be read"),
        ("pattern", {"pattern": "(a+)+"}, "may take for ever"),
        ("pattern", {"pattern": "(a|a)*b"}, "may take for ever"),
        ("pattern", {"pattern": "((a)|(a)){2,}b"}, "may take for ever"),
        ("pattern", {"pattern": r"(a)\1"}, "may take for ever"),
        ("pattern", {"pattern": "a" * 201}, "1 to 200 characters"),
        ("pattern", {"pattern": 7}, "1 to 200 characters"),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused(desk: Desk, kind: str, rule: dict[str, Any], says: str) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        desk.run("manager", "add_check", key="fast", title="Fast", kind=kind, rule=rule)
    assert refused.value.errors[0]["field"] == "rule"


def test_a_check_is_changed_by_leads_with_its_version(desk: Desk) -> None:
    made = desk.run("lead", "add_check", key="fast", title="Fast", kind="clock", rule=FAST)
    assert (made.state, made.machine_human.n) == ("unverified", 0)
    assert made.why == "0 cases were judged by two people, 50 are needed"
    with pytest.raises(Invalid, match="a check fast already"):
        desk.run("lead", "add_check", key="fast", title="Again", kind="clock", rule=FAST)
    changed = desk.run("lead", "change_check", check=made.id, version=1, enabled=False)
    assert (changed.enabled, changed.version) == (False, 2)
    with pytest.raises(Conflict):
        desk.run("lead", "change_check", check=made.id, version=1, enabled=True)
    with pytest.raises(Denied):
        desk.run("agent", "add_check", key="mine", title="Mine", kind="clock", rule=FAST)
    assert [one.key for one in desk.run("agent", "checks").checks] == ["fast"]


def _judged(desk: Desk, n: int, agreeing: int, days: int = 5) -> None:
    """A closed calibration in which two people answered ``solved`` on tickets, and the check's answers to them."""
    edition = access.published_edition(access.known_scorecard(desk.card))
    (check,) = access.enabled_checks()
    at = NOW - timedelta(days=days)
    with deed(ROOT, "tests.judged"):
        session = create(Session, name="June", edition=edition, state="closed", closed_at=at)
        for place in range(n):
            truth = "yes" if place % 2 else "no"
            for who in ("lead", "manager"):
                create(
                    Review, kind="calibration", edition=edition, session=session, source_id="demo",
                    ticket_id=str(place), about_id=desk.person("agent"), reviewer_id=desk.person(who),
                    state="submitted", submitted_at=at, answers={"solved": {"value": truth}}, score=80.0,
                )  # fmt: skip
            said = truth if place < agreeing else {"yes": "no", "no": "yes"}[truth]
            create(
                CheckAnswer, question=check, rule_version=check.version, source_id="demo", ticket_id=str(place),
                answer=said,
            )  # fmt: skip


@pytest.mark.parametrize(
    ("n", "agreeing", "days", "state", "says"),
    [
        (60, 60, 5, "verified", ""),
        (49, 49, 5, "unverified", "49 cases"),
        (60, 45, 5, "unverified", "no more than 0.10 below"),
        (60, 60, 90, "unverified", "older than 90 days"),
    ],
)
def test_a_check_is_verified_beside_the_people(
    desk: Desk, n: int, agreeing: int, days: int, state: str, says: str
) -> None:
    desk.run("manager", "add_check", key="solved", title="Solved", kind="pattern", rule={"pattern": "settled"})
    _judged(desk, n, agreeing, days)
    (found,) = desk.run("lead", "checks").checks
    assert (found.state, found.double_scored, found.human_human.value) == (state, n, 1.0)
    assert says in found.why
    assert found.machine_human.value == pytest.approx(2 * agreeing / n - 1, abs=0.03)
    assert found.prevalence == pytest.approx(0.5, abs=0.02)


def test_rules_answer_the_tickets_that_people_judge_and_each_once(desk: Desk) -> None:
    fast = desk.run("manager", "add_check", key="fast", title="Fast", kind="clock", rule=FAST)
    rule = {"pattern": "settled"}
    desk.run("manager", "add_check", key="solved", title="Solved", kind="pattern", rule=rule)
    desk.run("manager", "add_check", key="felt", title="Felt", kind="behaviour", rule={"behaviour": "names_feeling"})
    tickets = [{"source": "demo", "ticket": one} for one in desk.tickets("agent")[:4]]
    people = [desk.person(one) for one in ("lead", "manager")]
    desk.run("manager", "calibrate", name="June", scorecard=desk.card, tickets=tickets, reviewers=people)
    with published(None) as ask:
        found = checking.answered(ask)
        assert len(found) == 12
        with deed(ROOT, "tests.check"):
            checking.keep(found)
        assert checking.answered(ask) == []
    for one in CheckAnswer._base_manager.filter(question__key="solved", answer="yes"):
        assert "settled" in one.evidence[0]["text"]
    for one in CheckAnswer._base_manager.filter(question__key="felt"):
        assert (one.answer == "yes") == bool(one.evidence)
    assert CheckAnswer._base_manager.filter(answer="yes").exists()
    desk.run("manager", "change_check", check=fast.id, version=1, rule={**FAST, "seconds": 60})
    with published(None) as ask:
        assert {one.check.key for one in checking.answered(ask)} == {"fast"}


def test_an_answer_of_a_rule_is_never_part_of_a_score(desk: Desk) -> None:
    desk.run("manager", "add_check", key="solved", title="Solved", kind="pattern", rule={"pattern": "settled"})
    _judged(desk, 10, 10)
    assert desk.run("manager", "iqs").rows == ()
