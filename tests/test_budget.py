"""Slow tests end in time, and what the requirements lean on is never left out."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import asvs
from tests.budget import SAID, UNTIL
from tests.house import REPOSITORY

LEANED_ON = "tests/test_asvs_source.py::test_no_text_is_run_as_a_program"
OTHER = "tests/test_budget.py::test_something_else"


@pytest.mark.parametrize(("seconds", "skipped"), [(-1, True), (600, False)])
def test_what_begins_too_late_is_skipped_and_what_requirements_name_is_not(seconds: int, skipped: bool) -> None:
    assert any(LEANED_ON in row.evidence for row in asvs.read())
    told = _run(time.time() + seconds)
    assert (SAID in told) is skipped
    assert told.index(LEANED_ON) < told.index(OTHER)
    assert f"{LEANED_ON} PASSED" in told
    assert f"{OTHER} {'SKIPPED' if skipped else 'PASSED'}" in told


def test_something_else() -> None:
    assert Path(__file__).is_relative_to(REPOSITORY)


def _run(until: float) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-vv", "-rs", "-p", "no:randomly", "-p", "no:cacheprovider", OTHER, LEANED_ON],
        cwd=REPOSITORY, env={**os.environ, UNTIL: str(until)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout
