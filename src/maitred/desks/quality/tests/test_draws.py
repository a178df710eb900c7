"""Draws through the door: looked at first, the same when kept, within reach, each bad wish named."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.desks.quality.models import Review
from maitred.desks.quality.tests.reviewing import PERIOD, Desk


def _wish(desk: Desk, **more: Any) -> dict[str, Any]:
    return {"kind": "random", "scorecard": desk.card, "size": 12, **PERIOD, **more}


def test_a_draw_is_what_its_preview_showed(desk: Desk) -> None:
    reviewers = [desk.person("manager"), desk.person("lead"), desk.person("lead2")]
    wish = _wish(desk, size=24, by=["person"], reviewers=reviewers, seed=7)
    seen = desk.run("manager", "preview_sample", **wish)
    assert (seen.drawn, sum(one.tickets for one in seen.strata)) == (24, seen.candidates)
    assert Review._base_manager.count() == 0
    made = desk.run("manager", "draw_sample", **wish, fingerprint=seen.fingerprint)
    assert made.states == {"assigned": 24}
    assert made.strata == seen.strata
    rows = list(Review._base_manager.all())
    assert sum(1 / (one.probability or 1) for one in rows) == pytest.approx(seen.candidates)
    assert all(one.reviewer_id != one.about_id and one.kind == "random" for one in rows)
    load = Counter(one.reviewer_id for one in rows)
    assert {one.person: one.new for one in seen.loads} == load
    assert max(load.values()) - min(load.values()) <= 1
    assert desk.run("manager", "show_draw", draw=made.id).states == {"assigned": 24}
    again = desk.run("manager", "preview_sample", **wish)
    assert (again.already_reviewed, again.candidates) == (24, seen.candidates - 24)
    with pytest.raises(Conflict, match="differently"):
        desk.run("manager", "draw_sample", **wish, fingerprint=seen.fingerprint)


def test_a_lead_draws_from_the_people_they_lead(desk: Desk) -> None:
    seen = desk.run("lead", "preview_sample", **_wish(desk, size=30, by=["person"]))
    led = {desk.person(one) for one in ("agent", "mate", "below")}
    assert {one.about for one in seen.pairs} == led
    assert [one.person for one in seen.loads] == [desk.person("lead")]
    assert "one reviewer alone" in seen.notes[0]
    assert seen.needed.basis == "assumed" and not seen.needed.reachable
    with pytest.raises(NotFound):
        desk.run("lead", "preview_sample", **_wish(desk, team=desk.floor.teams["Product"].pk))
    with pytest.raises(NotFound):
        desk.run("lead", "preview_sample", **_wish(desk, people=[desk.person("other")]))
    with pytest.raises(NotFound):
        desk.run("lead", "preview_sample", **_wish(desk, reviewers=[desk.person("lead2")]))


def test_a_targeted_draw_takes_what_it_names_for_its_reason(desk: Desk) -> None:
    mine = [{"source": "demo", "ticket": one} for one in desk.tickets("agent")[:3]]
    wish = {**_wish(desk, kind="targeted", tickets=mine, reason="Three complaints"), "size": None}
    made = desk.run("lead", "draw_sample", **wish)
    assert (made.kind, made.reason, made.states, made.strata) == ("targeted", "Three complaints", {"assigned": 3}, ())
    assert [one.probability for one in Review._base_manager.all()] == [None] * 3
    foreign = [{"source": "demo", "ticket": desk.tickets("other")[0]}]
    with pytest.raises(NotFound, match="that you may have reviewed"):
        desk.run("lead", "draw_sample", **{**wish, "tickets": foreign})


@pytest.mark.parametrize(
    ("more", "field", "says"),
    [
        ({"size": None}, "size", "how many tickets in all"),
        ({"per_person": 2}, "size", "how many tickets in all"),
        ({"size": 1, "by": ["person"]}, "size", "cannot be drawn from"),
        ({"last_day": "2024-12-01"}, "last_day", "before it begins"),
        ({"first_day": "2023-01-01"}, "last_day", "at most 400 days"),
        ({"reason": "They are bad"}, "tickets", "chance chooses"),
        ({"kind": "targeted", "size": None, "reason": "x"}, "tickets", "names its tickets"),
        ({"kind": "targeted", "size": None, "tickets": [{"source": "demo", "ticket": "1"}]}, "tickets|reason", "why"),
        ({"first_day": "2025-01-01", "last_day": "2025-01-01"}, "size", "nothing to draw"),
        ({"due_at": "2020-01-01T00:00:00Z"}, "due_at", "not passed"),
    ],
)
def test_a_wish_that_does_not_fit_is_refused_by_its_field(
    desk: Desk, more: dict[str, Any], field: str, says: str
) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        desk.run("manager", "draw_sample", **_wish(desk, **more))
    assert refused.value.errors[0]["field"] in field.split("|")
    assert Review._base_manager.count() == 0


def test_somebody_without_an_account_that_reviews_is_no_reviewer(desk: Desk) -> None:
    with pytest.raises(Invalid, match="no account that may review"):
        desk.run("root", "preview_sample", **_wish(desk, reviewers=[desk.person("executive")]))


def test_an_agent_who_reviews_peers_never_gets_their_own(desk: Desk) -> None:
    everybody = [desk.person(one) for one in ("agent", "mate", "below", "lead")]
    desk.run("lead", "draw_sample", **_wish(desk, size=30, by=["person"], reviewers=everybody, blind=True))
    rows = list(Review._base_manager.all())
    assert len(rows) == 30
    assert all(one.about_id != one.reviewer_id and one.blind for one in rows)
    assert {one.reviewer_id for one in rows} == {*everybody}


def test_the_workload_counts_what_is_open_overdue_and_done(desk: Desk) -> None:
    wish = _wish(desk, size=9, by=["person"], due_at="2026-01-06T09:00:00Z")
    desk.run("lead", "draw_sample", **wish)
    desk.reviewed("agent", "lead", 2)
    row = next(one for one in desk.run("lead", "workload").reviewers if one.person == desk.person("lead"))
    assert (row.assigned, row.draft, row.overdue, row.submitted, row.per_week) == (9, 0, 0, 1, 0.25)
    assert desk.run("agent", "workload").reviewers == ()


def test_agents_and_executives_draw_nothing(desk: Desk) -> None:
    for who in ("agent", "executive", "admin", "auditor", "partner"):
        with pytest.raises(Denied):
            desk.run(who, "draw_sample", **_wish(desk))
