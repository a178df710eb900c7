"""The eval command's engine: keys of each task, bad lines by number, the same bytes again, no socket."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from maitred.base.errors import BadInput, NotFound, UsageError
from maitred.insight.text.evaluating import evaluate
from maitred.insight.text.tests.worlds import REASONS, asked, split_lines, talk_lines
from maitred.surfaces.cli.run import run

TINY: Mapping[str, tuple[list[dict[str, Any]], set[str]]] = {
    "reasons": (split_lines(), {"id", "label", "p", "top"}),
    "fewshot": ([one | {"draws": [0, 3]} for one in split_lines()], {"id", "draw", "label", "p"}),
    "openset": (split_lines(), {"id", "best", "p", "known", "label"}),
    "sentiment": ([{"id": "a", "split": "test", "text": "It is broken"}] * 3, {"id", "label", "p"}),
    "dissatisfaction": (talk_lines("test", 1), {"conversation", "turn", "p", "evidence"}),
}
"""Task by its name: lines, and the keys of an answer."""


@pytest.fixture(autouse=True)
def _no_connection(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MAITRED_HOME", str(tmp_path))


@pytest.mark.parametrize("task", TINY)
def test_a_task_answers_with_its_keys_and_again_with_the_same_bytes(task: str, tmp_path: Path) -> None:
    lines, keys = TINY[task]
    told = asked(tmp_path, task, lines)
    first = (tmp_path / "out.jsonl").read_bytes()
    assert told and all({*one} == keys for one in told)
    asked(tmp_path, task, lines)
    assert (tmp_path / "out.jsonl").read_bytes() == first


@pytest.mark.parametrize("task", TINY)
def test_nothing_in_is_nothing_out(task: str, tmp_path: Path) -> None:
    assert asked(tmp_path, task, []) == []
    assert asked(tmp_path, task, [{"config": {"any": 1}}]) == []


@pytest.mark.parametrize("task", TINY)
def test_a_line_that_cannot_be_used_is_named_and_leaves_no_answers(task: str, tmp_path: Path) -> None:
    lines, _ = TINY[task]
    for bad in ("{not json\n", "[]\n", '{"text": NaN}\n', '{"id": "x", "text": 7}\n'):
        with pytest.raises(BadInput, match="line 3"):
            asked(tmp_path, task, [*lines[:2], bad, *lines[2:]])
        assert not (tmp_path / "out.jsonl").exists()


def test_texts_of_any_kind_are_answered(tmp_path: Path) -> None:
    odd = ["", "> only a quote", "card " * 200_000, "\\ud800 half a character", "👩‍👩‍👧 שלום"]
    told = asked(
        tmp_path,
        "reasons",
        [*split_lines(), *({"id": f"o{at}", "split": "test", "text": one} for at, one in enumerate(odd))],
    )
    assert {one["label"] for one in told} <= {*REASONS}
    assert [one["id"] for one in told][-len(odd) :] == [f"o{at}" for at in range(len(odd))]
    assert all(0 <= one["p"] <= 1 for one in told)


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"id":"b","split":"test","text":"where"}\n', encoding="utf-8")
    for task, choice, error in (
        ("guesses", "auto", UsageError),
        ("reasons", "big", UsageError),
        ("reasons", "static", NotFound),
    ):
        with pytest.raises(error):
            evaluate(task, source, tmp_path / "out", choice, 1, tmp_path)
    with pytest.raises(BadInput, match="line 1: there is nothing to learn from"):
        evaluate("reasons", source, tmp_path / "out", "lexical", 1, tmp_path)


def test_the_command_prints_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps(one) + "\n" for one in split_lines()), encoding="utf-8")
    words = ["text", "eval", "reasons", "--in", str(source), "--out", str(target), "--encoder", "lexical"]
    assert run([*words, "--seed", "3", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    keys = "task encoder model_id seed n_in n_out fit_seconds run_seconds peak_rss_mb version".split()
    assert [*told] == keys and told["seed"] == 3 and (told["n_in"], told["n_out"]) == (96, 16)
    source.write_text('{"id":"b","split":"test"}\n', encoding="utf-8")
    assert run(words) == 1
    assert "line 1" in capsys.readouterr().err
