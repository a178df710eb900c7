"""What a list of rows offers besides marking: what a desk offers to this reader, and where it fits."""

from __future__ import annotations

import pytest

from maitred.kit.access.actor import Actor, Kind, Role
from maitred.kit.pages import rows
from maitred.kit.pages.rows import RowAction

MANAGER = Actor(Kind.ACCOUNT, "account:1", account=1, roles=frozenset({Role.MANAGER}))
AGENT = Actor(Kind.ACCOUNT, "account:2", account=2, roles=frozenset({Role.AGENT}))


@pytest.fixture(autouse=True)
def one_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "_ACTIONS", {})
    rows.register(
        RowAction(
            "change",
            "Change…",
            "start",
            lambda actor: Role.MANAGER in actor.roles,
            lambda actor, source, ticket: f"/{ticket}/" if source == "live" else "",
        )
    )


def test_an_action_is_offered_to_whom_it_is_for() -> None:
    assert rows.offered(MANAGER) == [("Change…", "/")]
    assert rows.offered(AGENT) == []


def test_a_ticket_offers_it_only_where_it_fits() -> None:
    assert rows.of_ticket(MANAGER, "live", "7") == [("Change…", "/7/")]
    assert rows.of_ticket(MANAGER, "files", "7") == []
