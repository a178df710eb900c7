"""Settings of all tests: properties draw the same examples in every run of CI, new ones elsewhere."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("ci", derandomize=True, database=None)
if os.environ.get("CI"):
    settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-access", action="store_true", help="write tests/expect/access/ anew")


def pytest_configure(config: pytest.Config) -> None:
    from tests import asvs, budget

    asvs.register(config)
    budget.register(config)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Commands run on databases of their own workspaces; the guard over the tests' database lets them."""
    from pytest_django.plugin import blocking_manager_key

    from tests import house

    house.BLOCKER[:] = [session.config.stash[blocking_manager_key]]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Tests that really commit empty their tables afterwards; the audit log lets them do it, and nobody else."""
    from django.conf import settings as site
    from django.test import TransactionTestCase

    from maitred.kit.audit import triggers

    emptied = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def empty(case: TransactionTestCase) -> Any:
        with triggers.lifted():
            emptied(case)
        shutil.rmtree(Path(site.MAITRED_HOME) / "audit", ignore_errors=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield
