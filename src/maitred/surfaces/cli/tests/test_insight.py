"""The statistics from the command line: fixed shape of the answers, refusals, and bytes that do not depend on rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from maitred.surfaces.cli.run import run

ROWS = {
    "interval": ("value,cluster", [f"{k % 7 > 0:d},c{k // 2}" for k in range(40)], ["--statistic", "share"]),
    "compare": (
        "subject,value,topic",
        [f"s{k % 3},{k % 5 > 0:d},t{k % 2}" for k in range(90)],
        ["--kind", "share", "--adjust", "topic"],
    ),
    "change": ("t,value", [f"{k},{20 + 30 * (k > 70)}.{k % 3}" for k in range(90)], ["--kind", "value"]),
    "screen": (
        "series,t,value",
        [f"s{s},{t},{9 + t % 3 + 40 * (t == 30 and s == 1)}" for s in range(3) for t in range(31)],
        ["--at", "30"],
    ),
    "effect": (
        "unit,t,value,treated_from",
        [f"u{u:02d},{t},{u % 3 + t % 2},{4 if u < 5 else ''}" for u in range(10) for t in range(8)],
        ["--kind", "mean"],
    ),
    "survival": ("duration,event", [f"{k},{k % 3 > 0:d}" for k in range(1, 31)], ["--at", "4,8"]),
    "nonresponse": (
        "answered,value,channel",
        [f"{k % 2},{k % 3 > 0:d},c{k % 4}" for k in range(80)],
        ["--adjust", "channel"],
    ),
    "drivers": (
        "csat,wait,topic",
        [f"{k % 4 > 0:d},{k % 9},t{k % 2}" for k in range(120)],
        ["--outcome", "csat", "--drivers", "wait,topic"],
    ),
}
FIELDS = {
    "interval": {"n", "value", "low", "high", "verdict"},
    "compare": {"between_sd", "subjects", "told_apart", "groups"},
    "change": {"alarms", "verdict"},
    "screen": {"tested", "flagged"},
    "effect": {"design", "effect", "verdict", "reason", "checks", "smallest_effect"},
    "survival": {"at", "median"},
    "nonresponse": {"n", "response_rate", "value", "low", "high", "unadjusted"},
    "drivers": {"drivers", "explained"},
}


def _write(path: Path, head: str, rows: list[str]) -> Path:
    path.write_text("\n".join([head, *rows]) + "\n")
    return path


def _asked(verb: str, path: Path, capsys: Any) -> str:
    assert run(["insight", verb, "--in", str(path), *ROWS[verb][2], "--json"]) == 0
    return str(capsys.readouterr().out)


@pytest.mark.parametrize("verb", ROWS)
def test_an_answer_has_the_fixed_shape_and_ignores_the_order_of_rows(verb: str, tmp_path: Path, capsys: Any) -> None:
    head, rows, _ = ROWS[verb]
    first = _asked(verb, _write(tmp_path / "one.csv", head, rows), capsys)
    assert first == _asked(verb, _write(tmp_path / "two.csv", head, rows[::-1]), capsys)
    told = json.loads(first)
    assert (told["verb"], told["level"]) == (verb, 0.95)
    assert [one["set"] for one in told["answers"]] == ["0"]
    assert set(told["answers"][0]) >= FIELDS[verb]


@pytest.mark.parametrize("verb", ROWS)
def test_each_set_has_an_answer_of_its_own(verb: str, tmp_path: Path, capsys: Any) -> None:
    head, rows, _ = ROWS[verb]
    alone = json.loads(_asked(verb, _write(tmp_path / "one.csv", head, rows), capsys))["answers"][0]
    both = [f"{name},{row}" for name in ("10", "2") for row in rows]
    told = json.loads(_asked(verb, _write(tmp_path / "two.csv", f"set,{head}", both), capsys))["answers"]
    assert told == [{**alone, "set": "2"}, {**alone, "set": "10"}]


@pytest.mark.parametrize("verb", ROWS)
def test_an_unknown_column_is_refused_by_name(verb: str, tmp_path: Path, capsys: Any) -> None:
    head, rows, flags = ROWS[verb]
    path = _write(tmp_path / "one.csv", f"{head},mood", [f"{row},1" for row in rows])
    assert run(["insight", verb, "--in", str(path), *flags]) == 2
    assert "'mood'" in capsys.readouterr().err


def test_a_cell_that_is_no_number_is_named_with_file_row_and_field(tmp_path: Path, capsys: Any) -> None:
    path = _write(tmp_path / "one.csv", "value", ["1", "0", "many"])
    assert run(["insight", "interval", "--in", str(path), "--statistic", "share"]) == 1
    assert "one.csv, row 4, field value: 'many' is not a number" in capsys.readouterr().err


def test_an_impossible_value_names_its_set(tmp_path: Path, capsys: Any) -> None:
    path = _write(tmp_path / "one.csv", "set,value", [*["a,1"] * 12, *["b,7"] * 12])
    assert run(["insight", "interval", "--in", str(path), "--statistic", "share"]) == 1
    assert "set b" in capsys.readouterr().err


def test_parquet_answers_like_csv(tmp_path: Path, capsys: Any) -> None:
    import pyarrow as pa
    from pyarrow import csv, parquet

    head, rows, _ = ROWS["compare"]
    path = _write(tmp_path / "one.csv", head, rows)
    parquet.write_table(pa.Table.from_batches(csv.read_csv(path).to_batches()), tmp_path / "one.parquet")
    assert _asked("compare", path, capsys) == _asked("compare", tmp_path / "one.parquet", capsys)


def test_power_needs_no_file(capsys: Any) -> None:
    words = ["insight", "power", "--kind", "share", "--base", "0.88", "--treated", "10", "--control", "10", "--n", "40"]
    assert run([*words, "--json"]) == 0
    assert round(json.loads(capsys.readouterr().out)["answers"][0]["smallest_effect"], 3) == 0.091
    assert run([*words[:5], "1.5", *words[6:]]) == 2
