"""Who sees what on the roster: one's own page, the people of one's teams, totals without a single person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from maitred.base.errors import Denied, NotFound
from maitred.desks.roster import access, comparing, totals
from maitred.desks.roster.erasing import erase
from maitred.desks.roster.models import Leave, SkillHeld
from maitred.desks.roster.sections import section
from maitred.desks.roster.shapes import SideShown
from maitred.desks.service_levels.tests.conftest import NOW
from maitred.kit.access.actor import operator
from maitred.kit.audit.deeds import create, deed
from maitred.kit.audit.models import AuditRow
from maitred.kit.documents.contributions import Asked
from maitred.kit.documents.sections import TableBlock
from maitred.kit.reading import reading
from maitred.kit.verbs import run
from maitred.metrics.scope import Scope
from maitred.people.models import HelpdeskIdentity, Membership, Person
from maitred.people.tests.floor import ROOT, Floor


def ask(floor: Floor, who: str, verb: str, **given: Any) -> Any:
    return run(f"roster.{verb}", floor.actor(who), given)


def key(floor: Floor, name: str) -> int:
    return int(floor.people[name].pk)


def robot(name: str = "Otto") -> Person:
    with deed(ROOT, "tests"):
        return create(Person, kind="bot", name=name)


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("agent", {"Agent"}),
        ("lead", {"Lead", "Agent", "Mate", "Below"}),
        ("lead2", {"Lead2", "Other", "Former"}),
        ("manager", {"Manager", "Lead", "Lead2", "Agent", "Mate", "Below", "Other", "Former", "Privacy"}),
    ],
)
def test_everybody_sees_themselves_and_those_they_lead_by_name(floor: Floor, who: str, seen: set[str]) -> None:
    names = [one.name for one in ask(floor, who, "people").people]
    assert set(names) == seen
    assert names == sorted(names), "by name, in no other order"


def test_executives_see_totals_and_no_single_person(floor: Floor) -> None:
    for verb, given in (
        ("people", {}),
        ("person", {"person": key(floor, "agent")}),
        ("compare", {"measure": "durable"}),
    ):
        with pytest.raises(Denied):
            ask(floor, "executive", verb, **given)
    shown = ask(floor, "executive", "team", team=floor.teams["Support"].pk)
    assert shown.listed == ()
    assert shown.people % 5 == 0
    assert shown.load is not None
    assert shown.load.n % 5 == 0
    assert shown.load.drill == ""
    assert all(one.drill == "" for one in shown.figures)
    small = ask(floor, "executive", "team", team=floor.teams["Billing"].pk)
    assert (small.load, small.figures, small.listed) == (None, (), ())


@pytest.mark.parametrize("who", ["admin", "auditor", "partner"])
def test_whoever_has_no_part_in_it_gets_nothing(floor: Floor, who: str) -> None:
    for verb, given in (("people", {}), ("teams", {}), ("team", {"team": floor.teams["Billing"].pk})):
        with pytest.raises(Denied):
            ask(floor, who, verb, **given)


def test_a_foreign_person_is_answered_like_one_that_does_not_exist(floor: Floor) -> None:
    words = []
    for number in (key(floor, "other"), 987_654_321):
        with pytest.raises(NotFound) as refused:
            ask(floor, "lead", "person", person=number)
        words.append(str(refused.value).replace(str(number), "N"))
    assert words[0] == words[1]
    with pytest.raises(NotFound):
        ask(floor, "agent", "team", team=floor.teams["Technical"].pk)
    with pytest.raises(NotFound):
        ask(floor, "lead", "people", team=floor.teams["Technical"].pk)


def test_a_page_shows_each_figure_with_interval_n_and_its_rows(floor: Floor) -> None:
    shown = ask(floor, "lead", "person", person=key(floor, "agent"))
    known = [one for one in shown.figures if one.value is not None]
    assert {one.measure for one in shown.figures} >= {"first_reply", "next_reply", "resolution", "targets", "durable"}
    assert len(known) >= 4
    for one in known:
        assert one.n >= 8
        assert one.low is None or one.low <= one.value
        assert one.high is None or one.value <= one.high
        assert one.drill.startswith("/drill/")
    for one in shown.figures:
        assert one.value is not None or one.needed or one.reason, one.measure


def test_the_person_sees_the_same_page_and_who_opened_it(floor: Floor) -> None:
    agent = key(floor, "agent")
    theirs, own = ask(floor, "lead", "person", person=agent), ask(floor, "agent", "person", person=agent)
    assert own.own
    assert not theirs.own
    assert (theirs.figures, theirs.load, theirs.satisfaction) == (own.figures, own.load, own.satisfaction)
    looks = ask(floor, "agent", "who_looked").looks
    assert [one.name for one in looks] == ["Lead"], "one's own looks are not among them"
    assert AuditRow._base_manager.filter(verb="roster.person").count() == 1
    assert ask(floor, "mate", "who_looked").looks == ()


def test_load_counts_the_open_tickets_and_their_drill_lists_as_many(floor: Floor) -> None:
    from maitred.desks.service_levels.tests.looking import params

    shown = ask(floor, "lead", "person", person=key(floor, "agent")).load
    assert shown is not None
    assert shown.n > 0
    assert shown.value is not None
    assert shown.how == "estimated"
    assert shown.low <= shown.value <= shown.high
    words = params(shown.drill)
    first, _, last = words["period"].partition("..")
    with reading() as found:
        listed = found.ask.tickets("backlog", first, last, (), {"assignee": [words["assignee"]]}, found.zone.key,
                                   scope=Scope.everything())  # fmt: skip
    assert listed.total == shown.n


def test_load_is_held_against_the_hours_of_the_coming_week(floor: Floor) -> None:
    agent = key(floor, "agent")
    assert ask(floor, "lead", "person", person=agent).load.hours is None
    week = [480, 480, 480, 480, 480, 0, 0]
    ask(floor, "lead", "set_working_time", person=agent, minutes=week, zone="UTC", valid_from="2025-01-01")
    ask(floor, "lead", "add_leave", person=agent, first="2026-01-05", last="2026-01-05")
    shown = ask(floor, "lead", "person", person=agent).load
    assert shown.hours == 32 * 3600
    assert shown.share == pytest.approx(shown.value / shown.hours)
    line = next(one for one in ask(floor, "lead", "people").people if one.person == agent)
    assert line.away_today


def test_comparing_is_for_those_who_lead_and_names_groups(floor: Floor) -> None:
    with pytest.raises(Denied):
        ask(floor, "agent", "compare", measure="durable")
    shown = ask(floor, "manager", "compare", measure="durable")
    assert shown.verdict == "ok"
    names = [one.name for one in shown.people]
    assert names == sorted(names)
    assert {key for group in shown.groups for key in group} == {one.person for one in shown.people if one.comparable}
    assert all(one.n >= comparing.FEWEST for one in shown.people)
    assert all(one.n < comparing.FEWEST for one in shown.few)
    for one in shown.people:
        assert one.low <= one.value <= one.high
    inside = {one.person for one in ask(floor, "lead", "compare", measure="durable").people}
    assert inside < {one.person for one in shown.people}


def test_people_with_one_truth_are_hardly_ever_told_apart(floor: Floor) -> None:
    """The generated log draws every agent alike."""
    with reading() as found:
        agents = {number: frozenset({("demo", str(1000 + number))}) for number in range(1, 25)}
        made = comparing.people(found, "durable", agents)
    assert made.found.verdict == "ok"
    assert len(made.found.subjects) >= 20
    assert made.found.told_apart == ()
    assert len(made.found.groups) == 1


def test_a_bot_is_held_against_people_on_like_tickets_or_not_at_all(floor: Floor) -> None:
    otto = robot()
    shown = ask(floor, "manager", "bot", bot=otto.pk, price=0.99)
    assert (shown.bots, shown.verdict, shown.cost) == (1, "not_enough_data", None)
    bot, human = shown.alone
    assert (bot.side, bot.share) == ("bot", None)
    assert human.side == "human"
    assert human.low < human.share < human.high
    with pytest.raises(NotFound):
        ask(floor, "manager", "bot", bot=key(floor, "agent"))


def test_a_lasting_solution_costs_the_price_over_the_share_that_lasts() -> None:
    side = SideShown("bot", 200, 160, 0.8, 0.74, 0.85)
    assert totals.cost(side, 0.99) == pytest.approx((1.2375, 0.99 / 0.85, 0.99 / 0.74))
    assert totals.cost(side, None) == (None, None, None)
    assert totals.cost(SideShown("bot", 5, None, None, None, None), 0.99) == (None, None, None)


def test_erasing_a_person_leaves_the_figures_of_the_team_as_they_were(floor: Floor) -> None:
    mate, billing = floor.people["mate"], floor.teams["Billing"].pk
    ask(floor, "lead", "add_leave", person=mate.pk, first="2026-02-02", last="2026-02-06")
    before = ask(floor, "lead", "team", team=billing)
    HelpdeskIdentity._base_manager.filter(person=mate).delete()
    Membership._base_manager.filter(person=mate).delete()
    floor.accounts["mate"].delete()
    mate.delete()
    after = ask(floor, "lead", "team", team=billing)
    assert after.figures == before.figures
    assert {one.name for one in after.listed} == {one.name for one in before.listed} - {"Mate"}
    assert after.people == before.people - 1
    with pytest.raises(NotFound):
        ask(floor, "lead", "person", person=key_of(before, "Mate"))


def test_before_anything_is_published_there_are_people_and_no_figures(empty: Floor) -> None:
    found = ask(empty, "lead", "people")
    assert (found.publication, {one.load for one in found.people}) == (None, {None})
    page = ask(empty, "lead", "person", person=key(empty, "agent"))
    assert (page.figures, page.load, page.start) == ((), None, None)
    team = ask(empty, "lead", "team", team=empty.teams["Billing"].pk)
    assert (team.figures, team.load, len(team.listed)) == ((), None, 2)
    otto = robot()
    assert ask(empty, "lead", "bot", bot=otto.pk).verdict == "not_enough_data"


def key_of(page: Any, name: str) -> int:
    return int(next(one.person for one in page.listed if one.name == name))


def test_no_total_gives_away_fewer_people_than_it_may(floor: Floor) -> None:
    """Care has five people and Product two: beside Support, Care would tell what Product carries."""
    with deed(ROOT, "tests"):
        for number in range(2):
            one = create(Person, name=f"Extra {number}")
            create(Membership, person=one, team=floor.teams["Orders"], valid_from=NOW - timedelta(days=9))
    people, above = access.people_of_teams()
    assert {name: len(people[floor.teams[name].pk]) for name in ("Support", "Care", "Product", "Orders")} == {
        "Support": 8, "Care": 5, "Product": 2, "Orders": 3,
    }  # fmt: skip
    assert above[floor.teams["Care"].pk] == floor.teams["Support"].pk
    shut = totals.closed(5)
    assert floor.teams["Support"].pk not in shut
    assert {floor.teams[name].pk for name in ("Care", "Product", "Billing", "Orders", "Technical")} == shut
    told = {one.name for one in ask(floor, "executive", "teams").teams if one.load is not None}
    assert told == {"Support"}
    assert totals.closed(0) == frozenset()


def test_an_agent_learns_nobody_elses_load_from_a_small_team(floor: Floor) -> None:
    shown = ask(floor, "agent", "team", team=floor.teams["Billing"].pk)
    assert shown.load is None
    assert [one.name for one in shown.listed] == ["Agent"]
    assert shown.figures, "the figures of the own team are for its people"


def test_a_report_has_teams_of_five_people_or_more_and_names_nobody(floor: Floor) -> None:
    made = section(Asked(operator("tests"), 1, NOW.date(), "UTC"))
    assert made is not None
    (table,) = made.blocks
    assert isinstance(table, TableBlock)
    assert [row[0] for row in table.rows] == ["Support"]
    assert int(table.rows[0][1]) >= 5
    for name in ("Billing", "Agent", "Mate", "Below"):
        assert name not in str(made)


def test_an_erased_person_leaves_nothing_on_the_roster_and_the_others_there(floor: Floor) -> None:
    person, mate = floor.people["agent"], floor.people["mate"]
    with deed(ROOT, "tests.kept"):
        for one in (person, mate):
            create(Leave, person=one, first=NOW.date(), last=NOW.date(), kind="sick")
            create(
                SkillHeld,
                person=one,
                name="French",
                level=3,
                evidence="own_word",
                reference="said so",
                seen_on=NOW.date(),
            )
        assert erase(person.pk) == {"removed": 2}
    assert [row.person_id for model in (Leave, SkillHeld) for row in model._base_manager.all()] == [mate.pk, mate.pk]
    assert ask(floor, "lead", "team", team=floor.teams["Billing"].pk).people == 2
