"""What an assistant proposes happens when its owner approves it, once, with the owner's rights, and not otherwise."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid, NotFound, TooMany, UsageError
from maitred.kit.access.actor import Actor, Kind, Role, operator
from maitred.kit.audit.models import AuditRow
from maitred.kit.proposals import proposing
from maitred.kit.proposals.models import Proposal, State
from maitred.kit.proposals.proposing import propose
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register

pytestmark = pytest.mark.django_db
ROOT = operator("tests")
SUPPORT = {"name": "Support"}


@pytest.fixture
def owner() -> Actor:
    return _account("ada", Role.ADMIN)


@pytest.fixture
def assistant(owner: Actor) -> Actor:
    scopes = frozenset({"read:people", "write:people", "write:own"})
    return replace(owner, kind=Kind.TOKEN, name="token:mtr_1a2b3c4d", scopes=scopes, fresh=False)


def test_nothing_happens_until_the_owner_approves(owner: Actor, assistant: Actor) -> None:
    proposal = _proposed(assistant, "people.add_team", SUPPORT)
    assert _teams() == []
    done = run("proposals.approve", owner, {"proposal": proposal.pk, "version": 1})
    assert _teams() == ["Support"]
    assert (done.proposal.state, done.answer["name"]) == (State.APPROVED, "Support")


def test_the_audit_row_names_both_verbs_and_both_who_approved_and_who_proposed(owner: Actor, assistant: Actor) -> None:
    proposal = _proposed(assistant, "people.add_team", SUPPORT)
    run("proposals.approve", owner, {"proposal": proposal.pk, "version": 1})
    row = AuditRow._base_manager.order_by("-seq")[0]
    assert row.verb == "proposals.approve:people.add_team"
    assert (row.actor, row.on_behalf_of) == (owner.name, assistant.name)
    assert '"object":"team:' in row.diff
    assert '"object":"proposal:' in row.diff


def test_the_words_of_a_proposal_are_sealed_in_the_audit_log(assistant: Actor) -> None:
    _proposed(assistant, "people.add_person", {"name": "Zaphod Beeblebrox"})
    assert "Zaphod" not in AuditRow._base_manager.order_by("-seq")[0].diff


def test_a_proposal_is_approved_once(owner: Actor, assistant: Actor) -> None:
    proposal = _proposed(assistant, "people.add_team", SUPPORT)
    run("proposals.approve", owner, {"proposal": proposal.pk, "version": 1})
    for verb in ("proposals.approve", "proposals.decline"):
        with pytest.raises(Conflict, match="is approved"):
            run(verb, owner, {"proposal": proposal.pk, "version": 2})


def test_a_proposal_that_was_read_before_it_changed_is_refused(owner: Actor, assistant: Actor) -> None:
    proposal = _proposed(assistant, "people.add_team", SUPPORT)
    with pytest.raises(Conflict) as refused:
        run("proposals.approve", owner, {"proposal": proposal.pk, "version": 2})
    assert (refused.value.sent, refused.value.there) == (2, 1)
    assert _teams() == []


def test_after_a_week_it_is_expired(owner: Actor, assistant: Actor) -> None:
    proposal = _proposed(assistant, "people.add_team", SUPPORT)
    Proposal._base_manager.update(expires_at=clock.now())
    with pytest.raises(Conflict, match="is expired"):
        run("proposals.approve", owner, {"proposal": proposal.pk, "version": 1})
    assert run("proposals.show", owner, {"proposal": proposal.pk}).state is State.EXPIRED
    assert _listed(owner, "waiting") == []
    assert _listed(owner, "expired") == [proposal.pk]
    again = _proposed(assistant, "people.add_team", SUPPORT)
    assert again.pk != proposal.pk
    assert Proposal._base_manager.get(pk=proposal.pk).state == State.EXPIRED


def test_a_declined_one_never_runs(owner: Actor, assistant: Actor) -> None:
    proposal = _proposed(assistant, "people.add_team", SUPPORT)
    declined = run("proposals.decline", owner, {"proposal": proposal.pk, "version": 1, "comment": "Not now"})
    assert (declined.state, declined.outcome) == (State.DECLINED, "Not now")
    with pytest.raises(Conflict, match="is declined"):
        run("proposals.approve", owner, {"proposal": proposal.pk, "version": 2})
    assert _teams() == []


def test_an_action_whose_object_changed_is_refused_and_goes_on_waiting(owner: Actor, assistant: Actor) -> None:
    team = run("people.add_team", ROOT, SUPPORT)
    proposal = _proposed(assistant, "people.rename_team", {"team": team.id, "name": "Care", "version": 1})
    run("people.rename_team", ROOT, {"team": team.id, "name": "Help", "version": 1})
    rows = AuditRow._base_manager.count()
    with pytest.raises(Conflict) as refused:
        run("proposals.approve", owner, {"proposal": proposal.pk, "version": 1})
    assert (refused.value.sent, refused.value.there) == (1, 2)
    assert _teams() == ["Help"]
    assert Proposal._base_manager.get().state == State.WAITING
    assert AuditRow._base_manager.count() == rows


def test_an_action_that_cannot_be_done_is_kept_as_failed_and_leaves_nothing_else(
    owner: Actor, assistant: Actor
) -> None:
    first = run("people.add_team", ROOT, SUPPORT)
    second = run("people.add_team", ROOT, {"name": "Billing"})
    proposal = _proposed(assistant, "people.move_team", {"team": first.id, "parent": second.id, "version": 1})
    done = run("proposals.approve", owner, {"proposal": proposal.pk, "version": 1})
    assert (done.proposal.state, done.answer) == (State.FAILED, None)
    assert "belongs to it" in done.proposal.outcome
    row = AuditRow._base_manager.order_by("-seq")[0]
    assert "team:" not in row.diff


def test_who_lost_the_right_cannot_approve(owner: Actor, assistant: Actor) -> None:
    proposal = _proposed(assistant, "people.add_team", SUPPORT)
    demoted = replace(owner, roles=frozenset({Role.AGENT}))
    with pytest.raises(Denied):
        run("proposals.approve", demoted, {"proposal": proposal.pk, "version": 1})
    without_factor = replace(owner, strong=False)
    with pytest.raises(Denied, match="second factor"):
        run("proposals.approve", without_factor, {"proposal": proposal.pk, "version": 1})
    assert Proposal._base_manager.get().state == State.WAITING


def test_a_token_cannot_approve_or_decline_whatever_its_scopes(owner: Actor, assistant: Actor) -> None:
    proposal = _proposed(assistant, "people.add_team", SUPPORT)
    for verb in ("proposals.approve", "proposals.decline"):
        with pytest.raises(Denied, match="by the person"):
            run(verb, assistant, {"proposal": proposal.pk, "version": 1})
        with pytest.raises(Denied, match="for a person"):
            propose(assistant, register()[verb], {"proposal": proposal.pk, "version": 1})


def test_proposals_of_others_do_not_exist(assistant: Actor) -> None:
    proposal = _proposed(assistant, "people.add_team", SUPPORT)
    other = _account("eve", Role.ADMIN)
    assert _listed(other) == []
    for verb, more in (("show", {}), ("approve", {"version": 1}), ("decline", {"version": 1})):
        with pytest.raises(NotFound):
            run(f"proposals.{verb}", other, {"proposal": proposal.pk, **more})


def test_the_operator_answers_only_what_the_operator_s_own_assistant_proposed(assistant: Actor) -> None:
    of_account = _proposed(assistant, "people.add_team", SUPPORT)
    with pytest.raises(Denied):
        run("proposals.approve", ROOT, {"proposal": of_account.pk, "version": 1})
    own = _proposed(ROOT, "people.add_team", SUPPORT)
    assert run("proposals.approve", ROOT, {"proposal": own.pk, "version": 1}).proposal.state is State.APPROVED


def test_only_what_the_token_itself_may_do_can_be_proposed(assistant: Actor) -> None:
    reader = replace(assistant, scopes=frozenset({"read:people"}))
    with pytest.raises(Denied, match="write:people"):
        propose(reader, register()["people.add_team"], SUPPORT)
    with pytest.raises(Invalid):
        propose(assistant, register()["people.add_team"], {"name": ""})
    with pytest.raises(UsageError):
        propose(assistant, register()["people.list_teams"], {})
    assert Proposal._base_manager.count() == 0


def test_the_same_action_proposed_again_is_the_same_proposal(assistant: Actor) -> None:
    first = _proposed(assistant, "people.add_team", SUPPORT)
    assert _proposed(assistant, "people.add_team", SUPPORT).pk == first.pk
    assert _proposed(assistant, "people.add_team", {"name": "Other"}).pk != first.pk


def test_one_token_cannot_flood_its_owner(assistant: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing, "MOST_WAITING", 3)
    for number in range(3):
        _proposed(assistant, "people.add_team", {"name": f"Team {number}"})
    with pytest.raises(TooMany):
        _proposed(assistant, "people.add_team", {"name": "One more"})


def test_lists_go_on_where_the_page_ends(owner: Actor, assistant: Actor) -> None:
    for number in range(3):
        _proposed(assistant, "people.add_team", {"name": f"Team {number}"})
    first = run("proposals.list", owner, {"state": "waiting", "limit": 2})
    rest = run("proposals.list", owner, {"state": "waiting", "limit": 2, "cursor": first.next})
    assert [len(first.items), len(rest.items), rest.next] == [2, 1, None]
    assert first.items[0].arguments == {"name": "Team 0"}
    assert first.items[0].summary == register()["people.add_team"].summary


def test_an_action_that_is_gone_is_refused(owner: Actor, assistant: Actor) -> None:
    proposal = _proposed(assistant, "people.add_team", SUPPORT)
    Proposal._base_manager.update(verb="people.fly")
    with pytest.raises(Conflict, match="no action people.fly"):
        run("proposals.approve", owner, {"proposal": proposal.pk, "version": 1})
    assert run("proposals.show", owner, {"proposal": proposal.pk}).summary == ""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_six_approvals_at_once_do_it_once() -> None:
    owner = _account("ada", Role.ADMIN)
    token = replace(owner, kind=Kind.TOKEN, name="token:mtr_1a2b3c4d", scopes=frozenset({"write:people"}))
    proposal = _proposed(token, "people.add_team", SUPPORT)
    said: list[str] = []

    def approve() -> None:
        try:
            said.append(run("proposals.approve", owner, {"proposal": proposal.pk, "version": 1}).proposal.state)
        except Conflict:
            said.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=approve) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(said) == ["approved", *["conflict"] * 5]
    assert _teams() == ["Support"]


def _proposed(actor: Actor, verb: str, arguments: dict[str, Any]) -> Proposal:
    return propose(actor, register()[verb], arguments)


def _account(name: str, role: Role) -> Actor:
    now = clock.now() - timedelta(days=1)
    row = get_user_model()._base_manager.create(username=name, created_at=now, changed_at=now)
    return Actor(Kind.ACCOUNT, f"account:{row.pk}", account=row.pk, roles=frozenset({role}))


def _listed(actor: Actor, state: str | None = None) -> list[int]:
    found = run("proposals.list", actor, {"state": state} if state else {})
    return [one.id for one in found.items]


def _teams() -> list[str]:
    return [one.name for one in run("people.list_teams", ROOT, {}).items]
