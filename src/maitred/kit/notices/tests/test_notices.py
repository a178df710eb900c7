"""What accounts are told: within the deed it is about, to themselves only, read when they say so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from maitred.base import clock
from maitred.base.errors import Invalid, MaitredError
from maitred.kit.audit.deeds import deed
from maitred.kit.notices.access import accounts_in
from maitred.kit.notices.models import LONGEST_TEXT, Notice
from maitred.kit.notices.telling import KEEP, forget, notify
from maitred.kit.verbs import run
from maitred.people.tests.floor import ROOT, Floor, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def floor() -> Floor:
    return build()


def tell(floor: Floor, name: str, *texts: str) -> list[int]:
    with deed(ROOT, "tests.tell"):
        for text in texts:
            notify(floor.accounts[name].pk, "ready", text, "/service-levels/")
    return [*Notice._base_manager.filter(account=floor.accounts[name]).order_by("pk").values_list("pk", flat=True)]


def test_one_is_told_the_newest_first_and_says_what_was_read(floor: Floor) -> None:
    agent = floor.actor("agent")
    first, second, third = tell(floor, "agent", "one", "two", "three")
    assert [one.text for one in run("notices.list", agent, {}).items] == ["three", "two", "one"]
    page = run("notices.list", agent, {"limit": 2})
    assert [one.id for one in run("notices.list", agent, {"limit": 2, "cursor": page.next}).items] == [first]
    assert run("notices.read", agent, {"until": second}).unread == 1
    assert [one.id for one in run("notices.list", agent, {"waiting": True}).items] == [third]
    assert run("notices.read", agent, {"notices": [third]}).unread == run("notices.count", agent, {}).unread == 0


def test_nobody_sees_or_reads_what_somebody_else_was_told(floor: Floor) -> None:
    told = tell(floor, "agent", "for you alone")
    for name in ("mate", "lead", "manager", "admin", "partner"):
        actor = floor.actor(name)
        assert run("notices.list", actor, {}).items == ()
        assert run("notices.read", actor, {"notices": told}).unread == 0
        assert run("notices.read", actor, {"until": told[-1]}).unread == 0
    assert run("notices.count", floor.actor("agent"), {}).unread == 1


def test_reading_names_some_notices_or_the_newest_seen(floor: Floor) -> None:
    for given in ({}, {"notices": [1], "until": 1}):
        with pytest.raises(Invalid, match="name some notices"):
            run("notices.read", floor.actor("agent"), given)


def test_nothing_is_told_outside_of_a_deed_and_nothing_is_left_of_a_failed_one(floor: Floor) -> None:
    account = floor.accounts["agent"].pk
    with pytest.raises(MaitredError, match="outside of a deed"):
        notify(account, "ready", "too early")
    with pytest.raises(RuntimeError), deed(ROOT, "tests.failing"):
        notify(account, "ready", "never happened")
        raise RuntimeError
    assert run("notices.count", floor.actor("agent"), {}).unread == 0


@pytest.mark.parametrize("url", ["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)"])
def test_a_notice_leads_to_a_page_of_ours(floor: Floor, url: str) -> None:
    with pytest.raises(MaitredError, match="a page of ours"), deed(ROOT, "tests.tell"):
        notify(floor.accounts["agent"].pk, "ready", "an export is ready", url)


def test_a_kind_is_one_of_the_known_and_a_long_text_is_cut(floor: Floor) -> None:
    with pytest.raises(MaitredError, match="no kind of notice"), deed(ROOT, "tests.tell"):
        notify(floor.accounts["agent"].pk, "gossip", "psst")
    tell(floor, "agent", "x" * 500)
    assert len(run("notices.list", floor.actor("agent"), {}).items[0].text) == LONGEST_TEXT


def test_the_accounts_of_a_team_are_those_of_its_people_now_and_below(floor: Floor) -> None:
    names = {account.pk: name for name, account in floor.accounts.items()}
    assert {names[one] for one in accounts_in(floor.teams["Care"].pk)} == {"lead", "agent", "mate", "below"}
    assert {names[one] for one in accounts_in(floor.teams["Technical"].pk)} == {"other", "former"}


def test_notices_go_when_they_are_old(floor: Floor) -> None:
    tell(floor, "agent", "one", "two")
    assert forget(clock.now() + KEEP - timedelta(minutes=1)) == 0
    assert forget(clock.now() + KEEP + timedelta(minutes=1)) == 2
