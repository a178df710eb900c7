"""Publications held open: each answers for itself, a new one is seen at once, and what nobody reads is closed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from maitred.base.errors import NotFound
from maitred.floor.log import write_log
from maitred.kit.reading import opened, published, reading
from maitred.metrics.pipeline import import_and_publish
from maitred.metrics.refresh import open_workspace
from maitred.metrics.scope import Scope
from maitred.sync.kinds import KINDS
from maitred.sync.workspace import create

SIZES = (20, 30)
"""Tickets of each publication; the second import adds to the first."""


def publish(home: Path, tickets: int) -> None:
    log = home.parent / f"log-{tickets}"
    write_log(log, tickets, seed=7, texts=False)
    workspace = open_workspace(home)
    import_and_publish(workspace, KINDS["fivetran-zendesk"](), log, name="demo")
    workspace.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("reading") / "workspace"
    create(made)
    for size in SIZES:
        publish(made, size)
    return made


@pytest.fixture
def held(home: Path, settings: Any) -> Iterator[dict[Any, Any]]:
    """What is open, from nothing on."""
    settings.MAITRED_HOME = home
    opened.forget()
    yield opened._HELD
    opened.forget()


def arrivals(number: int | None) -> float | None:
    with published(number) as ask:
        return ask.show("arrivals", scope=Scope.everything()).rows[0].value


def test_two_publications_answer_side_by_side_each_for_itself(held: dict[Any, Any]) -> None:
    together = Barrier(2)

    def count(number: int) -> float | None:
        with published(number) as ask:
            together.wait(10)
            return ask.show("arrivals", scope=Scope.everything()).rows[0].value

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(count, (1, 2))) == [20, 30]


def test_without_a_number_the_newest_is_read(held: dict[Any, Any]) -> None:
    assert arrivals(None) == arrivals(2) == 30
    assert len(held) == 1


@pytest.mark.parametrize("number", [3, 999_999_999])
def test_a_publication_that_is_gone_is_not_found(held: dict[Any, Any], number: int) -> None:
    with pytest.raises(NotFound, match=f"publication {number}"), reading(number):
        pass
    assert held == {}


def test_nothing_published_says_what_to_do(held: dict[Any, Any], tmp_path: Path, settings: Any) -> None:
    settings.MAITRED_HOME = tmp_path / "fresh"
    create(settings.MAITRED_HOME)
    with pytest.raises(NotFound, match="nothing has been published yet") as caught, reading():
        pass
    assert "maitred import" in caught.value.remedy


def test_one_engine_serves_all_readers_of_a_publication(held: dict[Any, Any]) -> None:
    with reading() as one, reading(2) as other:
        assert one.ask.engine is other.ask.engine
        assert one.memory is other.memory
        assert next(iter(held.values())).readers > 0
    assert next(iter(held.values())).readers == 0


def test_a_reader_within_a_reader_of_the_same_publication_opens_nothing_anew(held: dict[Any, Any]) -> None:
    with reading(2) as one:
        with reading(2) as same, reading(1) as other:
            assert same is one
            assert other.publication.number == 1
        assert arrivals(2) == 30


def test_what_nobody_reads_is_closed_beyond_the_number_kept(
    held: dict[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "KEPT", 1)
    with reading(1) as early:
        arrivals(2)
        assert {number for _, number in held} == {1}, "the one that is read stays, the unread one goes"
        assert early.ask.show("arrivals", scope=Scope.everything()).rows[0].value == 20
    arrivals(2)
    assert {number for _, number in held} == {2}


def test_a_reader_that_fails_gives_its_publication_back(held: dict[Any, Any]) -> None:
    with pytest.raises(ZeroDivisionError), reading():
        raise ZeroDivisionError
    assert [one.readers for one in held.values()] == [0]
    opened.forget()
    assert held == {}


def test_an_answer_is_remembered_for_its_publication_only(held: dict[Any, Any]) -> None:
    with published(2) as ask:
        first = ask.show("arrivals", scope=Scope.everything())
        assert ask.show("arrivals", scope=Scope.everything()) is first
    with published(1) as ask:
        assert ask.show("arrivals", scope=Scope.everything()) is not first


@pytest.mark.slow
def test_a_new_publication_is_seen_at_once(tmp_path: Path, settings: Any) -> None:
    settings.MAITRED_HOME = tmp_path / "workspace"
    create(settings.MAITRED_HOME)
    publish(settings.MAITRED_HOME, 20)
    with reading() as before:
        publish(settings.MAITRED_HOME, 25)
        assert (before.publication.number, arrivals(None), arrivals(1)) == (1, 25, 20)
    opened.forget()


def test_zone_hours_and_values_are_those_of_the_data(held: dict[Any, Any]) -> None:
    with reading() as found:
        assert (found.zone.key, found.hours) == ("America/New_York", "business")
        assert set(found.values("priority_at_created")) <= {"low", "normal", "high", "urgent"}
        assert found.values("channel") == tuple(sorted(found.values("channel")))
        assert found.as_of.isoformat() == "2026-01-05T00:00:00+00:00"
