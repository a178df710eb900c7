"""``maitred quality`` from the command line: its documents, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from maitred.surfaces.cli.run import run


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert run(["quality", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def judged(folder: Path, rows: list[str]) -> str:
    path = folder / "judged.csv"
    path.write_text("\n".join(["unit,coder,value", *rows]) + "\n", encoding="utf-8")
    return str(path)


def test_alpha_is_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = "0100000010", "1110010000"
    rows = [f"{u},{c},{v}" for c, values in (("Meg", first), ("Owen", second)) for u, v in enumerate(values)]
    found = answer(capsys, "alpha", "--in", judged(tmp_path, rows), "--level", "nominal")
    assert set(found) == {"alpha", "low", "high", "units", "values"}
    assert round(found["alpha"], 3) == 0.095 and (found["units"], found["values"]) == (10, 20)


def test_agreement_that_cannot_be_told_is_null(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = judged(tmp_path, ["a,x,1", "a,y,1", "b,x,"])
    assert answer(capsys, "alpha", "--in", path, "--level", "interval")["alpha"] is None
    assert run(["quality", "alpha", "--in", path, "--level", "interval"]) == 0
    assert "cannot tell" in capsys.readouterr().out


def test_needed_n_says_how_many_or_that_none_will_do(capsys: pytest.CaptureFixture[str]) -> None:
    spreads = ["--agent-sd", "5", "--rater-sd", "10", "--ticket-sd", "15"]
    assert answer(capsys, "needed-n", "--reliability", "0.8", *spreads) == {"n": 52, "reachable": True}
    none = answer(capsys, "needed-n", "--reliability", "0.8", *spreads, "--raters", "4")
    assert none == {"n": None, "reachable": False}


def test_what_is_wrong_is_told_with_row_and_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = judged(tmp_path, ["a,x,1", "a,y,many"])
    assert run(["quality", "alpha", "--in", path, "--level", "ratio"]) != 0
    told = capsys.readouterr().err
    assert "judged.csv" in told and "row 2" in told and "'many' is no number" in told
    assert run(["quality", "alpha", "--in", path, "--level", "cardinal"]) == 2
    assert "nominal, ordinal, interval, ratio" in capsys.readouterr().err
