"""What people change on the roster: each deed with its refusals, its history and its audit row."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.desks.roster import access
from maitred.desks.roster.models import Leave, SkillHeld, WorkingTime
from maitred.desks.service_levels.tests.conftest import NOW
from maitred.kit.audit.models import AuditRow
from maitred.kit.verbs import run
from maitred.kit.verbs.results import plain
from maitred.people.models import Membership
from maitred.people.tests.floor import Floor

WEEK = [480, 480, 480, 480, 480, 0, 0]
TODAY = NOW.date()


def ask(floor: Floor, who: str, verb: str, **given: Any) -> Any:
    return run(f"roster.{verb}", floor.actor(who), given)


def key(floor: Floor, name: str) -> int:
    return int(floor.people[name].pk)


def refused(floor: Floor, who: str, verb: str, **given: Any) -> dict[str, str]:
    """The errors of a refusal by field."""
    with pytest.raises(Invalid) as found:
        ask(floor, who, verb, **given)
    return {one["field"]: one["message"] for one in found.value.errors}


def test_a_skill_is_renewed_and_the_older_word_is_kept(empty: Floor) -> None:
    mate = key(empty, "mate")
    given = {"person": mate, "evidence": "observed", "reference": "ticket 12"}
    ask(empty, "lead", "set_skill", name="Refunds", level=2, **given)
    found = ask(empty, "lead", "set_skill", name="refunds", level=3, **given)
    assert (found.name, found.level, found.days) == ("Refunds", 3, 0)
    assert [one.level for one in access.skills_of([mate])[mate]] == [3]
    assert SkillHeld._base_manager.filter(person=mate).count() == 2
    row = AuditRow._base_manager.filter(verb="roster.set_skill").latest("seq")
    assert "ticket 12" not in row.diff, "the reference goes sealed into the log"
    assert '"level"' in row.diff


def test_nobody_confirms_a_skill_of_their_own(empty: Floor) -> None:
    agent = key(empty, "agent")
    given = {"person": agent, "name": "Refunds", "level": 4}
    assert "own_word" in refused(empty, "agent", "set_skill", **given, evidence="certificate")["evidence"]
    assert ask(empty, "agent", "set_skill", **given, evidence="own_word").evidence == "own_word"
    assert "observed" in refused(empty, "lead", "set_skill", **given, evidence="own_word")["evidence"]


def test_evidence_may_not_lie_ahead_and_shows_its_age(empty: Floor) -> None:
    given = {"person": key(empty, "mate"), "name": "Chat", "level": 1, "evidence": "quiz"}
    ahead = (TODAY + timedelta(1)).isoformat()
    assert "not come yet" in refused(empty, "lead", "set_skill", **given, seen_on=ahead)["seen_on"]
    old = ask(empty, "lead", "set_skill", **given, seen_on=(TODAY - timedelta(400)).isoformat())
    assert old.days == 400


@pytest.mark.parametrize(("level", "name"), [(0, "Chat"), (5, "Chat"), (2, ""), (2, "x" * 61)])
def test_a_level_or_name_that_cannot_be_is_refused(empty: Floor, level: int, name: str) -> None:
    given = {"person": key(empty, "mate"), "evidence": "quiz"}
    assert set(refused(empty, "lead", "set_skill", **given, level=level, name=name)) <= {"level", "name"}


def test_a_dropped_skill_is_gone_and_kept(empty: Floor) -> None:
    mate = key(empty, "mate")
    made = ask(empty, "lead", "set_skill", person=mate, name="Chat", level=1, evidence="quiz")
    with pytest.raises(NotFound):
        ask(empty, "lead2", "drop_skill", skill=made.id, version=made.version)
    ask(empty, "lead", "drop_skill", skill=made.id, version=made.version)
    assert access.skills_of([mate]) == {}
    assert SkillHeld._base_manager.filter(person=mate).count() == 1


def test_working_time_is_dated_and_the_earlier_one_kept(empty: Floor) -> None:
    mate = key(empty, "mate")
    given = {"person": mate, "zone": "Europe/Berlin"}
    ask(empty, "lead", "set_working_time", **given, minutes=WEEK, valid_from="2025-06-01")
    ask(empty, "lead", "set_working_time", **given, minutes=[240] * 5 + [0, 0])
    rows = list(WorkingTime._base_manager.filter(person=mate).order_by("valid_from"))
    assert [(one.minutes[0], one.valid_to) for one in rows] == [(480, TODAY), (240, None)]
    said = refused(empty, "lead", "set_working_time", **given, minutes=WEEK, valid_from="2025-01-01")
    assert "give that day or a later one" in said["valid_from"]
    ask(empty, "lead", "set_working_time", **given, minutes=WEEK)
    assert WorkingTime._base_manager.filter(person=mate).count() == 2, "the same day is changed in place"


def test_impossible_hours_are_refused_and_nothing_is_written(empty: Floor) -> None:
    mate = key(empty, "mate")
    assert (
        "24" in refused(empty, "lead", "set_working_time", person=mate, minutes=[1500, *WEEK[1:]], zone="UTC")["monday"]
    )
    assert "Europe/Berlin" in refused(empty, "lead", "set_working_time", person=mate, minutes=WEEK, zone="x")["zone"]
    assert not WorkingTime._base_manager.filter(person=mate).exists()


def test_overlapping_leave_is_refused_and_removing_makes_room(empty: Floor) -> None:
    mate = key(empty, "mate")
    made = ask(empty, "lead", "add_leave", person=mate, first="2026-02-02", last="2026-02-06", kind="holiday")
    again = {"person": mate, "first": "2026-02-06", "last": "2026-02-09"}
    assert "2026-02-02 to 2026-02-06" in refused(empty, "lead", "add_leave", **again)["first"]
    backwards = {"person": mate, "first": "2026-03-06", "last": "2026-03-01"}
    assert "before it begins" in refused(empty, "lead", "add_leave", **backwards)["last"]
    ask(empty, "lead", "remove_leave", leave=made.id, version=made.version)
    assert ask(empty, "mate", "add_leave", **again).kind == "holiday"


def test_why_somebody_is_away_is_for_them(empty: Floor) -> None:
    mate = key(empty, "mate")
    ask(empty, "mate", "add_leave", person=mate, first="2026-02-02", last="2026-02-06", kind="sick")
    assert ask(empty, "mate", "person", person=mate).leave[0].kind == "sick"
    for name in ("lead", "manager"):
        shown = plain(ask(empty, name, "person", person=mate))
        assert shown["leave"][0]["first"] == "2026-02-02"
        assert "kind" not in shown["leave"][0]
    row = AuditRow._base_manager.filter(verb="roster.add_leave").latest("seq")
    assert "sick" not in row.diff, "the kind goes sealed into the log"


def test_two_teams_need_parts_that_come_to_a_hundred(empty: Floor) -> None:
    mate, teams = key(empty, "mate"), {name: team.pk for name, team in empty.teams.items()}
    both = [f"{teams['Billing']}=60", f"{teams['Orders']}=50"]
    assert "110 per cent" in refused(empty, "lead", "place", person=mate, teams=both)["teams"]
    assert Membership._base_manager.filter(person=mate).count() == 1
    found = ask(empty, "lead", "place", person=mate, teams=[both[0], f"{teams['Orders']}=40"])
    assert {(one.name, one.percent) for one in found.places} == {("Billing", 60), ("Orders", 40)}
    whole = ask(empty, "lead", "place", person=mate, teams=[str(teams["Orders"])])
    assert [(one.name, one.percent) for one in whole.places] == [("Orders", 100)]
    past = Membership._base_manager.get(person=mate, team=teams["Billing"])
    assert past.valid_to == NOW


def test_people_are_placed_only_between_teams_that_one_leads(empty: Floor) -> None:
    mate, technical = key(empty, "mate"), empty.teams["Technical"].pk
    with pytest.raises(NotFound):
        ask(empty, "lead", "place", person=mate, teams=[str(technical)])
    with pytest.raises(Denied, match="places themselves"):
        ask(empty, "agent", "place", person=key(empty, "agent"), teams=[str(empty.teams["Billing"].pk)])
    with pytest.raises(NotFound):
        ask(empty, "agent", "place", person=mate, teams=[str(empty.teams["Billing"].pk)])


def test_a_move_is_looked_at_first_and_done_whole_or_not_at_all(empty: Floor) -> None:
    mate, below, lead = (key(empty, name) for name in ("mate", "below", "lead"))
    orders = empty.teams["Orders"].pk
    looked = ask(empty, "lead", "move_preview", people=[mate, below], to=orders)
    assert [(one.person, one.changes, one.problem) for one in looked.moves] == [(mate, True, ""), (below, False, "")]
    assert Membership._base_manager.filter(person=mate).count() == 1, "a preview changes nothing"
    assert "places themselves" in refused(empty, "lead", "move", people=[mate, lead], to=orders)["people"]
    assert Membership._base_manager.filter(person=mate, valid_to__isnull=True).get().team_id != orders
    ask(empty, "lead", "move", people=[mate, below], to=orders)
    assert Membership._base_manager.filter(person=mate, valid_to__isnull=True).get().team_id == orders


def test_nothing_is_planned_for_somebody_who_left_and_the_page_stays(empty: Floor) -> None:
    mate = key(empty, "mate")
    ask(empty, "lead", "set_skill", person=mate, name="Chat", level=1, evidence="quiz")
    version = empty.people["mate"].version
    run("people.record_leaving", empty.actor("admin"), {"person": mate, "left_on": "2026-01-04", "version": version})
    page = ask(empty, "manager", "people")
    assert mate not in {one.person for one in page.people}
    shown = run("roster.person", _operator(), {"person": mate})
    assert (shown.left_on.isoformat(), [one.name for one in shown.skills]) == ("2026-01-04", ["Chat"])
    for verb, given in (
        ("set_skill", {"name": "Chat", "level": 2, "evidence": "quiz"}),
        ("set_working_time", {"minutes": WEEK, "zone": "UTC"}),
        ("add_leave", {"first": "2026-02-02", "last": "2026-02-03"}),
    ):
        with pytest.raises(Invalid) as found:
            run(f"roster.{verb}", _operator(), {"person": mate, **given})
        assert "left on 2026-01-04" in found.value.errors[0]["message"], verb


def test_a_rename_keeps_the_history(empty: Floor) -> None:
    mate = key(empty, "mate")
    ask(empty, "lead", "set_skill", person=mate, name="Chat", level=1, evidence="quiz")
    version = empty.people["mate"].version
    run("people.change_person", empty.actor("admin"), {"person": mate, "name": "Matea Novak", "version": version})
    shown = ask(empty, "lead", "person", person=mate)
    assert (shown.name, [one.name for one in shown.skills]) == ("Matea Novak", ["Chat"])
    assert [one.name for one in shown.places] == ["Billing"]


def test_a_shared_account_needs_a_reason_and_has_no_figures_of_a_person(floor: Floor) -> None:
    agent = key(floor, "agent")
    assert ask(floor, "lead", "person", person=agent).figures
    assert set(refused(floor, "lead", "mark_shared", person=agent, shared=True)) == {"why"}
    ask(floor, "lead", "mark_shared", person=agent, shared=True, why="<b>night shift</b>")
    shown = ask(floor, "lead", "person", person=agent)
    assert (shown.figures, shown.load, shown.satisfaction, shown.shared) == ((), None, None, "<b>night shift</b>")
    assert agent not in {one.person for one in ask(floor, "lead", "compare", measure="durable").people}
    ask(floor, "lead", "mark_shared", person=agent, shared=False)
    assert ask(floor, "lead", "person", person=agent).figures


def test_an_account_is_linked_by_an_administrator_to_a_human_without_one(empty: Floor) -> None:
    from maitred.kit.audit.deeds import create, deed
    from maitred.people.models import Account, Person
    from maitred.people.tests.floor import ROOT

    with deed(ROOT, "tests"):
        fresh = create(Person, name="New one")
        bot = create(Person, name="Robot", kind="bot")
        account = create(Account, username="new@example.org", password="!")
    given = {"account": account.pk, "version": 1}
    with pytest.raises(Denied):
        ask(empty, "lead", "link_account", **given, person=fresh.pk)
    assert "bot" in refused(empty, "admin", "link_account", **given, person=bot.pk)["person"]
    with pytest.raises(Conflict, match="has the account mate"):
        ask(empty, "admin", "link_account", **given, person=key(empty, "mate"))
    assert ask(empty, "admin", "link_account", **given, person=fresh.pk).person == fresh.pk
    assert Account._base_manager.get(pk=account.pk).person_id == fresh.pk


def test_every_change_leaves_an_audit_row_that_names_who_did_it(empty: Floor) -> None:
    mate = key(empty, "mate")
    ask(empty, "lead", "add_leave", person=mate, first="2026-02-02", last="2026-02-06")
    row = AuditRow._base_manager.filter(verb="roster.add_leave").latest("seq")
    assert (row.account, row.object_type) == (empty.accounts["lead"].pk, "leave")
    assert json.loads(row.diff)[0]["do"] == "create"
    assert Leave._base_manager.get().subject() == f"person:{mate}"


def _operator() -> Any:
    from maitred.kit.access.actor import operator

    return operator("tests")


def test_several_numbers_may_be_one_word(empty: Floor) -> None:
    mate, below, orders = key(empty, "mate"), key(empty, "below"), empty.teams["Orders"].pk
    for words in (f"{mate},{below}", [f"{mate},{below}"], [str(mate), below]):
        assert len(ask(empty, "lead", "move_preview", people=words, to=orders).moves) == 2
