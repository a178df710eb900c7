"""One verb through every door: the same answer, the same refusal, the same audit row; an assistant only proposes."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from maitred.kit.access.actor import Role
from maitred.kit.access.rights import SCOPES
from maitred.kit.audit.models import AuditRow
from maitred.kit.verbs import run
from maitred.kit.verbs.results import plain
from maitred.people.models import Account, Team
from maitred.people.tests.signing import a_token, an_account
from tests.house import House, operating_on


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(tmp_path / "workspace")
    assert made.run("init").code == 0
    return made


def _rest(token: str, path: str, body: dict[str, Any] | None = None) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    client = Client()
    if body is None:
        answer = client.get(f"/api/v1{path}", headers=headers)
    else:
        answer = client.post(f"/api/v1{path}", json.dumps(body), "application/json", headers=headers)
    return answer.json()


def _assistant(home: Path, token: str, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """What an assistant is told, in one session with a process of its own."""
    from fastmcp import Client as Assistant
    from fastmcp.client.transports import StdioTransport

    environment = {**os.environ, "MAITRED_HOME": str(home), "TOKEN": token, "DJANGO_SETTINGS_MODULE": ""}
    del environment["DJANGO_SETTINGS_MODULE"]
    words = ["-m", "maitred", "mcp", "--token", "env:TOKEN"]

    async def ask() -> list[Any]:
        async with Assistant(StdioTransport(sys.executable, words, env=environment)) as assistant:
            return [(await assistant.call_tool(tool, given)).structured_content for tool, given in calls]

    return asyncio.run(ask())


def test_one_verb_through_every_door(house: House) -> None:
    with operating_on(house.home):
        admin = an_account("admin", Role.ADMIN)
        token = a_token(admin, *sorted(SCOPES))
        by_command = house.ask("people", "add-team", "--name", "Support")
        by_rest = _rest(token, "/people/add-team", {"name": "Billing"})
        assert set(by_command) == set(by_rest) == {"id", "name", "parent", "version"}
        named = {"team": by_rest["id"]}
        found, proposed = _assistant(
            house.home, token, ("people_show_team", named), ("people_add_team", {"name": "Refunds"})
        )
        shown = [
            house.ask("people", "show-team", str(by_rest["id"])),
            _rest(token, f"/people/show-team/{by_rest['id']}"),
            found,
            plain(run("people.show_team", _actor(admin), named)),
        ]
        assert shown == [by_rest] * 4
        refused = [
            json.loads(house.run("people", "show-team", "4711", "--json").out)["error"]["title"],
            _rest(token, "/people/show-team/4711")["detail"],
        ]
        assert all("there is no team 4711" in one for one in refused)
        _assert_approved(admin, token, proposed)


def _assert_approved(admin: Account, token: str, proposed: Any) -> None:
    """Nothing happened until the person said so; then it is theirs, on behalf of the token."""
    assert not Team._base_manager.filter(name="Refunds").exists()
    number = proposed["proposal"]
    run("proposals.approve", _actor(admin), {"proposal": number, "version": 1})
    assert Team._base_manager.filter(name="Refunds").exists()
    last = AuditRow._base_manager.order_by("-seq").first()
    assert last is not None
    assert (last.actor, last.on_behalf_of) == (f"account:{admin.pk}", f"token:{token[:12]}")


def _actor(account: Account) -> Any:
    from maitred.people.acting import actor_of_account

    return actor_of_account(Account._base_manager.get(pk=account.pk))
