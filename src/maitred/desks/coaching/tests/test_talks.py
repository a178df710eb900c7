"""One-to-ones through their verbs: who plans, who sees what, what is refused, and that private notes stay private."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from maitred.base.errors import Conflict, Denied, Invalid, MaitredError, NotFound
from maitred.desks.coaching import jobs
from maitred.desks.coaching.erasing import erase
from maitred.desks.coaching.models import Item, Note, OneToOne, Plan
from maitred.desks.coaching.sections import section
from maitred.desks.coaching.tests.conftest import NOW, Ask, Sign, at
from maitred.desks.service_levels.tests.looking import look
from maitred.desks.today.tests.looked import AGENT, finding, keep
from maitred.kit.access.actor import operator
from maitred.kit.audit.deeds import change, create, deed
from maitred.kit.audit.models import AuditRow, SealedText
from maitred.kit.commitments.models import Commitment
from maitred.kit.documents.contributions import Asked
from maitred.kit.notices.models import Notice
from maitred.kit.verbs import run
from maitred.kit.verbs.results import plain
from maitred.people.models import Membership, Person
from maitred.people.tests.floor import ROOT, Floor

SECRET = "a word that only its author knows"


@pytest.fixture
def talk(house: Floor, ask: Ask) -> Any:
    """A one-to-one of lead and agent, planned for tomorrow."""
    return ask("lead", "coaching.plan_one_to_one", person=house.people["agent"].pk, at=at())


def test_a_lead_plans_and_the_person_is_told(house: Floor, ask: Ask, talk: Any) -> None:
    assert (talk.state, talk.lead, talk.person) == ("planned", house.people["lead"].pk, house.people["agent"].pk)
    assert (talk.yours, talk.leads, talk.pair) == (True, True, True)
    told = Notice._base_manager.get(account=house.accounts["agent"])
    assert (told.kind, told.url) == ("due", f"/coaching/one-to-one/{talk.id}/")
    assert "Lead" not in told.text
    rows = ask("agent", "coaching.people").people
    assert [(one.own, one.next_id, one.next_with) for one in rows] == [(True, talk.id, "Lead")]


def test_nobody_plans_with_themselves_a_leaver_a_stranger_or_in_the_past(house: Floor, ask: Ask) -> None:
    people = house.people
    with deed(ROOT, "tests.leave"):
        change(people["mate"], None, left_on=(house.accounts["agent"].created_at - timedelta(days=1)).date())
    for name, person, moment, kind in (
        ("lead", "lead", 1, Invalid), ("lead", "mate", 1, Invalid), ("lead", "other", 1, NotFound),
        ("lead", "agent", -1, Invalid), ("agent", "mate", 1, Denied), ("executive", "agent", 1, Denied),
        ("admin", "agent", 1, Denied),
    ):  # fmt: skip
        with pytest.raises(kind):
            ask(name, "coaching.plan_one_to_one", person=people[person].pk, at=at(moment))
    with pytest.raises(Invalid):
        run("coaching.plan_one_to_one", ROOT, {"person": people["agent"].pk, "at": at()})
    assert not OneToOne._base_manager.exists()


def test_both_put_lines_on_the_agenda_and_take_off_their_own_alone(ask: Ask, talk: Any) -> None:
    ask("lead", "coaching.add_item", one_to_one=talk.id, kind="praise", text="the refund on Friday")
    seen = ask("agent", "coaching.add_item", one_to_one=talk.id, text="holidays <b>in May</b>")
    lines = [(one.kind, one.text, one.by_person) for one in seen.agenda.lines if one.item]
    assert lines[0] == ("topic", "holidays <b>in May</b>", True)
    assert ("praise", "the refund on Friday", False) in lines
    assert not seen.agenda.praise_missing
    row = Item._base_manager.get(kind="topic")
    with pytest.raises(Conflict):
        ask("lead", "coaching.remove_item", item=row.pk, version=1)
    ask("agent", "coaching.remove_item", item=row.pk, version=1)
    assert not Item._base_manager.filter(kind="topic").exists()


def test_a_line_leads_nowhere_but_to_a_page_of_ours(ask: Ask, talk: Any) -> None:
    for href in ("https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)"):
        with pytest.raises(Invalid):
            ask("lead", "coaching.add_item", one_to_one=talk.id, text="look", href=href)


def test_a_finding_brings_its_line_with_it(house: Floor, ask: Ask) -> None:
    keep(finding("f_agent", AGENT, title="Agent replies later than usual", family="agent_quality"))
    made = ask("lead", "coaching.plan_one_to_one", person=house.people["agent"].pk, at=at(), finding="f_agent")
    (one,) = [line for line in made.agenda.lines if line.item]
    assert (one.kind, one.text, one.href) == ("finding", "Agent replies later than usual", "/today/f_agent/")


def test_the_evidence_proposes_findings_targets_and_what_went_well(house: Floor, ask: Ask) -> None:
    keep(
        finding("f_agent", AGENT, title="Agent replies later", family="agent_quality"),
        finding("f_good", AGENT, 2, title="Agent reopens less", news=True, family="agent_quality"),
    )
    found = ask("lead", "coaching.agenda", person=house.people["agent"].pk)
    told = {one.text: one.kind for one in found.lines}
    assert told["Agent replies later"] == "finding"
    assert told["Agent reopens less"] == "praise"
    kinds = [one.kind for one in found.lines]
    assert kinds == sorted(kinds, key=("topic", "step", "praise", "plan", "finding", "feedback", "clock").index)
    assert all(one.href for one in found.lines if one.kind in ("finding", "clock", "praise"))
    with pytest.raises(NotFound):
        ask("lead", "coaching.agenda", person=house.people["other"].pk)


def test_what_is_counted_is_what_its_page_lists(house: Floor, ask: Ask, sign: Sign) -> None:
    found = ask("lead", "coaching.agenda", person=house.people["agent"].pk)
    (line,) = [one for one in found.lines if one.key == "targets"]
    seen = look(sign("lead"), line.href)
    assert seen.status == 200
    assert line.text.partition(" ")[0] in seen.heading, (line.text, seen.heading)


def test_topics_are_for_the_two_of_them(house: Floor, ask: Ask, talk: Any) -> None:
    ask("agent", "coaching.add_item", one_to_one=talk.id, text="something between us")
    for actor in (house.actor("manager"), ROOT):
        found = run("coaching.agenda", actor, {"person": house.people["agent"].pk})
        assert found.own_hidden == 1
        assert "something between us" not in json.dumps(plain(found))


def test_those_above_see_that_it_was_held_and_nothing_of_what_was_said(house: Floor, ask: Ask, talk: Any) -> None:
    ask("agent", "coaching.add_item", one_to_one=talk.id, text=SECRET)
    ask("lead", "coaching.write_note", one_to_one=talk.id, text=SECRET, shared=True)
    ask("lead", "coaching.add_step", one_to_one=talk.id, what=SECRET, due=at(7))
    ask("lead", "coaching.hold_one_to_one", one_to_one=talk.id, version=1)
    seen = ask("manager", "coaching.show_one_to_one", one_to_one=talk.id)
    assert (seen.state, seen.yours, seen.agenda, seen.notes, seen.steps) == ("held", False, None, (), ())
    assert SECRET not in json.dumps(plain(seen))
    with pytest.raises(Denied):
        ask("manager", "coaching.add_item", one_to_one=talk.id, text="x")


@pytest.mark.parametrize("name", ["mate", "lead2", "other", "below", "executive", "admin", "auditor", "partner"])
def test_strangers_do_not_learn_that_there_is_one(ask: Ask, talk: Any, name: str) -> None:
    with pytest.raises((NotFound, Denied)):
        ask(name, "coaching.show_one_to_one", one_to_one=talk.id)
    with pytest.raises((NotFound, Denied)):
        ask(name, "coaching.write_note", one_to_one=talk.id, text="x")


def test_a_private_note_is_its_authors_alone_everywhere(house: Floor, ask: Ask, talk: Any) -> None:
    note = ask("lead", "coaching.write_note", one_to_one=talk.id, text=SECRET)
    mine = ask("lead", "coaching.show_one_to_one", one_to_one=talk.id)
    assert [one.text for one in mine.notes] == [SECRET]
    others = [house.actor("agent"), house.actor("manager"), ROOT]
    for actor in others:
        seen = run("coaching.show_one_to_one", actor, {"one_to_one": talk.id})
        assert SECRET not in json.dumps(plain(seen))
        with pytest.raises(NotFound):
            run("coaching.change_note", actor, {"note": note.id, "version": 1, "shared": True})
        with pytest.raises(NotFound):
            run("coaching.remove_note", actor, {"note": note.id, "version": 1})
    ask("lead", "coaching.change_note", note=note.id, version=1, shared=True)
    shared = ask("agent", "coaching.show_one_to_one", one_to_one=talk.id)
    assert [(one.text, one.author_name) for one in shared.notes] == [(SECRET, "Lead")]
    ask("lead", "coaching.remove_note", note=note.id, version=2)
    rows = json.dumps([row.diff for row in AuditRow._base_manager.all()], default=str)
    assert "coaching-note" in rows and SECRET not in rows
    assert not Note._base_manager.exists()
    sealed = SealedText._base_manager.count()
    ask("lead", "coaching.write_note", one_to_one=talk.id, text=SECRET)
    assert SealedText._base_manager.count() == sealed


def test_a_step_is_a_promise_that_is_kept_or_broken_with_proof(house: Floor, ask: Ask, talk: Any) -> None:
    made = ask("lead", "coaching.add_step", one_to_one=talk.id, what="try the new macro", due=at(7))
    mine = ask("lead", "coaching.add_step", one_to_one=talk.id, what="ask for the desk", due=at(3), by="lead")
    assert (made.person, mine.person) == (house.people["agent"].pk, house.people["lead"].pk)
    assert Commitment._base_manager.get(pk=made.commitment).to_whom == "Lead"
    ask("agent", "commitments.renegotiate", commitment=made.commitment, due=at(9), version=1)
    ask("agent", "commitments.keep", commitment=made.commitment, proof="used it twice", version=2)
    seen = ask("lead", "coaching.show_one_to_one", one_to_one=talk.id)
    states = {one.what: (one.state, one.renegotiated, one.proof) for one in seen.steps}
    assert states == {"try the new macro": ("kept", 1, "used it twice"), "ask for the desk": ("open", 0, "")}
    (row,) = [one for one in ask("lead", "coaching.people").people if one.person == house.people["agent"].pk]
    assert (row.open_steps, row.late_steps) == (1, 0)
    for given in ({"due": at(-1)}, {"due": at(3), "plan": 1}):
        with pytest.raises(Invalid):
            ask("lead", "coaching.add_step", **{"one_to_one": talk.id, "what": "x", **given})


def test_what_was_agreed_is_on_the_next_agenda_without_asking(
    house: Floor, ask: Ask, talk: Any, later: Callable[[timedelta], None]
) -> None:
    step = ask("lead", "coaching.add_step", one_to_one=talk.id, what="try the new macro", due=at(5))
    ask("lead", "coaching.hold_one_to_one", one_to_one=talk.id, version=1)
    following = ask("lead", "coaching.plan_one_to_one", person=house.people["agent"].pk, at=at(8))
    lines = {one.key: one.text for one in following.agenda.lines}
    assert lines[f"step:{step.id}"] == "Agreed until 10 Jan 2026: try the new macro"
    later(timedelta(days=7))
    again = ask("agent", "coaching.show_one_to_one", one_to_one=following.id)
    assert "past it" in {one.key: one.text for one in again.agenda.lines}[f"step:{step.id}"]


def test_what_was_held_stays_as_it_was_and_can_be_opened_again(ask: Ask, talk: Any) -> None:
    with pytest.raises(Denied):
        ask("agent", "coaching.hold_one_to_one", one_to_one=talk.id, version=1)
    ask("lead", "coaching.hold_one_to_one", one_to_one=talk.id, version=1)
    for verb, given in (("add_item", {"text": "late"}), ("move_one_to_one", {"at": at(3), "version": 2}),
                        ("cancel_one_to_one", {"reason": "x", "version": 2}),
                        ("hold_one_to_one", {"version": 2})):  # fmt: skip
        with pytest.raises(Conflict):
            ask("lead", f"coaching.{verb}", one_to_one=talk.id, **given)
    assert ask("lead", "coaching.reopen_one_to_one", one_to_one=talk.id, version=2).state == "planned"


def test_a_stale_press_changes_nothing(ask: Ask, talk: Any) -> None:
    ask("lead", "coaching.move_one_to_one", one_to_one=talk.id, at=at(2), version=1)
    with pytest.raises(Conflict):
        ask("lead", "coaching.cancel_one_to_one", one_to_one=talk.id, reason="x", version=1)
    assert OneToOne._base_manager.get().state == "planned"


def test_a_pair_that_is_none_any_more_agrees_on_nothing_new(house: Floor, ask: Ask, talk: Any) -> None:
    held = Membership._base_manager.get(person=house.people["agent"], valid_to__isnull=True)
    with deed(ROOT, "tests.move"):
        change(held, None, team=house.teams["Technical"])
    with pytest.raises(Conflict, match="does not lead Agent any more"):
        ask("lead", "coaching.hold_one_to_one", one_to_one=talk.id, version=1)
    with pytest.raises(Conflict):
        ask("lead", "coaching.add_step", one_to_one=talk.id, what="x", due=at(3))
    assert ask("lead2", "coaching.show_one_to_one", one_to_one=talk.id).agenda is None
    done = ask("lead", "coaching.cancel_one_to_one", one_to_one=talk.id, version=1, reason="another team")
    assert (done.state, done.pair) == ("cancelled", False)


def test_both_are_reminded_once_on_the_day_before(house: Floor, ask: Ask, talk: Any) -> None:
    Notice._base_manager.all().delete()
    work: Any = SimpleNamespace(deed=lambda verb: deed(ROOT, verb))
    jobs.remind(work)
    jobs.remind(work)
    told = sorted(Notice._base_manager.values_list("account__username", "text"))
    assert [name for name, _text in told] == ["agent", "lead"]
    assert not any("Agent" in text or "Lead" in text for _name, text in told)


def test_every_door_of_an_action_needs_its_scope(house: Floor, talk: Any) -> None:
    from dataclasses import replace

    reading = replace(house.actor("lead"), scopes=frozenset({"read:coaching"}))
    assert run("coaching.show_one_to_one", reading, {"one_to_one": talk.id}).yours
    with pytest.raises(MaitredError, match="write:coaching"):
        run("coaching.hold_one_to_one", reading, {"one_to_one": talk.id, "version": 1})


def test_a_report_counts_talks_of_five_people_and_more_without_a_word_of_them(house: Floor) -> None:
    asked = Asked(operator("tests"), 1, NOW.date(), "UTC")
    for place, who in enumerate(("agent", "mate", "below", "other", "former")):
        with deed(ROOT, "tests.held"):
            for days in (3, 10):
                create(OneToOne, lead=house.people["lead"], person=house.people[who], state="held",
                       at=NOW - timedelta(days=days), closed_at=NOW)  # fmt: skip
            create(Plan, lead=house.people["lead"], person=house.people[who], goal="quicker", smallest_effect=0.1,
                   metric="frt.business_all#1", direction="lower", start=date(2025, 10, 6), selected_on="other",
                   follow_up=date(2025, 12, 1), state="concluded", closed_at=NOW,
                   verdict="worked" if place else "cannot_tell")  # fmt: skip
        if place == 3:
            assert section(asked) is None
    made = section(asked)
    assert made is not None
    assert [getattr(one, "text", "") for one in made.blocks] == [
        "10 one-to-ones were held with 5 people in four weeks.",
        "5 coaching plans came to their follow-ups in thirteen weeks: of 1 it cannot be told, 4 worked.",
    ]


def test_an_erased_person_leaves_counts_and_no_word(house: Floor, ask: Ask) -> None:
    word = "Canaryword"
    talk = ask("lead", "coaching.plan_one_to_one", person=house.people["agent"].pk, at=at())
    ask("lead", "coaching.add_item", one_to_one=talk.id, text=f"{word} and calls")
    ask("agent", "coaching.write_note", one_to_one=talk.id, text=f"{word} for myself", shared=True)
    with deed(ROOT, "tests.held"):
        held = create(OneToOne, lead=house.people["lead"], person=house.people["agent"], state="held",
                      at=NOW - timedelta(days=3), closed_at=NOW, why=f"{word} asked")  # fmt: skip
        plan = create(Plan, lead=house.people["lead"], person=house.people["agent"], goal=f"{word} replies sooner",
                      smallest_effect=0.1, metric="frt.business_all#1", direction="lower", start=date(2025, 10, 6),
                      selected_on="other", follow_up=date(2025, 12, 1), state="concluded", closed_at=NOW,
                      verdict="worked", result={"value": 5})  # fmt: skip
    with deed(ROOT, "tests.erase"):
        nobody = create(Person, name="")
        done = erase(house.people["agent"].pk, nobody.pk)
    assert done == {"removed": 3, "anonymous": 2, "replaced": 0}
    tables = (OneToOne, Item, Note, Plan)
    assert word not in str([list(one._base_manager.values()) for one in tables])
    kept = Plan._base_manager.get(pk=plan.pk)
    assert (kept.person_id, kept.verdict, kept.result) == (nobody.pk, "worked", {})
    assert OneToOne._base_manager.get(pk=held.pk).person_id == nobody.pk
    assert "Agent" not in str(ask("lead", "coaching.plans")) + str(ask("lead", "coaching.one_to_ones"))
