"""What an assistant sees and may do: questions answered within its token, actions only proposed, no tracebacks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from asgiref.sync import async_to_sync
from fastmcp import Client

from maitred.base.errors import TooMany
from maitred.kit.access.actor import Actor, Role, operator
from maitred.kit.access.rights import Right
from maitred.kit.audit.models import AuditRow
from maitred.kit.proposals.models import Proposal
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import Verb, register
from maitred.people.acting import actor_of_token
from maitred.people.models import ApiToken, Team
from maitred.surfaces.mcp.serving import server
from maitred.surfaces.mcp.tools import Who, approval_address
from maitred.surfaces.rest.tests.accounts import ALL, account, assert_problem, program, signed_in, token

pytestmark = pytest.mark.django_db
T = TypeVar("T")
ROOT = operator("tests")


@pytest.fixture
def ada() -> Who:
    raw = token(account("ada", Role.ADMIN))[1]
    return lambda: actor_of_token(raw)


def test_there_is_one_tool_per_verb_that_the_token_may_use(ada: Who) -> None:
    names = _names(ada)
    assert {"people_list_teams", "people_add_team", "people_show_team", "proposals_list"} <= names
    assert not names & {"proposals_approve", "proposals_decline"}
    assert "metrics_show" not in names


def test_a_narrower_token_sees_fewer_tools_and_none_none() -> None:
    owner = account("ada", Role.ADMIN)
    reader, nobody = token(owner, ["read:people"])[1], token(owner, [])[1]
    names = _names(lambda: actor_of_token(reader))
    assert "people_list_teams" in names
    assert not {name for name in names if register()[name.replace("_", ".", 1)].kind == "action"}
    assert _names(lambda: actor_of_token(nobody)) == set()


def test_a_tool_says_what_it_takes_and_whether_it_changes_anything(ada: Who) -> None:
    tools = {tool.name: tool for tool in _with(ada, lambda client: client.list_tools())}
    asks, acts = tools["people_show_team"], tools["people_add_team"]
    assert asks.input_schema["required"] == ["team"]
    assert asks.input_schema["additionalProperties"] is False
    assert (asks.annotations.read_only_hint, acts.annotations.read_only_hint) == (True, False)
    assert asks.description == register()["people.show_team"].summary
    assert "a person approves" in acts.description


def test_a_question_answers_in_structured_form(ada: Who) -> None:
    team = run("people.add_team", ROOT, {"name": "Support"})
    answer = _call(ada, "people_show_team", {"team": team.id})
    assert answer.structured_content == {"id": team.id, "name": "Support", "parent": None, "version": 1}
    assert not answer.is_error


def test_rest_and_the_assistant_s_door_answer_one_verb_alike(ada: Who) -> None:
    team = run("people.add_team", ROOT, {"name": "Support"})
    over_rest = program(account("eve", Role.ADMIN)).get(f"people/show-team/{team.id}")
    assert over_rest.json() == _call(ada, "people_show_team", {"team": team.id}).structured_content
    refused = program(account("kim", Role.ADMIN)).get("people/show-team/99").json()
    told = _call(ada, "people_show_team", {"team": 99}).structured_content
    assert refused["type"] == told["type"]


def test_an_action_waits_for_approval_and_says_where(ada: Who) -> None:
    answer = _call(ada, "people_add_team", {"name": "Support"})
    proposal = Proposal._base_manager.get()
    assert answer.content[0].text == f"proposal {proposal.pk} waits for approval at {approval_address(proposal)}"
    assert approval_address(proposal).endswith(f"/proposals/{proposal.pk}/")
    assert answer.structured_content["state"] == "waiting"
    assert Team._base_manager.count() == 0


def test_what_was_proposed_here_is_approved_over_rest_and_then_it_is_done(ada: Who) -> None:
    _call(ada, "people_add_team", {"name": "Support"})
    proposal = Proposal._base_manager.get()
    client = signed_in(proposal.account)  # type: ignore[arg-type]
    done = client.post(f"/api/v1/proposals/approve/{proposal.pk}", {"version": 1}, "application/json").json()
    assert (done["proposal"]["state"], done["answer"]["name"]) == ("approved", "Support")
    assert _call(ada, "proposals_show", {"proposal": proposal.pk}).structured_content["state"] == "approved"
    last = AuditRow._base_manager.order_by("-seq")[0]
    assert last.on_behalf_of.startswith("token:mtr_")


def test_a_token_cannot_approve_over_rest_either(ada: Who) -> None:
    _call(ada, "people_add_team", {"name": "Support"})
    proposal = Proposal._base_manager.get()
    caller = program(proposal.account, ALL)  # type: ignore[arg-type]
    assert_problem(caller.post(f"proposals/approve/{proposal.pk}", {"version": 1}), 403, "denied")


def test_the_operator_s_assistant_proposes_too() -> None:
    answer = _call(lambda: ROOT, "people_add_team", {"name": "Support"})
    proposal = Proposal._base_manager.get()
    assert (proposal.account_id, proposal.proposed_by) == (None, "os:tests")
    assert f"maitred proposals approve {proposal.pk} --version 1" in answer.content[0].text


@pytest.mark.parametrize(
    ("name", "arguments", "kind", "words"),
    [
        ("people_show_team", {"team": 99}, "not-found", "there is no team 99"),
        ("people_show_team", {}, "invalid", "team: Field required"),
        ("people_show_team", {"team": 1, "colour": "red"}, "invalid", "colour"),
        ("people_show_team", {"team": float("nan")}, "invalid", "team"),
        ("people_add_team", {"name": "\x00"}, "invalid", "name"),
        ("people_list_teams", {"cursor": "x"}, "usage", "start again without a cursor"),
        ("people_make_token", {"scopes": ["everything"]}, None, "waits for approval"),
    ],
)
def test_refusals_say_what_happened_and_what_to_do(
    ada: Who, name: str, arguments: dict[str, Any], kind: str | None, words: str
) -> None:
    answer = _call(ada, name, arguments)
    assert answer.is_error is (kind is not None)
    assert words in answer.content[0].text
    assert kind is None or answer.structured_content["type"] == f"urn:maitred:problem:{kind}"
    assert "Traceback" not in answer.content[0].text


def test_a_tool_outside_the_token_is_refused_even_if_called_by_name() -> None:
    raw = token(account("ada", Role.ADMIN), ["read:people"])[1]
    answer = _call(lambda: actor_of_token(raw), "people_add_team", {"name": "Support"})
    assert answer.is_error
    assert "write:people" in answer.content[0].text
    for name in ("proposals_approve", "people_fly"):
        refused = _call(lambda: actor_of_token(raw), name, {})
        assert refused.is_error
        assert "Unknown tool" in refused.content[0].text


def test_a_token_that_is_withdrawn_stops_at_once() -> None:
    row, raw = token(account("ada", Role.ADMIN))

    async def talk(client: Any) -> tuple[Any, Any]:
        from asgiref.sync import sync_to_async

        before = await client.call_tool("people_list_teams", {}, raise_on_error=False)
        await sync_to_async(lambda: ApiToken._base_manager.filter(pk=row.pk).delete())()
        return before, await client.call_tool("people_list_teams", {}, raise_on_error=False)

    before, after = _with(lambda: actor_of_token(raw), talk)
    assert (before.is_error, after.is_error) == (False, True)
    assert "withdrawn" in after.content[0].text


def test_a_fault_of_ours_tells_nothing_of_it() -> None:
    def fail(actor: Actor) -> None:
        """Go wrong."""
        raise RuntimeError("the customer's number is 4711")

    probe = Verb("probe.fail", "question", Right.OWN_SETTINGS, fail, {})
    answer = _call(lambda: ROOT, "probe_fail", {}, [probe])
    assert answer.is_error
    assert "4711" not in str(answer)
    assert "on our side" in answer.content[0].text


def test_a_limit_is_told_like_any_refusal(ada: Who) -> None:
    def limit(actor: Actor, verb: Verb) -> None:
        raise TooMany("too many questions", "wait 10 seconds", retry_after=10)

    async def talk(client: Any) -> Any:
        return await client.call_tool("people_list_teams", {}, raise_on_error=False)

    answer = _with(ada, talk, limit=limit)
    assert answer.content[0].text == "too many questions: wait 10 seconds"


def _names(who: Who) -> set[str]:
    return {tool.name for tool in _with(who, lambda client: client.list_tools())}


def _call(who: Who, name: str, arguments: dict[str, Any], verbs: list[Verb] | None = None) -> Any:
    return _with(who, lambda client: client.call_tool(name, arguments, raise_on_error=False), verbs)


def _with(who: Who, do: Callable[[Any], Awaitable[T]], verbs: list[Verb] | None = None, limit: Any = None) -> T:
    """Let a client talk to a server in this process; the database calls run in the thread of the test."""
    made = server(register().values() if verbs is None else verbs, who, limit=limit)

    async def session() -> T:
        async with Client(made) as client:
            return await do(client)

    return async_to_sync(session)()
