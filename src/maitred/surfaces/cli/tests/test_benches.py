"""The bench command: its document has the fixed form, and a missed goal is an answer while a wrong call is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from maitred.base.errors import MaitredError, UsageError
from maitred.surfaces.cli import benches

SCRIPT = """
import sys
sys.path.insert(0, {folder!r})
import measuring
sheet = measuring.Sheet("tried")
sheet.add("tried.total_s", 7.0, "s", goal="<= 5", peer="another", peer_value=14.0, ratio=2.0)
sheet.add("tried.ratio", 7.0, "s", goal=">= 2", ratio=2.0, of_ratio=True)
sheet.spread["tried.total_s"] = measuring.Spread((7.0, 6.0, 9.0)).as_json()
measuring.told(sheet)
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A benchmark that takes no time, with the shared sheet of the real ones."""
    path = tmp_path / "benchmarks" / "tried.py"
    path.parent.mkdir()
    path.write_text(SCRIPT.format(folder=str(benches._folder())))
    return path


def test_the_document_has_the_fixed_form_and_a_missed_goal_is_an_answer(script: Path) -> None:
    document = benches.measured(script, None)
    assert set(document) == {"name", "machine", "figures", "spread"}
    assert [figure["holds"] for figure in document["figures"]] == [False, True]
    keys = {"what", "value", "unit", "peer", "peer_value", "ratio", "goal", "holds"}
    assert all(set(figure) == keys for figure in document["figures"])
    assert document["spread"]["tried.total_s"] == {"repeats": 3, "median": 7, "min": 6, "max": 9, "unit": "s"}


def test_a_benchmark_that_cannot_run_is_an_error(tmp_path: Path) -> None:
    broken = tmp_path / "benchmarks" / "broken.py"
    broken.parent.mkdir()
    broken.write_text("raise SystemExit(3)")
    with pytest.raises(MaitredError, match="could not run"):
        benches.measured(broken, 10)


def test_an_unknown_name_and_a_size_below_one_are_usage_errors() -> None:
    with pytest.raises(UsageError, match="clocks"):
        benches.run("nothing", None, False)
    with pytest.raises(UsageError, match="--size"):
        benches.run("clocks", 0, False)


def test_figures_stand_in_a_table_with_their_verdicts(
    script: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setitem(benches.SCRIPTS, "tried", str(script))
    benches.run("tried", None, False)
    shown = capsys.readouterr().out
    assert "MISSED" in shown and "holds" in shown and "load" in shown
    benches.run("tried", None, True)
    assert json.loads(capsys.readouterr().out)["name"] == "tried"
