"""``maitred hiring parse`` from the command line: one query, many queries, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from maitred.surfaces.cli.run import run

QUERY = "Customer Support Manager with 4 years of experience in New York"


@pytest.fixture(autouse=True)
def no_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAITRED_HOME", str(tmp_path / "nowhere"))


def test_one_query_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["hiring", "parse", QUERY, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["query", "chips", "blocked", "not_understood"]
    assert [chip["slot"] for chip in told["chips"]] == ["title", "years_min", "place"]


def test_a_person_sees_chips_and_what_was_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["hiring", "parse", "young support manager in Atlantis"]) == 0
    shown = capsys.readouterr().out
    assert "customer support manager" in shown
    assert 'left out: "young"' in shown
    assert "not understood: Atlantis" in shown


def test_many_queries_are_answered_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked, to = tmp_path / "q.jsonl", tmp_path / "r.jsonl"
    asked.write_text(
        "\n".join([json.dumps({"id": "a", "text": QUERY}), "", "nonsense", json.dumps({"id": 7, "text": "x" * 3000})]),
        encoding="utf-8",
    )
    assert run(["hiring", "parse", "--queries", str(asked), "--out", str(to), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"read": 1, "refused": 2}
    first, second, third = (json.loads(line) for line in to.read_text(encoding="utf-8").splitlines())
    assert (first["id"], len(first["chips"])) == ("a", 3)
    assert second["error"]["title"] == "line 3 is no query"
    assert (third["id"], "2,000 can be read" in third["error"]["title"]) == (7, True)


def test_a_query_that_is_too_long_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["hiring", "parse", "x" * 2001]) == 1
    assert "2,000 can be read" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["a", "--queries", "q"], ["--queries", "q.jsonl"]])
def test_wrong_usage_is_told(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["hiring", "parse", *words]) == 2
    assert capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "none.jsonl"
    assert run(["hiring", "parse", "--queries", str(missing), "--out", str(tmp_path / "r")]) == 1
    assert "none.jsonl" in capsys.readouterr().err
