"""The line on every page: what needs somebody comes first, and a link only for those who may follow it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from maitred.kit.access.actor import Actor, Kind, Role
from maitred.kit.access.rights import Right
from maitred.kit.pages import freshness
from maitred.kit.pages.freshness import Behind


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(freshness, "_TELLERS", {})
    yield


def test_what_needs_somebody_comes_first_and_a_name_tells_once() -> None:
    freshness.register("live", lambda: [Behind("old")])
    freshness.register("live", lambda: [Behind("Shop 2 min behind"), Behind("Support signed out", True)])
    assert [one.said for one in freshness.told()] == ["Support signed out", "Shop 2 min behind"]


def test_nobody_tells_anything_without_a_source() -> None:
    assert freshness.told() == []


def test_a_link_is_for_those_who_may_follow_it() -> None:
    one = Behind("Shop 2 min behind", url_name="helpdesk", key="shop", needs=Right.OPERATION_READ)
    manager, agent = (
        Actor(Kind.ACCOUNT, "account:1", account=1, roles=frozenset({role})) for role in (Role.MANAGER, Role.AGENT)
    )
    assert (freshness.opens(manager, one), freshness.opens(agent, one)) == (True, False)
    assert not freshness.opens(manager, Behind("Shop 2 min behind"))
