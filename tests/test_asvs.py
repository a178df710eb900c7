"""The map of ASVS 5: complete, honest in its words, and each of its tests there."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests import asvs
from tests.house import REPOSITORY

ROWS = asvs.read()
CHAPTERS = dict(
    zip(range(1, 18), (27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7), strict=True)
)  # fmt: skip
SHARE = 0.85


def test_the_requirements_of_levels_one_and_two_are_all_there_once_and_in_order() -> None:
    assert len(ROWS) == 253 == len({row.id for row in ROWS})
    assert Counter(row.level for row in ROWS) == {1: 70, 2: 183}
    assert Counter(row.number[0] for row in ROWS) == CHAPTERS
    assert [row.number for row in ROWS] == sorted(row.number for row in ROWS)
    assert [row.id for row in ROWS if not re.fullmatch(r"V\d{1,2}\.\d{1,2}\.\d{1,2}", row.id)] == []


def test_every_row_has_a_status_that_is_known_and_a_sentence() -> None:
    assert {row.status for row in ROWS} <= {"test", "review", "n.a.", "open"}
    assert [row.id for row in ROWS if not re.fullmatch(r"(?:[A-Z]|docs/).{15,220}\.", row.reason)] == []


def test_a_row_names_tests_where_tests_show_it_and_none_where_nothing_applies() -> None:
    assert [row.id for row in ROWS if row.status == "test" and not row.evidence] == []
    assert [row.id for row in ROWS if row.status in ("n.a.", "open") and row.evidence] == []


@pytest.mark.parametrize("node", sorted({one for row in ROWS for one in row.evidence}))
def test_a_test_that_the_map_names_is_there(node: str) -> None:
    path, _, name = node.partition("::")
    assert (REPOSITORY / path).is_file(), f"{path} is gone"
    assert name in _functions(REPOSITORY / path), f"{path} has no test {name}"


@cache
def _functions(path: Path) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_a_test_that_the_map_names_is_run_where_the_suites_look_and_asserts_something() -> None:
    found = []
    for node in {one for row in ROWS for one in row.evidence}:
        path, _, name = node.partition("::")
        function = _functions(REPOSITORY / path)[name]
        marks = " ".join(ast.unparse(one) for one in function.decorator_list)
        if "skip" in marks or "xfail" in marks or not _asserts(function):
            found.append(node)
    assert found == []


def _asserts(function: ast.FunctionDef) -> bool:
    names = [ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)]
    helped = any(re.search(r"(?:^|\.|_)(?:assert_\w+|raises)$", name) for name in names)
    return helped or any(isinstance(node, ast.Assert) for node in ast.walk(function))


def test_most_of_what_applies_is_shown_by_tests() -> None:
    applying = [row for row in ROWS if row.status != "n.a."]
    shown = [row for row in applying if row.status == "test"]
    assert len(shown) / len(applying) >= SHARE


def test_what_does_not_apply_says_why() -> None:
    reasons = {row.id: row.reason for row in ROWS if row.status == "n.a."}
    why = re.compile(r"\b(no|not|neither|none|nothing|single|one|itself|alone)\b", re.IGNORECASE)
    assert [one for one, reason in reasons.items() if not why.search(reason)] == []


def test_the_map_promises_no_more_than_the_pages_may() -> None:
    banned = re.compile(r"\b(compliant|secure|guaranteed|exactly-once)\b", re.IGNORECASE)
    assert [row.id for row in ROWS if banned.search(row.reason)] == []


def test_a_test_that_did_not_run_is_named_with_its_requirements(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    every = sorted({one for row in ROWS for one in row.evidence})
    whole, part = tmp_path / "whole", tmp_path / "part"
    whole.write_text("\n".join(f"{one}[a-b]" for one in every))
    part.write_text("\n".join(every[1:]))
    assert asvs.main([str(part)]) == 1
    assert every[0] in capsys.readouterr().err
    assert asvs.main([str(part), str(whole)]) == 0
