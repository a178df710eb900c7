"""Our own connectors keep the contract that we ask of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from maitred.testing import CHECKS, Bench
from maitred.testing.tests.benches import BENCHES

LENGTHY = (
    *("passing_faults_change_nothing", "pauses_are_kept", "lasting_faults_are_refused", "decoding_is_total"),
    *("other_forms_are_refused", "every_cursor_leads_on"),
)
"""Checks of a thousand requests or records, which are left to ``make slow``."""


def _cases() -> list[Any]:
    cases = []
    for vendor in BENCHES:
        for check in CHECKS:
            slow = check.__name__ in LENGTHY
            marks = [pytest.mark.slow] if slow else []
            cases.append(pytest.param(vendor, check, marks=marks, id=f"{vendor}-{check.__name__}"))
    return cases


@pytest.mark.parametrize(("vendor", "check"), _cases())
def test_a_connector_of_ours_keeps_the_contract(vendor: str, check: Callable[[Bench], None]) -> None:
    with BENCHES[vendor]() as bench:
        check(bench)  # raises Broken, an AssertionError, with the rule
