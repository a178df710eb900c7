"""Annotations: the days and charts they stand on, who sees them, who changes them."""

from __future__ import annotations

from typing import Any

import pytest

from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.kit.audit.models import AuditRow
from maitred.kit.verbs import run
from maitred.people.tests.floor import ROOT, Floor, build

pytestmark = pytest.mark.django_db
RELEASE = {"first_day": "2026-11-10", "kind": "release", "text": "Release 8.4 is out"}


@pytest.fixture
def floor() -> Floor:
    return build()


def added(floor: Floor, who: str, **more: Any) -> Any:
    return run("annotations.add", floor.actor(who), {**RELEASE, **more})


def seen(floor: Floor, name: str, **about: Any) -> list[int]:
    return [one.id for one in run("annotations.list", floor.actor(name), about).annotations]


def test_an_annotation_is_added_changed_and_removed_by_its_author(floor: Floor) -> None:
    agent = floor.actor("agent")
    made = added(floor, "agent", last_day="2026-11-12")
    assert (str(made.first_day), str(made.last_day), made.sharing, made.mine) == (
        "2026-11-10",
        "2026-11-12",
        "private",
        True,
    )
    moved = run("annotations.change", agent, {"annotation": made.id, "first_day": "2026-11-12", "version": 1})
    assert (str(moved.first_day), moved.last_day, moved.text) == ("2026-11-12", None, made.text)
    run("annotations.remove", agent, {"annotation": made.id, "version": 2})
    assert seen(floor, "agent") == []


def test_a_stale_version_changes_nothing(floor: Floor) -> None:
    made, agent = added(floor, "agent"), floor.actor("agent")
    run("annotations.change", agent, {"annotation": made.id, "kind": "outage", "version": 1})
    for verb, given in (("annotations.change", {"text": "x"}), ("annotations.remove", {})):
        with pytest.raises(Conflict) as stale:
            run(verb, agent, {"annotation": made.id, "version": 1, **given})
        assert (stale.value.sent, stale.value.there) == (1, 2)


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        ("2026-11-01", "2026-11-09", False),
        ("2026-11-01", "2026-11-10", True),
        ("2026-11-11", "2026-11-11", True),
        ("2026-11-12", "2026-11-30", True),
        ("2026-11-13", None, False),
        (None, "2026-11-10", True),
        (None, None, True),
    ],
)
def test_it_stands_on_the_charts_of_its_days(floor: Floor, start: str | None, end: str | None, shown: bool) -> None:
    added(floor, "agent", last_day="2026-11-12")
    assert bool(seen(floor, "agent", start=start, end=end)) is shown


def test_it_stands_on_the_charts_of_its_teams_and_of_those_above_and_below(floor: Floor) -> None:
    teams = {name: team.pk for name, team in floor.teams.items()}
    everywhere, care = added(floor, "lead").id, added(floor, "lead", teams=[teams["Care"]]).id
    for name in ("Care", "Billing", "Orders", "Support"):
        assert seen(floor, "lead", teams=[teams[name]]) == [everywhere, care]
    for name in ("Product", "Technical"):
        assert seen(floor, "lead", teams=[teams[name]]) == [everywhere]
    assert seen(floor, "lead", teams=[987_654]) == [everywhere]
    with pytest.raises(Invalid, match="no team 987654"):
        added(floor, "lead", teams=[987_654])


def test_it_stands_on_the_charts_of_its_topics(floor: Floor) -> None:
    refunds = added(floor, "lead", topics=["refunds", "refunds"])
    assert refunds.topics == ("refunds",)
    assert seen(floor, "lead", topics=["refunds", "exports"]) == [refunds.id]
    assert seen(floor, "lead", topics=["exports"]) == []


def test_the_earliest_comes_first(floor: Floor) -> None:
    late, early = added(floor, "agent").id, added(floor, "agent", first_day="2026-10-01").id
    assert seen(floor, "agent") == [early, late]


def test_owner_teammate_and_stranger_see_what_is_shared_with_them(floor: Floor) -> None:
    private = added(floor, "lead").id
    team = added(floor, "lead", sharing="team", team=floor.teams["Care"].pk).id
    everybody = added(floor, "manager", sharing="organisation").id
    assert seen(floor, "lead") == [private, team, everybody]
    for name in ("agent", "mate", "below", "manager"):
        assert seen(floor, name) == [team, everybody]
    for name in ("lead2", "other", "former", "executive"):
        assert seen(floor, name) == [everybody]
    for name in ("admin", "auditor", "partner"):
        with pytest.raises(Denied):
            seen(floor, name)


def test_it_is_shared_as_far_as_one_reaches(floor: Floor) -> None:
    with pytest.raises(NotFound, match="share with"):
        added(floor, "agent", sharing="team", team=floor.teams["Billing"].pk)
    with pytest.raises(NotFound, match="share with"):
        added(floor, "lead", sharing="team", team=floor.teams["Technical"].pk)
    for name in ("agent", "lead", "executive"):
        with pytest.raises(Denied, match="whole organisation"):
            added(floor, name, sharing="organisation")


def test_whoever_sees_it_cannot_change_it(floor: Floor) -> None:
    made = added(floor, "lead", sharing="team", team=floor.teams["Care"].pk)
    for name in ("agent", "manager", "executive"):
        for verb, given in (("annotations.change", {"text": "x"}), ("annotations.remove", {})):
            with pytest.raises(NotFound, match="no annotation"):
                run(verb, floor.actor(name), {"annotation": made.id, "version": 1, **given})


@pytest.mark.parametrize(
    "days",
    [
        {"last_day": "2026-11-09"},
        {"first_day": "1999-12-31"},
        {"first_day": "2100-02-01"},
        {"last_day": "2100-02-01"},
    ],
)
def test_days_that_cannot_be_are_refused(floor: Floor, days: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        added(floor, "agent", **days)


def test_hostile_words_are_kept_as_words_and_sealed_in_the_audit_log(floor: Floor) -> None:
    text = "</script><svg onload=alert(1)> =HYPERLINK(1)"
    assert added(floor, "agent", text=text).text == text
    assert "onload" not in AuditRow._base_manager.order_by("-seq").values_list("diff", flat=True)[0]
    with pytest.raises(Invalid):
        added(floor, "agent", text="x" * 201)
    with pytest.raises(Invalid, match="you act as none"):
        run("annotations.add", ROOT, RELEASE)
