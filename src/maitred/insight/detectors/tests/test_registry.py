"""Detectors of other packages come in by an entry point, each name once; ours cover every family that is told."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint, EntryPoints
from typing import Any

import pytest

from maitred.base.errors import MaitredError
from maitred.insight.detectors import registry
from maitred.insight.detectors.actions import actions
from maitred.insight.detectors.finding import CAUSES, FAMILIES, ROUTINE, Detector, Looked

WEATHER = Detector("volume.weather#1", "volume", lambda evidence: lambda moment: Looked())
PAIR = (WEATHER, Detector("speed.weather#1", "speed", lambda evidence: lambda moment: Looked()))
TAKEN = Detector("data_health.stale#1", "data_health", lambda evidence: lambda moment: Looked())
NOT_ONE = "volume.weather#1"


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The registry as a process finds it that has just begun."""
    registry.detectors.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    registry.detectors.cache_clear()


def offer(patch: pytest.MonkeyPatch, *names: str) -> None:
    """A package that offers things of this module."""
    entries = EntryPoints(EntryPoint(f"{name.lower()}-of-ours", f"{__name__}:{name}", registry.GROUP) for name in names)

    def entry_points(**asked: Any) -> EntryPoints:
        return entries.select(**asked)

    patch.setattr(registry, "entry_points", entry_points)


def test_every_family_of_today_has_a_detector_and_each_name_is_told_once(fresh: pytest.MonkeyPatch) -> None:
    offer(fresh)
    found = registry.detectors()
    assert len({one.name for one in found}) == len(found)
    assert {one.family for one in found} >= set(FAMILIES)
    assert {one.family for one in found} <= {*FAMILIES, *ROUTINE}
    assert all("#" in one.name for one in found)


@pytest.mark.parametrize(("name", "more"), [("WEATHER", 1), ("PAIR", 2)])
def test_another_package_adds_one_detector_or_several(fresh: pytest.MonkeyPatch, name: str, more: int) -> None:
    offer(fresh)
    ours = registry.detectors()
    registry.detectors.cache_clear()
    offer(fresh, name)
    assert registry.detectors() == (*ours, *PAIR[:more])


def test_a_name_that_is_taken_is_refused_with_the_remedy(fresh: pytest.MonkeyPatch) -> None:
    offer(fresh, "TAKEN")
    with pytest.raises(MaitredError, match=r"two detectors are named data_health\.stale#1") as refused:
        registry.detectors()
    assert "taken-of-ours" in refused.value.remedy


def test_what_is_no_detector_is_refused(fresh: pytest.MonkeyPatch) -> None:
    offer(fresh, "NOT_ONE")
    with pytest.raises(MaitredError, match="gives no detector"):
        registry.detectors()


@pytest.mark.parametrize("family", [*FAMILIES, *ROUTINE])
@pytest.mark.parametrize("cause", CAUSES)
def test_every_family_offers_what_it_offers_whatever_the_cause(family: str, cause: str) -> None:
    offered = actions(family, cause)
    assert offered
    assert {one.id for one in offered} == {one.id for one in actions(family)}
    assert len({one.id for one in offered}) == len(offered)


def test_a_family_that_nobody_knows_offers_nothing() -> None:
    assert actions("weather") == ()
