"""Saved views: their canonical form, who sees which, who changes them, and what is told when one is shared."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from maitred.base.errors import Conflict, Denied, Invalid, NotFound
from maitred.kit.audit.models import AuditRow
from maitred.kit.verbs import run
from maitred.kit.views.addresses import canonical
from maitred.people.tests.floor import ROOT, Floor, build

pytestmark = pytest.mark.django_db
CHAT = {"name": "Chat, last week", "path": "/service-levels/", "query": "?period=last-7d&channel=chat"}


@pytest.fixture
def floor() -> Floor:
    return build()


def saved(floor: Floor, who: str, **more: Any) -> Any:
    return run("views.save", floor.actor(who), {**CHAT, **more})


def seen(floor: Floor, name: str) -> list[int]:
    return [one.id for one in run("views.list", floor.actor(name), {}).items]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", ""),
        ("?team=2,3&channel=chat", "channel=chat&team=2,3"),
        ("channel=chat&page=7&view=3&cursor=x&offset=50", "channel=chat"),
        ("channel=&channel=chat&channel=chat", "channel=chat"),
        ("where=b=1&where=a=2", "where=b%3D1&where=a%3D2"),
        ("q=%22two+words%22", "q=%22two%20words%22"),
    ],
)
def test_a_query_string_is_kept_in_one_form(given: str, kept: str) -> None:
    assert canonical(given) == kept
    assert canonical(kept) == kept


def test_a_view_is_saved_renamed_opened_and_removed_by_its_owner(floor: Floor) -> None:
    agent = floor.actor("agent")
    made = saved(floor, "agent")
    assert (made.query, made.sharing, made.mine) == ("channel=chat&period=last-7d", "private", True)
    renamed = run("views.change", agent, {"view": made.id, "name": "Chat", "version": 1})
    assert (renamed.name, renamed.query, renamed.version) == ("Chat", made.query, 2)
    opened = run("views.open", agent, {"view": made.id})
    assert opened.address == f"/service-levels/?channel=chat&period=last-7d&view={made.id}"
    run("views.remove", agent, {"view": made.id, "version": 2})
    assert seen(floor, "agent") == []


def test_a_stale_version_changes_nothing(floor: Floor) -> None:
    made, agent = saved(floor, "agent"), floor.actor("agent")
    run("views.change", agent, {"view": made.id, "name": "Chat", "version": 1})
    for verb, given in (("views.change", {"name": "Mine"}), ("views.remove", {})):
        with pytest.raises(Conflict) as stale:
            run(verb, agent, {"view": made.id, "version": 1, **given})
        assert (stale.value.status, stale.value.sent, stale.value.there) == (409, 1, 2)
    assert run("views.open", agent, {"view": made.id}).name == "Chat"


def test_a_private_view_is_its_owners_alone(floor: Floor) -> None:
    made = saved(floor, "agent")
    for name in ("mate", "lead", "manager", "executive", "admin", "auditor"):
        assert seen(floor, name) == []
        with pytest.raises(NotFound, match="no view"):
            run("views.open", floor.actor(name), {"view": made.id})
    with pytest.raises(Denied):
        run("views.list", floor.actor("partner"), {})
    assert [one.id for one in run("views.list", ROOT, {}).items] == [made.id]


def test_a_view_of_a_team_is_seen_in_it_below_it_and_by_those_who_lead_it(floor: Floor) -> None:
    made = saved(floor, "lead", sharing="team", team=floor.teams["Care"].pk)
    for name in ("lead", "agent", "mate", "below", "manager"):
        assert seen(floor, name) == [made.id]
    for name in ("lead2", "other", "former", "executive", "admin"):
        assert seen(floor, name) == []
        with pytest.raises(NotFound):
            run("views.open", floor.actor(name), {"view": made.id})


def test_a_view_of_the_organisation_is_seen_by_every_role(floor: Floor) -> None:
    made = saved(floor, "manager", sharing="organisation")
    for name in ("agent", "lead", "lead2", "other", "executive", "admin", "auditor"):
        assert seen(floor, name) == [made.id]


def test_a_view_is_shared_as_far_as_one_reaches(floor: Floor) -> None:
    care, technical = floor.teams["Care"].pk, floor.teams["Technical"].pk
    with pytest.raises(NotFound, match="that you may share with"):
        saved(floor, "agent", sharing="team", team=floor.teams["Billing"].pk)
    with pytest.raises(NotFound, match="that you may share with"):
        saved(floor, "lead", sharing="team", team=technical)
    for name in ("agent", "lead", "executive", "admin", "auditor"):
        with pytest.raises(Denied, match="whole organisation"):
            saved(floor, name, sharing="organisation")
    assert saved(floor, "lead", sharing="team", team=care).team == care
    assert saved(floor, "manager", sharing="team", team=technical).team == technical
    with pytest.raises(NotFound):
        saved(floor, "manager", name="Other", sharing="team", team=987_654)


def test_a_team_is_named_where_it_is_shared_with_one_and_only_there(floor: Floor) -> None:
    with pytest.raises(Invalid, match="name the team"):
        saved(floor, "lead", sharing="team")
    with pytest.raises(Invalid, match="only where"):
        saved(floor, "lead", team=floor.teams["Care"].pk)
    made = saved(floor, "lead", sharing="team", team=floor.teams["Care"].pk)
    back = run("views.change", floor.actor("lead"), {"view": made.id, "sharing": "private", "version": 1})
    assert (back.sharing, back.team, seen(floor, "agent")) == ("private", None, [])


def test_whoever_sees_a_shared_view_cannot_change_it(floor: Floor) -> None:
    made = saved(floor, "lead", sharing="team", team=floor.teams["Care"].pk)
    for name in ("agent", "manager"):
        for verb, given in (("views.change", {"name": "Mine"}), ("views.remove", {})):
            with pytest.raises(NotFound, match="no view"):
                run(verb, floor.actor(name), {"view": made.id, "version": 1, **given})


def test_the_people_of_the_team_hear_of_it_once(floor: Floor) -> None:
    made = saved(floor, "lead", sharing="team", team=floor.teams["Care"].pk)
    run("views.change", floor.actor("lead"), {"view": made.id, "name": "Chat", "version": 1})
    for name, told in (("agent", 1), ("below", 1), ("lead", 0), ("other", 0), ("manager", 0)):
        assert run("notices.count", floor.actor(name), {}).unread == told
    assert (
        run("notices.list", floor.actor("agent"), {}).items[0].url
        == run("views.open", floor.actor("agent"), {"view": made.id}).address
    )


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/drill/csat.rate@solver/", "where=assignee%3Ddemo:1001"),
        ("/service-levels/", "assignee=demo:1001"),
        ("/service-levels/", "q=agent:7 status:open"),
        ("/people/person/7/", ""),
    ],
)
def test_a_view_that_picks_out_a_person_stays_private(floor: Floor, path: str, query: str) -> None:
    made = saved(floor, "lead", path=path, query=query)
    shared = {"sharing": "team", "team": floor.teams["Care"].pk}
    with pytest.raises(Invalid, match="no single person"):
        run("views.change", floor.actor("lead"), {"view": made.id, "version": 1, **shared})
    other = saved(floor, "lead", name="Other", **shared)
    with pytest.raises(Invalid, match="no single person"):
        run("views.change", floor.actor("lead"), {"view": other.id, "path": path, "query": query, "version": 1})


@pytest.mark.parametrize("path", ["https://example.org/", "//example.org/", "/a/../b/", "javascript:alert(1)", "/a b/"])
def test_a_view_leads_to_a_page_of_ours(floor: Floor, path: str) -> None:
    with pytest.raises(Invalid, match="path of a page"):
        saved(floor, "agent", path=path)


@pytest.mark.parametrize("query", ["x" * 30, "&".join(f"a{n}=1" for n in range(60)), "q=" + "x" * 3000])
def test_what_is_no_query_string_or_too_long_is_refused(floor: Floor, query: str) -> None:
    with pytest.raises(Invalid) as refused:
        saved(floor, "agent", query=query)
    assert refused.value.errors[0]["field"] == "query"


def test_a_name_stands_once_among_ones_own(floor: Floor) -> None:
    made = saved(floor, "agent")
    with pytest.raises(Invalid, match="already"):
        saved(floor, "agent")
    assert run("views.change", floor.actor("agent"), {"view": made.id, "name": CHAT["name"], "version": 1}).version == 2
    assert saved(floor, "mate").name == made.name


def test_hostile_words_are_kept_as_words(floor: Floor) -> None:
    name = "<script>alert(1)</script>=cmd|' /C calc'!A0"
    made = saved(floor, "agent", name=name, query="q=%3Cimg src=x onerror=alert(1)%3E")
    assert made.name == name
    assert "<" not in made.query
    diff = AuditRow._base_manager.order_by("-seq").values_list("diff", flat=True)[0]
    assert "script" not in diff
    assert "onerror" not in diff


def test_the_navigation_asks_twice_and_shows_ones_own_first(floor: Floor) -> None:
    shared = saved(floor, "manager", name="A", sharing="organisation", pinned=True)
    mine = saved(floor, "agent", name="Z", pinned=True)
    saved(floor, "agent", name="not pinned")
    agent = floor.actor("agent")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = run("views.pinned", agent, {})
    assert [one.id for one in found.views] == [mine.id, shared.id]
    assert len(asked) == 2


def test_the_operator_owns_no_view(floor: Floor) -> None:
    with pytest.raises(Invalid, match="you act as none"):
        run("views.save", ROOT, CHAT)
