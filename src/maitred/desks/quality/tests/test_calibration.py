"""Calibration: blind until it is over, then agreement, severity and drift; never part of a score."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from maitred.base import clock
from maitred.base.errors import Invalid, NotFound
from maitred.desks.quality import closing
from maitred.desks.quality.models import Review
from maitred.desks.quality.tests.conftest import NOW
from maitred.desks.quality.tests.reviewing import ROOT, Desk
from maitred.desks.quality.verbs import agreeing
from maitred.desks.quality.verbs.shapes import ItemAgreement
from maitred.insight.agreement import alpha
from maitred.kit.audit.deeds import deed

JUDGES = ("lead", "manager", "mate")
TONES = {"lead": (2, 3, 4, 5, 3, 2), "manager": (2, 3, 4, 5, 3, 3), "mate": (3, 4, 5, 5, 4, 3)}


def _begin(desk: Desk, name: str = "June", n: int = 6, **more: Any) -> Any:
    tickets = [{"source": "demo", "ticket": one} for one in desk.tickets("agent")[:n]]
    people = [desk.person(one) for one in JUDGES]
    return desk.run("manager", "calibrate", name=name, scorecard=desk.card, tickets=tickets, reviewers=people, **more)


def _judge(desk: Desk, who: str, session: int, most: int = 99) -> None:
    rows = [one for one in desk.run(who, "my_reviews").to_review if one.calibration == session]
    for place, one in enumerate(sorted(rows, key=lambda one: one.ticket)[:most]):
        answers = desk.answers(one.ticket, tone=TONES[who][place], solved="yes" if place % 2 else "no")
        saved = desk.run(who, "save_answers", review=one.id, version=one.version, answers=answers)
        desk.run(who, "submit_review", review=one.id, version=saved.version)


def test_a_calibration_is_blind_until_everybody_has_submitted(desk: Desk) -> None:
    made = _begin(desk)
    assert (len(made.tickets), len(made.progress), made.agreement) == (6, 3, ())
    _judge(desk, "lead", made.id)
    _judge(desk, "manager", made.id)
    theirs = Review._base_manager.filter(reviewer=desk.person("lead")).first()
    assert theirs is not None
    for who in ("manager", "mate"):
        with pytest.raises(NotFound):
            desk.run(who, "show_review", review=theirs.pk)
    assert desk.run("manager", "show_calibration", calibration=made.id).judged == ()
    _judge(desk, "mate", made.id)
    done = desk.run("mate", "show_calibration", calibration=made.id)
    assert (done.state, len(done.judged)) == ("closed", 18)
    tone = next(one for one in done.agreement if one.item == "tone")
    rows = [(str(n), who, str(float(TONES[who][n]))) for who in JUDGES for n in range(6)]
    assert tone.alpha == pytest.approx(alpha(rows, "ordinal").alpha)
    solved = next(one for one in done.agreement if one.item == "solved")
    assert (solved.alpha, solved.verdict) == (1.0, "good")
    severe = {one.reviewer: one for one in done.severity}
    assert severe[desk.person("mate")].shift > 0 > severe[desk.person("lead")].shift
    assert severe[desk.person("mate")].verdict == "milder"
    assert done.drift == ()


def test_a_calibration_is_no_part_of_a_score_and_not_feedback(desk: Desk) -> None:
    made = _begin(desk)
    for who in JUDGES:
        _judge(desk, who, made.id)
    found = desk.run("manager", "iqs")
    assert found.rows == () and found.left_out == {"calibration": 18}
    assert desk.run("agent", "reviews").items == ()


def test_a_closed_calibration_compares_what_is_in_and_takes_no_more(desk: Desk) -> None:
    made = _begin(desk)
    _judge(desk, "lead", made.id)
    _judge(desk, "mate", made.id, most=2)
    with pytest.raises(NotFound):
        desk.run("lead2", "close_calibration", calibration=made.id, version=made.version)
    done = desk.run("manager", "close_calibration", calibration=made.id, version=made.version)
    assert done.overall.units == 2 and done.overall.verdict == "cannot tell"
    row = Review._base_manager.filter(reviewer=desk.person("mate"), state="assigned").first()
    assert row is not None
    with pytest.raises(Invalid, match="is closed"):
        desk.run("mate", "save_answers", review=row.pk, version=row.version, answers=[])
    with pytest.raises(Invalid, match="closed already"):
        desk.run("manager", "close_calibration", calibration=made.id, version=done.version)


def test_a_calibration_closes_by_itself_when_its_time_is_over(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _begin(desk, closes_at="2026-01-06T09:00:00Z")
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=2))
    with deed(ROOT, "tests.close"):
        assert closing.close_late() == 1
    assert desk.run("manager", "show_calibration", calibration=made.id).state == "closed"


def test_drift_is_against_the_calibration_before(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _begin(desk)
    for who in JUDGES:
        _judge(desk, who, first.id)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=1))
    second = _begin(desk, "July")
    for who in JUDGES:
        _judge(desk, who, second.id)
    done = desk.run("manager", "show_calibration", calibration=second.id)
    assert done.compared_with == first.id
    assert {one.item: one.change for one in done.drift}["tone"] == 0.0
    assert {one.verdict for one in done.drift} <= {"no real change", "cannot tell"}


@pytest.mark.parametrize(
    ("now", "before", "verdict"),
    [
        ((0.9, 0.85, 0.95), (0.5, 0.4, 0.6), "better"),
        ((0.5, 0.4, 0.6), (0.9, 0.85, 0.95), "worse"),
        ((0.80, 0.77, 0.83), (0.80, 0.77, 0.83), "no real change"),
        ((0.8, 0.5, 0.95), (0.75, 0.4, 0.9), "cannot tell"),
        ((None, None, None), (0.75, 0.4, 0.9), "cannot tell"),
    ],
)
def test_a_change_of_agreement_is_called_by_its_interval(now: Any, before: Any, verdict: str) -> None:
    one, other = (
        ItemAgreement("tone", "Tone", alpha=ends[0], low=ends[1], high=ends[2], units=20, values=60, verdict="")
        for ends in (now, before)
    )
    assert agreeing.drifted(one, other).verdict == verdict


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"reviewers": ["lead", "lead"]}, "two different reviewers"),
        ({"reviewers": ["lead", "agent"]}, "answered by one of the reviewers"),
        ({"closes_at": "2020-01-01T00:00:00Z"}, "not passed"),
    ],
)
def test_a_calibration_that_makes_no_sense_is_refused(desk: Desk, given: dict[str, Any], says: str) -> None:
    people = [desk.person(one) for one in given.pop("reviewers", ("lead", "manager"))]
    tickets = [{"source": "demo", "ticket": desk.tickets("agent")[0]}]
    with pytest.raises(Invalid, match=says):
        desk.run("manager", "calibrate", name="X", scorecard=desk.card, tickets=tickets, reviewers=people, **given)
    assert Review._base_manager.count() == 0


def test_a_calibration_of_a_ticket_out_of_reach_is_refused(desk: Desk) -> None:
    tickets = [{"source": "demo", "ticket": desk.tickets("other")[0]}]
    people = [desk.person(one) for one in ("lead", "mate")]
    with pytest.raises(NotFound, match="that you may have reviewed"):
        desk.run("lead", "calibrate", name="X", scorecard=desk.card, tickets=tickets, reviewers=people)
