"""Slow tests within a time: with ``MAITRED_SLOW_UNTIL`` (seconds since 1970) those that begin later are skipped.

Tests that ``docs/asvs.csv`` leans on come first and are never skipped; the others come in the order of the run, which
is another one each time, so that over several runs all have their turn. ``make slow`` knows no such end.
"""

from __future__ import annotations

import os
import time

import pytest

from tests import asvs

UNTIL = "MAITRED_SLOW_UNTIL"
SAID = "the time for slow tests was over; `make slow` runs them all"


class Budget:
    """A plugin of the test runner."""

    def __init__(self, until: float) -> None:
        self.until = until
        self.first = {test for row in asvs.read() for test in row.evidence}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: not self.leaned_on(item))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if time.time() > self.until and not self.leaned_on(item):
            pytest.skip(SAID)

    def leaned_on(self, item: pytest.Item) -> bool:
        """Whether a requirement names this test."""
        return asvs.plain(item.nodeid) in self.first


def register(config: pytest.Config) -> None:
    """Keep the time, where somebody gives one."""
    until = os.environ.get(UNTIL)
    if until:
        config.pluginmanager.register(Budget(float(until)))
