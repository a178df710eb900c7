"""The score: only from random reviews, equal to the formulas, with interval and reliability, as far as one may see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from maitred.base import clock
from maitred.base.errors import Denied, Invalid, NotFound
from maitred.desks.quality import access
from maitred.desks.quality.models import Draw, Review
from maitred.desks.quality.tests.conftest import NOW
from maitred.desks.quality.tests.reviewing import ROOT, Desk
from maitred.insight import sampled
from maitred.insight.reviewing import reviewed
from maitred.kit.audit.deeds import create, deed
from maitred.people.models import Membership, Person

Row = tuple[str, str, float]


def _kept(desk: Desk, rows: list[Row], kind: str = "random", **more: Any) -> None:
    """Submitted reviews with these scores: about, reviewer, score."""
    edition = access.published_edition(access.known_scorecard(desk.card))
    with deed(ROOT, "tests.kept"):
        draw = create(
            Draw, kind="random", edition=edition, publication=1, from_day=NOW.date(), to_day=NOW.date(), seed=1
        )
        for place, (about, reviewer, score) in enumerate(rows):
            person = desk.person(about)
            random = {"probability": 0.1, "size": 10 * len(rows), "stratum": "all"} if kind == "random" else {}
            usual = {"state": "submitted", "score": score, "team_id": access.teams_of([person]).get(person)}
            times = dict.fromkeys(("submitted_at", "sent_at"), NOW - timedelta(days=5))
            create(
                Review, kind=kind, edition=edition, draw=draw, source_id="demo", ticket_id=str(place), about_id=person,
                reviewer_id=desk.person(reviewer), **{**usual, **times, **random, **more},
            )  # fmt: skip


def _many(desk: Desk, each: int = 8, people: int = 6, seed: int = 4) -> list[Row]:
    """Reviews of several people of the Billing team by two reviewers, with their true spreads."""
    draw, rows = np.random.default_rng(seed), []
    with deed(ROOT, "tests.people"):
        for n in range(people):
            name = f"person{n}"
            if name not in desk.floor.people:
                desk.floor.people[name] = create(Person, name=f"Person {n}")
                create(
                    Membership, person=desk.floor.people[name], team=desk.floor.teams["Billing"],
                    valid_from=NOW - timedelta(days=90),
                )  # fmt: skip
    for n in range(people):
        level = 80 + draw.normal(0, 6)
        for one in range(each):
            reviewer = ("lead", "manager")[one % 2]
            score = level + (6 if reviewer == "lead" else -6) + draw.normal(0, 5)
            rows.append((f"person{n}", reviewer, float(np.clip(score, 0, 100))))
    return rows


def test_a_score_is_the_plain_mean_of_random_reviews_with_its_interval(desk: Desk) -> None:
    scores = [100.0, 75.0, 0.0, 92.5, 80.0]
    _kept(desk, [("agent", "lead", one) for one in scores])
    for kind in ("targeted", "peer"):
        _kept(desk, [("agent", "lead", 0.0)] * 2, kind)
    found = desk.run("lead", "iqs")
    (row,) = found.rows
    expected = sampled.plain(scores)
    assert (row.n, row.value) == (5, pytest.approx(69.5))
    assert (row.low, row.high) == (expected.low, expected.high)
    assert found.left_out == {"targeted": 2, "peer": 2}
    assert (row.verdict, row.reliability) == ("cannot tell", None)
    assert row.sentence == "mean 70, 20 to 100, n 5 reviews: cannot tell"
    assert found.spreads.why == "there are 5 reviews, 30 are needed"


def test_what_does_not_count_is_left_out_by_its_reason(desk: Desk) -> None:
    _kept(desk, [("agent", "lead", 80.0)] * 4)
    _kept(desk, [("agent", "lead", 10.0)] * 2, state="void", why="the ticket was deleted")
    _kept(desk, [("agent", "lead", 10.0)], score=None)
    found = desk.run("lead", "iqs")
    assert found.left_out == {"void": 2, "nothing applied": 1}
    (row,) = found.rows
    assert (row.n, row.value, row.verdict, row.needed) == (4, None, "not enough data", 5)


def test_severity_is_taken_out_and_reliability_printed(desk: Desk) -> None:
    rows = _many(desk)
    _kept(desk, rows)
    found = desk.run("manager", "iqs")
    assert [one.name for one in found.rows] == [f"Person {n}" for n in range(6)]
    truth = reviewed([(str(desk.person(a)), str(desk.person(r)), s) for a, r, s in rows])
    assert truth.people is not None
    for row in found.rows:
        told = truth.people[row.key]
        assert row.adjusted == pytest.approx(told.level.value)
        assert row.reliability == pytest.approx(told.reliability.value)
        assert (row.verdict == "ok") is (row.reliability >= 0.8)
        if row.verdict != "ok":
            assert row.verdict == "too few to judge a person" and row.sentence.endswith(row.verdict)
            assert row.needed == found.needed.n
    severe = {one.name: one for one in found.severity}
    assert severe["Lead"].shift > 0 > severe["Manager"].shift
    assert found.needed.basis == "measured"
    assert found.groups and {one for group in found.groups for one in group} == {one.key for one in found.rows}


def test_weighted_scores_follow_the_strata(desk: Desk) -> None:
    _kept(desk, [("agent", "lead", 90.0), ("agent", "lead", 80.0), ("agent", "lead", 85.0)], stratum="mail", size=90)
    _kept(desk, [("agent", "lead", 40.0), ("agent", "lead", 50.0)], stratum="chat", size=10)
    (row,) = desk.run("lead", "iqs").rows
    assert row.value == pytest.approx(69.0)
    assert row.weighted == pytest.approx(0.9 * 85 + 0.1 * 45)


@pytest.mark.parametrize(
    ("actor", "sees"),
    [
        ("manager", {"agent", "below", "other"}),
        ("lead", {"agent", "below"}),
        ("lead2", {"other"}),
        ("agent", {"agent"}),
        ("mate", set()),
    ],
)
def test_everybody_sees_the_scores_of_those_they_lead_and_their_own(desk: Desk, actor: str, sees: set[str]) -> None:
    _kept(desk, [(one, "manager", 80.0 + n) for one in ("agent", "below", "other") for n in range(6)])
    assert {one.person for one in desk.run(actor, "iqs").rows} == {desk.person(one) for one in sees}


def test_a_lead_sees_the_teams_they_lead_and_their_whole(desk: Desk) -> None:
    _kept(desk, [(one, "manager", 80.0 + n) for one in ("agent", "below", "other") for n in range(6)])
    assert [one.name for one in desk.run("lead", "iqs", by="team").rows] == ["Billing", "Care", "Orders"]
    assert [one.n for one in desk.run("lead", "iqs", by="all").rows] == [12]
    assert [one.name for one in desk.run("manager", "iqs", by="team").rows] == [
        "Billing", "Care", "Orders", "Product", "Support", "Technical",
    ]  # fmt: skip
    for by in ("team", "all"):
        with pytest.raises(Denied, match="your own work"):
            desk.run("agent", "iqs", by=by)


def test_an_executive_sees_five_people_and_more_in_rounded_counts(desk: Desk) -> None:
    _kept(desk, _many(desk, each=7))
    _kept(desk, [("other", "manager", 70.0 + n) for n in range(6)])
    for by in ("person", "bot"):
        with pytest.raises(Denied, match="single persons"):
            desk.run("executive", "iqs", by=by)
    found = desk.run("executive", "iqs", by="team")
    assert [one.name for one in found.rows] == ["Billing", "Care", "Support"]
    assert found.hidden == 2
    assert all(one.n % 5 == 0 and one.reviewers == 0 and one.effective_n is None for one in found.rows)
    assert found.severity == () and found.left_out == {} and found.groups == ()
    (whole,) = desk.run("executive", "iqs", by="all").rows
    assert whole.n == 50 and "n about 50 reviews" in whole.sentence


def test_an_executive_sees_nothing_of_too_few(desk: Desk) -> None:
    _kept(desk, [("agent", "manager", 80.0 + n) for n in range(9)])
    found = desk.run("executive", "iqs", by="all")
    assert (found.rows, found.hidden) == ((), 1)


@pytest.mark.parametrize("who", ["admin", "auditor", "partner"])
def test_who_has_no_part_in_figures_sees_none(desk: Desk, who: str) -> None:
    with pytest.raises(Denied):
        desk.run(who, "iqs")


def test_bots_are_on_the_same_card_and_in_a_list_of_their_own(desk: Desk) -> None:
    with deed(ROOT, "tests.bot"):
        desk.floor.people["bot"] = create(Person, name="Bot", kind="bot")
    _kept(desk, [("bot", "lead", 60.0 + n) for n in range(6)], team_id=desk.floor.teams["Billing"].pk)
    assert desk.run("lead", "iqs").rows == ()
    (row,) = desk.run("lead", "iqs", by="bot").rows
    assert (row.bot, row.n, row.value, row.adjusted, row.reliability) == (True, 6, 62.5, None, None)
    assert desk.run("lead2", "iqs", by="bot").rows == ()


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"first_day": "2026-01-05", "last_day": "2026-01-01"}, Invalid),
        ({"first_day": "2020-01-01"}, Invalid),
        ({"scorecard": 999}, NotFound),
        ({"by": "rank"}, Invalid),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(desk: Desk, given: dict[str, Any], error: type) -> None:
    with pytest.raises(error):
        desk.run("manager", "iqs", **given)


def test_a_period_holds_what_was_submitted_in_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    _kept(desk, [("agent", "lead", 80.0)] * 5)
    assert desk.run("lead", "iqs", first_day="2026-01-01", last_day="2026-01-05").rows == ()
    assert desk.run("lead", "iqs", first_day="2025-12-20", last_day="2025-12-31").rows[0].n == 5
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=200))
    assert desk.run("lead", "iqs").rows == ()


def test_without_any_review_the_number_needed_is_that_of_a_new_reviewer_each_time(desk: Desk) -> None:
    found = desk.run("manager", "iqs")
    assert (found.needed.n, found.needed.basis) == (52, "assumed")
    assert found.spreads.why == "there are 0 reviews, 30 are needed"
