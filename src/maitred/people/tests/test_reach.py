"""Who reaches whom: people, tickets and figures of every role, with an owner, a teammate and a stranger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from maitred.base.errors import Denied, NotFound, Unauthenticated
from maitred.kit.access.actor import Actor, Kind
from maitred.kit.access.rights import SCOPES
from maitred.kit.audit.deeds import create, deed
from maitred.kit.verbs import run
from maitred.people import access, acting
from maitred.people.models import ApiToken
from maitred.people.reach import figures_scope, tickets_scope
from maitred.people.tests.floor import ROOT, Floor, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def floor() -> Floor:
    return build()


SEEN = {
    "agent": {"agent"},
    "lead": {"lead", "agent", "mate", "below"},
    "lead2": {"lead2", "other", "former"},
    "manager": {
        "manager", "lead", "lead2", "agent", "mate", "below", "other", "former", "privacy",
    },
    "executive": set(),
    "admin": {"admin"},
    "auditor": set(),
    "partner": set(),
}  # fmt: skip


@pytest.mark.parametrize("name", SEEN)
def test_everybody_sees_the_people_of_their_own_reach_and_nobody_else(floor: Floor, name: str) -> None:
    ids = {person.pk: who for who, person in floor.people.items()}
    assert {ids[row.pk] for row in access.visible_people(floor.actor(name))} == SEEN[name]


def test_a_foreign_an_unknown_and_a_guessed_id_get_the_same_words(floor: Floor) -> None:
    said = []
    for person in (floor.people["other"].pk, 987_654):
        with pytest.raises(NotFound) as refused:
            run("people.show_person", floor.actor("lead"), {"person": person})
        said.append(str(refused.value).replace(str(person), "N"))
    assert said[0] == said[1]


def test_a_person_who_moved_belongs_to_the_new_lead_from_that_day(floor: Floor) -> None:
    person = {"person": floor.people["former"].pk}
    assert run("people.show_person", floor.actor("lead2"), person).name == "Former"
    with pytest.raises(NotFound):
        run("people.show_person", floor.actor("lead"), person)


def test_a_token_does_what_its_scopes_say_and_no_more(floor: Floor) -> None:
    raw = _token(floor, "lead", ["read:people"])
    actor = acting.actor_of_token(raw)
    assert actor.kind is Kind.TOKEN
    assert len(run("people.list_people", actor, {}).items) == 4
    with pytest.raises(Denied, match="no scope read:metrics"):
        run("metrics.list_metrics", actor, {})
    with pytest.raises(Denied, match="no scope write:commitments"):
        run("commitments.promise", actor, {})


def test_a_token_of_every_scope_gains_nothing_that_its_owner_has_not(floor: Floor) -> None:
    actor = acting.actor_of_token(_token(floor, "agent", sorted(SCOPES)))
    with pytest.raises(Denied):
        run("people.add_team", actor, {"name": "Mine"})


def test_a_token_dies_with_its_owners_account(floor: Floor) -> None:
    raw = _token(floor, "mate", ["read:people"])
    run("people.close_account", floor.actor("admin"), {"account": floor.accounts["mate"].pk, "version": 1})
    with pytest.raises(Unauthenticated):
        acting.actor_of_token(raw)
    for wrong in ("", "mtr_00000000_x", raw + "x", raw.upper()):
        with pytest.raises(Unauthenticated):
            acting.actor_of_token(wrong)


def test_somebody_who_left_cannot_act(floor: Floor) -> None:
    left = {"person": floor.people["other"].pk, "left_on": "2026-01-01", "version": 1}
    run("people.record_leaving", floor.actor("admin"), left)
    with pytest.raises(Unauthenticated, match="closed"):
        floor.actor("other")


def test_nobody_changes_their_own_roles_or_gives_themselves_a_grant(floor: Floor) -> None:
    mine = {"account": floor.accounts["admin"].pk, "version": 1}
    with pytest.raises(Denied, match="another administrator"):
        run("people.set_roles", floor.actor("admin"), {**mine, "roles": ["manager"]})
    with pytest.raises(Denied, match="another administrator"):
        run("people.add_grant", floor.actor("admin"), {**mine, "grant": "privacy", "reason": "curious"})


def test_a_role_without_a_second_factor_does_nothing_but_its_own_settings(floor: Floor) -> None:
    weak = floor.actor("manager", strong=False)
    with pytest.raises(Denied, match="second factor"):
        run("people.list_people", weak, {})
    assert run("people.own_settings", weak, {}).username == "manager"


def test_content_opened_for_a_reason_closes_by_itself_and_is_reviewed_by_another(floor: Floor) -> None:
    admin = floor.actor("admin")
    assert tickets_scope(admin).groups == frozenset()
    opened = run("people.open_content", admin, {"reason": "a mail went astray"})
    assert tickets_scope(floor.actor("admin")).groups is None
    again = floor.actor("privacy")
    reviewed = run("people.review_opened", again, {"session": opened.id, "finding": "justified", "version": 1})
    assert reviewed.finding == "justified"
    run("people.close_content", floor.actor("admin"), {"session": opened.id, "version": 2})
    assert tickets_scope(floor.actor("admin")).groups == frozenset()


def test_figures_are_made_of_what_each_role_may_see(floor: Floor) -> None:
    def groups(name: str) -> object:
        return figures_scope(floor.actor(name)).groups

    assert groups("agent") == {("demo", "11")}
    assert groups("lead") == {("demo", "11"), ("demo", "12")}
    assert groups("manager") is None
    assert figures_scope(floor.actor("executive")).minimum_people == 5
    assert figures_scope(floor.actor("manager")).minimum_people == 0
    assert groups("admin") == groups("partner") == frozenset()


def _token(floor: Floor, owner: str, scopes: list[str]) -> str:
    raw, prefix, digest = acting.new_token()
    from maitred.base import clock

    until = clock.now() + timedelta(days=1)
    with deed(ROOT, "tests.token"):
        create(ApiToken, account=floor.accounts[owner], prefix=prefix, digest=digest, scopes=scopes, expires_at=until)
    return raw


def test_the_operator_is_an_actor_without_an_account() -> None:
    assert isinstance(ROOT, Actor)
    with pytest.raises(NotFound):
        run("people.own_settings", ROOT, {})
