"""A worker reads the newest publication before anybody asks, tells so, and goes on where that fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from maitred.kit.reading import opened, texts
from maitred.metrics import kept
from maitred.people.tests.floor import Floor
from maitred.surfaces.console import warming
from maitred.sync.workspace import create


@pytest.mark.slow
def test_a_warm_worker_has_the_rows_of_the_usual_figures(floor: Floor) -> None:
    opened.forget()
    assert warming.warm() == 1
    (held,) = opened._HELD.values()
    assert kept.keep(held.engine).holds("frt.business_all#1")
    assert kept.keep(held.engine).holds("frt.calendar#1")
    assert held.readers == 0
    opened.forget()


@pytest.mark.slow
def test_each_worker_reads_its_own_rows_though_texts_are_shared(
    floor: Floor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(texts.FOLDER, str(tmp_path))
    for _ in range(2):  # the second time as another worker, which finds what the first one left
        opened.forget()
        texts.forget()
        warming.warm()
        (held,) = opened._HELD.values()
        assert kept.keep(held.engine).holds("frt.business_all#1")
    assert [*tmp_path.iterdir()] == []
    opened.forget()


def test_where_nothing_is_published_there_is_nothing_to_warm(db: None, tmp_path: Path, settings: Any) -> None:
    settings.MAITRED_HOME = tmp_path / "workspace"
    create(settings.MAITRED_HOME)
    assert warming.warm() is None


def test_a_worker_that_cannot_warm_up_goes_on(
    db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a workspace each look fails; the thread sleeps and looks again."""
    settings.MAITRED_HOME = tmp_path / "missing"
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 2:
            raise SystemExit

    monkeypatch.setattr("maitred.surfaces.console.warming.time.sleep", nap)
    with pytest.raises(SystemExit):
        warming._stay_warm()
    assert naps == [warming.EVERY_S] * 2
