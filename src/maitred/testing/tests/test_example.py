"""The example connector, as its author would test it: in its own folder, with what maitred publishes for that."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[4] / "examples" / "connectors" / "django_helpdesk"
LONGEST_S = 1_200
"""Fetching django-helpdesk takes a minute, and the checks make some thousand requests to it."""


def _tested(*words: str) -> str:
    """What pytest says of the example's tests; its summary."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-rs", *words], cwd=EXAMPLE, env=kept, capture_output=True, text=True,
        timeout=LONGEST_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4_000:]
    return done.stdout


def _passed(told: str) -> int:
    found = re.search(r"(\d+) passed", told)
    return int(found.group(1)) if found else 0


def test_the_examples_mapping_is_sound() -> None:
    assert _passed(_tested("-m", "not slow")) >= 10


@pytest.mark.slow
@pytest.mark.long
def test_the_example_keeps_the_contract_against_a_real_helpdesk() -> None:
    told = _tested("-m", "slow")
    unfetched = re.search(r"django-helpdesk cannot be fetched: .*", told)
    if unfetched:
        pytest.skip(unfetched.group())
    assert _passed(told) >= 20
    reasons = set(re.findall(r"^SKIPPED .*?: (?:Skipped: )?(.*)$", told, re.MULTILINE))
    assert reasons == {"the connector does not write", "the bench has no webhook call"}
